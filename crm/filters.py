"""What the lists of leads and companies can be narrowed by; every filter stands in the address."""

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField, WanFormField
from core.filters import StrictFilterSet
from crm.clocks import ClockDue
from crm.lifecycle import LeadStage
from crm.models import Company, Lead, LeadSource, Ownership
from parks import industries
from parks.models import Membership, Park
from parks.querysets import search_scopes

COLLEAGUES_OFFERED = 40
AMOUNT_TYPED = pgettext_lazy("an amount as people type it", "60000")


class ParkChoice(forms.ModelChoiceField):
    def label_from_instance(self, park):
        return f"{'　' * park.depth}{park.label}"


class ParkFilter(django_filters.ModelChoiceFilter):
    field_class = ParkChoice


class WanFilter(django_filters.Filter):
    field_class = WanFormField


class DayFilter(django_filters.Filter):
    field_class = DayFormField


def _parks(request):
    return Park.objects.visible_to(request.user).in_tree_order() if request else Park.objects.none()


def section_choices():
    return [(each.code, each.label) for each in industries.INDUSTRIES.values() if each.is_section]


def _colleagues(user):
    """People with a role in the viewer's parks; in a large zone only so many that the list stays readable."""
    posts = Membership.objects.filter(park__in=Park.objects.visible_to(user).values("pk"))
    people = get_user_model().objects.filter(pk__in=posts.values("user_id")).exclude(pk=user.pk)
    return [(str(person.pk), str(person)) for person in people.order_by("full_name", "pk")[:COLLEAGUES_OFFERED]]


class LeadFilters(StrictFilterSet):
    rare = ("source", "min_investment_wan", "received_from", "received_to")

    q = django_filters.CharFilter(
        label=_("Search"),
        method="search",
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("Company, title, content")}),
    )
    park = ParkFilter(
        label=_("Park"), queryset=_parks, to_field_name="code", empty_label=_("All my parks"), method="in_park"
    )
    stage = django_filters.ChoiceFilter(
        label=_("Stage"),
        choices=[("open", _("Open")), *LeadStage.choices],
        method="in_stage",
        empty_label=_("All"),
    )
    owner = django_filters.ChoiceFilter(label=_("In charge"), method="owned", empty_label=_("All"))
    clock = django_filters.ChoiceFilter(
        label=_("Clock"),
        choices=ClockDue.choices,
        method="by_clock",
        empty_label=_("All"),
    )
    source = django_filters.ChoiceFilter(label=_("Lead source"), choices=LeadSource.choices, empty_label=_("All"))
    industry = django_filters.ChoiceFilter(
        label=_("Industry"), choices=section_choices, method="in_industry", empty_label=_("All")
    )
    min_investment_wan = WanFilter(
        label=_("Investment from"),
        field_name="intended_investment_wan",
        lookup_expr="gte",
        widget=forms.TextInput(attrs={"placeholder": AMOUNT_TYPED, "size": "6"}),
    )
    received_from = DayFilter(label=_("Received from"), field_name="received_on", lookup_expr="gte")
    received_to = DayFilter(label=_("until"), field_name="received_on", lookup_expr="lte")

    class Meta(StrictFilterSet.Meta):
        model = Lead
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mine = [("me", gettext("Me")), ("none", gettext("Nobody"))]
        self.filters["owner"].extra["choices"] = [*mine, *_colleagues(self.request.user)]

    def search(self, leads, _name, text):
        return leads.mentioning(text, scopes=search_scopes(self.request.user, Park.objects))

    def in_park(self, leads, _name, park):
        return leads.in_park(park)

    def in_stage(self, leads, _name, stage):
        return leads.open() if stage == "open" else leads.filter(stage=stage)

    def by_clock(self, leads, _name, when):
        return leads.clock_due(when, timezone.localdate())

    def owned(self, leads, _name, who):
        if who == "none":
            return leads.filter(owner=None)
        return leads.filter(owner=self.request.user.pk if who == "me" else who)

    def in_industry(self, leads, _name, code):
        return leads.in_industry(code)


class LeadBoardFilters(LeadFilters):
    """Those of the list, without the stage: on the board the stages are the columns."""

    stage = None


class CompanyFilters(StrictFilterSet):
    q = django_filters.CharFilter(
        label=_("Search"),
        method="search",
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("Name, other name or credit code")}),
    )
    ownership = django_filters.ChoiceFilter(label=_("Ownership"), choices=Ownership.choices, empty_label=_("All"))
    grade = django_filters.ChoiceFilter(
        label=_("Grade"),
        choices=[(name, Company._meta.get_field(name).verbose_name) for name in Company.GRADES],
        method="of_grade",
        empty_label=_("All"),
    )
    industry = django_filters.ChoiceFilter(
        label=_("Industry"), choices=section_choices, method="in_industry", empty_label=_("All")
    )

    class Meta(StrictFilterSet.Meta):
        model = Company
        fields = []

    def search(self, companies, _name, text):
        return companies.named_like(text, scopes=search_scopes(self.request.user, Park.objects))

    def of_grade(self, companies, _name, grade):
        return companies.filter(**{grade: True})

    def in_industry(self, companies, _name, code):
        return companies.in_industry(code)


class PoolFilters(StrictFilterSet):
    """The pool is looked through by what an officer can do with a lead: where, in which industry, how large."""

    q = django_filters.CharFilter(
        label=_("Search"),
        method="search",
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("Company, title, content")}),
    )
    park = ParkFilter(
        label=_("Park"), queryset=_parks, to_field_name="code", empty_label=_("All my parks"), method="in_park"
    )
    industry = django_filters.ChoiceFilter(
        label=_("Industry"), choices=section_choices, method="in_industry", empty_label=_("All")
    )
    min_investment_wan = WanFilter(
        label=_("Investment from"),
        field_name="intended_investment_wan",
        lookup_expr="gte",
        widget=forms.TextInput(attrs={"placeholder": AMOUNT_TYPED, "size": "6"}),
    )

    class Meta(StrictFilterSet.Meta):
        model = Lead
        fields = []

    def search(self, leads, _name, text):
        return leads.mentioning(text)

    def in_park(self, leads, _name, park):
        return leads.in_park(park)

    def in_industry(self, leads, _name, code):
        return leads.in_industry(code)
