"""Leads: what an investor intends, and the stages each went through."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.fields import WanField
from core.privacy import veiled
from crm.clocks import Clock
from crm.lifecycle import OPEN, LeadStage, ShelvingReason
from crm.models.companies import Company
from crm.models.source_text import SourceText
from crm.querysets import LeadQuerySet, StandingManager
from parks.industries import validate_industry
from parks.models import Park


class LeadSource(models.TextChoices):
    OUTREACH = "outreach", _("Outreach")
    REFERRAL = "referral", _("Referral")
    CALL_IN = "call_in", _("Called in")
    EVENT = "event", _("Event")
    CONTEST = "contest", _("Contest")
    ONLINE = "online", _("Online")
    PARTNER = "partner", _("Promotion partner")
    OTHER = "other", _("Other")


class ChangeOfHands(models.TextChoices):
    """How a lead came to whoever holds it, or how it left those hands."""

    LOGGED = "logged", _("Logged")
    CLAIMED = "claimed", _("Claimed from the pool")
    PASSED_ON = "passed_on", _("Passed on")
    ASSIGNED = "assigned", _("Assigned by the office")
    TRANSFERRED = "transferred", _("Came from another park")
    HANDED_OVER = "handed_over", _("Handed over")
    RETURNED = "returned", _("Given back")
    SILENT = "silent", _("Not followed up")

    @classmethod
    def given_up(cls):
        """After these the lead is for others first: the cool-down runs."""
        return [cls.RETURNED, cls.SILENT]


class Qualifier(models.TextChoices):
    """How exact a printed amount is, where it is not; shown in front of the number, which it never changes."""

    ABOUT = "about", _("about")
    MORE_THAN = "more_than", _("more than")
    NEARLY = "nearly", _("nearly")
    FEWER_THAN = "fewer_than", _("less than")


class Lead(models.Model):
    """An intention to invest that somebody reported. `stage` moves only through `crm.actions.advance_lead`."""

    code = models.CharField(_("Lead code"), max_length=20, unique=True)
    # Indexes that begin with the park or the owner stand below; Django's own would only cost writes.
    park = models.ForeignKey(Park, models.PROTECT, related_name="leads", verbose_name=_("Park"), db_index=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="leads", verbose_name=_("Company"))
    title = models.CharField(_("Title"), max_length=120, blank=True)
    received_on = models.DateField(_("Received on"))
    source = models.CharField(_("Lead source"), max_length=10, choices=LeadSource, default=LeadSource.OUTREACH)
    referrer = models.CharField(_("Referrer"), max_length=80, blank=True)
    content = models.TextField(_("Intended content"), max_length=4000, blank=True)
    intended_investment_wan = WanField(_("Intended investment"), null=True, blank=True)
    intended_qualifier = models.CharField(_("Exactness of the amount"), max_length=10, choices=Qualifier, blank=True)
    industry = models.CharField(_("Industry"), max_length=3, blank=True, validators=[validate_industry])
    land_wanted_mu = models.DecimalField(
        _("Land wanted"), max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    floor_wanted_sqm = models.DecimalField(
        _("Floor space wanted"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    site_wishes = models.CharField(_("Wishes for the site"), max_length=300, blank=True)
    needs = models.TextField(_("Needs"), max_length=2000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("Officer in charge"),
        db_index=False,
    )
    stage = models.CharField(_("Stage"), max_length=12, choices=LeadStage, default=LeadStage.REGISTERED, editable=False)
    stage_since = models.DateField(_("In this stage since"), editable=False)
    shelving_reason = models.CharField(
        _("Reason for shelving"), max_length=12, choices=ShelvingReason, blank=True, editable=False
    )
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_step_due_on = models.DateField(_("Next step due on"), null=True, blank=True)
    needs_experts = models.BooleanField(_("Assessment needs outside experts"), default=False)
    # The clock that runs, wound by `crm.actions.clocks` whenever the lead moves, so that lists show it at no cost.
    clock = models.CharField(_("Clock"), max_length=9, choices=Clock, blank=True, editable=False)
    clock_since = models.DateField(_("Clock runs since"), null=True, blank=True, editable=False)
    clock_due_on = models.DateField(_("Clock due on"), null=True, blank=True, editable=False)
    clock_is_provisional = models.BooleanField(_("Due day is provisional"), default=False, editable=False)
    last_contact_on = models.DateField(_("Latest contact on"), null=True, blank=True, editable=False)
    # The moment of the latest step, conversation or change of hands; empty in rows older than this column.
    followed_up_at = models.DateTimeField(null=True, editable=False)
    # Set while nobody holds the lead: since when, how it came to that, through whom and why.
    pooled_at = models.DateTimeField(_("In the pool since"), null=True, editable=False)
    pooled_how = models.CharField(max_length=11, choices=ChangeOfHands, blank=True, editable=False)
    pooled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    pooled_reason = models.CharField(max_length=200, blank=True, editable=False)
    source_note = models.CharField(_("Source"), max_length=200, blank=True)
    # Reached from the lead alone, so an index would only cost writes.
    source_text = models.ForeignKey(
        SourceText,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("Source text"),
        editable=False,
        db_index=False,
    )
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("Lead")
        verbose_name_plural = _("Leads")
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(fields=["-received_on", "-id"], name="lead_newest"),
            # Only one index begins with the park: without statistics SQLite would take any of several.
            models.Index(fields=["park", "-received_on", "-id", "stage"], name="lead_park_newest"),
            models.Index(fields=["owner", "next_step_due_on"], name="lead_owner_due"),
            # Everything the columns of the pipeline board count, add and sort by; why LOWER, core.columns.Layout says.
            models.Index(
                Lower("stage"),
                "next_step_due_on",
                "id",
                "park",
                "intended_investment_wan",
                "stage",
                name="lead_pipeline",
            ),
            models.Index(fields=["-pooled_at", "-id"], name="lead_pool", condition=Q(owner=None)),
            models.Index(
                fields=["owner", "clock_due_on"], name="lead_owner_clock", condition=Q(clock_due_on__isnull=False)
            ),
            models.Index(fields=["clock_due_on"], name="lead_clock", condition=Q(clock_due_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(intended_investment_wan__isnull=True) | Q(intended_investment_wan__gt=0),
                name="lead_investment_positive",
                violation_error_message=_("The intended investment must be more than zero. Leave it empty if unknown."),
            ),
        ]

    def __str__(self):
        return veiled(self.title) or self.company.name

    @property
    def is_open(self):
        return self.stage in OPEN


class LeadStageChange(models.Model):
    """That a lead entered a stage: on which day it happened, and when and by whom it was recorded. Append-only.

    A step made by mistake and taken back stays in the table with the moment at which it was undone, and counts
    nowhere: `objects` and `lead.stage_changes` are the standing ones, `with_undone` are all.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="stage_changes")
    from_stage = models.CharField(max_length=12, choices=LeadStage, blank=True)
    to_stage = models.CharField(max_length=12, choices=LeadStage)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(max_length=4000, blank=True)
    undone_at = models.DateTimeField(_("Taken back"), null=True, editable=False)

    objects = StandingManager()
    with_undone = models.Manager()

    class Meta:
        verbose_name = _("Lead stage change")
        verbose_name_plural = _("Lead stage changes")
        ordering = ["recorded_at", "pk"]

    def __str__(self):
        return f"{self.lead} → {self.get_to_stage_display()}"
