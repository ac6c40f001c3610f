"""Telling people things in the bell of the top bar, each thing once: the only place that writes notices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

from core.models import Notice
from core.privacy import veiled

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is to be told. `key` says what it is about; no key is told to the same person twice."""

    recipient_id: int
    kind: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""


_kinds: dict[str, Any] = {}


def notice_kind(name: str, sentence: Any) -> None:
    """Register a kind with its sentence (lazy gettext), whose %(names)s are filled from the notice's params."""
    _kinds[name] = sentence


def tell(
    recipient: models.Model,
    *,
    kind: str,
    key: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
    at: datetime,
) -> None:
    """Tell one person one thing, in the caller's transaction; where they were told it before, nothing happens."""
    tell_all([Told(recipient.pk, kind, key, params or {}, url)], at=at)


def tell_all(told: Iterable[Told], *, at: datetime) -> None:
    """As `tell`, for many. Safe to repeat, and safe with several workers: the database keeps each key once."""
    rows = [_row(each, at) for each in told]
    for start in range(0, len(rows), AT_ONCE):
        Notice.objects.bulk_create(rows[start : start + AT_ONCE], ignore_conflicts=True)


def _row(told: Told, at: datetime) -> Notice:
    params = {name: value.isoformat() if isinstance(value, date) else value for name, value in told.params.items()}
    sentence(told.kind, params)  # a kind nobody registered, or a gap in its sentence, is found here and not by a reader
    return Notice(recipient_id=told.recipient_id, kind=told.kind, key=told.key, params=params, url=told.url, made_at=at)


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """What the notice says, in the language of whoever reads it now; numbers of people are shown in part."""
    if kind not in _kinds:
        raise LookupError(f"No notice is called {kind!r}")
    return veiled(str(_kinds[kind]) % params)


def shown(notice: Notice) -> str:
    """As `sentence`; a kind that an older version of the program knew shows its key."""
    return sentence(notice.kind, notice.params) if notice.kind in _kinds else notice.key


def with_unread(people: models.QuerySet) -> models.QuerySet:
    """The users `people` with `unread_notices`, so that the bell costs a page no query of its own."""
    unread = Notice.objects.filter(recipient=models.OuterRef("pk")).unread().order_by().values("recipient")
    counted = models.Subquery(unread.annotate(number=models.Count("pk")).values("number"))
    return people.annotate(unread_notices=Coalesce(counted, 0))


def unread_count(user: Any) -> int:
    return Notice.objects.visible_to(user).unread().count()


def mark_read(notice: Notice, *, at: datetime, by: Any) -> Notice:
    """A reader's own mark and no fact: it leaves no line in the trace."""
    mine = Notice.objects.visible_to(by).filter(pk=notice.pk)
    mine.unread().update(read_at=at)
    return mine.get()


def mark_all_read(*, at: datetime, by: Any) -> int:
    """How many were unread until now."""
    return Notice.objects.visible_to(by).unread().update(read_at=at)
