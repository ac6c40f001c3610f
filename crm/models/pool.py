"""The rules by which a zone lends out the leads of its pool."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.dates import local_day
from crm.models.leads import ChangeOfHands
from crm.querysets import PoolRuleQuerySet
from parks.models import Park

_YEAR = [MinValueValidator(1), MaxValueValidator(366)]


class PoolRule(models.Model):
    """What holds in a zone. Until a zone has set its own, the defaults hold and no lead goes back by itself."""

    zone = models.OneToOneField(Park, models.CASCADE, related_name="pool_rule", verbose_name=_("Zone"))
    picks_per_day = models.PositiveSmallIntegerField(
        _("Claims a day"), null=True, blank=True, default=5, validators=[MinValueValidator(1)],
        help_text=_("How many leads one officer may take from the pool on one day. Empty: no limit."),
    )  # fmt: skip
    most_held = models.PositiveSmallIntegerField(
        _("Open leads at once"), null=True, blank=True, default=60, validators=[MinValueValidator(1)],
        help_text=_("Whoever holds this many open leads claims no further one. Empty: no limit."),
    )  # fmt: skip
    cool_down_days = models.PositiveSmallIntegerField(
        _("Cool-down in days"), default=7, validators=[MaxValueValidator(366)],
        help_text=_("How long whoever gave a lead back may not claim it again; 0 for not at all."),
    )  # fmt: skip
    first_record_days = models.PositiveSmallIntegerField(
        _("Days until the first record"), null=True, blank=True, default=7, validators=_YEAR,
        help_text=_("A claimed lead goes back if nothing is recorded of it for so long. Empty: never."),
    )  # fmt: skip
    silent_days = models.PositiveSmallIntegerField(
        _("Days of silence"), null=True, blank=True, default=30, validators=_YEAR,
        help_text=_("Any lead goes back if no conversation and no step is recorded for so long. Empty: never."),
    )  # fmt: skip
    warning_days = models.PositiveSmallIntegerField(
        _("Days of warning"), default=3, validators=[MaxValueValidator(60)],
        help_text=_("How long before that its officer is told."),
    )  # fmt: skip
    spares_protected = models.BooleanField(
        _("Leads under first-talk protection do not go back by themselves"), default=True
    )
    in_force_on = models.DateField(_("In force since"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PoolRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("Rules of the lead pool")
        verbose_name_plural = _("Rules of the lead pools")

    def __str__(self):
        return str(self.zone)

    @property
    def is_set(self):
        """Whether the zone has set these rules itself; defaults return nothing by themselves."""
        return self.in_force_on is not None

    def goes_back_on(self, lead, claim):
        """The day on which the lead goes back unless something is recorded first; None where it never does.

        `claim` is the holding that runs now, if one was recorded.
        """
        if not (self.is_set and lead.is_open and lead.owner_id):
            return None
        latest = lead.followed_up_at or lead.recorded_at
        since = max(local_day(latest), self.in_force_on)
        untouched = claim is not None and claim.began_how == ChangeOfHands.CLAIMED and latest <= claim.began_at
        spans = [self.silent_days, self.first_record_days if untouched else None]
        return min((since + timedelta(days=days) for days in spans if days), default=None)
