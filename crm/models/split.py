"""How two parks divide what a transferred investment brings: tax and indicators, percent and years."""

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

WHOLE = Decimal(100)
DEFAULT_PCT = Decimal(50)
DEFAULT_YEARS = 5
"""Half and half for five years, after 宁德 2017."""

LONGEST_YEARS = 30
SPLIT_FIELDS = ("tax_pct", "tax_years", "indicator_pct", "indicator_years", "counted_by")


class CountedBy(models.TextChoices):
    LANDING = "landing", _("The park it moves to")
    OWNER = "owner", _("The park that hands it over")


def _percent(name):
    return models.DecimalField(
        name,
        max_digits=5,
        decimal_places=2,
        default=DEFAULT_PCT,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )


def _years(name):
    return models.PositiveSmallIntegerField(
        name, default=DEFAULT_YEARS, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_YEARS)]
    )


def split_constraints(name):
    """What the database itself refuses; `name` begins the names of the constraints."""
    pct = Q(tax_pct__gte=0, tax_pct__lte=100, indicator_pct__gte=0, indicator_pct__lte=100)
    years = Q(tax_years__range=(1, LONGEST_YEARS), indicator_years__range=(1, LONGEST_YEARS))
    return [
        models.CheckConstraint(condition=pct, name=f"{name}_pct_ok"),
        models.CheckConstraint(condition=years, name=f"{name}_years_ok"),
    ]


class SplitTerms(models.Model):
    """The percents are what the park that hands over keeps; the rest, to 100, is the landing park's."""

    tax_pct = _percent(_("Tax kept by the handing park"))
    tax_years = _years(_("Years of the tax split"))
    indicator_pct = _percent(_("Indicators kept by the handing park"))
    indicator_years = _years(_("Years of the indicator split"))
    counted_by = models.CharField(
        _("Who reports the statistics"), max_length=7, choices=CountedBy, default=CountedBy.LANDING
    )

    class Meta:
        abstract = True

    @property
    def landing_tax_pct(self):
        return WHOLE - self.tax_pct

    @property
    def landing_indicator_pct(self):
        return WHOLE - self.indicator_pct

    @property
    def terms(self):
        """The five columns, to write them down once more elsewhere."""
        return {name: getattr(self, name) for name in SPLIT_FIELDS}


def years_after(start: date, years: int) -> date:
    """The same day `years` later; of 29 February, where there is none, the 28th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def last_day_of_split(start: date, years: int) -> date:
    """The last day of the last year; the split of five years from 1 May 2024 ends with 30 April 2029."""
    return date.fromordinal(years_after(start, years).toordinal() - 1)
