"""Working days by the State Council's notice, over it the office's own days, and what stays provisional."""

from datetime import date, timedelta

import pytest

from core.calendar import Due, WorkingCalendar, festival_on


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-13", 3, "2026-02-25"),  # over the Spring Festival, with a worked Saturday as day 1
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-05-08", 1, "2026-05-09"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-24", 1, "2026-09-28"),
        ("2026-04-15", 1, "2026-04-16"),
        ("2026-04-15", 0, "2026-04-15"),
    ],
)
def test_the_day_after_receipt_is_day_one(start, days, due):
    counted = WorkingCalendar().after(date.fromisoformat(start), days)

    assert counted == Due(date.fromisoformat(due), is_provisional=False)


def test_the_year_2026_has_248_working_days_and_six_worked_weekend_days():
    year = [date(2026, 1, 1) + timedelta(days=each) for each in range(365)]
    worked = [day for day in year if WorkingCalendar().is_working(day)]

    assert len(worked) == 248
    assert [day.isoformat() for day in worked if day.weekday() >= 5] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]


def test_a_year_without_a_notice_counts_weekdays_and_is_provisional_only_when_it_is_reached():
    assert WorkingCalendar().after(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), is_provisional=False)
    assert WorkingCalendar().after(date(2026, 12, 30), 2) == Due(date(2027, 1, 1), is_provisional=True)
    assert WorkingCalendar().after(date(2026, 12, 31), 2) == Due(date(2027, 1, 4), is_provisional=True)
    assert WorkingCalendar().after(date(2003, 12, 30), 1).is_provisional


def test_the_offices_own_days_go_over_notice_and_weekday():
    own = WorkingCalendar({date(2026, 4, 16): False, date(2026, 4, 18): True})

    assert own.after(date(2026, 4, 15), 2) == Due(date(2026, 4, 18), is_provisional=False)


def test_an_entered_year_is_final_and_is_asked_for_only_when_a_count_reaches_it():
    asked = []

    def entered():
        asked.append(1)
        return {2027}

    own = WorkingCalendar({date(2027, 1, 1): False}, entered)

    assert own.after(date(2026, 4, 15), 20).is_provisional is False
    assert asked == []
    assert own.after(date(2026, 12, 31), 1) == Due(date(2027, 1, 4), is_provisional=False)
    assert asked == [1]
    # Without the whole notice one known day does not make the days around it certain.
    assert WorkingCalendar({date(2027, 1, 1): False}).after(date(2026, 12, 31), 1).is_provisional


def test_a_count_ends_where_the_years_of_the_program_end():
    with pytest.raises(ValueError, match="beyond 2100"):
        WorkingCalendar().after(date(2100, 12, 30), 9)


def test_a_festival_has_its_name_in_both_languages():
    assert (festival_on(date(2026, 2, 17)).english, festival_on(date(2026, 2, 17)).chinese) == (
        "Spring Festival",
        "春节",
    )
    assert festival_on(date(2026, 4, 15)) is None
    assert festival_on(date(2031, 2, 17)) is None
