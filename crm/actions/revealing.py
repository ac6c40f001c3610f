"""Showing the numbers of people in full: a deed of its own, because each look leaves a trace."""

from django.db import transaction

from core.audit import record
from crm.actions.companies import require_for_company
from parks.access import require


@transaction.atomic
def reveal_contact(contact, *, at, by):
    """Give the contact with its numbers, and write down who asked for them."""
    park = require_for_company(by, "crm.reveal_contact", contact.company)
    record("crm.reveal_contact", contact, park=park.pk, at=at, by=by)
    return contact


@transaction.atomic
def reveal_interaction(interaction, *, at, by):
    """Give the conversation with the numbers written into it."""
    require(by, "crm.reveal_contact", interaction.park)
    record("crm.reveal_interaction", interaction, park=interaction.park_id, at=at, by=by)
    return interaction
