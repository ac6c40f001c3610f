"""Doors of the task queue to leads and what belongs to them."""

from celery import shared_task
from django.utils import timezone

from crm.actions import lapse_first_talks, return_silent_leads, rewind, warn_of_ending, warn_of_silence
from crm.reminders import remind


@shared_task(name="crm.lapse_first_talks")
def lapse_first_talks_due() -> None:
    """Warn of the protections that end within a week, and end those whose last day is past. Safe to run twice."""
    now = timezone.now()
    warn_of_ending(at=now)
    lapse_first_talks(at=now)


@shared_task(name="crm.return_silent_leads")
def take_back_silent_leads() -> None:
    """Put leads nobody follows up back into the pool. Safe to run twice; a missed night is caught up by the next."""
    now = timezone.now()
    warn_of_silence(at=now)
    return_silent_leads(at=now)


@shared_task(name="crm.remind")
def remind_people() -> None:
    """Tell people what is due. Safe to run twice and in several workers; a missed night is caught up by the next."""
    # A notice of working days may have come with a new version of the program.
    rewind(only_provisional=True)
    remind(at=timezone.now())
