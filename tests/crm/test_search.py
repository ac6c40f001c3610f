"""The index follows the records: what is registered or changed is found at once, by whoever may see it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.batches import batch
from core.search import find
from core.search.index import rebuild
from core.search.models import SearchEntry
from core.undo import undo_batch
from crm.actions import add_contact, assign_lead, edit_company, edit_contact, edit_lead, introduce_company
from crm.models import Company, Lead
from projects.actions import edit_project, transfer_project
from projects.models import Project

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"


def found(kind, typed, scopes=None):
    return find(kind, typed, scopes=scopes, most=50)


@pytest.fixture
def hisense(make_company):
    return make_company("青岛海信电器股份有限公司", credit_code=CODE, aliases=["海信视像"])


@pytest.mark.parametrize(
    "typed",
    [
        "海信",
        "海信电器",
        "岛海信电",
        "青岛 电器",
        "電器",
        "海信（电器）",
        "qdhx",
        "QDHX",
        "ｑｄｈｘ",
        "hxdq",
        "haixin",
        "视像",
        "hxsx",
        CODE,
        CODE[:8].lower(),
    ],
)
def test_a_company_is_found_by(typed, hisense, make_company):
    make_company("翰博光电有限公司")

    assert found("company", typed) == [hisense.pk]


@pytest.mark.parametrize(
    "typed",
    [
        "信海",
        "电海",
        "海信空调",
        "",
        " ",
        "！",
        "🚀",
        '"',
        "*",
        "海信*器",
        "NEAR(海信)",
        "海信 OR 翰博",
        "海信 -电器x",
        "a" * 4000,
        "信" * 4000,
    ],
)
def test_a_company_is_not_found_by(typed, hisense):
    assert found("company", typed) == []


def test_signs_of_the_database_are_plain_text(hisense):
    assert found("company", '"海信" AND') == []
    assert found("company", '"海信"') == [hisense.pk]
    assert found("company", "own : 海信") == []
    assert found("company", "company@1") == []
    assert found("company", "100%") == []
    assert found("company", "海_") == [hisense.pk]


def test_a_lead_is_found_by_title_content_code_and_company(make_lead, hisense):
    lead = make_lead(company=hisense, title="电视模组二期", content="拟投资建设背光 LED 产线")
    make_lead()

    for typed in ("模组", "背光LED", "led 产线", lead.code, lead.code[:7] + " 海信", "海信视像", "qdhx"):
        assert found("lead", typed) == [lead.pk], typed


def test_a_contact_is_found_by_name_pinyin_company_and_the_end_of_the_number(hisense, at, officer):
    person = add_contact(hisense, full_name="王明远", phone="138 0000 5678", at=at, by=officer)

    for typed in ("明远", "wmy", "海信 王明", "5678", "13800005678", "+86 138-0000-5678"):
        assert found("contact", typed) == [person.pk], typed
    for typed in ("678", "05678", "00005678", "0000", "1380000"):
        assert found("contact", typed) == [], typed


def test_a_number_written_into_a_lead_cannot_be_fished_for(make_lead, hisense):
    content = "身份证 110101199003071233，邮箱 wang@hisense.cn"
    lead = make_lead(company=hisense, title="王总 13800005678", content=content)

    for typed in ("13800005678", "00005678", "05678", "1380", "110101", "wang"):
        assert found("lead", typed) == [], typed
    assert found("lead", "王总") == [lead.pk]


def test_a_project_is_found_by_name_investor_and_code(make_project, hisense):
    project = make_project(company=hisense, name="激光显示基地")

    for typed in ("激光", "jgxs", "海信", project.code, project.code[:7]):
        assert found("project", typed) == [project.pk], typed


def test_the_newest_is_first_and_no_more_than_asked_for(make_company):
    made = [make_company(f"青岛样例{number}号公司").pk for number in "一二三"]

    assert find("company", "样例", scopes=None, most=2) == made[:0:-1]


def test_only_what_lies_in_the_parks_asked_for_is_found(hisense, make_lead, park, other_park, zone, inner_park):
    lead = make_lead(company=hisense, title="模组", park=inner_park)

    for within in ({inner_park.pk}, {park.pk}, {zone.pk}, {other_park.pk, park.pk}):
        assert found("lead", "模组", within) == [lead.pk]
        assert found("company", "海信", within) == [hisense.pk]
    for within in ({other_park.pk}, set()):
        assert found("lead", "模组", within) == found("company", "海信", within) == []


def test_a_company_introduced_in_another_park_is_found_there_with_its_people(hisense, other_park, at, officer):
    person = add_contact(hisense, full_name="王明远", phone="13800005678", at=at, by=officer)

    introduce_company(hisense, park=other_park, at=at, by=officer)

    assert found("company", "海信", {other_park.pk}) == [hisense.pk]
    assert found("contact", "5678", {other_park.pk}) == [person.pk]


def test_a_lead_given_to_another_park_is_found_there_and_taken_back_found_here(
    hisense, make_lead, park, other_park, manager, at
):
    lead = make_lead(company=hisense, title="模组")

    with batch() as done:
        assign_lead(lead, park=other_park, effective_on=date(2024, 4, 18), at=at, by=manager)
    assert (found("lead", "模组", {other_park.pk}), found("lead", "模组", {park.pk})) == ([lead.pk], [])

    undo_batch(done.id, at=at, by=manager)
    assert (found("lead", "模组", {other_park.pk}), found("lead", "模组", {park.pk})) == ([], [lead.pk])


def test_a_renamed_company_and_its_leads_are_found_by_the_new_name_only(hisense, make_lead, make_project, at, officer):
    lead, project = make_lead(company=hisense, title="模组"), make_project(company=hisense)

    edit_company(hisense, changes={"name": "青岛创维电子"}, aliases=["创维"], at=at, by=officer)

    assert found("company", "创维") == [hisense.pk]
    assert found("lead", "创维") == found("lead", "qdcw") == [lead.pk]
    assert found("project", "创维") == [project.pk]
    for kind in ("company", "lead", "project"):
        assert found(kind, "海信") == []


def test_edited_records_are_found_by_what_they_say_now(make_lead, make_project, hisense, at, officer):
    lead = make_lead(company=hisense, title="模组")
    project = make_project(company=hisense, name="激光显示基地")
    person = add_contact(hisense, full_name="王明远", phone="13800005678", at=at, by=officer)

    edit_lead(lead, changes={"title": "整机"}, at=at, by=officer)
    edit_project(project, changes={"name": "冷链基地"}, at=at, by=officer)
    edit_contact(person, changes={"phone": "13900001234", "full_name": "李成"}, at=at, by=officer)

    assert (found("lead", "整机"), found("lead", "模组")) == ([lead.pk], [])
    assert (found("project", "冷链"), found("project", "激光")) == ([project.pk], [])
    assert (found("contact", "1234"), found("contact", "5678")) == ([person.pk], [])
    assert (found("contact", "李成"), found("contact", "王明")) == ([person.pk], [])


def test_a_refused_verb_leaves_the_index_alone(hisense, officer, outsider, at):
    with pytest.raises(PermissionDenied):
        edit_company(hisense, changes={"name": "别的公司"}, at=at, by=outsider)

    assert found("company", "别的") == []


@pytest.mark.parametrize("deed", ["register_lead", "edit_company", "edit_lead", "introduce_company", "edit_contact"])
def test_what_is_taken_back_is_taken_out_of_the_index(deed, hisense, make_lead, other_park, at, officer):
    lead = make_lead(company=hisense, title="模组")
    person = add_contact(hisense, full_name="王明远", phone="13800005678", at=at, by=officer)
    deeds = {
        "register_lead": lambda: make_lead(company=hisense, title="整机"),
        "edit_company": lambda: edit_company(hisense, changes={"name": "青岛创维"}, aliases=[], at=at, by=officer),
        "edit_lead": lambda: edit_lead(lead, changes={"title": "整机"}, at=at, by=officer),
        "introduce_company": lambda: introduce_company(hisense, park=other_park, at=at, by=officer),
        "edit_contact": lambda: edit_contact(person, changes={"phone": "13900001234"}, at=at, by=officer),
    }
    before = rows()

    with batch() as done:
        deeds[deed]()
    assert rows() != before
    undo_batch(done.id, at=at, by=officer)

    assert rows() == before


def test_made_again_the_index_is_what_the_verbs_kept(
    hisense, make_lead, make_signed, other_park, park, manager, at, officer, walk
):
    lead = make_lead(company=hisense, title="模组", content="背光")
    project = make_signed(company=hisense)
    person = add_contact(hisense, full_name="王明远", phone="13800005678", at=at, by=officer)
    introduce_company(hisense, park=other_park, at=at, by=officer)
    transfer_project(project, to_park=other_park, effective_on=date(2024, 4, 1), reason="落地", at=at, by=manager)
    edit_company(hisense, changes={"name": "青岛创维电子"}, aliases=["创维", "海信"], at=at, by=officer)
    edit_lead(lead, changes={"content": "整机"}, at=at, by=officer)
    edit_contact(person, changes={"phone": "13900001234"}, at=at, by=officer)
    kept = rows()

    assert rebuild(chunk=2) == len(kept) == Company.objects.count() + Lead.objects.count() + Project.objects.count() + 1

    assert rows() == kept
    assert found("project", "创维", {other_park.pk}) == [project.pk]
    assert found("lead", "整机", {park.pk}) == [lead.pk]


def rows():
    return {entry.pop("id"): entry for entry in SearchEntry.objects.values()}


@pytest.mark.parametrize("verb", ["register_company", "register_lead", "add_contact", "edit_lead", "open_project"])
def test_keeping_the_index_costs_a_verb_two_queries_at_most(
    verb, hisense, make_lead, make_project, make_company, at, officer
):
    lead = make_lead(company=hisense)
    deeds = {
        "register_company": lambda: make_company("新公司", aliases=["一", "二"]),
        "register_lead": lambda: make_lead(company=hisense),
        "add_contact": lambda: add_contact(hisense, full_name="王明远", at=at, by=officer),
        "edit_lead": lambda: edit_lead(lead, changes={"title": "整机"}, at=at, by=officer),
        "open_project": lambda: make_project(company=hisense),
    }

    with CaptureQueriesContext(connection) as asked:
        deeds[verb]()

    of_search = [query["sql"] for query in asked if "core_searchentry" in query["sql"]]
    for_search = [query["sql"] for query in asked if 'JOIN "crm_companyalias"' in query["sql"]]
    assert len(of_search) == 1
    assert len(for_search) <= 1
