"""Every question asked about kept month-end totals."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Sum

from parks.querysets import ParkScopedQuerySet


class TrendSnapshotQuerySet(models.QuerySet):
    def newest(self, basis: str) -> Any:
        """The newest whole one, or None."""
        return self.filter(basis=basis, is_complete=True).order_by("-pk").first()


class MonthEndTotalQuerySet(ParkScopedQuerySet):
    def of(self, snapshot: Any) -> Self:
        return self.filter(snapshot=snapshot)

    def at(self, month_ends: Iterable[date]) -> Self:
        return self.filter(month_end__in=month_ends)

    def total_by_day_and_slot(self) -> Any:
        """Rows (month_end, slot, projects, total_wan)."""
        return (
            self.values_list("month_end", "slot")
            .annotate(number=Sum("projects"), wan=Sum("total_wan"))
            .order_by()
            .values_list("month_end", "slot", "number", "wan")
        )
