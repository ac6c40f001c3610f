"""The page behind the bell: one's own notices, newest first, and marking them read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import notices
from core.models import Notice
from core.paging import Keyset


@require_GET
@never_cache
def notice_list(request: HttpRequest) -> HttpResponse:
    only_unread = request.GET.get("show") != "all"
    mine = Notice.objects.visible_to(request.user)
    page = Keyset(mine.unread() if only_unread else mine, order="-id").page(request.GET.get("cursor"))
    for notice in page:
        notice.text = notices.shown(notice)
    return render(request, "core/notices.html", {"page": page, "only_unread": only_unread})


@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it read and go where it points; a POST, because a browser fetching ahead must not read for a person."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    notices.mark_read(notice, at=timezone.now(), by=request.user)
    # SECURITY: only addresses of this site, which begin with exactly one slash.
    is_ours = notice.url.startswith("/") and not notice.url.startswith(("//", "/\\"))
    return redirect(notice.url if is_ours else "core:notice-list")


@require_POST
def notice_read_all(request: HttpRequest) -> HttpResponse:
    if notices.mark_all_read(at=timezone.now(), by=request.user):
        messages.success(request, gettext("All notices read"))
    return redirect("core:notice-list")
