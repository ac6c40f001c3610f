"""Tell Django about the projects app."""

from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        # Registers what can be searched for.
        import_module("projects.searchable")
