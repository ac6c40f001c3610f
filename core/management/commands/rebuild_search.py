"""Make the search index again from the records, after an import past the program or a new version of it."""

from time import monotonic

from django.core.management.base import BaseCommand

from core.search import index


class Command(BaseCommand):
    help = "Make the search index again from the records. Nothing is found, and nothing can be saved, while it runs."

    def handle(self, **options) -> None:
        began = monotonic()
        number = index.rebuild()
        self.stdout.write(f"{number:,} records in the search index, in {monotonic() - began:.0f} s")
