"""What reports write: the month-end totals they keep, and jobs for exports."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from core.audit import record
from core.dates import local_day, month_end, month_ends
from core.jobs import enqueue
from core.models import Job
from parks.access import require
from parks.models import Park
from projects.models import Basis, ProjectState
from reports.models import MonthEndTotal, TrendSnapshot
from reports.question import COUNTED_STAGES
from reports.stage_board import NOTHING, Figure
from reports.stage_trend import SLOT_OF, latest_state, moves

KEPT_MONTHS = 72
ROWS_AT_ONCE = 500


def refresh_trend(*, at: datetime) -> list[str]:
    """Build the totals of each basis anew where something was learned or a month ended since. Safe to repeat."""
    through = _latest_month_end(local_day(at))
    return [basis for basis in Basis.values if _is_stale(basis, through) and _rebuild(basis, through, at)]


def _latest_month_end(today: date) -> date:
    """The latest month that is over: facts of its days can still be learned, but it has no day to come."""
    return today if today == month_end(today) else today.replace(day=1) - timedelta(days=1)


def _is_stale(basis: str, through: date) -> bool:
    newest = TrendSnapshot.objects.newest(basis)
    return newest is None or (newest.through, newest.latest_state) != (through, latest_state())


def _rebuild(basis: str, through: date, at: datetime) -> bool:
    days = month_ends(through, KEPT_MONTHS)
    with transaction.atomic():
        _wait_for_writers()
        latest = latest_state()
        states = ProjectState.objects.in_basis(basis).known_at(None).in_stages(COUNTED_STAGES)
        changes = list(moves(states, ["park", "stage"], until=through))
    _forget_old(basis)
    snapshot = TrendSnapshot.objects.create(
        basis=basis, since=days[0], through=through, latest_state=latest, built_at=at
    )
    rows = (
        MonthEndTotal(
            snapshot=snapshot,
            month_end=day,
            park_id=park_pk,
            slot=slot,
            projects=figure.projects,
            total_wan=figure.total_wan,
        )
        for day, park_pk, slot, figure in _standing(changes, days)
    )
    # In pieces, each a transaction of its own: SQLite has one writer at a time, and people are waiting.
    while piece := list(islice(rows, ROWS_AT_ONCE)):
        MonthEndTotal.objects.bulk_create(piece)
    snapshot.is_complete = True
    snapshot.save(update_fields=["is_complete"])
    return True


def _forget_old(basis: str) -> None:
    """All but the newest whole snapshot: somebody may be reading that one."""
    newest = TrendSnapshot.objects.newest(basis)
    old = TrendSnapshot.objects.filter(basis=basis).exclude(pk=newest.pk if newest else None)
    for snapshot in old:
        while keys := list(MonthEndTotal.objects.of(snapshot).values_list("pk", flat=True)[:ROWS_AT_ONCE]):
            MonthEndTotal.objects.filter(pk__in=keys).delete()
        snapshot.delete()


def _wait_for_writers() -> None:
    """Keys are handed out before the commit: without this, a row in flight could have a lower one than `latest`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(ProjectState._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")


def _standing(changes: list, days: list[date]) -> Iterator[tuple[date, int, str, Figure]]:
    """(day, park, slot, figure) wherever something stood, in a park with all below it."""
    by_place: dict[tuple[int, str], dict[str, Figure]] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    above = {park.pk: [int(pk) for pk in park.path.strip("/").split("/")] for park in Park.objects.all()}
    for month, (park_pk, stage), figure in changes:
        for place in above[park_pk]:
            by_place[place, SLOT_OF[stage]][max(month, f"{days[0]:%Y-%m}")] += figure
    for (park_pk, slot), by_month in by_place.items():
        figure = NOTHING
        for day in days:
            figure += by_month.get(f"{day:%Y-%m}", NOTHING)
            if figure:
                yield day, park_pk, slot, figure


@transaction.atomic
def export_ledger(*, query: str = "", at: datetime, by: Any) -> Job:
    """Ask for the project ledger as .xlsx; `query` holds the filters of the project list as in its address."""
    require(by, "reports.export")
    job = enqueue("reports.ledger", {"query": query}, at=at, by=by)
    record("reports.export", job, changes={"query": ["", query]} if query else {}, at=at, by=by)
    return job
