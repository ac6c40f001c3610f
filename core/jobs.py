"""Work done after the answer was sent: how it is asked for, run, watched, cancelled and found again when a worker dies.

A job's row is the truth and the broker only a wake-up call, so a lost call or a lost worker loses nothing. A job may
therefore be run again from its latest checkpoint, and its function must be safe to repeat from there.
"""

import logging
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext

from core.errors import RuleViolation
from core.models import Job, JobState

# A running job must show a sign of life (`JobRun.progress` or `.keep`) more often than this.
SILENCE_BEFORE_LOST = timedelta(minutes=2)
MOST_ATTEMPTS = 5
SECONDS_BETWEEN_WRITES = 0.5
MOST_CALLS_AT_ONCE = 200

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class JobStopped(Exception):  # noqa: N818 - nothing went wrong
    """The job was cancelled or given to another worker; its function must not go on."""


@dataclass(frozen=True, slots=True)
class JobKind:
    name: str
    title: Any
    run: Callable[["JobRun"], dict[str, Any] | None]


_kinds: dict[str, JobKind] = {}
_callers: list[Callable[[int], None]] = []


def job_kind(name: str, *, title: Any) -> Callable[[Any], Any]:
    """Register a function under a name; `title` (lazy) is what people read. It gets a `JobRun` and may return JSON."""

    def register(function: Callable[["JobRun"], dict[str, Any] | None]) -> Any:
        _kinds[name] = JobKind(name, title, function)
        return function

    return register


def title_of(kind: str) -> str:
    return str(_kinds[kind].title) if kind in _kinds else kind


def on_wake(call: Callable[[int], None]) -> None:
    """Register how a worker is told of a waiting job; the latest one registered is used."""
    _callers[:] = [call]


def enqueue(kind: str, params: dict[str, Any], *, at: datetime, by: Any) -> Job:
    """Ask for a job within the caller's transaction; a worker hears of it when that commits."""
    if kind not in _kinds:
        raise LookupError(f"No job is called {kind!r}")
    job = Job.objects.create(kind=kind, params=params, made_at=at, made_by=by)
    transaction.on_commit(lambda: wake(job.pk))
    return job


def wake(pk: int) -> None:
    """Call a worker. If the broker cannot be reached the job waits for `resume_unfinished`."""
    for call in _callers:
        try:
            call(pk)
        except Exception:
            logger.warning("No worker could be called for job %s; it waits for the next round", pk, exc_info=True)


def cancel_job(job: Job, *, at: datetime, by: Any) -> None:
    """Stop a waiting job at once and a running one at its next sign of life."""
    mine = Job.objects.visible_to(by).filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING])
    if not mine.update(state=JobState.CANCELLED, claim="", finished_at=at):
        raise RuleViolation(gettext("This job is over already."))


