"""What a project's page tells: the path of its stages, its timeline, and what a correction would change.

Computed from facts already loaded; days and lateness are counted here and nowhere else.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import local_day
from core.templatetags.units import money
from projects import history, lifecycle
from projects.actions import as_known, facts_of
from projects.lifecycle import EVENT_WITHIN_DAYS, LATE_AFTER_DAYS, Bucket, NotCounted, Stage
from projects.models import Basis, InvestmentChange, InvestmentKind, Project, StageChange, Verdict

LOOKS = {Bucket.AWAITING_START: "await", Bucket.UNDER_CONSTRUCTION: "build", Bucket.COMMISSIONED: "run"}


def look(stage, *, completed_counts=True):
    """The class of a stage's colour; "early" for everything that is in no bucket."""
    return LOOKS.get(lifecycle.bucket_of(stage, completed_counts=completed_counts), "early") if stage else "early"


# ── the path of stages ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """One square of the path. `look` holds its classes; `lacks` counts what entering it still needs."""

    label: str
    look: str
    on: date | None = None
    text: str = ""
    lacks: int | None = None
    to: str = ""
    due_on: date | None = None


def entered(project, at):
    """The stages the project went through as reported, in order: [(StageChange, stage, day), …]."""
    rows = {row.pk: row for row in project.stage_changes.all()}
    line = history.in_line(as_known(facts_of(project), Basis.REPORTED))
    return [(rows[fact.key[1]], fact.stage, fact.effective_on) for fact in history.standing(line, at) if fact.stage]


def path(project, entries, *, today, checklist, completed_counts=True):
    """Squares for the stages passed, the present one, and those to come. `checklist` as from `lifecycle.checklist`."""
    ends = [day for _row, _stage, day in entries[1:]] + [today]
    steps = []
    for (row, stage, day), end in zip(entries, ends, strict=True):
        classes = look(stage, completed_counts=completed_counts) + (" reported" if row.is_pending else "")
        steps.append(Step(Stage(stage).label, classes, day, _stayed((end - day).days), to=stage))
    if steps:
        steps[-1] = replace(steps[-1], look=f"{steps[-1].look} now", text=_so_far((today - entries[-1][2]).days))
    steps = _with_skipped_land(project, steps)
    return [*_folded_before_signing(steps), *_ahead(project, [s for _row, s, _day in entries], dict(checklist))]


def _stayed(days):
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _so_far(days):
    return ngettext("%(days)s day so far", "%(days)s days so far", days) % {"days": days}


def _position(stage):
    return lifecycle.PATH.index(stage) if stage in lifecycle.PATH else -1


def _with_skipped_land(project, steps):
    """A project without a land step shows so, where the step would have stood."""
    why = lifecycle.does_not_apply(project, Stage.LAND_SUPPLIED)
    later = [n for n, step in enumerate(steps) if _position(step.to) > _position(Stage.LAND_SUPPLIED)]
    stands = next((step.to for step in reversed(steps) if _position(step.to) >= 0), "")
    # Fallen back before the land step, it lies ahead again and is drawn there.
    if not why or not later or _position(stands) < _position(Stage.LAND_SUPPLIED):
        return steps
    skipped = Step(Stage.LAND_SUPPLIED.label, "skip past", text=project.get_site_mode_display(), due_on=None)
    return [*steps[: later[0]], skipped, *steps[later[0] :]]


def _folded_before_signing(steps):
    """On phones everything before the signing is one square."""
    signing = next((n for n, step in enumerate(steps) if step.to == Stage.SIGNED), 0)
    if not signing:
        return steps
    days = (steps[signing].on - steps[0].on).days
    summary = Step(_("Before signing"), "early only-s", text=_stayed(days))
    return [summary, *(replace(step, look=f"{step.look} fold") for step in steps[:signing]), *steps[signing:]]


def _ahead(project, stages, lacking):
    usual = lifecycle.usual_step(project, stages)
    for stage in lifecycle.milestones_ahead(project, stages):
        due_on = getattr(project, lifecycle.PROMISES[stage]) if stage in lifecycle.PROMISES else None
        if lifecycle.does_not_apply(project, stage):
            yield Step(stage.label, "next skip", text=project.get_site_mode_display())
        else:
            lacks = len(lacking[stage]) if stage == usual and stage in lacking else None
            yield Step(stage.label, "next", lacks=lacks, to=stage, due_on=due_on)


# ── the timeline ─────────────────────────────────────────────────────────────────────────────────────────────────────


