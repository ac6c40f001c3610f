"""What one person did this week, beside the week before: leads, companies talked to, projects, signings."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from crm.lifecycle import LeadStage
from crm.models import Interaction, Lead, LeadStageChange
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Week:
    """From Monday to `until`, both included. Each pair is this week and the whole week before."""

    monday: date
    until: date
    leads: tuple[int, int]
    companies: tuple[int, int]
    turned: tuple[int, int]
    signed: tuple[int, int]
    signed_wan: Decimal


def week_of(user: Any, *, today: date) -> Week:
    """By the day things happened. Four queries, each over the rows of both weeks only."""
    monday = today - timedelta(days=today.weekday())
    before = monday - timedelta(days=7)

    def pair(rows: Any, day: str, what: Any = None, **more: Any) -> dict[str, Any]:
        """Counted this week and last; `what` is counted distinctly."""
        counted = what or Count("pk")
        now, past = Q(**{f"{day}__gte": monday}), Q(**{f"{day}__lt": monday})
        found = rows.filter(**{f"{day}__range": (before, today)}).order_by()
        return found.aggregate(now=_where(counted, now), past=_where(counted, past), **more)

    leads = pair(Lead.objects.visible_to(user).filter(recorded_by=user), "received_on")
    talks = Interaction.objects.visible_to(user).filter(recorded_by=user)
    companies = pair(talks, "happened_on", Count("company", distinct=True))
    own = Lead.objects.visible_to(user).owned_by(user)
    steps = LeadStageChange.objects.filter(to_stage=LeadStage.CONVERTED, lead__in=own.values("pk"))
    turned = pair(steps, "effective_on")
    projects = Project.objects.visible_to(user).filter(owner=user)
    this_week = Q(signed_on__gte=monday)
    signed = pair(projects, "signed_on", wan=Sum("total_investment_wan", filter=this_week))
    return Week(
        monday,
        today,
        leads=(leads["now"], leads["past"]),
        companies=(companies["now"], companies["past"]),
        turned=(turned["now"], turned["past"]),
        signed=(signed["now"], signed["past"]),
        signed_wan=signed["wan"] or Decimal(0),
    )


def _where(count: Count, condition: Q) -> Count:
    return Count(count.source_expressions[0], filter=condition, distinct=count.distinct)
