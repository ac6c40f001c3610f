"""Tell Django about the reports app and the job queue about its jobs."""

from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        import_module("reports.jobs")
