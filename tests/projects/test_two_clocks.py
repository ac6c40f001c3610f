"""What was believed when: facts, corrections and verdicts as two clocks and two bases see them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.errors import RuleViolation
from projects.actions import (
    advance_project,
    correct_investment_change,
    correct_stage_change,
    transfer_project,
    verify_fact,
)
from projects.lifecycle import Stage
from projects.models import Basis, InvestmentChange, ProjectState, StageChange, Verdict

pytestmark = pytest.mark.services

APRIL_9 = datetime(2024, 4, 19, 1, 0, tzinfo=UTC)
MAY_2 = datetime(2024, 5, 2, 1, 0, tzinfo=UTC)


def stood(project, day, *, basis=Basis.VERIFIED, known_at=None):
    """(stage, 万元) of a project on a day, as believed at a moment; None where it is not known at all."""
    rows = ProjectState.objects.filter(project=project).in_basis(basis).as_of(day).known_at(known_at)
    found = [(row.stage, row.total_wan) for row in rows]
    assert len(found) <= 1
    return found[0] if found else None


def test_a_stage_holds_from_its_day_until_the_day_of_the_next(make_signed, walk):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))

    assert stood(project, date(2024, 2, 25))[0] == Stage.DECISION
    assert stood(project, date(2024, 2, 26)) == (Stage.SIGNED, Decimal(500000))
    assert stood(project, date(2024, 3, 6))[0] == Stage.SIGNED
    assert stood(project, date(2024, 3, 7))[0] == Stage.STARTED


def test_a_report_counts_as_reported_at_once_and_as_verified_after_the_verdict(make_signed, manager, at):
    project = make_signed(verified=False)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)
    later = at + timedelta(days=3)

    assert stood(project, date(2024, 3, 1), basis=Basis.REPORTED)[0] == Stage.SIGNED
    assert stood(project, date(2024, 3, 1))[0] == Stage.DECISION

    verify_fact(signing, verdict=Verdict.ACCEPTED, at=later, by=manager)

    assert stood(project, date(2024, 3, 1)) == (Stage.SIGNED, Decimal(500000))
    assert stood(project, date(2024, 3, 1), known_at=later - timedelta(seconds=1))[0] == Stage.DECISION


def test_a_rejected_report_never_reaches_the_verified_basis(make_signed, manager, at):
    project = make_signed(verified=False)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)

    verify_fact(signing, verdict=Verdict.REJECTED, reason="协议未盖章", at=at, by=manager)

    assert stood(project, date(2024, 4, 1))[0] == Stage.DECISION
    assert stood(project, date(2024, 4, 1), basis=Basis.REPORTED)[0] == Stage.SIGNED
    project.refresh_from_db()
    assert (project.stage, project.verified_stage) == (Stage.SIGNED, Stage.DECISION)


def test_a_correction_changes_today_s_answer_and_leaves_the_earlier_belief(make_signed, walk, officer, manager):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    started = project.stage_changes.get(to_stage=Stage.STARTED)

    corrected = correct_stage_change(
        started, effective_on=date(2024, 4, 2), reason="3月仅为场地平整", at=MAY_2, by=officer
    )
    assert stood(project, date(2024, 3, 31))[0] == Stage.STARTED, "not yet accepted"
    verify_fact(corrected, verdict=Verdict.ACCEPTED, at=MAY_2 + timedelta(hours=1), by=manager)

    assert stood(project, date(2024, 3, 31))[0] == Stage.SIGNED
    assert stood(project, date(2024, 4, 2))[0] == Stage.STARTED
    assert stood(project, date(2024, 3, 31), known_at=MAY_2)[0] == Stage.STARTED
    started.refresh_from_db()
    assert started.effective_on == date(2024, 3, 7)


def test_a_corrected_rejected_correction_replaces_the_original(make_signed, walk, officer, manager):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    started = project.stage_changes.get(to_stage=Stage.STARTED)
    wrong = correct_stage_change(started, effective_on=date(2024, 4, 1), reason="笔误", at=APRIL_9, by=officer)
    verify_fact(wrong, verdict=Verdict.REJECTED, reason="日期无据", at=APRIL_9, by=manager)

    right = correct_stage_change(wrong, effective_on=date(2024, 3, 20), reason="以监理记录为准", at=MAY_2, by=officer)
    verify_fact(right, verdict=Verdict.ACCEPTED, at=MAY_2, by=manager)

    assert stood(project, date(2024, 3, 19))[0] == Stage.SIGNED
    assert stood(project, date(2024, 3, 20))[0] == Stage.STARTED


def test_a_void_start_puts_the_project_back_to_its_signing(make_signed, walk, officer):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    started = project.stage_changes.get(to_stage=Stage.STARTED)

    correct_stage_change(started, is_void=True, reason="并未开工", at=MAY_2, by=officer)

    project.refresh_from_db()
    assert (project.stage, project.stage_since) == (Stage.SIGNED, date(2024, 2, 26))


def test_a_correction_that_breaks_the_order_is_refused_and_writes_nothing(make_signed, walk, officer):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    started = project.stage_changes.get(to_stage=Stage.STARTED)
    facts, states = StageChange.objects.count(), set(ProjectState.objects.values_list())

    with pytest.raises(RuleViolation, match="which no step allows|步"):
        correct_stage_change(started, effective_on=date(2024, 1, 1), reason="笔误", at=MAY_2, by=officer)

    assert StageChange.objects.count() == facts
    assert set(ProjectState.objects.values_list()) == states


def test_an_increase_adds_its_increment_from_its_day(make_signed, increase, manager):
    project = make_signed()
    change = increase(project, Decimal(80000), date(2024, 4, 10), moment=APRIL_9)
    assert stood(project, date(2024, 4, 10)) == (Stage.SIGNED, Decimal(500000))

    verify_fact(change, verdict=Verdict.ACCEPTED, at=APRIL_9, by=manager)

    assert stood(project, date(2024, 4, 9)) == (Stage.SIGNED, Decimal(500000))
    assert stood(project, date(2024, 4, 10)) == (Stage.SIGNED, Decimal(580000))


def test_a_corrected_signing_amount_keeps_the_later_increase_on_top(make_signed, increase, officer, manager):
    project = make_signed(total_wan=Decimal(450000))
    later = increase(project, Decimal(80000), date(2024, 4, 10), moment=APRIL_9)
    verify_fact(later, verdict=Verdict.ACCEPTED, at=APRIL_9, by=manager)
    signing = InvestmentChange.objects.get(project=project, kind="signing")

    corrected = correct_investment_change(
        signing, amount_wan=Decimal(500000), reason="补充协议约定二层洁净间", at=MAY_2, by=officer
    )
    verify_fact(corrected, verdict=Verdict.ACCEPTED, at=MAY_2, by=manager)

    assert stood(project, date(2024, 3, 31)) == (Stage.SIGNED, Decimal(500000))
    assert stood(project, date(2024, 3, 31), known_at=APRIL_9) == (Stage.SIGNED, Decimal(450000))
    assert stood(project, date(2024, 4, 10)) == (Stage.SIGNED, Decimal(580000))


def test_a_transferred_project_leaves_its_past_with_the_park_it_left(make_signed, manager, other_park, park):
    project = make_signed()

    transfer_project(
        project, to_park=other_park, effective_on=date(2024, 4, 1), reason="产业更匹配", at=MAY_2, by=manager
    )

    states = ProjectState.objects.filter(project=project).in_basis(Basis.VERIFIED).known_at(None)
    assert states.as_of(date(2024, 3, 31)).get().park == park
    assert states.as_of(date(2024, 4, 1)).get().park == other_park


def test_whoever_reported_a_fact_cannot_verify_it(make_signed, admin, at, fill_gate):
    project = make_signed()
    fill_gate(project, Stage.STARTED)
    change = advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=admin)

    with pytest.raises(RuleViolation):
        verify_fact(change, verdict=Verdict.ACCEPTED, at=at, by=admin)

    change.refresh_from_db()
    assert change.verdict == ""


def test_a_later_step_cannot_happen_before_the_one_it_follows(make_signed, fill_gate, officer, at):
    project = make_signed()
    fill_gate(project, Stage.STARTED)

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.STARTED, effective_on=date(2024, 2, 25), at=at, by=officer)
    advance_project(project, to=Stage.STARTED, effective_on=date(2024, 2, 26), at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.STARTED


def test_no_step_lies_in_the_future(make_signed, fill_gate, officer, at):
    project = make_signed()
    fill_gate(project, Stage.STARTED)

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.STARTED, effective_on=date(2024, 4, 19), at=at, by=officer)
    advance_project(project, to=Stage.STARTED, effective_on=date(2024, 4, 18), at=at, by=officer)
