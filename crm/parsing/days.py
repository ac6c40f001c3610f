"""Dates in a text, as far as they say: a day, a month, a year; relative ones are counted from the text's date."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from crm.parsing.marks import Span, Text

DAY, MONTH, YEAR, VAGUE = "day", "month", "year", "vague"
COMING = "coming"

_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_M = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_D = r"(?P<day>3[01]|[12][0-9]|0?[1-9])"
_PART = r"(?P<part>份|底|初|末|中旬|上旬|下旬)?"
_HALF = r"(?P<part>上半年|下半年|[第]?[一二三四1-4]季度|年初|年底|年末|初|底|末|春天?|夏天?|秋天?|冬天?|以来|度)?"
_WEEKDAYS = "一二三四五六日"
_DIGITS = "零一二三四五六七八九"
_PLANS = re.compile(r"将|拟|计划|预计|准备|打算|争取|力争|明年")
_AHEAD = 24


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ones = (10, text[1:]) if text.startswith("十") else (0, text)
    return tens + (_DIGITS.index(ones) if ones else 0)


Found = re.Match[str]
Read = Callable[[Found, date | None, bool], tuple[str, str]]


def _full(found: Found, _today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    return _day(int(found["year"]), _number(found["month"]), int(found["day"]))


def _day(year: int, month: int, day: int) -> tuple[str, str]:
    if day > monthrange(year, month)[1]:
        return "", DAY
    return date(year, month, day).isoformat(), DAY


def _year_month(found: Found, _today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    return f"{found['year']}-{_number(found['month']):02d}", MONTH


def _year(found: Found, _today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    return found["year"], YEAR


_YEARS = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1, "后年": 2}


def _named_year(found: Found, today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    month, day = found["month"], found["day"]
    precision = DAY if day else MONTH if month else YEAR
    if today is None:
        return "", precision
    year = today.year + _YEARS[found["named"]]
    if day:
        return _day(year, _number(month), int(day))
    return (f"{year}-{_number(month):02d}", MONTH) if month else (str(year), YEAR)


def _month_day(found: Found, today: date | None, coming: bool) -> tuple[str, str]:  # noqa: FBT001
    """The year is that of the text; what would lie ahead of it was a year ago, unless the clause speaks of plans."""
    month, day = _number(found["month"]), int(found["day"]) if found["day"] else 0
    if today is None:
        return "", DAY if day else MONTH
    ahead = (month, day) > (today.month, today.day if day else 0) and (bool(day) or month > today.month)
    year = today.year - 1 if ahead and not coming else today.year
    return _day(year, month, day) if day else (f"{year}-{month:02d}", MONTH)


_MONTHS = {"上": -1, "本": 0, "这": 0, "当": 0, "下": 1}


def _named_month(found: Found, today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    if today is None:
        return "", DAY if found["day"] else MONTH
    months = today.year * 12 + today.month - 1 + _MONTHS[found["named"]]
    year, month = divmod(months, 12)
    return _day(year, month + 1, int(found["day"])) if found["day"] else (f"{year}-{month + 1:02d}", MONTH)


_DAYS = {"今": 0, "昨": -1, "前": -2, "明": 1, "后": 2}


def _named_day(found: Found, today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    return ("" if today is None else (today + timedelta(days=_DAYS[found["named"]])).isoformat()), DAY


_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1}


def _weekday(found: Found, today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    if today is None:
        return "", DAY
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEKS[found["named"]])
    return (monday + timedelta(days=_WEEKDAYS.index(found["weekday"].replace("天", "日")))).isoformat(), DAY


def _vague(_found: Found, _today: date | None, _coming: bool) -> tuple[str, str]:  # noqa: FBT001
    return "", VAGUE


# In this order: what is read by one is not read again by the next.
_WRITTEN: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(?<![0-9]){_YEAR} ?年 ?{_M} ?月 ?{_D} ?[日号]", _full),
        (rf"(?<![0-9]){_YEAR}([-./]){_M}\2{_D}(?![0-9]|\.[0-9])", _full),
        (rf"(?<![0-9]){_YEAR} ?年 ?{_M} ?月{_PART}", _year_month),
        (rf"(?<![0-9]){_YEAR}[-./](?P<month>1[0-2]|0[1-9])(?![0-9.亿万元%-])", _year_month),
        (rf"(?<![0-9]){_YEAR} ?年{_HALF}", _year),
        (rf"(?P<named>[今本去前明后]年)(?:{_M}月(?:{_D}[日号])?|前[一二三四五六七八九十0-9]{{1,2}}个?月|{_HALF})",
         _named_year),
        (rf"(?<![0-9.第]){_M}月{_D}[日号]", _month_day),
        (rf"(?<![0-9.第个]){_M}月(?!季|饼|亮|度)(?P<day>(?!))?{_PART}", _month_day),
        (rf"(?P<named>上|本|这|当|下)个?月(?:{_D}[日号])?", _named_month),
        (r"(?P<named>上上|上|本|这|下)个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])", _weekday),
        (r"(?P<named>[今昨前明后])[天日](?!后|前)", _named_day),
        (r"日前|近日|近期|前不久|不久前|日内|上上?个?(?:周|星期)|本周|下个?周|月底|(?<!半)年内", _vague),
    )
)  # fmt: skip


def days(text: Text, text_date: date | None) -> Iterable[Span]:
    taken: set[int] = set()
    for pattern, read in _WRITTEN:
        for found in pattern.finditer(text.plain):
            places = range(*found.span())
            if not taken.isdisjoint(places):
                continue
            value, precision = read(found, text_date, _is_coming(text, found.start()))
            taken.update(places)
            facts = {"precision": precision, "unsure": not value, "asks": "" if value else "day"}
            if text_date and value > text_date.isoformat()[: len(value)]:
                facts["role"] = COMING
            yield text.span(found.start(), found.end(), "date", value, **facts)


def _is_coming(text: Text, place: int) -> bool:
    """Whether the words before the date in its clause, or just behind it, speak of plans."""
    start, end = text.clause(place)
    return bool(_PLANS.search(text.plain, max(start, place - _AHEAD), min(end, place + 12)))
