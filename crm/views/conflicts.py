"""Pages of conflicts: the evidence of both sides beside each other, the decision, and the appeal."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.dates import local_day
from core.forms import submission_key
from crm import actions
from crm.actions.conflicts import claims_of, sides_of
from crm.forms.first_talks import DecideAppealForm, DecideForm, ReasonForm
from crm.models import Conflict, FirstTalk
from crm.protection import LIVE, EndCause, FirstTalkStatus, Ground, foremost, last_day_of
from crm.protections import rule_of
from crm.views.doing import carried_out
from crm.views.first_talks import clothe
from parks.access import may, require
from parks.models import Park


def _conflict(request, pk):
    found = Conflict.objects.visible_to(request.user).select_related("zone", "winner__park", "decided_by", "appeal")
    return get_object_or_404(found, pk=pk)


@require_GET
def conflict_detail(request, pk):
    return _shown(request, _conflict(request, pk))


def _shown(request, conflict, forms=None):
    today = timezone.localdate()
    seen_parks = set(Park.objects.visible_to(request.user).values_list("pk", flat=True))
    sides = [side for side in clothe(sides_of(conflict), today) if side.status != FirstTalkStatus.TRANSFERRED]
    for side in sides:
        # SECURITY: of the other side an officer learns the park and the day, never what it brought.
        side.is_seen = side.park_id in seen_parks
    claims = claims_of(sides)
    ground, leading = foremost(claims)
    appeal = getattr(conflict, "appeal", None)
    office = may(request.user, "crm.decide_conflict", conflict.zone)
    loser = next((side for side in sides if _may_appeal(request.user, conflict, side, appeal, today)), None)
    live = conflict.sides.filter(pk__in=[side.pk for side in sides if side.status in LIVE])
    told = {"initial": {"winner": leading[0], "ground": ground}} if ground else {}
    context = {
        "conflict": conflict,
        "company": next((side.lead.company for side in sides if side.is_seen), None),
        "sides": sides,
        "appeal": appeal,
        "is_office": office,
        "unjudged": [side for side in sides if side.status in LIVE and side.contact_verified_at is None],
        "rule_says": _rule_says(ground, leading, sides) if conflict.decided_at is None else "",
        "ground_label": Ground(conflict.ground).label if conflict.ground else "",
        "may_decide": office and conflict.decided_at is None,
        "may_decide_appeal": office and appeal is not None and appeal.decided_at is None,
        "is_first_decider": conflict.decided_by_id == request.user.pk,
        "loser": loser,
        "appeal_until": last_day_of(local_day(conflict.decided_at), rule_of(loser.park).appeal_days) if loser else None,
        "forms": {
            "decide": DecideForm(sides=live.select_related("park"), ground=ground, **told),
            "appeal": ReasonForm(prefix="appeal"),
            "decide_appeal": DecideAppealForm(sides=_sides_of_appeal(conflict, appeal)),
            **(forms or {}),
        },
        "submission_key": submission_key(request),
    }
    return render(request, "crm/conflict_detail.html", context)


def _sides_of_appeal(conflict, appeal):
    keys = [conflict.winner_id, appeal.side_id] if appeal else []
    return conflict.sides.filter(pk__in=keys).select_related("park")


def _may_appeal(user, conflict, side, appeal, today):
    if appeal is not None or side.end_cause != EndCause.LOST or not may(user, "crm.appeal_conflict", side.park):
        return False
    return today <= last_day_of(local_day(conflict.decided_at), rule_of(side.park).appeal_days)


def _rule_says(ground, leading, sides):
    if not leading:
        return _("No contact is verified yet; the rule cannot tell who was first.")
    if not ground:
        return _("Contact and preference leave the sides equal: the office decides.")
    first = next(side for side in sides if side.pk in leading)
    return _("By the rule: %(park)s (%(ground)s).") % {"park": first.park.name, "ground": Ground(ground).label}


def _deed(request, conflict, name, form, do, said):
    if form.is_valid() and carried_out(request, form, do):
        messages.success(request, said)
        return redirect("crm:conflict-detail", pk=conflict.pk)
    return _shown(request, conflict, {name: form})


@require_POST
def conflict_decide(request, pk):
    conflict = _conflict(request, pk)
    require(request.user, "crm.decide_conflict", conflict.zone)
    sides = conflict.sides.filter(status__in=LIVE)
    ground, _leading = foremost(claims_of(sides_of(conflict)))
    form = DecideForm(request.POST, sides=sides.select_related("park"), ground=ground)
    return _deed(
        request,
        conflict,
        "decide",
        form,
        lambda at, by: actions.decide_conflict(conflict, **form.cleaned_data, at=at, by=by),
        _("Conflict decided"),
    )


@require_POST
def conflict_appeal(request, pk):
    conflict = _conflict(request, pk)
    mine = FirstTalk.objects.visible_to(request.user).filter(conflicts=conflict).select_related("park")
    # Without a side that lost, the action says why there is nothing to appeal against.
    side = mine.filter(end_cause=EndCause.LOST).first() or mine.order_by("-pk").first()
    require(request.user, "crm.appeal_conflict", side.park)
    form = ReasonForm(request.POST, prefix="appeal")
    return _deed(
        request,
        conflict,
        "appeal",
        form,
        lambda at, by: actions.appeal_conflict(conflict, side=side, reason=form.cleaned_data["reason"], at=at, by=by),
        _("Appeal filed"),
    )


@require_POST
def conflict_decide_appeal(request, pk):
    conflict = _conflict(request, pk)
    require(request.user, "crm.decide_conflict", conflict.zone)
    appeal = getattr(conflict, "appeal", None)
    form = DecideAppealForm(request.POST, sides=_sides_of_appeal(conflict, appeal))
    return _deed(
        request,
        conflict,
        "decide_appeal",
        form,
        lambda at, by: actions.decide_appeal(conflict, **form.cleaned_data, at=at, by=by),
        _("Appeal decided"),
    )
