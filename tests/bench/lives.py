"""Lives a project may lead: its facts at offsets of days, and the states that the rules themselves derive from them.

A few hundred lives are worked out once by `projects.history`; the projects are these lives, moved in time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from projects import history
from projects.lifecycle import AFTER_SIGNING, Stage

DAY = 1440
ORIGIN = date(2000, 1, 1)
MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
S = Stage
LONGEST = (
    S.CONTACT, S.NEGOTIATING, S.DECISION, S.SIGNED, S.REGISTERED, S.STARTED, S.TOPPED_OUT, S.COMPLETED, S.COMMISSIONED,
)  # fmt: skip
SHORTEST = 3
PLANNED, AGREED, ADDED = 80, 100, 25
"""Amounts in percent of the project's own."""


@dataclass(slots=True)
class Told:
    """One fact. Days and minutes count from the opening; `percent` is an amount, `needs` that it wants a verdict."""

    table: str
    day: int
    minute: int
    stage: str = ""
    from_stage: str = ""
    kind: str = ""
    percent: int = 0
    needs: bool = False
    verdict: str = ""
    verdict_minute: int | None = None
    corrects: int | None = None
    of_stage: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    basis: str
    stage: str
    percent: int
    valid_from: int
    valid_to: int | None
    known_from: int
    known_to: int | None


@dataclass(frozen=True, slots=True)
class Life:
    told: list[Told]
    states: list[State]
    stage: str
    stage_since: int
    verified_stage: str
    signed_on: int | None
    percent: int
    verified_percent: int
    days: int
    last_minute: int


def lives(count: int, random: Random) -> list[Life]:
    return [_life(random) for _number in range(count)]


def _life(random: Random) -> Life:
    told = _facts(random)
    states = [
        State(
            basis, each.stage, int(each.total_wan), _day(each.valid_from), each.valid_to and _day(each.valid_to),
            _minute(each.known_from), each.known_to and _minute(each.known_to),
        )
        for basis in ("reported", "verified")
        for each in history.stretches(_known(told, basis))
    ]  # fmt: skip
    moments = [each.minute for each in told] + [each.verdict_minute for each in told if each.verdict_minute]
    end = MIDNIGHT + timedelta(minutes=max(moments))
    line = history.in_line(_known(told, "reported"))
    entries = history.stage_entries(line, end)
    signed_on = history.first_formal_signing(entries)
    verified = history.timeline(history.in_line(_known(told, "verified")), end)
    return Life(
        told=told,
        states=states,
        stage=entries[-1][0],
        stage_since=_day(entries[-1][1]),
        verified_stage=verified[-1][2],
        signed_on=signed_on and _day(signed_on),
        percent=int(history.timeline(line, end)[-1][4]),
        verified_percent=int(verified[-1][4]),
        days=max(moments) // DAY + 1,
        last_minute=max(each.minute for each in told),
    )


def _facts(random: Random) -> list[Told]:
    told: list[Told] = []
    day, minute, before = 0, 0, ""
    path = LONGEST[: random.randint(SHORTEST, len(LONGEST))]
    for stage in path:
        day += random.randint(15, 150) if before else 0
        minute = max(minute + 1, (day + random.choice((0, 0, 1, 2, 4, 9))) * DAY + random.randint(120, 540))
        told += _step(told, stage, before, day, minute, random)
        before = stage
    if S.SIGNED in path and random.random() < 0.1:
        minute += 20 * DAY
        told.append(_judged(Told("money", day + 10, minute, kind="increase", percent=ADDED, needs=True), random))
    if S.STARTED in path and random.random() < 0.06:
        place = next(n for n, each in enumerate(told) if each.stage == S.STARTED)
        minute += 15 * DAY
        began = told[place]
        told.append(
            _judged(
                Told("stage", began.day - 3, minute, S.STARTED, began.from_stage, needs=True, corrects=place), random
            )
        )
    if random.random() < 0.05 and told[-1].needs:
        _leave_open(told, random)
    return told


def _step(told: list[Told], stage: str, before: str, day: int, minute: int, random: Random) -> list[Told]:
    counted = stage in AFTER_SIGNING
    change = _judged(Told("stage", day, minute, stage, before, needs=counted), random)
    if not before:
        return [Told("park", day, minute), change, Told("money", day, minute, kind="plan", percent=PLANNED)]
    if stage != S.SIGNED:
        return [change]
    amount = Told("money", day, minute, kind="signing", percent=AGREED, needs=True, of_stage=len(told))
    amount.verdict, amount.verdict_minute = change.verdict, change.verdict_minute
    return [change, amount]


def _judged(fact: Told, random: Random) -> Told:
    if fact.needs:
        fact.verdict, fact.verdict_minute = "accepted", fact.minute + random.randint(1, 12) * DAY
    return fact


def _leave_open(told: list[Told], random: Random) -> None:
    """What was reported last waits for its verdict, or was turned down."""
    latest = [each for each in told if each.minute == told[-1].minute]
    verdict = random.choice(("", "", "rejected"))
    for each in latest:
        each.verdict, each.verdict_minute = verdict, each.verdict_minute if verdict else None


def _known(told: list[Told], basis: str) -> list[history.Fact]:
    return [
        history.Fact(
            key=(each.table, place),
            effective_on=ORIGIN + timedelta(days=each.day),
            recorded_at=MIDNIGHT + timedelta(minutes=each.minute),
            known_at=_learned(each, basis),
            corrects=("stage", each.corrects) if each.corrects is not None else None,
            stage=each.stage,
            park_id=1 if each.table == "park" else None,
            sets_wan=Decimal(each.percent) if each.kind in ("plan", "signing") else None,
            adds_wan=Decimal(each.percent) if each.kind == "increase" else None,
        )
        for place, each in enumerate(told)
    ]


def _learned(fact: Told, basis: str) -> datetime | None:
    if basis == "reported" or not fact.needs:
        return MIDNIGHT + timedelta(minutes=fact.minute)
    return MIDNIGHT + timedelta(minutes=fact.verdict_minute) if fact.verdict == "accepted" else None


def _day(day: date) -> int:
    return (day - ORIGIN).days


def _minute(moment: datetime) -> int:
    return round((moment - MIDNIGHT).total_seconds() / 60)
