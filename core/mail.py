"""Mailing people what stands unread in their bell: one mail a person and round, each notice at most once."""

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext, ngettext

from core.models import Notice
from core.notices import shown

# A mail server named for the first time, or mended after a week, must not empty old bells into the letter boxes.
WORTH_MAILING_FOR = timedelta(days=2)
MOST_ATTEMPTS = 5
PEOPLE_A_ROUND = 200
NOTICES_A_MAIL = 50
# This one mail cannot be sent, whatever becomes of the others. ValueError: an address no header may hold.
REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, ValueError)

logger = logging.getLogger(__name__)


def mail_notices(*, now: datetime) -> int:
    """How many mails went out; none where no mail server is configured. Safe at any time and in several workers."""
    if not settings.SENDS_MAIL:
        return 0
    waiting = Notice.objects.to_mail(made_since=now - WORTH_MAILING_FOR, most_attempts=MOST_ATTEMPTS)
    people = get_user_model().objects.filter(pk__in=waiting.order_by().values("recipient_id"))
    sent = 0
    for person in people.order_by("pk")[:PEOPLE_A_ROUND]:
        try:
            sent += _mail_to(person, waiting, now)
        except REFUSED:
            logger.warning("The mail to person %s was refused; it is tried again", person.pk, exc_info=True)
        except OSError:
            # The server is out of reach: the others would fare no better now.
            logger.warning("The mail server is out of reach; mails wait for the next round", exc_info=True)
            break
    return sent


def _mail_to(person: Any, waiting: Any, now: datetime) -> int:
    keys = waiting.filter(recipient=person).order_by("pk").values_list("pk", flat=True)[:NOTICES_A_MAIL]
    # Whoever's UPDATE finds the notice unmailed has it.
    mine = [key for key in keys if _claimed(key, now)]
    if not mine:
        return 0
    notices = list(Notice.objects.filter(pk__in=mine).order_by("pk"))
    try:
        _message(person, notices).send()
    except Exception as error:
        # Only a refusal counts as an attempt; a server that is down for a day uses none up.
        unused = 0 if isinstance(error, REFUSED) else 1
        Notice.objects.filter(pk__in=mine).update(mailed_at=None, mail_attempts=F("mail_attempts") - unused)
        raise
    return 1


def _claimed(pk: int, now: datetime) -> bool:
    unmailed = Notice.objects.filter(pk=pk, mailed_at=None)
    return bool(unmailed.update(mailed_at=now, mail_attempts=F("mail_attempts") + 1))


def _message(person: Any, notices: list[Notice]) -> EmailMessage:
    with translation.override(getattr(person, "language", "") or settings.LANGUAGE_CODE):
        lines = [f"· {shown(notice)}\n  {settings.SITE_URL}{notice.url}" for notice in notices]
        foot = gettext("You get this because your e-mail address stands in your profile: %(address)s") % {
            "address": f"{settings.SITE_URL}/account/"
        }
        subject = ngettext("Yinfeng: %(count)s notice", "Yinfeng: %(count)s notices", len(notices)) % {
            "count": len(notices)
        }
        return EmailMessage(
            subject, "\n\n".join([*lines, foot]), to=[person.email], headers={"Auto-Submitted": "auto-generated"}
        )
