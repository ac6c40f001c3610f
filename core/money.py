"""What an amount of money is, how people type it and how it is shown; the only place that knows 亿 is ten thousand 万.

Inside the program every amount is a `Decimal` in 万元 with four decimals, which is to say a whole number of yuan.
A page shows large amounts in the unit of its reader's language: 亿元, or billions of RMB, which are ten times as large.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Literal

from django.utils.translation import get_language, gettext

WAN_PER_YI = 10_000
WAN_PER_BILLION = 100_000
YUAN_PER_WAN = 10_000
PLACES = 4
ONE_YUAN = Decimal(1).scaleb(-PLACES)
# Kept, because a board rounds a thousand amounts and a new context costs more than the rounding.
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
LARGEST_WAN = Decimal(WAN_PER_YI) * 10_000

Unit = Literal["wan", "yi"]

# In 万元, largest first: the order in which the parts of "1亿2000万5000元" must come.
_UNITS = {
    "万亿": Decimal(WAN_PER_YI) * 10_000,
    "亿": Decimal(WAN_PER_YI),
    "万": Decimal(1),
    "": ONE_YUAN,
}
_LONGEST_TEXT = 60
_SCALES = {"千": 1000, "百": 100, "十": 10}
_DIGITS = "零一二三四五六七八九"
_SAME_CHARACTER = str.maketrans("壹贰叁肆伍陆柒捌玖两〇拾佰仟萬億圆圓", "一二三四五六七八九二零十百千万亿元元")
_VAGUE = re.compile(
    r"[约近超余多几数逾~≈+<>≤≥]|大概|左右|上下|以上|以下|以内|不足|不少于|不低于|不到|至少|至多|最多|about|approx|some|over",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"美元|美金|欧元|港元|港币|日元|英镑|韩元|新台币|usd|eur|hkd|jpy|gbp|us\$|[$€£]|dollars?|euros?", re.IGNORECASE
)
_RANGE = re.compile(r"[0-9一二三四五六七八九十亿万][-–—至到][0-9一二三四五六七八九十]")
_NEGATIVE = re.compile(r"^[-−–—负]|^\(.*\)$")
_YUAN = re.compile(r"^(?:人民币|rmb|cny|¥)|(?:人民币|rmb|cny)$", re.IGNORECASE)
_PART = re.compile(r"([0-9][0-9,.]*[千百十]?|[零一二三四五六七八九十百千点]+)(万亿|亿|万|)")
_PLAIN = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


def parse_wan(text: str, *, unit: Unit = "wan") -> Decimal:
    """Read what a person typed as an amount in 万元; a bare number counts in `unit`.

    Never guesses: whatever has a second reading raises ValueError with a sentence for the person who typed it.
    """
    typed = str(text).strip()
    clean = re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed[: _LONGEST_TEXT + 1])).translate(_SAME_CHARACTER)
    _refuse_what_is_no_single_amount(typed, clean)
    amount = _amount(_YUAN.sub("", clean), unit)
    if amount is None:
        raise ValueError(_unreadable(typed))
    if amount > LARGEST_WAN:
        raise ValueError(gettext("This is more than one trillion yuan (1万亿元). Check the number and its unit."))
    if amount != half_up(amount, PLACES):
        raise ValueError(gettext("An amount cannot be finer than one yuan: give at most four decimals of 万元."))
    return half_up(amount, PLACES)


def format_wan(amount: Decimal) -> str:
    """万元 with thousands commas; decimals only where there are any."""
    whole = f"{half_up(amount, PLACES):,f}"
    return whole.rstrip("0").rstrip(".")


def format_yi(wan: Decimal, places: int = 1) -> str:
    """亿元 rounded half up, without commas: "1351.4"."""
    return f"{half_up(to_yi(wan), places):f}"


def format_large(wan: Decimal, places: int = 1) -> str:
    """The number for the unit `large_unit()`: 1351.4 in Chinese, 135.14 in English, where it gets one decimal more."""
    if _reads_chinese():
        return f"{half_up(Decimal(wan) / WAN_PER_YI, places):f}"
    return f"{half_up(Decimal(wan) / WAN_PER_BILLION, places + 1):f}"


def large_places(places: int = 1) -> int:
    """How many decimals `format_large` gives."""
    return places if _reads_chinese() else places + 1


def to_large(wan: Decimal) -> Decimal:
    """The same amount in the unit `large_unit()`, unrounded."""
    return Decimal(wan) / (WAN_PER_YI if _reads_chinese() else WAN_PER_BILLION)


def large_unit() -> str:
    """亿元 or RMB bn, for heads of columns and sheets."""
    return gettext("RMB bn")


def with_large_unit(number: str) -> str:
    """A number of `format_large` with its unit around it, for sentences."""
    return gettext("RMB %(number)s bn") % {"number": number}


def exact_large(wan: Decimal) -> str:
    """To the last yuan, without trailing zeros, with the unit: "6.5 亿元", "RMB 0.65 bn"."""
    return with_large_unit(_without_trailing_zeros(format_large(wan, 2 * PLACES)))


def to_yi(wan: Decimal) -> Decimal:
    """The same amount in 亿元, unrounded."""
    return Decimal(wan) / WAN_PER_YI


def from_yi(yi: Decimal) -> Decimal:
    return half_up(Decimal(yi) * WAN_PER_YI, PLACES)


def half_up(value: Decimal | int, places: int) -> Decimal:
    """Round as a Chinese statistical table does: a half always goes away from zero."""
    return _WIDE.add(_WIDE.quantize(Decimal(value), _step(places)), 0)


@cache
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def rate(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part` in percent of `whole`, unrounded so that later comparisons stay right; None where there is no whole."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def spell_out(wan: Decimal) -> str:
    """How an amount was understood, in both units, for the line under an input."""
    return gettext("= %(wan)s (RMB 10k), that is %(amount)s") % {"wan": format_wan(wan), "amount": exact_large(wan)}


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _refuse_what_is_no_single_amount(typed: str, clean: str) -> None:
    if not clean:
        raise ValueError(gettext("Enter an amount."))
    if len(typed) > _LONGEST_TEXT or re.search(r"[0-9]\s+[0-9]", typed):
        raise ValueError(_unreadable(typed[:_LONGEST_TEXT]))
    if _FOREIGN.search(clean):
        raise ValueError(gettext("Amounts here are in yuan. Convert other currencies first and enter the yuan amount."))
    if _NEGATIVE.search(clean):
        raise ValueError(gettext("An amount cannot be negative."))
    if _VAGUE.search(clean) or _RANGE.search(clean):
        raise ValueError(gettext("“%(typed)s” is not exact. Enter the exact number.") % {"typed": typed})


def _unreadable(typed: str) -> str:
    return gettext("“%(typed)s” cannot be read as an amount. Write for example 60000, 6亿 or 6.5亿.") % {"typed": typed}


def _amount(clean: str, unit: Unit) -> Decimal | None:
    """Add up the parts of an amount such as 1亿2000万; None when they do not make exactly one amount."""
    in_yuan = clean.endswith("元")
    clean = clean.removesuffix("元")
    if not in_yuan and _PLAIN.fullmatch(clean) or not _has_unit(clean) and not in_yuan:
        number = _number(clean)
        return None if number is None else number * (1 if unit == "wan" else WAN_PER_YI)
    total, ceiling, position = Decimal(0), None, 0
    while position < len(clean):
        part = _PART.match(clean, position)
        value = _part_value(part, ceiling, is_last=part.end() == len(clean), in_yuan=in_yuan) if part else None
        if part is None or value is None:
            return None
        total += value
        ceiling = _UNITS[part[2]]
        position = part.end()
    return total if clean else None


def _part_value(part: re.Match[str], ceiling: Decimal | None, *, is_last: bool, in_yuan: bool) -> Decimal | None:
    """One number with its unit, or None where people could read it in two ways (1亿5, 1.5亿2000万, 1万3亿)."""
    number, unit = _number(part[1].removeprefix("零") if ceiling else part[1]), part[2]
    if number is None or (unit == "" and not in_yuan) or (not is_last and number != number.to_integral_value()):
        return None
    value = number * _UNITS[unit]
    return value if ceiling is None or value < ceiling else None


def _has_unit(clean: str) -> bool:
    return "万" in clean or "亿" in clean


def _number(text: str) -> Decimal | None:
    """A number in digits ("60,000", "6.5", "6千") or in characters ("十二", "六点五")."""
    if text[:1].isascii():
        scale = _SCALES.get(text[-1:], 1)
        digits = text[:-1] if scale > 1 else text
        return Decimal(digits.replace(",", "")) * scale if _PLAIN.fullmatch(digits) else None
    whole, point, fraction = text.partition("点")
    value = _below_myriad(whole)
    if value is None or not point:
        return value
    if not fraction or any(character not in _DIGITS for character in fraction):
        return None
    return Decimal(f"{value}.{''.join(str(_DIGITS.index(character)) for character in fraction)}")


def _below_myriad(text: str) -> Decimal | None:
    """Read 0–9999 in characters, only as they are properly written: 两百五 could be 205 or 250, so it is refused."""
    value = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in _SCALES:
            value, digit = value + (digit or 1) * _SCALES[character], 0
        else:
            return None
    value += digit
    return Decimal(value) if text in _spellings(value) else None


def _spellings(value: int) -> set[str]:
    if value == 0:
        return {"零"}
    text, rest = "", value
    for name, scale in _SCALES.items():
        digit, rest = divmod(rest, scale)
        if digit:
            text += ("零" if text and _is_gap(value, scale) else "") + _DIGITS[digit] + name
    if rest:
        text += ("零" if text and _is_gap(value, 1) else "") + _DIGITS[rest]
    return {text, text.removeprefix("一")} if text.startswith("一十") else {text}


def _is_gap(value: int, scale: int) -> bool:
    """Whether the place just above `scale` is empty, where Chinese writes a 零."""
    return value // (scale * 10) % 10 == 0


def _without_trailing_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
