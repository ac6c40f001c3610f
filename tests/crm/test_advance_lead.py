"""Moving a lead: along the network, through its gates, back with a reason, and never into the future."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from crm import lifecycle
from crm.actions import advance_lead, convert_lead, edit_lead
from crm.lifecycle import GATES, ORDER, STEPS, LeadStage, next_step_light, path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def lead(make_lead):
    return make_lead(content="湿法设备", intended_investment_wan=Decimal(60000))


@pytest.fixture
def go(lead, officer, at):
    def move(to, day=3, **given):
        effective_on = date(2024, 4, day)
        moved = advance_lead(lead, **{"to": to, "effective_on": effective_on, "at": at, "by": officer, **given})
        lead.refresh_from_db()
        return moved

    return move


def test_a_lead_walks_to_assignment_and_keeps_every_step(lead, go):
    go(LeadStage.RESPONDED, 2)
    go(LeadStage.ASSESSING, 3)
    go(LeadStage.ASSESSED, 5, note="符合主导产业")
    go(LeadStage.FED_BACK, 8, note="已电话告知引荐人")
    go(LeadStage.ASSIGNED, 9)

    assert (lead.stage, lead.stage_since, lead.version) == (LeadStage.ASSIGNED, date(2024, 4, 9), 6)
    assert [change.effective_on.day for change in lead.stage_changes.all()] == [1, 2, 3, 5, 8, 9]


def test_assessment_without_an_opinion_is_refused(lead, go):
    go(LeadStage.RESPONDED)

    with pytest.raises(RuleViolation, match="written assessment is missing"):
        go(LeadStage.ASSESSED, note="  ")

    assert lead.stage == LeadStage.RESPONDED
    assert lead.stage_changes.count() == 2


def test_assessing_waits_for_the_content(lead, go, officer, at):
    go(LeadStage.RESPONDED)
    edit_lead(lead, changes={"content": ""}, at=at, by=officer)

    with pytest.raises(RuleViolation, match="intended content"):
        go(LeadStage.ASSESSING)

    assert lead.stage == LeadStage.RESPONDED


def test_a_step_the_network_does_not_know_is_refused(lead, go):
    with pytest.raises(RuleViolation, match="cannot go to"):
        go(LeadStage.ASSIGNED)

    assert lead.stage_changes.count() == 1


def test_a_step_cannot_lie_in_the_future_or_before_the_latest_one(lead, go):
    with pytest.raises(RuleViolation, match="future"):
        go(LeadStage.RESPONDED, 19)
    go(LeadStage.RESPONDED, 5)
    with pytest.raises(RuleViolation, match="entered “Responded” on 2024-04-05"):
        go(LeadStage.ASSESSING, 4)

    assert lead.stage == LeadStage.RESPONDED


def test_going_back_needs_a_reason_and_is_named_in_the_trace(lead, go):
    go(LeadStage.RESPONDED)

    with pytest.raises(RuleViolation, match="needs a reason"):
        go(LeadStage.REGISTERED)
    go(LeadStage.REGISTERED, note="联系人换了")

    assert lead.stage == LeadStage.REGISTERED
    assert AuditEntry.objects.filter(verb="crm.step_back_lead").count() == 1


def test_shelving_needs_a_reason_and_can_be_undone_with_one(lead, go):
    with pytest.raises(RuleViolation, match="why the lead is shelved"):
        go(LeadStage.SHELVED)

    go(LeadStage.SHELVED, shelving_reason="duplicate")
    assert (lead.stage, lead.shelving_reason) == (LeadStage.SHELVED, "duplicate")
    go(LeadStage.REGISTERED, note="不是同一家")

    assert (lead.stage, lead.shelving_reason) == (LeadStage.REGISTERED, "")


def test_a_lead_becomes_a_project_only_by_opening_one(lead, go, officer, at):
    go(LeadStage.RESPONDED)
    go(LeadStage.ASSESSED, note="可行")

    with pytest.raises(RuleViolation, match="Open a project"):
        go(LeadStage.CONVERTED)
    assert lead.stage == LeadStage.ASSESSED

    convert_lead(lead, effective_on=date(2024, 4, 6), at=at, by=officer)
    lead.refresh_from_db()
    assert lead.stage == LeadStage.CONVERTED
    with pytest.raises(RuleViolation, match="cannot go to"):
        go(LeadStage.SHELVED, 7, shelving_reason="invalid")


def test_two_people_moving_one_lead_do_not_move_it_twice(lead, go, colleague):
    go(LeadStage.RESPONDED, expected_version=1)

    with pytest.raises(StaleEdit) as stale:
        go(LeadStage.SHELVED, shelving_reason="invalid", expected_version=1, by=colleague)

    assert stale.value.current == {"stage": LeadStage.RESPONDED}
    assert lead.stage == LeadStage.RESPONDED


@pytest.mark.parametrize("who", ["auditor", "operator", "outsider"])
def test_others_may_not_move_it(lead, go, request, who):
    with pytest.raises(PermissionDenied):
        go(LeadStage.RESPONDED, by=request.getfixturevalue(who))

    assert lead.stage == LeadStage.REGISTERED


def test_every_stage_but_the_first_can_be_reached_and_has_a_gate():
    reached = {to for steps in STEPS.values() for to in steps}

    assert reached | {LeadStage.REGISTERED} == set(LeadStage) == set(ORDER) == set(lifecycle.CODES)
    assert set(GATES) == set(LeadStage)


def test_the_path_counts_days_and_forgets_what_was_taken_back():
    on = [date(2024, 4, day) for day in (1, 2, 5, 9)]
    entries = [("registered", on[0]), ("responded", on[1]), ("registered", on[2]), ("responded", on[3])]

    steps = path("responded", entries, as_of=date(2024, 4, 18))

    assert [(step.kind, step.days) for step in steps[:3]] == [("past", 4), ("now", 9), ("next", None)]


def test_the_path_of_a_shelved_lead_ends_there():
    steps = path("shelved", [("registered", date(2024, 4, 1)), ("shelved", date(2024, 4, 3))], as_of=date(2024, 4, 3))

    assert [step.stage for step in steps] == [LeadStage.REGISTERED, LeadStage.SHELVED]


def test_a_skipped_stage_is_shown_as_skipped():
    entries = [("registered", date(2024, 4, 1)), ("responded", date(2024, 4, 2)), ("assessed", date(2024, 4, 3))]

    kinds = {step.stage: step.kind for step in path("assessed", entries, as_of=date(2024, 4, 3))}

    assert kinds[LeadStage.ASSESSING] == "skip"
    assert kinds[LeadStage.FED_BACK] == "next"


@pytest.mark.parametrize(("day", "light"), [(17, "bad"), (18, "warn"), (19, "ok"), (None, "idle")])
def test_a_next_step_is_late_only_after_its_day(day, light):
    assert next_step_light(day and date(2024, 4, day), as_of=date(2024, 4, 18)) == light
