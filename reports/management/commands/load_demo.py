"""Load the demo data, once; its sign-ins and their password are kept in demo-accounts.txt."""

import os
import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from core.errors import RuleViolation
from parks.models import Park
from reports.demo.load import load
from reports.demo.parks import PEOPLE

ACCOUNTS_FILE = "demo-accounts.txt"


class Command(BaseCommand):
    help = "Load the demo data into an empty installation in demo mode."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing, and say nothing, where parks exist")

    def handle(self, *, if_empty, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is loaded in demo mode only: its accounts share one printed password.")
        if Park.objects.exists():
            if not if_empty:
                self.stdout.write("There are parks already; nothing was loaded.")
            return
        password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
        # Before the accounts exist, so that no account can exist whose password nobody knows.
        self._keep(password)
        try:
            with translation.override("zh-hans"):
                load(password=password, at=timezone.now())
        except RuleViolation as refusal:
            raise CommandError(f"The demo data was not loaded: {refusal}") from refusal

    def _keep(self, password):
        """SECURITY: readable by the owner alone."""
        lines = [f"Demo sign-ins, all with the password {password}"]
        lines += [f"  {person.username:<10}{person.role.value:<15}{person.full_name}" for person in PEOPLE]
        path = settings.HOME / ACCOUNTS_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
