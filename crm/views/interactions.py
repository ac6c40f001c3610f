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
from crm.views.doing import carried_out, done, in_place
from crm.views.first_talks import warn_of_protection
from parks.access import require
from parks.models import Park


def parks_of(user, company, verb):
    """The parks where the company is known and the user may do `verb`."""
    known = company.known_in.values("park_id")
    return Park.objects.visible_to(user).where_may(user, verb).filter(pk__in=known).in_tree_order()


def composer(company, *, today, keep, data=None, parks=None, auto_id="id_%s"):
    """The form that logs a conversation; `parks` is a queryset where it has to be said for which park."""
    initial = {"kind": "call", "happened_on": today}
    if parks is not None:
        initial["park"] = next((park.pk for park in parks), None)
    contacts = company.contacts.all()
    return InteractionForm(
        data, initial=initial, contacts=contacts, today=today, keep=keep, parks=parks, auto_id=auto_id
    )


def _asked(request, company, keep, parks=None):
    """The form of this request; in the dialog with ids of its own, for the page below may show the same form."""
    ids = "log-%s" if in_place(request) else "id_%s"
    data = request.POST or None
    return composer(company, today=timezone.localdate(), keep=keep, data=data, parks=parks, auto_id=ids)


def about_lead(request, pk):
    leads = Lead.objects.visible_to(request.user).select_related("company", "park")
    lead = get_object_or_404(leads, pk=pk)
    require(request.user, "crm.record_interaction", lead.park)
    form = _asked(request, lead.company, f"lead-{lead.pk}")
    context = {"company": lead.company, "lead": lead, "back": reverse("crm:lead-detail", args=[lead.pk])}
    return _page(request, form, context, park=lead.park)


def with_company(request, pk):
    company = get_object_or_404(Company.objects.visible_to(request.user), pk=pk)
    parks = parks_of(request.user, company, "crm.record_interaction")
    if not parks:
        actions.require_for_company(request.user, "crm.record_interaction", company)
    form = _asked(request, company, f"company-{company.pk}", parks)
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
            warn_of_protection(request, logged.company, logged.park)
            return done(request, context["back"])
    context |= {"form": form, "submission_key": submission_key(request)}
    if in_place(request):
        context |= {"composer": form, "url": request.path, "target": request.htmx.target}
        return render(request, "crm/_composer.html", context, status=422 if form.is_bound else 200)
    return render(request, "crm/interaction_new.html", context)
