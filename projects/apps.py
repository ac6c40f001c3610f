"""Tell Django about the projects app, the index what to find in it, and the undo engine its ways back."""

from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        # Registers what can be searched for, and how deeds are taken back.
        import_module("projects.searchable")
        import_module("projects.duplicates")
        import_module("projects.taking_back")
