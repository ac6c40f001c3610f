"""Numbers of people: shown in part, kept whole, shown in full only to whoever asked and was written down."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from crm.actions import add_contact, edit_contact, edit_lead, record_interaction, register_lead, reveal_contact
from crm.models import Contact

pytestmark = pytest.mark.django_db
PHONE, MAIL = "13800001234", "han@example.com"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def contact(make_company, officer, at):
    given = {"phone": PHONE, "email": MAIL, "wechat": "han_2024", "note": "助理 13900005678"}
    return add_contact(make_company(), full_name="韩某", **given, at=at, by=officer)


def test_a_look_is_written_down(contact, officer, park, at):
    assert reveal_contact(contact, at=at, by=officer).phone == PHONE

    entry = AuditEntry.objects.get(verb="crm.reveal_contact")
    assert (entry.by, entry.at, entry.subject_id, entry.scope_id) == (officer, at, contact.pk, park.pk)
    assert PHONE not in str(entry.changes)


@pytest.mark.parametrize("who", ["operator", "auditor", "outsider"])
def test_others_may_not_look_and_leave_no_trace(contact, request, at, who):
    with pytest.raises(PermissionDenied):
        reveal_contact(contact, at=at, by=request.getfixturevalue(who))

    assert not AuditEntry.objects.filter(verb="crm.reveal_contact").exists()


def test_an_untouched_form_changes_nothing(signed_in, contact, officer):
    client, address = signed_in(officer), reverse("crm:contact-edit", args=[contact.pk])
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    deeds = AuditEntry.objects.count()

    answer = client.post(address, {**shown, "version": 1})

    assert shown["phone"] == "138****1234"
    assert shown["note"] == "助理 139****5678"
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert (contact.phone, contact.email, contact.wechat) == (PHONE, MAIL, "han_2024")
    assert (contact.note, contact.version) == ("助理 13900005678", 1)
    assert AuditEntry.objects.count() == deeds


def test_changing_one_field_keeps_the_masked_ones_whole(signed_in, contact, officer):
    client, address = signed_in(officer), reverse("crm:contact-edit", args=[contact.pk])
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}

    client.post(address, {**shown, "post": "副总", "note": shown["note"] + "，下午可打", "version": 1})

    contact.refresh_from_db()
    assert (contact.post, contact.phone, contact.note) == ("副总", PHONE, "助理 13900005678，下午可打")


@pytest.mark.parametrize("typed", ["138****9999", "139****1234", "****"])
def test_a_number_with_stars_that_is_not_the_one_shown_is_refused(contact, officer, at, typed):
    with pytest.raises(RuleViolation, match="Enter it in full") as refused:
        edit_contact(contact, changes={"phone": typed}, at=at, by=officer)

    assert set(refused.value.fields) == {"phone"}
    contact.refresh_from_db()
    assert contact.phone == PHONE


def test_a_new_contact_cannot_have_a_number_in_part(make_company, officer, at, park):
    company = make_company()
    with pytest.raises(RuleViolation, match="Enter it in full"):
        add_contact(company, full_name="韩某", phone="138****1234", at=at, by=officer)
    with pytest.raises(RuleViolation):
        register_lead(park=park, company=company, contact_name="韩某", contact_phone="138****1234", at=at, by=officer)

    assert not Contact.objects.exists()
    assert not company.leads.exists()


def test_a_clash_shows_the_other_number_in_part(contact, officer, colleague, at):
    edit_contact(contact, changes={"phone": "13900005678"}, expected_version=1, at=at, by=colleague)

    with pytest.raises(StaleEdit) as stale:
        edit_contact(contact, changes={"phone": "13700001111"}, expected_version=1, at=at, by=officer)

    assert stale.value.current["phone"] == "139****5678"


def test_numbers_in_the_text_of_a_lead_survive_an_edit_of_what_is_shown(make_lead, officer, at):
    lead = make_lead(content="联系王总 13800001234")

    edit_lead(lead, changes={"content": "联系王总 138****1234，周五前"}, at=at, by=officer)

    lead.refresh_from_db()
    assert lead.content == "联系王总 13800001234，周五前"


def test_the_page_shows_a_link_to_call_after_the_look(signed_in, contact, officer):
    client, address = signed_in(officer), reverse("crm:contact-reveal", args=[contact.pk])

    whole = client.post(address)
    part = client.post(address, headers={"HX-Request": "true"})

    assert f'href="tel:{PHONE}"' in whole.content.decode()
    assert f'href="tel:{PHONE}"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "no-store" in part["Cache-Control"]
    assert client.get(address).status_code == 405


@pytest.fixture
def talk(make_lead, officer, park, at):
    lead = make_lead()
    said = {"people": "王总 13700001111", "summary": f"他的手机 {PHONE}", "next_step": "致电 13700002222"}
    return record_interaction(park=park, company=lead.company, lead=lead, **said, at=at, by=officer)


@pytest.mark.parametrize("where", ["company", "lead"])
def test_numbers_in_a_conversation_are_shown_in_part_until_asked_for(signed_in, talk, officer, auditor, where):
    page = {
        "company": reverse("crm:company-detail", args=[talk.company_id]),
        "lead": reverse("crm:lead-detail", args=[talk.lead_id]),
    }[where]
    reveal = reverse("crm:interaction-reveal", args=[talk.pk])
    for person, may_ask in ((officer, True), (auditor, False)):
        seen = signed_in(person).get(page).content.decode()
        assert not [number for number in (PHONE, "13700001111", "13700002222") if number in seen]
        assert "138****1234" in seen
        assert (reveal in seen) == may_ask

    assert PHONE in signed_in(officer).post(reveal).content.decode()
    assert AuditEntry.objects.filter(verb="crm.reveal_interaction", subject_id=talk.pk).count() == 1
