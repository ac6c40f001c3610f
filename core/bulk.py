"""One deed on many rows: foreseen first, then done row by row through the verb of the single row, as one batch.

A list names its rows and its deeds; everything else is here: the forecast, the run at once or as a background job, what
is kept of it, and the way back. A row whose gate is closed stays as it is and is told with its reason.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.batches import batch
from core.errors import RuleViolation
from core.jobs import JobRun, enqueue, job_kind
from core.models import AuditEntry, BulkRun, Job
from core.paging import COUNT_CAP
from core.undo import undo_in_parts, undoes

MOST_ROWS = COUNT_CAP
AT_ONCE_ROWS = 500
"""More rows than this are changed by a background job."""
ROWS_A_CHUNK = 100
ROWS_NAMED = 20
"""So many of the rows that share a reason are named."""
KEPT_FOR = timedelta(days=7)

Act = Callable[..., bool]
Look = Callable[[Any], bool]
_UNSEEN = gettext_lazy("It is no longer among the rows you may see.")


@dataclass(frozen=True, slots=True)
class BulkDeed:
    """`foresee(row, **given, at, by)`: whether the row would change; refuses as the verb would. `do` calls the verb.

    `given` are the arguments as plain JSON; `read` makes of them what both take.
    """

    name: str
    title: Any
    foresee: Act
    do: Callable[..., Any]
    read: Callable[[dict[str, Any]], dict[str, Any]] = dict


@dataclass(frozen=True, slots=True)
class BulkList:
    """`rows(user)` are those in the viewer's scope with all that the deeds look at."""

    name: str
    rows: Callable[[Any], models.QuerySet]
    deeds: dict[str, BulkDeed]
    page: str
    list_page: str
    """The names of the addresses of one row and of the list."""


