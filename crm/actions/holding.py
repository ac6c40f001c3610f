"""How a lead passes from hand to hand, and what a claim must respect. Called by the verbs, which save the lead."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.dates import local_day, local_time
from core.notices import notice_kind, tell
from core.rules import refuse
from crm.actions.editing import audited
from crm.actions.next_steps import follow
from crm.models import ChangeOfHands, Lead, LeadClaim, PoolRule
from parks.access import may

notice_kind("lead_taken", gettext_lazy("%(person)s took %(lead)s out of your hands."))

HELD = ("owner", "followed_up_at", "pooled_at", "pooled_how", "pooled_by", "pooled_reason", "version")
"""The columns that `give` sets."""


def held(lead):
    """The columns of HELD ready for the trail, so that a change of hands can be taken back from there."""
    return audited({name: getattr(lead, name) for name in HELD if name != "version"})


def give(lead, to, *, how, reason="", at, by):
    """Put the lead into the hands of `to`, or of nobody; the holding that ran until now ends. `by` None is the system.

    The caller holds the row's lock and saves the columns of HELD.
    """
    former = lead.owner
    end_holding(lead, how=how, reason=reason, at=at, by=by)
    lead.owner = to
    lead.followed_up_at = at
    lead.version += 1
    if to is None:
        lead.pooled_at, lead.pooled_how, lead.pooled_by, lead.pooled_reason = at, how, by, reason
    else:
        lead.pooled_at, lead.pooled_how, lead.pooled_by, lead.pooled_reason = None, "", None, ""
        begin_holding(lead, how=how, at=at, by=by)
    # A hand-over is of everything at once and keeps its own list; what the system takes back has its own notice.
    if by is not None and former not in (None, by) and how != ChangeOfHands.HANDED_OVER:
        _tell_former_holder(lead, former, at=at, by=by)
    follow(lead)


def _tell_former_holder(lead, former, *, at, by):
    is_seen = may(former, "crm.edit_lead", lead.park)  # it may have gone to a park where the former holder sees nothing
    url = reverse("crm:lead-detail", args=[lead.pk]) if is_seen else ""
    facts = {"lead": str(lead), "person": str(by)}
    tell(former, kind="lead_taken", key=f"lead_taken:{lead.pk}:{lead.version}", params=facts, url=url, at=at)


def begin_holding(lead, *, how, at, by):
    LeadClaim.objects.create(lead=lead, holder=lead.owner, began_at=at, began_how=how, began_by=by)


def end_holding(lead, *, how, reason, at, by):
    lead.claims.running().update(ended_at=at, ended_how=how, ended_by=by, reason=reason)


def take_hands_back(lead, given_at):
    """What `give` did at that moment never was: the holding it began is gone, the one it ended runs on."""
    lead.claims.filter(began_at=given_at, ended_at=None).delete()
    lead.claims.filter(ended_at=given_at).update(ended_at=None, ended_how="", ended_by=None, reason="")


def refuse_taken(lead):
    """Tell whoever comes second who was first, and when."""
    if lead.owner_id is None:
        return
    claim = lead.claims.running().first()
    since = local_time(claim.began_at if claim else lead.recorded_at).strftime("%Y-%m-%d %H:%M:%S")
    facts = {"person": str(lead.owner), "moment": since}
    refuse("owner", _("%(person)s has held this lead since %(moment)s. Choose another one.") % facts)


def refuse_beyond_limits(lead, holder, *, at):
    """The limits of the zone: claims a day, leads at once, and the cool-down after giving this one back."""
    rule = PoolRule.objects.of(lead.park.zone_pk)
    # Two claims of one person wait for each other, or both would count the same number.
    get_user_model().objects.select_for_update(no_key=True).get(pk=holder.pk)
    today = local_day(at)
    if rule.picks_per_day is not None and picks_left(rule, holder, today=today) == 0:
        said = ngettext(
            "You have claimed %(number)s lead today, as many as the zone allows. Claim again tomorrow.",
            "You have claimed %(number)s leads today, as many as the zone allows. Claim again tomorrow.",
            rule.picks_per_day,
        )
        refuse("owner", said % {"number": rule.picks_per_day})
    held = Lead.objects.held_by(holder).in_zone(rule.zone_id).count()
    if rule.most_held is not None and held >= rule.most_held:
        facts = {"number": held}
        refuse("owner", _("You hold %(number)s open leads, the most the zone allows. Give one back first.") % facts)
    _refuse_cooling(lead, holder, rule, today)


def picks_left(rule, holder, *, today):
    """How many leads of the pool this person may still claim on `today`; None for no limit."""
    if rule.picks_per_day is None:
        return None
    return max(0, rule.picks_per_day - LeadClaim.objects.taken_on(today, holder, rule.zone_id).count())


def _refuse_cooling(lead, holder, rule, today):
    gone = lead.claims.filter(holder=holder, ended_how__in=ChangeOfHands.given_up())
    latest = gone.order_by("-ended_at").first()
    if latest is None:
        return
    free_on = local_day(latest.ended_at) + timedelta(days=rule.cool_down_days)
    if today < free_on:
        facts = {"day": free_on.isoformat(), "gone": local_day(latest.ended_at).isoformat()}
        refuse(
            "owner",
            _("You held this lead until %(gone)s. You may claim it again from %(day)s; until then it is for others.")
            % facts,
        )
