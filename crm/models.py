"""Who we talk to: companies, their contacts, the leads they give us and every conversation."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import CreditCodeField, WanField
from crm.lifecycle import OPEN, LeadStage, ShelvingReason
from crm.names import masked
from crm.querysets import CompanyQuerySet, InteractionQuerySet, LeadQuerySet, OfCompanyQuerySet
from parks.industries import validate_industry
from parks.models import Park
from parks.querysets import ParkScopedQuerySet


class Ownership(models.TextChoices):
    CENTRAL_SOE = "central_soe", _("Central state-owned")
    SOE = "soe", _("State-owned")
    PRIVATE = "private", _("Private")
    FOREIGN = "foreign", _("Foreign-invested")
    JOINT = "joint", _("Joint venture")
    INSTITUTE = "institute", _("University or institute")


class Company(models.Model):
    """An investor or a company of a park. One row in the whole system, known in one or more parks."""

    name = models.CharField(_("Company name"), max_length=120)
    normal_name = models.CharField(max_length=120, db_index=True, editable=False)
    credit_code = CreditCodeField(_("Unified social credit code"), null=True, blank=True, unique=True)
    ownership = models.CharField(_("Ownership"), max_length=12, choices=Ownership, blank=True)
    is_chain_master = models.BooleanField(_("Chain master"), default=False)
    is_top_500 = models.BooleanField(_("Top 500"), default=False)
    is_leading = models.BooleanField(_("Leading company"), default=False)
    is_little_giant = models.BooleanField(_("Little giant"), default=False)
    industry = models.CharField(_("Industry"), max_length=3, blank=True, validators=[validate_industry])
    country = models.CharField(_("Country or region"), max_length=40, blank=True)
    registration_no = models.CharField(_("Foreign registration number"), max_length=40, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    website = models.URLField(_("Website"), blank=True)
    profile = models.TextField(_("Profile"), max_length=4000, blank=True)
    source_note = models.CharField(_("Source"), max_length=200, blank=True)
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Company")
        verbose_name_plural = _("Companies")
        ordering = ["-pk"]

    def __str__(self):
        return self.name

    GRADES = ("is_chain_master", "is_top_500", "is_leading", "is_little_giant")

    @property
    def grades(self):
        return [self._meta.get_field(name).verbose_name for name in self.GRADES if getattr(self, name)]


class CompanyAlias(models.Model):
    company = models.ForeignKey(Company, models.CASCADE, related_name="aliases")
    name = models.CharField(_("Alias"), max_length=120, db_index=True)

    class Meta:
        verbose_name = _("Company alias")
        verbose_name_plural = _("Company aliases")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="company_alias_once")]

    def __str__(self):
        return self.name


class CompanyPark(models.Model):
    """That a company is known in a park, since when and through whom: this decides who sees the company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="known_in")
    park = models.ForeignKey(Park, models.PROTECT, related_name="known_companies")
    introduced_at = models.DateTimeField()
    introduced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ParkScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Company known in a park")
        verbose_name_plural = _("Companies known in parks")
        constraints = [models.UniqueConstraint(fields=["park", "company"], name="company_known_once")]

    def __str__(self):
        return f"{self.company} · {self.park}"


class Contact(models.Model):
    """A person at a company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="contacts", verbose_name=_("Company"))
    full_name = models.CharField(_("Name"), max_length=60)
    post = models.CharField(_("Post"), max_length=60, blank=True)
    phone = models.CharField(_("Phone"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=40, blank=True)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfCompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        ordering = ["-pk"]

    def __str__(self):
        return self.full_name

    @property
    def masked_phone(self):
        return masked(self.phone)

    @property
    def masked_email(self):
        return masked(self.email)

    @property
    def masked_wechat(self):
        return masked(self.wechat)


class LeadSource(models.TextChoices):
    OUTREACH = "outreach", _("Outreach")
    REFERRAL = "referral", _("Referral")
    CALL_IN = "call_in", _("Called in")
    EVENT = "event", _("Event")
    CONTEST = "contest", _("Contest")
    ONLINE = "online", _("Online")
    PARTNER = "partner", _("Promotion partner")
    OTHER = "other", _("Other")


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
    last_contact_on = models.DateField(_("Latest contact on"), null=True, blank=True, editable=False)
    source_note = models.CharField(_("Source"), max_length=200, blank=True)
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
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(intended_investment_wan__isnull=True) | Q(intended_investment_wan__gt=0),
                name="lead_investment_positive",
                violation_error_message=_("The intended investment must be more than zero. Leave it empty if unknown."),
            ),
        ]

    def __str__(self):
        return self.title or self.company.name

    @property
    def is_open(self):
        return self.stage in OPEN


class LeadStageChange(models.Model):
    """That a lead entered a stage: on which day it happened, and when and by whom it was recorded. Append-only."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="stage_changes")
    from_stage = models.CharField(max_length=12, choices=LeadStage, blank=True)
    to_stage = models.CharField(max_length=12, choices=LeadStage)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(max_length=4000, blank=True)

    class Meta:
        verbose_name = _("Lead stage change")
        verbose_name_plural = _("Lead stage changes")
        ordering = ["recorded_at", "pk"]

    def __str__(self):
        return f"{self.lead} → {self.get_to_stage_display()}"


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
