"""Boards and trends beside the bare SQL that any program would need for them, in one process and without HTTP."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from core.dates import month_ends
from parks.models import Park
from projects.models import Basis, ProjectState
from reports import stage_board, stage_trend
from reports.actions import refresh_trend
from reports.models import MonthEndTotal, TrendSnapshot
from reports.question import Question
from tests.bench.figures import Figure, in_turns
from tests.bench.zone import LIMITED, MANAGER

MONTHS = 24
INTERVALS = """
SELECT park_id, stage, count(*), sum(total_wan) FROM bench_intervals
WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) GROUP BY park_id, stage
"""
SNAPSHOT = "SELECT day, stage, sum(projects), sum(total_wan) FROM bench_month_ends GROUP BY day, stage"
DELTAS = """
WITH moves AS (
  SELECT {month_from} AS month, stage, 1 AS number, total_wan AS wan FROM bench_intervals WHERE valid_from <= %s
  UNION ALL
  SELECT {month_to}, stage, -1, -total_wan FROM bench_intervals WHERE valid_to <= %s
), changes AS (
  SELECT month, stage, sum(number) AS number, sum(wan) AS wan FROM moves GROUP BY month, stage
)
SELECT month, stage, sum(number) OVER running, sum(wan) OVER running FROM changes
WINDOW running AS (PARTITION BY stage ORDER BY month)
"""


def measured() -> Iterator[Figure]:
    month_end = timezone.localdate().replace(day=1) - timedelta(days=1)
    last_year = month_end.replace(day=1) - timedelta(days=300)
    refresh_trend(at=timezone.now())
    intervals = _asked(INTERVALS, [last_year, last_year])
    ends = month_ends(month_end, MONTHS)
    _make_plain_month_ends(ends)
    snapshot = _asked(SNAPSHOT, [])
    deltas = _asked(DELTAS.format(month_from=_month("valid_from"), month_to=_month("valid_to")), [month_end, month_end])
    yield _figure("as-of board, all parks", _board(MANAGER, last_year), intervals, "interval SQL", 2)
    yield _figure("as-of board, 22 parks", _board(LIMITED, last_year), intervals, "interval SQL", 2)
    yield _figure("board of a past knowledge", _board(MANAGER, last_year, known=True), intervals, "interval SQL")
    yield _figure("24 month-ends, all parks", _trend(MANAGER, month_end), snapshot, "snapshot SQL", 2)
    yield _figure("24 month-ends, 22 parks", _trend(LIMITED, month_end), snapshot, "snapshot SQL", 2)
    TrendSnapshot.objects.update(latest_state=0)
    yield _figure("24 month-ends, stale, all parks", _trend(MANAGER, month_end), deltas, "delta SQL", 1.5)
    yield _figure("24 month-ends, stale, 22 parks", _trend(LIMITED, month_end), deltas, "delta SQL", 1.5)
    refresh_trend(at=timezone.now())


def _make_plain_month_ends(days: list[date]) -> None:
    """What a trend would read if each park's month-ends were kept, stage by stage, and nothing else."""
    ends = " UNION ALL ".join(f"SELECT DATE('{day.isoformat()}') AS day" for day in days)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_month_ends")
        cursor.execute(
            "CREATE TABLE bench_month_ends AS SELECT day, park_id, stage, count(*) AS projects,"
            f" sum(total_wan) AS total_wan FROM bench_intervals JOIN ({ends}) days"
            " ON valid_from <= day AND (valid_to IS NULL OR valid_to > day) GROUP BY day, park_id, stage"
        )


def make_stale() -> None:
    """As after the next verified step."""
    TrendSnapshot.objects.update(latest_state=0)


def _figure(
    case: str, call: Callable[[], Any], floor: Callable[[], Any], name: str, limit: float | None = None
) -> Figure:
    value, below = in_turns(call, floor)
    return Figure(case, value, "ms", below, name, limit)


def _asked(sql: str, params: list[date]) -> Callable[[], Any]:
    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    return ask


def _month(column: str) -> str:
    return f"date_trunc('month', {column})" if connection.vendor == "postgresql" else f"substr({column}, 1, 7)"


def _board(viewer: int, day: date, *, known: bool = False) -> Callable[[], Any]:
    user = get_user_model().objects.get(pk=viewer)
    question = Question(as_of=day, known_at=timezone.now() - timedelta(days=200) if known else None)
    return lambda: (
        stage_board.board(ProjectState.objects.visible_to(user), Park.objects.visible_to(user), question).total
    )


def _trend(viewer: int, until: date) -> Callable[[], Any]:
    user = get_user_model().objects.get(pk=viewer)
    return lambda: stage_trend.trend(
        ProjectState.objects.visible_to(user),
        Park.objects.visible_to(user),
        MonthEndTotal.objects.visible_to(user),
        Question(as_of=until, basis=Basis.VERIFIED),
        months=MONTHS,
    )
