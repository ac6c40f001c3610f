"""Who held a lead from when until when, and how it passed from hand to hand."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.leads import ChangeOfHands, Lead
from crm.querysets import LeadClaimQuerySet, StandingManager
from parks.models import Park


class LeadClaim(models.Model):
    """One person's time with a lead. Rows are added and once ended, never changed otherwise."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="claims")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", db_index=False)
    began_at = models.DateTimeField()
    began_how = models.CharField(max_length=11, choices=ChangeOfHands)
    # Nobody: the system did it.
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=11, choices=ChangeOfHands, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    objects = LeadClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("Holding of a lead")
        verbose_name_plural = _("Holdings of leads")
        ordering = ["began_at", "pk"]
        indexes = [models.Index(fields=["holder", "-began_at"], name="claim_by_holder")]
        constraints = [
            # The last word in any race: no lead is ever in two hands.
            models.UniqueConstraint(fields=["lead"], condition=Q(ended_at=None), name="lead_in_one_hand"),
        ]

    def __str__(self):
        return f"{self.lead} · {self.holder}"


class LeadAssignment(models.Model):
    """That the office gave a lead to a park and, where it named one, to an officer there. Append-only."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="assignments")
    from_park = models.ForeignKey(Park, models.PROTECT, related_name="+")
    to_park = models.ForeignKey(Park, models.PROTECT, related_name="+")
    from_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    to_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    effective_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = StandingManager()

    class Meta:
        verbose_name = _("Assignment of a lead")
        verbose_name_plural = _("Assignments of leads")
        ordering = ["recorded_at", "pk"]

    def __str__(self):
        return f"{self.lead} → {self.to_park}"
