"""首报首谈: which park was the first to talk to an investor, what protects it, and how conflicts are decided."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import WanField
from crm.first_talk_querysets import ConflictQuerySet, FirstTalkQuerySet, OfFirstTalkQuerySet
from crm.models.interactions import Interaction
from crm.models.leads import Lead
from crm.protection import EndCause, FirstTalkStatus, Ground, Threshold
from parks.models import Park

DAYS = [MinValueValidator(1), MaxValueValidator(1000)]


class ProtectionRule(models.Model):
    """How a zone protects first talks. A zone without a row goes by the defaults, which are those below."""

    zone = models.OneToOneField(Park, models.CASCADE, related_name="protection_rule", verbose_name=_("Zone"))
    min_wan = WanField(_("Threshold in yuan"), default=100_000, validators=[MinValueValidator(0)])
    is_min_wan_inclusive = models.BooleanField(_("Exactly this amount counts (yuan)"), default=True)
    min_wan_usd = WanField(_("Threshold in US dollars"), default=1000, validators=[MinValueValidator(0)])
    is_min_wan_usd_inclusive = models.BooleanField(_("Exactly this amount counts (US dollars)"), default=True)
    period_days = models.PositiveSmallIntegerField(_("Days of protection"), default=90, validators=DAYS)
    renewals = models.PositiveSmallIntegerField(_("Renewals"), default=1, validators=[MaxValueValidator(20)])
    silent_days = models.PositiveSmallIntegerField(
        _("Days without a new record that end it"), default=30, validators=DAYS
    )
    appeal_days = models.PositiveSmallIntegerField(_("Days for an appeal"), default=15, validators=DAYS)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Protection rule")
        verbose_name_plural = _("Protection rules")

    def __str__(self):
        return f"{self.zone} · {self._meta.verbose_name}"


class FirstTalk(models.Model):
    """That a park says it was the first to talk to the investor of a lead, with its proof. Moves by `FirstTalkChange`.

    `park` is the park that registered it and stays so when the lead moves on.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="first_talks", verbose_name=_("Lead"))
    park = models.ForeignKey(Park, models.PROTECT, related_name="first_talks", verbose_name=_("Park"), db_index=False)
    first_contact_on = models.DateField(_("First contact on"))
    interaction = models.ForeignKey(
        Interaction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="first_talks",
        verbose_name=_("Conversation that proves it"),
    )
    amount_wan = WanField(_("Intended investment"), null=True, blank=True)
    amount_wan_usd = WanField(_("Foreign capital intended"), null=True, blank=True)
    threshold_met = models.CharField(_("Threshold met"), max_length=7, choices=Threshold, blank=True)
    chain_fit = models.CharField(_("Fit with the chain of the park"), max_length=500, blank=True)
    status = models.CharField(_("Status"), max_length=11, choices=FirstTalkStatus, default=FirstTalkStatus.APPLIED)
    end_cause = models.CharField(_("Why it ended"), max_length=12, choices=EndCause, blank=True)
    contact_verified_at = models.DateTimeField(_("Contact verified at"), null=True, blank=True)
    contact_verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    protected_from = models.DateField(_("Protected from"), null=True, blank=True)
    protected_until = models.DateField(_("Protected until"), null=True, blank=True)
    renewals = models.PositiveSmallIntegerField(_("Renewals"), default=0)
    came_from = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="passed_on_to")
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = FirstTalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("First talk")
        verbose_name_plural = _("First talks")
        ordering = ["-recorded_at", "-pk"]
        indexes = [
            models.Index(fields=["park", "status"], name="first_talk_park"),
            models.Index(fields=["status", "protected_until"], name="first_talk_running"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_wan=None) | Q(amount_wan__gt=0), name="first_talk_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount_wan_usd=None) | Q(amount_wan_usd__gt=0), name="first_talk_usd_positive"
            ),
            models.CheckConstraint(
                condition=Q(protected_from=None, protected_until=None)
                | Q(protected_from__isnull=False, protected_until__gte=models.F("protected_from")),
                name="first_talk_period_whole",
            ),
        ]

    def __str__(self):
        return f"{self.lead.company} · {self.park}"


class FirstTalkChange(models.Model):
    """That a first talk entered a status, from which day, why, and who recorded it (nobody: the nightly work)."""

    first_talk = models.ForeignKey(FirstTalk, models.CASCADE, related_name="changes")
    from_status = models.CharField(max_length=11, choices=FirstTalkStatus, blank=True)
    to_status = models.CharField(max_length=11, choices=FirstTalkStatus)
    cause = models.CharField(max_length=12, choices=EndCause, blank=True)
    effective_on = models.DateField()
    reason = models.TextField(max_length=2000, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OfFirstTalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("First talk change")
        verbose_name_plural = _("First talk changes")
        ordering = ["recorded_at", "pk"]

    def __str__(self):
        return f"{self.first_talk} → {self.get_to_status_display()}"


class PaperKind(models.TextChoices):
    CONTACT = "contact", _("Proof of the contact")
    PREFERENCE = "preference", _("Written preference of the investor")
    OTHER = "other", _("Other evidence")


class FirstTalkPaper(models.Model):
    """A piece of evidence. The bytes lie outside the web root under their hash; it is never replaced."""

    first_talk = models.ForeignKey(FirstTalk, models.CASCADE, related_name="papers")
    kind = models.CharField(_("Kind of document"), max_length=10, choices=PaperKind)
    title = models.CharField(_("Title"), max_length=160)
    stored_name = models.CharField(max_length=120, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size_bytes = models.PositiveIntegerField(_("Size"), editable=False)
    uploaded_at = models.DateTimeField(_("Uploaded"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfFirstTalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Evidence of a first talk")
        verbose_name_plural = _("Evidence of first talks")
        ordering = ["pk"]

    def __str__(self):
        return self.title


class Conflict(models.Model):
    """That two or more parks claim the first talk with one investor, and how it was decided."""

    zone = models.ForeignKey(Park, models.PROTECT, related_name="conflicts", verbose_name=_("Zone"))
    sides = models.ManyToManyField(FirstTalk, related_name="conflicts")
    opened_at = models.DateTimeField(_("Opened"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    winner = models.ForeignKey(FirstTalk, models.PROTECT, null=True, blank=True, related_name="+")
    ground = models.CharField(_("Ground"), max_length=10, choices=Ground, blank=True)
    reasons = models.TextField(_("Reasons"), max_length=4000, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("Conflict of first talks")
        verbose_name_plural = _("Conflicts of first talks")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, winner=None, ground="")
                | Q(decided_at__isnull=False, winner__isnull=False, ground__gt=""),
                name="conflict_decision_whole",
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class Appeal(models.Model):
    """That the losing side of a conflict asked for a second look. Once for each conflict, which the column says."""

    conflict = models.OneToOneField(Conflict, models.CASCADE, related_name="appeal")
    side = models.ForeignKey(FirstTalk, models.PROTECT, related_name="+")
    reason = models.TextField(_("Reason of the appeal"), max_length=4000)
    appealed_at = models.DateTimeField(_("Appealed"))
    appealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    winner = models.ForeignKey(FirstTalk, models.PROTECT, null=True, blank=True, related_name="+")
    reasons = models.TextField(_("Reasons"), max_length=4000, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("Appeal")
        verbose_name_plural = _("Appeals")

    def __str__(self):
        return f"{self._meta.verbose_name} · {self.conflict}"
