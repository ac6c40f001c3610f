"""Close the accounts the demo came with, so that its data can be served outside demo mode."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actions import close_demo_accounts


class Command(BaseCommand):
    help = "Close the accounts the demo came with; make one of your own with createsuperuser."

    def handle(self, **options) -> None:
        closed = close_demo_accounts(at=timezone.now())
        self.stdout.write(f"{closed} demo accounts closed.")
