"""Wiring only; nothing imports this package but Django, the web server and Celery."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
