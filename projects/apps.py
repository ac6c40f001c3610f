"""Tell Django about the projects app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
