"""Taking back what was just done with companies, contacts, leads and conversations, and when that is refused."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.batches import batch
from core.errors import RuleViolation
from core.models import AuditEntry
from core.undo import AT_ONCE, undo_batch
from crm.actions import (
    add_contact,
    advance_lead,
    edit_company,
    edit_contact,
    edit_lead,
    record_interaction,
    register_company,
    register_lead,
)
from crm.lifecycle import LeadStage
from crm.models import Company, CompanyPark, Contact, Interaction, Lead, LeadStageChange
from parks.models import Membership

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=8)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def lead(make_lead):
    return make_lead(content="湿法设备")


@pytest.fixture
def do(at, officer):
    """Do a deed in a batch of its own; gives the batch's id."""

    def deed(verb, *args, **given):
        with batch() as done:
            verb(*args, **{"at": at, "by": officer, **given})
        return done.id

    return deed


@pytest.fixture
def undo(at, officer):
    return lambda batch_id, **given: undo_batch(batch_id, **{"at": at + SOON, "by": officer, **given})


def kept(lead):
    lead = Lead.objects.get(pk=lead.pk)
    return {
        field.attname: getattr(lead, field.attname) for field in Lead._meta.concrete_fields if field.name != "version"
    }


def test_a_logged_lead_goes_with_the_company_and_the_contact_made_along_with_it(do, undo, park):
    done = do(register_lead, park=park, company_name="云鲸智能", contact_name="王一", contact_phone="13800001234")

    told = undo(done)

    assert not Lead.objects.exists()
    assert not LeadStageChange.with_undone.exists()
    assert not Company.objects.exists()
    assert not Contact.objects.exists()
    assert (told.said, told.kept) == ("Lead taken back: 云鲸智能", [])
    assert set(AuditEntry.objects.exclude(undoes=None).values_list("verb", flat=True)) == {
        "crm.register_lead.undone",
        "crm.add_contact.undone",
        "crm.register_company.undone",
    }


def test_the_company_stays_where_somebody_uses_it_already(do, undo, park, colleague, at):
    done = do(register_lead, park=park, company_name="云鲸智能", contact_name="王一")
    company = Company.objects.get()
    register_lead(park=park, company=company, at=at, by=colleague)

    told = undo(done)

    assert Lead.objects.get().recorded_by == colleague
    assert Company.objects.get() == company
    assert len(told.kept) == 1
    assert "云鲸智能 has been worked with since" in told.kept[0]


def test_a_lead_with_a_conversation_is_not_taken_back(do, undo, park, colleague, at):
    done = do(register_lead, park=park, company_name="云鲸智能")
    lead = Lead.objects.get()
    record_interaction(park=park, company=lead.company, lead=lead, summary="已回电", at=at, by=colleague)
    trace = AuditEntry.objects.count()

    with pytest.raises(RuleViolation, match="worked with since"):
        undo(done)

    assert Lead.objects.get() == lead
    assert AuditEntry.objects.count() == trace


def test_a_company_made_known_in_a_park_by_a_lead_is_unknown_there_again(do, undo, make_company, other_park, outsider):
    company = make_company()
    done = do(register_lead, park=other_park, company=company, by=outsider)
    assert CompanyPark.objects.filter(company=company).count() == 2

    undo(done, by=outsider)

    assert CompanyPark.objects.get(company=company).park != other_park
    assert Company.objects.get() == company


def test_an_edit_puts_every_changed_field_back(do, undo, lead, colleague):
    before = kept(lead)
    changes = {
        "received_on": date(2024, 3, 29),
        "intended_investment_wan": Decimal(60000),
        "owner": colleague,
        "next_step_due_on": date(2024, 5, 2),
        "title": "二期",
        "industry": "C39",
        "land_wanted_mu": Decimal("30.50"),
    }
    done = do(edit_lead, lead, changes=changes)
    assert kept(lead) != before

    undo(done)

    assert kept(lead) == before
    assert Lead.objects.get().version == 3, "a form opened before the undo must not save over it"


def test_a_step_taken_back_stays_in_the_table_and_counts_nowhere(do, undo, lead, at, officer):
    before = kept(lead)
    done = do(advance_lead, lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2))

    undo(done)

    assert kept(lead) == before
    assert [change.to_stage for change in lead.stage_changes.all()] == ["registered"]
    assert LeadStageChange.with_undone.get(to_stage="responded").undone_at == at + SOON
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at + 2 * SOON, by=officer)
    assert lead.stage_changes.count() == 2


def test_shelving_and_going_back_are_taken_back_too(do, undo, lead):
    shelved = do(advance_lead, lead, to=LeadStage.SHELVED, effective_on=date(2024, 4, 2), shelving_reason="invalid")
    undo(shelved)
    assert (kept(lead)["stage"], kept(lead)["shelving_reason"]) == ("registered", "")

    do(advance_lead, lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2))
    back = do(advance_lead, lead, to=LeadStage.REGISTERED, effective_on=date(2024, 4, 3), note="联系人换了")
    undo(back)
    assert (kept(lead)["stage"], kept(lead)["stage_since"]) == ("responded", date(2024, 4, 2))


