"""The lead's life as data: stages L10 to L90 of the trade, the steps between them and what each step needs.

Source: 江门市招商引资线索办理规则 (respond, assess, feed back, assign) as summed up in docs/glossary.md.
"""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class LeadStage(models.TextChoices):
    REGISTERED = "registered", gettext_lazy("Logged")
    RESPONDED = "responded", gettext_lazy("Responded")
    ASSESSING = "assessing", gettext_lazy("Under assessment")
    ASSESSED = "assessed", gettext_lazy("Assessed")
    FED_BACK = "fed_back", gettext_lazy("Fed back")
    ASSIGNED = "assigned", gettext_lazy("Assigned for follow-up")
    CONVERTED = "converted", gettext_lazy("Turned into a project")
    SHELVED = "shelved", gettext_lazy("Shelved")


CODES = {
    LeadStage.REGISTERED: "L10",
    LeadStage.RESPONDED: "L20",
    LeadStage.ASSESSING: "L30",
    LeadStage.ASSESSED: "L31",
    LeadStage.FED_BACK: "L40",
    LeadStage.ASSIGNED: "L50",
    LeadStage.CONVERTED: "L60",
    LeadStage.SHELVED: "L90",
}

S = LeadStage
STEPS = {
    S.REGISTERED: (S.RESPONDED, S.SHELVED),
    S.RESPONDED: (S.ASSESSING, S.ASSESSED, S.SHELVED),
    S.ASSESSING: (S.ASSESSED, S.SHELVED),
    S.ASSESSED: (S.FED_BACK, S.ASSIGNED, S.CONVERTED, S.SHELVED),
    S.FED_BACK: (S.ASSIGNED, S.CONVERTED, S.SHELVED),
    S.ASSIGNED: (S.CONVERTED, S.SHELVED),
    S.CONVERTED: (),
    S.SHELVED: (S.REGISTERED,),  # re-opened
}
ORDER = tuple(STEPS)
OPEN = tuple(stage for stage in ORDER if stage not in (S.CONVERTED, S.SHELVED))
"""Stages in which somebody still has to do something."""


class ShelvingReason(models.TextChoices):
    NOT_FOLLOWED = "not_followed", gettext_lazy("Not followed up")
    DUPLICATE = "duplicate", gettext_lazy("Duplicate")
    RETURNED = "returned", gettext_lazy("Returned to the pool")
    INVALID = "invalid", gettext_lazy("Not a valid lead")


@dataclass(frozen=True)
class Requirement:
    """A field of the lead, or an argument of the step (`argument=True`), that must be filled."""

    field: str
    missing: str
    argument: bool = False


GATES = {
    S.RESPONDED: (Requirement("owner_id", gettext_lazy("No officer is named who answers for the lead.")),),
    S.ASSESSING: (Requirement("content", gettext_lazy("The intended content of the investment is not filled in.")),),
    S.ASSESSED: (Requirement("note", gettext_lazy("The written assessment is missing."), argument=True),),
    S.FED_BACK: (Requirement("note", gettext_lazy("Write whom you told what, and how."), argument=True),),
    S.ASSIGNED: (Requirement("owner_id", gettext_lazy("No officer is named who answers for the lead.")),),
    S.CONVERTED: (
        Requirement("content", gettext_lazy("The intended content of the investment is not filled in.")),
        Requirement("intended_investment_wan", gettext_lazy("The intended investment is not filled in.")),
    ),
    S.SHELVED: (Requirement("shelving_reason", gettext_lazy("Choose why the lead is shelved."), argument=True),),
    S.REGISTERED: (Requirement("note", gettext_lazy("Write why the lead is opened again."), argument=True),),
}


def next_stages(stage):
    return STEPS[LeadStage(stage)]


def is_backward(stage, to):
    """Going back to an earlier open stage needs a reason; a converted lead stays converted."""
    return stage in OPEN and to in OPEN and ORDER.index(to) < ORDER.index(stage)


def likely_next(stage):
    """The step most leads in this stage take next; None for those that are over."""
    return next_stages(stage)[0] if stage in OPEN else None


def earlier_stages(stage):
    """Where an open lead may go back to, with a reason."""
    return ORDER[: ORDER.index(stage)] if stage in OPEN else ()


def arguments_of(to):
    """Names of what has to be said together with the step itself."""
    return [requirement.field for requirement in GATES[LeadStage(to)] if requirement.argument]


def obstacles(lead, to, arguments=None):
    """Why `lead` may not enter `to` now; empty means the gate is open. `arguments` are those given with the step."""
    given = arguments or {}
    to = LeadStage(to)
    if is_backward(lead.stage, to):
        return [] if given.get("note") else [_("A step back needs a reason.")]
    if to not in next_stages(lead.stage):
        names = {"stage": LeadStage(lead.stage).label, "to": to.label}
        return [_("A lead in stage “%(stage)s” cannot go to “%(to)s”.") % names]
    return [str(r.missing) for r in GATES[to] if not (given.get(r.field) if r.argument else getattr(lead, r.field))]


def lacking(lead, to):
    """The requirements a step still has from the lead itself, and all arguments it asks for; none for a step back."""
    if is_backward(lead.stage, to):
        return ()
    return tuple(r for r in GATES[LeadStage(to)] if r.argument or not getattr(lead, r.field))


def beside(stage, to, sentences):
    """Which of the `sentences` of `obstacles` are about one field or argument: {name: [sentence, …]}."""
    if is_backward(stage, to):
        return {"note": sentences}
    asked = {r.field.removesuffix("_id"): str(r.missing) for r in GATES[LeadStage(to)]}
    return {field: [sentence] for field, sentence in asked.items() if sentence in sentences}


def checklist(lead):
    """What each possible next step still needs from the lead itself: [(stage, [sentence, …]), …]."""
    return [
        (to, [str(r.missing) for r in GATES[to] if not r.argument and not getattr(lead, r.field)])
        for to in next_stages(lead.stage)
    ]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One stage on the way of a lead. `days` is how long it stayed there, for the present stage until now."""

    stage: LeadStage
    kind: str  # "past", "now", "next" or "skip"
    entered_on: date | None = None
    days: int | None = None


def path(stage, entries, *, as_of):
    """The way a lead went and what lies before it, from its stage changes as (stage, day) in order of recording."""
    way = []
    for entered, day in entries:
        while way and ORDER.index(way[-1][0]) >= ORDER.index(entered):
            way.pop()  # it went back there: what came after counts no longer
        way.append((LeadStage(entered), day))
    left_on = {each: day for (each, _day), (_next, day) in zip(way, way[1:], strict=False)}
    days = dict(way)
    return [
        PathStep(each, _kind(each, stage, days), days.get(each), _stay(days.get(each), left_on.get(each, as_of)))
        for each in ORDER
        if each in days or (stage != S.SHELVED and each != S.SHELVED)
    ]


def _kind(each, stage, days):
    if each == stage:
        return "now"
    if each in days:
        return "past"
    return "skip" if ORDER.index(each) < ORDER.index(stage) else "next"


def _stay(entered_on, left_on):
    return (left_on - entered_on).days if entered_on else None


def next_step_light(due_on, *, as_of):
    """◆ late, ▲ today, ● planned, ○ none, as the names of the four lights."""
    if due_on is None:
        return "idle"
    if due_on < as_of:
        return "bad"
    return "warn" if due_on == as_of else "ok"
