"""The two clocks under any sequence of facts, corrections and verdicts: what must hold whatever people record."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.errors import RuleViolation
from parks.access import Role
from projects import actions, history, lifecycle
from projects.lifecycle import DocumentKind, Stage
from projects.models import Basis, Project, ProjectState, Verdict
from tests.conftest import AT, CODE

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
DAY = date(2023, 6, 1)


@st.composite
def chronicles(draw):
    """Facts of one project in the order of recording; some correct an earlier one, some are accepted late or never."""
    facts = [
        history.Fact(("p", 0), DAY, NOON, NOON, park_id=1),
        history.Fact(("s", 0), DAY, NOON, NOON, stage="contact"),
    ]
    for number in range(1, draw(st.integers(0, 9)) + 1):
        recorded_at = NOON + timedelta(hours=number)
        delay = draw(st.one_of(st.none(), st.integers(0, 5)))
        known_at = None if delay is None else recorded_at + timedelta(hours=delay, minutes=number)
        fact = history.Fact(("f", number), DAY + timedelta(days=draw(st.integers(0, 6))), recorded_at, known_at)
        payload = draw(
            st.sampled_from(
                [
                    {"stage": "negotiating"},
                    {"stage": "signed"},
                    {"stage": "started"},
                    {"park_id": 2},
                    {"sets_wan": Decimal(500)},
                    {"adds_wan": Decimal(70)},
                ]
            )
        )
        corrected = {each.corrects for each in facts}
        open_ones = [each for each in facts[2:] if each.key not in corrected]
        if open_ones and draw(st.booleans()):
            original = draw(st.sampled_from(open_ones))
            payload = {"corrects": original.key} | (
                {"is_void": True} if draw(st.booleans()) else _same_kind(original, facts, payload)
            )
        facts.append(replace(fact, **payload))
    return facts


def _same_kind(original, facts, payload):
    by_key = {fact.key: fact for fact in facts}
    while original.is_void and original.corrects:
        original = by_key[original.corrects]
    kinds = ("stage", "park_id", "sets_wan", "adds_wan")
    kept = {kind: getattr(original, kind) for kind in kinds if getattr(original, kind)}
    return payload if payload.keys() == kept.keys() else kept


def overlap(one, other):
    def meet(start, end, other_start, other_end):
        return (other_end is None or start < other_end) and (end is None or other_start < end)

    return meet(one.valid_from, one.valid_to, other.valid_from, other.valid_to) and meet(
        one.known_from, one.known_to, other.known_from, other.known_to
    )


def believed(facts, moment):
    """What was believed at a moment, from the stretches alone."""
    return {
        (s.valid_from, s.valid_to, s.stage, s.park_id, s.total_wan)
        for s in history.stretches(facts)
        if s.known_from <= moment and (s.known_to is None or s.known_to > moment)
    }


@given(chronicles())
@settings(max_examples=150, deadline=None)
def test_no_two_stretches_share_a_day_and_a_moment(facts):
    for one, other in combinations(history.stretches(facts), 2):
        assert not overlap(one, other)


@given(chronicles())
@settings(max_examples=150, deadline=None)
def test_what_was_believed_at_a_moment_never_changes_by_what_is_learned_later(facts):
    moments = sorted({fact.known_at for fact in facts if fact.known_at})
    for moment in moments:
        known_then = [
            fact if fact.known_at and fact.known_at <= moment else replace(fact, known_at=None)
            for fact in facts
            if fact.recorded_at <= moment
        ]
        assert believed(facts, moment) == believed(known_then, moment)


@given(chronicles())
@settings(max_examples=150, deadline=None)
def test_the_stretches_say_at_every_moment_what_the_timeline_of_that_moment_says(facts):
    line = history.in_line(facts)
    for moment in {fact.known_at for fact in facts if fact.known_at}:
        assert believed(facts, moment) == set(history.timeline(line, moment))


FILLED = {
    "content": "生产线",
    "contracted_investment_wan": Decimal(1000),
    "site_mode": "grant",
    "legal_entity_code": CODE,
    "filing_no": "1",
    "land_contract_no": "1",
    "annual_plan_wan": Decimal(1000),
}


def kept(project):
    return set(project.states.values_list("basis", *_COLUMNS))


_COLUMNS = ("stage", "park_id", "total_wan", "valid_from", "valid_to", "known_from", "known_to")


def rebuilt(project):
    rows = actions.facts_of(Project.objects.get(pk=project.pk))
    return {
        (basis, *(getattr(stretch, name) for name in _COLUMNS))
        for basis in Basis.values
        for stretch in history.stretches(actions.as_known(rows, basis))
    }


class Clerks(RuleBasedStateMachine):
    """Does to one project whatever people may do, in any order; each run is rolled back."""

    subject = officer = manager = parks = None

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.project = Project.objects.get(pk=self.subject.pk)
        self.clock = 0
        self.past = {}

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def do(self, deed, *args, by=None, **given):
        """One attempt; a refusal is as good as a deed, provided that it leaves nothing behind."""
        self.clock += 1
        before = (kept(self.project), len(actions.facts_of(self.project)))
        try:
            deed(*args, at=AT + timedelta(hours=self.clock), by=by or self.officer, **given)
        except RuleViolation:
            assert (kept(self.project), len(actions.facts_of(self.project))) == before
        self.project = Project.objects.get(pk=self.subject.pk)
        moment = self.project.updated_at
        self.past.setdefault(moment, self.believed(moment))

    def believed(self, moment):
        states = ProjectState.objects.filter(project=self.project).known_at(moment)
        return set(states.values_list("basis", "stage", "park_id", "total_wan", "valid_from", "valid_to"))

    @rule(data=st.data(), days=st.integers(0, 40))
    def advance(self, data, days):
        steps = (*lifecycle.next_stages(self.project), *lifecycle.backward_steps(self.project.stage))
        to = data.draw(st.sampled_from(steps or (Stage.SIGNED,)))
        day = self.project.stage_since + timedelta(days=days)
        self.do(
            actions.advance_project, self.project, to=to, effective_on=day, reason="记录",
            total_investment_wan=Decimal(5000) if to == Stage.SIGNED else None,
        )  # fmt: skip

    @rule(days=st.integers(-5, 60), amount=st.integers(0, 900))
    def increase(self, days, amount):
        day = (self.project.signed_on or self.project.opened_on) + timedelta(days=days)
        self.do(
            actions.increase_investment, self.project, amount_wan=Decimal(amount), effective_on=day, reason="增资",
            evidence=self.project.documents.all()[:1],
        )  # fmt: skip

    @rule(data=st.data(), days=st.integers(-30, 30), is_void=st.booleans())
    def correct_a_stage(self, data, days, is_void):
        change = data.draw(st.sampled_from(list(self.project.stage_changes.all())))
        day = change.effective_on + timedelta(days=days)
        self.do(actions.correct_stage_change, change, effective_on=day, is_void=is_void, reason="更正")

    @precondition(lambda self: self.project.investment_changes.exists())
    @rule(data=st.data(), amount=st.integers(0, 9000), is_void=st.booleans())
    def correct_an_amount(self, data, amount, is_void):
        change = data.draw(st.sampled_from(list(self.project.investment_changes.all())))
        self.do(actions.correct_investment_change, change, amount_wan=Decimal(amount), is_void=is_void, reason="更正")

    @rule(data=st.data(), verdict=st.sampled_from(Verdict.values))
    def verify(self, data, verdict):
        facts = [*self.project.stage_changes.all(), *self.project.investment_changes.all()]
        waiting = [fact for fact in facts if fact.is_pending] or facts[:1]
        fact = data.draw(st.sampled_from(waiting))
        self.do(actions.verify_fact, fact, verdict=verdict, reason="核对", by=self.manager)

    @rule(data=st.data(), days=st.integers(0, 200))
    def transfer(self, data, days):
        to_park = data.draw(st.sampled_from(self.parks))
        day = self.project.opened_on + timedelta(days=days)
        self.do(
            actions.transfer_project, self.project, to_park=to_park, effective_on=day, reason="流转", by=self.manager
        )

    @invariant()
    def the_states_kept_are_those_rebuilt_from_the_facts(self):
        assert kept(self.project) == rebuilt(self.project)

    @invariant()
    def no_two_states_of_a_basis_share_a_day_and_a_moment(self):
        for basis in Basis.values:
            for one, other in combinations(self.project.states.filter(basis=basis), 2):
                assert not overlap(one, other)

    @invariant()
    def what_was_believed_before_is_still_answered_so(self):
        for moment, answer in self.past.items():
            assert self.believed(moment) == answer

    @invariant()
    def the_current_columns_are_the_current_states(self):
        latest = self.project.states.filter(basis=Basis.REPORTED, known_to=None, valid_to=None).get()
        now = (self.project.stage, self.project.park_id, self.project.total_investment_wan)
        assert (latest.stage, latest.park_id, latest.total_wan) == now


@pytest.fixture
def ready(make_project, officer, pdf, at):
    """A project whose gates are all open, just signed and not verified yet."""
    project = make_project(total_investment_wan=Decimal(6000), content="生产线")
    for kind in DocumentKind:
        actions.attach_document(project, kind=kind, file=pdf(), at=at, by=officer)
    actions.edit_project(project, changes=FILLED, at=at, by=officer)
    for to, day in ((Stage.NEGOTIATING, 5), (Stage.DECISION, 40), (Stage.SIGNED, 60)):
        actions.advance_project(project, to=to, effective_on=DAY + timedelta(days=day), at=at, by=officer)
    project.refresh_from_db()
    return project


def test_whatever_clerks_record_the_states_follow_from_the_facts(ready, person, zone, park, other_park):
    clerk = person("clerk", (Role.OFFICER, zone))
    manager = person("counter", (Role.MANAGER, zone))

    given = {"subject": ready, "officer": clerk, "manager": manager, "parks": [park, other_park]}

    run_state_machine_as_test(
        type("ClerksOfOneProject", (Clerks,), given),
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_time_before_anything_was_known_has_an_empty_timeline():
    facts = [history.Fact(("s", 0), DAY, NOON, NOON, stage="contact")]

    assert history.timeline(history.in_line([]), NOON) == []
    assert history.timeline(history.in_line(facts), NOON) == [], "a stage in no park yet"
