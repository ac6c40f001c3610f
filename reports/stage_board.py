"""The board: how many projects, and for how much, stood in each bucket in each park at the end of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from parks.models import Park
from projects.lifecycle import BUCKETS, Bucket
from reports.question import Question, Scope, scope_of

BUCKET_OF = {stage: bucket for bucket, stages in BUCKETS.items() for stage in stages}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of projects and their total investment together."""

    projects: int = 0
    total_wan: Decimal = Decimal(0)

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.projects + other.projects, self.total_wan + other.total_wan)

    def __sub__(self, other: "Figure") -> "Figure":
        return Figure(self.projects - other.projects, self.total_wan - other.total_wan)

    def __bool__(self) -> bool:
        return bool(self.projects or self.total_wan)


NOTHING = Figure()
Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Row:
    """A park with all that lies under it; `own` leaves out the parks below."""

    park: Park
    depth: int
    figures: Figures
    own: Figures
    has_parts: bool


@dataclass(frozen=True, slots=True)
class Board:
    """`total` adds up the topmost parks only: whatever lies under them is in their figures already."""

    question: Question
    rows: list[Row]
    total: Figures
    scope: Scope


def board(states: Any, parks: Any, question: Question) -> Board:
    """`states` and `parks` must already be scoped to the asker. Three queries."""
    return board_within(scope_of(parks, question), states, question)


def board_within(scope: Scope, states: Any, question: Question) -> Board:
    """The same where the scope is known already, for a second day."""
    counted = scope.counted(states, question).as_of(question.as_of)
    own: dict[int, Figures] = {park.pk: no_figures() for park in scope.parks}
    for park_pk, stage, projects, total_wan in counted.total_by_park_and_stage():
        own[park_pk][BUCKET_OF[stage]] += Figure(projects, total_wan)
    return Board(question, _rows(scope.parks, own), add_up(own.values()), scope)


def states_behind(
    scope: Scope,
    states: Any,
    question: Question,
    *,
    bucket: str | None = None,
    park: Park | None = None,
    own: bool = False,
) -> Any:
    """Exactly the states a figure counts: of one bucket or of all, in one park with all below or in all parks.

    `own` leaves out the parks below.
    """
    behind = scope.counted(states, question).as_of(question.as_of)
    if bucket:
        behind = behind.in_stages(BUCKETS[Bucket(bucket)])
    if park is None:
        return behind
    return behind.filter(park__in=[park.pk] if own else scope.under(park))


def figure_of(states: Any) -> Figure:
    found = states.aggregate(projects=Count("*"), wan=Sum("total_wan"))
    return Figure(found["projects"], found["wan"] or Decimal(0))


def start_of_year(day: date) -> date:
    """The day whose end a comparison 较年初 looks at: 31 December of the year before."""
    return date(day.year - 1, 12, 31)


def no_figures() -> Figures:
    return dict.fromkeys(Bucket.values, NOTHING)


def add_up(parts: Iterable[Figures]) -> Figures:
    total = no_figures()
    for part in parts:
        for bucket, figure in part.items():
            total[bucket] += figure
    return total


def _rows(parks: tuple[Park, ...], own: dict[int, Figures]) -> list[Row]:
    """Subtree sums up the tree. A park whose own parent is not among `parks` stands at the top, at depth 0."""
    below = {pk: dict(figures) for pk, figures in own.items()}
    by_path = {park.path: park for park in parks}
    depths: dict[int, int] = {}
    for park in sorted(parks, key=lambda park: park.path.count("/")):
        parent = by_path.get(park.path_above)
        depths[park.pk] = depths[parent.pk] + 1 if parent else 0
    for park in sorted(parks, key=lambda park: -depths[park.pk]):
        if parent := by_path.get(park.path_above):
            below[parent.pk] = add_up([below[parent.pk], below[park.pk]])
    paths_above = {park.path_above for park in parks}
    return [
        Row(park, depths[park.pk], below[park.pk], own[park.pk], has_parts=park.path in paths_above) for park in parks
    ]
