"""Tasks: planned, done with what comes next, moved, dropped; the next step of a lead is its one open task."""

import importlib
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.batches import batch
from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from core.undo import undo_batch
from crm.actions import (
    advance_lead,
    assign_lead,
    drop_task,
    edit_lead,
    finish_task,
    hand_over,
    move_task,
    plan_task,
    record_interaction,
    return_lead,
    undo_hand_over,
)
from crm.desk_due import due_counts, due_rows
from crm.lifecycle import LeadStage
from crm.models import Lead, Task


def on(day):
    return date(2024, 4, day)


def step(lead):
    """What the lead's columns say, after asserting that its open task says the same."""
    lead.refresh_from_db()
    said = (lead.next_step, lead.next_step_due_on)
    task = Task.objects.open().filter(lead=lead).first()
    assert said == ((task.title, task.due_on) if task else ("", None))
    assert task is None or (task.owner, task.park_id) == (lead.owner, lead.park_id)
    return said


def test_a_lead_logged_with_a_next_step_has_it_as_its_task(make_lead, officer):
    lead = make_lead(next_step="回访", next_step_due_on=on(20))

    assert step(lead) == ("回访", on(20))
    assert Task.objects.get().owner == officer
    assert step(make_lead(company=lead.company)) == ("", None)


def test_a_conversation_with_a_next_step_does_the_one_before_and_chains_the_new_one(make_lead, officer, park, at):
    lead = make_lead(next_step="回访", next_step_due_on=on(18))
    with batch() as done:
        record_interaction(
            park=park, company=lead.company, lead=lead, summary="已谈", next_step="送方案", next_step_due_on=on(22),
            at=at, by=officer,
        )  # fmt: skip

    assert step(lead) == ("送方案", on(22))
    before, after = Task.objects.order_by("pk")
    assert (before.done_by, after.follows) == (officer, before)

    record_interaction(park=park, company=lead.company, lead=lead, summary="短信", at=at, by=officer)
    assert step(lead) == ("送方案", on(22))

    undo_batch(done.id, at=at, by=officer)
    assert step(lead) == ("回访", on(18))
    assert Task.objects.count() == 1


def test_editing_the_next_step_of_a_lead_moves_its_task_and_emptying_it_drops_it(make_lead, officer, at):
    lead = make_lead()
    for wanted in (("回访", on(20)), ("送方案", on(20)), ("", on(21))):
        edit_lead(lead, changes={"next_step": wanted[0], "next_step_due_on": wanted[1]}, at=at, by=officer)
        assert step(lead) == wanted
    assert Task.objects.count() == 1

    with batch() as emptied:
        edit_lead(lead, changes={"next_step": "", "next_step_due_on": None}, at=at, by=officer)
    assert step(lead) == ("", None)
    assert Task.objects.get().dropped_at == at

    undo_batch(emptied.id, at=at, by=officer)
    assert step(lead) == ("", on(21))
    assert Task.objects.count() == 1


def test_the_step_of_a_lead_that_is_over_is_dropped_and_comes_back_with_it(make_lead, officer, at):
    lead = make_lead(next_step="回访", next_step_due_on=on(20))
    with batch() as shelved:
        advance_lead(lead, to=LeadStage.SHELVED, effective_on=on(18), shelving_reason="invalid", at=at, by=officer)
    assert step(lead) == ("", None)

    undo_batch(shelved.id, at=at, by=officer)
    assert step(lead) == ("回访", on(20))
    assert Task.objects.count() == 1


def test_the_step_goes_where_its_lead_goes(make_lead, officer, colleague, manager, inner_park, at):
    lead = make_lead(next_step="回访", next_step_due_on=on(20))

    edit_lead(lead, changes={"owner": colleague}, at=at, by=officer)
    assert step(lead)
    assert Task.objects.get().owner == colleague
    return_lead(lead, reason="不熟悉", at=at, by=colleague)
    assert step(lead)
    assert Task.objects.get().owner is None
    assign_lead(lead, park=inner_park, owner=officer, effective_on=on(18), at=at, by=manager)
    assert step(lead)
    assert Task.objects.get().park == inner_park


def test_the_database_keeps_one_open_step_of_a_lead(make_lead, officer, park, at):
    lead = make_lead(next_step="回访")
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(park=park, lead=lead, title="又一步", recorded_at=at, recorded_by=officer)


