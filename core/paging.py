"""Turning pages by the last row seen, so that the last page costs what the first costs, and counts that stop early."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.constants import LOOKUP_SEP

COUNT_CAP = 10**4
_LONGEST_CURSOR = 1000
_LARGEST_KEY = 2**63 - 1


class BadCursor(ValueError):  # noqa: N818 - a fact about what was sent
    """The cursor was not made by this list."""


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Any]
    next: str | None
    previous: str | None

    @property
    def is_whole(self) -> bool:
        """Whether these are all rows there are; then nobody needs to ask the database how many."""
        return self.next is None and self.previous is None

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class _Place:
    """Just after (or, going back, just before) the row with this value and key."""

    back: bool
    value: Any
    pk: int


class Keyset:
    """Pages of `queryset` by one column and, among equals, by primary key in the same direction.

    Empty values come last in both directions. For speed the table needs a plain index on (column, id), and one that
    begins with the park where rows are limited to parks.

    `show` adds what a row shows (joins, annotations, columns). It is asked for the rows of the page alone: written into
    `queryset` it would be worked out for every row that is sorted.
    """

    def __init__(
        self,
        queryset: models.QuerySet,
        *,
        order: str,
        size: int = 50,
        show: Callable[[models.QuerySet], models.QuerySet] | None = None,
    ) -> None:
        self.queryset = queryset
        self.show = show
        self.order = order
        self.size = size
        self.descending = order.startswith("-")
        self.name = "pk" if order.lstrip("-") == queryset.model._meta.pk.name else order.lstrip("-")
        self.field = _field_of(queryset, self.name)
        self.may_be_empty = self.name != "pk" and _may_be_empty(queryset, self.name)

    def page(self, cursor: str | None = None, *, strict: bool = False) -> Page:
        """One page, in one query (two where the empty values begin).

        A cursor that is not ours gives the first page, or BadCursor when `strict`.
        """
        try:
            place = self._read(cursor) if cursor else None
        except BadCursor:
            if strict:
                raise
            place = None
        rows = self._rows(place)
        if place and place.back:
            return self._page_before(rows)
        if place and not rows:
            return self.page(None)
        return self._as_page(rows[: self.size], has_next=len(rows) > self.size, has_previous=place is not None)

    def _page_before(self, rows: list[Any]) -> Page:
        if len(rows) < self.size:
            return self.page(None)
        return self._as_page(rows[: self.size][::-1], has_next=True, has_previous=len(rows) > self.size)

    def _rows(self, place: _Place | None) -> list[Any]:
        back = place is not None and place.back
        sign = "-" if self.descending != back else ""
        ordering = [sign + name for name in dict.fromkeys([self.name, "pk"])]
        rows: list[Any] = []
        for part in self._parts(place):
            if len(rows) <= self.size:
                found = self.queryset.filter(part).order_by(*ordering)
                rows += self._shown(found, ordering, self.size + 1 - len(rows))
        return rows

    def _shown(self, found: models.QuerySet, ordering: list[str], most: int) -> models.QuerySet:
        if self.show is None:
            return found[:most]
        page = self.queryset.model._default_manager.filter(pk__in=found.values("pk")[:most])
        return self.show(page).order_by(*ordering)

    def _parts(self, place: _Place | None) -> list[Q]:
        """Where the rows lie, nearest first: those with a value and the empty ones, each a plain range of the index.

        Asked in one query with OR or NULLS LAST, the databases would walk the index from its start.
        """
        if not self.may_be_empty:
            return [self._beyond(place) if place else Q()]
        filled, empty = Q(**{f"{self.name}__isnull": False}), Q(**{f"{self.name}__isnull": True})
        if place is None:
            return [filled, empty]
        if place.value is None:
            among_empty = empty & self._beyond_key(place)
            return [among_empty, filled] if place.back else [among_empty]
        return [self._beyond(place)] if place.back else [self._beyond(place), empty]

    def _beyond(self, place: _Place) -> Q:
        if self.name == "pk":
            return self._beyond_key(place)
        further = self._further(place)
        # The first condition is implied by the second; it is the one an index can follow.
        return Q(**{f"{self.name}__{further}e": place.value}) & (
            Q(**{f"{self.name}__{further}": place.value}) | self._beyond_key(place)
        )

    def _beyond_key(self, place: _Place) -> Q:
        return Q(**{f"pk__{self._further(place)}": place.pk})

    def _further(self, place: _Place) -> str:
        return "lt" if self.descending != place.back else "gt"

    def _as_page(self, items: list[Any], *, has_next: bool, has_previous: bool) -> Page:
        return Page(
            items,
            next=self._cursor(items[-1], back=False) if items and has_next else None,
            previous=self._cursor(items[0], back=True) if items and has_previous else None,
        )

    def cursor_after(self, item: Any) -> str:
        """Where the page begins that follows `item`, for whoever found the rows up to it in another way."""
        return self._cursor(item, back=False)

    def _cursor(self, item: Any, *, back: bool) -> str:
        value = None if self.name == "pk" else _as_text(_value_of(item, self.name))
        key = _value_of(item, "pk")
        content = json.dumps([self.order, int(back), value, key], separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    def _read(self, cursor: str) -> _Place:
        if len(cursor) > _LONGEST_CURSOR:
            raise BadCursor("too long")
        try:
            content = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
            order, back, value, key = content
        except (binascii.Error, ValueError, TypeError, RecursionError):
            raise BadCursor("unreadable") from None
        if order != self.order or back not in (0, 1) or type(key) is not int or not 0 <= key <= _LARGEST_KEY:
            raise BadCursor("made by another list")
        return _Place(bool(back), self._value(value), key)

    def _value(self, text: Any) -> Any:
        if self.name == "pk":
            return None
        if text is None:
            if not self.may_be_empty:
                raise BadCursor("empty value")
            return None
        try:
            value = self.field.to_python(_as_typed(self.field, text))
        except (ValidationError, InvalidOperation, ValueError, TypeError, OverflowError):
            raise BadCursor("wrong kind of value") from None
        if not _can_be_asked(value):
            raise BadCursor("value out of range")
        return value


def capped_count(queryset: models.QuerySet, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows, counting no further than `cap`, and whether there are more."""
    found = queryset.order_by().values("pk")[: cap + 1].count()
    return min(found, cap), found > cap


