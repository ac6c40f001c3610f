"""Telling people what is due: each clock and each task once to each person, however often and however late this runs.

The key of a notice names the thing and the day it is due, so a second run, a second worker or the night after three
missed ones adds nothing that was told before; what was moved to another day is another thing.
"""

from collections import defaultdict

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import local_day
from core.notices import Told, notice_kind, tell_all
from core.privacy import veiled
from crm.clock_rules import limits_by_zone
from crm.clocks import Clock, step_of
from crm.models import Lead, Task
from parks.access import paths_over, roles_with
from parks.models import Membership

CLOCK_DUE = {clock: f"crm.clock_due.{clock}" for clock in Clock.values}
CLOCK_OVER = {clock: f"crm.clock_over.{clock}" for clock in Clock.values}
TASK_DUE = "crm.task_due"
AT_ONCE = 500

notice_kind(CLOCK_DUE[Clock.RESPOND], _("%(company)s: respond by %(day)s."))
notice_kind(CLOCK_DUE[Clock.ASSESS], _("%(company)s: assess by %(day)s."))
notice_kind(CLOCK_DUE[Clock.FEED_BACK], _("%(company)s: feed back by %(day)s."))
notice_kind(CLOCK_DUE[Clock.REPORT], _("%(company)s: report by %(day)s."))
notice_kind(CLOCK_OVER[Clock.RESPOND], _("%(company)s (%(person)s): nobody responded by %(day)s."))
notice_kind(CLOCK_OVER[Clock.ASSESS], _("%(company)s (%(person)s): not assessed by %(day)s."))
notice_kind(CLOCK_OVER[Clock.FEED_BACK], _("%(company)s (%(person)s): not fed back by %(day)s."))
notice_kind(CLOCK_OVER[Clock.REPORT], _("%(company)s (%(person)s): not reported on by %(day)s."))
notice_kind(TASK_DUE, _("%(task)s, due on %(day)s."))


def remind(*, at):
    """Tell owners what is due today or late, and the office what is late, where the zone's rule says so."""
    today = local_day(at)
    for leads in _chunks(Lead.objects.filter(clock_due_on__lte=today).select_related("company", "park", "owner")):
        tell_all(_of_clocks(leads, today), at=at)
    for tasks in _chunks(Task.objects.open().filter(due_on__lte=today).select_related("company", "park", "owner")):
        tell_all(_of_tasks(tasks), at=at)


def _chunks(rows):
    latest = 0
    while chunk := list(rows.filter(pk__gt=latest).order_by("pk")[:AT_ONCE]):
        yield chunk
        latest = chunk[-1].pk


def _of_clocks(leads, today):
    limits, reach, office = limits_by_zone(), _Reach(leads), _Office(leads)
    for lead in leads:
        day = lead.clock_due_on
        key, url = f"clock:{lead.pk}:{lead.clock}:{day}", reverse("crm:lead-detail", args=[lead.pk])
        facts = {"company": lead.company.name, "day": day}
        if reach.sees(lead.owner, lead.park):
            yield Told(lead.owner_id, CLOCK_DUE[lead.clock], key, facts, url)
        limit = limits[lead.park.zone_pk][step_of(lead.clock, needs_experts=lead.needs_experts)]
        if limit.tells_office and day < today:
            over = facts | {"person": str(lead.owner) if lead.owner else "—"}
            for person in office.over(lead.park):
                yield Told(person, CLOCK_OVER[lead.clock], f"over:{key}", over, url)


def _of_tasks(tasks):
    reach = _Reach(tasks)
    for task in tasks:
        if not reach.sees(task.owner, task.park):
            continue
        said = f"{task.company.name} · {task}" if task.company_id else str(task)
        url = reverse("crm:task-detail", args=[task.pk])
        yield Told(
            task.owner_id, TASK_DUE, f"task:{task.pk}:{task.due_on}", {"task": veiled(said), "day": task.due_on}, url
        )


class _Reach:
    """Whether the owner of a row still sees its park; whoever does not must not read the company's name either."""

    def __init__(self, rows):
        owners = {row.owner_id for row in rows if row.owner_id}
        self.paths = defaultdict(list)
        for user, path in Membership.objects.filter(user__in=owners).values_list("user_id", "park__path"):
            self.paths[user].append(path)

    def sees(self, owner, park):
        if owner is None or not owner.is_active:
            return False
        return owner.is_superuser or any(park.path.startswith(path) for path in self.paths[owner.pk])


class _Office:
    """Who hears of what is late in a park: the active people with that verb over it, read once for a chunk."""

    def __init__(self, rows):
        paths = {path for row in rows for path in paths_over(row.park)}
        self.people = defaultdict(set)
        posts = Membership.objects.filter(
            park__path__in=paths,
            role__in=roles_with("crm.hear_of_overdue"),
            user__in=get_user_model().objects.filter(is_active=True).values("pk"),
        )
        for path, user in posts.values_list("park__path", "user_id"):
            self.people[path].add(user)

    def over(self, park):
        return sorted(set().union(*(self.people[path] for path in paths_over(park))))