def timeline(project, *, interactions=(), lead_changes=(), signings=()):
    """Entries for `_timeline.html`, newest record first, with what was said and judged while it was a lead.

    `signings` maps a day to the name of the event.
    """
    entries = [
        *(_stage_entry(change, dict(signings)) for change in project.stage_changes.all()),
        *(_investment_entry(change) for change in project.investment_changes.all() if _is_told(change)),
        *(_park_entries(list(project.park_changes.all()))),
        *(_interaction_entry(interaction) for interaction in interactions),
        *(_lead_entry(change) for change in lead_changes),
    ]
    return sorted(entries, key=lambda entry: entry["recorded_at"], reverse=True)


def _dated(effective_on, recorded_at, kind, **entry):
    recorded_on = local_day(recorded_at)
    days = (recorded_on - effective_on).days
    return {
        "effective_on": effective_on,
        "recorded_at": recorded_at,
        "recorded_on": recorded_on,
        "late_days": days if days > LATE_AFTER_DAYS else 0,
        "kind": kind,
        **entry,
    }


def _fact_entry(fact, kind, **entry):
    told = [entry.pop("text", ""), fact.reason, _verdict(fact)]
    return _dated(
        fact.effective_on,
        fact.recorded_at,
        kind,
        text=_listed(told),
        by=_people(fact),
        pending=fact.is_pending,
        **entry,
    )


def _listed(parts):
    return " · ".join(str(part).rstrip("。.") for part in parts if part)


def _verdict(fact):
    if not fact.needs_verification:
        return ""
    if not fact.verdict:
        return _("reported, waits for verification")
    facts = {"day": local_day(fact.verdict_at).isoformat(), "reason": fact.verdict_reason}
    if fact.verdict == Verdict.ACCEPTED:
        return _("reported, verified on %(day)s") % facts
    return _("rejected on %(day)s: %(reason)s") % facts


def _people(fact):
    parts = [_("recorded by %(name)s") % {"name": fact.recorded_by}]
    if fact.verdict_by_id:
        verb = _("verified by %(name)s") if fact.verdict == Verdict.ACCEPTED else _("rejected by %(name)s")
        parts.append(verb % {"name": fact.verdict_by})
    parts += [document.title for document in fact.evidence.all()]
    return " · ".join(parts)


def _stage_entry(change, signings):
    if change.corrects_id:
        old = change.corrects
        new = _("never happened") if change.is_void else _stage_and_day(change)
        return _fact_entry(change, "stage", title=_("Correction"), old=_stage_and_day(old), new=new)
    amount = next((m for m in change.project.investment_changes.all() if m.stage_change_id == change.pk), None)
    told = [
        signings.get(change.effective_on, "") if change.to_stage == Stage.SIGNED else "",
        money(amount.amount_wan) if amount else "",
    ]
    # A bucket makes the entry a filled square; "early" has one too.
    return _fact_entry(
        change, "stage", title=change.get_to_stage_display(), bucket=look(change.to_stage), text=_listed(told)
    )


def _stage_and_day(change):
    return f"{change.get_to_stage_display()} {change.effective_on.isoformat()}"


def _is_told(change):
    """Not twice: what a signing sets, and what moves along with a corrected signing, is told with the stage."""
    return change.stage_change_id is None or bool(
        change.corrects_id and change.corrects.amount_wan != change.amount_wan
    )


def _investment_entry(change):
    if change.corrects_id:
        new = _("never happened") if change.is_void else money(change.amount_wan)
        old = money(change.corrects.amount_wan)
        if old == new:
            old, new = change.corrects.effective_on.isoformat(), change.effective_on.isoformat()
        return _fact_entry(change, "money", title=_("Correction"), text=change.get_kind_display(), old=old, new=new)
    sign = "+" if change.kind == InvestmentKind.INCREASE else ""
    return _fact_entry(change, "money", title=change.get_kind_display(), new=f"{sign}{money(change.amount_wan)}")


def _park_entries(changes):
    for before, change in zip(changes, changes[1:], strict=False):
        if change.corrects_id:
            old = change.corrects
            new = _("never happened") if change.is_void else _park_and_day(change)
            yield _fact_entry(change, "park", title=_("Correction"), old=_park_and_day(old), new=new)
            continue
        yield _fact_entry(change, "park", title=_("Transferred"), old=before.park.name, new=change.park.name)


def _park_and_day(change):
    return f"{change.park.name} {change.effective_on.isoformat()}"


