"""Celery's way into background jobs and mail: run one, find the unfinished, clear away the old, mail what is unread."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core import jobs, mail, submissions

# A call is worth nothing once the next round has made a new one.
CALL_EXPIRES_AFTER_SECONDS = 60
KEEP_RESULTS_FOR = timedelta(days=7)
KEEP_SUBMISSIONS_FOR = timedelta(days=7)


@shared_task(name="core.run_job")
def run_job(pk: int) -> None:
    jobs.run_job(pk, clock=timezone.now)


@shared_task(name="core.resume_jobs")
def resume_jobs() -> None:
    """Every 30 seconds; safe to run twice, because a job can be claimed only once."""
    jobs.resume_unfinished(now=timezone.now())


@shared_task(name="core.tidy_up")
def tidy_up() -> None:
    now = timezone.now()
    jobs.forget_results_before(now - KEEP_RESULTS_FOR)
    submissions.forget_before(now - KEEP_SUBMISSIONS_FOR)


@shared_task(name="core.mail_notices")
def mail_notices() -> None:
    """Every five minutes; several workers may do it at once, because each notice can be claimed only once."""
    mail.mail_notices(now=timezone.now())


def call_worker(pk: int) -> None:
    run_job.apply_async((pk,), expires=CALL_EXPIRES_AFTER_SECONDS, retry=False, ignore_result=True)


jobs.on_wake(call_worker)
