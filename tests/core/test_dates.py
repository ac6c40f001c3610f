from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import EARLIEST_YEAR, LATEST_YEAR, day_end, day_start, local_day, month_ends, parse_day

DAYS = st.dates(date(EARLIEST_YEAR, 1, 1), date(LATEST_YEAR, 12, 30))


@pytest.mark.parametrize(
    "typed",
    ["2024-03-31", "2024.3.31", "2024.03.31", "2024/3/31", "2024年3月31日", "２０２４年３月３１日", " 2024-03-31 "],
)
def test_a_day_is_understood_as_people_write_it(typed):
    assert parse_day(typed) == date(2024, 3, 31)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2024-02-30", "does not exist"),
        ("2023-02-29", "does not exist"),
        ("2024-13-01", "does not exist"),
        ("2024-3-31", "is not a date"),
        ("2024.3/31", "is not a date"),
        ("31.3.2024", "is not a date"),
        ("03/31/2024", "is not a date"),
        ("2024-03", "is not a date"),
        ("20240331", "is not a date"),
        ("2024-03-31T00:00", "is not a date"),
        ("", "is not a date"),
        ("tomorrow", "is not a date"),
        ("0024-03-31", "year must lie"),
        ("2204-03-31", "year must lie"),
    ],
)
def test_what_is_not_a_day_is_refused_in_words(typed, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_day(typed)


@given(st.text(max_size=60) | st.text(alphabet="0123456789-./年月日", max_size=14))
def test_any_text_is_either_a_day_or_a_sentence(text):
    try:
        sentence = f"{parse_day(text)}."
    except ValueError as refusal:
        sentence = str(refusal)
    assert sentence.endswith(".")


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_month_ends_lead_up_to_the_asked_day(until, count):
    days = month_ends(until, count)

    assert len(days) == count
    assert days[-1] == until
    assert days == sorted(set(days))
    assert all((day + timedelta(days=1)).day == 1 for day in days[:-1])
    assert len({(day.year, day.month) for day in days}) == count


def test_month_ends_by_hand():
    assert month_ends(date(2024, 3, 31), 3) == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    assert month_ends(date(2024, 4, 15), 2) == [date(2024, 3, 31), date(2024, 4, 15)]
    assert month_ends(date(2024, 4, 15), 0) == []


@given(DAYS)
def test_a_day_ends_where_the_next_begins(day):
    assert day_end(day) == day_start(day + timedelta(days=1))
    assert local_day(day_start(day)) == day
    assert local_day(day_end(day) - timedelta(microseconds=1)) == day


def test_the_day_turns_at_midnight_in_china_not_in_utc():
    assert local_day(datetime(2024, 3, 31, 15, 59, tzinfo=UTC)) == date(2024, 3, 31)
    assert local_day(datetime(2024, 3, 31, 16, 0, tzinfo=UTC)) == date(2024, 4, 1)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2024, 3, 31))  # noqa: DTZ001
