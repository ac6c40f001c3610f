"""What the list of projects can be narrowed by; every filter stands in the address."""

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from core.filters import StrictFilterSet
from core.money import exact_large, from_yi
from crm.models import Ownership
from parks.industries import INDUSTRIES, codes_under
from parks.models import Park
from parks.querysets import people_within_reach, search_scopes
from projects.lifecycle import Bucket, Stage
from projects.models import Project

SIZE_CLASSES_YI = (1, 10, 50, 100)


class DayFilter(django_filters.Filter):
    field_class = DayFormField


def _sections():
    return [(code, industry.label) for code, industry in INDUSTRIES.items() if industry.is_section]


def _size_classes():
    return [(f"{from_yi(size):.0f}", f"≥ {exact_large(from_yi(size))}") for size in SIZE_CLASSES_YI]


class ProjectFilter(StrictFilterSet):
    rare = ("ownership", "min_total_wan", "pending", "since_from", "since_to")

    q = django_filters.CharFilter(
        label=_("Search"),
        method="by_text",
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Project, investor, code")}),
    )
    park = django_filters.ModelChoiceFilter(
        label=_("Park"), to_field_name="code", queryset=Park.objects.none(), method="by_park"
    )
    bucket = django_filters.ChoiceFilter(label=_("Bucket"), choices=Bucket.choices, method="by_bucket")
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=Stage.choices)
    industry = django_filters.ChoiceFilter(label=_("Industry"), choices=_sections, method="by_industry")
    ownership = django_filters.ChoiceFilter(
        label=_("Investor"), field_name="company__ownership", choices=Ownership.choices
    )
    min_total_wan = django_filters.ChoiceFilter(
        label=_("Size"), field_name="total_investment_wan", lookup_expr="gte", choices=_size_classes
    )
    owner = django_filters.ChoiceFilter(label=_("Officer"), method="by_owner")
    pending = django_filters.ChoiceFilter(label=_("Verification"), choices=[("1", _("Waiting"))], method="by_pending")
    since_from = DayFilter(label=_("In stage from"), field_name="stage_since", lookup_expr="gte")
    since_to = DayFilter(label=_("to"), field_name="stage_since", lookup_expr="lte")

    class Meta(StrictFilterSet.Meta):
        model = Project
        fields = []

    def __init__(self, *args, parks, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["park"].queryset = parks
        self.filters["owner"].extra["choices"] = lambda: self._owners(parks)

    def _owners(self, parks):
        people = people_within_reach(get_user_model().objects.filter(is_active=True), self.request.user, parks)
        return [("me", _("Mine")), *((str(person.pk), str(person)) for person in people.order_by("full_name"))]

    def by_text(self, projects, _name, value):
        return projects.named_like(value, scopes=search_scopes(self.request.user, Park.objects))

    def by_park(self, projects, _name, park):
        return projects.in_park(park)

    def by_bucket(self, projects, _name, value):
        return projects.in_bucket(value)

    def by_industry(self, projects, _name, value):
        return projects.filter(industry__in=codes_under(value))

    def by_owner(self, projects, _name, value):
        return projects.filter(owner=self.request.user if value == "me" else int(value))

    def by_pending(self, projects, _name, _value):
        return projects.with_pending().filter(is_pending=True)


class ProjectBoardFilter(ProjectFilter):
    """Those of the list, without stage and bucket: on the board the stages are the columns."""

    stage = None
    bucket = None
