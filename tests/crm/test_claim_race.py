"""Several officers claim one lead in the same second: exactly one has it, the others are told who, a hundred times."""

import os

import pytest

from core.errors import RuleViolation
from core.models import AuditEntry
from crm.actions import claim_lead, set_pool_rule
from crm.models import ChangeOfHands, Lead, LeadClaim
from tests.projects.test_at_once import all_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("YINFENG_TEST_CLAIM_ROUNDS", "100"))


def test_of_all_who_claim_a_lead_at_once_exactly_one_has_it(make_lead, officer, colleague, manager, zone, at):
    set_pool_rule(zone, changes={"picks_per_day": None, "most_held": None}, at=at, by=manager)
    people = [officer, colleague, manager, officer]
    leads = [make_lead(company_name=f"企业{n}", owner=None) for n in range(ROUNDS)]
    trace = AuditEntry.objects.count()

    for lead in leads:
        answers = all_at_once(lambda n, lead=lead: claim_lead(lead, at=at, by=people[n]), times=len(people))

        won = [answer for answer in answers if isinstance(answer, Lead)]
        lost = [answer for answer in answers if isinstance(answer, RuleViolation)]
        assert (len(won), len(lost)) == (1, len(people) - 1)
        lead.refresh_from_db()
        assert lead.owner == won[0].owner
        assert all(str(lead.owner) in str(refusal) for refusal in lost)

    assert AuditEntry.objects.count() == trace + ROUNDS
    assert LeadClaim.objects.filter(began_how=ChangeOfHands.CLAIMED).count() == ROUNDS


def test_one_person_claiming_many_at_once_gets_no_more_than_allowed(make_lead, officer, manager, zone, at):
    set_pool_rule(zone, changes={"picks_per_day": 3}, at=at, by=manager)
    leads = [make_lead(company_name=f"企业{n}", owner=None) for n in range(8)]

    answers = all_at_once(lambda n: claim_lead(leads[n], at=at, by=officer))

    assert sum(isinstance(answer, Lead) for answer in answers) == 3
    assert Lead.objects.held_by(officer).count() == 3
