"""Tell Django about the core app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        # Web processes too must know every kind of job and how to call a worker, not only Celery's own.
        autodiscover_modules("tasks")
