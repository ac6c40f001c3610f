"""The office assigns: to an officer, to another park, to that park's pool; the step comes along where it is due."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from core.batches import batch
from core.errors import RuleViolation
from core.models import AuditEntry
from core.undo import undo_batch
from crm.actions import advance_lead, assign_lead, record_interaction
from crm.lifecycle import LeadStage
from crm.models import ChangeOfHands, CompanyPark, Lead, LeadAssignment
from parks.access import Role

pytestmark = pytest.mark.django_db

DAY = date(2024, 4, 12)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def assessed(make_lead, officer, at):
    lead = make_lead(content="刻蚀设备")
    for to, day in ((LeadStage.RESPONDED, 2), (LeadStage.ASSESSED, 5)):
        lead = advance_lead(lead, to=to, effective_on=date(2024, 4, day), note="可行", at=at, by=officer)
    return lead


def test_a_lead_goes_to_another_park_with_all_that_is_known_of_it(
    signed_in, assessed, other_park, outsider, officer, manager, at
):
    record_interaction(
        park=assessed.park, company=assessed.company, lead=assessed, summary="在老园区谈过", at=at, by=officer
    )

    lead = assign_lead(assessed, park=other_park, owner=outsider, effective_on=DAY, note="产业更合", at=at, by=manager)

    assert (lead.park, lead.owner, lead.stage, lead.stage_since) == (other_park, outsider, LeadStage.ASSIGNED, DAY)
    kept = LeadAssignment.objects.get()
    assert (kept.from_park.code, kept.to_park.code, kept.from_owner, kept.note) == (
        "QD-IC",
        "QD-BIO",
        officer,
        "产业更合",
    )
    assert CompanyPark.objects.filter(company=lead.company, park=other_park).exists()
    assert [claim.ended_how for claim in lead.claims.all()] == [ChangeOfHands.ASSIGNED, ""]
    assert not Lead.objects.visible_to(officer).exists()
    shown = signed_in(outsider).get(reverse("crm:lead-detail", args=[lead.pk])).content.decode()
    assert "在老园区谈过" in shown


def test_before_its_stage_an_assignment_changes_hands_and_no_stage(make_lead, colleague, manager, at):
    lead = assign_lead(make_lead(), owner=colleague, effective_on=DAY, at=at, by=manager)

    assert (lead.owner, lead.stage) == (colleague, LeadStage.REGISTERED)


def test_a_park_without_an_officer_gets_it_into_its_pool(assessed, other_park, manager, at):
    lead = assign_lead(assessed, park=other_park, effective_on=DAY, at=at, by=manager)

    assert (lead.owner, lead.pooled_how, lead.stage) == (None, ChangeOfHands.ASSIGNED, LeadStage.ASSESSED)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"owner": "outsider"}, "does not work on leads"),
        ({"effective_on": date(2024, 4, 19)}, "future"),
        ({"owner": "officer", "effective_on": date(2024, 4, 4)}, "cannot be earlier"),
    ],
)
def test_a_refused_assignment_leaves_everything_where_it_was(assessed, request, manager, at, given, said):
    given = {k: request.getfixturevalue(v) if isinstance(v, str) else v for k, v in given.items()}
    deeds = AuditEntry.objects.count()

    with pytest.raises(RuleViolation, match=said):
        assign_lead(assessed, **{"effective_on": DAY, **given}, at=at, by=manager)

    assert not LeadAssignment.objects.exists()
    assert AuditEntry.objects.count() == deeds


def test_nothing_to_assign_is_said(make_lead, officer, manager, at):
    with pytest.raises(RuleViolation, match="Nothing would change"):
        assign_lead(make_lead(), owner=officer, effective_on=DAY, at=at, by=manager)


def test_officers_do_not_assign(assessed, officer, colleague, at):
    with pytest.raises(PermissionDenied):
        assign_lead(assessed, owner=colleague, effective_on=DAY, at=at, by=officer)


def test_the_office_reaches_only_parks_it_looks_after(person, assessed, park, other_park, at):
    local = person("local", (Role.MANAGER, park))

    with pytest.raises(PermissionDenied):
        assign_lead(assessed, park=other_park, effective_on=DAY, at=at, by=local)

    assessed.refresh_from_db()
    assert assessed.park == park


def test_the_page_assigns(signed_in, assessed, colleague, manager, park):
    page = reverse("crm:lead-assign", args=[assessed.pk])
    said = {"park": park.pk, "owner": colleague.pk, "effective_on": "2024-04-12", "note": ""}

    signed_in(manager).post(page, said)

    assessed.refresh_from_db()
    assert (assessed.owner, assessed.stage) == (colleague, LeadStage.ASSIGNED)


def test_an_assignment_is_taken_back_with_its_step_and_the_company_known_there(
    assessed, other_park, outsider, officer, park, manager, at
):
    with batch() as done:
        assign_lead(assessed, park=other_park, owner=outsider, effective_on=DAY, at=at, by=manager)

    undo_batch(done.id, at=at, by=manager)

    assessed.refresh_from_db()
    assert (assessed.park, assessed.owner, assessed.stage) == (park, officer, LeadStage.ASSESSED)
    assert not LeadAssignment.objects.exists()
    assert not CompanyPark.objects.filter(company=assessed.company, park=other_park).exists()
