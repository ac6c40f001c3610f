"""Writes to first talks: registering, verifying, renewing and ending them, and the nightly work on those that lapse."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.errors import RuleViolation
from core.rules import refuse, refuse_future, refuse_invalid
from core.uploads import check_upload, store
from crm.actions.first_talk_notices import tell_of_decision, tell_of_judgement, tell_of_lapse, tell_of_opening
from crm.models import Company, Conflict, FirstTalk, FirstTalkChange, FirstTalkPaper, PaperKind
from crm.protection import LIVE, RUNNING, EndCause, FirstTalkStatus, Ground, last_day_of, threshold_met
from crm.protections import end_of, records_of, rule_of, rules_of
from parks.access import require

S = FirstTalkStatus
BATCH = 500


@transaction.atomic
def register_first_talk(
    lead,
    *,
    first_contact_on=None,
    interaction=None,
    file=None,
    preference=None,
    amount_wan=None,
    amount_wan_usd=None,
    chain_fit="",
    at,
    by,
    **given,
):
    """Claim the first talk with the investor of `lead`, on a conversation that was logged or on a `file`.

    `preference` is a file in which the investor says in writing which park it prefers. The amount is that of the lead
    where none is given. Against a claim of another park that meets the threshold it becomes a conflict; it is never
    turned away for that.
    """
    require(by, "crm.register_first_talk", lead.park)
    first_contact_on = _day_of_contact(first_contact_on, interaction, at)
    if interaction is not None and (interaction.company_id, interaction.park_id) != (lead.company_id, lead.park_id):
        refuse("interaction", _("Choose a conversation of this park with this company."))
    if interaction is None and not file:
        refuse("file", _("Prove the contact: choose a logged conversation, or attach minutes or a visit record."))
    if not lead.is_open:
        raise RuleViolation(_("This lead is closed. Open it again before you register the first talk."))
    _lock_investor(lead.company)
    mine = FirstTalk.objects.live().of_investor(lead.company).inside(lead.park).select_related("park").first()
    if mine is not None:
        facts = {"park": mine.park.name, "day": local_day(mine.recorded_at).isoformat()}
        raise RuleViolation(
            _("%(park)s has registered its first talk with this investor on %(day)s already. Go on with that one.")
            % facts
        )
    if amount_wan is None and amount_wan_usd is None:
        amount_wan = lead.intended_investment_wan
    talk = FirstTalk(
        lead=lead,
        park=lead.park,
        first_contact_on=first_contact_on,
        interaction=interaction,
        amount_wan=amount_wan,
        amount_wan_usd=amount_wan_usd,
        threshold_met=threshold_met(amount_wan, amount_wan_usd, rule_of(lead.park)),
        chain_fit=chain_fit.strip(),
        recorded_at=at,
        recorded_by=by,
        **given,
    )
    refuse_invalid(talk)
    talk.save()
    _keep_papers(talk, {PaperKind.CONTACT: file, PaperKind.PREFERENCE: preference}, at=at, by=by)
    _enter(talk, S.APPLIED, effective_on=local_day(at), at=at, by=by)
    record(
        "crm.register_first_talk",
        talk,
        park=lead.park_id,
        changes=diff({}, {"first_contact_on": first_contact_on, "threshold_met": talk.threshold_met}),
        at=at,
        by=by,
    )
    _dispute_with_earlier(talk, at=at, by=by)
    return talk


def _day_of_contact(day, interaction, at):
    if interaction is not None:
        if day is not None and day != interaction.happened_on:
            facts = {"day": interaction.happened_on.isoformat()}
            refuse("first_contact_on", _("The conversation you chose took place on %(day)s. Enter that day.") % facts)
        return interaction.happened_on
    if day is None:
        refuse("first_contact_on", _("Enter the day of the first contact."))
    refuse_future("first_contact_on", day, at)
    return day


def _lock_investor(company):
    """Two parks that register one investor in the same second come one after the other, and the second one sees it."""
    same = Company.objects.called(company.name).order_by().values_list("pk", flat=True)
    keys = {company.pk, *same}
    list(Company.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def _keep_papers(talk, files, *, at, by):
    for kind, file in files.items():
        if file:
            _keep_paper(talk, kind, file, at=at, by=by)


def _keep_paper(talk, kind, file, *, at, by):
    field = "preference" if kind == PaperKind.PREFERENCE else "file"
    try:
        checked = check_upload(file)
    except RuleViolation as refusal:
        raise RuleViolation(fields={field: list(refusal.reasons)}) from refusal
    paper = FirstTalkPaper(
        first_talk=talk,
        kind=kind,
        title=checked.name,
        stored_name=store(file, checked),
        content_type=checked.content_type,
        sha256=checked.sha256,
        size_bytes=checked.size,
        uploaded_at=at,
        uploaded_by=by,
    )
    refuse_invalid(paper)
    paper.save()
    return paper


@transaction.atomic
def add_paper(talk, *, kind, file, at, by):
    """Bring one more piece of evidence while the first talk, or a conflict about it, is still open."""
    require(by, "crm.register_first_talk", talk.park)
    talk = locked_talk(talk)
    if talk.status not in LIVE and not talk.conflicts.undecided().exists():
        raise RuleViolation(_("This first talk is over; evidence no longer changes it. Appeal if it was decided."))
    paper = _keep_paper(talk, kind, file, at=at, by=by)
    changes = diff({}, {"kind": kind, "sha256": paper.sha256})
    record("crm.register_first_talk", talk, park=talk.park_id, changes=changes, at=at, by=by)
    return paper


def locked_talk(talk):
    return FirstTalk.objects.select_for_update(of=("self",)).select_related("park", "lead__company").get(pk=talk.pk)


def _enter(talk, status, *, effective_on, cause="", reason="", at, by):
    """The one place where a status changes: with its dated line."""
    came_from = "" if talk.pk and not talk.changes.exists() else talk.status
    FirstTalkChange.objects.create(
        first_talk=talk,
        from_status=came_from,
        to_status=status,
        cause=cause,
        effective_on=effective_on,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    talk.status, talk.end_cause = status, cause
    talk.save()


# ── conflicts open and close with what happens to their sides ────────────────────────────────────────────────────────


def _dispute_with_earlier(talk, *, at, by):
    """A claim against one that meets the threshold is disputed, not lost. Below it nothing is exclusive."""
    earlier = FirstTalk.objects.live().of_investor(talk.lead.company).outside(talk.park).exclude(threshold_met="")
    against = list(earlier.select_for_update(of=("self",)).select_related("park").order_by("recorded_at", "pk"))
    if against:
        dispute([*against, talk], disputed=[talk], at=at, by=by)


def dispute(sides, *, disputed, reason="", at, by):
    """Open a conflict between the sides, or join the one that is open; the `disputed` ones wait for the decision."""
    keys = [side.pk for side in sides]
    zone = sides[0].park.zone_pk
    conflict = Conflict.objects.filter(decided_at=None, sides__in=keys).order_by("pk").first()
    if conflict is None:
        conflict = Conflict.objects.create(zone_id=zone, opened_at=at, opened_by=by)
    conflict.sides.add(*keys)
    for talk in disputed:
        _enter(talk, S.DISPUTED, effective_on=local_day(at), reason=reason, at=at, by=by)
    parks = {"parks": [side.park.name for side in sides]}
    record("crm.open_conflict", conflict, park=zone, changes=diff({}, parks), at=at, by=by)
    tell_of_opening(conflict, at=at, by=by)
    return conflict


def _open_conflict_of(talk):
    return talk.conflicts.filter(decided_at=None).first()


def _close_conflict_left_with_one(talk, *, at, by):
    """Where all but one side of an undecided conflict are out, the remaining one has nobody to dispute with."""
    conflict = _open_conflict_of(talk)
    if conflict is None:
        return
    left = list(conflict.sides.select_for_update(of=("self",)).live().select_related("park", "lead__company"))
    if len(left) != 1:
        return
    conflict.winner, conflict.ground, conflict.decided_at, conflict.decided_by = left[0], Ground.ALONE, at, by
    conflict.save()
    record("crm.decide_conflict", conflict, park=conflict.zone_id, changes={"ground": Ground.ALONE}, at=at, by=by)
    tell_of_decision(conflict, at=at, by=by)
    if left[0].status == S.DISPUTED:
        award(left[0], at=at, by=by)


def award(talk, *, reason="", at, by):
    """Give a first talk what it is entitled to: protection, or the plain record below the threshold."""
    if talk.status in RUNNING:
        return
    today = local_day(at)
    if talk.contact_verified_at is None:
        _enter(talk, S.APPLIED, effective_on=today, reason=reason, at=at, by=by)
    elif not talk.threshold_met:
        _enter(talk, S.VERIFIED, effective_on=today, reason=reason, at=at, by=by)
    else:
        talk.protected_from = today
        talk.protected_until = last_day_of(today, rule_of(talk.park).period_days)
        _enter(talk, S.PROTECTED, effective_on=today, reason=reason, at=at, by=by)


def lapse(talk, cause, *, effective_on, reason="", at, by):
    _enter(talk, S.LAPSED, cause=cause, effective_on=effective_on, reason=reason, at=at, by=by)


def mark_disputed(talk, *, reason, at, by):
    _enter(talk, S.DISPUTED, effective_on=local_day(at), reason=reason, at=at, by=by)


# ── the office ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def verify_first_talk(talk, *, is_accepted, reason="", at, by):
    """Say whether the contact really took place (核验). From an accepted one above the threshold protection follows.

    While a conflict is open the protection waits for its decision. A refusal needs a reason and ends the claim.
    """
    require(by, "crm.verify_first_talk", talk.park)
    talk = locked_talk(talk)
    if talk.status not in (S.APPLIED, S.DISPUTED) or talk.contact_verified_at is not None:
        raise RuleViolation(_("This contact has been judged already, or the first talk is over."))
    if talk.recorded_by_id == by.pk:
        raise RuleViolation(_("You registered this yourself. Somebody else has to verify it."))
    if not is_accepted and not reason.strip():
        refuse("reason", _("Write why the contact is not accepted, so that the park can answer."))
    today = local_day(at)
    if is_accepted:
        talk.contact_verified_at, talk.contact_verified_by = at, by
        if talk.status == S.DISPUTED:
            talk.save()
        else:
            _enter(talk, S.VERIFIED, effective_on=today, reason=reason, at=at, by=by)
            if talk.threshold_met and _open_conflict_of(talk) is None:
                award(talk, at=at, by=by)
    else:
        lapse(talk, EndCause.NOT_VERIFIED, effective_on=today, reason=reason, at=at, by=by)
        _close_conflict_left_with_one(talk, at=at, by=by)
    tell_of_judgement(talk, is_accepted=is_accepted, at=at)
    changes = {"accepted": is_accepted, "status": talk.status}
    record("crm.verify_first_talk", talk, park=talk.park_id, changes=diff({}, changes), at=at, by=by)
    return talk


# ── the park ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def renew_first_talk(talk, *, reason, at, by):
    """Prolong a protection by one period, counted from its last day, as often as the zone's rule allows (once)."""
    require(by, "crm.renew_first_talk", talk.park)
    talk = locked_talk(talk)
    rule = rule_of(talk.park)
    today = local_day(at)
    if talk.status not in RUNNING or end_of(talk, rule, records_of([talk])[talk.pk]).last_day < today:
        raise RuleViolation(_("Only a protection in force can be renewed. This one is not, or its last day is past."))
    if talk.renewals >= rule.renewals:
        raise RuleViolation(
            _("The rule of the zone allows %(count)s renewals, and they are used up.") % {"count": rule.renewals}
        )
    if not reason.strip():
        refuse("reason", _("Write how the talks stand and why they need more time."))
    before = {"protected_until": talk.protected_until}
    talk.protected_until = last_day_of(talk.protected_until, rule.period_days)
    talk.renewals += 1
    _enter(talk, S.RENEWED, effective_on=today, reason=reason, at=at, by=by)
    after = {"protected_until": talk.protected_until}
    record("crm.renew_first_talk", talk, park=talk.park_id, changes=diff(before, after), at=at, by=by)
    return talk


