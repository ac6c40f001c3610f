"""The working calendar with the office's own days in it, and one year of it as a page shows it."""

import calendar
from dataclasses import dataclass
from datetime import date

from core.calendar import WorkingCalendar, festival_on, worked_by_notice
from parks.models import CalendarDay, CalendarYear

LONGEST_COUNT = 400
"""Working days that anybody may ask to count; more than a year and a half."""


def working_calendar():
    """One query for the office's days; one more only where a count reaches a year without a notice."""
    return WorkingCalendar(
        dict(CalendarDay.objects.values_list("day", "is_working")),
        lambda: set(CalendarYear.objects.values_list("year", flat=True)),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """One day of the table. `kind`: work, weekend, off (a festival), makeup (a worked weekend)."""

    day: date
    kind: str
    is_own: bool
    occasion: str


def year_of(year, own, *, language):
    """Twelve months of weeks of `Shown` (None outside the month). `own` maps a day to its CalendarDay."""
    working = WorkingCalendar({day: each.is_working for day, each in own.items()})
    weeks = calendar.Calendar(firstweekday=0)
    return [
        [
            [_shown(day, working, own, language) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def _shown(day, working, own, language):
    is_weekend = day.weekday() >= 5
    if working.is_working(day):
        kind = "makeup" if is_weekend else "work"
    else:
        kind = "weekend" if is_weekend and not _is_festival(day, own) else "off"
    return Shown(day, kind, day in own, _occasion(day, own, language))


def _is_festival(day, own):
    return festival_on(day) is not None if day not in own else bool(own[day].name)


def _occasion(day, own, language):
    if day in own:
        return own[day].name
    festival = festival_on(day)
    if festival is None or (worked_by_notice(day) and day.weekday() < 5):
        return ""
    return festival.english if language == "en" else festival.chinese
