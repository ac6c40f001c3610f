"""Logging a conversation, with a company or about a lead."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import submission_key
from crm import actions
from crm.forms import InteractionForm
from crm.models import Company, Lead
from crm.views.doing import back_to, carried_out
from parks.access import require
from parks.models import Park


def parks_of(user, company, verb):
    """The parks where the company is known and the user may do `verb`."""
    known = company.known_in.values("park_id")
    return Park.objects.visible_to(user).where_may(user, verb).filter(pk__in=known).in_tree_order()


def composer(company, *, today, keep, data=None, parks=None):
    """The form that logs a conversation; `parks` is a queryset where it has to be said for which park."""
    initial = {"kind": "call", "happened_on": today}
    if parks is not None:
        initial["park"] = next((park.pk for park in parks), None)
    contacts = company.contacts.all()
    return InteractionForm(data, initial=initial, contacts=contacts, today=today, keep=keep, parks=parks)


def about_lead(request, pk):
    leads = Lead.objects.visible_to(request.user).select_related("company", "park")
    lead = get_object_or_404(leads, pk=pk)
    require(request.user, "crm.record_interaction", lead.park)
    form = composer(lead.company, today=timezone.localdate(), keep=f"lead-{lead.pk}", data=request.POST or None)
    context = {"company": lead.company, "lead": lead, "back": reverse("crm:lead-detail", args=[lead.pk])}
    return _page(request, form, context, park=lead.park)


def with_company(request, pk):
    company = get_object_or_404(Company.objects.visible_to(request.user), pk=pk)
    parks = parks_of(request.user, company, "crm.record_interaction")
    if not parks:
        actions.require_for_company(request.user, "crm.record_interaction", company)
    form = composer(
        company, today=timezone.localdate(), keep=f"company-{company.pk}", data=request.POST or None, parks=parks
    )
    context = {"company": company, "lead": None, "back": reverse("crm:company-detail", args=[company.pk])}
    return _page(request, form, context)


def _page(request, form, context, park=None):
    if form.is_valid():
        said = {"park": park, **form.cleaned_data}
        logged = carried_out(
            request,
            form,
            lambda at, by: actions.record_interaction(
                company=context["company"], lead=context["lead"], **said, at=at, by=by
            ),
        )
        if logged:
            messages.success(request, _("Conversation logged"))
            return back_to(request, context["back"])
    return render(
        request, "crm/interaction_new.html", context | {"form": form, "submission_key": submission_key(request)}
    )
