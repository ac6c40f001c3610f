"""The index's rows. They hold nothing of their own: all of it can be made again from the records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.search.catalogue import MOST_KINDS


class SearchEntry(models.Model):
    """By what words one record is found, and in which parks.

    The key is made of the record's own and the number of its kind, so that a hit names its record without being read.
    Each column holds tokens with one blank between them (see `core.search.tokens`).
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.PositiveSmallIntegerField()
    # No foreign key, because this app knows no companies.
    family_id = models.BigIntegerField(null=True, db_index=True)
    own = models.TextField()
    borrowed = models.TextField(blank=True)
    scope = models.TextField()

    class Meta:
        app_label = "core"
        verbose_name = _("Search entry")
        verbose_name_plural = _("Search entries")

    def __str__(self) -> str:
        return f"{self.kind}/{self.id // MOST_KINDS}"
