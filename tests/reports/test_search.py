"""The search box and its API: what one finds, in which order, and what a stranger cannot find out."""

from datetime import date

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from crm.actions import add_contact, advance_lead, introduce_company
from crm.models import Company, Contact
from crm.names import normal_name
from parks.access import Role
from reports import search

pytestmark = pytest.mark.django_db
TODAY = date(2024, 4, 10)
CODE = "91350100M000100Y43"
NAME = "青岛海信电器股份有限公司"


@pytest.fixture
def hisense(make_company):
    return make_company(NAME, credit_code=CODE, aliases=["海信视像"])


@pytest.fixture
def ask(client):
    """The page or, with `box`, its fragment, as somebody sees it."""

    def get(user, typed, **also):
        client.force_login(user)
        return client.get("/search/", {"q": typed, **also})

    return get


@pytest.fixture
def call():
    """The results of the API."""

    def get(user, typed):
        program = APIClient()
        program.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0].key}")
        answer = program.get("/api/v1/search/", {"q": typed})
        assert answer.status_code == 200
        return answer.json()["results"]

    return get


def hits(user, typed, most=5):
    return [(hit.kind, hit.id) for group in search.records(user, typed, most=most, today=TODAY) for hit in group.hits]


def test_records_come_first_by_kind_each_with_company_park_and_stage(hisense, make_lead, make_project, officer, at):
    lead = make_lead(company=hisense, title="电视模组")
    project = make_project(company=hisense, name="激光显示基地")
    person = add_contact(hisense, full_name="王明远", post="总监", phone="13800005678", at=at, by=officer)

    groups = search.records(officer, "海信", most=5, today=TODAY)

    found = [(hit.kind, hit.id) for group in groups for hit in group.hits]
    assert found == [("company", hisense.pk), ("lead", lead.pk), ("project", project.pk), ("contact", person.pk)]
    details = [group.hits[0].detail for group in groups]
    assert details[0] == f"集成电路产业园 · {CODE}"
    assert details[1].startswith(f"{NAME} · 集成电路产业园 · ")
    assert details[1].endswith(lead.code)
    assert project.code in details[2]
    assert details[3] == f"{NAME} · 总监 · 138****5678"


def test_the_whole_name_comes_before_longer_ones_and_newer_records(make_company, officer):
    whole = make_company("海信")
    longer = make_company("海信空调有限公司")
    inside = make_company("青岛海信物业有限公司")

    assert hits(officer, "海信") == [("company", pk) for pk in (whole.pk, longer.pk, inside.pk)]


def test_open_leads_come_before_settled_ones(hisense, make_lead, officer, at):
    still_open, shelved = make_lead(company=hisense, title="模组一"), make_lead(company=hisense, title="模组二")
    advance_lead(
        shelved, to="shelved", effective_on=date(2024, 4, 2), shelving_reason="no_land", note="无地", at=at, by=officer
    )

    assert hits(officer, "模组") == [("lead", still_open.pk), ("lead", shelved.pk)]


def test_more_than_is_shown_can_be_opened_as_a_list(make_company, officer, ask):
    for number in "一二三四五六":
        make_company(f"样例{number}号公司")

    box = ask(officer, "样例", box="").content.decode()
    page = ask(officer, "样例").content.decode()

    assert box.count('href="/companies/') == 6  # five and the list of all
    assert "/companies/?q=%E6%A0%B7%E4%BE%8B" in box
    assert "/companies/?q=" not in page
    assert "<html" in page
    assert "<html" not in box


def test_another_parks_records_are_not_found_by_any_fragment(hisense, make_lead, make_project, outsider, officer, at):
    make_lead(company=hisense, title="电视模组", content="背光产线")
    make_project(company=hisense, name="激光显示基地")
    add_contact(hisense, full_name="王明远", phone="13800005678", at=at, by=officer)

    pieces = [NAME[start : start + length] for length in range(2, 8) for start in range(len(NAME) - length + 1)]
    fragments = [piece for piece in pieces if normal_name(piece) != normal_name(NAME)]
    for typed in [*fragments, "qdhx", "qingdaohaixin", CODE[:17], CODE[1:], "模组", "背光", "激光", "王明远", "5678"]:
        assert search.records(outsider, typed, most=5, today=TODAY) == [], typed
    for typed in ("13800005678", "wmy", "L-2024", "海信视", "信视像", "青岛海信%", "青岛海信_器", "海信 电器"):
        assert search.records(outsider, typed, most=5, today=TODAY) == [], typed


@pytest.mark.parametrize(
    "typed", [NAME, "青岛海信电器", "青島海信（电器）", "海信视像", CODE, CODE.lower(), f" {CODE} "]
)
def test_of_a_company_typed_in_full_a_stranger_learns_who_registered_it_and_no_more(typed, hisense, outsider, call):
    (hit,) = call(outsider, typed)

    assert hit == {
        "kind": "company",
        "id": None,
        "masked": True,
        "title": "已由集成电路产业园登记，自2024-04-18起。内容在此不可见，请与该园区联系。",
    }


def test_a_masked_company_has_no_link(hisense, outsider, ask):
    page = ask(outsider, CODE, box="").content.decode()

    assert "集成电路产业园" in page
    assert NAME not in page
    assert f"/companies/{hisense.pk}/" not in page


