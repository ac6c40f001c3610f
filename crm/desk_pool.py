"""What the pool holds for a person: the newest leads to be had, and how many more may be claimed today."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import local_day
from core.paging import capped_count
from crm.actions import picks_left
from crm.clocks import face_of
from crm.models import ChangeOfHands, Lead, LeadClaim, PoolRule
from parks import industries
from parks.access import may, posts

SHOWN_ON_DESK = 3


def pool_box(user, *, today):
    """The newest of the pool with its number and the viewer's allowance; None for whoever may claim nothing."""
    if not may(user, "crm.claim_lead"):
        return None
    pool = Lead.objects.visible_to(user).in_pool()
    rows = list(pool.select_related("company", "park").order_by("-pooled_at", "-pk")[:SHOWN_ON_DESK])
    number, more = (len(rows), False) if len(rows) < SHOWN_ON_DESK else capped_count(pool)
    dress_pooled(rows, user, today=today)
    return {"rows": rows, "number": number, "more": more, **allowance(user, today=today)}


def allowance(user, *, today):
    """The rule of the viewer's zone and what it leaves him today; nothing for people of several zones."""
    zones = {int(path.split("/")[1]) for _role, path in posts(user)}
    if len(zones) != 1:
        return {"rule": None, "left": None}
    rule = PoolRule.objects.of(zones.pop())
    return {"rule": rule, "left": picks_left(rule, user, today=today)}


def dress_pooled(leads, user, *, today):
    """What a row says besides its columns: how long and why it lies there, its clock, and when it may be claimed."""
    free = _free_on(leads, user)
    for lead in leads:
        lead.pooled_words = _words(lead, today)
        lead.face = face_of(lead, today=today)
        lead.industry_name = industries.INDUSTRIES[lead.industry].name if lead.industry in industries.INDUSTRIES else ""
        free_on = free.get(lead.pk)
        lead.free_on = free_on if free_on and free_on > today else None


def _words(lead, today):
    days = (today - local_day(lead.pooled_at or lead.recorded_at)).days
    told = {"days": days}
    if lead.pooled_how == ChangeOfHands.RETURNED:
        said = ngettext("given back %(days)s day ago", "given back %(days)s days ago", days) if days else ""
        return said % told if said else _("given back today")
    if lead.pooled_how == ChangeOfHands.SILENT:
        said = ngettext("not followed up, here for %(days)s day", "not followed up, here for %(days)s days", days)
        return said % told if days else _("not followed up, here since today")
    said = ngettext("unclaimed for %(days)s day", "unclaimed for %(days)s days", days)
    return said % told if days else _("new today")


def _free_on(leads, user):
    """Of leads the viewer gave back: from when he may claim them again. Two queries, none for an empty page."""
    if not leads:
        return {}
    gone = LeadClaim.objects.filter(lead__in=leads, holder=user, ended_how__in=ChangeOfHands.given_up())
    latest = {}
    for lead_pk, ended_at in gone.order_by("ended_at").values_list("lead_id", "ended_at"):
        latest[lead_pk] = local_day(ended_at)
    if not latest:
        return {}
    zones = {lead.pk: lead.park.zone_pk for lead in leads}
    rules = {pk: PoolRule.objects.of(pk) for pk in {zones[lead_pk] for lead_pk in latest}}
    return {pk: day + timedelta(days=rules[zones[pk]].cool_down_days) for pk, day in latest.items()}


def told_hands(lead, claims, user, *, today):
    """In whose hands the lead is, what the viewer may do about it, and when it would go back by itself."""
    running = next((claim for claim in claims if claim.ended_at is None), None)
    rule = PoolRule.objects.of(lead.park.zone_pk) if lead.is_open and lead.owner_id else None
    back_on = rule.goes_back_on(lead, running) if rule else None
    if back_on and rule.spares_protected and lead.first_talks.running(today).exists():
        back_on = None
    office = may(user, "crm.assign_lead", lead.park)
    may_return = may(user, "crm.return_lead", lead.park) and (office or lead.owner_id == user.pk)
    return {
        "in_pool": lead.is_open and lead.owner_id is None,
        "may_claim": lead.is_open and lead.owner_id is None and may(user, "crm.claim_lead", lead.park),
        "may_return": lead.is_open and lead.owner_id is not None and may_return,
        "may_assign": lead.is_open and office,
        "back_on": back_on if back_on and (back_on - today).days <= rule.warning_days else None,
    }


def told_claims(claims):
    """Each change of hands as an entry of the timeline, with what it is sorted by; the logging itself is told there."""
    told = []
    for claim in claims:
        if claim.began_how != ChangeOfHands.LOGGED:
            told.append((claim.began_at, claim.pk, _told(claim.began_at, claim.get_began_how_display(), claim.holder)))
        if claim.ended_how in ChangeOfHands.given_up():
            entry = _told(claim.ended_at, claim.get_ended_how_display(), claim.holder)
            entry |= {"text": claim.reason, "by": claim.ended_by or ""}
            told.append((claim.ended_at, claim.pk, entry))
    return told


def _told(moment, what, whom):
    day = local_day(moment)
    return {"effective_on": day, "recorded_on": day, "late_days": 0, "title": f"{what} · {whom}"}
