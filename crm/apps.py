"""Tell Django about the crm app."""

from importlib import import_module

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self):
        # Registers what can be searched for.
        import_module("crm.searchable")
