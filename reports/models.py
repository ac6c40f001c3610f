"""What reports keep so as not to add up the past again: month-end totals and what they were added up from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import WanField
from parks.models import Park
from projects.lifecycle import Bucket
from projects.models import Basis
from reports.querysets import MonthEndTotalQuerySet


class Slot(models.TextChoices):
    """The buckets, with 竣工未投产 apart, because whether it counts as 在建 is a setting that may change."""

    AWAITING_START = Bucket.AWAITING_START.value, _("Signed, not started")
    UNDER_CONSTRUCTION = Bucket.UNDER_CONSTRUCTION.value, _("Under construction")
    COMPLETED = "completed", _("Completed")
    COMMISSIONED = Bucket.COMMISSIONED.value, _("Commissioned")


class TrendSnapshot(models.Model):
    """That the month-end totals of a basis were built, and from which state of knowledge.

    Every change of knowledge writes a `ProjectState` with a higher key, so the totals hold as long as
    `latest_state` is the highest one.
    """

    basis = models.CharField(_("Basis"), max_length=8, choices=Basis, unique=True)
    since = models.DateField(_("Earliest month-end"))
    through = models.DateField(_("Latest month-end"))
    latest_state = models.BigIntegerField()
    built_at = models.DateTimeField(_("Built at"))

    class Meta:
        verbose_name = _("Trend snapshot")
        verbose_name_plural = _("Trend snapshots")

    def __str__(self):
        return f"{self.basis} · {self.through}"


class MonthEndTotal(models.Model):
    """What stood in a park itself, without those below it, at the end of a month. No row means nothing stood there.

    Written only by `reports.actions.refresh_trend`; may be thrown away at any time.
    """

    basis = models.CharField(_("Basis"), max_length=8, choices=Basis)
    month_end = models.DateField(_("Month-end"))
    park = models.ForeignKey(Park, models.CASCADE, related_name="+", verbose_name=_("Park"), db_index=False)
    slot = models.CharField(_("Bucket"), max_length=18, choices=Slot)
    projects = models.PositiveIntegerField(_("Projects"))
    total_wan = WanField(_("Total investment"))

    objects = MonthEndTotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("Month-end total")
        verbose_name_plural = _("Month-end totals")
        constraints = [
            models.UniqueConstraint(fields=["basis", "month_end", "park", "slot"], name="month_end_total_once")
        ]

    def __str__(self):
        return f"{self.park} · {self.month_end}"
