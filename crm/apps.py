"""Tell Django about the crm app."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
