"""Logging a conversation: it moves the lead's latest contact and next step, and belongs to one park."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.errors import RuleViolation
from crm.actions import add_contact, record_interaction
from crm.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def lead(make_lead):
    return make_lead()


@pytest.fixture
def talk(lead, park, officer, at):
    def go(**given):
        said = {"park": park, "company": lead.company, "lead": lead, "summary": "谈了用地", "at": at, "by": officer}
        made = record_interaction(**{**said, **given})
        lead.refresh_from_db()
        return made

    return go


def test_a_conversation_moves_the_lead_along(talk, lead, officer, at):
    contact = add_contact(lead.company, full_name="贝某", at=at, by=officer)

    made = talk(contacts=[contact], next_step="发供电方案", next_step_due_on=date(2024, 4, 22))

    assert list(made.contacts.all()) == [contact]
    assert lead.last_contact_on == date(2024, 4, 18)
    assert (lead.next_step, lead.next_step_due_on) == ("发供电方案", date(2024, 4, 22))
    assert lead.version == 2


def test_an_older_conversation_logged_late_does_not_turn_the_clock_back(talk, lead):
    talk(happened_on=date(2024, 4, 16), next_step="回访")

    talk(happened_on=date(2024, 4, 10))

    assert lead.last_contact_on == date(2024, 4, 16)
    assert lead.next_step == "回访"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"happened_on": date(2024, 4, 19)}, "happened_on"),
        ({"summary": "  "}, "summary"),
        ({"kind": "telepathy"}, "kind"),
        ({"next_step_due_on": date(2024, 4, 17)}, "next_step_due_on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(talk, lead, given, field):
    with pytest.raises(RuleViolation) as refused:
        talk(**given)

    assert set(refused.value.fields) == {field}
    lead.refresh_from_db()
    assert not Interaction.objects.exists()
    assert lead.last_contact_on is None


def test_a_lead_of_another_company_or_park_is_refused(talk, make_company, inner_park):
    for given in ({"company": make_company("别家")}, {"park": inner_park}):
        with pytest.raises(RuleViolation) as refused:
            talk(**given)
        assert set(refused.value.fields) == {"lead"}

    assert not Interaction.objects.exists()


def test_a_contact_of_another_company_is_refused(talk, make_company, officer, at):
    stranger = add_contact(make_company("别家"), full_name="某人", at=at, by=officer)

    with pytest.raises(RuleViolation, match="contacts of this company"):
        talk(contacts=[stranger])

    assert not Interaction.objects.exists()


def test_the_operator_of_the_park_may_log_but_not_the_auditor_or_a_stranger(talk, operator, auditor, outsider):
    talk(by=operator)

    for person in (auditor, outsider):
        with pytest.raises(PermissionDenied):
            talk(by=person)

    assert Interaction.objects.count() == 1


def test_a_conversation_is_seen_in_its_park_only(talk, officer, outsider, manager):
    talk()

    assert Interaction.objects.visible_to(officer).count() == Interaction.objects.visible_to(manager).count() == 1
    assert not Interaction.objects.visible_to(outsider).exists()
