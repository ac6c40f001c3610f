"""Every question asked about kept month-end totals."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db.models import Sum

from parks.querysets import ParkScopedQuerySet


class MonthEndTotalQuerySet(ParkScopedQuerySet):
    def in_basis(self, basis: str) -> Self:
        return self.filter(basis=basis)

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