def test_a_conversation_taken_back_gives_the_lead_its_earlier_next_step(do, undo, lead, park, at, officer):
    first = {"next_step": "送方案", "next_step_due_on": date(2024, 4, 20), "happened_on": date(2024, 4, 10)}
    talk = {"park": park, "company": lead.company, "lead": lead}
    record_interaction(**talk, **first, summary="来电", at=at, by=officer)
    before = kept(lead)
    second = {"next_step": "回访", "next_step_due_on": date(2024, 4, 25), "happened_on": date(2024, 4, 15)}
    done = do(record_interaction, **talk, **second, summary="误记")

    undo(done)

    assert kept(lead) == before
    assert Interaction.objects.get().summary == "来电"


def test_the_latest_contact_stays_that_of_a_conversation_logged_meanwhile(do, undo, lead, park, colleague, at):
    talk = {"park": park, "company": lead.company, "lead": lead, "happened_on": date(2024, 4, 15)}
    done = do(record_interaction, **talk, summary="误记")
    record_interaction(**talk, summary="另一次", at=at, by=colleague)

    undo(done)

    assert kept(lead)["last_contact_on"] == date(2024, 4, 15)


def test_companies_and_contacts_go_back_to_what_they_were(do, undo, park, make_company, officer, at):
    company = make_company(aliases=["翰博"])
    contact = add_contact(company, full_name="王一", phone="13800001234", at=at, by=officer)
    renamed = do(edit_company, company, changes={"name": "翰博集团", "is_leading": True}, aliases=["翰博", "HB"])
    moved = do(edit_contact, contact, changes={"phone": "13900000000", "post": "经理"})

    undo(moved)
    undo(renamed)

    contact.refresh_from_db()
    company.refresh_from_db()
    assert (contact.phone, contact.post) == ("13800001234", "")
    assert (company.name, company.normal_name, company.is_leading) == ("翰博光电", "翰博光电", False)
    assert list(company.aliases.values_list("name", flat=True)) == ["翰博"]
    undo(do(register_company, name="新公司", park=park, aliases=["新"]))
    assert Company.objects.get() == company


def test_it_is_possible_to_the_last_second_and_not_one_longer(do, undo, lead, at):
    done = do(edit_lead, lead, changes={"title": "二期"})

    with pytest.raises(RuleViolation, match="time for taking this back is over"):
        undo(done, at=at + AT_ONCE + timedelta(seconds=1))
    assert kept(lead)["title"] == "二期"

    undo(done, at=at + AT_ONCE)
    assert kept(lead)["title"] == ""


def test_only_the_person_who_did_it_takes_it_back(do, undo, lead, colleague, admin):
    done = do(edit_lead, lead, changes={"title": "二期"})

    for other in (colleague, admin):
        with pytest.raises(PermissionDenied, match="Only the person"):
            undo(done, by=other)
    with pytest.raises(PermissionDenied):
        undo(uuid4())

    assert kept(lead)["title"] == "二期"


def test_nothing_is_taken_back_twice(do, undo, lead):
    done = do(edit_lead, lead, changes={"title": "二期"})
    undo(done)
    trace = AuditEntry.objects.count()

    with pytest.raises(RuleViolation, match="taken back already"):
        undo(done)

    assert AuditEntry.objects.count() == trace


def test_what_somebody_edited_since_is_left_alone(do, undo, lead, colleague, at):
    done = do(edit_lead, lead, changes={"title": "二期"})
    edit_lead(lead, changes={"content": "改由对方出资"}, at=at, by=colleague)

    with pytest.raises(RuleViolation, match="二期 has been worked with since"):
        undo(done)

    assert (kept(lead)["title"], kept(lead)["content"]) == ("二期", "改由对方出资")


def test_two_edits_are_taken_back_one_after_the_other(do, undo, lead):
    first = do(edit_lead, lead, changes={"title": "二期"})
    second = do(edit_lead, lead, changes={"title": "三期"})

    with pytest.raises(RuleViolation, match="worked with since"):
        undo(first)
    undo(second)
    undo(first)

    assert kept(lead)["title"] == ""


def test_whoever_lost_the_role_can_take_nothing_back(do, undo, lead, officer):
    done = do(edit_lead, lead, changes={"title": "二期"})
    Membership.objects.filter(user=officer).delete()
    del officer._posts

    with pytest.raises(PermissionDenied):
        undo(done)

    assert kept(lead)["title"] == "二期"


def test_a_batch_stands_or_falls_whole(do, undo, lead, make_lead, officer, colleague, at):
    other = make_lead(company_name="云鲸智能")

    def both(*, at, by):
        for each in (lead, other):
            edit_lead(each, changes={"title": "二期"}, at=at, by=by)

    done = do(both)
    edit_lead(other, changes={"content": "x"}, at=at, by=colleague)

    with pytest.raises(RuleViolation, match="worked with since"):
        undo(done)
    assert kept(lead)["title"] == "二期"

    told = undo(done, leave_touched=True)
    assert (kept(lead)["title"], kept(other)["title"]) == ("", "二期")
    assert len(told.kept) == 1
