"""Chinese working days: which day is worked, and when so many of them are over. The office's own days are handed in.

The years the office knows come from `chinese_calendar`, which holds the State Council's notices with their holidays and
make-up days. The next year's notice appears in about November; until then, or until the office has entered it, a day of
that year is judged by its weekday alone, and whatever is counted over it is provisional.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import chinese_calendar

from core.dates import LATEST_YEAR

_NO_YEARS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """A day by which something is due. Provisional: a notice of working days still to come may move it."""

    day: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Holiday:
    """A festival as the notice calls it."""

    english: str
    chinese: str


class WorkingCalendar:
    """The notices, and over them the office's own entries: `overrides` maps a day to whether it is worked.

    `entered_years` are years whose notice the office has entered completely; called only when a count reaches beyond
    the years that are known anyway.
    """

    def __init__(
        self,
        overrides: Mapping[date, bool] | None = None,
        entered_years: Callable[[], Collection[int]] = lambda: _NO_YEARS,
    ) -> None:
        self.overrides = overrides or {}
        self._ask_entered_years = entered_years

    @cached_property
    def entered_years(self) -> Collection[int]:
        return self._ask_entered_years()

    def is_working(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        noticed = worked_by_notice(day)
        return day.weekday() < 5 if noticed is None else noticed

    def is_certain(self, day: date) -> bool:
        """Whether a notice or an entry of the office decides the day, rather than its weekday."""
        return worked_by_notice(day) is not None or day in self.overrides or day.year in self.entered_years

    def after(self, start: date, working_days: int) -> Due:
        """The day on which the `working_days`-th working day after `start` falls; the day after `start` is day 1."""
        day, left, is_provisional = start, working_days, False
        while left > 0:
            day += timedelta(days=1)
            if day.year > LATEST_YEAR:
                raise ValueError(f"{working_days} working days after {start} lie beyond {LATEST_YEAR}")
            is_provisional = is_provisional or not self.is_certain(day)
            left -= self.is_working(day)
        return Due(day, is_provisional)


def worked_by_notice(day: date) -> bool | None:
    """Whether the notice of that year has the day worked; None where no notice of the year is known."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None


def is_year_noticed(year: int) -> bool:
    return worked_by_notice(date(year, 1, 1)) is not None


def festival_on(day: date) -> Holiday | None:
    """The festival for whose sake the day is off, or worked although it is a Saturday or Sunday."""
    try:
        _is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return _FESTIVALS.get(name) if name else None


def _known_festivals() -> dict[Any, Holiday]:
    festivals = chinese_calendar.Holiday
    return {each.value: Holiday(each.value, each.chinese) for each in festivals}


_FESTIVALS = _known_festivals()
