"""Hand-overs: that all somebody held went to others, with a line for each record."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.querysets import HandOverLineQuerySet, HandOverQuerySet
from parks.models import Park


class HandOver(models.Model):
    """One hand-over. Append-only but for its being undone."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="hand_overs", verbose_name=_("Handed over by")
    )
    note = models.CharField(_("Note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("Hand-over")
        verbose_name_plural = _("Hand-overs")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.person} · {self._meta.verbose_name}"


class HandOverLine(models.Model):
    """One record that went over: which, in which park, to whom, and the version it had right after."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    park = models.ForeignKey(Park, models.PROTECT, related_name="+")
    to_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version_after = models.PositiveIntegerField()

    objects = HandOverLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("Line of a hand-over")
        verbose_name_plural = _("Lines of hand-overs")
        ordering = ["kind", "park__sort_path", "pk"]

    def __str__(self):
        return self.label
