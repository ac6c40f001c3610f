"""Reminders: each thing once to each person, after one night, two runs, three missed nights, or by eight workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils.translation import override

from core import notices
from core.models import Notice
from crm.actions import finish_task, move_task, plan_task, set_clock_rules
from crm.clocks import ClockStep, Limit
from crm.models import Lead, Task
from crm.reminders import remind
from parks.models import Membership

NIGHT = timedelta(days=1)


def shown(notice):
    with override("zh-hans"):
        return notices.shown(notice)


def told(person):
    return sorted(Notice.objects.filter(recipient=person).values_list("key", flat=True))


@pytest.fixture
def lead(make_lead):
    """Received on 1 April: to be answered by the 2nd."""
    return make_lead()


@pytest.fixture
def morning(at):
    """Seven in the morning of a day in April."""
    return lambda day: at.replace(day=1, hour=23) + (day - 2) * NIGHT


def test_the_owner_is_told_on_the_due_day_and_the_office_the_day_after(lead, officer, manager, admin, morning):
    remind(at=morning(1))
    assert not Notice.objects.exists()

    remind(at=morning(2))
    assert told(officer) == [f"clock:{lead.pk}:respond:2024-04-02"]
    assert told(manager) == []

    remind(at=morning(3))
    assert told(officer) == [f"clock:{lead.pk}:respond:2024-04-02"]
    assert told(manager) == [f"over:clock:{lead.pk}:respond:2024-04-02"]
    assert told(admin) == []
    assert shown(Notice.objects.get(recipient=manager)) == "贝斯兰（林知遥）：到 2024-04-02 仍未响应。"


def test_twice_a_night_and_after_three_missed_nights_each_thing_is_told_once(lead, officer, manager, park, at, morning):
    task = plan_task(park=park, title="准备材料", due_on=at.date(), at=at, by=officer)
    Task.objects.filter(pk=task.pk).update(due_on="2024-04-04")

    for day in (2, 2, 6, 6, 7):
        remind(at=morning(day))

    assert told(officer) == [f"clock:{lead.pk}:respond:2024-04-02", f"task:{task.pk}:2024-04-04"]
    assert told(manager) == [f"over:clock:{lead.pk}:respond:2024-04-02"]


def test_what_moved_to_another_day_is_another_thing_and_what_is_done_is_none(officer, park, at):
    task = plan_task(park=park, title="准备材料", due_on=at.date(), at=at, by=officer)
    remind(at=at)
    move_task(task, due_on=at.date() + NIGHT, at=at, by=officer)
    remind(at=at)
    remind(at=at + NIGHT)
    finish_task(task, at=at + NIGHT, by=officer)
    remind(at=at + 2 * NIGHT)

    assert told(officer) == [f"task:{task.pk}:2024-04-18", f"task:{task.pk}:2024-04-19"]


def test_a_rule_may_spare_the_office(lead, manager, zone, at, morning):
    set_clock_rules(zone, limits={ClockStep.RESPOND: Limit(1, tells_office=False)}, at=at, by=manager)

    remind(at=morning(9))

    assert told(manager) == []


def test_nobody_is_told_who_sees_the_park_no_longer_or_is_gone(lead, officer, manager, morning):
    Membership.objects.filter(user=officer).delete()
    manager.is_active = False
    manager.save()

    remind(at=morning(9))

    assert not Notice.objects.exists()


def test_a_lead_without_an_officer_is_told_to_the_office(lead, manager, morning):
    Lead.objects.update(owner=None)

    remind(at=morning(3))

    assert told(manager) == [f"over:clock:{lead.pk}:respond:2024-04-02"]
    assert "（—）" in shown(Notice.objects.get())


def test_a_number_in_a_task_is_not_carried_into_the_notice(officer, park, at):
    plan_task(park=park, title="打 13800001234", due_on=at.date(), at=at, by=officer)

    remind(at=at)

    assert "138****1234" in shown(Notice.objects.get())
    assert "13800001234" not in str(Notice.objects.get().params)


def test_chunks_miss_nothing(make_lead, make_company, officer, at, monkeypatch):
    company = make_company()
    for _n in range(7):
        make_lead(company=company)
    monkeypatch.setattr("crm.reminders.AT_ONCE", 3)

    remind(at=at)

    assert len(told(officer)) == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_eight_workers_at_once_tell_each_thing_once(make_lead, make_company, officer, manager, at):
    company = make_company()
    for _n in range(6):
        make_lead(company=company)

    def one(_n):
        try:
            remind(at=at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))

    assert len(told(officer)) == 6
    assert len(told(manager)) == 6
