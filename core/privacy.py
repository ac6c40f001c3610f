"""How numbers of people are shown in part: the only place that knows what a telephone, e-mail or identity number is."""

import re
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError

from core.fields import validate_credit_code

STARS = "***"
"""What every masked value holds and no real number or address does."""

# Signs that stand between the groups of a number, of half and full width. SECURITY: every repetition is bounded and no
# sign is a digit, so that a hostile text costs no more than a long one.
_DASHES = r"\-‐‑‒–—―−－"
_GAP = rf"[\s{_DASHES}]{{0,3}}"
_DOT = "[.．·・]"
_CHINA = rf"(?:[(（]?(?:[+＋]|[0０]{{2}})?[8８][6６][)）]?{_GAP})?"
_AREA = r"(?:[1１][0０]|[2２]\d|[3-9３-９]\d\d)"
_LOCAL = rf"[2-8２-８]\d{{2,3}}{_GAP}\d{{4}}(?!\d)"
_WORD = "A-Za-z0-9Ａ-Ｚａ-ｚ０-９"
_BLANK = r"\s{0,2}"

_PARTS = {
    # A mobile number, whole or in groups, with or without the country's code.
    "mobile": (
        rf"(?<!\d){_CHINA}[1１][3-9３-９](?:"
        rf"\d{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{5}}|\d\d{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}"
        rf"|\d{_DOT}\d{{4}}{_DOT}\d{{4}}|\d{_DOT}\d{{3}}{_DOT}\d{{5}})(?!\d)"
    ),
    # The area begins with a nought, or the country's code and a sign stand before it.
    "landline": rf"(?<!\d){_CHINA}[(（]?[0０]{_AREA}[)）]?{_GAP}{_LOCAL}",
    "abroad": (rf"(?<!\d)(?:[+＋]|[0０]{{2}}|(?=\d\d[\s{_DASHES}]))[8８][6６]{_GAP}[(（]?{_AREA}[)）]?{_GAP}{_LOCAL}"),
    # Ten digits without a sign may as well be an amount.
    "service": rf"(?<!\d)[48４８][0０]{{2}}[\s{_DASHES}]{{1,3}}(?:\d{{3}}{_GAP}\d{{4}}|\d{{4}}{_GAP}\d{{3}})(?!\d)",
    # An identity number: area, day of birth, order, check character; blanks may stand anywhere.
    "identity": (
        rf"(?<!\d)[1-8１-８](?:{_BLANK}\d){{5}}{_GAP}(?:[1１]{_BLANK}[89８９]|[2２]{_BLANK}[0０])(?:{_BLANK}\d){{2}}{_GAP}"
        rf"(?:[0０]{_BLANK}[1-9１-９]|[1１]{_BLANK}[0-2０-２]){_BLANK}"
        rf"(?:[0０]{_BLANK}[1-9１-９]|[12１２]{_BLANK}\d|[3３]{_BLANK}[01０１]){_GAP}(?:\d{_BLANK}){{3}}[\dXxＸｘ](?!\d)"
    ),
    # As it was until 1999, without the century and the check character.
    "old_identity": r"(?<!\d)[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)",
    # In an address of a page the sign is written %40.
    "mail": (
        rf"(?:(?<![{_WORD}._%+-])[{_WORD}._+-]{{1,64}}|[\u4e00-\u9fff]{{1,8}})(?:@|＠|%40)"
        rf"[{_WORD}-]{{1,63}}(?:[.．][{_WORD}-]{{1,63}}){{1,4}}"
    ),
}
_NUMBERS = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PARTS.items()))
# The least that any of them needs, for which a text is looked through a dozen times as fast.
_RUN_OF_DIGITS = re.compile(rf"\d[\d\s{_DASHES}.．·・()（）]{{9}}")
_SIGN = re.compile("@|＠|%40")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def masked(text: str) -> str:
    """138****1234 for a number; of anything shorter than eight characters only the end is left."""
    text = text.strip()
    if not text:
        return ""
    if at := re.search("[@＠]", text):
        return f"{text[0]}{STARS}{text[at.start() :]}"
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else f"****{text[-2:]}"


def veiled(text: str) -> str:
    """A free text with the numbers of people in it masked; everything else stays as it is."""
    return _NUMBERS.sub(_veil, text) if _may_hold_numbers(text) else text


def _may_hold_numbers(text: str) -> bool:
    return _SIGN.search(text) is not None or _RUN_OF_DIGITS.search(text) is not None


def holds_numbers(text: str) -> bool:
    return veiled(text) != text


def _veil(found: re.Match[str]) -> str:
    whole = found[0]
    if found.lastgroup == "mail":
        return f"{whole[0]}{STARS}{whole[_SIGN.search(whole).start() :]}"
    plain = re.sub(r"[^\dXxＸｘ]", "", whole)
    if found.lastgroup == "mobile":
        return masked(plain[-11:])
    if found.lastgroup == "identity" and _is_credit_code(plain):
        return whole
    if found.lastgroup == "old_identity" and _is_registration_number(plain):
        return whole
    if found.lastgroup in ("landline", "abroad"):
        return masked(re.sub(r"^(?:00)?86", "", plain))
    return masked(plain)


def _is_registration_number(text: str) -> bool:
    """The older number of a company has 15 digits too, of which the last checks the others."""
    rest = 10
    for digit in text[:14]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return (rest + int(text[14])) % 10 == 1


def _is_credit_code(text: str) -> bool:
    """Both numbers have 18 places and a check character, and a company's is no secret; in doubt it is a person's."""
    if _identity_check(text) == text[-1].upper():
        return False
    try:
        validate_credit_code(text)
    except ValidationError:
        return False
    return True


def _identity_check(text: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def unveiled(typed: str, original: str) -> str:
    """`typed`, which began as `veiled(original)`, with the numbers it shows in part put back.

    Raises ValueError where two numbers look alike in part and one of them was taken out: which one, nobody can say.
    """
    if STARS not in typed:
        return typed
    numbers: dict[str, list[str]] = defaultdict(list)
    for found in _NUMBERS.finditer(original):
        if (shown := _veil(found)) != found[0]:
            numbers[shown].append(found[0])
    for shown, whole in numbers.items():
        count = typed.count(shown)
        if len(set(whole)) > 1 and count not in (0, len(whole)):
            raise ValueError(shown)
        for number in (whole * count)[:count]:
            typed = typed.replace(shown, number, 1)
    return typed


def personal(model: Any) -> tuple[str, ...]:
    """The fields of a model that hold a number of a person and nothing else."""
    return getattr(model, "PERSONAL", ())


def shown_in_part(model: Any, field: str, value: Any) -> Any:
    """A value of a record as pages, the API and the trail show it."""
    if not isinstance(value, str):
        return value
    return masked(value) if field in personal(model) else veiled(value)