@transaction.atomic
def end_first_talk(talk, *, reason, at, by):
    """Give a first talk up before its time: the protection, or the claim itself."""
    require(by, "crm.end_first_talk", talk.park)
    talk = locked_talk(talk)
    if talk.status not in LIVE:
        raise RuleViolation(_("This first talk is over already."))
    if not reason.strip():
        refuse("reason", _("Write why it ends before its time."))
    before = {"status": talk.status}
    lapse(talk, EndCause.GIVEN_UP, effective_on=local_day(at), reason=reason, at=at, by=by)
    _close_conflict_left_with_one(talk, at=at, by=by)
    record("crm.end_first_talk", talk, park=talk.park_id, changes=diff(before, {"status": S.LAPSED}), at=at, by=by)
    return talk


def pass_on(talk, *, to_park, effective_on, reason, at, by):
    """Called by the verb that transfers the lead: the claim of the old park ends, and the new park holds it as it was.

    A conflict stays between the same claims, with the new park in place of the old one.
    """
    talk = locked_talk(talk)
    was = talk.status
    _enter(talk, S.TRANSFERRED, effective_on=effective_on, reason=reason, at=at, by=by)
    kept = ("first_contact_on", "interaction", "amount_wan", "amount_wan_usd", "threshold_met", "is_synthetic",
            "contact_verified_at", "contact_verified_by", "protected_from", "protected_until", "renewals")  # fmt: skip
    if FirstTalk.objects.live().of_investor(talk.lead.company).inside(to_park).exists():
        # The new park has a claim of its own; two of one park would be one too many.
        _close_conflict_left_with_one(talk, at=at, by=by)
        return None
    heir = FirstTalk(lead=talk.lead, park=to_park, came_from=talk, recorded_at=at, recorded_by=by)
    for name in kept:
        setattr(heir, name, getattr(talk, name))
    heir.save()
    _enter(heir, was, effective_on=effective_on, reason=reason, at=at, by=by)
    for conflict in talk.conflicts.filter(decided_at=None):
        conflict.sides.add(heir)
    record("crm.pass_on_first_talk", talk, park=to_park.pk, changes=diff({}, {"to": to_park.name}), at=at, by=by)
    return heir


