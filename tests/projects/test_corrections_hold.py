"""What a correction may not do: move a verified figure unseen, go round a gate, or put a fact on an impossible day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import RuleViolation, StaleEdit
from crm.actions import advance_lead, record_interaction
from crm.lifecycle import LeadStage
from crm.models import Interaction
from parks.access import Role
from projects.actions import (
    correct_investment_change,
    correct_stage_change,
    increase_investment,
    list_at_signing_event,
    open_project,
    record_signing_event,
    verify_fact,
    verify_project,
)
from projects.lifecycle import Stage
from projects.models import (
    Basis,
    InvestmentChange,
    InvestmentKind,
    Project,
    ProjectState,
    SigningEntry,
    StageChange,
    Verdict,
)

MAY_2 = datetime(2024, 5, 2, 1, 0, tzinfo=UTC)
MARCH_31 = date(2024, 3, 31)


def verified(project, day=MARCH_31):
    state = ProjectState.objects.filter(project=project).in_basis(Basis.VERIFIED).as_of(day).known_at(None).get()
    return state.stage, state.total_wan


def facts():
    return StageChange.objects.count(), InvestmentChange.objects.count()


def test_a_corrected_plan_of_a_signed_project_moves_no_verified_figure_by_itself(make_signed, operator):
    project = make_signed()
    plan = project.investment_changes.get(kind=InvestmentKind.PLAN)

    corrected = correct_investment_change(plan, amount_wan=Decimal(99000000), reason="笔误", at=MAY_2, by=operator)

    assert corrected.is_pending
    assert verified(project) == (Stage.SIGNED, Decimal(500000))
    with pytest.raises(RuleViolation):
        correct_investment_change(
            corrected, effective_on=date(2024, 3, 1), reason="笔误", at=MAY_2 + timedelta(hours=1), by=operator
        )


def test_an_early_stage_of_a_signed_project_corrected_to_an_end_waits_for_verification(
    make_signed, fill_gate, operator
):
    project = fill_gate(make_signed(), Stage.TERMINATED)
    review = project.stage_changes.get(to_stage=Stage.REVIEW)

    correct_stage_change(
        review, to=Stage.TERMINATED, effective_on=date(2024, 3, 1), reason="投资方退出", at=MAY_2, by=operator
    )

    assert verified(project)[0] == Stage.SIGNED


def test_a_correction_to_another_stage_passes_its_gate(make_project, walk, fill_gate, officer):
    project = walk(
        make_project(content="液晶显示模组", total_investment_wan=Decimal(500000)),
        (Stage.NEGOTIATING, date(2023, 9, 5)),
        (Stage.DECISION, date(2023, 11, 10)),
        (Stage.FRAMEWORK, date(2023, 12, 1)),
    )
    framework = project.stage_changes.get(to_stage=Stage.FRAMEWORK)
    before = facts()

    with pytest.raises(RuleViolation) as refused:
        correct_stage_change(framework, to=Stage.SIGNED, reason="实为正式协议", at=MAY_2, by=officer)
    assert len(refused.value.reasons) == 3
    assert facts() == before

    fill_gate(project, Stage.SIGNED)
    correct_stage_change(framework, to=Stage.SIGNED, reason="实为正式协议", at=MAY_2, by=officer)
    signing = project.investment_changes.get(kind=InvestmentKind.SIGNING)
    assert (signing.amount_wan, signing.effective_on, signing.is_pending) == (500000, date(2023, 12, 1), True)


def test_a_corrected_amount_still_follows_its_signing(make_signed, officer, manager):
    project = make_signed(total_wan=Decimal(2000))
    amount = project.investment_changes.get(kind=InvestmentKind.SIGNING)
    right = correct_investment_change(amount, amount_wan=Decimal(2500), reason="补充协议", at=MAY_2, by=officer)
    verify_fact(right, verdict=Verdict.ACCEPTED, at=MAY_2, by=manager)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)

    moved = correct_stage_change(signing, effective_on=date(2024, 2, 20), reason="以盖章日为准", at=MAY_2, by=officer)
    verify_fact(moved, verdict=Verdict.ACCEPTED, at=MAY_2, by=manager)

    assert verified(project, date(2024, 2, 20)) == (Stage.SIGNED, Decimal(2500))
    assert verified(project, MARCH_31) == (Stage.SIGNED, Decimal(2500))


def test_a_void_signing_takes_a_corrected_amount_along(make_signed, officer):
    project = make_signed(total_wan=Decimal(2000))
    amount = project.investment_changes.get(kind=InvestmentKind.SIGNING)
    correct_investment_change(amount, amount_wan=Decimal(2500), reason="补充协议", at=MAY_2, by=officer)

    correct_stage_change(
        project.stage_changes.get(to_stage=Stage.SIGNED), is_void=True, reason="未签", at=MAY_2, by=officer
    )

    project.refresh_from_db()
    plan = project.investment_changes.get(kind=InvestmentKind.PLAN)
    assert (project.stage, project.total_investment_wan) == (Stage.DECISION, plan.amount_wan)


def test_no_fact_moves_before_the_opening(make_signed, officer):
    project = make_signed()
    before = facts()

    for change in project.stage_changes.all():
        with pytest.raises(RuleViolation):
            correct_stage_change(change, effective_on=date(1900, 1, 1), reason="笔误", at=MAY_2, by=officer)

    assert facts() == before


def test_an_amount_stays_on_the_day_of_its_signing_and_an_increase_after_it(make_signed, officer, pdf, manager):
    project = make_signed()
    increase = increase_investment(
        project,
        amount_wan=Decimal(80000),
        effective_on=date(2024, 4, 10),
        reason="增资协议",
        evidence=[project.documents.first()],
        at=MAY_2,
        by=officer,
    )
    amount = project.investment_changes.get(kind=InvestmentKind.SIGNING)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)
    before = facts()

    for change, day in ((amount, date(2024, 4, 1)), (increase, date(2024, 2, 25))):
        with pytest.raises(RuleViolation):
            correct_investment_change(change, effective_on=day, reason="笔误", at=MAY_2, by=officer)
    with pytest.raises(RuleViolation):
        correct_stage_change(signing, effective_on=date(2024, 4, 11), reason="笔误", at=MAY_2, by=officer)

    assert facts() == before


def test_a_verdict_on_all_is_not_given_on_what_was_reported_since(make_signed, manager, at):
    project = make_signed(verified=False)
    seen = project.version - 1

    with pytest.raises(StaleEdit):
        verify_project(project, verdict=Verdict.ACCEPTED, expected_version=seen, at=at, by=manager)

    assert StageChange.objects.pending().exists()


@pytest.fixture
def straddler(person, park, other_park):
    """Officer in the cast's park, and only a reader in the other one."""
    return person("straddler", (Role.OFFICER, park), (Role.AUDITOR, other_park))


