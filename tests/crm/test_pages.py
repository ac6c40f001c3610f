"""Every page of companies and leads: who reaches it, who may act, and that its cost does not grow with the rows."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.actions import add_contact, record_interaction
from crm.models import Company, Interaction, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead):
    return make_lead(
        intended_investment_wan=Decimal(60000), contact_name="贝先生", contact_phone="13800001234", content="湿法设备"
    )


@pytest.fixture
def address_of(lead):
    """The address of a page about the cast's lead or its company."""

    def address(name):
        if name == "contact-edit":
            return reverse("crm:contact-edit", args=[lead.company.contacts.get().pk])
        about_lead = name.startswith("lead-") and name not in ("lead-list", "lead-new", "lead-total")
        about_company = name in ("company-detail", "company-edit", "contact-new", "interaction-new")
        args = [lead.pk] if about_lead else [lead.company_id] if about_company else []
        return reverse(f"crm:{name}", args=args)

    return address


LISTS = ["lead-list", "lead-total", "company-list"]
RECORDS = ["lead-detail", "company-detail"]
DEEDS = [
    "lead-edit",
    "lead-advance",
    "lead-interaction-new",
    "company-edit",
    "contact-new",
    "contact-edit",
    "interaction-new",
]
BLANK = ["lead-new", "company-new"]


@pytest.mark.parametrize("name", LISTS + RECORDS + DEEDS + BLANK)
def test_an_officer_opens_every_page(signed_in, officer, address_of, name):
    answer = signed_in(officer).get(address_of(name))

    assert answer.status_code == 200


@pytest.mark.parametrize("name", RECORDS + DEEDS)
def test_a_stranger_does_not_learn_that_the_record_exists(signed_in, outsider, address_of, name):
    client = signed_in(outsider)

    assert client.get(address_of(name)).status_code == 404
    assert client.post(address_of(name), {"summary": "x"}).status_code in (404, 405)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_a_stranger_nothing_of_ours(signed_in, outsider, address_of, name):
    assert "贝斯兰" not in signed_in(outsider).get(address_of(name)).content.decode()


@pytest.mark.parametrize("name", LISTS + RECORDS)
def test_an_auditor_reads(signed_in, auditor, address_of, name):
    assert signed_in(auditor).get(address_of(name)).status_code == 200


@pytest.mark.parametrize("name", DEEDS + BLANK)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_auditor_may_not_act(signed_in, auditor, address_of, name, method):
    address = address_of(name)
    before = (Lead.objects.count(), Company.objects.count(), Interaction.objects.count())

    answer = getattr(signed_in(auditor), method)(address)

    assert answer.status_code == 403
    assert (Lead.objects.count(), Company.objects.count(), Interaction.objects.count()) == before


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_a_number_of_nothing_is_not_found(signed_in, officer, pk):
    client = signed_in(officer)

    assert client.get(f"/leads/{pk}/").status_code == 404
    assert client.get(f"/companies/{pk}/").status_code == 404


def test_an_auditor_sees_no_buttons_for_deeds(signed_in, auditor, officer, address_of):
    deeds = [address_of(name) for name in ("lead-edit", "lead-advance", "lead-interaction-new")]

    seen = signed_in(auditor).get(address_of("lead-detail")).content.decode()
    allowed = signed_in(officer).get(address_of("lead-detail")).content.decode()

    assert not [deed for deed in deeds if deed in seen]
    assert not [deed for deed in deeds if deed not in allowed]


@pytest.mark.parametrize("name", LISTS + RECORDS + DEEDS + BLANK)
def test_without_signing_in_one_is_sent_to_the_door(client, address_of, name):
    answer = client.get(address_of(name))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:sign-in"))


@pytest.mark.parametrize("name", RECORDS)
def test_numbers_are_shown_in_part_and_only_some_may_ask_for_them(signed_in, officer, auditor, address_of, name):
    for person, may_ask in ((officer, True), (auditor, False)):
        seen = signed_in(person).get(address_of(name)).content.decode()

        assert "138****1234" in seen
        assert "13800001234" not in seen
        assert ("Show number" in seen) == may_ask


@pytest.fixture
def fill(make_lead, officer, park, at):
    """Log so many leads of one company, each with a conversation."""

    def log(count, company=None, lead=None):
        for number in range(count):
            fresh = lead or make_lead(
                **({"company": company} if company else {"company_name": f"云鲸{number}号"}),
                owner=officer,
                next_step_due_on=date(2024, 4, 20),
                industry="C39",
            )
            add_contact(fresh.company, full_name=f"联系人{number}", phone="13900000000", at=at, by=officer)
            record_interaction(park=park, company=fresh.company, lead=fresh, summary="谈了用地", at=at, by=officer)

    return log


@pytest.mark.parametrize(("name", "ceiling"), [("lead-list", 12), ("company-list", 12)])
def test_a_list_asks_as_often_for_two_rows_as_for_twenty(
    signed_in, officer, address_of, fill, django_assert_max_num_queries, name, ceiling
):
    client = signed_in(officer)
    client.get(address_of(name))
    fill(2)
    with django_assert_max_num_queries(ceiling) as few:
        client.get(address_of(name))
    fill(20)
    with django_assert_max_num_queries(ceiling) as many:
        answer = client.get(address_of(name))

    assert len(few) == len(many), [query["sql"] for query in many.captured_queries]
    assert "云鲸19号" in answer.content.decode()


@pytest.mark.parametrize(("name", "ceiling"), [("lead-detail", 18), ("company-detail", 18)])
def test_a_record_asks_as_often_for_two_conversations_as_for_twenty(
    signed_in, officer, address_of, fill, lead, django_assert_max_num_queries, name, ceiling
):
    client = signed_in(officer)
    client.get(address_of(name))
    fill(2, company=lead.company, lead=lead)
    with django_assert_max_num_queries(ceiling) as few:
        client.get(address_of(name))
    fill(18, company=lead.company, lead=lead)
    fill(5, company=lead.company)
    with django_assert_max_num_queries(ceiling) as many:
        client.get(address_of(name))

    assert len(few) == len(many), [query["sql"] for query in many.captured_queries]


def test_fifty_leads_fit_in_sixty_kilobytes(signed_in, officer, address_of, fill):
    fill(51)

    answer = signed_in(officer).get(address_of("lead-list"))

    assert len(answer.content) < 60_000
    assert answer.content.decode().count("data-row") == 50
