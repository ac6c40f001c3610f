"""The page of the whole trail: who did what to which record and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.paging import Keyset, capped_count
from parks.access import require
from reports import trail
from reports.forms import TrailForm


@require_GET
def trail_page(request: HttpRequest) -> HttpResponse:
    require(request.user, "reports.read_trail")
    form = TrailForm(request.GET, reader=request.user, today=timezone.localdate())
    found = trail.entries_for(request.user)
    found = found.filter(form.conditions()) if form.is_valid() else found.none()
    page = Keyset(found, order="-pk", show=lambda rows: rows.select_related("by")).page(request.GET.get("cursor"))
    count, more = (len(page), False) if page.is_whole else capped_count(found)
    content = {
        "filter": {"form": form},
        "page": page,
        "trail": trail.told(page.items, request.user),
        "count": count,
        "more": more,
    }
    return render(request, "reports/trail.html", content)
