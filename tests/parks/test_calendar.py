"""The office's own days in the working calendar: who sets them, what they change, the page and the API."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import RuleViolation
from core.models import AuditEntry
from parks.access import Role
from parks.actions import drop_calendar_day, set_calendar_days, set_calendar_year
from parks.models import CalendarDay, CalendarYear
from parks.workdays import working_calendar


def test_days_are_set_as_a_range_changed_in_place_and_dropped(manager, at):
    set_calendar_days(start=date(2027, 2, 5), end=date(2027, 2, 11), is_working=False, name="春节", at=at, by=manager)
    set_calendar_days(start=date(2027, 2, 11), is_working=True, at=at, by=manager)

    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    assert len(days) == 7
    assert days[date(2027, 2, 11)] is True
    assert working_calendar().after(date(2027, 2, 4), 1).day == date(2027, 2, 11)
    assert AuditEntry.objects.filter(verb="parks.set_calendar_day").count() == 8

    drop_calendar_day(CalendarDay.objects.get(day=date(2027, 2, 5)), at=at, by=manager)

    assert working_calendar().after(date(2027, 2, 4), 1).day == date(2027, 2, 5)


@pytest.mark.parametrize("end", [date(2027, 2, 4), date(2027, 3, 8)])
def test_a_range_that_runs_backwards_or_for_more_than_a_month_is_refused(manager, at, end):
    with pytest.raises(RuleViolation) as refused:
        set_calendar_days(start=date(2027, 2, 5), end=end, is_working=False, at=at, by=manager)

    assert list(refused.value.fields) == ["end"]
    assert not CalendarDay.objects.exists()


def test_the_calendar_of_all_parks_is_set_only_by_those_over_a_whole_zone(person, park, officer, at):
    park_manager = person("park-manager", (Role.MANAGER, park))

    for nobody in (officer, park_manager):
        with pytest.raises(PermissionDenied):
            set_calendar_days(start=date(2027, 1, 1), is_working=False, at=at, by=nobody)
    assert not CalendarDay.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_year_is_final_once_its_notice_is_entered(manager, at):
    with pytest.raises(RuleViolation):
        set_calendar_year(2027, is_entered=True, at=at, by=manager)
    set_calendar_days(start=date(2027, 1, 1), is_working=False, at=at, by=manager)
    assert working_calendar().after(date(2027, 3, 1), 1).is_provisional

    set_calendar_year(2027, is_entered=True, at=at, by=manager)
    assert not working_calendar().after(date(2027, 3, 1), 1).is_provisional

    set_calendar_year(2027, is_entered=False, at=at, by=manager)
    assert working_calendar().after(date(2027, 3, 1), 1).is_provisional
    with pytest.raises(RuleViolation):
        set_calendar_year(2026, is_entered=True, at=at, by=manager)
    assert not CalendarYear.objects.exists()


def test_the_page_shows_a_year_and_takes_days(client, manager):
    client.force_login(manager)
    page = client.get(reverse("parks:calendar"), {"year": 2026}).content.decode()
    assert page.count('class="makeup') == 6
    assert 'title="春节"' in page

    typed = {"start": "2027-01-01", "end": "2027-01-03", "is_working": "", "name": "元旦"}
    answer = client.post(reverse("parks:calendar-add"), typed, follow=True)
    assert CalendarDay.objects.filter(name="元旦", is_working=False).count() == 3
    assert answer.content.decode().count("own") >= 3

    kept = client.post(reverse("parks:calendar-add"), {**typed, "end": "2026-12-31"}).content.decode()
    assert 'value="元旦"' in kept
    assert CalendarDay.objects.count() == 3


def test_the_page_costs_the_same_with_two_days_and_with_twenty(client, manager, at):
    client.force_login(manager)
    asked = []
    for last in (2, 22):
        set_calendar_days(start=date(2027, 1, 1), end=date(2027, 1, last), is_working=False, at=at, by=manager)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("parks:calendar"), {"year": 2027})
        asked.append(len(queries))
    # The first visit also writes when the session was renewed.
    assert asked[1] <= asked[0]


def test_the_api_counts_working_days(client, officer, manager, at):
    client.force_login(officer)
    path = reverse("working-days-list")

    assert client.get(path, {"start": "2026-02-13", "days": 3}).json() == {"date": "2026-02-25", "provisional": False}
    assert client.get(path, {"start": "2026-12-31", "days": 1}).json() == {"date": "2027-01-01", "provisional": True}

    set_calendar_days(start=date(2027, 1, 1), is_working=False, at=at, by=manager)
    assert client.get(path, {"start": "2026-12-31", "days": 1}).json()["date"] == "2027-01-04"


@pytest.mark.parametrize(
    "asked",
    [
        {"start": "13.2.2026"},
        {"start": "2026-02-30"},
        {"days": 0},
        {"days": "three"},
        {"days": 401},
        {"start": "2100-12-30", "days": 9},
        {"begin": "2026-02-13"},
    ],
)
def test_a_count_that_cannot_be_read_is_refused_in_words(client, officer, asked):
    client.force_login(officer)

    answer = client.get(reverse("working-days-list"), asked)

    assert answer.status_code == 400
    assert answer.json()["reasons"]
