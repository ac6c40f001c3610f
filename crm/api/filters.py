"""What the lists of companies, contacts, leads and interactions may be narrowed by."""

from typing import Any

import django_filters
from django.db import models
from django.utils import timezone

from core.api_filters import CodedChoiceFilter, DayFilter, NamedFilters, RowFilter, TruthFilter, WanFilter
from core.filters import StrictFilterForm
from crm.clocks import Clock, ClockDue
from crm.lifecycle import CODES
from crm.models import Company, CompanyPark, Contact, Interaction, InteractionKind, Lead, LeadSource, Ownership
from parks.api.filters import IndustryFilter, ParkFilter, PersonFilter
from parks.models import Park
from parks.querysets import search_scopes


class CompanyFilters(NamedFilters):
    q = django_filters.CharFilter(
        label="Part of the name or an alias, their pinyin, or the start of the credit code.", method="by_text"
    )
    park = ParkFilter(label="Code of a park in which, or below which, the company is known.", method="known_in_park")
    ownership = django_filters.ChoiceFilter(choices=Ownership)
    industry = IndustryFilter()

    class Meta:
        model = Company
        fields = ("ownership",)
        form = StrictFilterForm

    def by_text(self, rows: models.QuerySet, _name: str, text: str) -> models.QuerySet:
        return rows.named_like(text, scopes=search_scopes(self.request.user, Park.objects))

    def known_in_park(self, rows: models.QuerySet, _name: str, park: Any) -> models.QuerySet:
        known = CompanyPark.objects.visible_to(self.request.user).in_park(park)
        return rows.filter(pk__in=known.values("company_id"))


class ContactFilters(NamedFilters):
    company = RowFilter(Company)
    q = django_filters.CharFilter(label="Part of the name.", field_name="full_name", lookup_expr="icontains")

    class Meta:
        model = Contact
        fields = ()
        form = StrictFilterForm


class LeadFilters(NamedFilters):
    q = django_filters.CharFilter(
        label="Part of the title, the content or the company's name, its initials in pinyin, or the code.",
        method="by_text",
    )
    park = ParkFilter()
    company = RowFilter(Company)
    stage = CodedChoiceFilter(CODES)
    source = django_filters.ChoiceFilter(choices=LeadSource)
    industry = IndustryFilter()
    owner = PersonFilter()
    open = TruthFilter(label="Somebody still has to do something.", method="only_open")
    pool = TruthFilter(label="Open, and nobody holds it.", method="only_pool")
    received_from = DayFilter(field_name="received_on", lookup_expr="gte")
    received_until = DayFilter(field_name="received_on", lookup_expr="lte")
    due_until = DayFilter(label="Open, with a next step due by this day.", method="due_by")
    overdue = TruthFilter(label="The clock that runs was due before today.", method="by_clock")
    clock = django_filters.ChoiceFilter(
        label="The clock that runs, or how it stands: `overdue`, due `today`, due within a `week`.",
        choices=[*Clock.choices, *ClockDue.choices],
        method="in_clock",
    )
    clock_due_until = DayFilter(label="With a clock due by this day.", field_name="clock_due_on", lookup_expr="lte")
    min_intended_wan = WanFilter(field_name="intended_investment_wan", lookup_expr="gte")

    class Meta:
        model = Lead
        fields = ("source",)
        form = StrictFilterForm

    def by_text(self, rows: models.QuerySet, _name: str, text: str) -> models.QuerySet:
        return rows.mentioning(text, scopes=search_scopes(self.request.user, Park.objects))

    def only_open(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        return rows.open() if wanted else rows.exclude(pk__in=rows.open().values("pk"))

    def only_pool(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        return rows.in_pool() if wanted else rows.exclude(pk__in=rows.in_pool().values("pk"))

    def by_clock(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        late = rows.overdue(timezone.localdate())
        return late if wanted else rows.exclude(pk__in=late.values("pk"))

    def in_clock(self, rows: models.QuerySet, _name: str, named: str) -> models.QuerySet:
        if named in ClockDue.values:
            return rows.clock_due(named, timezone.localdate())
        return rows.filter(clock=named)

    def due_by(self, rows: models.QuerySet, _name: str, day: Any) -> models.QuerySet:
        return rows.due_by(day)


class InteractionFilters(NamedFilters):
    park = ParkFilter()
    company = RowFilter(Company)
    lead = RowFilter(Lead)
    kind = django_filters.ChoiceFilter(choices=InteractionKind)
    happened_from = DayFilter(field_name="happened_on", lookup_expr="gte")
    happened_until = DayFilter(field_name="happened_on", lookup_expr="lte")

    class Meta:
        model = Interaction
        fields = ("kind",)
        form = StrictFilterForm