@dataclass(slots=True)
class Reason:
    """`told` is the sentence in each language, because what is kept of a run has readers of each."""

    sentence: str
    count: int = 0
    rows: list[tuple[int, str]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """How many rows change, stay because nothing differs, and are refused, by reason."""

    changed: int = 0
    unchanged: int = 0
    reasons: dict[str, Reason] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        return sum(reason.count for reason in self.reasons.values())

    @property
    def total(self) -> int:
        return self.changed + self.unchanged + self.refused

    def by_reason(self) -> list[Reason]:
        return sorted(self.reasons.values(), key=lambda reason: -reason.count)

    def refuse(self, look: Callable[[], Any], sentence: str, key: int, label: str) -> None:
        """`look` refuses with the sentence once more, in whatever language it is asked; only a new one is asked for."""
        if sentence not in self.reasons:
            self.reasons[sentence] = Reason(sentence, told=_in_each_language(look, sentence))
        reason = self.reasons[sentence]
        reason.count += 1
        if len(reason.rows) < ROWS_NAMED:
            reason.rows.append((key, label))


def _in_each_language(look: Callable[[], Any], sentence: str) -> dict[str, str]:
    told = {_language(): sentence}
    for code, _name in settings.LANGUAGES:
        if code in told:
            continue
        with override(code):
            try:
                look()
            except (RuleViolation, PermissionDenied) as refusal:
                told[code] = str(refusal)
    return told


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def reasons_of(run: BulkRun) -> list[Reason]:
    """Why rows of a run stayed as they are, most rows first, in the reader's language as far as it is known."""
    language = _language()
    reasons = [
        Reason(kept.get("told", {}).get(language, sentence), kept["count"], [(key, name) for key, name in kept["rows"]])
        for sentence, kept in run.refused.items()
    ]
    return sorted(reasons, key=lambda reason: -reason.count)


_lists: dict[str, BulkList] = {}


def bulk_list(
    name: str, *, rows: Callable[[Any], models.QuerySet], deeds: Iterable[BulkDeed], page: str, list_page: str
) -> BulkList:
    """Register a list whose rows may be changed many at a time."""
    _lists[name] = BulkList(name, rows, {deed.name: deed for deed in deeds}, page, list_page)
    return _lists[name]


def list_called(name: str) -> BulkList:
    return _lists[name]


def refuse_number(count: int) -> None:
    """`count` may be that of `capped_count`, one more than the cap where there are more."""
    if count == 0:
        raise RuleViolation(_("Nothing is chosen. Tick at least one row, or widen the filter."))
    if count > MOST_ROWS:
        raise RuleViolation(
            _("At most %(most)s rows can be changed at once. Narrow the filter.") % {"most": f"{MOST_ROWS:,}"}
        )


def foresee(
    of: BulkList, deed: BulkDeed, keys: Sequence[int], given: dict[str, Any], *, at: datetime, by: Any
) -> Outcome:
    """What would happen; nothing is written. The run decides each row afresh, because time passes between the two."""
    outcome, arguments = Outcome(), deed.read(given)

    def look(row: Any) -> bool:
        return deed.foresee(row, **arguments, at=at, by=by)

    for chunk in _chunks(keys, AT_ONCE_ROWS):
        _each(of, chunk, look, look, outcome, by=by)
    return outcome


def _each(of: BulkList, keys: Sequence[int], look: Look, act: Look, outcome: Outcome, *, by: Any) -> None:
    """`act` on each row; `look` is what it asks first and writes nothing."""
    found = {row.pk: row for row in of.rows(by).filter(pk__in=keys)}
    for key in keys:
        row = found.get(key)
        if row is None:
            outcome.refuse(_refuse_unseen, str(_UNSEEN), key, str(key))
            continue
        try:
            if act(row):
                outcome.changed += 1
            else:
                outcome.unchanged += 1
        except (RuleViolation, PermissionDenied) as refusal:
            outcome.refuse(partial(look, row), str(refusal), key, str(row))


def _refuse_unseen() -> None:
    raise RuleViolation(_UNSEEN)


@transaction.atomic
def run_bulk(
    of: BulkList, deed: BulkDeed, keys: Sequence[int], given: dict[str, Any], *, query: str = "", at: datetime, by: Any
) -> BulkRun:
    """Do it: at once, or for many rows by a job. Each row asks for its own right, in the verb that changes it."""
    refuse_number(len(keys))
    with batch() as done:
        run = BulkRun.objects.create(
            list_name=of.name, deed=deed.name, given=given, query=query, batch=done.id, total=len(keys), at=at, by=by
        )
        record("core.bulk", run, changes=diff({}, {"deed": deed.name, "rows": len(keys)}), at=at, by=by)
        if len(keys) > AT_ONCE_ROWS:
            run.job = enqueue("core.bulk", {"run": run.pk, "keys": list(keys)}, at=at, by=by)
            run.save(update_fields=["job"])
            return run
        outcome = _done(of, deed, keys, given, at=at, by=by)
        _keep(run, outcome, finished_at=at)
    return run


def _done(
    of: BulkList, deed: BulkDeed, keys: Sequence[int], given: dict[str, Any], *, at: datetime, by: Any
) -> Outcome:
    outcome, arguments = Outcome(), deed.read(given)

    def look(row: Any) -> bool:
        return deed.foresee(row, **arguments, at=at, by=by)

    def act(row: Any) -> bool:
        if not look(row):
            return False
        deed.do(row, **arguments, at=at, by=by)
        return True

    for chunk in _chunks(keys, ROWS_A_CHUNK):
        _each(of, chunk, look, act, outcome, by=by)
    return outcome


def _keep(run: BulkRun, outcome: Outcome, *, finished_at: datetime | None) -> None:
    """Add what came of some rows to what is kept of the run."""
    run.changed += outcome.changed
    run.unchanged += outcome.unchanged
    for sentence, reason in outcome.reasons.items():
        kept = run.refused.setdefault(sentence, {"count": 0, "rows": [], "told": reason.told})
        kept["count"] += reason.count
        kept["rows"] = [*kept["rows"], *map(list, reason.rows)][:ROWS_NAMED]
    run.finished_at = finished_at
    run.save(update_fields=["changed", "unchanged", "refused", "finished_at"])


@job_kind("core.bulk", title=gettext_lazy("Change many rows"))
def work_off(job: JobRun) -> dict[str, Any]:
    """Chunk by chunk; rows and progress stand or fall together, so a lost worker loses and doubles nothing."""
    run, keys = BulkRun.objects.get(pk=job.params["run"]), job.params["keys"]  # scoped: its maker's job
    of = _lists[run.list_name]
    with batch(run.batch):
        for chunk in _chunks(keys[job.checkpoint.get("done", 0) :], ROWS_A_CHUNK):
            with transaction.atomic():
                outcome = _done(of, of.deeds[run.deed], chunk, run.given, at=job.clock(), by=job.by)
                job.checkpoint["done"] = job.checkpoint.get("done", 0) + len(chunk)
                job.done, job.total = job.checkpoint["done"], len(keys)
                is_last = job.done == len(keys)
                _keep(run, outcome, finished_at=job.clock() if is_last else None)
                job.keep()
    return {"summary": summary(run)}


def _chunks(keys: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def summary(run: BulkRun) -> str:
    """What came of it, in a sentence."""
    return _("%(changed)s changed, %(unchanged)s stay as they were, %(refused)s do not meet a condition") % {
        "changed": f"{run.changed:,}",
        "unchanged": f"{run.unchanged:,}",
        "refused": f"{run.refused_count:,}",
    }


def _rows_taken_back(number: int) -> str:
    return ngettext("%(number)s row taken back", "%(number)s rows taken back", number) % {"number": f"{number:,}"}


@undoes("core.bulk", says=gettext_lazy("Bulk change taken back"), counted=_rows_taken_back, within=KEPT_FOR)
def _undo_run(entry: AuditEntry, *, at: datetime, by: Any) -> None:
    """The rows are taken back by their own verbs; what is kept of the run stays, marked by the trail."""


def undo_later(batch_id: UUID, *, leave_touched: bool, at: datetime, by: Any) -> Job | None:
    """A job that takes a large run back; None where the batch is none, and may be taken back at once."""
    run = BulkRun.objects.visible_to(by).filter(batch=batch_id, changed__gt=AT_ONCE_ROWS).first()
    if run is None:
        return None
    if run.finished_at is None and not run.job.is_over:
        raise RuleViolation(_("The run is still under way. Cancel it or wait for its end, then take it back."))
    if is_taken_back(run):
        raise RuleViolation(_("This has been taken back already."))
    return enqueue("core.undo_bulk", {"batch": str(batch_id), "leave_touched": leave_touched}, at=at, by=by)


@job_kind("core.undo_bulk", title=gettext_lazy("Take back a bulk change"))
def take_back(job: JobRun) -> dict[str, Any]:
    """Part by part; a lost worker's successor goes on with what is left."""
    done = undo_in_parts(
        UUID(job.params["batch"]),
        leave_touched=job.params["leave_touched"],
        clock=job.clock,
        by=job.by,
        part=job.progress,
    )
    return {"summary": " ".join([done.said, *done.kept[:ROWS_NAMED]])}


def is_taken_back(run: BulkRun) -> bool:
    return AuditEntry.objects.filter(undoes__batch=run.batch).exists()
