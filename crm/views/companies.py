"""Pages of companies and their contacts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.forms import expected_version, submission_key
from core.paging import Keyset, capped_count
from core.privacy import veiled
from core.templatetags.units import day
from crm import actions
from crm.filters import CompanyFilters
from crm.forms import ANOTHER, CompanyForm, ContactForm, NewCompanyForm, present
from crm.models import Company, Contact, Interaction, Lead, Merge
from crm.views.doing import (
    carried_out,
    carry_over,
    kept_instead,
    kept_of_typed,
    likely_park,
    or_merged,
    parks_to,
    shown_version,
)
from crm.views.duplicates import strip
from crm.views.interactions import composer, parks_of
from crm.views.leads import dress, told_talk
from parks import industries
from parks.access import require, verbs_of
from parks.saved_views import keeps_views, views_of

NEWEST = 20
LISTED = ("name", "credit_code", "ownership", "industry", "country", *Company.GRADES)


def _filtered(asked, request):
    return CompanyFilters(asked or None, queryset=Company.objects.visible_to(request.user), request=request)


@require_GET
@keeps_views(_filtered)
def company_list(request):
    views = views_of(request)
    if views.opens and not request.GET:
        return redirect(request.path + views.opens)
    shown = _filtered(request.GET, request)
    page = Keyset(shown.qs, order="-id", show=lambda rows: rows.only(*LISTED)).page(request.GET.get("cursor"))
    count, more = (len(page), False) if page.is_whole else capped_count(shown.qs)
    for company in page:
        company.industry_name = industries.label(company.industry)
    context = {
        "views": views,
        "filter": shown,
        "page": page,
        "count": count,
        "more": more,
        "empty_reason": _("No company matches these filters.") if request.GET else _("No company is registered yet."),
    }
    return render(request, "crm/company_list.html", context)


def _company(request, pk):
    return get_object_or_404(Company.objects.visible_to(request.user), pk=pk)


@require_GET
def company_detail(request, pk):
    company = Company.objects.visible_to(request.user).filter(pk=pk).first()
    if company is None and (kept := kept_instead(request.user, Company, pk)):
        return redirect("crm:company-detail", pk=kept.pk)
    company = company or _company(request, pk)
    user, today = request.user, timezone.localdate()
    leads = Lead.objects.visible_to(user).filter(company=company).select_related("company", "owner", "park")
    talks = Interaction.objects.visible_to(user).filter(company=company).select_related("recorded_by", "park")
    newest = list(leads.order_by("-received_on", "-pk")[: NEWEST + 1])
    for lead in newest:
        dress(lead, today, user)
    links = list(company.known_in.visible_to(user).select_related("park").order_by("park__sort_path"))
    verbs = frozenset().union(*(verbs_of(user, link.park) for link in links))
    context = {
        "company": company,
        "facts": _facts(company),
        "aliases": list(company.aliases.order_by("name")),
        "known_in": links,
        "verbs": verbs,
        "contacts": list(company.contacts.all()),
        "leads": newest[:NEWEST],
        "more_leads": len(newest) > NEWEST,
        "entries": [
            told_talk(talk, verbs)
            for talk in talks.prefetch_related("contacts").order_by("-recorded_at", "-pk")[:NEWEST]
        ],
        "merges": Merge.objects.standing().of_kept(company),  # scoped: of a company that is seen
        "submission_key": submission_key(request),
    }
    parks = parks_of(user, company, "crm.record_interaction")
    if parks:
        context["composer"] = composer(company, today=today, keep=f"company-{company.pk}", parks=parks)
    return render(request, "crm/company_detail.html", context)


def _facts(company):
    def row(name, value=None, **also):
        return {"label": company._meta.get_field(name).verbose_name, "value": value or getattr(company, name), **also}

    return [
        {
            "title": "",
            "rows": [
                row("credit_code"),
                row("group_name"),
                row("ownership", company.get_ownership_display()),
                {"label": _("Grade"), "value": _(", ").join(str(grade) for grade in company.grades)},
                row("industry", industries.label(company.industry)),
                row("country"),
                row("registration_no"),
                row("address"),
                row("website", link=company.website),
                row("profile"),
                row("source_note"),
                row("recorded_at", day(company.recorded_at)),
            ],
        }
    ]


def company_new(request):
    require(request.user, "crm.register_company")
    parks = parks_to(request.user, "crm.register_company")
    first = likely_park(request.user, parks)
    form = NewCompanyForm(
        request.POST or None,
        parks=parks,
        initial={"park": first.pk if first else None},
        match_url=reverse("crm:company-match"),
    )
    chosen = request.POST.get("company", "")
    if chosen.isdecimal() and len(chosen) < 19:
        return redirect("crm:company-detail", pk=_company(request, chosen).pk)
    if form.is_valid():
        given = form.cleaned_data | {"is_another": chosen == ANOTHER}
        company = carried_out(request, form, lambda at, by: actions.register_company(**given, at=at, by=by))
        if company:
            messages.success(request, _("Company saved"))
            return redirect("crm:company-detail", pk=company.pk)
    typed = {name: form[name].value() or "" for name in ("name", "credit_code", "group_name")}
    context = {
        "form": form,
        "submission_key": submission_key(request),
        "strip": strip(request.user, **typed, chosen=chosen),
    }
    return render(request, "crm/company_form.html", context)


def _other_names(company):
    """As the form shows them; the verb takes them back like that."""
    return [veiled(name) for name in company.aliases.order_by("name").values_list("name", flat=True)]


def company_edit(request, pk):
    company = or_merged(request.user, Company, pk)
    if company.merged_into_id and request.method != "POST":
        return redirect("crm:company-detail", pk=company.merged_into_id)
    actions.require_for_company(request.user, "crm.edit_company", company)
    names = _other_names(company)
    form = CompanyForm(request.POST or None, initial=present(company, actions.COMPANY_EDITABLE) | {"aliases": names})
    if form.is_valid():
        changes, version = form.changes(), expected_version(request)
        aliases = changes.pop("aliases", None)
        saved = carried_out(
            request,
            form,
            lambda at, by: actions.edit_company(
                company, changes=changes, aliases=aliases, expected_version=version, at=at, by=by
            ),
        )
        if saved:
            messages.success(request, _("Company saved"))
            return redirect("crm:company-detail", pk=company.pk)
    if kept := kept_of_typed(company, form):
        company = kept
        names = _other_names(kept)
        carry_over(form, present(kept, actions.COMPANY_EDITABLE) | {"aliases": names})
        # The typed list would replace the other one: what the kept company is called stays unless it is taken out.
        form.data["aliases"] = "\n".join(sorted({*names, *form.cleaned_data.get("aliases", [])}))
    context = {
        "action": reverse("crm:company-edit", args=[kept.pk]) if kept else "",
        "company": company,
        "form": form,
        "version": shown_version(request, form, company),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/company_form.html", context)


def contact_new(request, pk):
    company = _company(request, pk)
    actions.require_for_company(request.user, "crm.add_contact", company)
    form = ContactForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        contact = carried_out(request, form, lambda at, by: actions.add_contact(company, **given, at=at, by=by))
        if contact:
            messages.success(request, _("Contact saved"))
            return redirect("crm:company-detail", pk=company.pk)
    context = {"company": company, "form": form, "submission_key": submission_key(request)}
    return render(request, "crm/contact_form.html", context)


def contact_edit(request, pk):
    contact = or_merged(request.user, Contact, pk)
    if contact.merged_into_id and request.method != "POST":
        return redirect("crm:contact-edit", pk=contact.merged_into_id)
    actions.require_for_company(request.user, "crm.edit_contact", contact.company)
    form = ContactForm(request.POST or None, initial=present(contact, actions.CONTACT_EDITABLE))
    if form.is_valid():
        changes, version = form.changes(), expected_version(request)
        saved = carried_out(
            request,
            form,
            lambda at, by: actions.edit_contact(contact, changes=changes, expected_version=version, at=at, by=by),
        )
        if saved:
            messages.success(request, _("Contact saved"))
            return redirect("crm:company-detail", pk=contact.company_id)
    if kept := kept_of_typed(contact, form):
        contact = kept
        carry_over(form, present(kept, actions.CONTACT_EDITABLE))
    context = {
        "action": reverse("crm:contact-edit", args=[kept.pk]) if kept else "",
        "company": contact.company,
        "contact": contact,
        "form": form,
        "version": shown_version(request, form, contact),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/contact_form.html", context)
