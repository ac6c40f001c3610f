"""Merging two companies or two contacts: finding the other one, comparing, merging, and taking it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import RuleViolation
from core.forms import once_for, submission_key
from crm import actions
from crm.actions.merging import counts, obstacles_to_merging, require_to_merge
from crm.duplicates import companies_like
from crm.field_history import words_of_pair
from crm.forms import MergeForm
from crm.merging import moving
from crm.models import Company, Contact, Merge, MergeKind
from crm.views.doing import carried_out, kept_instead

OFFERED = 12


def company_merge(request, pk):
    company = Company.objects.visible_to(request.user).filter(pk=pk).first()
    if company is None:
        return redirect("crm:company-merge", pk=_led_on(request, Company, pk).pk)
    actions.require_for_company(request.user, "crm.merge_companies", company)
    other = _other(request, Company.objects.visible_to(request.user))
    if other is None:
        return _choosing(request, company, _companies_to_choose(request, company))
    require_to_merge(request.user, "crm.merge_companies", company, other)
    return _comparing(request, company, other, actions.merge_companies)


def contact_merge(request, pk):
    contacts = Contact.objects.visible_to(request.user).select_related("company")
    contact = contacts.filter(pk=pk).first()
    if contact is None:
        return redirect("crm:contact-merge", pk=_led_on(request, Contact, pk).pk)
    actions.require_for_company(request.user, "crm.merge_contacts", contact.company)
    other = _other(request, contacts)
    if other is None:
        return _choosing(request, contact, contact.company.contacts.exclude(pk=contact.pk)[:OFFERED])
    return _comparing(request, contact, other, actions.merge_contacts)


def _led_on(request, model, pk):
    kept = kept_instead(request.user, model, pk)
    if kept is None:
        raise Http404
    return kept


def _other(request, rows):
    """The record named by `with`; None where none is named yet."""
    said = request.POST.get("with") or request.GET.get("with") or ""
    if not said:
        return None
    if not (said.isdecimal() and len(said) < 19):
        raise Http404
    return get_object_or_404(rows, pk=said)


def _companies_to_choose(request, company):
    """What was searched for, else what looks like the company."""
    text = request.GET.get("q", "").strip().replace("\0", "")[:80]
    if text:
        found = Company.objects.visible_to(request.user).named_like(text).exclude(pk=company.pk)
        return list(found.order_by("-pk")[:OFFERED])
    names = {"name": company.name, "credit_code": company.credit_code or "", "group_name": company.group_name}
    return [hit.row for hit in companies_like(request.user, **names) if hit.row and hit.row.pk != company.pk]


def _choosing(request, record, choices):
    context = {"record": record, "choices": choices, "text": request.GET.get("q", ""), **_words(record)}
    return render(request, "crm/merge_choose.html", context)


def _words(record):
    """The kind of record, its pages, and the company whose page stands above."""
    kind = record._meta.model_name
    company = record if isinstance(record, Company) else record.company
    return {"kind": kind, "company": company, "route": f"crm:{kind}-merge"}


def _comparing(request, keep, drop, merge):
    form = MergeForm(request.POST or None, keep=keep, drop=drop)
    if form.is_valid():
        said, take = request.POST, form.cleaned_data
        versions = {"keep_version": _version(said, "keep_version"), "drop_version": _version(said, "drop_version")}
        done = carried_out(request, form, lambda at, by: merge(keep, drop, take=take, **versions, at=at, by=by))
        if done:
            messages.success(request, _("Merged: %(merge)s") % {"merge": done})
            return redirect("crm:company-detail", pk=_words(keep)["company"].pk)
        form = _as_they_are_now(request, form, keep, drop)
    context = {
        "keep": keep,
        "drop": drop,
        "form": form,
        "moves": _moves(keep, drop),
        "obstacles": obstacles_to_merging(keep, drop),
        "submission_key": submission_key(request),
        **_words(keep),
    }
    return render(request, "crm/merge.html", context)


def _as_they_are_now(request, refused, keep, drop):
    """The form over both records as somebody else may have left them, with the same choices and what was refused."""
    for each in (keep, drop):
        each.refresh_from_db(from_queryset=type(each).with_merged)
    form = MergeForm(request.POST, keep=keep, drop=drop)
    form.is_valid()
    for name, errors in refused.errors.as_data().items():
        form.add_error(name if name in form.fields else None, errors)
    return form


def _version(said, name):
    text = said.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _moves(keep, drop):
    return [(relation.model._meta.verbose_name_plural, number) for relation, number in counts(keep, drop)]


@require_GET
def merge_detail(request, pk):
    return _merge_page(request, _merge(request, pk))


@require_POST
def merge_undo(request, pk):
    merge = _merge(request, pk)
    at = timezone.now()
    try:
        once_for(request, at=at, do=lambda: actions.unmerge(merge, at=at, by=request.user))
    except RuleViolation as refused:
        return _merge_page(request, merge, refused=refused.reasons, status=409)
    messages.success(request, _("Merge taken back"))
    return redirect(_page_of(merge, merge.dropped_id))


def _merge(request, pk):
    merges = Merge.objects.visible_to(request.user).select_related("merged_by", "undone_by")
    return get_object_or_404(merges, pk=pk)


def _page_of(merge, pk):
    """The company's page; a contact has none of its own."""
    if merge.kind == MergeKind.COMPANY:
        return reverse("crm:company-detail", args=[pk])
    return reverse("crm:company-detail", args=[merge.model.with_merged.get(pk=pk).company_id])


def _may_undo(user, merge, company):
    try:
        if merge.kind == MergeKind.COMPANY:
            require_to_merge(user, "crm.merge_companies", merge.kept_id, merge.dropped_id)
        else:
            actions.require_for_company(user, "crm.merge_contacts", company)
    except PermissionDenied:
        return False
    return True


def _moved(merge):
    """What came along, in words, by kind."""
    named = {relation.name: relation.model._meta.verbose_name_plural for relation in moving(merge.model)}
    return [(named.get(name, name), len(keys)) for name, keys in merge.moved.items() if keys]


def _merge_page(request, merge, *, refused=(), status=200):
    kept = merge.model.with_merged.get(pk=merge.kept_id)
    company = kept if merge.kind == MergeKind.COMPANY else kept.company
    context = {
        "merge": merge,
        "company": company,
        "moved": _moved(merge),
        "replaced": [
            (kept._meta.get_field(field).verbose_name, *words_of_pair(kept, field, pair))
            for field, pair in merge.replaced["kept"].items()
        ],
        "may_undo": merge.undone_at is None and _may_undo(request.user, merge, company),
        "refused": refused,
        "submission_key": submission_key(request),
    }
    return render(request, "crm/merge_detail.html", context, status=status)