def _field_of(queryset: models.QuerySet, name: str) -> models.Field:
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    return _path(queryset, name)[-1]


def _may_be_empty(queryset: models.QuerySet, name: str) -> bool:
    """An annotation may always be empty: a subquery that finds nothing is."""
    return name in queryset.query.annotations or any(field.null for field in _path(queryset, name))


def _path(queryset: models.QuerySet, name: str) -> list[models.Field]:
    meta, path = queryset.model._meta, []
    for part in name.split(LOOKUP_SEP):
        field = meta.pk if part == "pk" else meta.get_field(part)
        path.append(field)
        meta = field.related_model._meta if field.is_relation else meta
    return path


def _value_of(item: Any, name: str) -> Any:
    if isinstance(item, dict):
        return item[name] if name in item else item["id"]
    for part in name.split(LOOKUP_SEP):
        item = getattr(item, part, None)
    return item


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.pk if isinstance(value, models.Model) else value


def _as_typed(field: models.Field, text: Any) -> Any:
    if isinstance(field, models.DateTimeField):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment
    if isinstance(field, models.CharField | models.TextField | models.DecimalField) and not isinstance(text, str):
        raise ValueError("not a text")
    return text


def _can_be_asked(value: Any) -> bool:
    """Whether both databases can take the value at all; a cursor may be forged."""
    if isinstance(value, str):
        return "\x00" not in value and not re.search("[\ud800-\udfff]", value)
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) < 30
    if isinstance(value, date):
        return 1 < value.year < 9999
    return not isinstance(value, int) or abs(value) <= _LARGEST_KEY
