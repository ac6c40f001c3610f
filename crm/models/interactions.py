"""Conversations with companies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.companies import Company, Contact
from crm.models.leads import Lead
from crm.querysets import InteractionQuerySet
from parks.models import Park


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    RECEPTION = "reception", _("Visit received")
    VISIT = "visit", _("Visit paid")
    MEETING = "meeting", _("Meeting")
    VIDEO = "video", _("Video call")
    WECHAT = "wechat", _("WeChat")


class Interaction(models.Model):
    """One conversation with a company: when, with whom, what was said and what comes next."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="interactions")
    company = models.ForeignKey(Company, models.PROTECT, related_name="interactions", verbose_name=_("Company"))
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="interactions", verbose_name=_("Lead")
    )
    kind = models.CharField(_("Kind"), max_length=9, choices=InteractionKind, default=InteractionKind.CALL)
    happened_on = models.DateField(_("Happened on"))
    people = models.CharField(_("With whom"), max_length=200, blank=True)
    contacts = models.ManyToManyField(Contact, blank=True, related_name="interactions", verbose_name=_("Contacts"))
    summary = models.TextField(_("What was said"), max_length=4000)
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_step_due_on = models.DateField(_("Next step due on"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="interactions")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Interaction")
        verbose_name_plural = _("Interactions")
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["-happened_on", "-id"], name="interaction_newest")]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.company}"