def test_planning_for_a_lead_gives_it_a_next_step_once(make_lead, officer, at):
    lead = make_lead()
    task = plan_task(lead=lead, title="送方案", due_on=on(18), at=at, by=officer)

    assert step(lead) == ("送方案", on(18))
    assert AuditEntry.objects.get(verb="crm.plan_task").subject_id == task.pk
    with pytest.raises(RuleViolation) as refused:
        plan_task(lead=lead, title="再送", at=at, by=officer)
    assert list(refused.value.fields) == ["lead"]
    assert "送方案" in str(refused.value)
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "拜访", "due_on": on(17)}, "due_on"),
        ({"title": "长" * 201}, "title"),
    ],
)
def test_a_task_that_says_nothing_too_much_or_is_past_is_refused(officer, park, at, given, field):
    with pytest.raises(RuleViolation) as refused:
        plan_task(park=park, **given, at=at, by=officer)

    assert list(refused.value.fields) == [field]
    assert not Task.objects.exists()
    assert not AuditEntry.objects.exists()


def test_tasks_are_for_people_who_work_in_the_park(officer, auditor, outsider, park, other_park, make_company, at):
    for nobody in (auditor, outsider):
        with pytest.raises(PermissionDenied):
            plan_task(park=park, title="拜访", at=at, by=nobody)
    with pytest.raises(RuleViolation) as refused:
        plan_task(park=park, title="拜访", owner=outsider, at=at, by=officer)
    assert list(refused.value.fields) == ["owner"]
    with pytest.raises(RuleViolation) as refused:
        plan_task(park=other_park, company=make_company(), title="拜访", at=at, by=outsider)
    assert list(refused.value.fields) == ["company"]
    assert not Task.objects.exists()


@pytest.fixture
def task(officer, park, at):
    return plan_task(park=park, title="准备材料", due_on=on(18), at=at, by=officer)


def test_done_and_next_chains_and_is_taken_back_as_one(task, officer, at):
    with batch() as done:
        finish_task(task, next_title="送出", next_due_on=on(20), at=at, by=officer)

    first, second = Task.objects.order_by("pk")
    assert (first.done_at, first.done_by) == (at, officer)
    assert (second.title, second.due_on, second.follows, second.owner) == ("送出", on(20), first, officer)

    undo_batch(done.id, at=at, by=officer)
    assert [each.is_open for each in Task.objects.all()] == [True]


def test_what_is_done_or_dropped_is_not_done_again(task, officer, at):
    finish_task(task, at=at, by=officer)
    for verb in (finish_task, drop_task):
        with pytest.raises(RuleViolation):
            verb(task, at=at, by=officer)
    assert AuditEntry.objects.filter(verb="crm.finish_task").count() == 1


def test_a_refused_chain_leaves_the_task_open(task, officer, at):
    with pytest.raises(RuleViolation) as refused:
        finish_task(task, next_title="送出", next_due_on=on(17), at=at, by=officer)
    assert list(refused.value.fields) == ["next_due_on"]
    with pytest.raises(RuleViolation):
        finish_task(task, next_due_on=on(20), at=at, by=officer)
    task.refresh_from_db()
    assert task.is_open
    assert Task.objects.count() == 1


def test_moving_and_dropping_can_be_taken_back_and_a_stale_page_is_refused(task, officer, at):
    with batch() as moved:
        move_task(task, due_on=on(25), at=at, by=officer)
    with pytest.raises(StaleEdit):
        move_task(task, due_on=on(26), expected_version=1, at=at, by=officer)
    undo_batch(moved.id, at=at, by=officer)
    task.refresh_from_db()
    assert task.due_on == on(18)

    with batch() as dropped:
        drop_task(task, at=at, by=officer)
    undo_batch(dropped.id, at=at, by=officer)
    task.refresh_from_db()
    assert task.is_open


def test_the_step_of_a_lead_is_finished_moved_and_dropped_through_its_task(make_lead, officer, at):
    lead = make_lead(next_step="回访", next_step_due_on=on(20))
    finish_task(Task.objects.get(), next_due_on=on(22), at=at, by=officer)
    assert step(lead) == ("", on(22))
    move_task(Task.objects.open().get(), due_on=on(24), title="送方案", at=at, by=officer)
    assert step(lead) == ("送方案", on(24))
    drop_task(Task.objects.open().get(), at=at, by=officer)
    assert step(lead) == ("", None)


@pytest.fixture
def busy(make_lead, make_company, officer, colleague, park, other_park, outsider):
    """Clocks and tasks of two officers around today."""
    now, today = timezone.now(), timezone.localdate()
    company = make_company("忙碌公司", at=now)

    def fill(number):
        for n in range(number):
            make_lead(
                company=company, received_on=today - timedelta(days=n), next_step=f"步骤{n}", next_step_due_on=today,
                at=now,
            )  # fmt: skip
            plan_task(park=park, title=f"独立{n}", due_on=today + timedelta(days=n), at=now, by=officer)
            plan_task(park=park, title=f"同事{n}", due_on=today, at=now, by=colleague)
        plan_task(park=other_park, title="外人的事", due_on=today, at=now, by=outsider)

    return fill


