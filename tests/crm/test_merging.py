"""Two companies or contacts become one: nothing is lost, nothing is guessed, and it can be taken back exactly."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from core.batches import batch
from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from core.search import find
from core.undo import undo_batch
from crm import merging
from crm.actions import (
    add_contact,
    edit_company,
    edit_contact,
    introduce_company,
    merge_companies,
    merge_contacts,
    record_interaction,
    register_lead,
    unmerge,
)
from crm.actions.merged import MergedMeanwhile
from crm.merging import moving
from crm.models import Company, Contact, Interaction, Merge
from projects.actions import record_project_interaction
from tests.conftest import CODE

pytestmark = pytest.mark.django_db
OTHER_CODE = "91370200163562681G"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def pair(make_company, make_lead, make_project, officer, park, other_park, at):
    """Two records of one company, each with everything a company can have."""
    keep = make_company("翰博光电", aliases=["翰博", "HB"], address="长城路 1 号")
    drop = make_company("翰博光电股份", aliases=["HB", "HIBR"], ownership="private", credit_code=CODE)
    for company in (keep, drop):
        lead = make_lead(company=company)
        contact = add_contact(company, full_name="韩某", phone="13800001234", at=at, by=officer)
        talk = {"company": company, "summary": "谈了用地", "contacts": [contact]}
        record_interaction(park=park, lead=lead, **talk, at=at, by=officer)
        record_interaction(park=park, **talk, at=at, by=officer)
        make_project(company=company, name=f"{company.name}基地")
    introduce_company(drop, park=other_park, at=at, by=officer)
    return keep, drop


def everything():
    """Every row that a merge may touch, as it is; only the counters of versions are left out."""
    models = {relation.model for model in (Company, Contact) for relation in moving(model)} | {Company, Contact}
    left_out = {"version"}
    return {
        model._meta.label: {
            row["id"]: {name: value for name, value in row.items() if name not in left_out}
            for row in model._base_manager.values()
        }
        for model in models
    }


def test_everything_known_of_either_is_known_of_the_kept_one(pair, officer, admin, at):
    keep, drop = pair

    merge = merge_companies(keep, drop, at=at, by=admin)

    keep.refresh_from_db()
    assert (keep.name, keep.credit_code, keep.ownership, keep.address) == ("翰博光电", CODE, "private", "长城路 1 号")
    assert sorted(alias.name for alias in keep.aliases.all()) == ["HB", "HIBR", "翰博", "翰博光电股份"]
    found = [keep.leads.count(), keep.interactions.count(), keep.contacts.count(), keep.projects.count()]
    assert found == [2, 4, 2, 2]
    assert sorted(link.park.code for link in keep.known_in.all()) == ["QD-BIO", "QD-IC"]
    assert not Company.objects.filter(pk=drop.pk).exists()
    assert Company.with_merged.get(pk=drop.pk).merged_into == keep
    assert list(Company.objects.called("翰博光电股份")) == [keep]
    entry = AuditEntry.objects.get(verb="crm.merge_companies")
    assert (entry.subject_id, entry.by) == (keep.pk, admin)
    assert entry.changes["merged"] == [None, "翰博光电股份"]
    assert entry.changes["credit_code"] == [None, CODE]
    assert merge.moved["crm.lead.company"]


def test_taken_back_everything_is_as_it_was(pair, admin, at):
    keep, drop = pair
    before = everything()
    chosen = {"name": "drop", "address": "drop"}

    merge = merge_companies(keep, drop, take=chosen, at=at, by=admin)
    assert everything() != before
    unmerge(merge, at=at, by=admin)

    assert everything() == before
    merge.refresh_from_db()
    assert (merge.undone_at, merge.undone_by) == (at, admin)
    with pytest.raises(RuleViolation, match="taken back already"):
        unmerge(merge, at=at, by=admin)


def test_a_relation_nobody_described_stops_the_merge(pair, admin, at, monkeypatch):
    monkeypatch.delitem(merging._known, "crm.lead.company")
    before = everything()

    with pytest.raises(RuleViolation, match="how crm.lead.company is merged"):
        merge_companies(*pair, at=at, by=admin)

    assert everything() == before
    assert not Merge.objects.exists()


def test_two_credit_codes_are_not_merged_by_guess(make_company, admin, at):
    keep, drop = make_company("甲", credit_code=CODE), make_company("乙", credit_code=OTHER_CODE)

    with pytest.raises(RuleViolation, match="may be two companies") as refused:
        merge_companies(keep, drop, at=at, by=admin)
    assert set(refused.value.fields) == {"credit_code"}

    before = everything()
    merge = merge_companies(keep, drop, take={"credit_code": "drop"}, at=at, by=admin)
    keep.refresh_from_db()
    assert keep.credit_code == OTHER_CODE
    unmerge(merge, at=at, by=admin)
    assert everything() == before


@pytest.mark.parametrize("take", [{"version": "drop"}, {"merged_into": "drop"}, {"name": "both"}])
def test_only_fields_that_are_edited_can_be_chosen(pair, admin, at, take):
    before = everything()

    with pytest.raises(RuleViolation, match="Choose|cannot be chosen"):
        merge_companies(*pair, take=take, at=at, by=admin)

    assert everything() == before


@pytest.mark.parametrize("who", ["officer", "outsider", "operator", "auditor"])
def test_whoever_may_not_edit_in_every_park_leaves_it_to_the_office(pair, request, at, who):
    before = everything()

    with pytest.raises(PermissionDenied):
        merge_companies(*pair, at=at, by=request.getfixturevalue(who))

    assert everything() == before


def test_an_officer_merges_what_only_their_park_knows(make_company, officer, at):
    merge = merge_companies(make_company("甲"), make_company("乙"), at=at, by=officer)

    assert Merge.objects.get() == merge


def test_a_merge_of_what_changed_meanwhile_is_stale(pair, officer, admin, at):
    keep, drop = pair
    edit_company(drop, changes={"address": "新地址"}, expected_version=1, at=at, by=officer)

    with pytest.raises(StaleEdit):
        merge_companies(keep, drop, keep_version=1, drop_version=1, at=at, by=admin)

    assert not Merge.objects.exists()


def test_nothing_is_merged_with_itself_or_twice(pair, make_company, admin, at):
    keep, drop = pair
    with pytest.raises(RuleViolation, match="with itself"):
        merge_companies(keep, keep, at=at, by=admin)
    merge_companies(keep, drop, at=at, by=admin)

    with pytest.raises(RuleViolation, match="merged already"):
        merge_companies(make_company("丙"), drop, at=at, by=admin)
    with pytest.raises(RuleViolation, match="merged already"):
        merge_companies(drop, keep, at=at, by=admin)


def test_whoever_was_editing_the_dropped_one_is_told_into_what_it_went(pair, officer, admin, at):
    keep, drop = pair
    merge_companies(keep, drop, at=at, by=admin)

    with pytest.raises(MergedMeanwhile, match="翰博光电股份 was merged into 翰博光电 by 高原 on 2024-04-18") as stale:
        edit_company(drop, changes={"address": "新地址"}, expected_version=1, at=at, by=officer)

    assert stale.value.into == keep
    assert stale.value.current["address"] == "长城路 1 号"
    assert Company.with_merged.get(pk=drop.pk).address == ""


def test_nothing_new_is_hung_on_the_dropped_one(pair, officer, admin, park, at):
    keep, drop = pair
    merge_companies(keep, drop, at=at, by=admin)
    stale = Company.with_merged.get(pk=drop.pk)

    for deed in (
        lambda: register_lead(park=park, company=stale, at=at, by=officer),
        lambda: record_interaction(park=park, company=stale, summary="电话", at=at, by=officer),
        lambda: add_contact(stale, full_name="新人", at=at, by=officer),
    ):
        with pytest.raises(MergedMeanwhile):
            deed()

    assert not [rows for rows in (stale.leads, stale.interactions, stale.contacts) if rows.exists()]


def test_what_was_done_since_goes_back_with_what_it_hangs_on(pair, officer, admin, park, at):
    keep, drop = pair
    drops_lead = drop.leads.get()
    merge = merge_companies(keep, drop, at=at, by=admin)
    drops_lead.refresh_from_db()
    talk = record_interaction(park=park, company=keep, lead=drops_lead, summary="之后", at=at, by=officer)
    fresh = register_lead(park=park, company=keep, at=at, by=officer)

    unmerge(merge, at=at, by=admin)

    talk.refresh_from_db()
    fresh.refresh_from_db()
    assert talk.company == drop
    assert fresh.company == keep


def test_what_was_said_about_a_project_since_goes_back_with_it(pair, officer, admin, at):
    keep, drop = pair
    project = drop.projects.get()
    merge = merge_companies(keep, drop, at=at, by=admin)
    project.refresh_from_db()
    talk = record_project_interaction(project, summary="之后", at=at, by=officer)

    unmerge(merge, at=at, by=admin)

    talk.refresh_from_db()
    assert talk.company == drop


def test_the_search_finds_both_names_while_they_are_one_and_each_its_own_before_and_after(pair, officer, admin, at):
    keep, drop = pair
    lead = drop.leads.get()

    def found(kind, text):
        return set(find(kind, text, scopes=None, most=20))

    merge = merge_companies(keep, drop, at=at, by=admin)
    assert found("company", "翰博光电股份") == found("company", "HIBR") == {keep.pk}
    assert lead.pk in found("lead", "翰博光电股份")
    unmerge(merge, at=at, by=admin)
    assert found("company", "HIBR") == found("company", "翰博光电股份") == {drop.pk}
    assert keep.leads.get().pk not in found("lead", "翰博光电股份")


def test_a_field_changed_since_stops_the_unmerge_until_it_is_put_back(pair, officer, admin, at):
    keep, drop = pair
    merge = merge_companies(keep, drop, at=at, by=admin)
    edit_company(keep, changes={"ownership": "foreign"}, at=at, by=officer)
    edit_company(keep, changes={"address": "另一处"}, at=at, by=officer)  # not a field the merge had touched
    before = everything()

    with pytest.raises(RuleViolation, match="“Ownership” was changed after the merge"):
        unmerge(merge, at=at, by=admin)
    assert everything() == before

    edit_company(keep, changes={"ownership": "private"}, at=at, by=officer)
    unmerge(merge, at=at, by=admin)
    keep.refresh_from_db()
    assert (keep.ownership, keep.address) == ("", "另一处")


def test_a_conversation_with_people_of_both_stops_the_unmerge(pair, officer, admin, park, at):
    keep, drop = pair
    merge = merge_companies(keep, drop, at=at, by=admin)
    people = list(keep.contacts.all())
    talk = {"park": park, "company": keep, "summary": "都在", "happened_on": date(2024, 4, 17)}
    record_interaction(contacts=people, **talk, at=at, by=officer)
    before = everything()

    with pytest.raises(RuleViolation, match="2024-04-17, logged after the merge, names people of both"):
        unmerge(merge, at=at, by=admin)

    assert everything() == before


def test_a_chain_is_taken_back_from_its_end(pair, make_company, admin, at):
    keep, drop = pair
    last = make_company("丙")
    before = everything()
    first = merge_companies(keep, drop, at=at, by=admin)
    second = merge_companies(last, keep, at=at, by=admin)

    assert Company.with_merged.get(pk=drop.pk).merged_into == last
    with pytest.raises(RuleViolation, match="Take that merge back first"):
        unmerge(first, at=at, by=admin)
    unmerge(second, at=at, by=admin)
    unmerge(first, at=at, by=admin)

    assert everything() == before


def test_the_kept_one_stays_known_where_something_of_it_lies_by_now(pair, outsider, other_park, admin, at):
    keep, drop = pair
    merge = merge_companies(keep, drop, at=at, by=admin)
    keep.refresh_from_db()
    lead = register_lead(park=other_park, company=keep, at=at, by=outsider)

    unmerge(merge, at=at, by=admin)

    assert Company.objects.visible_to(outsider).filter(pk=keep.pk).exists()
    lead.refresh_from_db()
    assert lead.company == keep


def test_a_code_taken_by_somebody_else_since_stops_the_unmerge(make_company, admin, at):
    keep, drop = make_company("甲", credit_code=CODE), make_company("乙", credit_code=OTHER_CODE)
    merge = merge_companies(keep, drop, take={"credit_code": "drop"}, at=at, by=admin)
    make_company("丙", credit_code=CODE)

    with pytest.raises(RuleViolation, match="already registered with this credit code"):
        unmerge(merge, at=at, by=admin)

    keep.refresh_from_db()
    assert keep.credit_code == OTHER_CODE


def test_the_code_of_the_dropped_one_leads_to_the_kept_one(make_company, officer, at):
    keep, drop = make_company("甲", credit_code=CODE), make_company("乙", credit_code=OTHER_CODE)
    merge_companies(keep, drop, take={"credit_code": "keep"}, at=at, by=officer)

    with pytest.raises(RuleViolation, match="甲 is already registered with this credit code"):
        make_company("丙", credit_code=OTHER_CODE)
    with pytest.raises(RuleViolation, match="Take that merge back"):
        edit_company(keep, changes={"credit_code": OTHER_CODE}, at=at, by=officer)


def test_the_toast_takes_a_merge_back(make_company, officer, at):
    keep, drop = make_company("甲"), make_company("乙")
    before = everything()
    with batch() as done:
        merge_companies(keep, drop, at=at, by=officer)

    told = undo_batch(done.id, at=at, by=officer)

    assert everything() == before
    assert told.said.startswith("Merge taken back")
    assert Merge.objects.get().undone_at == at


# ── contacts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def people(make_company, officer, park, at):
    """Two records of one person; of two conversations one names both."""
    company = make_company()
    keep = add_contact(company, full_name="韩某", phone="13800001234", at=at, by=officer)
    drop = add_contact(company, full_name="韩经理", phone="13900005678", email="han@example.com", at=at, by=officer)
    for contacts in ([drop], [keep, drop]):
        record_interaction(park=park, company=company, summary="谈", contacts=contacts, at=at, by=officer)
    return keep, drop


def test_contacts_become_one_and_two_again(people, officer, at):
    keep, drop = people
    before = everything()

    merge = merge_contacts(keep, drop, take={"phone": "drop"}, at=at, by=officer)

    keep.refresh_from_db()
    assert (keep.full_name, keep.phone, keep.email) == ("韩某", "13900005678", "han@example.com")
    assert [list(talk.contacts.all()) for talk in Interaction.objects.all()] == [[keep], [keep]]
    assert list(keep.company.contacts.all()) == [keep]
    unmerge(merge, at=at, by=officer)
    assert everything() == before


def test_people_of_two_companies_are_not_one(people, make_company, officer, at):
    stranger = add_contact(make_company("别家"), full_name="韩某", at=at, by=officer)

    with pytest.raises(RuleViolation, match="Merge the companies first"):
        merge_contacts(people[0], stranger, at=at, by=officer)

    assert not Merge.objects.exists()


def test_whoever_was_editing_the_dropped_contact_is_told(people, officer, colleague, at):
    keep, drop = people
    merge_contacts(keep, drop, at=at, by=colleague)

    with pytest.raises(MergedMeanwhile, match="韩经理 was merged into 韩某 by 周敏之") as stale:
        edit_contact(drop, changes={"post": "总监"}, expected_version=1, at=at, by=officer)

    assert stale.value.current["phone"] == "138****1234"


@pytest.mark.parametrize("who", ["operator", "auditor", "outsider"])
def test_others_merge_no_contacts(people, request, at, who):
    with pytest.raises(PermissionDenied):
        merge_contacts(*people, at=at, by=request.getfixturevalue(who))

    assert not Merge.objects.exists()


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_compares_merges_and_takes_back(signed_in, make_company, make_lead, officer):
    keep = make_company("翰博光电", address="长城路 1 号")
    drop = make_company("翰博光电股份", address="长城路 2 号", credit_code=CODE)
    make_lead(company=drop)
    client, page = signed_in(officer), reverse("crm:company-merge", args=[keep.pk])

    offered = client.get(page).content.decode()
    compared = client.get(f"{page}?with={drop.pk}")

    assert f"with={drop.pk}" in offered
    assert {name: field.initial for name, field in compared.context["form"].fields.items()} == {
        "name": "keep",
        "credit_code": "drop",
        "address": "keep",
    }
    # Both are known in the one park, so that stays as it is.
    assert [(str(label), number) for label, number in compared.context["moves"]] == [("Leads", 1)]

    said = {"with": drop.pk, "name": "keep", "credit_code": "drop", "address": "drop"}
    said |= {"keep_version": 1, "drop_version": 1}
    answer = client.post(page, said)
    assert answer.url == reverse("crm:company-detail", args=[keep.pk])
    keep.refresh_from_db()
    assert (keep.address, keep.credit_code) == ("长城路 2 号", CODE)
    # The old address leads on, and the kept page names the merge.
    led = client.get(reverse("crm:company-detail", args=[drop.pk]))
    assert led.url == answer.url
    merge = Merge.objects.get()
    undo = reverse("crm:merge-undo", args=[merge.pk])
    assert reverse("crm:merge-detail", args=[merge.pk]) in client.get(answer.url).content.decode()
    assert undo in client.get(reverse("crm:merge-detail", args=[merge.pk])).content.decode()
    assert client.post(undo).status_code == 302
    assert Company.objects.filter(pk=drop.pk).exists()


def test_the_page_keeps_the_choices_when_somebody_changed_one_meanwhile(
    signed_in, make_company, officer, colleague, at
):
    keep, drop = make_company("甲", address="一号"), make_company("乙", address="二号")
    edit_company(drop, changes={"country": "德国"}, at=at, by=colleague)
    said = {"with": drop.pk, "name": "drop", "address": "drop", "country": "drop", "keep_version": 1, "drop_version": 1}

    answer = signed_in(officer).post(reverse("crm:company-merge", args=[keep.pk]), said)

    assert answer.status_code == 200
    seen = answer.content.decode()
    assert "Somebody else changed this Company meanwhile" in seen
    assert 'name="drop_version" value="2"' in seen
    assert answer.context["form"]["name"].value() == "drop"
    assert not Merge.objects.exists()


def test_what_was_typed_on_the_dropped_company_is_kept_for_the_kept_one(
    signed_in, make_company, officer, colleague, at
):
    keep = make_company("甲", address="一号", aliases=["A"], credit_code=CODE, is_top_500=True)
    drop = make_company("乙", aliases=["B"])
    client, page = signed_in(officer), reverse("crm:company-edit", args=[drop.pk])
    form = client.get(page).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value()}
    typed |= {"address": "三号", "aliases": "B\nC", "version": 1}
    merge_companies(keep, drop, at=at, by=colleague)

    answer = client.post(page, typed)

    assert "乙 was merged into 甲 by 周敏之" in answer.content.decode()
    assert f'action="{reverse("crm:company-edit", args=[keep.pk])}"' in answer.content.decode()
    form = answer.context["form"]
    assert form.clashes == [("Address", "三号", "一号")]
    # Only what was typed goes over; the name and the code of the kept one stay.
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    assert set(again["aliases"].splitlines()) == {"A", "B", "C", "乙"}
    answer = client.post(answer.context["action"], again | {"version": answer.context["version"]})
    assert answer.status_code == 302
    keep.refresh_from_db()
    assert (keep.name, keep.address, keep.credit_code, keep.is_top_500) == ("甲", "三号", CODE, True)
    assert client.get(page).url == reverse("crm:company-detail", args=[keep.pk])


def test_what_was_typed_on_the_dropped_contact_is_kept_for_the_kept_one(signed_in, people, officer, colleague, at):
    keep, drop = people
    client, page = signed_in(officer), reverse("crm:contact-edit", args=[drop.pk])
    merge_contacts(keep, drop, at=at, by=colleague)

    answer = client.post(page, {"full_name": "韩经理", "post": "总监", "version": 1})

    assert "韩经理 was merged into 韩某" in answer.content.decode()
    assert f'action="{reverse("crm:contact-edit", args=[keep.pk])}"' in answer.content.decode()
    assert client.get(page).url == reverse("crm:contact-edit", args=[keep.pk])


def test_a_stranger_reaches_neither_the_merge_nor_what_it_led_to(signed_in, make_company, officer, outsider, at):
    keep, drop = make_company("甲"), make_company("乙")
    merge = merge_companies(keep, drop, at=at, by=officer)
    client = signed_in(outsider)

    for name, key in (("company-detail", drop.pk), ("company-edit", drop.pk), ("company-merge", drop.pk)):
        assert client.get(reverse(f"crm:{name}", args=[key])).status_code == 404
    assert client.get(reverse("crm:merge-detail", args=[merge.pk])).status_code == 404
    assert client.post(reverse("crm:merge-undo", args=[merge.pk])).status_code == 404


def test_the_undo_page_tells_why_not(signed_in, make_company, officer, at):
    keep, drop = make_company("甲"), make_company("乙", address="二号")
    merge = merge_companies(keep, drop, at=at, by=officer)
    edit_company(keep, changes={"address": "三号"}, at=at, by=officer)

    answer = signed_in(officer).post(reverse("crm:merge-undo", args=[merge.pk]))

    assert answer.status_code == 409
    assert "“Address” was changed after the merge" in answer.content.decode()