# ── every night ──────────────────────────────────────────────────────────────────────────────────────────────────────


def lapse_first_talks(*, at):
    """End the protections whose last day is past; gives how many. Run by the clock, for the system.

    Each ends on the day it would have ended on, however late this runs; run again, it finds nothing left to do.
    """
    ended, after = 0, 0
    while batch := list(_running_after(after)):
        after = batch[-1].pk
        rules, records = rules_of(batch), records_of(batch)
        for talk in batch:
            end = end_of(talk, rules[talk.pk], records[talk.pk])
            if end.last_day < local_day(at):
                ended += _lapse_once(talk, at=at)
    return ended


def _running_after(key):
    running = FirstTalk.objects.filter(status__in=RUNNING, pk__gt=key).select_related("park", "lead")
    return running.order_by("pk")[:BATCH]


@transaction.atomic
def _lapse_once(talk, *, at):
    talk = locked_talk(talk)
    end = end_of(talk, rule_of(talk.park), records_of([talk])[talk.pk])
    if talk.status not in RUNNING or end.last_day >= local_day(at):
        return 0
    lapse(talk, end.cause, effective_on=end.last_day + timedelta(days=1), at=at, by=None)
    _close_conflict_left_with_one(talk, at=at, by=None)
    changes = diff({}, {"cause": end.cause, "last_day": end.last_day})
    record("crm.lapse_first_talk", talk, park=talk.park_id, changes=changes, at=at, by=None)
    tell_of_lapse(talk, end.last_day, at=at)
    return 1
