"""The six aspects under which a lead is assessed (研判), as data: what is looked at, and how it may be found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Aspect(models.TextChoices):
    DIRECTION = "direction", _("Industrial direction")
    MARKET = "market", _("Market")
    TECHNOLOGY = "technology", _("Technology")
    ENVIRONMENT = "environment", _("Environment")
    ENERGY = "energy", _("Energy use")
    BENEFIT = "benefit", _("Benefit")


QUESTIONS = {
    Aspect.DIRECTION: _("Does it belong to what the park leads in, and which link of the chain does it add?"),
    Aspect.MARKET: _("Who buys it, how large is the market, which orders are there?"),
    Aspect.TECHNOLOGY: _("Where does the technology come from, how far is it, who holds the rights?"),
    Aspect.ENVIRONMENT: _("Emissions, waste, land: does the site carry it, which approvals does it need?"),
    Aspect.ENERGY: _("Energy and water a year, and per unit of output; is the quota there?"),
    Aspect.BENEFIT: _("Investment and tax per mu, jobs, what the park pays for it."),
}


class Rating(models.TextChoices):
    GOOD = "good", _("Good")
    FAIR = "fair", _("Fair")
    POOR = "poor", _("Poor")
    UNKNOWN = "unknown", _("Not known yet")


LOOK = {Rating.GOOD: "ok", Rating.FAIR: "warn", Rating.POOR: "bad", Rating.UNKNOWN: "idle"}
"""The light beside a rating."""


class Outcome(models.TextChoices):
    FOLLOW = "follow", _("Follow up")
    SHELVE = "shelve", _("Do not follow: shelve")
    POOL = "pool", _("Do not follow: back to the pool")


def missing_aspects(assessment):
    """Aspects without an opinion: a rating, and words where it is not good."""
    return [
        aspect
        for aspect in Aspect
        if not (rating := getattr(assessment, f"{aspect}_rating"))
        or (rating != Rating.GOOD and not getattr(assessment, f"{aspect}_text").strip())
    ]
