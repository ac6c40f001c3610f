"""What the lists of projects, their facts, documents and signing events may be narrowed by."""

from typing import Any

import django_filters
from django.db import models

from core.api_filters import CodedChoiceFilter, DayFilter, NamedFilters, RowFilter, TruthFilter, WanFilter
from core.filters import StrictFilterForm
from crm.models import Company, Ownership
from parks.api.filters import IndustryFilter, ParkFilter, PersonFilter
from parks.models import Park
from parks.querysets import search_scopes
from projects.lifecycle import CODES, Bucket, DocumentKind
from projects.models import Document, InvestmentChange, InvestmentKind, Project, SigningEvent, StageChange, Verdict


class ProjectFilters(NamedFilters):
    q = django_filters.CharFilter(
        label="Part of the name or the investor's, their pinyin, or the start of the code.", method="by_text"
    )
    park = ParkFilter()
    company = RowFilter(Company)
    stage = CodedChoiceFilter(CODES, label="Reported stage of today, or its code P10 to X40.")
    verified_stage = CodedChoiceFilter(CODES, label="Verified stage of today, or its code.")
    bucket = django_filters.ChoiceFilter(choices=Bucket, method="by_bucket")
    industry = IndustryFilter()
    ownership = django_filters.ChoiceFilter(field_name="company__ownership", choices=Ownership)
    owner = PersonFilter()
    pending = TruthFilter(label="A reported stage waits for verification.", method="by_pending")
    min_total_wan = WanFilter(field_name="total_investment_wan", lookup_expr="gte")
    max_total_wan = WanFilter(field_name="total_investment_wan", lookup_expr="lte")
    since_from = DayFilter(field_name="stage_since", lookup_expr="gte")
    since_until = DayFilter(field_name="stage_since", lookup_expr="lte")
    signed_from = DayFilter(field_name="signed_on", lookup_expr="gte")
    signed_until = DayFilter(field_name="signed_on", lookup_expr="lte")

    class Meta:
        model = Project
        fields = ()
        form = StrictFilterForm

    def by_text(self, rows: models.QuerySet, _name: str, text: str) -> models.QuerySet:
        return rows.named_like(text, scopes=search_scopes(self.request.user, Park.objects))

    def by_bucket(self, rows: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        return rows.in_bucket(value)

    def by_pending(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        return rows.with_pending().filter(is_pending=wanted)


class FactFilters(NamedFilters):
    project = RowFilter(Project)
    park = ParkFilter(label="Code of the park the project is in today, or of one above it.", method="in_park")
    verdict = django_filters.ChoiceFilter(choices=Verdict)
    pending = TruthFilter(label="Waits for verification.", method="by_pending")
    effective_from = DayFilter(field_name="effective_on", lookup_expr="gte")
    effective_until = DayFilter(field_name="effective_on", lookup_expr="lte")

    class Meta:
        form = StrictFilterForm

    def in_park(self, rows: models.QuerySet, _name: str, park: Any) -> models.QuerySet:
        return rows.filter(project__in=Project.objects.visible_to(self.request.user).in_park(park).values("pk"))

    def by_pending(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        return rows.pending() if wanted else rows.exclude(needs_verification=True, verdict="")


class StageChangeFilters(FactFilters):
    to_stage = CodedChoiceFilter(CODES)

    class Meta(FactFilters.Meta):
        model = StageChange
        fields = ("verdict",)


class InvestmentChangeFilters(FactFilters):
    kind = django_filters.ChoiceFilter(choices=InvestmentKind)

    class Meta(FactFilters.Meta):
        model = InvestmentChange
        fields = ("verdict", "kind")


class DocumentFilters(NamedFilters):
    project = RowFilter(Project)
    kind = django_filters.ChoiceFilter(choices=DocumentKind)

    class Meta:
        model = Document
        fields = ("kind",)
        form = StrictFilterForm


class SigningEventFilters(NamedFilters):
    park = ParkFilter()
    held_from = DayFilter(field_name="held_on", lookup_expr="gte")
    held_until = DayFilter(field_name="held_on", lookup_expr="lte")

    class Meta:
        model = SigningEvent
        fields = ()
        form = StrictFilterForm
