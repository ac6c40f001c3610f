"""Giving out, renewing and revoking the private address of one's own calendar feed."""

import hashlib
import secrets

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import record
from crm.models import CalendarFeed


def digest_of_secret(secret):
    """Enough for 256 random bits: nobody can guess them, so nothing slows the look-up down."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def make_calendar_feed(person, *, at, by):
    """Give out a new address; one given out before is revoked. Gives the secret, which is kept nowhere."""
    _require_self(person, by)
    _revoke(person, at)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(person=person, digest=digest_of_secret(secret), made_at=at)
    record("crm.make_calendar_feed", feed, at=at, by=by)
    return secret


@transaction.atomic
def revoke_calendar_feed(person, *, at, by):
    """From now on the address answers nobody. Gives whether there was one."""
    _require_self(person, by)
    feed = CalendarFeed.objects.filter(person=person, revoked_at=None).first()
    if feed is None:
        return False
    _revoke(person, at)
    record("crm.revoke_calendar_feed", feed, at=at, by=by)
    return True


def _revoke(person, at):
    # The person's row is the lock: two windows renewing at once give one address each, and the later one holds.
    get_user_model().objects.select_for_update().get(pk=person.pk)
    CalendarFeed.objects.filter(person=person, revoked_at=None).update(revoked_at=at)


def _require_self(person, by):
    if by.pk != person.pk:
        raise PermissionDenied(_("Only you may change this about your own account."))
