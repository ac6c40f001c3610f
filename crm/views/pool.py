"""Pages of the lead pool: what lies in it, claiming, giving back, assigning, and the rules of a zone."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import RuleViolation
from core.forms import expected_version, once_for, submission_key
from core.paging import Keyset, capped_count
from crm import actions
from crm.desk_pool import allowance, dress_pooled
from crm.filters import PoolFilters
from crm.forms.asking import present
from crm.forms.pool import AssignForm, PoolRuleForm, ReturnForm
from crm.models import Lead, PoolRule
from crm.views.doing import carried_out, everybody, parks_to, shown_version
from parks.access import require, verbs_of
from parks.models import Park
from parks.querysets import people_who_may


def _shown(leads):
    return leads.select_related("company", "park", "pooled_by")


@require_GET
def lead_pool(request):
    shown = PoolFilters(request.GET or None, queryset=Lead.objects.visible_to(request.user).in_pool(), request=request)
    page = Keyset(shown.qs, order="-pooled_at", show=_shown).page(request.GET.get("cursor"))
    count, more = (len(page), False) if page.is_whole else capped_count(shown.qs)
    today = timezone.localdate()
    dress_pooled(page.items, request.user, today=today)
    context = {
        "filter": shown,
        "page": page,
        "count": count,
        "more": more,
        "may_claim": "crm.claim_lead" in verbs_of(request.user),
        "rules_for": Park.objects.visible_to(request.user).where_may(request.user, "crm.set_rules").filter(parent=None),
        **allowance(request.user, today=today),
    }
    return render(request, "crm/lead_pool.html", context)


@require_POST
def lead_claim(request, pk):
    lead = _lead(request, pk)
    at = timezone.now()
    try:
        once_for(request, at=at, do=lambda: actions.claim_lead(lead, at=at, by=request.user))
    except RuleViolation as violation:
        for reason in violation.reasons:
            messages.error(request, reason)
        return redirect("crm:lead-pool")
    messages.success(request, _("Claimed: %(lead)s") % {"lead": lead})
    return redirect("crm:lead-detail", pk=pk)


def lead_return(request, pk):
    lead = _lead(request, pk)
    require(request.user, "crm.return_lead", lead.park)
    form = ReturnForm(request.POST or None)
    if form.is_valid():
        reason, version = form.cleaned_data["reason"], expected_version(request)
        returned = carried_out(
            request,
            form,
            lambda at, by: actions.return_lead(lead, reason=reason, expected_version=version, at=at, by=by),
        )
        if returned:
            messages.success(request, _("Given back to the pool"))
            return redirect("crm:lead-detail", pk=pk)
    return render(request, "crm/lead_return.html", _form_context(request, form, lead))


def lead_assign(request, pk):
    lead = _lead(request, pk)
    require(request.user, "crm.assign_lead", lead.park)
    today = timezone.localdate()
    parks = parks_to(request.user, "crm.assign_lead")
    form = AssignForm(
        request.POST or None,
        initial={"park": lead.park_id, "owner": lead.owner_id, "effective_on": today},
        parks=parks,
        owners=people_who_may(everybody(), "crm.edit_lead", parks=parks),
        today=today,
    )
    if form.is_valid():
        given, version = form.cleaned_data, expected_version(request)
        assigned = carried_out(
            request, form, lambda at, by: actions.assign_lead(lead, **given, expected_version=version, at=at, by=by)
        )
        if assigned:
            messages.success(request, _("Lead assigned"))
            return redirect("crm:lead-detail", pk=pk)
    return render(request, "crm/lead_assign.html", _form_context(request, form, lead))


def _lead(request, pk):
    return get_object_or_404(Lead.objects.visible_to(request.user).select_related("company", "park", "owner"), pk=pk)


def _form_context(request, form, lead):
    return {
        "lead": lead,
        "form": form,
        "version": shown_version(request, form, lead),
        "submission_key": submission_key(request),
    }


def pool_rules(request):
    """The rules of one's zone; where somebody looks after several, `?zone=` names one."""
    require(request.user, "crm.set_rules")
    zones = Park.objects.visible_to(request.user).where_may(request.user, "crm.set_rules").filter(parent=None)
    code = request.GET.get("zone", "")
    zone = get_object_or_404(zones, code=code) if code else zones.order_by("sort_path").first()
    if zone is None:
        return render(request, "crm/pool_rules.html", {"zones": zones})
    rule = PoolRule.objects.filter(zone=zone).first() or PoolRule(zone=zone)  # scoped: by the zone
    form = PoolRuleForm(request.POST or None, initial=present(rule, actions.POOL_RULE_EDITABLE))
    if form.is_valid():
        given, version = form.cleaned_data, expected_version(request) if rule.pk else None
        saved = carried_out(
            request,
            form,
            lambda at, by: actions.set_pool_rule(zone, changes=given, expected_version=version, at=at, by=by),
        )
        if saved:
            messages.success(request, _("Rules saved"))
            return redirect(request.get_full_path())
    context = {
        "zones": zones,
        "zone": zone,
        "rule": rule,
        "form": form,
        "version": shown_version(request, form, rule) if rule.pk else None,
        "submission_key": submission_key(request),
    }
    return render(request, "crm/pool_rules.html", context)
