"""Companies, contacts, leads and interactions over the API."""

from datetime import date

import pytest

from core.models import AuditEntry
from crm.actions import add_contact, advance_lead, record_interaction
from crm.lifecycle import LeadStage
from crm.models import Company, Contact, Lead
from projects.actions import open_project
from projects.models import Project
from tests.conftest import CODE


def test_a_lead_brings_its_company_and_contact_along(api, officer, park):
    answer = api(officer).post(
        "/leads/",
        {
            "park": "QD-IC",
            "company_name": "贝斯兰",
            "contact_name": "样例联系人",
            "contact_phone": "13800001234",
            "intended_investment_wan": "3亿",
            "received_on": "2024-04-01",
        },
    )

    assert answer.status_code == 201
    lead = answer.json()
    assert lead["company"]["name"] == "贝斯兰"
    assert lead["intended_investment_wan"] == "30000.0000"
    assert (lead["stage_code"], lead["owner"]["username"]) == ("L10", "officer")
    assert Contact.objects.get().company_id == lead["company"]["id"]


def test_a_lead_says_what_its_next_steps_need_and_keeps_its_path(api, officer, make_lead):
    lead = make_lead()

    answer = api(officer).post(f"/leads/{lead.pk}/advance/", {"to": "responded", "effective_on": "2024-04-02"})

    shown = answer.json()
    assert answer.status_code == 200
    assert [fact["to_stage"] for fact in shown["stage_path"]] == ["registered", "responded"]
    steps = {step["to"]: step for step in shown["next_steps"]}
    assert steps["assessing"]["code"] == "L30"
    assert steps["assessing"]["missing"] == ["尚未填写拟投资内容。"]
    assert steps["assessing"]["needs"] == []
    assert (steps["assessed"]["needs"], steps["assessed"]["missing"]) == (["note"], ["尚未写研判意见。"])
    assert (steps["shelved"]["needs"], steps["shelved"]["by"]) == (["shelving_reason"], "advance")


def test_a_step_of_which_nothing_is_missing_passes_without_a_word_more(api, officer, make_lead):
    lead = make_lead(content="刻蚀设备", intended_investment_wan=30000)
    caller = api(officer)

    def steps():
        return {step["to"]: step for step in caller.get(f"/leads/{lead.pk}/").json()["next_steps"]}

    for step, passes in ((steps()["shelved"], False), (steps()["responded"], True)):
        answer = caller.post(f"/leads/{lead.pk}/advance/", {"to": step["to"], "effective_on": "2024-04-02"})
        assert (not step["missing"], answer.status_code) == (passes, 200 if passes else 409)
    assert set(answer.json()) >= {"next_steps"}
    refused = caller.post(f"/leads/{lead.pk}/advance/", {"to": "assessed", "effective_on": "2024-04-02"})
    assert refused.json()["fields"] == {"note": steps()["assessed"]["missing"]}
    caller.post(f"/leads/{lead.pk}/advance/", {"to": "assessed", "effective_on": "2024-04-02", "note": "可行"})
    assert (steps()["converted"]["by"], steps()["converted"]["missing"]) == ("open-project", [])


def test_a_lead_cannot_skip_what_its_gate_demands(api, officer, make_lead):
    lead = make_lead()
    deeds = AuditEntry.objects.count()

    answer = api(officer).post(f"/leads/{lead.pk}/advance/", {"to": "L50", "effective_on": "2024-04-02"})

    assert answer.status_code == 409
    assert answer.json()["reasons"]
    lead.refresh_from_db()
    assert lead.stage == LeadStage.REGISTERED
    assert AuditEntry.objects.count() == deeds


def test_a_lead_becomes_a_project_and_stays_closed(api, officer, make_lead):
    lead = make_lead(content="刻蚀设备", intended_investment_wan=30000)
    caller = api(officer)
    for to in ("L20", "L31"):
        caller.post(f"/leads/{lead.pk}/advance/", {"to": to, "effective_on": "2024-04-02", "note": "可行"})

    answer = caller.post(
        f"/leads/{lead.pk}/open-project/",
        {"name": "刻蚀设备项目", "opened_on": "2024-04-12", "total_investment_wan": "5亿"},
    )

    assert answer.status_code == 201
    project = answer.json()
    assert (project["stage_code"], project["total_investment_wan"], project["lead"]) == ("P30", "50000.0000", lead.pk)
    assert project["content"] == "刻蚀设备"
    assert caller.get(f"/leads/{lead.pk}/").json()["stage_code"] == "L60"
    again = caller.post(f"/leads/{lead.pk}/open-project/", {"name": "再开一次"})
    assert again.status_code == 409
    assert any(project["code"] in reason for reason in again.json()["reasons"])
    assert Project.objects.count() == 1


