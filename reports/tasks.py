"""Doors of the task queue to the reports."""

from celery import shared_task
from django.utils import timezone

from reports.actions import refresh_trend


@shared_task(name="reports.refresh_trend")
def refresh_trend_totals() -> None:
    """Keep the month-end totals up to date. Safe to run twice."""
    refresh_trend(at=timezone.now())
