"""What is due: the clocks of leads and the tasks, as one list of rows for the desk and the page of tasks."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from core.paging import COUNT_CAP
from core.privacy import veiled
from crm.clock_rules import limits_by_zone
from crm.clocks import Clock, Face, face_of, left_in_words
from crm.lifecycle import next_step_light
from crm.models import Lead, Task

SHOWN = 8
DEEDS = {
    Clock.RESPOND: gettext_lazy("Record the response"),
    Clock.ASSESS: gettext_lazy("Write the assessment"),
    Clock.FEED_BACK: gettext_lazy("Record the answer"),
    Clock.REPORT: gettext_lazy("Log a conversation"),
}
STEP_OF = {Clock.RESPOND: "responded", Clock.ASSESS: "assessed", Clock.FEED_BACK: "fed_back"}


@dataclass(frozen=True, slots=True)
class Due:
    """A clock (`face`) or a task (`task`). `deed` is the button of a clock: its words and where it leads."""

    key: str
    name: str
    text: str
    link: str
    light: str
    words: str
    due_on: date | None
    face: Face | None = None
    task: Task | None = None
    deed: tuple[str, str] | None = None
    owner: Any = None


def due_rows(user, *, today, only_mine=True, most=SHOWN, until=None):
    """The earliest `most` of both kinds, in three queries. Not only one's own: those of all parks the viewer sees."""
    leads = Lead.objects.visible_to(user).filter(clock_due_on__isnull=False)
    tasks = Task.objects.visible_to(user).open()
    if only_mine:
        leads, tasks = leads.filter(owner=user), tasks.filter(owner=user)
    if until is not None:
        leads, tasks = leads.filter(clock_due_on__lte=until), tasks.filter(due_on__lte=until)
    limits = limits_by_zone()
    found_leads = leads.select_related("company", "park", "owner").order_by("clock_due_on", "pk")[:most]
    found_tasks = tasks.select_related("company", "lead", "owner").dated_first()[:most]
    rows = [_of_clock(lead, limits[lead.park.zone_pk], today) for lead in found_leads]
    rows += [_of_task(task, today) for task in found_tasks]
    return sorted(rows, key=lambda row: (row.due_on is None, row.due_on or today))[:most]


def _of_clock(lead, limits, today):
    face = face_of(lead, today=today, limits=limits)
    if lead.clock == Clock.REPORT:
        to = reverse("crm:lead-interaction-new", args=[lead.pk])
    else:
        to = f"{reverse('crm:lead-advance', args=[lead.pk])}?to={STEP_OF[lead.clock]}"
    return Due(
        key=f"clock:{lead.pk}:{lead.clock}",
        name=lead.company.name,
        text=veiled(lead.title) or lead.get_stage_display(),
        link=reverse("crm:lead-detail", args=[lead.pk]),
        light=face.light,
        words=face.words,
        due_on=face.due_on,
        face=face,
        deed=(str(DEEDS[lead.clock]), to),
        owner=lead.owner,
    )


def _of_task(task, today):
    about = task.company.name if task.company_id else ""
    return Due(
        key=f"task:{task.pk}",
        name=about or str(task),
        text=str(task) if about else "",
        link=_link_of(task),
        light=next_step_light(task.due_on, as_of=today),
        words=left_in_words((task.due_on - today).days) if task.due_on else gettext("no day"),
        due_on=task.due_on,
        task=task,
        owner=task.owner,
    )


def _link_of(task):
    if task.lead_id:
        return reverse("crm:lead-detail", args=[task.lead_id])
    if task.company_id:
        return reverse("crm:company-detail", args=[task.company_id])
    return reverse("crm:task-detail", args=[task.pk])


def due_counts(user, *, today):
    """How many of one's own are late, and how many due today: (late, today), in two queries."""
    leads = Lead.objects.visible_to(user).filter(owner=user, clock_due_on__lte=today)
    tasks = Task.objects.visible_to(user).open().filter(owner=user, due_on__lte=today)
    days = [
        *leads.values_list("clock_due_on", flat=True)[:COUNT_CAP],
        *tasks.values_list("due_on", flat=True)[:COUNT_CAP],
    ]
    late = sum(day < today for day in days)
    return late, len(days) - late


def grouped(rows, *, today):
    """[(heading, rows)]: overdue, today, this week, later, without a day; empty ones are left out."""
    sunday = today + timedelta(days=6 - today.weekday())

    def place(row):
        if row.due_on is None:
            return 4
        return 0 if row.due_on < today else 1 if row.due_on == today else 2 if row.due_on <= sunday else 3

    names = (gettext("Overdue"), gettext("Today"), gettext("This week"), gettext("Later"), gettext("Without a day"))
    parts = [[row for row in rows if place(row) == number] for number in range(5)]
    return [(name, part) for name, part in zip(names, parts, strict=True) if part]
