"""Filters for lists of parks, and the filter by park that every other list has."""

from typing import Any

import django_filters
from django.db import models
from drf_spectacular.utils import extend_schema_field

from core.api_filters import NamedFilters, RowFilter
from core.filters import StrictFilterForm
from parks.industries import codes_under, validate_industry
from parks.models import Park, ParkKind
from parks.querysets import colleagues


@extend_schema_field({"type": "string", "description": "Code of a park; rows below it are included."})
class ParkFilter(django_filters.ModelChoiceFilter):
    """Rows of a park and of all below it. Another park than the viewer's is refused as unknown."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("method", _in_park)
        super().__init__(
            queryset=lambda request: Park.objects.visible_to(request.user), to_field_name="code", **options
        )


def _in_park(rows: models.QuerySet, _name: str, park: Park) -> models.QuerySet:
    return rows.in_park(park)


class PersonFilter(RowFilter):
    def choices_for(self, user: Any) -> models.QuerySet:
        return colleagues(user)


class ParkFilters(NamedFilters):
    under = ParkFilter(label="Code of a park; parks below it are included.", method="under_park")
    kind = django_filters.ChoiceFilter(choices=ParkKind)

    class Meta:
        model = Park
        fields = ("kind",)
        form = StrictFilterForm

    def under_park(self, rows: models.QuerySet, _name: str, park: Park) -> models.QuerySet:
        return rows.under(park)


def _in_industry(rows: models.QuerySet, _name: str, code: str) -> models.QuerySet:
    return rows.filter(industry__in=codes_under(code))


class IndustryFilter(django_filters.CharFilter):
    """A division of the national classification, or a section with all of its divisions."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            method=_in_industry, validators=[validate_industry], label="Section (C) or division (C39).", **options
        )