def _interaction_entry(interaction):
    by = [str(interaction.recorded_by), interaction.people]
    if interaction.next_step or interaction.next_step_due_on:
        due = interaction.next_step_due_on.isoformat() if interaction.next_step_due_on else ""
        by.append(_("next: %(what)s") % {"what": f"{due} {interaction.next_step}".strip()})
    kind = interaction.get_kind_display()
    return _dated(
        interaction.happened_on,
        interaction.recorded_at,
        "contact",
        title=_("Lead: %(what)s") % {"what": kind} if interaction.lead_id else kind,
        text=interaction.summary,
        talk=interaction,
        by=" · ".join(part for part in by if part),
    )


def _lead_entry(change):
    return _dated(
        change.effective_on,
        change.recorded_at,
        "stage",
        title=_("Lead: %(what)s") % {"what": change.get_to_stage_display()},
        text=change.note,
        by=_("recorded by %(name)s") % {"name": change.recorded_by},
        bucket="early",
    )


# ── signing events ───────────────────────────────────────────────────────────────────────────────────────────────────


def counted(entry):
    """Whether an entry of a signing event, as from `with_counted`, counts there; if not, why."""
    if entry.is_counted:
        return _("counted here")
    if entry.not_counted == NotCounted.UNSIGNED:
        return _("not counted: not formally signed")
    if entry.not_counted == NotCounted.ELSEWHERE:
        return _("counted at %(event)s") % {"event": entry.counted_at}
    if entry.not_counted == NotCounted.FAR:
        day = entry.project.signed_on.isoformat()
        return _("not counted: formally signed on %(day)s, more than %(days)s days away") % {
            "day": day,
            "days": EVENT_WITHIN_DAYS,
        }
    return _("%(kind)s: adds no project") % {"kind": entry.get_kind_display()}


# ── demands ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def name_of(requirement):
    """What a requirement asks for, as a noun."""
    if requirement.document:
        return lifecycle.DocumentKind(requirement.document).label
    return Project._meta.get_field(requirement.field.removesuffix("_id")).verbose_name


# ── both answers of a correction ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Answer:
    """How the project stood over a stretch of days; `is_new` where the other answer has no such stretch."""

    valid_from: date
    valid_to: date | None
    stage: str
    total_wan: object
    look: str
    is_new: bool


def both_answers(project, original, *, at, effective_on=None, to=None, amount_wan=None, is_void=False):
    """The reported timeline as known now and as it will be known after correcting `original`."""
    facts = as_known(facts_of(project), Basis.REPORTED)
    # An amount that belonged to a signing falls with it when the step turns out to have been another one.
    is_other_step = to is not None and to != getattr(original, "to_stage", to)
    new = [
        _replacement(
            fact,
            at=at,
            effective_on=effective_on,
            to=to,
            amount_wan=amount_wan,
            is_void=is_void or (is_other_step and not fact.stage),
        )
        for fact in facts
        if _is_of(fact, original)
    ]
    now = history.timeline(history.in_line(facts), at)
    then = history.timeline(history.in_line([*facts, *new]), at)
    return _answers(now, then), _answers(then, now)


def _is_of(fact, original):
    """The fact itself, and the agreed amount that a corrected signing takes along."""
    return fact.key == (type(original).__name__, original.pk) or (
        isinstance(original, StageChange)
        and fact.key in {(InvestmentChange.__name__, m.pk) for m in _amounts_standing_with(original)}
    )


def _amounts_standing_with(change):
    changes = [m for m in change.project.investment_changes.all() if m.stage_change_id == change.pk]
    corrected = {m.corrects_id for m in changes}
    return [m for m in changes if m.pk not in corrected]


def _replacement(fact, *, at, effective_on, to, amount_wan, is_void):
    changed = replace(
        fact,
        key=("~", fact.key),
        effective_on=effective_on or fact.effective_on,
        recorded_at=at,
        known_at=at,
        corrects=fact.key,
        is_void=is_void,
        stage=(to or fact.stage) if fact.stage and not is_void else "",
    )
    if is_void:
        return replace(changed, sets_wan=None, adds_wan=None)
    if amount_wan is not None and not fact.stage:
        field = "sets_wan" if fact.sets_wan is not None else "adds_wan"
        return replace(changed, **{field: amount_wan})
    return changed


def _answers(segments, others):
    others = set(others)
    return [
        Answer(start, end, Stage(stage).label, total, look(stage), (start, end, stage, park, total) not in others)
        for start, end, stage, park, total in segments
    ]
