"""The trend: the board's totals at the ends of many months, from kept totals or from one pass over the moves."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Func, Max, Sum

from core.dates import month_end, month_ends
from projects.lifecycle import Bucket, Stage
from projects.models import ProjectState
from reports.models import Slot, TrendSnapshot
from reports.question import Question, Scope, scope_of
from reports.stage_board import BUCKET_OF, NOTHING, Figure, Figures, board_within, no_figures

SLOT_OF = {stage: Slot(bucket.value) for stage, bucket in BUCKET_OF.items()} | {Stage.COMPLETED: Slot.COMPLETED}


@dataclass(frozen=True, slots=True)
class Point:
    as_of: date
    figures: Figures


class Month(Func):
    """The month of a day, in a form that `_month_name` reads. Django's own TruncMonth calls Python for each row."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 7)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="DATE_TRUNC('month', (%(expressions)s)::timestamp)", **context
        )


def trend(states: Any, parks: Any, totals: Any, question: Question, *, months: int) -> list[Point]:
    """`months` points, the latest on the day the question names and the others at the ends of the months before.

    `states`, `parks` and `totals` must already be scoped to the asker.
    """
    return trend_within(scope_of(parks, question), states, totals, question, months=months)


def trend_within(scope: Scope, states: Any, totals: Any, question: Question, *, months: int) -> list[Point]:
    days = month_ends(question.as_of, months)
    ended = [day for day in days if day == month_end(day)]
    snapshot = usable_snapshot(question)
    if snapshot and all(snapshot.since <= day <= snapshot.through for day in ended):
        return _from_totals(scope, states, totals.of(snapshot), question, days)
    return _from_moves(scope, states, question, days)


def usable_snapshot(question: Question) -> TrendSnapshot | None:
    """The kept totals, if the question is about all projects by today's knowledge and nothing was learned since."""
    if question.is_filtered or question.known_at is not None:
        return None
    snapshot = TrendSnapshot.objects.newest(question.basis)
    return snapshot if snapshot and snapshot.latest_state == latest_state() else None


def latest_state() -> int:
    return ProjectState.objects.aggregate(latest=Max("pk"))["latest"] or 0


def from_moves(states: Any, parks: Any, question: Question, *, months: int) -> list[Point]:
    """The same without kept totals."""
    return _from_moves(scope_of(parks, question), states, question, month_ends(question.as_of, months))


def _from_totals(scope: Scope, states: Any, totals: Any, question: Question, days: list[date]) -> list[Point]:
    figures = {day: no_figures() for day in days}
    for day, slot, projects, total_wan in _asked(scope, totals, days).total_by_day_and_slot():
        bucket = Bucket.UNDER_CONSTRUCTION if slot == Slot.COMPLETED else slot
        figures[day][bucket] += Figure(projects, total_wan)
    if days[-1] != month_end(days[-1]):
        figures[days[-1]] = board_within(scope, states, question).total
    return [Point(day, figures[day]) for day in days]


def _asked(scope: Scope, totals: Any, days: list[date]) -> Any:
    asked = totals.at(days).filter(park__in=scope.tops())
    if scope.without_completed:
        asked = asked.exclude(slot=Slot.COMPLETED, park__in=scope.without_completed)
    return asked


def _from_moves(scope: Scope, states: Any, question: Question, days: list[date]) -> list[Point]:
    """What entered a bucket minus what left it, month by month, in two queries however many months."""
    counted = scope.counted(states, question)
    names = [f"{day:%Y-%m}" for day in days]
    changes = [no_figures() for _day in days]
    for month, (stage,), figure in moves(counted, ["stage"], until=days[-1]):
        change = changes[bisect_left(names, month)]
        change[BUCKET_OF[stage]] += figure
    return [Point(day, figures) for day, figures in zip(days, _running(changes), strict=True)]


def moves(states: Any, by: list[str], *, until: date) -> Iterator[tuple[str, tuple, Figure]]:
    """(month "2024-03", values of `by`, figure) of all that entered, and with a minus of all that left, up to a day."""
    for column, sign in (("valid_from", 1), ("valid_to", -1)):
        rows = (
            states.filter(**{f"{column}__lte": until})
            .annotate(month=Month(column))
            .values_list("month", *by)
            .annotate(number=Count("*"), wan=Sum("total_wan"))
            .order_by()
            .values_list("month", *by, "number", "wan")
        )
        for month, *values, number, wan in rows.iterator(chunk_size=5000):
            yield str(month)[:7], tuple(values), Figure(sign * number, sign * Decimal(wan))


def _running(changes: Iterable[Figures]) -> Iterator[Figures]:
    standing = dict.fromkeys(Bucket.values, NOTHING)
    for change in changes:
        standing = {bucket: standing[bucket] + change[bucket] for bucket in standing}
        yield standing
