"""The page of a zone's clock rules: everybody in the zone reads it, the office changes it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.forms import submission_key
from crm import actions
from crm.clock_rules import limits_of
from crm.clocks import ClockStep, limit_in_words
from crm.forms.clocks import ClockRulesForm
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


def clock_rules(request):
    zone = zone_asked(request)
    if request.method == "POST":
        require(request.user, "crm.set_rules", zone)
    limits = limits_of(zone.pk)
    form = ClockRulesForm(request.POST or None, limits=limits)
    if form.is_valid():
        saved = carried_out(
            request, form, lambda at, by: actions.set_clock_rules(zone, limits=form.limits(), at=at, by=by)
        )
        if saved:
            messages.success(request, _("Clock rules saved"))
            return redirect(f"{reverse('crm:clock-rules')}?zone={zone.code}")
    context = {
        "zone": zone,
        "form": form,
        "limits": [(ClockStep(step).label, limit_in_words(limit), limit) for step, limit in limits.items()],
        "may_set": may(request.user, "crm.set_rules", zone),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/clock_rules.html", context)
