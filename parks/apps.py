"""Tell Django about the parks app."""

from django.apps import AppConfig


class ParksConfig(AppConfig):
    name = "parks"
