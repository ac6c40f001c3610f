"""流转 of leads: that a lead moved to another park, why, and how the two parks divide what comes of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.leads import Lead
from crm.models.split import SplitTerms, split_constraints
from parks.access import within
from parks.models import Park


class LeadTransferQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To whoever sees either park: the park that lost the lead still sees that it moved, and its share."""
        if within(user) is None:
            return self
        parks = self.model._meta.get_field("to_park").related_model.objects.visible_to(user).values("pk")
        return self.filter(Q(from_park__in=parks) | Q(to_park__in=parks))


class LeadTransfer(SplitTerms):
    """One move. Append-only."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="transfers")
    from_park = models.ForeignKey(Park, models.PROTECT, related_name="+", verbose_name=_("From park"))
    to_park = models.ForeignKey(Park, models.PROTECT, related_name="+", verbose_name=_("To park"))
    effective_on = models.DateField(_("Happened on"))
    reason = models.CharField(_("Reason"), max_length=1000)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = LeadTransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("Transfer of a lead")
        verbose_name_plural = _("Transfers of leads")
        ordering = ["effective_on", "pk"]
        constraints = [
            *split_constraints("lead_transfer"),
            models.CheckConstraint(condition=~Q(from_park=F("to_park")), name="lead_transfer_moves"),
        ]

    def __str__(self):
        return f"{self.lead} → {self.to_park}"
