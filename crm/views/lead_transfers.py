"""Pages of 流转 of leads: the form, and the list of what moved with the shares that were agreed."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.forms import submission_key
from core.paging import Keyset, capped_count
from crm import actions
from crm.forms.first_talks import LeadTransferForm, remainders
from crm.models import Lead, LeadTransfer
from crm.models.split import last_day_of_split
from crm.views.doing import carried_out, parks_to
from parks.access import require
from parks.models import Park


def lead_transfer(request, pk):
    leads = Lead.objects.visible_to(request.user).select_related("company", "park")
    lead = get_object_or_404(leads, pk=pk)
    require(request.user, "crm.transfer_lead", lead.park)
    parks = parks_to(request.user, "crm.transfer_lead").exclude(pk=lead.park_id)
    form = LeadTransferForm(request.POST or None, parks=parks, today=timezone.localdate())
    if form.is_valid():
        given = form.cleaned_data
        moved = carried_out(request, form, lambda at, by: actions.transfer_lead(lead, **given, at=at, by=by))
        if moved:
            messages.success(request, _("Lead transferred"))
            return redirect("crm:lead-detail", pk=lead.pk)
    context = {
        "lead": lead,
        "form": form,
        "remainders": remainders(form),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/lead_transfer.html", context)


@require_GET
def lead_transfer_list(request):
    seen = LeadTransfer.objects.visible_to(request.user)
    page = Keyset(
        seen, order="-effective_on", show=lambda rows: rows.select_related("lead__company", "from_park", "to_park")
    ).page(request.GET.get("cursor"))
    parks = set(Park.objects.visible_to(request.user).values_list("pk", flat=True))
    for transfer in page:
        dress_transfer(transfer, parks)
    count, more = (len(page), False) if page.is_whole else capped_count(seen)
    return render(request, "crm/lead_transfer_list.html", {"page": page, "count": count, "more": more})


def dress_transfer(transfer, parks):
    """The last days of both shares, and whether the viewer, who sees `parks`, may open the lead where it is now."""
    transfer.tax_until = last_day_of_split(transfer.effective_on, transfer.tax_years)
    transfer.indicator_until = last_day_of_split(transfer.effective_on, transfer.indicator_years)
    transfer.is_seen = transfer.lead.park_id in parks
