"""How numbers, days and moments look in pages. Plain string work: a long table calls these a thousand times."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from core.dates import local_time
from core.money import format_large, format_wan, half_up, large_unit, with_large_unit

NONE = "—"
MINUS = "\N{MINUS SIGN}"
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

register = template.Library()


@register.filter
def wan(amount: Decimal | None) -> str:
    """120,000 from an amount in 万元."""
    return NONE if amount is None or amount == "" else format_wan(amount).replace("-", MINUS)


@register.filter
def yi(amount: Decimal | None, places: int = 1) -> str:
    """1351.4 (亿元) from an amount in 万元, in English 135.14 (RMB bn); `{% money_unit %}` stands in the head."""
    return NONE if amount is None or amount == "" else format_large(amount, places).replace("-", MINUS)


@register.filter
def money(amount: Decimal | None, places: int = 1) -> str:
    """1351.4 亿元 or RMB 135.14 bn, for sentences."""
    return NONE if amount is None or amount == "" else with_large_unit(yi(amount, places))


@register.simple_tag
def money_unit() -> str:
    """The unit of the filters `yi` and `signed_yi`."""
    return large_unit()


@register.filter
def signed_yi(amount: Decimal | None, places: int = 1) -> str:
    """+9.2, −3.8 or 0.0 (亿元), in English +0.92 (RMB bn), from a difference in 万元."""
    return NONE if amount is None or amount == "" else _signed(format_large(amount, places))


@register.filter
def count(number: int | None) -> str:
    return NONE if number is None or number == "" else f"{number:,}".replace("-", MINUS)


@register.filter
def signed_count(number: int | None) -> str:
    return NONE if number is None or number == "" else _signed(f"{number:,}")


@register.filter
def percent(rate: Decimal | None, places: int = 1) -> str:
    """33.3 from an unrounded rate in percent; the sign % stands in the head."""
    return NONE if rate is None or rate == "" else f"{half_up(rate, places):f}".replace("-", MINUS)


@register.filter
def day(value: date | None) -> str:
    """2024-03-31, for tables."""
    return value.isoformat()[:10] if isinstance(value, date) and not isinstance(value, datetime) else _day_of(value)


@register.filter
def long_day(value: date | None) -> str:
    """2024年3月31日 or 31 Mar 2024, for sentences."""
    if not value:
        return NONE
    if isinstance(value, datetime):
        value = local_time(value).date()
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"


def near_day(value: date, today: date) -> str:
    """4月22日 or 22 Apr in the year of `today`, else with the year."""
    if value.year != today.year:
        return long_day(value)
    if (get_language() or "").startswith("zh"):
        return f"{value.month}月{value.day}日"
    return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]}"


@register.filter
def moment(value: datetime | None) -> str:
    """2024-03-31 12:00 on the clock of the park."""
    return local_time(value).isoformat(" ", "minutes")[:16] if value else NONE


def _day_of(value: Any) -> str:
    return local_time(value).date().isoformat() if value else NONE


def _signed(digits: str) -> str:
    if digits.startswith("-"):
        return MINUS + digits[1:]
    return f"+{digits}" if digits.strip("0.,") else digits
