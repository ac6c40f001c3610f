"""Tell Django about the crm app, the index what to find in it, and the job queue what can be done to many leads."""

from importlib import import_module

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self):
        # Registers what can be searched for, and what can be done to many leads.
        import_module("crm.searchable")
        import_module("crm.bulk")
