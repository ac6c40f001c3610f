"""认定: who may, what waits in which order, and what a verdict needs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import RuleViolation
from parks.access import Role
from projects import actions
from projects.lifecycle import Stage
from projects.models import ProjectState, Verdict

QUEUE = "/projects/verification/"


@pytest.fixture
def waiting(make_signed):
    return make_signed(verified=False)


def fact_address(fact, kind="stage"):
    return reverse("projects:verify-fact", args=[kind, fact.pk])


def test_the_queue_shows_the_oldest_claim_first_and_a_signing_with_its_amount_once(
    client, waiting, manager, increase, at
):
    increase(waiting, Decimal(80000), date(2024, 4, 1), moment=at + timedelta(days=1))
    client.force_login(manager)

    context = client.get(QUEUE).context

    assert [(claim["kind"], claim["amount"][:4]) for claim in context["claims"]] == [
        ("stage", "50.0"),
        ("investment", "8.0 "),
    ]
    assert context["count"] == 2


def test_an_accepted_claim_leaves_the_queue_and_enters_the_verified_basis(client, waiting, manager):
    signing = waiting.stage_changes.get(to_stage=Stage.SIGNED)
    client.force_login(manager)

    answer = client.post(fact_address(signing), {"verdict": Verdict.ACCEPTED})

    assert answer.url == QUEUE
    waiting.refresh_from_db()
    assert waiting.verified_stage == Stage.SIGNED
    assert client.get(QUEUE).context["claims"] == []


def test_a_rejection_needs_a_reason_and_says_so_in_place(client, waiting, manager):
    signing = waiting.stage_changes.get(to_stage=Stage.SIGNED)
    client.force_login(manager)
    states = set(ProjectState.objects.values_list())

    refused = client.post(fact_address(signing), {"verdict": Verdict.REJECTED, "reason": "  "})

    (claim,) = refused.context["claims"]
    assert "reason" in claim["form"].errors
    signing.refresh_from_db()
    assert (signing.verdict, set(ProjectState.objects.values_list())) == ("", states)

    client.post(fact_address(signing), {"verdict": Verdict.REJECTED, "reason": "协议未盖章"})
    signing.refresh_from_db()
    assert (signing.verdict, signing.verdict_reason) == (Verdict.REJECTED, "协议未盖章")


def test_a_verdict_is_written_once(client, waiting, manager):
    signing = waiting.stage_changes.get(to_stage=Stage.SIGNED)
    client.force_login(manager)
    client.post(fact_address(signing), {"verdict": Verdict.ACCEPTED})

    again = client.post(fact_address(signing), {"verdict": Verdict.REJECTED, "reason": "改主意"})

    assert again.context["form"].errors
    signing.refresh_from_db()
    assert signing.verdict == Verdict.ACCEPTED


def test_whoever_reported_a_claim_finds_no_button_and_is_refused(client, person, park, make_signed, fill_gate, at):
    both = person("both", (Role.OFFICER, park), (Role.MANAGER, park))
    project = make_signed()
    fill_gate(project, Stage.STARTED)
    change = actions.advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=both)
    client.force_login(both)

    page = client.get(QUEUE)
    refused = client.post(fact_address(change), {"verdict": Verdict.ACCEPTED})

    assert fact_address(change) not in page.content.decode()
    assert refused.status_code == 200
    change.refresh_from_db()
    assert change.verdict == ""


def test_a_manager_of_one_park_counts_only_there(client, waiting, person, other_park, park):
    elsewhere = person("elsewhere", (Role.MANAGER, other_park), (Role.AUDITOR, park))
    signing = waiting.stage_changes.get(to_stage=Stage.SIGNED)
    client.force_login(elsewhere)

    assert client.get(QUEUE).context["claims"] == []
    assert client.post(fact_address(signing), {"verdict": Verdict.ACCEPTED}).status_code == 403
    signing.refresh_from_db()
    assert signing.verdict == ""


def test_a_project_with_nothing_waiting_gets_no_verdict(make_signed, manager, at):
    project = make_signed()

    with pytest.raises(RuleViolation):
        actions.verify_project(project, verdict=Verdict.ACCEPTED, at=at, by=manager)


def test_an_increase_waits_under_the_colour_of_the_project_also_while_it_is_paused(
    client, make_signed, manager, officer, increase, at
):
    project = make_signed()
    increase(project, Decimal(80000), date(2024, 4, 1))
    client.force_login(manager)

    assert [claim["look"] for claim in client.get(QUEUE).context["claims"]] == ["await"]
    actions.advance_project(
        project, to=Stage.PAUSED, effective_on=date(2024, 4, 2), reason="资金未到位", at=at, by=officer
    )

    looks = {claim["kind"]: claim["look"] for claim in client.get(QUEUE).context["claims"]}
    assert looks["investment"] == "await"
