import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone, translation

from core import jobs
from core.errors import RuleViolation
from core.jobs import JobStopped, cancel_job, enqueue, job_kind, result_path, resume_unfinished, run_job
from core.models import AuditEntry, Job, JobState
from tests import services
from tests.core import counting  # noqa: F401 - registers its job

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def document_root(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"
    return settings.DOCUMENT_ROOT


@pytest.fixture
def called():
    """Keeps workers asleep and notes who was called."""
    before, heard = list(jobs._callers), []
    jobs.on_wake(heard.append)
    yield heard
    jobs._callers[:] = before


@pytest.fixture
def a_kind():
    """Registers a function as a job for one test."""
    made = []

    def register(function):
        made.append(function.__name__)
        return job_kind(function.__name__, title=function.__name__)(function)

    yield register
    for name in made:
        jobs._kinds.pop(name)


def numbers_counted():
    return sorted(int(verb.rpartition("_")[2]) for verb in AuditEntry.objects.values_list("verb", flat=True))


def ask(maker, noon, kind="tests.count", **params):
    return enqueue(kind, {"total": 3, **params}, at=noon, by=maker)


def run(job, clock=timezone.now):
    run_job(job.pk, clock=clock)
    job.refresh_from_db()
    return job


def test_a_worker_is_called_only_once_the_job_is_really_written(
    maker, noon, called, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(maker, noon)
        assert called == []

    assert called == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_in_a_transaction_that_fails_never_was(maker, noon, called):
    with transaction.atomic():
        ask(maker, noon)
        transaction.set_rollback(True)

    assert called == []
    assert not Job.objects.exists()


def test_an_unreachable_broker_does_not_break_the_request(maker, noon, called, django_capture_on_commit_callbacks):
    def unreachable(pk):
        raise ConnectionRefusedError

    jobs.on_wake(unreachable)

    with django_capture_on_commit_callbacks(execute=True):
        job = ask(maker, noon)

    assert Job.objects.get().state == JobState.QUEUED
    jobs.on_wake(called.append)
    assert resume_unfinished(now=noon) == 1
    assert called == [job.pk]


def test_an_unknown_kind_of_job_is_refused_at_once(maker, noon):
    with pytest.raises(LookupError):
        ask(maker, noon, kind="tests.unheard_of")

    assert not Job.objects.exists()


def test_a_job_runs_through_celery_to_its_result(maker, noon, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(maker, noon)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.percent) == (JobState.DONE, 1, 100)
    assert (job.progress_done, job.progress_total) == (3, 3)
    assert job.result == {"rows": 3, "attempt": 1}
    assert result_path(job).read_bytes() == b"0\n1\n2\n"
    assert numbers_counted() == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_many_workers_called_for_one_job_do_it_once(maker, noon, called):
    job = ask(maker, noon, total=5)
    got = []

    def work():
        got.append(run_job(job.pk, clock=timezone.now))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert sorted(got) == [False, False, False, True]
    assert numbers_counted() == [0, 1, 2, 3, 4]


def test_a_job_whose_worker_vanished_is_finished_by_another(maker, noon, called):
    job = ask(maker, noon, total=4)
    lost = jobs.JobRun(jobs._claim(job.pk, at=noon), clock=lambda: noon)
    lost.checkpoint["next"] = 2
    lost.keep()

    assert resume_unfinished(now=noon + timedelta(minutes=2)) == 0
    assert resume_unfinished(now=noon + timedelta(minutes=2, seconds=1)) == 1
    assert run(job).state == JobState.DONE

    assert numbers_counted() == [2, 3]
    assert (job.attempts, job.started_at) == (2, noon)


def test_a_worker_given_up_for_lost_can_write_nothing_when_it_wakes(maker, noon, called):
    job = ask(maker, noon)
    zombie = jobs.JobRun(jobs._claim(job.pk, at=noon), clock=lambda: noon)
    resume_unfinished(now=noon + timedelta(minutes=3))
    run(job)

    with pytest.raises(JobStopped):
        zombie.keep()
    with pytest.raises(JobStopped):
        zombie._finish({"rows": 99})

    job.refresh_from_db()
    assert job.result == {"rows": 3, "attempt": 2}


def test_after_five_lost_workers_the_job_is_given_up_with_a_sentence(maker, noon, called):
    job = ask(maker, noon)
    for attempt in range(5):
        assert jobs._claim(job.pk, at=noon) is not None, attempt
        resume_unfinished(now=noon + timedelta(minutes=3))

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 5)
    assert "5 times" in job.error
    assert not AuditEntry.objects.exists()


def test_a_refusal_is_told_in_its_own_words(maker, noon, called, a_kind):
    @a_kind
    def refuse(run):
        raise RuleViolation("Too many rows.", "Narrow the filter.")

    job = run(ask(maker, noon, kind="refuse"))

    assert (job.state, job.error) == (JobState.FAILED, "Too many rows. Narrow the filter.")


def test_a_mistake_of_ours_is_logged_and_not_shown(maker, noon, called, a_kind, caplog):
    @a_kind
    def stumble(run):
        with run.result_file("half.csv") as out:
            out.write(b"half")
        raise ZeroDivisionError("secret detail")

    job = run(ask(maker, noon, kind="stumble"))

    assert job.state == JobState.FAILED
    assert "secret" not in job.error
    assert "secret detail" in caplog.text
    assert list(jobs.result_folder().iterdir()) == []


def test_a_passing_fault_is_tried_again_and_then_given_up(maker, noon, called, a_kind):
    @a_kind
    def flaky(run):
        if run.job.attempts < run.params["good_at"]:
            raise OperationalError("database is locked")

    soon, never = ask(maker, noon, kind="flaky", good_at=3), ask(maker, noon, kind="flaky", good_at=99)
    for _ in range(7):
        run(soon)
        run(never)

    assert (soon.state, soon.attempts) == (JobState.DONE, 3)
    assert (never.state, never.attempts) == (JobState.FAILED, 5)


def test_a_job_of_a_closed_account_does_not_run(maker, noon, called):
    job = ask(maker, noon)
    maker.is_active = False
    maker.save()

    assert run(job).state == JobState.FAILED
    assert not AuditEntry.objects.exists()


def test_a_job_speaks_the_language_of_its_maker(maker, noon, called, a_kind):
    spoken = []

    @a_kind
    def speak(run):
        spoken.append(translation.get_language())

    for language in ("en", "zh-hans", ""):
        maker.language = language
        maker.save()
        run(ask(maker, noon, kind="speak"))

    assert spoken == ["en", "zh-hans", "zh-hans"]


def test_a_cancelled_job_stops_at_its_next_sign_of_life(maker, noon, called, a_kind):
    @a_kind
    def long(run):
        cancel_job(run.job, at=noon, by=maker)
        run.progress(1, 2)
        raise AssertionError("went on")

    job = run(ask(maker, noon, kind="long"))

    assert (job.state, job.error, job.finished_at) == (JobState.CANCELLED, "", noon)


def test_a_finished_job_cannot_be_cancelled_nor_can_that_of_another(maker, stranger, noon, called):
    waiting, done = ask(maker, noon), run(ask(maker, noon))

    for job, by in ((done, maker), (waiting, stranger)):
        with pytest.raises(RuleViolation, match="over already"):
            cancel_job(job, at=noon, by=by)

    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, done.state) == (JobState.QUEUED, JobState.DONE)


