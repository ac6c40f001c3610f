"""首报首谈 as data and arithmetic: who is protected, until which day, and which side of a conflict comes first.

Knows no models. The periods are counted as civil law counts them (民法典第二百零一条): the day on which a period begins
is not counted, so a protection of 90 days that takes effect on 1 January ends with 1 April, its day 90.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class FirstTalkStatus(models.TextChoices):
    APPLIED = "applied", _("Applied")
    VERIFIED = "verified", _("Contact verified")
    PROTECTED = "protected", _("In force")
    RENEWED = "renewed", _("Renewed")
    LAPSED = "lapsed", _("Lapsed")
    TRANSFERRED = "transferred", _("Passed on by transfer")
    DISPUTED = "disputed", _("Disputed")


S = FirstTalkStatus
RUNNING = (S.PROTECTED, S.RENEWED)
"""Others must not contact the investor."""
LIVE = (S.APPLIED, S.VERIFIED, *RUNNING, S.DISPUTED)
"""Neither ended nor passed on."""


class Threshold(models.TextChoices):
    WAN = "wan", _("Total investment")
    WAN_USD = "wan_usd", _("Foreign capital")


class EndCause(models.TextChoices):
    PERIOD_OVER = "period_over", _("The period is over")
    SILENCE = "silence", _("No new record in time")
    NOT_VERIFIED = "not_verified", _("The contact was not verified")
    GIVEN_UP = "given_up", _("Ended early")
    LOST = "lost", _("The conflict was decided for another park")


class Ground(models.TextChoices):
    """Why a conflict was decided as it was, in the order in which the rule asks."""

    CONTACT = "contact", _("Earliest verified contact")
    PREFERENCE = "preference", _("Written preference of the investor")
    CHAIN_FIT = "chain_fit", _("Fits the chain of the park")
    OFFICE = "office", _("Decided by the office")
    ALONE = "alone", _("No other side is left")


FREE_GROUNDS = (Ground.CHAIN_FIT, Ground.OFFICE)
"""Those the office chooses by judgement, where contact and preference do not tell the sides apart."""

SOON_DAYS = 14
URGENT_DAYS = 3


def threshold_met(amount_wan: Decimal | None, amount_wan_usd: Decimal | None, rule: Any) -> str:
    """Which threshold of the rule the amounts meet; "" for none. Yuan and dollars are never converted."""
    if _reaches(amount_wan, rule.min_wan, is_inclusive=rule.is_min_wan_inclusive):
        return Threshold.WAN
    if _reaches(amount_wan_usd, rule.min_wan_usd, is_inclusive=rule.is_min_wan_usd_inclusive):
        return Threshold.WAN_USD
    return ""


def _reaches(amount: Decimal | None, least: Decimal, *, is_inclusive: bool) -> bool:
    return amount is not None and (amount > least or (is_inclusive and amount == least))


def last_day_of(start: date, days: int) -> date:
    return start + timedelta(days=days)


def quiet_until(start: date, records: Iterable[tuple[date, date]], silent_days: int) -> date:
    """The last day on which silence has not yet ended a protection that began on `start`.

    `records` are (happened on, recorded on) of conversations and steps. One that was written down only after the
    silence had ended the protection does not bring it back; so a night without work changes nothing.
    """
    last = last_day_of(start, silent_days)
    for happened_on, recorded_on in sorted(records, key=lambda record: record[1]):
        if recorded_on > last:
            break
        last = max(last, last_day_of(happened_on, silent_days))
    return last


def light_of(days_left: int) -> str:
    if days_left <= URGENT_DAYS:
        return "bad"
    return "warn" if days_left <= SOON_DAYS else "ok"


@dataclass(frozen=True, slots=True)
class Claim:
    """A side of a conflict, reduced to what the rule looks at. `contact_on` is None while nobody verified it."""

    key: int
    contact_on: date | None
    has_preference: bool


def foremost(claims: list[Claim]) -> tuple[str, list[int]]:
    """(ground, keys): the side the rule puts first, or, where it tells none apart, "" and those that are equal."""
    verified = [claim for claim in claims if claim.contact_on is not None]
    earliest = min((claim.contact_on for claim in verified), default=None)
    equal = [claim for claim in verified if claim.contact_on == earliest]
    if len(equal) == 1:
        return Ground.CONTACT, [equal[0].key]
    preferred = [claim for claim in equal if claim.has_preference]
    if len(preferred) == 1:
        return Ground.PREFERENCE, [preferred[0].key]
    return "", [claim.key for claim in equal]
