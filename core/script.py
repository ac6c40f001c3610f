"""Traditional characters and full-width signs as their plain counterparts, character by character.

Because every character stays one character, a place in the plain text is the same place in the text as it was pasted.
"""

import unicodedata
from functools import cache

from opencc import OpenCC

_IDEOGRAPHS = (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))


@cache
def _to_simplified() -> dict[int, str]:
    """What each character becomes on its own. Phrases would be converted better, but might change their length."""
    characters = [chr(code) for code in _IDEOGRAPHS]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(was): now for was, now in zip(characters, simple, strict=True) if was != now and len(now) == 1}


def simplified(text: str) -> str:
    """漢字 as 汉字, of the same length."""
    return text.translate(_to_simplified())


@cache
def _half_width(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def plain(text: str) -> str:
    """Simplified and half width, of the same length: ＡＢ１２（漢）％ becomes AB12(汉)%."""
    return simplified("".join(map(_half_width, text)))
