"""Written assessments of leads under six aspects."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.aspects import LOOK, QUESTIONS, Aspect, Outcome, Rating
from crm.models.leads import Lead
from crm.querysets import AssessmentQuerySet


def _rating(aspect):
    return models.CharField(aspect.label, max_length=7, choices=Rating, blank=True)


def _text(aspect):
    return models.TextField(aspect.label, max_length=1000, blank=True, help_text=QUESTIONS[aspect])


class Assessment(models.Model):
    """An opinion on a lead. A draft until it is settled, and then a fact: a later opinion is a row of its own."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="assessments")
    direction_rating, direction_text = _rating(Aspect.DIRECTION), _text(Aspect.DIRECTION)
    market_rating, market_text = _rating(Aspect.MARKET), _text(Aspect.MARKET)
    technology_rating, technology_text = _rating(Aspect.TECHNOLOGY), _text(Aspect.TECHNOLOGY)
    environment_rating, environment_text = _rating(Aspect.ENVIRONMENT), _text(Aspect.ENVIRONMENT)
    energy_rating, energy_text = _rating(Aspect.ENERGY), _text(Aspect.ENERGY)
    benefit_rating, benefit_text = _rating(Aspect.BENEFIT), _text(Aspect.BENEFIT)
    summary = models.TextField(_("Conclusion"), max_length=2000, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=6, choices=Outcome, blank=True)
    effective_on = models.DateField(_("Assessed on"), null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Assessment")
        verbose_name_plural = _("Assessments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(settled_at=None), name="assessment_one_draft"),
        ]

    def __str__(self):
        return f"{self.lead} · {self._meta.verbose_name}"

    @property
    def is_draft(self):
        return self.settled_at is None

    @property
    def follows(self):
        """Whether the lead is followed up; None while that is open."""
        return self.outcome == Outcome.FOLLOW if self.outcome else None

    @property
    def opinions(self):
        """The six, for pages: name, light, rating in words, text."""
        told = []
        for aspect in Aspect:
            rating = getattr(self, f"{aspect}_rating")
            words = Rating(rating).label if rating else ""
            text = getattr(self, f"{aspect}_text")
            told.append({"label": aspect.label, "look": LOOK.get(rating, "idle"), "rating": words, "text": text})
        return told
