"""Assessing a lead: drafts with gaps, all six aspects in the end, and what follows from the outcome."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from core.batches import batch
from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from core.undo import undo_batch
from crm.actions import advance_lead, assess_lead, draft_assessment
from crm.aspects import Aspect
from crm.lifecycle import LeadStage
from crm.models import Assessment, ChangeOfHands

pytestmark = pytest.mark.django_db

DAY = date(2024, 4, 5)
SIX = {f"{aspect}_rating": "good" for aspect in Aspect}
FULL = {**SIX, "summary": "产业方向相符，建议跟进。", "outcome": "follow"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def lead(make_lead, officer, at):
    lead = make_lead(content="刻蚀设备")
    return advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)


@pytest.fixture
def settle(lead, officer, at):
    """Settle the assessment of the lead with all that is needed, unless told otherwise."""

    def make(given=None, **also):
        return assess_lead(lead, given=FULL | (given or {}), **{"effective_on": DAY, "at": at, "by": officer, **also})

    return make


def test_settling_is_the_step_and_keeps_the_opinion(lead, settle, officer, at):
    assessment = settle({"energy_rating": "poor", "energy_text": "年耗电 2 亿度，指标未落实"})

    lead.refresh_from_db()
    assert (lead.stage, lead.stage_since, lead.owner) == (LeadStage.ASSESSED, DAY, officer)
    assert lead.stage_changes.last().note == "产业方向相符，建议跟进。"
    assert (assessment.is_draft, assessment.follows, assessment.effective_on) == (False, True, DAY)
    assert assessment.energy_text == "年耗电 2 亿度，指标未落实"


def test_a_draft_may_have_gaps_and_starts_the_assessment(lead, officer, at):
    draft = draft_assessment(lead, given={"market_rating": "fair"}, at=at, by=officer)

    lead.refresh_from_db()
    assert lead.stage == LeadStage.ASSESSING
    again = draft_assessment(lead, given={"market_text": "订单未核实"}, at=at, by=officer)
    assert (again.pk, again.market_rating, again.market_text, again.version) == (draft.pk, "fair", "订单未核实", 2)
    assert lead.stage_changes.count() == 3


def test_a_draft_is_kept_even_where_the_gate_is_closed(make_lead, officer, at):
    lead = advance_lead(make_lead(), to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)

    draft = draft_assessment(lead, given={"summary": "待补"}, at=at, by=officer)

    lead.refresh_from_db()
    assert (lead.stage, draft.summary) == (LeadStage.RESPONDED, "待补")


def test_what_the_draft_has_need_not_be_said_again(lead, officer, at):
    draft = draft_assessment(lead, given=SIX | {"summary": "可行"}, at=at, by=officer)

    settled = assess_lead(lead, given={"outcome": "follow"}, effective_on=date(2024, 4, 18), at=at, by=officer)

    assert (settled.pk, settled.summary) == (draft.pk, "可行")
    assert not Assessment.objects.drafts().exists()


@pytest.mark.parametrize(
    ("gap", "field"),
    [
        *[({f"{aspect}_rating": ""}, f"{aspect}_rating") for aspect in Aspect],
        ({"energy_rating": "unknown"}, "energy_text"),
        ({"market_rating": "poor", "market_text": "  "}, "market_text"),
        ({"summary": " "}, "summary"),
        ({"outcome": ""}, "outcome"),
    ],
)
def test_a_gap_is_named_and_nothing_is_settled(lead, settle, gap, field):
    deeds = AuditEntry.objects.count()

    with pytest.raises(RuleViolation) as refused:
        settle(gap)

    assert set(refused.value.fields) == {field}
    lead.refresh_from_db()
    assert lead.stage == LeadStage.RESPONDED
    assert not Assessment.objects.exists()
    assert AuditEntry.objects.count() == deeds


def test_a_rating_nobody_knows_is_refused(lead, settle):
    with pytest.raises(RuleViolation) as refused:
        settle({"market_rating": "splendid"})

    assert set(refused.value.fields) == {"market_rating"}


@pytest.mark.parametrize(("day", "said"), [(date(2024, 4, 1), "cannot be earlier"), (date(2024, 4, 19), "future")])
def test_the_day_must_fit_the_way_of_the_lead(lead, settle, day, said):
    with pytest.raises(RuleViolation, match=said):
        settle(effective_on=day)

    assert not Assessment.objects.exists()


@pytest.mark.parametrize(("given", "kept"), [("", "not_followed"), ("duplicate", "duplicate")])
def test_not_followed_it_is_shelved_with_the_reason(lead, settle, given, kept):
    settle({"outcome": "shelve"}, shelving_reason=given)

    lead.refresh_from_db()
    assert (lead.stage, lead.shelving_reason) == (LeadStage.SHELVED, kept)
    assert [change.to_stage for change in lead.stage_changes.all()][-2:] == ["assessed", "shelved"]


def test_not_followed_it_may_go_back_to_the_pool(lead, settle):
    settle({"outcome": "pool", "summary": "本园区没有场地，可供其他园区承接"})

    lead.refresh_from_db()
    assert (lead.stage, lead.owner, lead.pooled_how) == (LeadStage.ASSESSED, None, ChangeOfHands.RETURNED)
    assert lead.pooled_reason == "本园区没有场地，可供其他园区承接"


def test_a_lead_that_is_not_up_for_it_is_not_assessed(make_lead, officer, at):
    with pytest.raises(RuleViolation, match="not up for assessment"):
        assess_lead(make_lead(), given=FULL, effective_on=DAY, at=at, by=officer)


def test_two_writers_of_one_draft_do_not_overwrite_each_other(lead, officer, colleague, at):
    draft_assessment(lead, given={"summary": "甲"}, expected_version=0, at=at, by=officer)

    with pytest.raises(StaleEdit) as stale:
        draft_assessment(lead, given={"summary": "乙"}, expected_version=0, at=at, by=colleague)

    assert stale.value.current["summary"] == "甲"


@pytest.mark.parametrize("who", ["auditor", "operator", "outsider"])
def test_others_do_not_assess(lead, settle, request, who):
    with pytest.raises(PermissionDenied):
        settle(by=request.getfixturevalue(who))

    assert not Assessment.objects.exists()


def test_taken_back_it_is_a_draft_again(lead, settle, officer, at):
    with batch() as done:
        settle({"outcome": "shelve"})

    undo_batch(done.id, at=at, by=officer)

    lead.refresh_from_db()
    assert lead.stage == LeadStage.RESPONDED
    draft = Assessment.objects.drafts().get()
    assert (draft.summary, draft.effective_on) == (FULL["summary"], None)


def test_the_page_keeps_a_draft_says_what_is_missing_and_settles(signed_in, lead, officer):
    client, page = signed_in(officer), reverse("crm:lead-assessment", args=[lead.pk])
    typed = {name: value for name, value in FULL.items() if name != "energy_rating"} | {"version": "0"}

    refused = client.post(page, {**typed, "do": "settle", "effective_on": "2024-04-05"})
    assert "Energy use: give an opinion." in refused.content.decode()
    assert "产业方向相符" in refused.content.decode()
    assert not Assessment.objects.exists()

    client.post(page, {**typed, "do": "draft"})
    lead.refresh_from_db()
    assert lead.stage == LeadStage.ASSESSING
    shown = client.get(reverse("crm:lead-detail", args=[lead.pk])).content.decode()
    assert "1 of the six opinions is missing" in shown
    assert "Energy use" in shown

    settled = {**FULL, "version": "1", "do": "settle"}
    client.post(page, settled)
    lead.refresh_from_db()
    assert lead.stage == LeadStage.ASSESSED
    read = client.get(page)
    assert read.context.get("form") is None
    assert "产业方向相符" in read.content.decode()


def test_a_draft_written_meanwhile_is_shown_beside_ones_own(signed_in, lead, officer, colleague, at):
    draft_assessment(lead, given={"summary": "甲的结论"}, at=at, by=colleague)

    answer = signed_in(officer).post(
        reverse("crm:lead-assessment", args=[lead.pk]), {"summary": "乙的结论", "version": "0", "do": "draft"}
    )

    shown = answer.content.decode()
    assert "甲的结论" in shown
    assert "乙的结论" in shown
    assert Assessment.objects.get().summary == "甲的结论"


def test_outside_experts_are_noted_on_the_lead_and_give_more_time(lead, officer, at):
    draft_assessment(lead, given={"market_rating": "good"}, at=at, by=officer)
    lead.refresh_from_db()
    due_on = lead.clock_due_on

    draft_assessment(lead, given={}, needs_experts=True, at=at, by=officer)

    lead.refresh_from_db()
    assert lead.needs_experts
    assert lead.clock_due_on > due_on


@pytest.fixture
def program(lead, officer):
    """A program that signs in as the officer and sends drafts."""
    caller = APIClient()
    caller.force_authenticate(officer)
    return lambda said: caller.put(f"/api/v1/leads/{lead.pk}/assessment/", said, format="json")


def test_a_draft_by_program_says_what_is_missing(program, lead):
    answer = program({"market_rating": "good", "needs_experts": True})

    assert answer.status_code == 200, answer.json()
    assert answer.json()["missing"] == ["direction", "technology", "environment", "energy", "benefit"]
    lead.refresh_from_db()
    assert lead.needs_experts
