"""The office gives a lead to a park and to an officer there (分派)."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.notices import notice_kind, tell
from core.rules import refuse, refuse_future, refuse_invalid, refuse_stale
from core.search import refresh
from crm.actions.companies import introduce_company
from crm.actions.holding import HELD, give, held
from crm.actions.leads import locked, refuse_idle_owner, take_step
from crm.actions.next_steps import follow
from crm.lifecycle import LeadStage, next_stages
from crm.models import ChangeOfHands, LeadAssignment
from crm.protection import LIVE
from parks.access import require

notice_kind("lead_assigned", gettext_lazy("%(person)s assigned %(lead)s to you."))


@transaction.atomic
def assign_lead(lead, *, park=None, owner=None, effective_on, note="", expected_version=None, at, by):
    """Give the lead to `park` (its own where none is named) and to `owner`, or to that park's pool.

    Where the lead stands before it, this is also the step “Assigned for follow-up”, through the same gate. All that is
    known of the lead stays with it; its company becomes known in the park.
    """
    require(by, "crm.assign_lead", lead.park)
    lead = locked(lead)
    require(by, "crm.assign_lead", lead.park)
    refuse_stale(lead, expected_version, ("park", "owner", "stage"))
    park = park or lead.park
    require(by, "crm.assign_lead", park)
    if not lead.is_open:
        refuse("stage", _("This lead is closed. Open it again before it is assigned."))
    refuse_future("effective_on", effective_on, at)
    if owner is not None:
        refuse_idle_owner(owner, park)
    if (park.pk, owner and owner.pk) == (lead.park_id, lead.owner_id) and not _is_due(lead):
        refuse("owner", _("Nothing would change: the lead lies there already."))
    if park.pk != lead.park_id:
        _refuse_move(lead, park)
    assignment = LeadAssignment(
        lead=lead,
        from_park=lead.park,
        to_park=park,
        from_owner=lead.owner,
        to_owner=owner,
        effective_on=effective_on,
        note=note.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    refuse_invalid(assignment)
    assignment.save()
    before = held(lead) | {"park": lead.park_id}
    if park.pk != lead.park_id:
        introduce_company(lead.company, park=park, at=at, by=by)
    lead.park = park
    if owner != lead.owner:
        give(lead, owner, how=ChangeOfHands.ASSIGNED, reason=note.strip()[:200], at=at, by=by)
    else:
        lead.version += 1
    lead.save(update_fields=["park", *HELD])
    follow(lead)
    refresh(lead)
    changes = diff(before, held(lead) | {"park": lead.park_id})
    record("crm.assign_lead", lead, park=park.pk, changes=changes, at=at, by=by)
    _tell_owner(assignment, at=at, by=by)
    if owner is not None and _is_due(lead):
        lead = take_step(lead, LeadStage.ASSIGNED, effective_on, note=note, at=at, by=by)
    return lead


def _tell_owner(assignment, *, at, by):
    lead, owner = assignment.lead, assignment.to_owner
    if owner is not None and owner != by:
        params, url = {"lead": str(lead), "person": str(by)}, reverse("crm:lead-detail", args=[lead.pk])
        tell(owner, kind="lead_assigned", key=f"lead_assigned:{assignment.pk}", params=params, url=url, at=at)


def _refuse_move(lead, park):
    if park.zone_pk != lead.park.zone_pk:
        refuse("park", _("Choose a park of the same zone."))
    if lead.first_talks.filter(status__in=LIVE).exists():
        refuse(
            "park", _("A first talk protects this lead in its park. Transfer it, with the split of what comes of it.")
        )


def _is_due(lead):
    return LeadStage.ASSIGNED in next_stages(lead.stage)
