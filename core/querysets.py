"""Questions about the trace, background jobs and form submissions."""

from datetime import datetime
from typing import Any, NoReturn, Self
from uuid import UUID

from django.db import models


class AuditEntryQuerySet(models.QuerySet):
    """What was written down stays: nothing here can change or remove an entry."""

    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("-id")

    def in_parks(self, parks: Any) -> Self:
        """Entries that belong to one of `parks`, given as ids or a queryset of ids; those of no park are left out."""
        return self.filter(scope_id__in=parks)

    def in_batch(self, batch_id: UUID) -> Self:
        return self.filter(batch=batch_id)

    def update(self, **changes: Any) -> NoReturn:
        raise TypeError("The trace is append-only")

    def delete(self) -> NoReturn:
        raise TypeError("The trace is append-only")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("The trace is append-only")

    def update_or_create(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("The trace is append-only")


class JobQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """A job may hold rows its maker could see and others may not, so it belongs to its maker alone."""
        if user.is_superuser:
            return self
        return self.filter(made_by=user.pk) if user.is_authenticated else self.none()

    def waiting(self) -> Self:
        return self.filter(state="queued")

    def lost(self, *, silent_since: datetime) -> Self:
        """Running, but without a sign of life since then: the worker is gone."""
        return self.filter(state="running", heartbeat_at__lt=silent_since)

    def over_before(self, moment: datetime) -> Self:
        return self.filter(state__in=["done", "failed", "cancelled"], finished_at__lt=moment)


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """A notice is its recipient's alone."""
        return self.filter(recipient=user.pk) if user.is_authenticated else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def to_mail(self, *, made_since: datetime, most_attempts: int) -> Self:
        """Unread and not mailed, to somebody who still signs in here and has an address."""
        return self.filter(
            mailed_at=None,
            read_at=None,
            made_at__gte=made_since,
            mail_attempts__lt=most_attempts,
            recipient__is_active=True,
        ).exclude(recipient__email="")


class BulkRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """It names rows its maker could see and others may not."""
        return self.filter(by=user.pk)


class SubmissionQuerySet(models.QuerySet):
    def made_before(self, moment: datetime) -> Self:
        return self.filter(at__lt=moment)