def test_a_lead_whose_project_lies_elsewhere_says_only_that_it_became_one(api, officer, make_lead, other_park, at):
    lead = make_lead(content="刻蚀设备", intended_investment_wan=30000)
    for to in (LeadStage.RESPONDED, LeadStage.ASSESSED):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
    project = open_project(park=lead.park, name="项目", lead=lead, at=at, by=officer)
    Project.objects.filter(pk=project.pk).update(park=other_park)

    answer = api(officer).post(f"/leads/{lead.pk}/open-project/", {"name": "再开一次"})

    assert answer.status_code == 409
    assert answer.json()["reasons"] == ["该线索已转为项目。"]
    assert project.code not in answer.content.decode()


def test_a_lead_that_moved_on_opens_no_project_for_a_stale_caller(api, officer, make_lead):
    lead = make_lead(content="刻蚀设备", intended_investment_wan=30000)

    answer = api(officer).post(f"/leads/{lead.pk}/open-project/", {"name": "项目", "version": lead.version + 1})

    assert answer.status_code == 409
    assert answer.json()["current"] == {"version": lead.version}


def test_a_stale_edit_of_a_lead_is_told_what_stands_there_now(api, officer, colleague, make_lead):
    lead = make_lead()

    answer = api(officer).patch(f"/leads/{lead.pk}/", {"owner": colleague.pk, "version": lead.version + 1})

    assert answer.status_code == 409
    assert answer.json()["current"]["owner"] == officer.pk


def test_a_person_of_another_park_cannot_be_named_as_owner(api, officer, outsider, manager, make_lead):
    lead = make_lead()

    answer = api(officer).patch(f"/leads/{lead.pk}/", {"owner": outsider.pk})

    assert answer.status_code == 400
    assert "owner" in answer.json()["fields"]
    assert api(officer).patch(f"/leads/{lead.pk}/", {"owner": manager.pk}).status_code == 200


def test_a_credit_code_is_normalised_and_taken_once(api, officer, park):
    said = {"park": "QD-IC", "name": "翰博光电", "credit_code": " 91350100m000100y43 "}

    first = api(officer).post("/companies/", said)
    second = api(officer).post("/companies/", {**said, "name": "另一家"})

    assert first.status_code == 201
    assert first.json()["credit_code"] == CODE
    assert second.status_code == 409
    assert "credit_code" in second.json()["fields"]
    assert Company.objects.count() == 1


def test_a_name_that_is_known_needs_a_word_that_it_is_another(api, officer, make_company):
    make_company("翰博光电")
    said = {"park": "QD-IC", "name": "翰博光电有限公司"}

    assert api(officer).post("/companies/", said).status_code == 409
    assert api(officer).post("/companies/", {**said, "is_another": True}).status_code == 201


def test_a_company_is_found_by_alias_and_its_aliases_are_replaced_as_a_whole(api, officer, make_company):
    company = make_company(aliases=["翰博"])

    edited = api(officer).patch(f"/companies/{company.pk}/", {"aliases": ["HB"], "credit_code": None})

    assert edited.json()["aliases"] == ["HB"]
    assert [row["id"] for row in api(officer).get("/companies/", {"q": "HB"}).json()["results"]] == [company.pk]
    assert not api(officer).get("/companies/", {"q": "翰博x"}).json()["results"]


def test_a_conversation_moves_the_next_step_of_its_lead(api, officer, make_lead):
    lead = make_lead()

    answer = api(officer).post(
        "/interactions/",
        {
            "lead": lead.pk,
            "kind": "visit",
            "happened_on": "2024-04-03",
            "summary": "看了厂房",
            "next_step": "寄送方案",
            "next_step_due_on": "2024-04-10",
        },
    )

    assert answer.status_code == 201
    assert answer.json()["lead"] == lead.pk
    lead.refresh_from_db()
    assert lead.next_step == "寄送方案"


@pytest.mark.parametrize("named", [{}, {"park": "QD-IC"}, {"company": 1}])
def test_a_conversation_needs_a_lead_or_a_park_with_a_company(api, officer, make_company, named):
    company = make_company()
    said = {**named, "summary": "电话"}
    if "company" in said:
        said["company"] = company.pk

    answer = api(officer).post("/interactions/", said)

    assert answer.status_code == 400
    assert answer.json()["fields"]


def test_leads_are_narrowed_by_stage_code_owner_and_due_day(api, officer, colleague, make_lead):
    mine = make_lead(next_step="回访", next_step_due_on="2024-04-20")
    theirs = make_lead(company=mine.company, owner=colleague)

    def ids(**asked):
        return [row["id"] for row in api(officer).get("/leads/", asked).json()["results"]]

    assert sorted(ids(stage="L10")) == sorted([mine.pk, theirs.pk])
    assert ids(owner=colleague.pk) == [theirs.pk]
    assert ids(due_until="2024-04-20") == [mine.pk]
    assert ids(open="false") == []
    assert Lead.objects.count() == 2


@pytest.fixture
def contact(make_company, officer, at):
    given = {"phone": "13800001234", "email": "han@example.com", "note": "助理 13900005678"}
    return add_contact(make_company(), full_name="韩某", **given, at=at, by=officer)


