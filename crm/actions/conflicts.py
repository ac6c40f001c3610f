"""Writes to conflicts of first talks: opening one by hand, deciding it, the one appeal, and the decision on that."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.errors import RuleViolation
from core.rules import refuse
from crm.actions.first_talk_notices import tell_of_appeal, tell_of_appeal_decision, tell_of_decision
from crm.actions.first_talks import award, dispute, lapse, mark_disputed
from crm.models import Appeal, Conflict, FirstTalk, PaperKind
from crm.protection import FREE_GROUNDS, LIVE, Claim, EndCause, FirstTalkStatus, Ground, foremost, last_day_of
from crm.protections import rule_of
from parks.access import require
from parks.querysets import people_who_may

VERB = "crm.decide_conflict"


def sides_of(conflict):
    return list(
        conflict.sides.select_related("park", "lead__company", "contact_verified_by")
        .prefetch_related("papers")
        .order_by("recorded_at", "pk")
    )


def claims_of(sides):
    """The live sides as the rule sees them."""
    return [
        Claim(
            side.pk,
            side.first_contact_on if side.contact_verified_at else None,
            any(paper.kind == PaperKind.PREFERENCE for paper in side.papers.all()),
        )
        for side in sides
        if side.status in LIVE
    ]


@transaction.atomic
def open_conflict(first, second, *, reason, at, by):
    """By hand, for claims of one group whose names do not show it. The later one is disputed."""
    for talk in (first, second):
        require(by, "crm.open_conflict", talk.park)
    keys = sorted([first.pk, second.pk])
    found = FirstTalk.objects.select_for_update(of=("self",)).select_related("park", "lead__company")
    sides = list(found.filter(pk__in=keys).order_by("recorded_at", "pk"))
    if len(sides) < 2 or sides[0].park.zone_pk != sides[1].park.zone_pk:
        refuse("second", _("Choose two first talks of different parks of one zone."))
    if any(side.status not in LIVE for side in sides):
        raise RuleViolation(_("One of the first talks is over; there is nothing left to decide."))
    if sides[0].park.path.startswith(sides[1].park.path) or sides[1].park.path.startswith(sides[0].park.path):
        refuse("second", _("Choose two first talks of different parks of one zone."))
    if Conflict.objects.filter(decided_at=None, sides=sides[0]).filter(sides=sides[1]).exists():
        raise RuleViolation(_("A conflict between these two is open already."))
    if not reason.strip():
        refuse("reason", _("Write why both are about one investor."))
    later = [side for side in sides[1:] if side.status != FirstTalkStatus.DISPUTED]
    return dispute(sides, disputed=later, reason=reason, at=at, by=by)


def _locked(conflict):
    return Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)


def _locked_sides(conflict, by):
    keys = list(conflict.sides.order_by("pk").values_list("pk", flat=True))
    list(FirstTalk.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    sides = sides_of(conflict)
    for side in sides:
        require(by, VERB, side.park)
    return sides


@transaction.atomic
def decide_conflict(conflict, *, winner, ground, reasons, at, by):
    """Decide for one side, with reasons. The rule binds: the earliest verified contact, then the written preference.

    Only where both leave the sides equal does the office choose, by the chain of the park or by its own judgement.
    """
    require(by, VERB, conflict.zone)
    conflict = _locked(conflict)
    sides = _locked_sides(conflict, by)
    if conflict.decided_at is not None:
        raise RuleViolation(_("This conflict has been decided already."))
    claims = claims_of(sides)
    unjudged = [side.park.name for side in sides if side.status in LIVE and side.contact_verified_at is None]
    if unjudged:
        raise RuleViolation(
            _("Verify or refuse the contact of each side first; still open: %(parks)s.")
            % {"parks": _(", ").join(unjudged)}
        )
    _refuse_against_the_rule(claims, sides, winner, ground)
    if not reasons.strip():
        refuse("reasons", _("Write the reasons; both sides read them, and an appeal answers them."))
    conflict.winner, conflict.ground, conflict.reasons = winner, ground, reasons.strip()
    conflict.decided_at, conflict.decided_by = at, by
    conflict.save()
    _carry_out(sides, winner.pk, reason=reasons, at=at, by=by)
    changes = diff({}, {"winner": winner.park.name, "ground": ground})
    record(VERB, conflict, park=conflict.zone_id, changes=changes, at=at, by=by)
    tell_of_decision(conflict, at=at, by=by)
    return conflict


def _refuse_against_the_rule(claims, sides, winner, ground):
    decided_by, leading = foremost(claims)
    if winner is None or winner.pk not in {claim.key for claim in claims}:
        refuse("winner", _("Choose one of the sides that are still in the conflict."))
    if winner.pk not in leading:
        first = next(side for side in sides if side.pk in leading)
        facts = {"park": first.park.name, "day": first.first_contact_on.isoformat()}
        if winner.first_contact_on == first.first_contact_on:
            refuse(
                "winner",
                _("Both contacts are of %(day)s; the rule puts %(park)s first, which the investor prefers in writing.")
                % facts,
            )
        refuse("winner", _("The rule puts %(park)s first: its contact of %(day)s is verified and earlier.") % facts)
    if decided_by and ground != decided_by:
        facts = {"ground": Ground(decided_by).label}
        refuse("ground", _("The sides differ by “%(ground)s”. Decide on that ground.") % facts)
    if not decided_by and ground not in FREE_GROUNDS:
        refuse("ground", _("Contact and preference leave the sides equal. Decide by the chain, or as the office."))


def _carry_out(sides, winner_pk, *, reason, at, by):
    for side in sides:
        if side.pk == winner_pk:
            award(side, reason=reason, at=at, by=by)
        elif side.status in LIVE:
            lapse(side, EndCause.LOST, effective_on=local_day(at), reason=reason, at=at, by=by)


@transaction.atomic
def appeal_conflict(conflict, *, side, reason, at, by):
    """Ask once for another look, as the park that lost, within the days of the rule. The decision stands meanwhile."""
    require(by, "crm.appeal_conflict", side.park)
    conflict = _locked(conflict)
    if conflict.decided_at is None:
        raise RuleViolation(_("This conflict is not decided yet; there is nothing to appeal against."))
    if Appeal.objects.filter(conflict=conflict).exists():
        raise RuleViolation(_("This decision has been appealed once; there is no second appeal."))
    side = FirstTalk.objects.select_for_update(of=("self",)).select_related("park").get(pk=side.pk)
    is_side = conflict.sides.filter(pk=side.pk).exists() and conflict.winner_id != side.pk
    if side.end_cause != EndCause.LOST or not is_side:
        raise RuleViolation(_("Only the side that lost this conflict can appeal."))
    last = last_day_of(local_day(conflict.decided_at), rule_of(side.park).appeal_days)
    if local_day(at) > last:
        raise RuleViolation(_("An appeal was possible until %(day)s. The decision stands.") % {"day": last.isoformat()})
    if not reason.strip():
        refuse("reason", _("Write what the decision overlooked."))
    appeal = Appeal.objects.create(conflict=conflict, side=side, reason=reason.strip(), appealed_at=at, appealed_by=by)
    mark_disputed(side, reason=reason, at=at, by=by)
    record("crm.appeal_conflict", conflict, park=side.park_id, changes=diff({}, {"side": side.park.name}), at=at, by=by)
    tell_of_appeal(appeal, at=at, by=by)
    return appeal


@transaction.atomic
def decide_appeal(conflict, *, winner, reasons, at, by):
    """The last word, by somebody else than whoever decided first, where the zone has such a person."""
    require(by, VERB, conflict.zone)
    conflict = _locked(conflict)
    appeal = Appeal.objects.filter(conflict=conflict).first()
    if appeal is None:
        raise RuleViolation(_("This decision has not been appealed."))
    sides = _locked_sides(conflict, by)
    if appeal.decided_at is not None:
        raise RuleViolation(_("This appeal has been decided already."))
    if conflict.decided_by_id == by.pk and _somebody_else(conflict, by).exists():
        raise RuleViolation(_("You decided this conflict. Somebody else of the office has to decide the appeal."))
    if winner is None or winner.pk not in {conflict.winner_id, appeal.side_id}:
        refuse("winner", _("Choose the side that won or the side that appealed."))
    if not reasons.strip():
        refuse("reasons", _("Write the reasons; both sides read them, and this decision is the last."))
    appeal.winner, appeal.reasons, appeal.decided_at, appeal.decided_by = winner, reasons.strip(), at, by
    appeal.save()
    _carry_out(sides, winner.pk, reason=reasons, at=at, by=by)
    record(
        "crm.decide_appeal",
        conflict,
        park=conflict.zone_id,
        changes=diff({"winner": conflict.winner.park.name}, {"winner": winner.park.name}),
        at=at,
        by=by,
    )
    tell_of_appeal_decision(appeal, at=at, by=by)
    return appeal


def _somebody_else(conflict, by):
    people = get_user_model().objects.exclude(pk=by.pk)
    return people_who_may(people, VERB, park=conflict.zone)
