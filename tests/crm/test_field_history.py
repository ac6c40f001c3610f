"""The history of fields: complete, in words, numbers in part; and a value put back through the ordinary edit."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from crm.actions import (
    add_contact,
    edit_company,
    edit_contact,
    edit_lead,
    record_interaction,
    restore_field,
)
from crm.actions.restoring import entries_about
from crm.field_history import field_changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def told(record):
    return [(change.field, change.before, change.after) for change in field_changes(record, entries_about(record))]


def latest(record, field):
    return next(entry for entry in entries_about(record) if any(name.endswith(field) for name in entry.changes))


def test_every_field_of_a_company_is_told_in_words(make_company, officer, at):
    company = make_company(aliases=["翰博"], ownership="private")

    changes = {"ownership": "foreign", "is_top_500": True, "industry": "C39"}
    edit_company(company, changes=changes, aliases=["HB", "翰博"], at=at, by=officer)

    assert told(company) == [
        ("ownership", "Private", "Foreign-invested"),
        ("is_top_500", "no", "yes"),
        ("industry", "—", "C39 Computers, communication and other electronic equipment"),
        ("aliases", "翰博", "HB, 翰博"),
        ("name", "—", "翰博光电"),
        ("ownership", "—", "Private"),
        ("aliases", "—", "翰博"),
    ]


def test_a_number_of_a_contact_is_told_in_part(make_company, officer, at):
    contact = add_contact(make_company(), full_name="韩某", phone="13800001234", at=at, by=officer)
    edit_contact(contact, changes={"phone": "13900005678", "note": "助理 13700001111"}, at=at, by=officer)

    assert told(contact)[:2] == [("phone", "138****1234", "139****5678"), ("note", "—", "助理 137****1111")]
    assert ("phone", "—", "138****1234") in told(contact)


def test_the_history_of_a_lead_names_people_and_amounts_and_what_conversations_moved(
    make_lead, officer, colleague, park, at
):
    lead = make_lead(intended_investment_wan=Decimal(60000))
    edit_lead(lead, changes={"owner": colleague, "intended_investment_wan": Decimal(90000)}, at=at, by=officer)
    said = {"summary": "谈了用地", "next_step": "寄资料", "next_step_due_on": date(2024, 4, 22)}
    record_interaction(park=park, company=lead.company, lead=lead, **said, at=at, by=officer)

    seen = told(lead)

    assert ("owner", "林知遥", "周敏之") in seen
    assert ("next_step", "—", "寄资料") in seen
    assert ("next_step_due_on", "—", "2024-04-22") in seen
    assert [(before, after) for field, before, after in seen if field == "intended_investment_wan"] == [
        ("RMB 0.6 bn", "RMB 0.9 bn")
    ]


def test_a_value_is_put_back_and_the_putting_back_is_told(make_company, officer, colleague, at):
    company = make_company(address="长城路 1 号", ownership="private")
    edit_company(company, changes={"address": "长城路 2 号", "ownership": ""}, at=at, by=colleague)

    restore_field(company, entry=latest(company, "address"), field="address", expected_version=2, at=at, by=officer)

    company.refresh_from_db()
    assert (company.address, company.ownership, company.version) == ("长城路 1 号", "", 3)
    assert told(company)[0] == ("address", "长城路 2 号", "长城路 1 号")
    assert entries_about(company)[0].by == officer


def test_aliases_people_amounts_and_days_come_back_as_what_they_were(make_lead, officer, colleague, manager, at):
    lead = make_lead(intended_investment_wan=Decimal("60000.5"), next_step_due_on=date(2024, 4, 20))
    edit_lead(
        lead,
        changes={"owner": colleague, "intended_investment_wan": None, "next_step_due_on": date(2024, 5, 1)},
        at=at,
        by=officer,
    )
    entry = latest(lead, "owner")
    for field in ("owner", "intended_investment_wan", "next_step_due_on"):
        restore_field(lead, entry=entry, field=field, at=at, by=manager)
    edit_company(lead.company, changes={}, aliases=["甲"], at=at, by=officer)
    edit_company(lead.company, changes={}, aliases=["乙"], at=at, by=officer)
    restore_field(lead.company, entry=latest(lead.company, "aliases"), field="aliases", at=at, by=officer)

    lead.refresh_from_db()
    assert (lead.owner, lead.intended_investment_wan) == (officer, Decimal("60000.5"))
    assert lead.next_step_due_on == date(2024, 4, 20)
    assert [alias.name for alias in lead.company.aliases.all()] == ["甲"]


def test_a_whole_number_comes_back_though_only_a_part_was_shown(make_company, officer, at):
    contact = add_contact(make_company(), full_name="韩某", phone="13800001234", at=at, by=officer)
    edit_contact(contact, changes={"phone": ""}, at=at, by=officer)

    restore_field(contact, entry=latest(contact, "phone"), field="phone", at=at, by=officer)

    contact.refresh_from_db()
    assert contact.phone == "13800001234"


@pytest.mark.parametrize("field", ["name", "stage", "nonsense"])
def test_what_the_entry_does_not_say_cannot_be_put_back(make_company, officer, at, field):
    company = make_company()
    edit_company(company, changes={"address": "甲"}, at=at, by=officer)
    deeds = AuditEntry.objects.count()

    with pytest.raises(RuleViolation, match="Choose another line"):
        restore_field(company, entry=latest(company, "address"), field=field, at=at, by=officer)

    assert AuditEntry.objects.count() == deeds


def test_the_registration_has_nothing_before_it(make_company, officer, at):
    company = make_company(address="甲")

    assert not [change for change in field_changes(company, entries_about(company)) if change.can_restore]
    with pytest.raises(RuleViolation, match="Choose another line"):
        restore_field(company, entry=latest(company, "address"), field="address", at=at, by=officer)


def test_putting_back_is_refused_like_any_other_edit(make_company, officer, colleague, auditor, at):
    company = make_company(address="甲")
    edit_company(company, changes={"address": "乙"}, at=at, by=officer)
    entry = latest(company, "address")

    with pytest.raises(StaleEdit):
        restore_field(company, entry=entry, field="address", expected_version=1, at=at, by=officer)
    with pytest.raises(PermissionDenied):
        restore_field(company, entry=entry, field="address", at=at, by=auditor)

    company.refresh_from_db()
    assert company.address == "乙"


@pytest.fixture
def edited(make_lead, officer, at):
    lead = make_lead(content="旧内容")
    edit_company(lead.company, changes={"address": "乙 13800001234"}, at=at, by=officer)
    edit_lead(lead, changes={"content": "新内容"}, at=at, by=officer)
    contact = add_contact(lead.company, full_name="韩某", phone="13800001234", at=at, by=officer)
    edit_contact(contact, changes={"phone": "13900005678"}, at=at, by=officer)
    return {"company": lead.company, "lead": lead, "contact": contact}


@pytest.mark.parametrize(
    ("kind", "field", "shown"),
    [("company", "address", "138****1234"), ("lead", "content", "旧内容"), ("contact", "phone", "139****5678")],
)
def test_the_page_shows_the_history_and_puts_a_value_back(signed_in, edited, officer, auditor, kind, field, shown):
    record = edited[kind]
    page, deed = (reverse(f"crm:{kind}-{part}", args=[record.pk]) for part in ("history", "restore"))
    record.refresh_from_db()

    seen = signed_in(officer).get(page).content.decode()
    read = signed_in(auditor).get(page).content.decode()

    assert shown in seen
    assert "13800001234" not in seen
    assert deed in seen
    assert deed not in read
    entry = latest(record, field)
    answer = signed_in(officer).post(deed, {"entry": entry.pk, "field": field, "version": record.version})
    assert answer.status_code == 302
    was = getattr(record, field)
    record.refresh_from_db()
    assert getattr(record, field) != was


def test_the_page_tells_a_refusal_and_writes_nothing(signed_in, edited, officer):
    lead = edited["lead"]
    said = {"entry": latest(lead, "content").pk, "field": "content", "version": 1}

    answer = signed_in(officer).post(reverse("crm:lead-restore", args=[lead.pk]), said)

    assert answer.status_code == 409
    assert "Somebody else changed this Lead meanwhile" in answer.content.decode()
    lead.refresh_from_db()
    assert lead.content == "新内容"


def test_the_entry_of_another_record_does_nothing_here(signed_in, edited, make_company, officer, at):
    other = make_company("别家", address="丙")
    edit_company(other, changes={"address": "丁"}, at=at, by=officer)
    said = {"entry": latest(other, "address").pk, "field": "address"}

    answer = signed_in(officer).post(reverse("crm:company-restore", args=[edited["company"].pk]), said)

    assert answer.status_code == 409
    edited["company"].refresh_from_db()
    assert edited["company"].address == "乙 13800001234"


def test_a_history_asks_as_often_for_two_deeds_as_for_twenty(
    signed_in, make_lead, officer, colleague, at, django_assert_max_num_queries
):
    lead, client = make_lead(), signed_in(officer)
    page = reverse("crm:lead-history", args=[lead.pk])

    def edit(times):
        for number in range(times):
            lead.refresh_from_db()
            owner = colleague if lead.owner == officer else officer
            edit_lead(lead, changes={"owner": owner, "content": f"第{number}版"}, at=at, by=lead.owner)

    edit(2)
    client.get(page)
    with django_assert_max_num_queries(12) as few:
        client.get(page)
    edit(20)
    with django_assert_max_num_queries(12) as many:
        client.get(page)

    assert len(many) == len(few)
