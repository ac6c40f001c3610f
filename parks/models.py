"""Where: the tree of zone, parks and parks within parks, and who holds which role over which part of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from parks.access import Role
from parks.querysets import ParkQuerySet, SavedViewQuerySet


class ParkKind(models.TextChoices):
    ZONE = "zone", _("Zone")
    GROUP = "group", _("Group of parks")
    MAIN = "main", _("Main park")
    SUB = "sub", _("Sub-park")
    CULTIVATED = "cultivated", _("Cultivated park")
    SPECIALISED = "specialised", _("Specialised park")
    INNER = "inner", _("Park within a park")


class Park(models.Model):
    """A zone, a park, or a park within a park. `path` holds the keys from the root down: "/1/4/"."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("Part of")
    )
    code = models.CharField(
        _("Code"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("Capital letters, digits and hyphens only."))],
    )
    name = models.CharField(_("Name"), max_length=80, unique=True)
    short_name = models.CharField(_("Short name"), max_length=20, blank=True, help_text=_("For narrow tables."))
    kind = models.CharField(_("Kind"), max_length=12, choices=ParkKind, default=ParkKind.SUB)
    district = models.CharField(_("District"), max_length=60, blank=True)
    leading_industries = models.CharField(_("Leading industries"), max_length=200, blank=True)
    approved_on = models.DateField(_("Passed the meeting on"), null=True, blank=True)
    listed_on = models.DateField(_("Listed on"), null=True, blank=True)
    planned_area_sqkm = models.DecimalField(
        _("Planned area"), max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    operator = models.CharField(_("Operator"), max_length=80, blank=True)
    has_task_force = models.BooleanField(_("Task force"), default=False)
    has_plan = models.BooleanField(_("Plan"), default=False)
    has_policy = models.BooleanField(_("Policy"), default=False)
    has_promotion_team = models.BooleanField(_("Promotion team"), default=False)
    has_fund = models.BooleanField(_("Fund"), default=False)
    counts_completed_as_under_construction = models.BooleanField(
        _("Completed but not commissioned counts as under construction"),
        default=True,
        help_text=_("Read from the zone; printed under every report that uses it."),
    )
    # Four digits in `sort_path`.
    sort_order = models.PositiveSmallIntegerField(_("Order"), default=0, validators=[MaxValueValidator(9999)])
    # Wide enough for DEEPEST + 1 keys of 19 digits, and as many orders and codes.
    path = models.CharField(max_length=200, unique=True, editable=False)
    sort_path = models.CharField(max_length=200, db_index=True, editable=False)
    source_note = models.CharField(_("Source"), max_length=200, blank=True)
    is_synthetic = models.BooleanField(_("Demo data"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ParkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Park")
        verbose_name_plural = _("Parks")
        ordering = ["sort_path"]

    DEEPEST = 6
    FIVE_ONES = ("has_task_force", "has_plan", "has_policy", "has_promotion_team", "has_fund")

    def __str__(self):
        return self.name

    @property
    def depth(self):
        return self.path.count("/") - 2

    @property
    def path_above(self):
        return self.path.rsplit("/", 2)[0] + "/"

    @property
    def zone_pk(self):
        return int(self.path.split("/")[1])

    @property
    def five_ones_held(self):
        return sum(getattr(self, name) for name in self.FIVE_ONES)

    @property
    def label(self):
        return self.short_name or self.name


class ParkAlias(models.Model):
    """Another name by which ledgers and articles call a park; unique over the whole system."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="aliases")
    name = models.CharField(_("Alias"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("Park alias")
        verbose_name_plural = _("Park aliases")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Membership(models.Model):
    """A role that a user holds over a park and all that lies under it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("User")
    )
    park = models.ForeignKey(Park, models.CASCADE, related_name="memberships", verbose_name=_("Park"))
    role = models.CharField(_("Role"), max_length=13, choices=Role)

    class Meta:
        verbose_name = _("Membership")
        verbose_name_plural = _("Memberships")
        constraints = [models.UniqueConstraint(fields=["user", "park", "role"], name="membership_once")]
        ordering = ["park__sort_path", "role"]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.park}"


class CalendarDay(models.Model):
    """A day the office has worked or off in its own right, over what the State Council's notice says."""

    day = models.DateField(_("Day"), unique=True)
    is_working = models.BooleanField(_("Worked"))
    name = models.CharField(_("Occasion"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Calendar day")
        verbose_name_plural = _("Calendar days")
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d}"


class CalendarYear(models.Model):
    """That the office has entered the whole notice of a year which the program does not know by itself."""

    year = models.PositiveSmallIntegerField(_("Year"), unique=True)

    class Meta:
        verbose_name = _("Calendar year")
        verbose_name_plural = _("Calendar years")
        ordering = ["year"]

    def __str__(self):
        return str(self.year)


class ViewAudience(models.TextChoices):
    ME = "me", _("Only me")
    PARK = "park", _("A park")
    EVERYBODY = "everybody", _("Everybody")


class SavedView(models.Model):
    """The filters of a list under a name. `list_name` is the name of the list's address, `query` what stands in it.

    Shared with a park it is seen by whoever works in it, below it or over it; shared with everybody it belongs to the
    zone.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("By")
    )
    list_name = models.CharField(_("List"), max_length=60)
    title = models.CharField(_("Name of the view"), max_length=40)
    query = models.TextField(_("Filter"), max_length=2000, blank=True)
    audience = models.CharField(_("Shared with"), max_length=9, choices=ViewAudience, default=ViewAudience.ME)
    park = models.ForeignKey(
        Park, models.PROTECT, null=True, blank=True, related_name="saved_views", verbose_name=_("Park")
    )
    default_role = models.CharField(_("Opens the list for"), max_length=13, choices=Role, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        ordering = ["list_name", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_name", "title"],
                name="saved_view_title_once",
                violation_error_message=_("You have a view of this name already. Choose another name."),
            ),
            models.CheckConstraint(
                condition=models.Q(audience="me", park=None)
                | (~models.Q(audience="me") & models.Q(park__isnull=False)),
                name="saved_view_shared_in_a_park",
            ),
        ]

    def __str__(self):
        return self.title


class ViewDefault(models.Model):
    """With which view a list opens for one person; with no view, with all rows whatever the role's default is."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="view_defaults")
    list_name = models.CharField(_("List"), max_length=60)
    view = models.ForeignKey(SavedView, models.CASCADE, null=True, related_name="chosen_by")

    class Meta:
        verbose_name = _("Default view")
        verbose_name_plural = _("Default views")
        constraints = [models.UniqueConstraint(fields=["user", "list_name"], name="view_default_once")]

    def __str__(self):
        return f"{self.user} · {self.list_name}"
