"""Merges of companies and of contacts: what moved, so that it can be put back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.merging import follows, moves
from crm.models.companies import Company, CompanyAlias, CompanyPark, Contact
from crm.models.interactions import Interaction
from crm.models.leads import Lead
from crm.querysets import MergeQuerySet


class MergeKind(models.TextChoices):
    COMPANY = "company", _("Companies")
    CONTACT = "contact", _("Contacts")


class Merge(models.Model):
    """That two records became one: the kept one shows what both had, the dropped one leads to it.

    `moved` names every row that came along, {app.model.field: [keys]}; `replaced` the fields of both records that the
    merge changed, {"kept"|"dropped": {field: [before, after]}}; `added` the aliases it made.
    """

    kind = models.CharField(_("Kind"), max_length=7, choices=MergeKind)
    # No foreign keys: two kinds of record, and neither is ever removed while a merge names it.
    kept_id = models.BigIntegerField(_("Kept record"))
    dropped_id = models.BigIntegerField(_("Dropped record"))
    kept_name = models.CharField(_("Kept record's name"), max_length=120)
    dropped_name = models.CharField(_("Dropped record's name"), max_length=120)
    moved = models.JSONField(_("Moved"), default=dict)
    replaced = models.JSONField(_("Replaced"), default=dict)
    added = models.JSONField(_("Added aliases"), default=list)
    merged_at = models.DateTimeField(_("Merged"))
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("Taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Merge")
        verbose_name_plural = _("Merges")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["kind", "kept_id"], name="merge_by_kept"),
            models.Index(fields=["kind", "dropped_id"], name="merge_by_dropped"),
        ]

    def __str__(self):
        return f"{self.dropped_name} → {self.kept_name}"

    @property
    def model(self):
        return Company if self.kind == MergeKind.COMPANY else Contact


# How what refers to a company or a contact comes along; apps above name theirs beside their own models.
moves(CompanyAlias, "company", once_per=("name",))
moves(CompanyPark, "company", once_per=("park_id",))
moves(Contact, "company")
moves(Lead, "company")
moves(Interaction, "company")
follows(Interaction, "company", "lead", Lead)
moves(Company, "merged_into")
moves(Contact, "merged_into")
moves(Interaction.contacts.through, "contact", once_per=("interaction_id",))
