"""The history of the fields of a company, a contact or a lead, and the button that puts a value back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import RuleViolation
from core.forms import expected_version, once_for, submission_key
from core.paging import Keyset
from crm import actions
from crm.actions.restoring import entries_about
from crm.field_history import field_changes, kind_of
from crm.models import Company, Contact, Lead
from parks.access import require

KINDS = {"company": Company, "contact": Contact, "lead": Lead}
SHOWN = 30
"""Deeds a page."""


@require_GET
def history(request, kind, pk):
    return _page(request, _record(request, kind, pk))


@require_POST
def restore(request, kind, pk):
    record = _record(request, kind, pk)
    _require_edit(request.user, record)
    key, field = request.POST.get("entry", ""), request.POST.get("field", "")
    version, at = expected_version(request), timezone.now()
    entry = entries_about(record).filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    try:
        once_for(
            request,
            at=at,
            do=lambda: actions.restore_field(
                record, entry=entry, field=field, expected_version=version, at=at, by=request.user
            ),
        )
    except RuleViolation as refused:
        record.refresh_from_db()
        return _page(request, record, refused=refused.reasons, status=409)
    messages.success(request, _("Value put back"))
    return redirect(f"crm:{kind}-history", pk=pk)


def _record(request, kind, pk):
    joined = {"company": (), "contact": ("company",), "lead": ("company", "park")}[kind]
    rows = KINDS[kind].objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*joined) if joined else rows, pk=pk)


def _page(request, record, *, refused=(), status=200):
    page = Keyset(entries_about(record).select_related("by"), order="-id", size=SHOWN).page(request.GET.get("cursor"))
    context = {
        "record": record,
        "kind": kind_of(record),
        "company": record if isinstance(record, Company) else record.company,
        "changes": field_changes(record, page),
        "page": page,
        "may_restore": _may_edit(request.user, record),
        "restore_route": f"crm:{kind_of(record)}-restore",
        "refused": refused,
        "submission_key": submission_key(request),
    }
    return render(request, "crm/field_history.html", context, status=status)


def _require_edit(user, record):
    verb = f"crm.edit_{kind_of(record)}"
    if isinstance(record, Lead):
        require(user, verb, record.park)
    else:
        actions.require_for_company(user, verb, record if isinstance(record, Company) else record.company)


def _may_edit(user, record):
    try:
        _require_edit(user, record)
    except PermissionDenied:
        return False
    return True
