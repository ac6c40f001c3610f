"""The short form of a new lead: at the top of the desk, and in the dialog that N opens on every page."""

from django.contrib import messages
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import submission_key
from crm import actions
from crm.forms import NewLeadForm, OwnLeadTalkForm
from crm.models import Company, Lead
from crm.views.doing import carried_out, done, everybody, in_place, parks_to
from crm.views.duplicates import strip
from crm.views.first_talks import warn_of_protection
from crm.views.leads import ask_back, lead_new, new_lead_initial
from parks.access import require
from parks.querysets import people_who_may


def quick_form(user, today, *, data=None, asked=None, parks=None):
    """A form of the four facts; its ids begin with "quick" so that it can stand beside the form of all fields."""
    parks = parks_to(user, "crm.register_lead") if parks is None else parks
    form = NewLeadForm(
        data,
        initial=new_lead_initial(user, asked or {}, parks, today),
        auto_id="quick-%s",
        parks=parks,
        companies=Company.objects.visible_to(user),
        owners=people_who_may(everybody(), "crm.edit_lead", parks=parks),
        today=today,
        amount_url=reverse("crm:amount"),
        match_url=reverse("crm:company-match"),
    )
    name = form.fields["company_name"].widget.attrs
    # The dialog gives the focus itself; on the desk nothing should pull a phone's keyboard up.
    del name["autofocus"]
    # The page below may hold a form with the same names.
    name |= {"hx-target": "#quick-match", "hx-include": "#quick-company_name, #quick-match [name=company]"}
    return form


def quick_lead(request):
    require(request.user, "crm.register_lead")
    if not in_place(request):
        return lead_new(request)
    form = quick_form(request.user, timezone.localdate(), data=request.POST or None, asked=request.GET)
    if form.is_valid():
        lead = carried_out(request, form, lambda at, by: actions.register_lead(**form.arguments(), at=at, by=by))
        if lead:
            messages.success(request, _("Lead saved"))
            ask_back(request, form)
            warn_of_protection(request, lead.company, lead.park)
            return done(request, reverse("crm:lead-detail", args=[lead.pk]))
    context = {
        "form": form,
        "target": request.htmx.target,
        "submission_key": submission_key(request),
        "strip": strip(request.user, name=form["company_name"].value() or "", chosen=form["company"].value() or ""),
    }
    return render(request, "crm/_quick_lead.html", context, status=422 if form.is_bound else 200)


def quick_talk(request):
    """A conversation about one of one's own leads, chosen in the form; the latest contact first."""
    require(request.user, "crm.record_interaction")
    form = OwnLeadTalkForm(
        request.POST or None,
        leads=_own_leads(request.user),
        today=timezone.localdate(),
        initial={"kind": "call", "happened_on": timezone.localdate()},
        auto_id="quick-%s",
    )
    if form.is_valid():
        said = dict(form.cleaned_data)
        lead = said.pop("lead")
        talk = carried_out(
            request,
            form,
            lambda at, by: actions.record_interaction(
                park=lead.park, company=lead.company, lead=lead, **said, at=at, by=by
            ),
        )
        if talk:
            messages.success(request, _("Conversation logged"))
            warn_of_protection(request, lead.company, lead.park)
            return done(request, reverse("crm:lead-detail", args=[lead.pk]))
    context = {"composer": form, "url": request.path, "submission_key": submission_key(request)}
    if not in_place(request):
        return render(request, "crm/quick_talk.html", context)
    context["target"] = request.htmx.target
    return render(request, "crm/_composer.html", context, status=422 if form.is_bound else 200)


def _own_leads(user):
    mine = Lead.objects.visible_to(user).owned_by(user).open().select_related("company", "park")
    return mine.order_by(F("last_contact_on").desc(nulls_last=True), "-received_on", "-pk")
