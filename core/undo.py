"""Taking back what was just done: who may, for how long, and what each verb does to be undone.

A verb registers its way back with `@undoes` beside itself. What is taken back is a whole batch, the newest deed first,
in one transaction, by the person who did it, as long as nobody has touched the records since. The trail keeps both: the
deed, and the entry `<verb>.undone` that names it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.audit import record_undone
from core.batches import Batch, batch
from core.errors import RuleViolation
from core.models import AuditEntry
from core.search import forget

SHOWN_SECONDS = 10
GRACE_SECONDS = 30
"""For a toast that waits under the pointer, and for a slow line."""
AT_ONCE = timedelta(seconds=SHOWN_SECONDS + GRACE_SECONDS)
UNDONE = ".undone"
AT_A_TIME = 500
PART = 100
"""So many deeds are taken back in one transaction where there are thousands."""

Way = Callable[..., None]


class TouchedSince(RuleViolation):
    """Somebody has worked with the record since; taking the deed back would take their work along."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """`says` is what a person reads when it is done. `offered` decides by the entry whether a button is shown at all.

    `within` is how long it is possible. `companion`: done along with another deed, it may stay where others use it.
    `counted` says it instead of `says` where the deed is one on many rows: how many of them were taken back.
    `back` names the list to show when the page of a removed record is gone.
    """

    undo: Way
    says: Any
    counted: Callable[[int], str] | None
    within: timedelta
    companion: bool
    back: str
    offered: Callable[[AuditEntry], bool]


@dataclass(slots=True)
class TakenBack:
    """What a person is told: `said` of the deed itself, `kept` of what stays. `entries` begin with the latest."""

    batch: UUID
    entries: list[AuditEntry] = field(default_factory=list)
    said: str = ""
    kept: list[str] = field(default_factory=list)
    back: str = ""


_ways: dict[str, WayBack] = {}


def undoes(
    verb: str,
    *,
    says: Any,
    counted: Callable[[int], str] | None = None,
    within: timedelta = AT_ONCE,
    companion: bool = False,
    back: str = "",
    offered: Callable[[AuditEntry], bool] = lambda entry: True,
) -> Callable[[Way], Way]:
    """Register `f(entry, *, at, by)`: it takes back the deed of `entry`, or refuses with a sentence. See `WayBack`."""

    def register(undo: Way) -> Way:
        _ways[verb] = WayBack(undo, says, counted, within, companion, back, offered)
        return undo

    return register


def can_be_undone(done: Batch | None) -> bool:
    """Whether every deed of the batch has a way back, so that a button may be offered."""
    return bool(done and done.entries) and all(_is_offered(entry) for entry in done.entries)


def _is_offered(entry: AuditEntry) -> bool:
    way = _ways.get(entry.verb)
    return way is not None and way.offered(entry)


def entries_of(batch_id: UUID, by: Any) -> models.QuerySet:
    """What this person did in this batch; nobody else's."""
    return AuditEntry.objects.in_batch(batch_id).filter(by=by, undoes=None)


@transaction.atomic
def undo_batch(batch_id: UUID, *, leave_touched: bool = False, at: datetime, by: Any) -> TakenBack:
    """Take back all deeds of a batch, the newest first, all or none.

    `leave_touched` takes back what can be and leaves records that somebody has worked with since; for large batches.
    """
    entries = list(entries_of(batch_id, by).select_for_update(of=("self",)).order_by("-pk"))
    if not entries:
        raise PermissionDenied(_("Only the person who did this can take it back."))
    _refuse_second_time(batch_id)
    ways = _ways_of(entries)
    _refuse_too_late(_head(entries, ways), ways, at)
    touched = _touched(entries)
    head = _head(entries, ways)
    told = TakenBack(batch_id, back=ways[head.verb].back)
    with batch():
        for entry in entries:
            reason = _attempt(entry, ways[entry.verb], touched=entry.pk in touched, at=at, by=by)
            if reason is None:
                told.entries.append(entry)
            elif leave_touched or (ways[entry.verb].companion and entry is not head):
                told.kept.append(reason)
            else:
                raise TouchedSince(reason)
    told.said = _said(head, ways[head.verb])
    return told


def undo_in_parts(
    batch_id: UUID, *, leave_touched: bool, clock: Callable[[], datetime], by: Any, part: Callable[[int, int], None]
) -> TakenBack:
    """The same for thousands of deeds: a transaction for each part, so that nobody else waits, and `part` is told.

    Everything is looked at before the first part. Called again it goes on with what has not been taken back yet.
    """
    entries = list(entries_of(batch_id, by).filter(undone_by=None).order_by("-pk"))
    if not entries:
        raise RuleViolation(_("This has been taken back already."))
    ways = _ways_of(entries)
    head = _head(entries, ways)
    _refuse_too_late(head, ways, clock())
    touched = _touched(entries)
    if touched and not leave_touched:
        raise TouchedSince(*[touched_sentence(each) for each in entries if each.pk in touched][:AT_A_TIME])
    told = TakenBack(batch_id, back=ways[head.verb].back)
    for start in range(0, len(entries), PART):
        with batch(), transaction.atomic():
            for entry in entries[start : start + PART]:
                reason = _attempt(entry, ways[entry.verb], touched=entry.pk in touched, at=clock(), by=by)
                if reason is None:
                    told.entries.append(entry)
                else:
                    told.kept.append(reason)
            part(start + len(entries[start : start + PART]), len(entries))
    told.said = _said(head, ways[head.verb])
    return told