def test_a_reader_of_a_park_does_not_take_its_leads_elsewhere(
    make_lead, other_park, park, outsider, straddler, at, officer
):
    lead = make_lead(park=other_park, by=outsider, content="刻蚀设备", intended_investment_wan=Decimal(60000))
    for to in (LeadStage.RESPONDED, LeadStage.ASSESSED):
        lead = advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=outsider)

    with pytest.raises(PermissionDenied):
        open_project(park=park, lead=lead, name="外流", at=at, by=straddler)

    lead.refresh_from_db()
    assert lead.stage == LeadStage.ASSESSED
    assert not Project.objects.exists()


def test_a_reader_of_a_park_does_not_list_its_projects_at_an_event(
    make_company, make_signed, other_park, park, outsider, straddler, at
):
    company = make_company(park=other_park, by=outsider)
    project = open_project(park=other_park, company=company, name="生物医药", at=at, by=outsider)
    event = record_signing_event(park=park, name="集中签约", held_on=date(2024, 2, 26), at=at, by=straddler)

    with pytest.raises(PermissionDenied):
        list_at_signing_event(event, project, kind="formal", at=at, by=straddler)

    assert not SigningEntry.objects.exists()


def test_a_conversation_stays_where_its_company_is_known(make_company, other_park, park, outsider, straddler, at):
    company = make_company(park=other_park, by=outsider)

    with pytest.raises(RuleViolation):
        record_interaction(park=park, company=company, summary="打听", at=at, by=straddler)

    assert not Interaction.objects.exists()