class JobRun:
    """What a job's function works with: its parameters, its maker, and the way to say how far it is."""

    def __init__(self, job: Job, *, clock: Clock) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.by = job.made_by
        self.clock = clock
        self.checkpoint: dict[str, Any] = dict(job.checkpoint)
        self.done = job.progress_done
        self.total = job.progress_total
        self._file: Path | None = None
        self._file_name = ""
        self._wrote = time.monotonic() - SECONDS_BETWEEN_WRITES

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job is; cheap enough to call for every row. Raises JobStopped once it must end.

        Not inside a transaction that stays open for long: nobody would see it.
        """
        self.done, self.total = done, self.total if total is None else total
        if time.monotonic() - self._wrote >= SECONDS_BETWEEN_WRITES:
            self.keep()

    def keep(self) -> None:
        """Store progress and `checkpoint` now; in the transaction of a chunk's rows they stand or fall together."""
        self._wrote = time.monotonic()
        self._write(
            progress_done=self.done,
            progress_total=self.total,
            checkpoint=self.checkpoint,
            heartbeat_at=self.clock(),
        )

    @contextmanager
    def result_file(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write the result into; `name` is what its maker will see. It counts only if the job ends well."""
        folder = result_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f"{self.job.pk}-", suffix=Path(name).suffix)
        self._forget_file()
        self._file, self._file_name = Path(temporary), name
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())

    def _finish(self, result: dict[str, Any] | None) -> None:
        self._end(
            JobState.DONE,
            result=result or {},
            result_file=self._file.name if self._file else "",
            result_name=self._file_name,
            progress_done=max(self.done, self.total),
            progress_total=max(self.done, self.total),
        )

    def _fail(self, sentence: str) -> None:
        self._forget_file()
        self._end(JobState.FAILED, error=sentence)

    def _put_back(self) -> None:
        self._forget_file()
        self._write(state=JobState.QUEUED, claim="")

    def _end(self, state: JobState, **columns: Any) -> None:
        now = self.clock()
        self._write(state=state, claim="", heartbeat_at=now, finished_at=now, **columns)

    def _write(self, **columns: Any) -> None:
        held = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, claim=self.job.claim)
        if not held.update(**columns):
            raise JobStopped

    def _forget_file(self) -> None:
        if self._file:
            self._file.unlink(missing_ok=True)
        self._file, self._file_name = None, ""


def run_job(pk: int, *, clock: Clock) -> bool:
    """Claim the job and work it off; False where another worker has it or it is over."""
    job = _claim(pk, at=clock())
    if job is None:
        return False
    run = JobRun(job, clock=clock)
    with translation.override(getattr(job.made_by, "language", "") or settings.LANGUAGE_CODE):
        try:
            _work(run)
        except JobStopped:
            run._forget_file()
            logger.info("Job %s was cancelled or taken over", pk)
    return True


def _work(run: JobRun) -> None:
    try:
        if run.job.kind not in _kinds:
            raise LookupError(f"No job is called {run.job.kind!r}")
        if not run.by.is_active:
            raise RuleViolation(gettext("The account that asked for this is closed."))
        result = _kinds[run.job.kind].run(run)
    except JobStopped:
        raise
    except RuleViolation as violation:
        run._fail(str(violation))
    except (OperationalError, InterfaceError, ConnectionError, TimeoutError):
        logger.warning("Job %s met a passing fault on attempt %s", run.job.pk, run.job.attempts, exc_info=True)
        _try_again_later(run)
    except Exception:
        logger.exception("Job %s failed", run.job.pk)
        run._fail(gettext("The program made a mistake. It has been written down for the people who run this site."))
    else:
        run._finish(result)


def _try_again_later(run: JobRun) -> None:
    if run.job.attempts < MOST_ATTEMPTS:
        run._put_back()
    else:
        run._fail(gave_up())


def gave_up() -> str:
    return gettext("This was tried %(attempts)s times without coming to an end. Try again later.") % {
        "attempts": MOST_ATTEMPTS
    }


def _claim(pk: int, *, at: datetime) -> Job | None:
    """Only one worker's UPDATE finds the job waiting; that worker has it."""
    claim = secrets.token_hex(16)
    taken = (
        Job.objects.waiting()
        .filter(pk=pk)
        .update(
            state=JobState.RUNNING,
            claim=claim,
            started_at=Coalesce(F("started_at"), at),
            heartbeat_at=at,
            attempts=F("attempts") + 1,
        )
    )
    return Job.objects.select_related("made_by").get(pk=pk) if taken else None


def resume_unfinished(*, now: datetime) -> int:
    """Put back what lost its worker and call workers for all that waits; how many were called. Safe at any time."""
    for job in Job.objects.lost(silent_since=now - SILENCE_BEFORE_LOST).select_related("made_by"):
        _put_back_lost(job, now=now)
    waiting = list(Job.objects.waiting().order_by("pk").values_list("pk", flat=True)[:MOST_CALLS_AT_ONCE])
    for pk in waiting:
        wake(pk)
    return len(waiting)


def _put_back_lost(job: Job, *, now: datetime) -> None:
    lost = Job.objects.filter(pk=job.pk, claim=job.claim, heartbeat_at=job.heartbeat_at, state=JobState.RUNNING)
    if job.attempts < MOST_ATTEMPTS:
        lost.update(state=JobState.QUEUED, claim="")
        logger.warning("Job %s lost its worker and waits for another", job.pk)
        return
    with translation.override(getattr(job.made_by, "language", "") or settings.LANGUAGE_CODE):
        lost.update(state=JobState.FAILED, claim="", finished_at=now, error=gave_up())


def result_folder() -> Path:
    return Path(settings.DOCUMENT_ROOT) / "jobs"


def result_path(job: Job) -> Path | None:
    """Where the result lies, if there is one and it has not been cleared away."""
    path = result_folder() / Path(job.result_file).name
    return path if job.state == JobState.DONE and job.result_file and path.is_file() else None


def forget_results_before(moment: datetime) -> None:
    """Clear away result files of jobs that ended before, and what lost workers left behind."""
    Job.objects.over_before(moment).exclude(result_file="").update(result_file="")
    kept = set(Job.objects.exclude(result_file="").values_list("result_file", flat=True))
    for path in result_folder().glob("*"):
        with suppress(FileNotFoundError):
            if path.name not in kept and path.stat().st_mtime < moment.timestamp():
                path.unlink()
