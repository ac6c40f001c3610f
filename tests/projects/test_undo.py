"""Taking back what was just done to a project: edits and steps before the signing, never what counts in a total."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from core.batches import batch
from core.errors import RuleViolation
from core.undo import can_be_undone, undo_batch
from projects import actions
from projects.lifecycle import Stage
from projects.models import Project, ProjectState, StageChange

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=8)
UNTOUCHED = {"version", "updated_at"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def columns(project):
    project = Project.objects.get(pk=project.pk)
    names = [field.attname for field in Project._meta.concrete_fields]
    return {name: getattr(project, name) for name in names if name not in UNTOUCHED}


def standing(project):
    now = ProjectState.objects.filter(project=project, known_to=None)
    return sorted(now.values_list("basis", "stage", "total_wan", "valid_from", "valid_to"), key=str)


def test_an_edit_goes_back(make_project, officer, at):
    project = make_project(content="液晶显示模组")
    before = columns(project)
    changes = {"content": "模组二期", "legal_entity_code": "91350100M000100Y43", "annual_plan_wan": Decimal(120000)}
    with batch() as done:
        actions.edit_project(project, changes=changes, at=at, by=officer)

    undo_batch(done.id, at=at + SOON, by=officer)

    assert columns(project) == before


def test_a_step_before_the_signing_is_withdrawn_by_a_correction(make_project, officer, at, fill_gate):
    project = fill_gate(make_project(content="模组", total_investment_wan=Decimal(9000)), Stage.NEGOTIATING)
    before, stood = columns(project), standing(project)
    with batch() as done:
        actions.advance_project(project, to=Stage.NEGOTIATING, effective_on=date(2024, 4, 2), at=at, by=officer)
    assert can_be_undone(done)

    undo_batch(done.id, at=at + SOON, by=officer)

    assert columns(project) == before
    assert standing(project) == stood
    step, withdrawal = StageChange.objects.filter(to_stage=Stage.NEGOTIATING).order_by("pk")
    assert (withdrawal.corrects, withdrawal.is_void, withdrawal.needs_verification) == (step, True, False)
    with pytest.raises(RuleViolation, match="already"):
        undo_batch(done.id, at=at + SOON, by=officer)


def test_filling_the_gate_and_going_through_it_are_taken_back_together(make_project, officer, at):
    project = make_project(content="模组", total_investment_wan=Decimal(9000))
    before = columns(project)
    with batch() as done:
        actions.fill_and_advance(
            project,
            changes={"annual_plan_wan": Decimal(100)},
            files=(),
            to=Stage.NEGOTIATING,
            effective_on=date(2024, 4, 2),
            at=at,
            by=officer,
        )

    undo_batch(done.id, at=at + SOON, by=officer)

    assert columns(project) == before


def test_what_counts_offers_no_button_and_refuses(make_signed, officer, at, fill_gate):
    project = fill_gate(make_signed(), Stage.STARTED)
    with batch() as done:
        actions.advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=officer)

    assert not can_be_undone(done)
    with pytest.raises(RuleViolation, match="cannot be taken back"):
        undo_batch(done.id, at=at + SOON, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.STARTED


def test_an_edit_is_kept_once_a_step_rests_on_it(make_project, officer, colleague, at):
    project = make_project(total_investment_wan=Decimal(9000))
    with batch() as done:
        actions.edit_project(project, changes={"content": "模组"}, at=at, by=officer)
    actions.advance_project(project, to=Stage.NEGOTIATING, effective_on=date(2024, 4, 2), at=at, by=colleague)

    with pytest.raises(RuleViolation, match="worked with since"):
        undo_batch(done.id, at=at + SOON, by=officer)

    assert columns(project)["content"] == "模组"
