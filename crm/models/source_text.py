"""The pasted texts that leads were read from, kept as they were."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.privacy import veiled
from parks.models import Park
from parks.querysets import ParkScopedQuerySet


class SourceText(models.Model):
    """A message, a card or an article as it was pasted; one row in a park however often it is pasted there."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="+", verbose_name=_("Park"), db_index=False)
    text = models.TextField(_("Text"))
    text_date = models.DateField(_("Date of the text"))
    digest = models.CharField(max_length=64, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ParkScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Source text")
        verbose_name_plural = _("Source texts")
        constraints = [models.UniqueConstraint(fields=["park", "digest"], name="source_text_once")]

    def __str__(self):
        return veiled(self.text.strip()[:40])
