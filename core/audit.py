"""Who did what to which record and when: how an action leaves its trace, in the same transaction as the deed."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models

from core.batches import open_batch
from core.models import AuditEntry
from core.privacy import veiled

Changes = dict[str, list[Any]]


def record(
    verb: str,
    subject: models.Model,
    *,
    park: Any = None,
    changes: Mapping[str, Any] | None = None,
    at: datetime,
    by: Any,
) -> AuditEntry:
    """Write down one deed. `park` is a park or its id, and decides who may read the entry; `by` None is the system.

    For the deed to be undone, `changes` must say what was there before.
    """
    batch = open_batch()
    entry = AuditEntry.objects.create(
        at=at,
        by=by if by is not None and by.pk else None,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=veiled(str(subject))[:200],
        scope_id=getattr(park, "pk", park),
        changes={name: _plain(value) for name, value in (changes or {}).items()},
        batch=batch.id if batch else None,
    )
    if batch:
        batch.entries.append(entry)
    return entry


def record_undone(entry: AuditEntry, suffix: str, *, at: datetime, by: Any) -> AuditEntry:
    """Write down that the deed of `entry` was taken back; its record may be gone by now."""
    batch = open_batch()
    return AuditEntry.objects.create(
        at=at,
        by=by,
        verb=f"{entry.verb}{suffix}",
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        subject_label=entry.subject_label,
        scope_id=entry.scope_id,
        changes={name: pair[::-1] if isinstance(pair, list) else pair for name, pair in entry.changes.items()},
        batch=batch.id if batch else None,
        undoes=entry,
    )


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What changed, as {field: [old, new]} ready for JSON; equal values are dropped, a missing one counts as None."""
    names = dict.fromkeys([*before, *after])
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: [_plain(old), _plain(new)] for name, (old, new) in pairs.items() if old != new}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value if not isinstance(value, models.Choices) else value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, models.Model):
        return {"id": value.pk, "label": veiled(str(value))}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value)
