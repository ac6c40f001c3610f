"""The network of steps, the gates, and what a stage counts as."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from core.errors import RuleViolation
from projects import lifecycle, story
from projects.actions import add_requirement, advance_project, attach_document, drop_requirement, edit_project
from projects.lifecycle import AFTER_SIGNING, BUCKETS, EXITS, FINAL, FORWARD, GATES, PATH, Bucket, SiteMode, Stage
from projects.models import DocumentKind, Project, ProjectState, StageChange


def reachable(start):
    found, ahead = {start}, [start]
    while ahead:
        for stage in lifecycle.steps(ahead.pop(), paused_from=start):
            if stage not in found:
                found.add(stage)
                ahead.append(stage)
    return found


def test_every_stage_is_reached_from_the_reserve():
    assert reachable(Stage.RESERVE) == set(Stage)


def test_no_forward_step_goes_round_the_formal_signing():
    for stage, ahead in FORWARD.items():
        if stage not in AFTER_SIGNING:
            assert not set(ahead) & set(AFTER_SIGNING) - {Stage.SIGNED}, stage


def test_every_stage_is_in_one_bucket_or_in_none_and_a_framework_is_in_none():
    counted = [stage for stages in BUCKETS.values() for stage in stages]

    assert len(counted) == len(set(counted))
    assert set(counted) == set(AFTER_SIGNING)
    assert lifecycle.bucket_of(Stage.FRAMEWORK) is None
    assert all(lifecycle.bucket_of(stage) is None for stage in EXITS)


def test_whether_a_completed_project_is_under_construction_is_a_setting():
    assert lifecycle.bucket_of(Stage.COMPLETED) == Bucket.UNDER_CONSTRUCTION
    assert lifecycle.bucket_of(Stage.COMPLETED, completed_counts=False) is None


@pytest.mark.parametrize("stage", FINAL)
def test_nothing_leads_on_from_an_end(stage):
    assert lifecycle.steps(stage) == ()
    assert lifecycle.backward_steps(stage) == ()


def test_a_paused_project_goes_back_to_where_it_stood_or_ends():
    assert lifecycle.steps(Stage.PAUSED, paused_from=Stage.STARTED) == (
        Stage.STARTED,
        Stage.TERMINATED,
        Stage.REMOVED,
    )


def test_the_usual_steps_lead_from_negotiation_to_full_production(make_project):
    project = make_project()
    project.site_mode, taken = SiteMode.LEASE, [Stage.NEGOTIATING]
    while True:
        project.stage = taken[-1]
        step = lifecycle.usual_step(project, taken)
        if step is None:
            break
        taken.append(step)

    assert taken[-1] == Stage.FULL_OUTPUT
    assert Stage.LAND_SUPPLIED not in taken
    assert all(to in FORWARD[stage] for stage, to in pairwise(taken))


@pytest.mark.parametrize("stage", [stage for stage in PATH if GATES[stage] and stage != Stage.CONTACT])
def test_each_gate_says_what_is_missing_and_opens_when_it_is_there(stage):
    empty, full = Project(), Project()
    for requirement in GATES[stage]:
        if requirement.field:
            setattr(full, requirement.field, Decimal(1) if requirement.field.endswith("_wan") else "x")
    kinds = {requirement.document for requirement in GATES[stage] if requirement.document}

    assert lifecycle.missing(empty, stage, ()) == [str(requirement.missing) for requirement in GATES[stage]]
    assert lifecycle.missing(full, stage, kinds) == []


def test_a_closed_gate_lists_everything_missing_at_once_and_writes_nothing(make_project, walk, officer, at):
    project = walk(make_project(total_investment_wan=Decimal(60000)), (Stage.NEGOTIATING, date(2023, 9, 5)))
    before = (StageChange.objects.count(), set(ProjectState.objects.values_list()), project.version)

    with pytest.raises(RuleViolation) as refused:
        advance_project(project, to=Stage.DECISION, effective_on=date(2024, 1, 1), at=at, by=officer)

    assert len(refused.value.reasons) == 3
    project.refresh_from_db()
    assert (StageChange.objects.count(), set(ProjectState.objects.values_list()), project.version) == before


def test_a_step_the_network_does_not_know_is_refused(make_signed, officer, at):
    project = make_signed()

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.COMMISSIONED, effective_on=date(2024, 4, 1), at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.SIGNED


def test_a_leased_project_has_no_land_step_and_says_why(make_signed, officer, at, fill_gate):
    project = make_signed()
    fill_gate(project, Stage.LAND_SUPPLIED)
    edit_project(project, changes={"site_mode": SiteMode.LEASE}, at=at, by=officer)
    project.refresh_from_db()
    assert Stage.LAND_SUPPLIED not in lifecycle.next_stages(project)

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.LAND_SUPPLIED, effective_on=date(2024, 4, 1), at=at, by=officer)
    edit_project(project, changes={"site_mode": SiteMode.GRANT}, at=at, by=officer)
    advance_project(project, to=Stage.LAND_SUPPLIED, effective_on=date(2024, 4, 1), at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.LAND_SUPPLIED


def test_a_pause_needs_a_reason_and_ends_where_it_began(make_signed, officer, at):
    project = make_signed()

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.PAUSED, effective_on=date(2024, 4, 1), reason="  ", at=at, by=officer)
    advance_project(project, to=Stage.PAUSED, effective_on=date(2024, 4, 1), reason="等用电批复", at=at, by=officer)

    project.refresh_from_db()
    assert (project.stage, project.paused_from) == (Stage.PAUSED, Stage.SIGNED)
    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.REGISTERED, effective_on=date(2024, 4, 2), reason="复工", at=at, by=officer)
    advance_project(project, to=Stage.SIGNED, effective_on=date(2024, 4, 2), reason="已批复", at=at, by=officer)
    project.refresh_from_db()
    assert (project.stage, project.paused_from) == (Stage.SIGNED, "")


def test_resuming_a_pause_is_no_second_signing(make_signed, officer, at):
    project = make_signed()
    advance_project(project, to=Stage.PAUSED, effective_on=date(2024, 4, 1), reason="等批复", at=at, by=officer)
    project.refresh_from_db()
    advance_project(project, to=Stage.SIGNED, effective_on=date(2024, 4, 2), reason="已批复", at=at, by=officer)

    project.refresh_from_db()
    assert project.signed_on == date(2024, 2, 26)


def test_an_exit_needs_a_reason_and_its_evidence(make_signed, officer, at, pdf):
    project = make_signed()

    with pytest.raises(RuleViolation) as without_both:
        advance_project(project, to=Stage.TERMINATED, effective_on=date(2024, 4, 1), at=at, by=officer)
    assert len(without_both.value.reasons) == 2
    attach_document(project, kind=DocumentKind.SETTLEMENT, file=pdf(), at=at, by=officer)
    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.TERMINATED, effective_on=date(2024, 4, 1), at=at, by=officer)
    advance_project(project, to=Stage.TERMINATED, effective_on=date(2024, 4, 1), reason="投资方撤出", at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.TERMINATED
    assert lifecycle.next_stages(project) == ()


def test_going_back_needs_a_reason_but_no_gate(make_signed, walk, officer, at):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.FILED, effective_on=date(2024, 4, 1), at=at, by=officer)
    advance_project(project, to=Stage.FILED, effective_on=date(2024, 4, 1), reason="停工重报", at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.FILED


def test_no_step_back_goes_behind_the_signing(make_signed, officer, at):
    project = make_signed()

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.NEGOTIATING, effective_on=date(2024, 4, 1), reason="重谈", at=at, by=officer)

    assert project.stage_changes.filter(to_stage=Stage.NEGOTIATING).count() == 1


def test_a_framework_agreement_stays_out_of_every_bucket(make_project, walk):
    project = walk(
        make_project(total_investment_wan=Decimal(60000)),
        (Stage.NEGOTIATING, date(2023, 9, 5)),
        (Stage.FRAMEWORK, date(2023, 10, 1)),
    )

    assert project.signed_on is None
    assert not any(Project.objects.in_bucket(bucket).exists() for bucket in Bucket)
    assert not project.stage_changes.get(to_stage=Stage.FRAMEWORK).needs_verification


def test_a_demand_of_the_zone_closes_the_gate_of_its_parks_until_it_is_met_or_dropped(
    make_signed, officer, manager, zone, fill_gate, at
):
    project = make_signed()
    fill_gate(project, Stage.STARTED)
    demand = add_requirement(park=zone, stage=Stage.STARTED, field="construction_permit_no", at=at, by=manager)

    with pytest.raises(RuleViolation):
        advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=officer)
    drop_requirement(demand, at=at, by=manager)
    advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.STARTED


def test_a_demand_of_another_park_does_not_bind_here(make_signed, officer, manager, other_park, fill_gate, at):
    project = make_signed()
    fill_gate(project, Stage.STARTED)
    add_requirement(park=other_park, stage=Stage.STARTED, field="construction_permit_no", at=at, by=manager)

    advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=officer)

    project.refresh_from_db()
    assert project.stage == Stage.STARTED


def test_only_allow_listed_fields_can_be_demanded(manager, zone, at):
    with pytest.raises(RuleViolation):
        add_requirement(park=zone, stage=Stage.STARTED, field="recorded_by", at=at, by=manager)
    assert not zone.extra_requirements.exists()


def test_after_a_step_back_the_steps_undone_lie_ahead_again(make_signed, walk, officer, at):
    project = walk(make_signed(), (Stage.REGISTERED, date(2024, 3, 1)), (Stage.STARTED, date(2024, 3, 7)))
    advance_project(project, to=Stage.FILED, effective_on=date(2024, 3, 9), reason="许可撤销", at=at, by=officer)
    project.refresh_from_db()
    entered = [stage for _row, stage, _day in story.entered(project, at + timedelta(days=1))]

    assert lifecycle.since_fallen_back(entered) == [Stage.FILED]
    assert lifecycle.usual_step(project, entered) == Stage.LAND_SUPPLIED
    assert lifecycle.milestones_ahead(project, entered)[:2] == (Stage.LAND_SUPPLIED, Stage.STARTED)


def test_a_skipped_land_step_is_drawn_once_before_and_after_a_step_back(make_signed, walk, officer, at):
    project = make_signed(site_mode="lease")
    later = at + timedelta(days=1)

    def drawn():
        fresh = type(project).objects.with_history().select_related("park").get(pk=project.pk)
        steps = story.path(fresh, story.entered(fresh, later), today=date(2024, 4, 18), checklist=[])
        return [step.look for step in steps if step.label == Stage.LAND_SUPPLIED.label]

    assert drawn() == ["next skip"]
    walk(project, (Stage.STARTED, date(2024, 3, 7)))
    assert drawn() == ["skip past"]
    advance_project(project, to=Stage.SIGNED, effective_on=date(2024, 3, 9), reason="许可撤销", at=at, by=officer)
    assert drawn() == ["next skip"]
