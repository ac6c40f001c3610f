"""What each role finds on the first page: what is due, what is missing, what waits, and how the parks stand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from core.models import AuditEntry
from crm.clocks import face_of
from parks.models import Park
from projects import lifecycle
from projects.actions import extra_requirements_of
from projects.lifecycle import AFTER_SIGNING, BUCKETS, FINAL, Bucket
from projects.models import Document, InvestmentChange, Project, SigningEvent, StageChange, Verdict
from projects.story import look
from reports import trail

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Missing:
    """A project with the step it takes next and what entering that still lacks."""

    project: Project
    look: str
    days: int
    to: str
    lacks: list[str]


def open_leads(leads: Any, *, today: date) -> dict[str, Any]:
    """Number, 万元 and the newest rows of open leads, each with the face of its clock."""
    sums = leads.open().aggregate(number=Count("pk"), wan=Sum("intended_investment_wan"))
    rows = list(leads.open().select_related("company").order_by("-received_on", "-pk")[:SHOWN])
    for lead in rows:
        lead.face = face_of(lead, today=today)
    return {"number": sums["number"], "total_wan": sums["wan"] or 0, "rows": rows}


def with_what_is_missing(projects: Any, *, today: date) -> list[Missing]:
    """Those not yet commissioned, longest in their stage first, and what their usual next step lacks. Three queries."""
    live = projects.exclude(stage__in=(*FINAL, *BUCKETS[Bucket.COMMISSIONED])).select_related("park", "company")
    found = list(live.order_by("stage_since", "pk")[:SHOWN])
    kinds: dict[int, set[str]] = {}
    for project_pk, kind in Document.objects.filter(project__in=found).values_list("project_id", "kind"):
        kinds.setdefault(project_pk, set()).add(kind)
    extra = extra_requirements_of(found)
    return [_missing(project, kinds.get(project.pk, set()), extra[project.pk], today) for project in found]


def rejected(by_person: Any, projects: Any) -> list[StageChange]:
    """The newest reports that were turned down and not yet corrected."""
    turned_down = StageChange.objects.filter(verdict=Verdict.REJECTED).uncorrected()
    mine = turned_down.filter(Q(recorded_by=by_person) | Q(project__in=projects.values("pk")))
    return list(mine.filter(project__in=projects.values("pk")).select_related("project").order_by("-verdict_at")[:5])


def verification(user: Any) -> dict[str, Any]:
    """How many facts wait for a verdict, and the oldest of them."""
    waiting, oldest = 0, []
    for model in (StageChange, InvestmentChange):
        pending = model.objects.visible_to(user).to_verify()
        sums = pending.order_by().aggregate(number=Count("pk"))
        waiting += sums["number"]
        oldest += pending.select_related("project__park").order_by("recorded_at", "pk")[:5]
    return {"number": waiting, "oldest": sorted(oldest, key=lambda fact: fact.recorded_at)[:5]}


def newest_signings(projects: Any) -> list[Project]:
    """By the day of the first formal signing."""
    signed = projects.filter(signed_on__isnull=False, stage__in=AFTER_SIGNING).select_related("park", "company")
    return list(signed.order_by("-signed_on", "-pk")[:5])


def audit_trail(user: Any) -> list[AuditEntry]:
    """The newest deeds in one's parks."""
    return trail.told(trail.entries_for(user).select_related("by")[:12], user)


def housekeeping(user: Any) -> dict[str, Any]:
    """Parks and people in numbers, and for the administrator the steps of setting up that are still open."""
    parks = Park.objects.visible_to(user).count()
    active = get_user_model().objects.filter(is_active=True)
    people = active.count()
    idle = active.filter(memberships__isnull=True, is_superuser=False).count()
    told = ngettext(
        "%(number)s person has no role in any park.", "%(number)s people have no role in any park.", idle
    ) % {"number": idle}
    steps = [
        _step(parks > 0, gettext("Enter the zone and its parks."), "parks:list"),
        _step(people > 1, gettext("Make accounts for the people who work here."), "parks:people-list"),
        _step(not idle, told if idle else gettext("Everybody has a role in a park."), "parks:people-list"),
        _step(
            SigningEvent.objects.visible_to(user).exists(),
            gettext("Enter the first signing event."),
            "projects:event-list",
        ),
    ]
    return {"parks": parks, "people": people, "steps": sorted(steps, key=lambda step: step["done"])}


def _missing(project: Project, kinds: set[str], extra: dict[str, list], today: date) -> Missing:
    to = lifecycle.usual_step(project)
    return Missing(
        project,
        look(project.stage),
        (today - project.stage_since).days,
        to.label if to else "",
        lifecycle.missing(project, to, kinds, extra.get(to, ())) if to else [],
    )


def _step(done: bool, text: str, link: str) -> dict[str, Any]:  # noqa: FBT001 - one of three words of a line
    return {"done": done, "text": text, "link": reverse(link)}
