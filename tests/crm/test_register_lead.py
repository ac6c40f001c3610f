"""Logging a lead: with its company and contact in one go, or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.errors import RuleViolation
from core.models import AuditEntry
from crm.actions import register_lead
from crm.lifecycle import LeadStage
from crm.models import Company, CompanyPark, Contact, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def log(park, officer, at):
    def go(**given):
        return register_lead(**{"park": park, "company_name": "海岳精密仪器", "at": at, "by": officer, **given})

    return go


def test_a_lead_is_logged_with_company_contact_and_first_stage(log, officer):
    lead = log(contact_name="岳某", contact_phone="13800001234", intended_investment_wan=Decimal(25000))

    assert (lead.stage, lead.received_on, lead.owner) == (LeadStage.REGISTERED, date(2024, 4, 18), officer)
    assert lead.code == f"L-2024-{lead.pk:05d}"
    assert lead.company.contacts.get().phone == "13800001234"
    assert lead.stage_changes.get().effective_on == date(2024, 4, 18)
    assert AuditEntry.objects.filter(verb="crm.register_lead", subject_id=lead.pk).exists()


def test_a_name_already_seen_is_offered_instead_of_doubled(log, make_company):
    known = make_company("海岳精密仪器有限公司")

    with pytest.raises(RuleViolation) as refused:
        log()
    assert set(refused.value.fields) == {"company_name"}
    assert not Lead.objects.exists()

    assert log(company=known).company == known
    assert log(is_another=True).company != known


def test_a_name_known_in_another_park_is_told_masked(log, make_company, outsider, other_park, at):
    make_company("海岳精密仪器有限公司", park=other_park, by=outsider)

    with pytest.raises(RuleViolation, match="registered by 生物医药产业园 on 2024-04-18"):
        log()

    assert not Lead.objects.exists()


def test_a_company_known_elsewhere_becomes_known_here_with_its_lead(log, make_company, inner_park):
    company = make_company()

    log(company=company, park=inner_park)

    assert CompanyPark.objects.filter(company=company, park=inner_park).exists()


def test_the_same_contact_is_not_added_twice(log, make_company):
    company = make_company()

    log(company=company, contact_name="韩某", contact_phone="13800001234")
    log(company=company, contact_name=" 韩某 ", contact_phone="13800001234")

    assert company.contacts.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"company_name": " "}, "company_name"),
        ({"company_name": "长" * 121}, "company_name"),
        ({"received_on": date(2024, 4, 19)}, "received_on"),
        ({"contact_phone": "13800001234"}, "contact_name"),
        ({"industry": "Z99"}, "industry"),
        ({"source": "rumour"}, "source"),
        ({"land_wanted_mu": Decimal(-5)}, "land_wanted_mu"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_at_all_is_written(log, given, field):
    with pytest.raises(RuleViolation) as refused:
        log(**given)

    assert set(refused.value.fields) == {field}
    assert not Lead.objects.exists()
    assert not Company.objects.exists()
    assert not Contact.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("wan", [Decimal(-1), Decimal(0)])
def test_an_intended_investment_is_more_than_nothing(log, wan):
    with pytest.raises(RuleViolation, match="must be more than zero"):
        log(intended_investment_wan=wan)

    assert not Lead.objects.exists()


def test_the_officer_in_charge_must_work_here(log, colleague, outsider):
    assert log(owner=colleague).owner == colleague

    with pytest.raises(RuleViolation, match="何其远 does not work on leads in 集成电路产业园"):
        log(company_name="另一家", owner=outsider)

    assert Lead.objects.count() == 1


@pytest.mark.parametrize("who", ["auditor", "operator", "outsider"])
def test_others_may_not_log_leads_here(log, request, who):
    with pytest.raises(PermissionDenied):
        log(by=request.getfixturevalue(who))

    assert not Lead.objects.exists()
