"""What can be done to many leads at once. Each lead goes through its own verb, so gates and trail are the same."""

from datetime import date

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from core.bulk import BulkDeed, bulk_list
from core.rules import refuse
from crm.actions.leads import advance_lead, edit_lead, refuse_idle_owner, refuse_others, refuse_pooled, refuse_step
from crm.lifecycle import LeadStage
from crm.models import Lead
from parks.access import may, require

BULK_VERBS = {"crm.edit_lead", "crm.advance_lead"}
"""Whoever has none of them anywhere changes no lead, however many are chosen."""


def _rows(user):
    return Lead.objects.visible_to(user).select_related("park", "company", "owner")


def _changes(lead, changes):
    return any(getattr(lead, name) != value for name, value in changes.items())


def _foresee_hand(lead, *, owner, at, by):
    require(by, "crm.edit_lead", lead.park)
    if lead.owner_id == owner.pk:
        return False
    refuse_idle_owner(owner, lead.park)
    if lead.owner is not None:
        refuse_others(lead.owner, lead.park, by)
    elif not may(by, "crm.assign_lead", lead.park):
        refuse_pooled()  # also to oneself: what may be claimed is counted lead by lead
    return True


def _read_owner(given):
    owner = get_user_model().objects.filter(pk=given["owner"], is_active=True).first()
    if owner is None:
        refuse("owner", _("Choose an officer."))
    return {"owner": owner}


def _foresee_next_step(lead, *, changes, at, by):
    require(by, "crm.edit_lead", lead.park)
    return _changes(lead, changes)


def _read_next_step(given):
    due_on = given.get("next_step_due_on")
    changes = {
        "next_step": given.get("next_step", ""),
        "next_step_due_on": date.fromisoformat(due_on) if due_on else None,
    }
    if not any(changes.values()):
        refuse("next_step", _("Write the next step, or choose its day."))
    return {"changes": changes}


def _foresee_step(lead, *, at, by, **step):
    require(by, "crm.advance_lead", lead.park)
    if lead.stage == step["to"]:
        return False
    refuse_step(lead, at=at, **step)
    return True


def _read_step(given):
    if given["to"] == LeadStage.CONVERTED:
        refuse("to", _("A lead becomes a project through “Open a project”."))
    return {
        "to": LeadStage(given["to"]),
        "effective_on": date.fromisoformat(given["effective_on"]),
        "note": given.get("note", ""),
        "shelving_reason": given.get("shelving_reason", ""),
    }


LEADS = bulk_list(
    "leads",
    rows=_rows,
    page="crm:lead-detail",
    list_page="crm:lead-list",
    deeds=[
        BulkDeed(
            "hand",
            _("Hand to an officer"),
            foresee=_foresee_hand,
            do=lambda lead, *, owner, at, by: edit_lead(lead, changes={"owner": owner}, at=at, by=by),
            read=_read_owner,
        ),
        BulkDeed("move", _("Move to a stage"), foresee=_foresee_step, do=advance_lead, read=_read_step),
        BulkDeed(
            "next-step",
            _("Set the next step"),
            foresee=_foresee_next_step,
            do=edit_lead,
            read=_read_next_step,
        ),
        BulkDeed(
            "shelve",
            _("Shelve"),
            foresee=_foresee_step,
            do=advance_lead,
            read=lambda given: _read_step({**given, "to": LeadStage.SHELVED.value}),
        ),
    ],
)
