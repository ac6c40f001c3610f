"""The trend is the board at many month-ends, whichever of its two ways it takes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dates import month_ends
from parks.access import Role
from parks.models import Park
from projects import history
from projects.actions import correct_stage_change
from projects.lifecycle import Stage
from projects.models import Basis, ProjectState
from reports import actions, stage_board, stage_trend
from reports.actions import refresh_trend
from reports.models import MonthEndTotal, TrendSnapshot
from reports.question import Question
from reports.tasks import refresh_trend_totals

pytestmark = pytest.mark.services

MAY_2 = datetime(2024, 5, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def look(manager):
    """(states, parks, totals) as the manager of the zone sees them."""
    return (
        ProjectState.objects.visible_to(manager),
        Park.objects.visible_to(manager),
        MonthEndTotal.objects.visible_to(manager),
    )


def from_boards(look, question, months):
    states, parks, _totals = look
    return [
        stage_trend.Point(day, stage_board.board(states, parks, Question(as_of=day, basis=question.basis)).total)
        for day in month_ends(question.as_of, months)
    ]


def test_moves_add_up_to_the_board_of_each_month_end(make_signed, walk, look):
    walk(make_signed(), (Stage.STARTED, date(2024, 3, 31)))
    make_signed(name="二期")
    question = Question(as_of=date(2024, 4, 15))

    points = stage_trend.trend(*look, question, months=4)

    assert points == from_boards(look, question, 4)
    assert [point.figures["awaiting_start"].projects for point in points] == [0, 2, 1, 1]
    assert points[-1].figures["under_construction"].total_wan == Decimal(500000)


def test_kept_totals_are_used_only_while_nothing_was_learned_since(make_signed, walk, officer, look):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    question = Question(as_of=date(2024, 3, 31))
    refresh_trend(at=MAY_2)
    assert stage_trend.usable_snapshot(question)
    assert not stage_trend.usable_snapshot(Question(as_of=date(2024, 3, 31), industry="C"))
    assert not stage_trend.usable_snapshot(Question(as_of=date(2024, 3, 31), known_at=MAY_2))

    correct_stage_change(
        project.stage_changes.get(to_stage=Stage.STARTED),
        effective_on=date(2024, 3, 8),
        reason="笔误",
        at=MAY_2,
        by=officer,
    )

    assert not stage_trend.usable_snapshot(question)
    assert refresh_trend(at=MAY_2) == ["verified", "reported"]
    assert refresh_trend(at=MAY_2) == []
    assert stage_trend.usable_snapshot(question)


def test_kept_totals_are_read_without_touching_the_states(make_signed, look, django_assert_num_queries):
    make_signed()
    refresh_trend(at=MAY_2)
    states, parks, totals = look

    with django_assert_num_queries(5) as asked:
        stage_trend.trend(states, parks, totals, Question(as_of=date(2024, 4, 30)), months=24)

    assert not any("valid_from" in query["sql"] for query in asked.captured_queries)


def test_months_before_or_after_the_kept_ones_are_added_up_from_moves(make_signed, look):
    make_signed()
    refresh_trend(at=MAY_2)

    for question, months in ((Question(as_of=date(2024, 6, 30)), 2), (Question(as_of=date(2015, 1, 31)), 2)):
        assert stage_trend.trend(*look, question, months=months) == from_boards(look, question, months)


def test_kept_totals_of_a_part_of_the_tree_are_those_of_its_board(
    make_signed, park, inner_park, other_park, person, look
):
    make_signed(total_wan=Decimal(30000))
    make_signed(total_wan=Decimal(2000), park=inner_park, name="芯谷一期")
    refresh_trend(at=MAY_2)

    def latest(by_states, by_parks, by_totals, **asked):
        question = Question(as_of=date(2024, 3, 31), **asked)
        assert stage_trend.usable_snapshot(question)
        point = stage_trend.trend(by_states, by_parks, by_totals, question, months=1)[0]
        assert point.figures == stage_board.board(by_states, by_parks, question).total
        return point.figures["awaiting_start"].total_wan

    assert latest(*look) == Decimal(32000)
    assert latest(*look, park=park) == Decimal(32000)
    assert latest(*look, park=inner_park) == Decimal(2000)
    assert latest(*look, park=other_park) == 0
    both = person("both", (Role.OFFICER, inner_park), (Role.OFFICER, other_park))
    seen = [model.objects.visible_to(both) for model in (ProjectState, Park, MonthEndTotal)]
    assert latest(*seen) == Decimal(2000)


def test_the_task_keeps_the_totals_and_may_run_twice(make_signed):
    make_signed()

    refresh_trend_totals()
    kept = set(MonthEndTotal.objects.values_list())
    refresh_trend_totals()

    assert kept
    assert TrendSnapshot.objects.filter(is_complete=True).count() == 2
    assert kept == set(MonthEndTotal.objects.values_list())


def test_half_written_totals_are_never_read_and_cleared_away_next_time(make_signed, look, monkeypatch):
    make_signed()
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 1)
    refresh_trend(at=MAY_2)
    TrendSnapshot.objects.update(is_complete=False)
    question = Question(as_of=date(2024, 3, 31))

    assert not stage_trend.usable_snapshot(question)
    assert stage_trend.trend(*look, question, months=3) == from_boards(look, question, 3)
    refresh_trend(at=MAY_2)

    assert TrendSnapshot.objects.count() == 2
    assert set(MonthEndTotal.objects.values_list("snapshot", flat=True)) == set(
        TrendSnapshot.objects.filter(is_complete=True).values_list("pk", flat=True)
    )


def test_an_outsider_s_trend_holds_nothing_of_other_parks(make_signed, outsider):
    make_signed()
    refresh_trend(at=MAY_2)

    points = stage_trend.trend(
        ProjectState.objects.visible_to(outsider),
        Park.objects.visible_to(outsider),
        MonthEndTotal.objects.visible_to(outsider),
        Question(as_of=date(2024, 3, 31)),
        months=3,
    )

    assert not any(figure for point in points for figure in point.figures.values())


def test_whether_completed_counts_may_change_after_the_totals_were_kept(make_signed, walk, zone, look):
    walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)), (Stage.COMPLETED, date(2024, 3, 20)))
    refresh_trend(at=MAY_2)
    question = Question(as_of=date(2024, 3, 31))
    assert stage_trend.trend(*look, question, months=1)[0].figures["under_construction"].projects == 1

    Park.objects.filter(pk=zone.pk).update(counts_completed_as_under_construction=False)

    assert stage_trend.usable_snapshot(question)
    assert stage_trend.trend(*look, question, months=1)[0].figures["under_construction"].projects == 0


days = st.dates(date(2023, 1, 1), date(2024, 5, 2))
steps = st.lists(
    st.tuples(days, st.sampled_from([*Stage.values, "increase", "move"]), st.integers(0, 9_999_999_999)), max_size=9
)


@given(lives=st.lists(steps, max_size=3), until=st.dates(date(2023, 1, 1), date(2024, 6, 30)), months=st.integers(1, 9))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_and_the_board_agree_on_any_facts(make_signed, park, inner_park, look, lives, until, months):
    with transaction.atomic():
        _write_states(make_signed_once(make_signed), lives, park, inner_park)
        question = Question(as_of=until)
        added_up = stage_trend.from_moves(*look[:2], question, months=months)
        refresh_trend(at=MAY_2)
        kept = stage_trend.trend(*look, question, months=months)
        boards = from_boards(look, question, months)
        transaction.set_rollback(True)

    assert added_up == boards
    assert kept == boards


def make_signed_once(make_signed):
    return ProjectState.objects.first().project if ProjectState.objects.exists() else make_signed()


def _write_states(project, lives, park, inner_park):
    """States of several lives of facts. Whose they are does not matter to a total."""
    ProjectState.objects.all().delete()
    for life in lives:
        known = [MAY_2 - timedelta(days=30) + timedelta(seconds=number) for number in range(len(life) + 2)]
        facts = [_fact(number, known[number + 1], *step, park, inner_park) for number, step in enumerate(life)]
        opening = [
            history.Fact(("park", -1), date(2022, 1, 1), known[0], known[0], park_id=park.pk),
            history.Fact(("stage", -1), date(2022, 1, 1), known[0], known[0], stage=Stage.RESERVE),
        ]
        ProjectState.objects.bulk_create(
            ProjectState(
                project=project,
                basis=Basis.VERIFIED,
                stage=stretch.stage,
                park_id=stretch.park_id,
                total_wan=stretch.total_wan,
                valid_from=stretch.valid_from,
                valid_to=stretch.valid_to,
                known_from=stretch.known_from,
                known_to=stretch.known_to,
            )
            for stretch in history.stretches([*opening, *facts])
        )


def _fact(number, known_at, day, what, amount, park, inner_park):
    payload = {"stage": what}
    if what == "increase":
        payload = {"adds_wan": Decimal(amount) / 10**4}
    elif what == "move":
        payload = {"park_id": (park, inner_park)[amount % 2].pk}
    return history.Fact((what, number), day, known_at, known_at, **payload)
