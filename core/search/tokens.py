"""What a text is cut into for the index, and what somebody typed for the question; pure, and one for both databases.

Chinese becomes overlapping pairs of characters (青岛海信 → 青岛 岛海 海信 信), so that two characters are enough and a
longer piece is a phrase of pairs. Everything else becomes words. Width, case and traditional characters do not count.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from pypinyin import lazy_pinyin

from core.script import simplified

SHORTEST_TAIL = 4
MOST_TOKENS = 80
"""Of what somebody typed; a longer question is cut, and finds no less for it."""
_LONGEST_WORD, _LONGEST_SOUND, _LONGEST_INITIALS, _LONGEST_NAME = 40, 24, 10, 20

_HAN = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[\W_]+(?=[{_HAN}])")
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_NUMBER = re.compile(r"[\d\s()+-]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand in this order beside each other, the last perhaps only begun; or else a telephone's end."""

    tokens: tuple[str, ...]
    is_begun: bool = False
    tail: str = ""


def plain(text: str) -> str:
    """Half width, lower case, simplified characters."""
    return simplified(unicodedata.normalize("NFKC", text).lower())


def tokens(text: str) -> list[str]:
    """In the order of the text. Marks and blanks between Chinese characters do not part them."""
    return [token for run in _RUN.findall(_BETWEEN_HAN.sub("", plain(text))) for token in _of_run(run)]


def sounds(name: str, *, in_full: bool) -> list[str]:
    """The initials of a name (青岛海信 → qdhx) from each character on, so that hx finds it too; and the full pinyin."""
    return list(_sounds(plain(name)[:_LONGEST_NAME], in_full))


def tails(phone: str) -> list[str]:
    """Tokens for the last four digits of a number, which are shown anyway, and for the whole of it.

    SECURITY: keyed digests of nothing in between, or a number that is shown in part could be asked for digit by digit.
    """
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    if len(digits) < SHORTEST_TAIL:
        return []
    return [_sealed(each) for each in dict.fromkeys((digits[-SHORTEST_TAIL:], _whole(digits)))]


def _whole(digits: str) -> str:
    """Without what people write before a number: the country's code."""
    return re.sub(r"^(?:00)?86(?=\d{10})", "", digits)


def terms(typed: str) -> list[Term]:
    """What must all be found, for blanks mean "and". Empty where nothing was typed that could be looked for."""
    text = plain(typed.replace("\0", " "))
    if _NUMBER.fullmatch(text) and sum(each.isdecimal() for each in text) >= SHORTEST_TAIL:
        return [_number(text)]
    found, left = [], MOST_TOKENS
    for part in text.split():
        if left > 0 and (term := _term(part, left)):
            found.append(term)
            left -= len(term.tokens)
    return found


def _number(text: str) -> Term:
    digits = re.sub(r"\D", "", text)
    words = tokens(text)
    return Term(tuple(words[:MOST_TOKENS]), is_begun=True, tail=_sealed(_whole(digits)))


def _term(part: str, most: int) -> Term | None:
    runs = _RUN.findall(_BETWEEN_HAN.sub("", part))
    if not runs:
        return None
    found = [token for run in runs for token in _of_run(run)]
    latest = runs[-1]
    if _is_han(latest) and len(latest) > 1:
        # The single last character stands in the text only where the run ends there too.
        return Term(tuple(found[:-1][:most]))
    return Term(tuple(found[:most]), is_begun=len(found) <= most and (len(latest) > 1 or _is_han(latest)))


def _of_run(run: str) -> list[str]:
    if _is_han(run):
        return [run[at : at + 2] for at in range(len(run))]
    return [run[:_LONGEST_WORD]]


def _is_han(run: str) -> bool:
    return bool(re.match(rf"[{_HAN}]", run))


@lru_cache(maxsize=20_000)
def _sounds(name: str, in_full: bool) -> tuple[str, ...]:  # noqa: FBT001 - a key of the cache
    syllables = [each.lower() for each in lazy_pinyin("".join(_RUN.findall(name)), errors=list)]
    if not any(map(_is_han, name)):
        return ()
    first = "".join(each[0] for each in syllables)
    found = [first[at : at + _LONGEST_INITIALS] for at in range(len(first) - 1)]
    if in_full:
        found += ["".join(syllables[at:])[:_LONGEST_SOUND] for at in range(len(syllables))]
    return tuple(dict.fromkeys(each for each in found if each.isalnum()))


def _sealed(digits: str) -> str:
    key = hashlib.sha256(b"search tails " + settings.SECRET_KEY.encode()).digest()
    return "#" + hmac.new(key, digits.encode(), "sha256").hexdigest()[:12]
