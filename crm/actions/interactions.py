"""Logging conversations."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.rules import refuse, refuse_future, refuse_invalid
from crm.actions.clocks import WOUND, wind
from crm.actions.leads import locked
from crm.actions.merged import hold
from crm.actions.next_steps import close_step, put_step
from crm.models import Interaction
from parks.access import require


@transaction.atomic
def record_interaction(*, park, company, summary, happened_on=None, lead=None, contacts=(), at, by, **given):
    """Log one conversation; moves the lead's latest contact and its next step along."""
    require(by, "crm.record_interaction", park)
    happened_on = happened_on or local_day(at)
    refuse_future("happened_on", happened_on, at)
    if lead is not None and (lead.company_id, lead.park_id) != (company.pk, park.pk):
        refuse("lead", _("Choose a lead of this company in this park."))
    hold(company)
    # Whoever sees the park reads the conversation, and with it the company's name.
    if not company.known_in.filter(park__path__startswith=park.path).exists():
        refuse("company", _("This company is not known in this park. Log a lead of it there first."))
    if given.get("next_step_due_on") and given["next_step_due_on"] < happened_on:
        refuse("next_step_due_on", _("The next step cannot be due before the conversation."))
    interaction = Interaction(
        park=park,
        company=company,
        lead=lead,
        summary=summary.strip(),
        happened_on=happened_on,
        recorded_at=at,
        recorded_by=by,
        **given,
    )
    refuse_invalid(interaction)
    interaction.save()
    if any(contact.company_id != company.pk for contact in contacts):
        refuse("contacts", _("Choose contacts of this company."))
    interaction.contacts.set(contacts)
    moved = _touch(lead, interaction) if lead is not None else {}
    changes = diff({}, {"company": company.pk, "happened_on": happened_on}) | moved
    record("crm.record_interaction", interaction, park=park.pk, changes=changes, at=at, by=by)
    return interaction


MOVED_ALONG = ("last_contact_on", "followed_up_at", "next_step", "next_step_due_on")
"""Columns of the lead that follow its conversations; in the trail they stand under `lead.<column>`."""


def _touch(lead, interaction):
    """Move the lead along; gives what that changed, for the trail."""
    lead = locked(lead)
    before = {f"lead.{name}": getattr(lead, name) for name in MOVED_ALONG}
    lead.last_contact_on = max(filter(None, [lead.last_contact_on, interaction.happened_on]))
    lead.followed_up_at = interaction.recorded_at
    if interaction.next_step or interaction.next_step_due_on:
        # Whoever says what comes next has done what came before.
        before_it = close_step(lead, done_by=interaction.recorded_by, at=interaction.recorded_at)
        put_step(
            lead,
            title=interaction.next_step,
            due_on=interaction.next_step_due_on,
            follows=before_it,
            at=interaction.recorded_at,
            by=interaction.recorded_by,
        )
        lead.version += 1  # a form opened before must not put the old step back
    wind(lead)
    lead.save(update_fields=[*MOVED_ALONG, *WOUND, "version"])
    return diff(before, {"lead": lead.pk, **{f"lead.{name}": getattr(lead, name) for name in MOVED_ALONG}})
