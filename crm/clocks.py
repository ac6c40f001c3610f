"""The clocks of a lead as data: what has to be done by when, and how a clock is shown. Knows no models.

Source: 江门市招商引资线索办理规则: respond in 1 day, assess in 3 days (1 week with outside experts), feed back in
1 week, then report every two weeks. A zone may set other numbers, in calendar or in working days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.calendar import Due, WorkingCalendar
from crm.lifecycle import LeadStage


class Clock(models.TextChoices):
    RESPOND = "respond", _("Respond")
    ASSESS = "assess", _("Assess")
    FEED_BACK = "feed_back", _("Feed back")
    REPORT = "report", _("Report")


class ClockStep(models.TextChoices):
    """What a rule is about: the clocks, and the assessment once more for when it needs outside experts."""

    RESPOND = "respond", _("Respond to the investor")
    ASSESS = "assess", _("Assess the lead")
    ASSESS_EXPERTS = "assess_experts", _("Assess with outside experts")
    FEED_BACK = "feed_back", _("Give the answer")
    REPORT = "report", _("Report on the follow-up, each time within")


class DayUnit(models.TextChoices):
    CALENDAR = "calendar", _("calendar days")
    WORKING = "working", _("working days")


class ClockDue(models.TextChoices):
    """What lists may be narrowed to, on the page and over the API alike."""

    OVERDUE = "overdue", _("Overdue")
    TODAY = "today", _("Due today")
    WEEK = "week", _("Due within a week")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many days from the day after the start. `tells_office`: the office hears of it when it is over."""

    number: int
    unit: str = DayUnit.CALENDAR
    tells_office: bool = True


DEFAULTS: Mapping[str, Limit] = {
    ClockStep.RESPOND: Limit(1),
    ClockStep.ASSESS: Limit(3),
    ClockStep.ASSESS_EXPERTS: Limit(7),
    ClockStep.FEED_BACK: Limit(7),
    ClockStep.REPORT: Limit(14, tells_office=False),
}
MOST_DAYS = 365

S = LeadStage
RUNS_IN = {
    S.REGISTERED: Clock.RESPOND,
    S.RESPONDED: Clock.ASSESS,
    S.ASSESSING: Clock.ASSESS,
    S.ASSESSED: Clock.FEED_BACK,
    S.FED_BACK: Clock.REPORT,
    S.ASSIGNED: Clock.REPORT,
}
"""The stages that are over have no clock."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a lead. `responded_on` matters only under assessment: beginning to assess does not buy time."""

    stage: str
    stage_since: date
    responded_on: date | None = None
    last_contact_on: date | None = None
    needs_experts: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    clock: str
    since: date
    due: Due


def running(facts: Facts, limits: Mapping[str, Limit], calendar: WorkingCalendar) -> Running | None:
    """The clock that runs on these facts, since when and until when; None where the lead is over."""
    clock = RUNS_IN.get(LeadStage(facts.stage))
    if clock is None:
        return None
    since = _start(clock, facts)
    limit = limits[step_of(clock, needs_experts=facts.needs_experts)]
    return Running(clock, since, due_after(since, limit, calendar))


def _start(clock: Clock, facts: Facts) -> date:
    if clock == Clock.ASSESS and facts.stage == S.ASSESSING and facts.responded_on:
        return facts.responded_on
    if clock == Clock.REPORT and facts.last_contact_on:
        # Each conversation is a report; one from before the stage was reached is none.
        return max(facts.stage_since, facts.last_contact_on)
    return facts.stage_since


def step_of(clock: str, *, needs_experts: bool) -> str:
    return ClockStep.ASSESS_EXPERTS if clock == Clock.ASSESS and needs_experts else ClockStep(clock)


def due_after(since: date, limit: Limit, calendar: WorkingCalendar) -> Due:
    if limit.unit == DayUnit.CALENDAR:
        return Due(since + timedelta(days=limit.number), is_provisional=False)
    return calendar.after(since, limit.number)


@dataclass(frozen=True, slots=True)
class Face:
    """A clock as it is shown on a day. `share` is the part of the time that is over, in percent."""

    clock: str
    light: str  # ok, warn on the last day, bad when it is over
    words: str
    due_on: date
    share: int
    is_provisional: bool
    rule: str = ""

    @property
    def name(self) -> str:
        return str(Clock(self.clock).label)

    @property
    def line(self) -> str:
        """For a narrow place: which clock, and how it stands."""
        return gettext("%(clock)s: %(words)s") % {"clock": self.name, "words": self.words}


def face_of(lead, *, today: date, limits: Mapping[str, Limit] | None = None) -> Face | None:
    """How the clock kept on the lead stands; costs no query. `limits` of its zone add the rule in words."""
    if not lead.clock or lead.clock_due_on is None:
        return None
    left = (lead.clock_due_on - today).days
    return Face(
        clock=lead.clock,
        light="bad" if left < 0 else "warn" if left == 0 else "ok",
        words=left_in_words(left),
        due_on=lead.clock_due_on,
        share=_share(lead, today),
        is_provisional=lead.clock_is_provisional,
        rule=rule_in_words(lead.clock, limits[step_of(lead.clock, needs_experts=lead.needs_experts)]) if limits else "",
    )


def _share(lead, today: date) -> int:
    whole = (lead.clock_due_on - lead.clock_since).days
    if whole <= 0 or today >= lead.clock_due_on:
        return 100
    return max(0, (today - lead.clock_since).days * 100 // whole)


def left_in_words(days: int) -> str:
    if days < 0:
        return ngettext("%(days)s day over", "%(days)s days over", -days) % {"days": -days}
    if days == 0:
        return gettext("due today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


def rule_in_words(clock: str, limit: Limit) -> str:
    """As “反馈 · 1 周”."""
    return f"{Clock(clock).label} · {limit_in_words(limit)}"


def limit_in_words(limit: Limit) -> str:
    if limit.unit == DayUnit.WORKING:
        return ngettext("%(days)s working day", "%(days)s working days", limit.number) % {"days": limit.number}
    if limit.number % 7 == 0:
        weeks = limit.number // 7
        return ngettext("%(weeks)s week", "%(weeks)s weeks", weeks) % {"weeks": weeks}
    return ngettext("%(days)s day", "%(days)s days", limit.number) % {"days": limit.number}
