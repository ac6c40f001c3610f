"""Handing over everything a leaving or absent person holds, with a list of what went where, and taking it back."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.audit import diff, record
from core.batches import batch
from core.errors import RuleViolation
from core.notices import Told, notice_kind, tell_all
from core.rules import refuse
from crm import holdings
from crm.actions.holding import HELD, give, held, take_hands_back
from crm.actions.next_steps import follow
from crm.models import ChangeOfHands, HandOver, HandOverLine, Lead, Task
from parks.access import may, require

notice_kind("handed_over", gettext_lazy("You took over from %(person)s: %(number)s in all."))

NAMED = 5
"""Records named in a refusal; beyond that their number is enough."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One record and who is to have it."""

    holding: holdings.Holding
    row: Any
    to: Any


def held_rows(person, *, parks=None):
    """[(kind, row), …] of all the person holds; within `parks` and what lies in them, where these are named."""
    return [
        (holding, row)
        for holding in holdings.kinds()
        for row in holding.rows(person)
        if parks is None or any(row.park.path.startswith(park.path) for park in parks)
    ]


def planned(person, *, to=None, shares=(), parks=None, by):
    """What would go to whom; refuses with what stands in the way. Writes nothing.

    `shares` are (park, person) pairs for a park and what lies in it; the nearest park decides, `to` has the rest.
    """
    own = by.pk == person.pk
    verb = "crm.hand_over_own" if own else "crm.hand_over"
    require(by, verb)
    rows = held_rows(person, parks=parks)
    if not rows:
        refuse("person", _("%(person)s holds nothing here.") % {"person": str(person)})
    if beyond := sum(not may(by, verb, row.park) for _holding, row in rows):
        said = ngettext(
            "%(number)s record lies in a park you do not look after. Name the parks to hand over, or ask the office.",
            "%(number)s records lie in parks you do not look after. Name the parks to hand over, or ask the office.",
            beyond,
        )
        refuse("parks", said % {"number": beyond})
    plans = [Planned(holding, row, _successor(row.park, to, shares)) for holding, row in rows]
    _refuse_unfit(plans, person)
    return plans


def _successor(park, to, shares):
    over = [(share.path, who) for share, who in shares if park.path.startswith(share.path)]
    return max(over, key=lambda each: len(each[0]))[1] if over else to


def _refuse_unfit(plans, person):
    lacking = dict.fromkeys(plan.row.park.name for plan in plans if plan.to is None)
    if lacking:
        refuse("to", _("Choose who takes over in: %(parks)s.") % {"parks": _named(lacking)})
    if any(plan.to.pk == person.pk for plan in plans):
        refuse("to", _("Choose somebody else than the person who hands over."))
    unfit = Counter(
        (str(plan.to), plan.row.park.name) for plan in plans if not may(plan.to, plan.holding.verb, plan.row.park)
    )
    if unfit:
        reasons = [
            _("%(person)s may not take over what lies in %(park)s (%(number)s). Choose somebody who works there.")
            % {"person": who, "park": park, "number": number}
            for (who, park), number in unfit.items()
        ]
        raise RuleViolation(*reasons, fields={"to": reasons})


def _named(names):
    names = list(names)
    more = "…" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


@transaction.atomic
def hand_over(person, *, to=None, shares=(), parks=None, note="", at, by):
    """Carry out what `planned` says; all of it or nothing. What somebody else got meanwhile is left with them."""
    plans = planned(person, to=to, shares=shares, parks=parks, by=by)
    done = HandOver(person=person, note=note.strip(), recorded_at=at, recorded_by=by)
    if len(done.note) > 300:
        refuse("note", _("Write the note in at most 300 characters."))
    done.save()
    lines, versions = [], {}
    with batch():
        for plan in plans:
            row = plan.holding.locked(plan.row.pk)
            if plan.holding.held_by(row) != person.pk or row.park_id != plan.row.park_id:
                continue
            row = plan.holding.pass_on(row, to=plan.to, at=at, by=by)
            versions[type(row), row.pk] = row.version
            lines.append((row, _line(done, plan, row)))
        # A record held in two ways goes over twice; what it is after the last time counts.
        for row, line in lines:
            line.version_after = versions[type(row), row.pk]
        lines = [line for _row, line in lines]
        HandOverLine.objects.bulk_create(lines)
        numbers = Counter(line.kind for line in lines)
        _tell_successors(done, lines, at=at, by=by)
        for scope in {line.park_id for line in lines}:
            record("crm.hand_over", done, park=scope, changes=diff({}, numbers), at=at, by=by)
    return done


