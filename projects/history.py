"""The two clocks: how dated facts become the stretches of `ProjectState`. Pure data in, pure data out.

A fact has a day on which it happened (`effective_on`) and a moment at which it became known: in the *reported* basis
the moment of its recording, in the *verified* basis the moment the counting side accepted it. For each moment of
knowledge there is one timeline of the project; a state row is a stretch of that timeline together with the span of
knowledge over which it stood.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest

from projects.lifecycle import Stage


@dataclass(frozen=True)
class Fact:
    """A stage change, an investment change or a park change, reduced to what the timeline needs.

    `known_at` is None where the basis does not know the fact (unverified, rejected). `corrects` names the fact it
    replaces, `is_void` says that the corrected fact never happened. Exactly one of `stage`, `park_id`, `sets_wan`,
    `adds_wan` is given unless the fact is void.
    """

    key: tuple
    effective_on: date
    recorded_at: datetime
    known_at: datetime | None
    corrects: tuple | None = None
    is_void: bool = False
    stage: str = ""
    park_id: int | None = None
    sets_wan: Decimal | None = None
    adds_wan: Decimal | None = None


@dataclass(frozen=True)
class Stretch:
    """How a project stood from `valid_from` to before `valid_to`, as known from `known_from` to before `known_to`."""

    stage: str
    park_id: int
    total_wan: Decimal
    valid_from: date
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None


def _replaced_by(fact, by_key):
    """Every fact that `fact` stands in for: the one it corrects, the one that one corrects, and so on."""
    while fact.corrects in by_key:
        fact = by_key[fact.corrects]
        yield fact


def in_line(facts):
    """All facts in the order of the world. A correction stands where the first fact of its chain stood within a day."""
    by_key = {fact.key: fact for fact in facts}

    def first_recorded(fact):
        return min((other.recorded_at for other in _replaced_by(fact, by_key)), default=fact.recorded_at)

    return sorted(facts, key=lambda fact: (fact.effective_on, first_recorded(fact), fact.key))


def standing(line, known_at):
    """Of facts `in_line`, those that hold at a moment of knowledge: known, not void, not replaced by a known one."""
    by_key = {fact.key: fact for fact in line}
    known = [fact for fact in line if fact.known_at is not None and fact.known_at <= known_at]
    # The whole chain, not one link: a correction of a rejected correction replaces the original fact.
    replaced = {other.key for fact in known for other in _replaced_by(fact, by_key)}
    return [fact for fact in known if fact.key not in replaced and not fact.is_void]


def timeline(line, known_at):
    """The stretches in the world at one moment of knowledge: [(valid_from, valid_to, stage, park_id, total), …].

    A stretch begins only once both a stage and a park are known; several facts of one day make one stretch.
    """
    points = []
    stage, park_id, total = "", None, Decimal(0)
    for fact in standing(line, known_at):
        stage = fact.stage or stage
        park_id = fact.park_id or park_id
        total = (total if fact.sets_wan is None else fact.sets_wan) + (fact.adds_wan or 0)
        if stage and park_id is not None:
            _add_point(points, fact.effective_on, (stage, park_id, total))
    ends = [day for day, _state in points[1:]]
    return [(day, end, *state) for (day, state), end in zip_longest(points, ends)]


def _add_point(points, day, state):
    if points and points[-1][0] == day:
        points.pop()
    if not points or points[-1][1] != state:
        points.append((day, state))


def stretches(facts):
    """Every stretch with its span of knowledge, over all moments at which something became known."""
    line = in_line(facts)
    moments = sorted({fact.known_at for fact in facts if fact.known_at is not None})
    open_since = {}
    finished = []
    for moment in moments:
        now = set(timeline(line, moment))
        finished += [_stretch(gone, open_since[gone], moment) for gone in open_since.keys() - now]
        open_since = {segment: open_since.get(segment, moment) for segment in now}
    finished += [_stretch(segment, since, None) for segment, since in open_since.items()]
    return sorted(finished, key=lambda s: (s.known_from, s.valid_from))


def _stretch(segment, known_from, known_to):
    valid_from, valid_to, stage, park_id, total = segment
    return Stretch(stage, park_id, total, valid_from, valid_to, known_from, known_to)


def stage_entries(line, known_at):
    """The stages in the order in which they were entered, as known at a moment: [(stage, day), …]."""
    return [(fact.stage, fact.effective_on) for fact in standing(line, known_at) if fact.stage]


def first_formal_signing(entries):
    """The day of the first formal signing, or None: the event at which a project counts, once (不重复统计)."""
    return next((day for stage, day in entries if stage == Stage.SIGNED), None)
