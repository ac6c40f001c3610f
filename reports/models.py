"""What reports keep so as not to add up the past again: month-end totals and what they were added up from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import WanField
from parks.models import Park
from projects.lifecycle import Bucket
from projects.models import Basis
from reports.querysets import MonthEndTotalQuerySet, TrendSnapshotQuerySet


class Slot(models.TextChoices):
    """The buckets, with 竣工未投产 apart, because whether it counts as 在建 is a setting that may change."""

    AWAITING_START = Bucket.AWAITING_START.value, _("Signed, not started")
    UNDER_CONSTRUCTION = Bucket.UNDER_CONSTRUCTION.value, _("Under construction")
    COMPLETED = "completed", _("Completed")
    COMMISSIONED = Bucket.COMMISSIONED.value, _("Commissioned")


class TrendSnapshot(models.Model):
    """That the month-end totals of a basis were built, and from which state of knowledge.

    Every change of knowledge writes a `ProjectState` with a higher key, so the totals hold as long as
    `latest_state` is the highest one. The rows are written a few at a time, so that nobody has to wait for them;
    `is_complete` says that all are there.
    """

    basis = models.CharField(_("Basis"), max_length=8, choices=Basis)
    since = models.DateField(_("Earliest month-end"))
    through = models.DateField(_("Latest month-end"))
    latest_state = models.BigIntegerField()
    built_at = models.DateTimeField(_("Built at"))
    is_complete = models.BooleanField(default=False)

    objects = TrendSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("Trend snapshot")
        verbose_name_plural = _("Trend snapshots")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.basis} · {self.through}"


class MonthEndTotal(models.Model):
    """What stood in a park and all below it at the end of a month. No row means nothing stood there.

    Parks never change their place in the tree, so a sum up the tree holds. Written only by
    `reports.actions.refresh_trend`; may be thrown away at any time.
    """

    snapshot = models.ForeignKey(TrendSnapshot, models.CASCADE, related_name="totals", db_index=False)
    month_end = models.DateField(_("Month-end"))
    park = models.ForeignKey(Park, models.CASCADE, related_name="+", verbose_name=_("Park"))
    slot = models.CharField(_("Bucket"), max_length=18, choices=Slot)
    projects = models.PositiveIntegerField(_("Projects"))
    total_wan = WanField(_("Total investment"))

    objects = MonthEndTotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("Month-end total")
        verbose_name_plural = _("Month-end totals")
        indexes = [
            # Every column a trend reads, so that it never touches the rows themselves.
            models.Index(
                fields=["snapshot", "month_end", "slot", "park", "projects", "total_wan"], name="month_end_total_read"
            )
        ]

    def __str__(self):
        return f"{self.park} · {self.month_end}"