def _tell_successors(done, lines, *, at, by):
    url = reverse("crm:hand-over", args=[done.pk])
    for to, number in Counter(line.to_person_id for line in lines).items():
        params = {"person": str(done.person), "number": number}
        tell_all([Told(to, "handed_over", f"handed_over:{done.pk}", params, url)] if to != by.pk else [], at=at)


def _line(done, plan, row):
    return HandOverLine(
        hand_over=done,
        kind=plan.holding.kind,
        subject_id=row.pk,
        label=str(row)[:200],
        park=row.park,
        to_person=plan.to,
    )


@transaction.atomic
def undo_hand_over(done, *, at, by):
    """Give everything back to whoever held it, as long as nobody has touched any of it since."""
    own = by.pk in (done.person_id, done.recorded_by_id)
    require(by, "crm.hand_over_own" if own else "crm.hand_over")
    done = HandOver.objects.select_for_update(of=("self",)).select_related("person").get(pk=done.pk)
    if done.undone_at is not None:
        refuse("hand_over", _("This hand-over has been taken back already."))
    lines = list(done.lines.select_related("park", "to_person"))
    if not own:
        for park in {line.park for line in lines}:
            require(by, "crm.hand_over", park)
    rows = [(line, holdings.kind_of(line.kind)) for line in lines]
    rows = [(line, holding, holding.locked(line.subject_id)) for line, holding in rows]
    touched = [line.label for line, holding, row in rows if _is_touched(line, holding, row)]
    if touched:
        said = ngettext(
            "%(number)s of these records has been worked with since: %(names)s. Hand over again what should go back.",
            "%(number)s of these records have been worked with since: %(names)s. Hand over again what should go back.",
            len(touched),
        )
        refuse("hand_over", said % {"number": len(touched), "names": _named(touched)})
    with batch():
        for _line, holding, row in rows:
            holding.take_back(row, done.person, given_at=done.recorded_at, at=at, by=by)
        done.undone_at, done.undone_by = at, by
        done.save(update_fields=["undone_at", "undone_by"])
        for scope in {line.park_id for line in lines}:
            record("crm.undo_hand_over", done, park=scope, at=at, by=by)
    return done


def _is_touched(line, holding, row):
    return row is None or row.version != line.version_after or holding.held_by(row) != line.to_person_id


# ── leads ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _locked_lead(pk):
    return Lead.objects.select_for_update(of=("self",)).select_related("park", "company").filter(pk=pk).first()


def _pass_lead_on(lead, *, to, at, by):
    before = held(lead)
    give(lead, to, how=ChangeOfHands.HANDED_OVER, at=at, by=by)
    lead.save(update_fields=HELD)
    record("crm.hand_over_lead", lead, park=lead.park_id, changes=diff(before, held(lead)), at=at, by=by)
    return lead


def _take_lead_back(lead, person, *, given_at, at, by):
    before = held(lead)
    take_hands_back(lead, given_at)
    lead.owner, lead.version = person, lead.version + 1
    lead.save(update_fields=HELD)
    follow(lead)
    record("crm.hand_over_lead", lead, park=lead.park_id, changes=diff(before, held(lead)), at=at, by=by)
    return lead


holdings.register(
    holdings.Holding(
        kind="crm.lead",
        name=gettext_lazy("Open leads"),
        verb="crm.edit_lead",
        page="crm:lead-detail",
        rows=lambda person: Lead.objects.held_by(person).select_related("park", "company").order_by("pk"),
        locked=_locked_lead,
        held_by=lambda lead: lead.owner_id,
        pass_on=_pass_lead_on,
        take_back=_take_lead_back,
    )
)


# ── tasks that are no step of a lead; those go with their lead ───────────────────────────────────────────────────────


def _locked_task(pk):
    return Task.objects.select_for_update(of=("self",)).select_related("park").filter(pk=pk).first()


def _give_task(task, to, *, at, by):
    before = {"owner": task.owner_id}
    task.owner, task.version = to, task.version + 1
    task.save(update_fields=["owner", "version"])
    record("crm.hand_over_task", task, park=task.park_id, changes=diff(before, {"owner": to.pk}), at=at, by=by)
    return task


holdings.register(
    holdings.Holding(
        kind="crm.task",
        name=gettext_lazy("Open tasks"),
        verb="crm.finish_task",
        page="crm:task-detail",
        rows=lambda person: (
            Task.objects.open().filter(owner=person, lead=None).select_related("park", "company").order_by("pk")
        ),
        locked=_locked_task,
        held_by=lambda task: task.owner_id,
        pass_on=lambda task, *, to, at, by: _give_task(task, to, at=at, by=by),
        take_back=lambda task, person, *, given_at, at, by: _give_task(task, person, at=at, by=by),
    )
)