def test_progress_is_cheap_and_the_bar_never_claims_too_much(
    maker, noon, called, a_kind, django_assert_max_num_queries
):
    @a_kind
    def rows(run):
        for number in range(2000):
            run.progress(number, 1999)

    job = ask(maker, noon, kind="rows")
    with django_assert_max_num_queries(12):
        run_job(job.pk, clock=timezone.now)

    assert Job(state=JobState.RUNNING, progress_done=5, progress_total=0).percent == 0
    assert Job(state=JobState.RUNNING, progress_done=200, progress_total=100).percent == 99


def test_old_results_are_cleared_away_and_new_ones_kept(maker, noon, called):
    old, new = run(ask(maker, noon)), run(ask(maker, noon))
    Job.objects.filter(pk=old.pk).update(finished_at=noon)
    os.utime(result_path(old), (0, 0))
    orphan = jobs.result_folder() / "1-orphan.csv"
    orphan.write_bytes(b"x")
    os.utime(orphan, (0, 0))

    jobs.forget_results_before(noon + timedelta(days=1))

    old.refresh_from_db()
    assert result_path(old) is None
    assert [path.name for path in jobs.result_folder().iterdir()] == [new.result_file]


def page(client, name, job, **options):
    return client.get(reverse(f"core:{name}", args=[job.pk]), **options)


