"""What is being built and how far it is: projects, the dated facts about them and the states derived from these."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.fields import CreditCodeField, WanField
from crm.merging import follows, moves
from crm.models import Company, Interaction, Lead, SplitTerms
from crm.models.split import split_constraints
from parks.industries import validate_industry
from parks.models import Park
from parks.querysets import ParkScopedQuerySet
from projects.lifecycle import DocumentKind, SiteMode, Stage
from projects.querysets import (
    ExtraRequirementQuerySet,
    FactQuerySet,
    OfProjectQuerySet,
    ProjectQuerySet,
    ProjectStateQuerySet,
    SigningEntryQuerySet,
    SplitQuerySet,
)


class ChainRole(models.TextChoices):
    BUILD = "build", _("Builds the chain")
    FILL = "fill", _("Fills a gap in the chain")
    EXTEND = "extend", _("Extends the chain")
    STRENGTHEN = "strengthen", _("Strengthens the chain")
    INTEGRATE = "integrate", _("Integrates the chain")
    CULTIVATE = "cultivate", _("Cultivates the chain")


class Project(models.Model):
    """An investment that a company plans or has agreed to make in a park.

    `stage`, `park`, `total_investment_wan` and their verified twins are the current rows of `ProjectState`, kept here
    for lists; only `projects.actions` writes them. The six kinds of money never add up to each other.
    """

    code = models.CharField(_("Project code"), max_length=30, unique=True)
    name = models.CharField(_("Project name"), max_length=120)
    # Indexes that begin with the park or the owner stand below; Django's own would only cost writes.
    park = models.ForeignKey(Park, models.PROTECT, related_name="projects", verbose_name=_("Park"), db_index=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="projects", verbose_name=_("Investor"))
    lead = models.OneToOneField(
        Lead, models.PROTECT, null=True, blank=True, related_name="project", verbose_name=_("Lead")
    )
    opened_on = models.DateField(_("Opened on"))
    industry = models.CharField(_("Industry"), max_length=3, blank=True, db_index=True, validators=[validate_industry])
    chain_role = models.CharField(_("Role in the chain"), max_length=10, choices=ChainRole, blank=True)
    content = models.TextField(_("Content of the investment"), max_length=4000, blank=True)

    stage = models.CharField(_("Reported stage"), max_length=16, choices=Stage, editable=False)
    stage_since = models.DateField(_("In this stage since"), editable=False)
    paused_from = models.CharField(max_length=16, choices=Stage, blank=True, editable=False)
    verified_stage = models.CharField(_("Verified stage"), max_length=16, choices=Stage, blank=True, editable=False)
    signed_on = models.DateField(_("First formal signing on"), null=True, blank=True, editable=False)

    total_investment_wan = WanField(_("Total investment"), default=0, editable=False)
    verified_total_wan = WanField(_("Verified total investment"), default=0, editable=False)
    contracted_investment_wan = WanField(_("Contracted outside capital"), null=True, blank=True)
    paid_in_fixed_wan = WanField(_("Arrived funds, fixed"), null=True, blank=True)
    paid_in_working_wan = WanField(_("Arrived funds, working"), null=True, blank=True)
    fixed_asset_wan = WanField(_("Fixed-asset investment done"), null=True, blank=True)
    annual_plan_wan = WanField(_("Planned for the year"), null=True, blank=True)
    utilised_fdi_wan_usd = WanField(_("Foreign capital received"), null=True, blank=True)

    site_mode = models.CharField(_("Site"), max_length=12, choices=SiteMode, blank=True)
    land_area_mu = models.DecimalField(
        _("Land area"), max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    floor_area_sqm = models.DecimalField(
        _("Floor area"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    legal_entity_name = models.CharField(_("Local company"), max_length=120, blank=True)
    legal_entity_code = CreditCodeField(_("Credit code of the local company"), null=True, blank=True)
    filing_no = models.CharField(_("Number of filing or approval"), max_length=60, blank=True)
    land_contract_no = models.CharField(_("Number of the land contract"), max_length=60, blank=True)
    construction_permit_no = models.CharField(_("Number of the construction permit"), max_length=60, blank=True)
    start_due_on = models.DateField(_("Promised start"), null=True, blank=True)
    completion_due_on = models.DateField(_("Promised completion"), null=True, blank=True)
    commissioning_due_on = models.DateField(_("Promised commissioning"), null=True, blank=True)
    full_output_due_on = models.DateField(_("Promised full production"), null=True, blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("Officer in charge"),
        db_index=False,
    )
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Project steward"),
    )
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Responsible leader"),
    )
    source_note = models.CharField(_("Source"), max_length=300, blank=True)
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("Latest change"))

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("Project")
        verbose_name_plural = _("Projects")
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="project_newest"),
            # Number and sum over whole lists are read from the index alone. Only one index begins with the park:
            # without statistics SQLite would take any of several.
            models.Index(
                fields=["park", "-updated_at", "-id", "stage", "total_investment_wan"], name="project_park_newest"
            ),
            models.Index(fields=["-signed_on", "-id"], name="project_signed"),
            models.Index(fields=["owner", "-updated_at"], name="project_owner"),
            # Everything the columns of the pipeline board count, add and sort by; why LOWER, core.columns.Layout says.
            models.Index(
                Lower("stage"), "stage_since", "id", "park", "total_investment_wan", "stage", name="project_pipeline"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_investment_wan__gte=0) & Q(verified_total_wan__gte=0),
                name="project_totals_not_negative",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0}), name=f"project_{name[:16]}_ok"
                )
                for name in (
                    "contracted_investment_wan",
                    "paid_in_fixed_wan",
                    "paid_in_working_wan",
                    "fixed_asset_wan",
                    "annual_plan_wan",
                    "utilised_fdi_wan_usd",
                )
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def paid_in_wan(self):
        """到位资金: fixed and working part together; None where neither is known."""
        parts = [part for part in (self.paid_in_fixed_wan, self.paid_in_working_wan) if part is not None]
        return sum(parts) if parts else None


class Document(models.Model):
    """A piece of evidence. The bytes lie outside the web root under their hash; a document is never replaced."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="documents")
    kind = models.CharField(_("Kind of document"), max_length=18, choices=DocumentKind)
    title = models.CharField(_("Title"), max_length=160)
    stored_name = models.CharField(max_length=120, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size_bytes = models.PositiveIntegerField(_("Size"), editable=False)
    uploaded_at = models.DateTimeField(_("Uploaded"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("Document")
        verbose_name_plural = _("Documents")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return self.title


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class DatedFact(models.Model):
    """A fact with its two dates. Append-only: a mistake is corrected by a new fact that names the one it corrects.

    The verdict is written once, from empty to accepted or rejected, and never again. Facts of the time before the
    formal signing enter no total and need no verification.
    """

    effective_on = models.DateField(_("Happened on"))
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(_("Reason"), max_length=1000, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    is_void = models.BooleanField(_("Never happened"), default=False)
    needs_verification = models.BooleanField(default=False)
    verdict = models.CharField(_("Verdict"), max_length=8, choices=Verdict, blank=True)
    verdict_at = models.DateTimeField(_("Verified at"), null=True, blank=True)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    verdict_reason = models.CharField(_("Reason of the verdict"), max_length=1000, blank=True)
    evidence = models.ManyToManyField(Document, blank=True, related_name="%(class)s_set")

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_pending(self):
        return self.needs_verification and not self.verdict

    @property
    def verified_at(self):
        """The moment from which the verified basis knows the fact, or None."""
        if not self.needs_verification:
            return self.recorded_at
        return self.verdict_at if self.verdict == Verdict.ACCEPTED else None


def _fact_meta(name, pending_with=()):
    """Constraints and indexes that each of the three kinds of fact carries."""
    whole = Q(verdict="", verdict_at__isnull=True, verdict_by__isnull=True) | Q(
        verdict__gt="", verdict_at__isnull=False, verdict_by__isnull=False
    )
    return {
        "constraints": [models.CheckConstraint(condition=whole, name=f"{name}_verdict_whole")],
        "indexes": [
            models.Index(fields=["project", "recorded_at"], name=f"{name}_of_project"),
            # SQLite takes a partial index only where the query spells out its condition, and a verdict is a parameter.
            models.Index(
                fields=["verdict", *pending_with, "project", "recorded_at"],
                condition=Q(needs_verification=True),
                name=f"{name}_pending",
            ),
        ],
    }


class StageChange(DatedFact):
    """That a project entered a stage."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stage_changes", db_index=False)
    from_stage = models.CharField(_("From stage"), max_length=16, choices=Stage, blank=True)
    to_stage = models.CharField(_("To stage"), max_length=16, choices=Stage)

    class Meta:
        verbose_name = _("Stage change")
        verbose_name_plural = _("Stage changes")
        ordering = ["recorded_at", "pk"]
        constraints = _fact_meta("stage_change")["constraints"]
        indexes = _fact_meta("stage_change")["indexes"]

    def __str__(self):
        return f"{self.project} → {self.get_to_stage_display()}"


class InvestmentKind(models.TextChoices):
    PLAN = "plan", _("Planned total")
    SIGNING = "signing", _("Agreed at signing")
    INCREASE = "increase", _("Capital increase")


class InvestmentChange(DatedFact):
    """That the total investment was set (plan, signing) or grew (增资). `amount_wan` is the total or the increment."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="investment_changes", db_index=False)
    kind = models.CharField(_("Kind"), max_length=8, choices=InvestmentKind)
    amount_wan = WanField(_("Amount"))
    stage_change = models.OneToOneField(
        StageChange,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="investment_change",
        help_text=_("The signing that set the amount; both are verified together."),
    )

    class Meta:
        verbose_name = _("Investment change")
        verbose_name_plural = _("Investment changes")
        ordering = ["recorded_at", "pk"]
        constraints = [
            *_fact_meta("investment_change")["constraints"],
            models.CheckConstraint(condition=Q(amount_wan__gte=0), name="investment_change_not_negative"),
        ]
        indexes = _fact_meta("investment_change", pending_with=["stage_change"])["indexes"]

    def __str__(self):
        return f"{self.project} · {self.get_kind_display()}"


class ParkChange(DatedFact):
    """That a project came into a park: at its opening, or by transfer (流转)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="park_changes", db_index=False)
    park = models.ForeignKey(Park, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Park change")
        verbose_name_plural = _("Park changes")
        ordering = ["recorded_at", "pk"]
        constraints = _fact_meta("park_change")["constraints"]
        indexes = _fact_meta("park_change")["indexes"]

    def __str__(self):
        return f"{self.project} → {self.park}"


class Split(SplitTerms):
    """What a park keeps of a project it handed over (分劈). It stands as long as its `park_change` does.

    `effective_on` is the day from which the years run: that of the transfer, also where it was still a lead.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="splits")
    park_change = models.ForeignKey(ParkChange, models.CASCADE, related_name="splits")
    owner_park = models.ForeignKey(Park, models.PROTECT, related_name="+", verbose_name=_("From park"))
    effective_on = models.DateField(_("Happened on"))

    objects = SplitQuerySet.as_manager()

    class Meta:
        verbose_name = _("Split of a transfer")
        verbose_name_plural = _("Splits of transfers")
        ordering = ["effective_on", "pk"]
        constraints = split_constraints("split")

    def __str__(self):
        return f"{self.project} · {self.owner_park}"


class Basis(models.TextChoices):
    VERIFIED = "verified", _("Verified")
    REPORTED = "reported", _("Reported")


class ProjectState(models.Model):
    """How a project stood over a stretch of days, as known over a span of moments, in one basis.

    Derived from the facts by `projects.history` and written only by `projects.actions`; building it afresh gives the
    same rows. `valid_to` and `known_to` are excluded; empty means until further notice.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="states", db_index=False)
    basis = models.CharField(max_length=8, choices=Basis)
    stage = models.CharField(max_length=16, choices=Stage)
    park = models.ForeignKey(Park, models.PROTECT, related_name="+")
    total_wan = WanField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True, blank=True)

    objects = ProjectStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Project state")
        verbose_name_plural = _("Project states")
        indexes = [
            models.Index(fields=["project", "basis"], name="state_of_project"),
            # Every column a board by today's knowledge reads, so that it never touches the rows themselves.
            models.Index(
                fields=["basis", "stage", "park", "valid_from", "valid_to", "total_wan", "known_to"],
                condition=Q(known_to__isnull=True),
                name="state_of_board",
            ),
            # The same for a board by past knowledge.
            models.Index(
                fields=["basis", "stage", "park", "valid_from", "valid_to", "known_from", "known_to", "total_wan"],
                name="state_as_known",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")), name="state_valid_span"
            ),
            models.CheckConstraint(
                condition=Q(known_to__isnull=True) | Q(known_to__gt=models.F("known_from")), name="state_known_span"
            ),
        ]

    def __str__(self):
        return f"{self.project} · {self.get_stage_display()} · {self.valid_from}"


class ProjectInteraction(models.Model):
    """That a conversation was about a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="interaction_links")
    interaction = models.OneToOneField(Interaction, models.CASCADE, related_name="project_link")

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("Project interaction")
        verbose_name_plural = _("Project interactions")

    def __str__(self):
        return f"{self.project} · {self.interaction}"


class SigningEvent(models.Model):
    """An occasion at which agreements were signed, with the list of the projects signed there."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="signing_events", verbose_name=_("Park"))
    name = models.CharField(_("Signing event"), max_length=120)
    held_on = models.DateField(_("Held on"))
    place = models.CharField(_("Place"), max_length=120, blank=True)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    source_note = models.CharField(_("Source"), max_length=300, blank=True)
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ParkScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Signing event")
        verbose_name_plural = _("Signing events")
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return self.name


class SigningKind(models.TextChoices):
    FORMAL = "formal", _("Formal agreement")
    FRAMEWORK = "framework", _("Framework or letter of intent")
    STRATEGIC = "strategic", _("Strategic agreement")
    UPGRADE = "upgrade", _("Upgrade to a higher agreement")
    INCREASE = "increase", _("Capital increase")
    OWNER_CHANGE = "owner_change", _("Change of owner")


class SigningEntry(models.Model):
    """One project on the list of a signing event. Counts only where it is the project's first formal signing."""

    event = models.ForeignKey(SigningEvent, models.CASCADE, related_name="entries")
    project = models.ForeignKey(Project, models.PROTECT, related_name="signing_entries", verbose_name=_("Project"))
    kind = models.CharField(_("What was signed"), max_length=12, choices=SigningKind, default=SigningKind.FORMAL)

    objects = SigningEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Entry of a signing event")
        verbose_name_plural = _("Entries of signing events")
        constraints = [models.UniqueConstraint(fields=["event", "project"], name="signing_entry_once")]

    def __str__(self):
        return f"{self.event} · {self.project}"


class ExtraRequirement(models.Model):
    """A demand a park adds to the gate of a stage: an allow-listed field, or a document of a kind; never code."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="extra_requirements", verbose_name=_("Park"))
    stage = models.CharField(_("Stage"), max_length=16, choices=Stage)
    field = models.CharField(_("Field"), max_length=40, blank=True)
    document = models.CharField(_("Document"), max_length=18, choices=DocumentKind, blank=True)

    objects = ExtraRequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("Additional requirement")
        verbose_name_plural = _("Additional requirements")
        constraints = [
            models.CheckConstraint(
                condition=Q(field="", document__gt="") | Q(field__gt="", document=""), name="extra_requirement_one_kind"
            ),
            models.UniqueConstraint(fields=["park", "stage", "field", "document"], name="extra_requirement_once"),
        ]

    def __str__(self):
        return f"{self.park} · {self.get_stage_display()}"


# In a merge of companies their projects come along, and what was said about one goes back with it.
moves(Project, "company")
follows(Project, "company", "lead", Lead)
follows(Interaction, "company", "project_link__project", Project)
