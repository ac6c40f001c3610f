"""The calendar feed: a secret address that shows its owner's due list as it may be seen now, until it is revoked."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from config.logs import Masking
from core.models import AuditEntry
from crm.actions import make_calendar_feed, plan_task, revoke_calendar_feed
from crm.models import CalendarFeed
from crm.views import calendar_feed as views
from parks.models import Membership


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def secret(officer, now):
    return make_calendar_feed(officer, at=now, by=officer)


def path(secret):
    return reverse("crm:calendar-file", args=[secret])


def events(client, secret):
    answer = client.get(path(secret))
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return [str(each["summary"]) for each in Calendar.from_ical(answer.content).walk("VEVENT")]


def test_the_file_holds_own_clocks_and_tasks_as_whole_days(client, secret, make_lead, officer, colleague, park, now):
    today = timezone.localdate()
    lead = make_lead(at=now, received_on=today)
    plan_task(park=park, title="拨 13800001234", due_on=today, at=now, by=officer)
    plan_task(park=park, title="没有日子", at=now, by=officer)
    plan_task(park=park, title="同事的事", due_on=today, at=now, by=colleague)

    assert sorted(events(client, secret)) == ["响应 · 贝斯兰", "拨 138****1234"]
    (clock,) = [
        each
        for each in Calendar.from_ical(client.get(path(secret)).content).walk("VEVENT")
        if "响应" in str(each["summary"])
    ]
    assert clock.decoded("dtstart") == today + timedelta(days=1)
    assert clock.decoded("dtend") == today + timedelta(days=2)
    assert str(clock["uid"]).startswith(f"clock:{lead.pk}:respond@")
    assert str(clock["url"]).endswith(reverse("crm:lead-detail", args=[lead.pk]))


def test_the_scope_is_asked_at_each_fetch(client, secret, make_lead, officer, now):
    make_lead(at=now, received_on=timezone.localdate())
    assert len(events(client, secret)) == 1

    Membership.objects.filter(user=officer).delete()
    assert events(client, secret) == []

    officer.is_active = False
    officer.save()
    answer = client.get(path(secret))
    assert answer.status_code == 410
    assert "已撤销" in answer.content.decode()


def test_a_revoked_and_a_renewed_address_say_that_they_are_gone_and_an_unknown_one_that_there_is_none(
    client, secret, officer, now
):
    newer = make_calendar_feed(officer, at=now, by=officer)
    assert client.get(path(secret)).status_code == 410
    assert client.get(path(newer)).status_code == 200

    revoke_calendar_feed(officer, at=now, by=officer)
    assert client.get(path(newer)).status_code == 410
    unknown = client.get(path("no-such-secret"))
    assert unknown.status_code == 404
    assert "没有日历" in unknown.content.decode()
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == [
        "crm.make_calendar_feed",
        "crm.make_calendar_feed",
        "crm.revoke_calendar_feed",
    ]


def test_the_secret_is_kept_nowhere(secret):
    feed = CalendarFeed.objects.get()
    assert secret not in str(feed.__dict__)
    assert secret not in str(AuditEntry.objects.values())


def test_only_oneself_gives_out_ones_address(officer, admin, now):
    with pytest.raises(PermissionDenied):
        make_calendar_feed(officer, at=now, by=admin)
    assert not CalendarFeed.objects.exists()


def test_a_refusal_leaves_no_address_in_the_log(client, secret, monkeypatch, caplog):
    monkeypatch.setattr(views, "MOST_FETCHES_AN_HOUR", 0)
    caplog.handler.setFormatter(Masking("{message}", style="{"))

    assert client.get(path(secret)).status_code == 429

    assert "/calendar/***.ics" in caplog.text
    assert secret not in caplog.text


def test_guessing_and_fetching_too_often_is_slowed_down(client, secret, monkeypatch):
    monkeypatch.setattr(views, "MOST_MISSES_AN_HOUR", 3)
    monkeypatch.setattr(views, "MOST_FETCHES_AN_HOUR", 2)
    assert [client.get(path(secret)).status_code for _n in range(3)] == [200, 200, 429]
    assert [client.get(path(f"guess-{n}")).status_code for n in range(4)] == [404, 404, 404, 429]
    assert client.get(path("guess"))["Retry-After"] == "3600"


def test_wrong_tries_from_the_office_s_address_leave_the_valid_addresses_alone(client, secret, monkeypatch):
    monkeypatch.setattr(views, "MOST_MISSES_AN_HOUR", 1)
    assert [client.get(path(f"guess-{n}")).status_code for n in range(3)] == [404, 429, 429]
    assert client.get(path(secret)).status_code == 200


def test_the_file_costs_the_same_with_two_entries_and_with_twenty_and_is_capped(
    client, secret, officer, park, make_lead, make_company, now, monkeypatch
):
    company, asked = make_company(at=now), []
    for number in (2, 20):
        for n in range(number):
            make_lead(company=company, at=now, received_on=timezone.localdate())
            plan_task(park=park, title=f"事{n}", due_on=timezone.localdate(), at=now, by=officer)
        with CaptureQueriesContext(connection) as queries:
            client.get(path(secret))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 8

    monkeypatch.setattr(views, "MOST_ENTRIES", 5)
    assert len(events(client, secret)) == 5


def test_the_page_shows_the_address_once(signed_in, officer, client):
    browser = signed_in(officer)
    page = reverse("crm:calendar-feed")
    assert "No address has been given out." in browser.get(page).content.decode()

    shown = browser.post(page).content.decode()
    address = shown.split('readonly value="')[1].split('"')[0]
    secret = address.split("/calendar/")[1].removesuffix(".ics")
    assert client.get(path(secret)).status_code == 200
    assert secret not in browser.get(page).content.decode()

    browser.post(page, {"deed": "revoke"})
    assert client.get(path(secret)).status_code == 410
    assert reverse("crm:calendar-feed") in browser.get(reverse("accounts:profile")).content.decode()
