"""The board counts what stood on a day: boundaries, sums up the tree, bases, knowledge, filters and scope."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from parks.models import Park
from projects.actions import correct_stage_change, transfer_project, verify_fact
from projects.lifecycle import Stage
from projects.models import Basis, ProjectState, Verdict
from reports import stage_board
from reports.question import Question, latest_known

pytestmark = pytest.mark.services

MARCH_31 = date(2024, 3, 31)
MAY_2 = datetime(2024, 5, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def ask(manager):
    """The board as the manager of the zone sees it: `ask(as_of, …)`."""

    def ask(as_of=MARCH_31, *, by=manager, **asked):
        return stage_board.board(
            ProjectState.objects.visible_to(by), Park.objects.visible_to(by), Question(as_of=as_of, **asked)
        )

    return ask


def shown(figures):
    """{bucket: (number, 万元)} without empty buckets."""
    return {bucket: (figure.projects, figure.total_wan) for bucket, figure in figures.items() if figure}


def row_of(board, park):
    return next(row for row in board.rows if row.park == park)


def test_a_signing_counts_from_the_end_of_its_day_and_not_before(make_signed, ask):
    make_signed()

    assert shown(ask(date(2024, 2, 25)).total) == {}
    assert shown(ask(date(2024, 2, 26)).total) == {"awaiting_start": (1, Decimal(500000))}


def test_a_start_moves_the_project_to_the_next_bucket_on_its_day(make_signed, walk, ask):
    walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))

    assert shown(ask(date(2024, 3, 6)).total) == {"awaiting_start": (1, Decimal(500000))}
    assert shown(ask(date(2024, 3, 7)).total) == {"under_construction": (1, Decimal(500000))}


def test_figures_add_up_the_tree_and_count_each_project_once(
    make_signed, zone, park, inner_park, other_park, walk, ask
):
    make_signed(total_wan=Decimal("100000.5"))
    inner = make_signed(total_wan=Decimal("200000.25"), park=inner_park, name="芯谷一期")
    walk(inner, (Stage.STARTED, date(2024, 3, 7)))

    board = ask()

    assert [(row.park, row.depth) for row in board.rows] == [
        (zone, 0),
        (other_park, 1),
        (park, 1),
        (inner_park, 2),
    ]
    both = {"awaiting_start": (1, Decimal("100000.5")), "under_construction": (1, Decimal("200000.25"))}
    assert shown(row_of(board, zone).figures) == both
    assert shown(row_of(board, zone).own) == {}
    assert shown(row_of(board, park).figures) == both
    assert shown(row_of(board, park).own) == {"awaiting_start": (1, Decimal("100000.5"))}
    assert shown(row_of(board, inner_park).figures) == {"under_construction": (1, Decimal("200000.25"))}
    assert shown(row_of(board, other_park).figures) == {}
    assert shown(board.total) == both


def test_a_board_of_one_park_holds_it_and_what_lies_below(make_signed, park, inner_park, other_park, ask):
    make_signed(park=inner_park)

    assert [row.park for row in ask(park=park).rows] == [park, inner_park]
    assert shown(ask(park=park).total) == {"awaiting_start": (1, Decimal(500000))}
    assert shown(ask(park=other_park).total) == {}


def test_an_outsider_sees_neither_row_nor_figure(make_signed, outsider, other_park, ask):
    make_signed()

    board = ask(by=outsider)

    assert [row.park for row in board.rows] == [other_park]
    assert shown(board.total) == {}


def test_an_unverified_signing_counts_as_reported_only(make_signed, ask):
    make_signed(verified=False)

    assert shown(ask(basis=Basis.REPORTED).total) == {"awaiting_start": (1, Decimal(500000))}
    assert shown(ask(basis=Basis.VERIFIED).total) == {}


def test_a_correction_changes_today_s_board_and_no_board_of_earlier_knowledge(make_signed, walk, officer, manager, ask):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    started = project.stage_changes.get(to_stage=Stage.STARTED)

    corrected = correct_stage_change(
        started, effective_on=date(2024, 4, 2), reason="3月仅为场地平整", at=MAY_2, by=officer
    )
    verify_fact(corrected, verdict=Verdict.ACCEPTED, at=MAY_2, by=manager)

    assert shown(ask().total) == {"awaiting_start": (1, Decimal(500000))}
    before = ask(known_at=latest_known("2024-05-01"))
    assert shown(before.total) == {"under_construction": (1, Decimal(500000))}


def test_a_framework_agreement_enters_no_total(make_project, walk, ask):
    project = make_project(content="模组", total_investment_wan=Decimal(90000))
    walk(project, (Stage.NEGOTIATING, date(2024, 1, 5)), (Stage.FRAMEWORK, date(2024, 2, 1)))

    assert shown(ask().total) == {}
    assert shown(ask(basis=Basis.REPORTED).total) == {}


def test_an_increase_adds_its_increment_and_no_project(make_signed, increase, manager, ask, at):
    change = increase(make_signed(), Decimal(80000), date(2024, 4, 10))
    verify_fact(change, verdict=Verdict.ACCEPTED, at=at, by=manager)

    assert shown(ask(date(2024, 4, 9)).total) == {"awaiting_start": (1, Decimal(500000))}
    assert shown(ask(date(2024, 4, 10)).total) == {"awaiting_start": (1, Decimal(580000))}


def test_completed_projects_count_as_under_construction_unless_the_zone_says_no(make_signed, walk, zone, park, ask):
    walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)), (Stage.COMPLETED, date(2024, 3, 20)))
    assert shown(ask().total) == {"under_construction": (1, Decimal(500000))}

    Park.objects.filter(pk=zone.pk).update(counts_completed_as_under_construction=False)

    assert shown(ask().total) == {}
    assert shown(ask(park=park).total) == {}
    assert shown(ask(date(2024, 3, 19)).total) == {"under_construction": (1, Decimal(500000))}


def test_a_park_keeps_its_past_when_a_project_moves_on(make_signed, manager, park, other_park, ask):
    transfer_project(
        make_signed(), to_park=other_park, effective_on=date(2024, 4, 1), reason="产业更匹配", at=MAY_2, by=manager
    )

    assert shown(row_of(ask(MARCH_31), park).figures) == {"awaiting_start": (1, Decimal(500000))}
    assert shown(row_of(ask(date(2024, 4, 1)), park).figures) == {}
    assert shown(row_of(ask(date(2024, 4, 1)), other_park).figures) == {"awaiting_start": (1, Decimal(500000))}


def test_filters_leave_the_projects_they_name(make_signed, make_company, ask):
    make_signed(industry="C39", total_wan=Decimal(10000), company=make_company("甲", ownership="private"))
    make_signed(industry="I65", total_wan=Decimal(9999), company=make_company("乙", ownership="foreign"))

    def number(**asked):
        return ask(**asked).total["awaiting_start"].projects

    assert number() == 2
    assert number(industry="C") == 1
    assert number(industry="C39") == 1
    assert number(industry="C38") == 0
    assert number(ownership="foreign") == 1
    assert number(min_total_wan=Decimal(10000)) == 1
    assert number(min_total_wan=Decimal(9999)) == 2


def test_the_size_asked_for_is_the_size_on_that_day(make_signed, increase, manager, ask, at):
    change = increase(make_signed(total_wan=Decimal(9000)), Decimal(1000), date(2024, 4, 10))
    verify_fact(change, verdict=Verdict.ACCEPTED, at=at, by=manager)

    assert shown(ask(date(2024, 4, 9), min_total_wan=Decimal(10000)).total) == {}
    assert shown(ask(date(2024, 4, 10), min_total_wan=Decimal(10000)).total) == {"awaiting_start": (1, Decimal(10000))}


def test_every_figure_equals_the_states_it_opens(make_signed, inner_park, walk, ask, manager):
    make_signed(total_wan=Decimal(30000))
    walk(make_signed(park=inner_park, name="芯谷一期"), (Stage.STARTED, date(2024, 3, 7)))
    board = ask()
    states = ProjectState.objects.visible_to(manager)

    for row in board.rows:
        for bucket, figure in row.figures.items():
            behind = stage_board.states_behind(board.scope, states, board.question, bucket=bucket, park=row.park)
            totals = [state.total_wan for state in behind]
            assert (len(totals), sum(totals)) == (figure.projects, figure.total_wan)


@pytest.mark.parametrize("projects", [1, 6])
def test_the_number_of_queries_does_not_grow_with_the_projects(
    projects, make_signed, manager, django_assert_num_queries
):
    for number in range(projects):
        make_signed(name=f"项目{number}")
    states, parks = ProjectState.objects.visible_to(manager), Park.objects.visible_to(manager)

    with django_assert_num_queries(3):
        stage_board.board(states, parks, Question(as_of=MARCH_31))


def test_a_day_of_knowledge_means_its_end_in_the_park():
    assert latest_known("2024-03-31") == datetime(2024, 3, 31, 16, tzinfo=UTC) - timedelta(microseconds=1)
    assert latest_known("2024-03-31T18:00+08:00") == datetime(2024, 3, 31, 10, tzinfo=UTC)
    assert latest_known("2024-03-31T18:00 08:00") == datetime(2024, 3, 31, 10, tzinfo=UTC)
    assert latest_known("2024-03-31 18:00") == datetime(2024, 3, 31, 10, tzinfo=UTC)
    for wrong in ("soon", "2024-02-30", "2024-03-31T25:00", "99999-01-01", "2024-02-30T10:00", ""):
        with pytest.raises(ValueError, match=r"."):
            latest_known(wrong)
