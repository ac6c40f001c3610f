"""Companies, the names and parks they are known by, and their people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import CreditCodeField
from core.privacy import holds_numbers, masked, veiled
from crm.names import normal_name
from crm.querysets import CompanyQuerySet, OfCompanyQuerySet, UnmergedManager
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
    # Three plain forms of what is typed, by which duplicates are found (crm.names).
    normal_name = models.CharField(max_length=120, db_index=True, editable=False)
    core_name = models.CharField(max_length=120, db_index=True, editable=False)
    credit_code = CreditCodeField(_("Unified social credit code"), null=True, blank=True, unique=True)
    group_name = models.CharField(_("Corporate group"), max_length=120, blank=True)
    normal_group = models.CharField(max_length=120, db_index=True, editable=False, blank=True)
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
    # Its index is below: hardly any company was merged.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("Merged into"),
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = UnmergedManager.from_queryset(CompanyQuerySet)()
    with_merged = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Company")
        verbose_name_plural = _("Companies")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["merged_into"], name="company_merged", condition=models.Q(merged_into__isnull=False)),
        ]

    def __str__(self):
        return self.name

    GRADES = ("is_chain_master", "is_top_500", "is_leading", "is_little_giant")

    @property
    def grades(self):
        return [self._meta.get_field(name).verbose_name for name in self.GRADES if getattr(self, name)]


class CompanyAlias(models.Model):
    company = models.ForeignKey(Company, models.CASCADE, related_name="aliases")
    name = models.CharField(_("Alias"), max_length=120, db_index=True)
    normal_name = models.CharField(max_length=120, db_index=True, editable=False)

    class Meta:
        verbose_name = _("Company alias")
        verbose_name_plural = _("Company aliases")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="company_alias_once")]

    def __str__(self):
        return self.name

    @classmethod
    def of(cls, company, name):
        return cls(company=company, name=name, normal_name=normal_name(name))


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
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("Merged into"),
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = UnmergedManager.from_queryset(OfCompanyQuerySet)()
    with_merged = OfCompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["merged_into"], name="contact_merged", condition=models.Q(merged_into__isnull=False)),
        ]

    def __str__(self):
        return veiled(self.full_name)

    PERSONAL = ("phone", "email", "wechat")

    @property
    def has_numbers(self):
        """Whether there is anything that is shown only in part."""
        return any(getattr(self, field) for field in self.PERSONAL) or holds_numbers(self.note)

    @property
    def masked_phone(self):
        return masked(self.phone)

    @property
    def masked_email(self):
        return masked(self.email)

    @property
    def masked_wechat(self):
        return masked(self.wechat)