def test_a_contact_goes_out_in_part_and_comes_back_without_loss(api, officer, contact):
    contact = contact
    shown = api(officer).get(f"/contacts/{contact.pk}/").json()

    saved = api(officer).patch(f"/contacts/{contact.pk}/", {name: shown[name] for name in ("phone", "email", "note")})

    assert (shown["phone"], shown["email"], shown["note"]) == ("138****1234", "h***@example.com", "助理 139****5678")
    assert saved.status_code == 200
    contact.refresh_from_db()
    assert (contact.phone, contact.email, contact.note) == ("13800001234", "han@example.com", "助理 13900005678")


def test_the_numbers_are_revealed_by_a_deed_of_its_own(api, officer, contact):
    answer = api(officer).post(f"/contacts/{contact.pk}/reveal/")

    assert answer.json()["phone"] == "13800001234"
    assert answer["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(verb="crm.reveal_contact", by=officer).count() == 1


def test_numbers_in_a_conversation_are_shown_in_part(api, officer, park, make_company, at):
    talk = record_interaction(park=park, company=make_company(), summary="手机 13800001234", at=at, by=officer)

    for answer in (api(officer).get(f"/interactions/{talk.pk}/"), api(officer).get("/interactions/")):
        assert "138****1234" in answer.content.decode()
        assert "13800001234" not in answer.content.decode()
    assert api(officer).post(f"/interactions/{talk.pk}/reveal/").json()["summary"] == "手机 13800001234"


def test_the_history_of_a_field_and_putting_it_back(api, officer, auditor, contact):
    api(officer).patch(f"/contacts/{contact.pk}/", {"phone": "13900005678"})

    (change, *_rest) = api(auditor).get(f"/contacts/{contact.pk}/history/").json()["results"]
    said = {"entry": change["entry"], "field": "phone"}
    stale = api(officer).post(f"/contacts/{contact.pk}/restore/", {**said, "version": 1})
    refused = api(auditor).post(f"/contacts/{contact.pk}/restore/", said)
    unknown = api(officer).post(f"/contacts/{contact.pk}/restore/", {**said, "entry": 999_999})
    saved = api(officer).post(f"/contacts/{contact.pk}/restore/", {**said, "version": 2})

    assert (change["before"], change["after"], change["verb"]) == ("138****1234", "139****5678", "crm.edit_contact")
    assert change["can_restore"]
    assert (stale.status_code, refused.status_code, unknown.status_code, saved.status_code) == (409, 403, 400, 200)
    contact.refresh_from_db()
    assert contact.phone == "13800001234"


def test_two_companies_are_looked_at_merged_and_parted(api, officer, auditor, outsider, make_company, make_lead):
    keep, drop = make_company("甲", address="一号"), make_company("乙", address="二号", country="德国")
    make_lead(company=drop)
    said = {"keep": keep.pk, "drop": drop.pk, "take": {"address": "drop"}}

    seen = api(officer).post("/companies/merge/", {**said, "preview": True})
    assert seen.status_code == 200
    assert {each["field"]: each["likely"] for each in seen.json()["differences"]} == {
        "name": "keep",
        "country": "drop",
        "address": "keep",
    }
    assert [(each["relation"], each["count"]) for each in seen.json()["moves"]] == [("crm.lead.company", 1)]
    assert Company.objects.filter(pk=drop.pk).exists()
    assert api(auditor).post("/companies/merge/", said).status_code == 403
    assert api(outsider).post("/companies/merge/", said).status_code == 400
    assert api(officer).post("/companies/merge/", {**said, "drop_version": 9}).status_code == 409
    assert api(officer).post("/companies/merge/", {**said, "take": {"address": "both"}}).status_code == 400

    done = api(officer).post("/companies/merge/", said)
    assert (done.status_code, done.json()["kept"], done.json()["moved"]["crm.lead.company"]) == (201, keep.pk, 1)
    assert api(officer).get(f"/companies/{keep.pk}/").json()["address"] == "二号"
    late = api(officer).patch(f"/companies/{drop.pk}/", {"address": "三号"})
    assert late.status_code == api(officer).get(f"/companies/{drop.pk}/").status_code == 409
    assert late.json()["current"]["merged_into"] == keep.pk
    assert api(outsider).get(f"/companies/{drop.pk}/").status_code == 404

    undo = f"/merges/{done.json()['id']}/undo/"
    assert api(outsider).post(undo).status_code == 404
    assert api(auditor).post(undo).status_code == 403
    assert api(officer).post(undo).json()["undone_by"] == str(officer)
    assert api(officer).post(undo).status_code == 409
    assert api(officer).get(f"/companies/{drop.pk}/").json()["address"] == "二号"


def test_two_contacts_are_merged_and_parted(api, officer, contact, at):
    twin = add_contact(contact.company, full_name="韩经理", post="副总", at=at, by=officer)

    done = api(officer).post("/contacts/merge/", {"keep": contact.pk, "drop": twin.pk})

    assert done.status_code == 201
    assert api(officer).get(f"/contacts/{contact.pk}/").json()["post"] == "副总"
    assert [row["id"] for row in api(officer).get("/contacts/").json()["results"]] == [contact.pk]
    assert api(officer).post(f"/merges/{done.json()['id']}/undo/").status_code == 200
    assert Contact.objects.count() == 2
