"""Rows laid out in columns by one of their fields: number and sum over all rows of a column, and its first rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, F, Sum, Window
from django.db.models.functions import Lower, RowNumber

from core.paging import Keyset, Page

SHOWN = 50
"""Rows of a column on the first page; the rest comes by cursor."""
MOST = 200
"""Rows of one column that are ever shown again at once, however many were on the page before."""
FEW = 20_000
"""Up to so many rows it is quicker to sort them all once than to walk each column until enough of them are met."""


@dataclass(slots=True)
class Column:
    """`count` and `total_wan` are over all rows, `rows` are the first of them, `next` is where to go on."""

    key: str
    count: int = 0
    total_wan: Decimal = Decimal(0)
    rows: list[Any] = field(default_factory=list)
    next: str | None = None

    @property
    def further(self) -> int:
        return max(self.count - len(self.rows), 0)


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows become columns.

    `by` is the field whose values are the columns: codes in lower case, for they are asked by LOWER(by). An index that
    begins with that expression serves only these questions; one that began with the plain field would be taken by
    SQLite, which keeps no statistics, for every list narrowed to a stage, and those lists would have to be sorted.
    `order` is the field that sorts a column, upward, empty values last. `show` adds what a row shows.
    """

    by: str
    amount: str
    order: str
    show: Callable[[models.QuerySet], models.QuerySet]

    def columns(
        self, rows: models.QuerySet, keys: Iterable[str], *, shown: Mapping[str, int], narrowed: bool = False
    ) -> list[Column]:
        """Every column of `keys` with its number and sum; the first rows of those named in `shown`, and of no others.

        Costs one query, one for each column shown, and one for all rows shown together. `narrowed` says that a filter
        other than the park is set: then the database is asked by the plain field, free to begin with the filter's own
        index, and where few rows are left one query finds the first of all columns.
        """
        columns = {key: Column(key) for key in keys}
        for key, count, total in self._sums(rows, list(columns), narrowed=narrowed):
            columns[key].count, columns[key].total_wan = count, total or Decimal(0)
        if narrowed and sum(column.count for column in columns.values()) <= FEW:
            first = self._first_of_all(rows, shown)
        else:
            first = {key: self._first(rows, key, size) for key, size in shown.items()}
        wanted = [pk for key, pks in first.items() for pk in pks[: shown[key]]]
        rows_shown = self.show(rows.model._default_manager.filter(pk__in=wanted)) if wanted else []
        found = {_key(row): row for row in rows_shown}
        for key, pks in first.items():
            column, size = columns[key], shown[key]
            column.rows = [found[pk] for pk in pks[:size] if pk in found]
            if len(pks) > size and column.rows:
                column.next = self._keyset(rows).cursor_after(column.rows[-1])
        return list(columns.values())

    def page(
        self,
        rows: models.QuerySet,
        key: str,
        cursor: str | None,
        *,
        size: int = SHOWN,
        strict: bool = False,
        narrowed: bool = False,
    ) -> Page:
        """Further rows of one column."""
        column = rows.filter(**{self.by: key}) if narrowed else self._of(rows, key)
        return self._keyset(column, size).page(cursor, strict=strict)

    def _keyset(self, rows: models.QuerySet, size: int = SHOWN) -> Keyset:
        return Keyset(rows, order=self.order, size=size, show=self.show)

    def _of(self, rows: models.QuerySet, key: str) -> models.QuerySet:
        return rows.annotate(column=Lower(self.by)).filter(column=key)

    def _sums(self, rows: models.QuerySet, keys: list[str], *, narrowed: bool) -> Any:
        named = rows.annotate(column=F(self.by) if narrowed else Lower(self.by))
        among = named.filter(column__in=keys).order_by().values("column")
        return among.annotate(number=Count("pk"), total=Sum(self.amount)).values_list("column", "number", "total")

    def _first(self, rows: models.QuerySet, key: str, size: int) -> list[int]:
        """One more than `size`, to tell whether there are more. A first page may sort empty values last at once."""
        ordered = self._of(rows, key).order_by(*self._order())
        return list(ordered.values_list("pk", flat=True)[: size + 1])

    def _first_of_all(self, rows: models.QuerySet, shown: Mapping[str, int]) -> dict[str, list[int]]:
        place = Window(RowNumber(), partition_by=F(self.by), order_by=self._order())
        numbered = rows.filter(**{f"{self.by}__in": list(shown)}).annotate(place=place)
        most = max(shown.values(), default=0)
        found: dict[str, list[int]] = {key: [] for key in shown}
        first = numbered.filter(place__lte=most + 1).order_by("place").values_list(self.by, "pk")
        for key, pk in first:
            if len(found[key]) <= shown[key]:
                found[key].append(pk)
        return found

    def _order(self) -> list[Any]:
        return [F(self.order).asc(nulls_last=True), F("pk").asc()]


def _key(row: Any) -> int:
    """Of a model instance, or of the row of `values()` that an API shows."""
    return row["id"] if isinstance(row, dict) else row.pk