@pytest.mark.parametrize("typed", ["有限公司", "集团", "公司", "信"])
def test_a_legal_form_or_a_single_character_is_no_name(typed, make_company, outsider):
    make_company("信")

    assert search.records(outsider, typed, most=5, today=TODAY) == []


def test_somebody_without_a_role_finds_nothing(hisense, person):
    nobody = person("nobody")

    assert (
        search.records(nobody, CODE, most=5, today=TODAY) == search.records(nobody, "海信", most=5, today=TODAY) == []
    )


def test_of_a_few_records_one_sees_what_one_sees_of_all(make_company, other_park, officer, outsider, manager, at):
    mine, theirs = make_company("甲"), make_company("乙", park=other_park, by=outsider)
    both = make_company("丙")
    introduce_company(both, park=other_park, at=at, by=outsider)
    people = [add_contact(each, full_name="王明", at=at, by=who) for each, who in ((mine, officer), (theirs, outsider))]
    companies, contacts = [mine.pk, theirs.pk, both.pk], [each.pk for each in people]

    for user in (officer, outsider, manager):
        for model, keys in ((Company, companies), (Contact, contacts)):
            seen = model.objects.visible_to(user).values_list("pk", flat=True)
            assert set(model.objects.visible_among(user, keys).values_list("pk", flat=True)) == set(seen)
    assert not Company.objects.visible_among(officer, [theirs.pk])


def test_the_api_answers_in_the_agreed_shape(hisense, make_lead, officer, call):
    lead = make_lead(company=hisense, title="电视模组")

    assert call(officer, "qdhx") == [
        {"kind": "company", "id": hisense.pk, "title": NAME, "masked": False},
        {"kind": "lead", "id": lead.pk, "title": "电视模组", "masked": False},
    ]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "信", "a", "🚀", "！！", '"', "*", "NEAR(a b)", "-", "' OR 1=1", "a" * 200, "％＿", "AND", "(((", "\\"],
)
def test_nothing_one_can_type_breaks_the_api_or_the_page(typed, hisense, officer, call, ask):
    assert call(officer, typed) == []
    assert ask(officer, typed).status_code == ask(officer, typed, box="").status_code == 200


def test_what_is_far_too_long_is_answered_in_a_sentence(officer, ask):
    program = APIClient()
    program.force_authenticate(officer)

    answer = program.get("/api/v1/search/", {"q": "信" * 4000})

    assert answer.status_code == 400
    assert "q" in answer.json()["fields"]
    assert "200" in ask(officer, "信" * 4000, box="").content.decode()
    assert program.get("/api/v1/search/", {"query": "海信"}).status_code == 400
    assert program.get("/api/v1/search/?q=%00").status_code == 400


def test_a_number_in_the_title_of_a_lead_is_masked_in_the_results(hisense, make_lead, officer, call):
    make_lead(company=hisense, title="王总 13800005678")

    assert "13800005678" not in call(officer, "王总")[0]["title"]


def test_actions_follow_the_records_and_pages_come_last(make_company, officer, ask):
    make_company("星马汽车")

    page = ask(officer, "xm", box="").content.decode()  # of 项目, and of the company's name too
    everything = ask(officer, "", box="").content.decode()

    assert page.index("星马") < page.index("/projects/new/") < page.index('href="/projects/"')
    assert everything.index("/leads/new/") < everything.index('href="/leads/"')


def test_a_page_is_found_by_its_name_and_by_its_initials(officer, client):
    client.force_login(officer)

    for typed in ("新线索", "xxs", "新线"):
        assert b"/leads/new/" in client.get("/search/", {"q": typed, "box": ""}).content, typed
    assert b"/leads/new/" not in client.get("/search/", {"q": "登记企业", "box": ""}).content


def test_a_sign_before_it_asks_for_actions_only(hisense, officer, ask):
    for sign in (">", "＞"):
        page = ask(officer, f"{sign} 新线", box="").content.decode()
        assert "没有含" not in page  # no record was asked for
        assert "/leads/new/" in page
        assert 'href="/leads/"' not in page
    assert NAME not in ask(officer, "> 海信", box="").content.decode()


def test_only_what_the_role_may_do_is_offered(auditor, admin, ask):
    for_auditor, for_admin = (ask(person, "", box="").content.decode() for person in (auditor, admin))

    assert "/leads/new/" not in for_auditor
    assert "/people/" not in for_auditor
    assert "/leads/new/" in for_admin
    assert "/people/" in for_admin


@pytest.mark.parametrize("number", [2, 20])
def test_the_number_of_queries_does_not_grow_with_what_is_found(
    number, make_company, make_lead, make_project, officer, at, django_assert_num_queries
):
    for each in range(number):
        company = make_company(f"样例{each}号公司")
        make_lead(company=company, title="样例线索")
        make_project(company=company, name="样例项目")
        add_contact(company, full_name="样例人", at=at, by=officer)

    with django_assert_num_queries(7):
        search.records(officer, "样例", most=20, today=TODAY)


def test_a_zone_manager_finds_what_lies_in_every_park(hisense, manager, person, zone):
    assert hits(manager, "海信") == [("company", hisense.pk)]
    assert hits(person("second", (Role.AUDITOR, zone)), "hxdq") == [("company", hisense.pk)]