def test_the_due_list_mixes_clocks_and_tasks_by_day_in_a_constant_number_of_queries(busy, officer):
    today = timezone.localdate()
    asked = []
    for number in (2, 9):
        busy(number)
        officer.__dict__.pop("_posts", None)
        with CaptureQueriesContext(connection) as queries:
            rows = due_rows(officer, today=today, most=200)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 5
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert {row.face is None for row in rows} == {True, False}
    assert not any("同事" in row.name or "外人" in row.name for row in rows)
    everybody = due_rows(officer, today=today, only_mine=False, most=200)
    assert any("同事" in row.name for row in everybody)
    assert not any("外人" in row.name for row in everybody)
    late, due_today = due_counts(officer, today=today)
    assert late == sum(row.due_on < today for row in rows)
    assert due_today == sum(row.due_on == today for row in rows)


def test_the_page_groups_by_day_and_does_a_task_in_one_click(signed_in, busy, officer):
    busy(3)
    browser = signed_in(officer)
    page = browser.get(reverse("crm:task-list")).content.decode()
    assert "同事0" not in page
    assert page.index("Overdue") < page.index("Today")
    assert "同事0" in browser.get(reverse("crm:task-list"), {"who": "park"}).content.decode()

    task = Task.objects.get(title="独立0")
    answer = browser.post(reverse("crm:task-finish", args=[task.pk]), {"next": reverse("crm:task-list"), "version": 1})
    assert answer.url == reverse("crm:task-list")
    task.refresh_from_db()
    assert task.done_by == officer


def test_a_refused_form_keeps_what_was_typed_and_writes_nothing(signed_in, officer, park):
    browser = signed_in(officer)
    path = reverse("crm:task-new")
    page = browser.post(path, {"title": "拜访客户", "due_on": "2020-01-01", "park": park.pk}).content.decode()
    assert "拜访客户" in page
    assert "This day is past." in page
    assert not Task.objects.exists()
    assert browser.post(path, {"title": "拜访客户", "due_on": "", "park": park.pk}).status_code == 302

    task = Task.objects.get()
    finish = reverse("crm:task-finish", args=[task.pk])
    page = browser.post(finish, {"next_title": "送方案", "next_due_on": "2020-01-01"}).content.decode()
    assert 'value="送方案"' in page
    assert Task.objects.open().get() == task


def test_the_api_plans_finishes_moves_and_drops(signed_in, officer, park, make_lead):
    browser, today = signed_in(officer), timezone.localdate()
    lead = make_lead()

    def post(path, **said):
        return browser.post(path, said, content_type="application/json")

    made = post(reverse("task-list"), lead=lead.pk, title="回访", due_on=today.isoformat()).json()
    assert (made["lead"], made["park"]["code"], made["owner"]["username"]) == (lead.pk, "QD-IC", "officer")
    again = post(reverse("task-list"), lead=lead.pk, title="回访")
    assert (again.status_code, list(again.json()["fields"])) == (409, ["lead"])
    assert post(reverse("task-list"), title="无园区").status_code == 400

    task = made["id"]
    assert post(reverse("task-move", args=[task]), due_on=None, version=1).json()["due_on"] is None
    assert post(reverse("task-move", args=[task]), due_on=None, version=1).status_code == 409
    assert post(reverse("task-finish", args=[task]), next_title="送方案").json()["done_at"]
    (row,) = browser.get(reverse("task-list"), {"open": "true", "owner": officer.pk}).json()["results"]
    assert (row["title"], row["follows_id"]) == ("送方案", task)
    assert post(reverse("task-drop", args=[row["id"]])).json()["dropped_at"]
    assert browser.get(reverse("task-list"), {"open": "true"}).json()["results"] == []


def test_the_next_steps_from_before_become_tasks(make_lead, officer, at):
    lead = make_lead(next_step="回访", next_step_due_on=on(20))
    over = make_lead(company=lead.company)
    advance_lead(over, to=LeadStage.SHELVED, effective_on=on(18), shelving_reason="invalid", at=at, by=officer)
    Lead.objects.filter(pk=over.pk).update(next_step="老的", next_step_due_on=on(2))
    Task.objects.all().delete()

    importlib.import_module("crm.migrations.0012_tasks_and_calendar_feeds").plan(apps, None)

    assert step(lead) == ("回访", on(20))
    assert step(over) == ("", None)
    assert Task.objects.get(lead=over).dropped_at


def test_a_leaving_officer_s_tasks_go_along_and_come_back(task, make_lead, officer, colleague, manager, at):
    lead = make_lead(next_step="回访", next_step_due_on=on(20))

    done = hand_over(officer, to=colleague, at=at, by=manager)
    assert step(lead)
    assert {each.owner for each in Task.objects.open()} == {colleague}

    undo_hand_over(done, at=at, by=manager)
    assert step(lead)
    assert {each.owner for each in Task.objects.open()} == {officer}
