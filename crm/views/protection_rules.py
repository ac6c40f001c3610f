"""The page of a zone's rule about first talks: everybody in the zone reads it, the office changes it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.forms import expected_version, submission_key
from crm import actions
from crm.forms.asking import present
from crm.forms.first_talks import ProtectionRuleForm
from crm.protections import rule_of
from crm.views.doing import carried_out
from parks.access import may, require
from parks.models import Park


def zone_asked(request):
    """The zone named in the address, else the first one; a zone is seen by whoever sees a park of it."""
    keys = {park.zone_pk for park in Park.objects.visible_to(request.user)}
    zones = Park.objects.filter(pk__in=keys).in_tree_order()  # scoped: the top of a park the viewer sees
    code = request.GET.get("zone")
    zone = zones.filter(code=code).first() if code else zones.first()
    if zone is None:
        raise Http404
    return zone


def protection_rule(request):
    zone = zone_asked(request)
    rule = rule_of(zone)
    if request.method == "POST":
        require(request.user, "crm.set_rules", zone)
    form = ProtectionRuleForm(request.POST or None, initial=present(rule, actions.PROTECTION_EDITABLE))
    if form.is_valid():
        changes, version = form.cleaned_data, expected_version(request)
        saved = carried_out(
            request,
            form,
            lambda at, by: actions.set_protection_rule(zone, changes=changes, expected_version=version, at=at, by=by),
        )
        if saved:
            messages.success(request, _("Rule saved"))
            return redirect(f"{reverse('crm:protection-rule')}?zone={zone.code}")
    is_stale = getattr(form, "is_stale", False)
    context = {
        "zone": zone,
        "rule": rule,
        "form": form,
        "may_set": may(request.user, "crm.set_rules", zone),
        "version": rule.version if is_stale else expected_version(request) or rule.version,
        "submission_key": submission_key(request),
    }
    return render(request, "crm/protection_rule.html", context)
