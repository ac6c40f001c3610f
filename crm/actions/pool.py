"""The lead pool: claiming, giving back, going back by itself, and the rules of a zone."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.dates import local_day
from core.notices import Told, notice_kind, tell, tell_all
from core.rules import refuse, refuse_invalid, refuse_stale
from crm.actions.editing import apply
from crm.actions.holding import HELD, give, held, refuse_beyond_limits, refuse_taken
from crm.actions.leads import locked
from crm.models import ChangeOfHands, Lead, PoolRule
from parks.access import may, require

notice_kind(
    "lead_goes_back", gettext_lazy("%(lead)s goes back to the pool on %(day)s unless something is recorded of it.")
)
notice_kind("lead_went_back", gettext_lazy("%(lead)s went back to the pool, because nothing was recorded of it."))

POOL_RULE_EDITABLE = (
    "picks_per_day",
    "most_held",
    "cool_down_days",
    "first_record_days",
    "silent_days",
    "warning_days",
    "spares_protected",
)


@transaction.atomic
def claim_lead(lead, *, at, by):
    """Take a lead out of the pool. Of several who claim it at once the first has it; the others are told who."""
    require(by, "crm.claim_lead", lead.park)
    lead = locked(lead)
    # It may have gone to another park while this waited for the lock.
    require(by, "crm.claim_lead", lead.park)
    if not lead.is_open:
        refuse("stage", _("This lead is closed. Open it again before somebody takes it."))
    refuse_taken(lead)
    refuse_beyond_limits(lead, by, at=at)
    before = held(lead)
    give(lead, by, how=ChangeOfHands.CLAIMED, at=at, by=by)
    lead.save(update_fields=HELD)
    record("crm.claim_lead", lead, park=lead.park_id, changes=diff(before, held(lead)), at=at, by=by)
    return lead


@transaction.atomic
def return_lead(lead, *, reason, expected_version=None, at, by):
    """Give a lead back to the pool, with the reason; its own officer may, and the office."""
    require(by, "crm.return_lead", lead.park)
    lead = locked(lead)
    refuse_stale(lead, expected_version, ("owner",))
    reason = reason.strip()
    if not lead.is_open:
        refuse("stage", _("This lead is closed; only open leads go back to the pool."))
    if lead.owner_id is None:
        refuse("owner", _("This lead is in the pool already."))
    if lead.owner_id != by.pk and not may(by, "crm.assign_lead", lead.park):
        facts = {"person": str(lead.owner)}
        refuse("owner", _("This lead is with %(person)s, who may give it back; so may the office.") % facts)
    if not reason:
        refuse("reason", _("Write why the lead is given back, for whoever takes it next."))
    if len(reason) > 200:
        refuse("reason", _("Write the reason in at most 200 characters."))
    before = held(lead)
    give(lead, None, how=ChangeOfHands.RETURNED, reason=reason, at=at, by=by)
    lead.save(update_fields=HELD)
    record("crm.return_lead", lead, park=lead.park_id, changes=diff(before, held(lead)), at=at, by=by)
    return lead


def return_silent_leads(*, at):
    """Put leads back of which nothing was recorded for as long as their zone's rule says; returns them.

    For the nightly task. Safe to run twice, and a missed night is caught up by the next: what counts is the day.
    """
    today, returned = local_day(at), []
    for rule in PoolRule.objects.select_related("zone"):
        keys = Lead.objects.silent(rule, today=today).order_by("pk").values_list("pk", flat=True)
        returned += filter(None, [_return_silent(pk, rule, today, at) for pk in list(keys)])
    return returned


@transaction.atomic
def warn_of_silence(*, at):
    """Tell officers which of their leads are about to go back, once for each day on which that would happen."""
    today, told = local_day(at), []
    for rule in PoolRule.objects.select_related("zone"):
        soon = Lead.objects.silent(rule, today=today + timedelta(days=rule.warning_days))
        for lead in soon.select_related("company").order_by("pk"):
            day = rule.goes_back_on(lead, lead.claims.running().first())
            about = _about(lead)
            about["params"] |= {"day": max(day, today)}
            told.append(Told(lead.owner_id, "lead_goes_back", f"lead_goes_back:{lead.pk}:{day}", **about))
    tell_all(told, at=at)
    return len(told)


def _about(lead):
    return {"params": {"lead": str(lead)}, "url": reverse("crm:lead-detail", args=[lead.pk])}


@transaction.atomic
def _return_silent(pk, rule, today, at):
    lead = locked(Lead(pk=pk))
    # Somebody may have written to it while this waited for the lock.
    if not Lead.objects.silent(rule, today=today).filter(pk=pk).exists():
        return None
    owner, before = lead.owner, held(lead)
    tell(owner, kind="lead_went_back", key=f"lead_went_back:{pk}:{today}", at=at, **_about(lead))
    give(lead, None, how=ChangeOfHands.SILENT, at=at, by=None)
    lead.save(update_fields=HELD)
    record("crm.return_lead", lead, park=lead.park_id, changes=diff(before, held(lead)), at=at, by=None)
    return lead


@transaction.atomic
def set_pool_rule(zone, *, changes, expected_version=None, at, by):
    """Set the rules of a zone's pool. Silence is counted from the day on which it first had rules of its own."""
    require(by, "crm.set_rules", zone)
    if zone.parent_id is not None:
        refuse("zone", _("The rules of the pool are those of the whole zone. Set them there."))
    rule = PoolRule.objects.select_for_update().filter(zone=zone).first() or PoolRule(zone=zone)
    if rule.pk:
        refuse_stale(rule, expected_version, POOL_RULE_EDITABLE)
        rule.version += 1
    before, after = apply(rule, changes, POOL_RULE_EDITABLE)
    rule.in_force_on = rule.in_force_on or local_day(at)
    refuse_invalid(rule)
    rule.save()
    record("crm.set_rules", zone, park=zone.pk, changes=diff(before, after), at=at, by=by)
    return rule
