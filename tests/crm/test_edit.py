"""Editing companies, contacts and leads: only what may be edited, and nobody's work overwritten unseen."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from crm.actions import add_contact, advance_lead, edit_company, edit_contact, edit_lead
from crm.lifecycle import LeadStage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_an_edit_changes_the_company_its_names_and_the_trace(make_company, officer, at):
    company = make_company(aliases=["翰博"])

    edit_company(company, changes={"name": "翰博光电集团"}, aliases=["HB"], expected_version=1, at=at, by=officer)

    company.refresh_from_db()
    assert (company.name, company.normal_name, company.version) == ("翰博光电集团", "翰博光电", 2)
    assert [alias.name for alias in company.aliases.all()] == ["HB"]
    changes = AuditEntry.objects.get(verb="crm.edit_company").changes
    assert changes == {"name": ["翰博光电", "翰博光电集团"], "aliases": [["翰博"], ["HB"]]}


def test_a_stale_edit_of_a_company_says_what_it_is_now_and_writes_nothing(make_company, officer, colleague, at):
    company = make_company()
    edit_company(company, changes={"name": "甲"}, expected_version=1, at=at, by=colleague)

    with pytest.raises(StaleEdit) as stale:
        edit_company(company, changes={"name": "乙"}, expected_version=1, at=at, by=officer)

    company.refresh_from_db()
    assert stale.value.current["name"] == company.name == "甲"


@pytest.mark.parametrize("field", ["normal_name", "recorded_by", "is_synthetic", "pk"])
def test_what_is_not_editable_stays(make_company, officer, at, field):
    company = make_company()

    with pytest.raises(RuleViolation, match="cannot be edited"):
        edit_company(company, changes={field: 1}, at=at, by=officer)

    company.refresh_from_db()
    assert company.version == 1


@pytest.mark.parametrize("who", ["operator", "auditor", "outsider"])
def test_others_may_not_edit_a_company(make_company, request, at, who):
    company = make_company()

    with pytest.raises(PermissionDenied):
        edit_company(company, changes={"name": "乙"}, at=at, by=request.getfixturevalue(who))

    company.refresh_from_db()
    assert company.name == "翰博光电"


def test_a_contact_is_added_and_edited_and_a_stale_edit_refused(make_company, officer, colleague, at):
    contact = add_contact(make_company(), full_name="韩某", phone="13800001234", at=at, by=officer)

    edit_contact(contact, changes={"post": "副总经理"}, expected_version=1, at=at, by=colleague)
    with pytest.raises(StaleEdit):
        edit_contact(contact, changes={"post": "总监"}, expected_version=1, at=at, by=officer)

    contact.refresh_from_db()
    assert contact.post == "副总经理"


@pytest.mark.parametrize(("field", "value"), [("full_name", ""), ("email", "not an address")])
def test_a_contact_needs_a_name_and_a_real_address(make_company, officer, at, field, value):
    company = make_company()

    with pytest.raises(RuleViolation) as refused:
        add_contact(company, **{"full_name": "韩某", field: value}, at=at, by=officer)

    assert set(refused.value.fields) == {field}
    assert not company.contacts.exists()


def test_an_auditor_may_not_touch_contacts(make_company, auditor, officer, at):
    company = make_company()
    contact = add_contact(company, full_name="韩某", at=at, by=officer)

    with pytest.raises(PermissionDenied):
        add_contact(company, full_name="另一人", at=at, by=auditor)
    with pytest.raises(PermissionDenied):
        edit_contact(contact, changes={"full_name": "另一人"}, at=at, by=auditor)

    assert [each.full_name for each in company.contacts.all()] == ["韩某"]


def test_a_lead_is_edited_and_a_stale_edit_refused(make_lead, officer, colleague, at):
    lead = make_lead()

    edit_lead(lead, changes={"content": "湿法设备"}, expected_version=1, at=at, by=officer)
    with pytest.raises(StaleEdit) as stale:
        edit_lead(lead, changes={"content": "别的"}, expected_version=1, at=at, by=colleague)

    lead.refresh_from_db()
    assert stale.value.current["content"] == lead.content == "湿法设备"


def test_the_stage_is_not_a_field_to_edit(make_lead, officer, at):
    lead = make_lead()

    with pytest.raises(RuleViolation, match="cannot be edited"):
        edit_lead(lead, changes={"stage": LeadStage.ASSIGNED}, at=at, by=officer)

    lead.refresh_from_db()
    assert lead.stage == LeadStage.REGISTERED


def test_a_lead_is_handed_to_somebody_who_works_here_and_to_nobody_else(make_lead, officer, colleague, outsider, at):
    lead = make_lead()

    edit_lead(lead, changes={"owner": colleague}, at=at, by=officer)
    with pytest.raises(RuleViolation) as refused:
        edit_lead(lead, changes={"owner": outsider}, at=at, by=officer)

    lead.refresh_from_db()
    assert set(refused.value.fields) == {"owner"}
    assert lead.owner == colleague


def test_a_fresh_lead_may_have_its_day_of_receipt_put_right(make_lead, officer, at):
    lead = make_lead()

    edit_lead(lead, changes={"received_on": date(2024, 3, 28)}, at=at, by=officer)

    lead.refresh_from_db()
    assert lead.received_on == lead.stage_since == date(2024, 3, 28)


def test_the_day_of_receipt_cannot_pass_the_first_step_or_today(make_lead, officer, at):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 3), at=at, by=officer)

    with pytest.raises(RuleViolation, match="entered “Responded” on 2024-04-03"):
        edit_lead(lead, changes={"received_on": date(2024, 4, 4)}, at=at, by=officer)
    with pytest.raises(RuleViolation, match="future"):
        edit_lead(lead, changes={"received_on": date(2024, 4, 19)}, at=at, by=officer)

    lead.refresh_from_db()
    assert (lead.received_on, lead.stage_since) == (date(2024, 4, 1), date(2024, 4, 3))


def test_an_auditor_may_not_edit_a_lead(make_lead, auditor, at):
    lead = make_lead()

    with pytest.raises(PermissionDenied):
        edit_lead(lead, changes={"content": "x"}, at=at, by=auditor)

    lead.refresh_from_db()
    assert lead.content == ""
