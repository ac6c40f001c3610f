"""What the program keeps about its own work: the trace of deeds, background jobs and forms already sent."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import AuditEntryQuerySet, BulkRunQuerySet, JobQuerySet, NoticeQuerySet, SubmissionQuerySet
from core.search.models import SearchEntry  # noqa: F401 - its table belongs to this app


class AuditEntry(models.Model):
    """One deed. Written by `core.audit.record` and never changed or removed afterwards."""

    at = models.DateTimeField(_("Recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("By"), null=True, related_name="+", db_index=False
    )
    verb = models.CharField(_("Deed"), max_length=80)
    subject_type = models.CharField(_("Kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("Record"))
    subject_label = models.CharField(_("Record's name then"), max_length=200)
    # A park's id; no foreign key, because this app knows no parks and an entry outlives what it is about.
    scope_id = models.BigIntegerField(_("Park"), null=True)
    changes = models.JSONField(_("Changes"), default=dict)
    # Deeds done in one go share it (core.batches); entries from outside a door have none.
    batch = models.UUIDField(_("Batch"), null=True)
    undoes = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("Takes back"), null=True, related_name="undone_by", db_index=False
    )

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Audit entry")
        verbose_name_plural = _("Audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index("subject_type", "subject_id", models.F("id").desc(), name="audit_by_subject"),
            models.Index("scope_id", models.F("id").desc(), name="audit_by_scope"),
            models.Index("by", models.F("id").desc(), name="audit_by_person"),
            models.Index("batch", name="audit_by_batch", condition=models.Q(batch__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint("undoes", name="audit_undone_once", condition=models.Q(undoes__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError("The trace is append-only")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("The trace is append-only")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """Work done after the answer was sent. The row is the truth; the broker only wakes a worker.

    Changed only by `core.jobs`.
    """

    kind = models.CharField(_("Kind"), max_length=60)
    params = models.JSONField(_("Parameters"), default=dict)
    state = models.CharField(_("State"), max_length=10, choices=JobState, default=JobState.QUEUED)
    progress_done = models.PositiveBigIntegerField(_("Done so far"), default=0)
    progress_total = models.PositiveBigIntegerField(_("To do"), default=0)
    checkpoint = models.JSONField(_("Where to go on"), default=dict)
    # Whoever holds this word runs the job; a worker given up for lost holds an old one and can write nothing.
    claim = models.CharField(_("Claim"), max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    error = models.TextField(_("What went wrong"), blank=True)
    result = models.JSONField(_("Result"), default=dict)
    result_file = models.CharField(_("Result file"), max_length=120, blank=True)
    result_name = models.CharField(_("Name of the result file"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("Made by"), related_name="+", db_index=False
    )
    made_at = models.DateTimeField(_("Made at"))
    started_at = models.DateTimeField(_("Started at"), null=True)
    heartbeat_at = models.DateTimeField(_("Latest sign of life"), null=True)
    finished_at = models.DateTimeField(_("Finished at"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("Background job")
        verbose_name_plural = _("Background jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_is_known"),
        ]
        indexes = [
            models.Index("made_by", models.F("id").desc(), name="job_by_maker"),
            models.Index(
                "state", "heartbeat_at", name="job_unfinished", condition=models.Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def percent(self) -> int:
        """Whole percent for the bar; 0 while the size of the work is not known."""
        if self.state == JobState.DONE:
            return 100
        return min(99, self.progress_done * 100 // self.progress_total) if self.progress_total else 0


class BulkRun(models.Model):
    """What came of one deed on many rows. Written by `core.bulk`; the rows stand in the trail, by `batch`."""

    list_name = models.CharField(_("List"), max_length=40)
    deed = models.CharField(_("Deed"), max_length=40)
    given = models.JSONField(_("Parameters"), default=dict)
    query = models.TextField(_("Filter"), blank=True)
    batch = models.UUIDField(_("Batch"))
    total = models.PositiveIntegerField(_("Rows"))
    changed = models.PositiveIntegerField(_("Changed"), default=0)
    unchanged = models.PositiveIntegerField(_("Unchanged"), default=0)
    # {sentence: {"count": …, "rows": [[key, name], …], "told": {language: sentence}}}
    refused = models.JSONField(_("Refused"), default=dict)
    job = models.ForeignKey(Job, models.PROTECT, verbose_name=_("Background job"), null=True, related_name="+")
    at = models.DateTimeField(_("Recorded at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("By"), related_name="+")
    finished_at = models.DateTimeField(_("Finished at"), null=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bulk run")
        verbose_name_plural = _("Bulk runs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(_("%(rows)s rows") % {"rows": self.total})

    @property
    def refused_count(self) -> int:
        return sum(reason["count"] for reason in self.refused.values())


class Submission(models.Model):
    """A form or request already carried out, remembered so that sending it twice does the deed once."""

    key = models.CharField(_("Key"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("By"), related_name="+")
    at = models.DateTimeField(_("Recorded at"))
    result = models.JSONField(_("Result"), default=dict)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Submission")
        verbose_name_plural = _("Submissions")
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="submission_happens_once")]
        indexes = [models.Index("at", name="submission_by_age")]

    def __str__(self) -> str:
        return self.key


class Notice(models.Model):
    """Something one person is told once; its key says what. Only `core.notices` and `core.mail` write it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("To"), related_name="+", db_index=False
    )
    kind = models.CharField(_("Kind"), max_length=60)
    key = models.CharField(_("Key"), max_length=120)
    params = models.JSONField(_("Parameters"), default=dict)
    url = models.CharField(_("Address"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("Made at"))
    read_at = models.DateTimeField(_("Read at"), null=True)
    # Set before the mail goes out and taken back when the server refuses it: a process that dies in between leaves a
    # notice that may not have been mailed, but never one that is mailed twice.
    mailed_at = models.DateTimeField(_("Mailed at"), null=True)
    mail_attempts = models.PositiveSmallIntegerField(_("Attempts to mail it"), default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notice")
        verbose_name_plural = _("Notices")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_told_once")]
        indexes = [
            models.Index("recipient", models.F("id").desc(), name="notice_of_person"),
            models.Index(fields=["recipient"], name="notice_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["made_at"], name="notice_unmailed", condition=models.Q(mailed_at=None)),
        ]

    def __str__(self) -> str:
        return self.key