def _head(entries: list[AuditEntry], ways: dict[str, WayBack]) -> AuditEntry:
    """The deed itself among what was done along with it: what may be taken back for longest, else the latest."""
    return max(entries, key=lambda entry: (ways[entry.verb].within, entry.pk))


def _said(head: AuditEntry, way: WayBack) -> str:
    """What was taken back: the record's name, or of a deed on many rows how many, whatever was chosen at first."""
    if way.counted is None:
        return _("%(what)s: %(record)s") % {"what": way.says, "record": head.subject_label}
    rows = AuditEntry.objects.filter(undoes__batch=head.batch).exclude(subject_type=head.subject_type)
    return way.counted(rows.order_by().values("subject_type", "subject_id").distinct().count())


def _attempt(entry: AuditEntry, way: WayBack, *, touched: bool, at: datetime, by: Any) -> str | None:
    """None when it is taken back, otherwise why the record stays as it is."""
    if touched:
        return touched_sentence(entry)
    try:
        # A point to return to, because the way back may find only half-way that something is in use.
        with transaction.atomic():
            way.undo(entry, at=at, by=by)
    except TouchedSince as since:
        return str(since)
    record_undone(entry, UNDONE, at=at, by=by)
    return None


def _refuse_second_time(batch_id: UUID) -> None:
    if AuditEntry.objects.filter(undoes__batch=batch_id).exists():
        raise RuleViolation(_("This has been taken back already."))


def _ways_of(entries: Iterable[AuditEntry]) -> dict[str, WayBack]:
    lacking = next((entry for entry in entries if not _is_offered(entry)), None)
    if lacking is not None:
        raise RuleViolation(
            _("What was done to %(record)s cannot be taken back. Open the record and correct it there.")
            % {"record": lacking.subject_label}
        )
    return {entry.verb: _ways[entry.verb] for entry in entries}


def _refuse_too_late(head: AuditEntry, ways: dict[str, WayBack], at: datetime) -> None:
    within = ways[head.verb].within
    if at - head.at <= within:
        return
    if within < timedelta(days=1):
        raise RuleViolation(_("The time for taking this back is over. Open the record and correct it there."))
    raise RuleViolation(
        ngettext(
            "The %(days)s day for taking this back is over. Correct the records one by one.",
            "The %(days)s days for taking this back are over. Correct the records one by one.",
            within.days,
        )
        % {"days": within.days}
    )


def _touched(entries: list[AuditEntry]) -> set[int]:
    """Keys of the entries whose record somebody has worked with since, in one query for many records of a kind.

    What was taken back in the meantime does not count, nor does the taking back.
    """
    latest: dict[tuple[str, int], int] = {}
    for entry in entries:
        subject = (entry.subject_type, entry.subject_id)
        latest[subject] = max(latest.get(subject, 0), entry.pk)
    subjects: dict[str, list[int]] = defaultdict(list)
    for kind, key in latest:
        subjects[kind].append(key)
    touched = set()
    for kind, keys in subjects.items():
        for start in range(0, len(keys), AT_A_TIME):
            later = AuditEntry.objects.filter(
                subject_type=kind, subject_id__in=keys[start : start + AT_A_TIME], undoes=None, undone_by=None
            ).filter(pk__gt=min(latest.values()))
            touched |= {
                (kind, subject_id)
                for subject_id, pk in later.values_list("subject_id", "pk")
                if pk > latest[kind, subject_id]
            }
    return {entry.pk for entry in entries if (entry.subject_type, entry.subject_id) in touched}


def touched_sentence(entry: AuditEntry) -> str:
    return _("%(record)s has been worked with since, so it stays as it is. Open it and correct it there.") % {
        "record": entry.subject_label
    }


def refuse_touched(entry: AuditEntry) -> NoReturn:
    """For a way back that finds the record other than the deed left it."""
    raise TouchedSince(touched_sentence(entry))


def of_record(entry: AuditEntry, rows: models.QuerySet) -> Any:
    """The row the entry is about, out of `rows`; refuses where it is gone."""
    found = rows.filter(pk=entry.subject_id).first()
    if found is None:
        refuse_touched(entry)
    return found


def remove_unless_used(instance: models.Model, entry: AuditEntry) -> None:
    """Delete what the deed of `entry` made, unless anything but its own parts refers to it by now.

    A part goes with its whole (CASCADE) and was made in the same moment, or says no moment at all.
    """
    for relation in _pointing_at(instance):
        rows = relation.related_model._base_manager.filter(**{relation.field.name: instance})
        if getattr(relation, "on_delete", None) is models.CASCADE:
            moment = _moment_of(relation.related_model)
            rows = rows.exclude(**{moment: entry.at}) if moment else rows.none()
        if rows.exists():
            refuse_touched(entry)
    forget(instance)
    with suppress(instance.DoesNotExist):
        instance.delete()


def _pointing_at(instance: models.Model) -> list[Any]:
    """Relations of other models to this one, also those without a name on this side."""
    fields = instance._meta.get_fields(include_hidden=True)
    return [each for each in fields if each.auto_created and not each.concrete and each.is_relation]


def _moment_of(model: type[models.Model]) -> str:
    """The column that says when a row was recorded."""
    named = {each.name for each in model._meta.get_fields()}
    return next((name for name in ("recorded_at", "made_at", "introduced_at", "at") if name in named), "")
