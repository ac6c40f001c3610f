"""One's own calendar feed: the page that gives out its address, and the address itself, which needs no sign-in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.backends import may_be_used
from core.sessions import client_address
from crm import actions
from crm.desk_due import due_rows
from crm.ical import calendar_of
from crm.models import CalendarFeed

MOST_ENTRIES = 500
AN_HOUR = 3600
MOST_FETCHES_AN_HOUR = 60
MOST_MISSES_AN_HOUR = 30


@never_cache
def calendar_feed(request):
    me, at = request.user, timezone.now()
    address = ""
    if request.method == "POST" and request.POST.get("deed") == "revoke":
        if actions.revoke_calendar_feed(me, at=at, by=me):
            messages.success(request, _("Calendar address revoked"))
        return redirect("crm:calendar-feed")
    if request.method == "POST":
        # Shown in this one answer and never again: only its digest is kept.
        secret = actions.make_calendar_feed(me, at=at, by=me)
        address = f"{settings.SITE_URL}{reverse('crm:calendar-file', args=[secret])}"
    feed = CalendarFeed.objects.filter(person=me, revoked_at=None).first()  # scoped: one's own
    return render(request, "crm/calendar_feed.html", {"feed": feed, "address": address})


@require_GET
@login_not_required
def calendar_file(request, secret):
    """SECURITY: whoever knows the address reads what its owner may see now, and nothing of it is kept on the way."""
    digest = actions.digest_of_secret(secret)
    feed = CalendarFeed.objects.select_related("person").filter(digest=digest).first()  # scoped: by the secret
    if feed is None:
        sentence = _("There is no calendar at this address. Make a new address on the page of your account.")
        return _missed(request, sentence, 404)
    if feed.revoked_at is not None or not may_be_used(feed.person):
        sentence = _("This calendar address was revoked. Make a new one on the page of your account.")
        return _missed(request, sentence, 410)
    if _count(f"calendar-fetch:{feed.pk}") > MOST_FETCHES_AN_HOUR:
        return _too_many()
    now = timezone.now()
    with translation.override(feed.person.language or settings.LANGUAGE_CODE):
        rows = due_rows(feed.person, today=timezone.localdate(now), most=MOST_ENTRIES)
        content = calendar_of(rows, site_url=settings.SITE_URL, at=now)
    headers = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _missed(request, sentence, status):
    """Only misses are slowed down: an office shares one address, and one wrong entry must not silence the others."""
    if _count(f"calendar-miss:{client_address(request)}") > MOST_MISSES_AN_HOUR:
        return _too_many()
    return _said(sentence, status)


def _count(key):
    """How often within the hour that began with the first time."""
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two calls
        return 1


def _too_many():
    answer = _said(_("This calendar is fetched too often. Once an hour is enough."), 429)
    answer["Retry-After"] = str(AN_HOUR)
    return answer


def _said(sentence, status):
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
