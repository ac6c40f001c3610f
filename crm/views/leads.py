"""Pages of leads: the list, one lead with its way and conversations, logging, editing and moving it on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.dates import local_day
from core.forms import expected_version, submission_key
from core.money import exact_large
from core.paging import Keyset, capped_count
from core.privacy import holds_numbers
from core.templatetags.units import day, money, wan
from crm import actions
from crm.aspects import missing_aspects
from crm.bulk import BULK_VERBS, LEADS
from crm.clock_rules import limits_of
from crm.clocks import face_of
from crm.desk_pool import told_claims, told_hands
from crm.filters import LeadFilters
from crm.forms import AdvanceForm, AmountForm, LeadForm, NewLeadForm, doubt_about, present
from crm.lifecycle import LeadStage, arguments_of, checklist, likely_next, next_stages, next_step_light, path
from crm.models import Company, Lead
from crm.views.doing import (
    carried_out,
    everybody,
    likely_park,
    parks_to,
    shown_version,
)
from crm.views.duplicates import strip
from crm.views.first_talks import warn_of_protection
from crm.views.interactions import composer
from parks import industries
from parks.access import may, require, verbs_of
from parks.querysets import people_who_may
from parks.saved_views import keeps_views, views_of

LISTED = (
    "code",
    "title",
    "received_on",
    "intended_investment_wan",
    "stage",
    "clock",
    "clock_since",
    "clock_due_on",
    "clock_is_provisional",
    "next_step_due_on",
    "last_contact_on",
    "company__name",
    "owner__full_name",
    "owner__username",
    "park__name",
    "park__short_name",
    "park__path",
)
TALKS_SHOWN = 100


def _total_of(page):
    return sum(lead.intended_investment_wan or 0 for lead in page)


def _on_a_row(leads):
    return leads.select_related("company", "owner", "park").only(*LISTED)


def filtered(request, asked=None):
    """The leads that the filters in the address ask for; `asked` where other words stand in the address too."""
    asked = request.GET if asked is None else asked
    return LeadFilters(asked or None, queryset=Lead.objects.visible_to(request.user), request=request)


@require_GET
@keeps_views(lambda asked, request: filtered(request, asked))
def lead_list(request):
    views = views_of(request)
    if views.opens and not request.GET:
        return redirect(request.path + views.opens)
    shown = filtered(request)
    leads = shown.qs
    page = Keyset(leads, order="-received_on", show=_on_a_row).page(request.GET.get("cursor"))
    count, more = (len(page), False) if page.is_whole else capped_count(leads)
    today = timezone.localdate()
    for lead in page:
        dress(lead, today, request.user)
    context = {
        "views": views,
        "filter": shown,
        "page": page,
        "count": count,
        "more": more,
        # A sum over more rows than are counted comes in a second request, so that the page need not wait for it.
        "total": None if more else _total_of(page) if page.is_whole else leads.total_intended_wan(),
        "deeds": LEADS.deeds.values() if BULK_VERBS & verbs_of(request.user) else (),
        "empty_reason": _("No lead matches these filters.") if request.GET else _("No lead has been logged yet."),
    }
    return render(request, "crm/lead_list.html", context)


@require_GET
def lead_total(request):
    leads = filtered(request).qs
    return HttpResponse(money(leads.total_intended_wan()), content_type="text/plain; charset=utf-8")


def dress(lead, today, viewer=None):
    """What a row shows besides the columns: the clock, and the next step as a light in words.

    For a `viewer` also whether the row offers to log a conversation.
    """
    lead.may_log = viewer is not None and may(viewer, "crm.record_interaction", lead.park)
    lead.face = face_of(lead, today=today)
    lead.is_pressing = lead.face is not None and lead.face.light != "ok"
    lead.light = next_step_light(lead.next_step_due_on, as_of=today) if lead.is_open else ""
    lead.light_words = _light_words(lead.next_step_due_on, today) if lead.is_open else ""


def _light_words(due_on, today):
    if due_on is None:
        return _("No next step")
    days = (due_on - today).days
    if days == 0:
        return _("Due today")
    if days < 0:
        return ngettext("%(counter)d day late", "%(counter)d days late", -days) % {"counter": -days}
    return ngettext("In %(counter)d day", "In %(counter)d days", days) % {"counter": days}


@require_GET
def lead_detail(request, pk):
    lead = _lead(request, pk)
    verbs = verbs_of(request.user, lead.park)
    changes = list(lead.stage_changes.select_related("recorded_by"))
    # Whoever sees the lead sees what was said about it, also in the park it came from.
    talks = list(
        lead.interactions.select_related("recorded_by")
        .prefetch_related("contacts")
        .order_by("-recorded_at", "-pk")[: TALKS_SHOWN + 1]
    )
    transfers = list(lead.transfers.select_related("from_park", "to_park", "recorded_by"))
    today = timezone.localdate()
    dress(lead, today)
    lead.face = face_of(lead, today=today, limits=limits_of(lead.park.zone_pk))
    likely = likely_next(lead.stage)
    claims = list(lead.claims.select_related("holder", "ended_by"))
    context = {
        "lead": lead,
        "verbs": verbs,
        "assessment": told_assessment(lead),
        "hands": told_hands(lead, claims, request.user, today=today),
        "path": _path(lead, changes, today),
        "facts": _facts(lead, verbs),
        "entries": _timeline(changes, talks[:TALKS_SHOWN], claims, verbs, transfers),
        "more_talks": len(talks) > TALKS_SHOWN,
        "needs": _needs(lead),
        "likely": likely,
        "likely_missing": dict(checklist(lead)).get(likely, []),
        "step": _step_form(lead, likely, today) if likely and likely != LeadStage.CONVERTED else None,
        "may_open_project": "projects.open_project" in verbs and LeadStage.CONVERTED in next_stages(lead.stage),
        "submission_key": submission_key(request),
        "contacts": lead.company.contacts.all()[:20],
    }
    if "crm.record_interaction" in verbs:
        context["composer"] = composer(lead.company, today=today, keep=f"lead-{lead.pk}")
    return render(request, "crm/lead_detail.html", context)


def _lead(request, pk):
    leads = Lead.objects.visible_to(request.user).select_related("company", "park", "owner", "recorded_by")
    return get_object_or_404(leads, pk=pk)


def told_assessment(lead):
    """The latest opinion or the draft of the next one, and which aspects that still lacks."""
    latest = lead.assessments.select_related("recorded_by").first()
    return {"latest": latest, "missing": missing_aspects(latest) if latest and latest.is_draft else []}


def _step_form(lead, likely, today):
    form = AdvanceForm(stage=lead.stage, today=today, initial={"to": likely, "effective_on": today})
    form.fields["note"].required = "note" in arguments_of(likely)
    return form


def _path(lead, changes, today):
    ends = lead.received_on if lead.stage == LeadStage.REGISTERED and len(changes) == 1 else None
    entries = [
        (change.to_stage, ends or (lead.received_on if not change.from_stage else change.effective_on))
        for change in changes
    ]
    as_of = today if lead.is_open else lead.stage_since
    return path(lead.stage, entries, as_of=as_of)


def _facts(lead, verbs):
    def row(name, value=None, **also):
        return {"label": Lead._meta.get_field(name).verbose_name, "value": value or getattr(lead, name), **also}

    firm = reverse("crm:company-detail", args=[lead.company_id])
    amount = lead.intended_investment_wan
    return [
        {
            "title": _("Intention"),
            "rows": [
                row("company", lead.company.name, link=firm),
                row(
                    "intended_investment_wan",
                    f"{lead.get_intended_qualifier_display()} {wan(amount)}".strip() if amount else wan(amount),
                    hint=_("RMB 10k, that is %(amount)s") % {"amount": exact_large(amount)} if amount else "",
                ),
                row("industry", industries.label(lead.industry)),
                row("content"),
                row("land_wanted_mu", hint=_("mu") if lead.land_wanted_mu else ""),
                row("floor_wanted_sqm", hint=_("m²") if lead.floor_wanted_sqm else ""),
                row("site_wishes"),
                row("needs"),
            ],
        },
        {
            "title": _("Origin"),
            "rows": [
                row("received_on", day(lead.received_on)),
                row("source", lead.get_source_display()),
                row("referrer"),
                row("owner", str(lead.owner) if lead.owner else ""),
                row("park", lead.park.name),
                row("source_note"),
            ],
        },
    ]


def _timeline(changes, talks, claims, verbs, transfers):
    """Every kind of record, newest record first."""
    told = [(change.recorded_at, change.pk, _told_change(change)) for change in changes]
    told += [(talk.recorded_at, talk.pk, told_talk(talk, verbs)) for talk in talks]
    told += told_claims(claims)
    told += [(transfer.recorded_at, transfer.pk, _told_transfer(transfer)) for transfer in transfers]
    return [entry for _at, _pk, entry in sorted(told, key=lambda each: each[:2], reverse=True)]


def _told_change(change):
    return _dated(change, change.effective_on) | {
        "bucket": "early",
        "title": change.get_to_stage_display(),
        "text": change.note,
    }


def _told_transfer(transfer):
    shares = _("The handing park keeps %(tax)s %% of the tax and %(indicators)s %% of the indicators.") % {
        "tax": f"{transfer.tax_pct.normalize():f}",
        "indicators": f"{transfer.indicator_pct.normalize():f}",
    }
    return _dated(transfer, transfer.effective_on) | {
        "bucket": "early",
        "title": _("Transferred"),
        "old": transfer.from_park.name,
        "new": transfer.to_park.name,
        "text": f"{transfer.reason}　{shares}",
    }


def told_talk(talk, verbs=()):
    """A conversation in the timeline; whoever has the verb may have the numbers in it shown in full."""
    people = filter(None, [talk.people, *(contact.full_name for contact in talk.contacts.all())])
    step = " ".join(filter(None, [talk.next_step, day(talk.next_step_due_on) if talk.next_step_due_on else ""]))
    return _dated(talk, talk.happened_on) | {
        "title": " · ".join([talk.get_kind_display(), *people]),
        "text": "　".join(filter(None, [talk.summary, _("Next step: %(step)s") % {"step": step} if step else ""])),
        "reveal": reverse("crm:interaction-reveal", args=[talk.pk])
        if "crm.reveal_contact" in verbs and holds_numbers(" ".join([talk.people, talk.summary, talk.next_step]))
        else "",
    }


def _dated(record, happened_on):
    recorded_on = local_day(record.recorded_at)
    return {
        "effective_on": happened_on,
        "recorded_on": recorded_on,
        "late_days": (recorded_on - happened_on).days,
        "by": record.recorded_by,
    }


def _needs(lead):
    """What each possible next step still needs, as blocks for the checklist."""
    edit = reverse("crm:lead-edit", args=[lead.pk])
    blocks = []
    for to, missing in checklist(lead):
        items = [{"done": False, "text": text, "link": edit, "action": _("Fill in")} for text in missing]
        page = reverse("crm:lead-assessment", args=[lead.pk]) if to == LeadStage.ASSESSED else ""
        blocks.append({"to": to, "label": to.label, "items": items, "asks": _asked_with(to), "page": page})
    return blocks


def _asked_with(to):
    words = {
        LeadStage.ASSESSED: _("An assessment has six aspects and is written on a page of its own."),
        LeadStage.FED_BACK: _("The step asks whom you told what, and how."),
        LeadStage.SHELVED: _("The step asks for the reason."),
        LeadStage.REGISTERED: _("The step asks for the reason."),
    }
    return words.get(to, "")


def lead_new(request):
    require(request.user, "crm.register_lead")
    today = timezone.localdate()
    parks = parks_to(request.user, "crm.register_lead")
    form = NewLeadForm(
        request.POST or None,
        initial=new_lead_initial(request.user, request.GET, parks, today),
        parks=parks,
        companies=Company.objects.visible_to(request.user),
        owners=people_who_may(everybody(), "crm.edit_lead", parks=parks),
        today=today,
        amount_url=reverse("crm:amount"),
        match_url=reverse("crm:company-match"),
    )
    if form.is_valid():
        lead = carried_out(request, form, lambda at, by: actions.register_lead(**form.arguments(), at=at, by=by))
        if lead:
            messages.success(request, _("Lead saved"))
            ask_back(request, form)
            warn_of_protection(request, lead.company, lead.park)
            return redirect("crm:lead-detail", pk=lead.pk)
    chosen = form["company"].value() or ""
    context = {
        "form": form,
        "submission_key": submission_key(request),
        "strip": strip(request.user, name=form["company_name"].value() or "", chosen=chosen),
        "one_park": len(parks) == 1,
    }
    return render(request, "crm/lead_new.html", context)


def ask_back(request, form):
    """The question about an unlikely amount, for whoever saved before it could be read beside the field."""
    if doubt := doubt_about(form.cleaned_data["intended_investment_wan"]):
        messages.warning(request, doubt)


def new_lead_initial(user, asked, parks, today):
    """What the form of a new lead starts from; `asked` may name a company and a park."""
    initial = {"received_on": today, "source": "outreach", "owner": user.pk}
    wanted = asked.get("company", "")
    if wanted.isdecimal() and len(wanted) < 19:
        company = Company.objects.visible_to(user).filter(pk=wanted).first()
        if company:
            initial |= {"company": str(company.pk), "company_name": company.name, "industry": company.industry}
    code = asked.get("park", "")
    park = next((park for park in parks if park.code == code), None) or likely_park(user, parks)
    park = park or _latest_park(user, parks)
    return initial | ({"park": park.pk} if park else {})


def _latest_park(user, parks):
    """Where somebody who works in several parks logged the lead before this one."""
    latest = (
        Lead.objects.visible_to(user).filter(recorded_by=user).order_by("-pk").values_list("park", flat=True).first()
    )
    return next((park for park in parks if park.pk == latest), None)


@require_GET
def amount(request):
    """How a typed amount is understood, as the line under its field."""
    field = AmountForm(request.GET)["intended_investment_wan"]
    return render(request, "crm/_amount.html", {"field": field})


def lead_edit(request, pk):
    lead = _lead(request, pk)
    require(request.user, "crm.edit_lead", lead.park)
    owners = people_who_may(everybody(), "crm.edit_lead", park=lead.park)
    if lead.owner_id:
        owners = owners | everybody().filter(pk=lead.owner_id)
    form = LeadForm(
        request.POST or None,
        initial=present(lead, actions.LEAD_EDITABLE),
        owners=owners,
        today=timezone.localdate(),
        amount_url=reverse("crm:amount"),
    )
    if form.is_valid():
        changes, version = form.changes(), expected_version(request)
        saved = carried_out(
            request,
            form,
            lambda at, by: actions.edit_lead(lead, changes=changes, expected_version=version, at=at, by=by),
        )
        if saved:
            messages.success(request, _("Lead saved"))
            if "intended_investment_wan" in changes:
                ask_back(request, form)
            return redirect("crm:lead-detail", pk=lead.pk)
    return render(request, "crm/lead_edit.html", _edit_context(request, form, lead))


def _edit_context(request, form, lead):
    return {
        "lead": lead,
        "form": form,
        "version": shown_version(request, form, lead),
        "submission_key": submission_key(request),
    }


def lead_advance(request, pk):
    lead = _lead(request, pk)
    require(request.user, "crm.advance_lead", lead.park)
    today = timezone.localdate()
    wanted = request.GET.get("to", "")
    if wanted == LeadStage.ASSESSED and wanted in next_stages(lead.stage):
        return redirect("crm:lead-assessment", pk=lead.pk)
    initial = {"to": wanted or likely_next(lead.stage), "effective_on": today}
    form = AdvanceForm(request.POST or None, initial=initial, stage=lead.stage, today=today)
    if form.is_valid():
        step, version = form.cleaned_data, expected_version(request)
        moved = carried_out(
            request, form, lambda at, by: actions.advance_lead(lead, **step, expected_version=version, at=at, by=by)
        )
        if moved:
            messages.success(request, _("Recorded: %(stage)s") % {"stage": moved.get_stage_display()})
            return redirect("crm:lead-detail", pk=lead.pk)
    return render(request, "crm/lead_advance.html", _edit_context(request, form, lead) | {"needs": _needs(lead)})
