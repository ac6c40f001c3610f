"""The rules by which a zone's clocks run."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.clocks import MOST_DAYS, ClockStep, DayUnit, Limit
from parks.models import Park


class ClockRule(models.Model):
    """How long one step may take in a zone. A step without a row goes by `crm.clocks.DEFAULTS`."""

    zone = models.ForeignKey(Park, models.CASCADE, related_name="clock_rules", verbose_name=_("Zone"), db_index=False)
    step = models.CharField(_("Step"), max_length=14, choices=ClockStep)
    number = models.PositiveSmallIntegerField(
        _("Number"), validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    )
    unit = models.CharField(_("Counted in"), max_length=8, choices=DayUnit)
    tells_office = models.BooleanField(_("The office is told when it is over"), default=True)

    class Meta:
        verbose_name = _("Clock rule")
        verbose_name_plural = _("Clock rules")
        ordering = ["zone", "pk"]
        constraints = [models.UniqueConstraint(fields=["zone", "step"], name="clock_rule_once")]

    def __str__(self):
        return f"{self.zone} · {self.get_step_display()}"

    @property
    def limit(self):
        return Limit(self.number, self.unit, self.tells_office)
