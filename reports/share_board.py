"""Shares of transferred projects: what each park counts, how much of it came by transfer, and how it is apportioned.

The landing park's figure is the full value of the project, the handing park's its share of the indicators while the
years of the split run. The zone counts every project once, whatever was agreed.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parks.models import Park
from projects.models import ProjectState, Split
from projects.shares import Agreed, held
from reports.question import Question, Scope, scope_of
from reports.stage_board import NOTHING, Figure

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Row:
    """A park with all that lies under it. Transfers between two parks under it change nothing in its row.

    `counted` is what the board counts; `landed` is the part that came by transfer, at full value. `kept` is the share
    of projects handed over, `given` what is owed of those that came. `apportioned_wan` is counted − given + kept.
    """

    park: Park
    depth: int
    counted: Figure
    landed: Figure
    kept: Figure
    given_wan: Decimal

    @property
    def own(self) -> Figure:
        return self.counted - self.landed

    @property
    def apportioned_wan(self) -> Decimal:
        return self.counted.total_wan - self.given_wan + self.kept.total_wan


@dataclass(frozen=True, slots=True)
class Shares:
    """`total` counts each project once."""

    question: Question
    rows: list[Row]
    total: Figure
    scope: Scope

    @property
    def has_any(self) -> bool:
        return any(row.landed or row.kept for row in self.rows)


@dataclass(frozen=True, slots=True)
class Piece:
    """A transferred project as it stands on the day: where, for how much, who handed it over, who holds how much."""

    park_pk: int
    total_wan: Decimal
    handed_by: frozenset[int]
    shares: dict[int, Decimal]


def shares(states: Any, parks: Any, splits: Any, question: Question) -> Shares:
    """`states`, `parks` and `splits` must already be scoped to the asker. Five queries."""
    return shares_within(scope_of(parks, question), states, splits, question)


def shares_within(scope: Scope, states: Any, splits: Any, question: Question) -> Shares:
    own: dict[int, Figure] = defaultdict(Figure)
    counted = scope.counted(states, question).as_of(question.as_of)
    for park_pk, _stage, projects, total_wan in counted.total_by_park_and_stage():
        own[park_pk] += Figure(projects, total_wan)
    pieces = _pieces(scope, splits, question)
    by_path = {park.path: park for park in scope.parks}
    depths: dict[int, int] = {}
    for park in sorted(scope.parks, key=lambda park: park.path.count("/")):
        parent = by_path.get(park.path_above)
        depths[park.pk] = depths[parent.pk] + 1 if parent else 0
    rows = [_row(park, depths[park.pk], frozenset(scope.under(park)), own, pieces) for park in scope.parks]
    return Shares(question, rows, sum((own[park.pk] for park in scope.parks), NOTHING), scope)


def _row(park: Park, depth: int, inside: frozenset[int], own: dict[int, Figure], pieces: list[Piece]) -> Row:
    counted = sum((own[pk] for pk in inside if pk in own), NOTHING)
    landed, kept, given = NOTHING, NOTHING, Decimal(0)
    for piece in pieces:
        if piece.park_pk in inside:
            if piece.handed_by - inside:
                landed += Figure(1, piece.total_wan)
            outside = sum((pct for pk, pct in piece.shares.items() if pk not in inside), Decimal(0))
            given += piece.total_wan * outside / WHOLE
        else:
            share = sum((pct for pk, pct in piece.shares.items() if pk in inside), Decimal(0))
            if share:
                kept += Figure(1, piece.total_wan * share / WHOLE)
    return Row(park, depth, counted, landed, kept, given)


def _pieces(scope: Scope, splits: Any, question: Question) -> list[Piece]:
    """Every project that was handed over by, or has come to, a park of the scope, as it counts on the day."""
    known = splits.standing(question.known_at).filter(effective_on__lte=question.as_of)
    keys = known.values_list("project_id", flat=True).distinct()
    # A party to a split knows the project's value by its share of it, wherever the project stands now.
    every = Split.objects.filter(project__in=keys).standing(question.known_at)
    every = every.filter(effective_on__lte=question.as_of)
    agreed: dict[int, list[Agreed]] = defaultdict(list)
    columns = ("project_id", "owner_park_id", "effective_on", "indicator_pct", "indicator_years")
    for project_pk, owner_pk, effective_on, pct, years in every.order_by("effective_on", "pk").values_list(*columns):
        agreed[project_pk].append(Agreed(owner_pk, effective_on, pct, years))
    if not agreed:
        return []
    everywhere = Scope(parks=scope.parks, is_whole=True, without_completed=scope.without_completed)
    standing = everywhere.counted(ProjectState.objects.filter(project__in=agreed), question).as_of(question.as_of)
    return [
        Piece(
            park_pk,
            total_wan,
            frozenset(split.owner_pk for split in agreed[project_pk]) - {park_pk},
            held(agreed[project_pk], park_pk, question.as_of),
        )
        for project_pk, park_pk, total_wan in standing.order_by("project_id").values_list(
            "project_id", "park_id", "total_wan"
        )
    ]
