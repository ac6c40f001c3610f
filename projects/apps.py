"""Tell Django about the projects app, the index what to find in it, and the undo engine its ways back."""

from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        # Registers what can be searched for, how deeds are taken back, and what a person holds.
        import_module("projects.holdings")
        import_module("projects.searchable")
        import_module("projects.duplicates")
        import_module("projects.taking_back")