def test_the_page_of_a_job_asks_again_only_while_the_job_runs(client, maker, noon, called):
    client.force_login(maker)
    job = ask(maker, noon)

    waiting = page(client, "job-detail", job)
    fragment = page(client, "job-detail", job, headers={"HX-Request": "true"})
    run(job)
    done = page(client, "job-detail", job)

    assert "every 1s" in waiting.content.decode()
    assert "<html" in waiting.content.decode()
    assert "every 1s" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "every 1s" not in done.content.decode()
    assert reverse("core:job-download", args=[job.pk]) in done.content.decode()
    assert 'width="100%"' in done.content.decode()


def test_only_its_maker_meets_a_job_and_its_result(client, maker, stranger, noon, called):
    job = run(ask(maker, noon))
    other = ask(maker, noon)

    client.force_login(stranger)
    assert page(client, "job-detail", job).status_code == 404
    assert page(client, "job-download", job).status_code == 404
    assert client.post(reverse("core:job-cancel", args=[other.pk])).status_code == 404
    client.force_login(maker)
    download = page(client, "job-download", job)
    assert b"".join(download.streaming_content) == b"0\n1\n2\n"
    assert 'filename="numbers.csv"' in download["Content-Disposition"]
    assert page(client, "job-download", other).status_code == 404
    other.refresh_from_db()
    assert other.state == JobState.QUEUED


def test_a_job_is_cancelled_from_its_page(client, maker, noon, called):
    client.force_login(maker)
    job = ask(maker, noon)

    answer = client.post(reverse("core:job-cancel", args=[job.pk]))
    again = client.post(reverse("core:job-cancel", args=[job.pk]))

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert (answer.status_code, again.status_code) == (302, 302)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(maker, noon, called, valkey_url, tmp_path):
    sender = Celery("sender", broker=valkey_url)
    jobs.on_wake(lambda pk: sender.send_task("core.run_job", (pk,)))
    job = ask(maker, noon, total=60, pause=0.03)

    with worker(valkey_url, tmp_path) as first:
        until(lambda: Job.objects.get().progress_done >= 5)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    torn = Job.objects.get()
    assert torn.state == JobState.RUNNING
    assert torn.progress_done < 60
    resume_unfinished(now=timezone.now() + timedelta(minutes=3))
    with worker(valkey_url, tmp_path):
        until(lambda: Job.objects.get().is_over)
    sender.close()

    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.DONE, 2, "")
    assert numbers_counted() == list(range(60))


class worker:  # noqa: N801 - reads as a verb
    """A real Celery worker in a process of its own, on the test's database and the given broker."""

    def __init__(self, broker, home):
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker,
            "YINFENG_HOME": str(home),
            "YINFENG_DEMO": "1",
        }

    def __enter__(self):
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-I", "tests.core.counting", "-c", "1"]
        self.process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self.process

    def __exit__(self, *trouble):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def database_url():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}?timeout=30&transaction_mode=IMMEDIATE"
    return urlsplit(os.environ[services.DATABASE_VARIABLE])._replace(path=f"/{name}").geturl()


def until(true, seconds=40):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
