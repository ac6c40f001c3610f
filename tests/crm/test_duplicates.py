"""What is registered already is said before it is registered twice: every reason, and nothing about others' records."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import RuleViolation
from crm.actions import edit_company, register_company, register_lead
from crm.duplicates import MOST_HITS, alike, companies_like, titles_like
from crm.models import Company, Lead
from parks.access import Role
from parks.models import Park
from tests.conftest import CODE

pytestmark = pytest.mark.django_db


def reasons(user, **asked):
    return [(hit.reason, hit.row and hit.row.name) for hit in companies_like(user, **asked)]


@pytest.fixture
def known(make_company):
    return make_company(
        "青岛海岳精密仪器有限公司", credit_code=CODE, aliases=["Haiyue Precision"], group_name="海岳控股集团有限公司"
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"credit_code": "91350100m000 100y43"}, "credit_code"),
        ({"name": "青島海嶽精密儀器"}, "name"),
        ({"name": "（青岛）海岳精密仪器股份有限公司"}, "name"),
        ({"name": "ＨＡＩＹＵＥ precision"}, "alias"),
        ({"name": "全不相干", "group_name": "海岳控股"}, "group"),
        ({"name": "海岳控股集团"}, "group"),
        ({"name": "海岳控股投资青岛公司"}, "group"),
        ({"name": "青岛海岳精密仪表"}, "similar_name"),
        ({"name": "海岳精密"}, "similar_name"),
    ],
)
def test_each_rule_finds_it(known, officer, asked, reason):
    assert reasons(officer, **asked) == [(reason, known.name)]


def test_the_strongest_reason_is_told_once(known, officer):
    assert reasons(officer, name="青岛海岳精密仪器", credit_code=CODE, group_name="海岳控股") == [
        ("credit_code", known.name)
    ]


@pytest.mark.parametrize("name", ["", "有限公司", "集团", "海", "Ltd.", "—", "天境生物", "\n"])
def test_what_says_nothing_finds_nothing(known, officer, name):
    assert reasons(officer, name=name) == []


def test_a_stranger_learns_only_who_registered_it_and_since_when(known, outsider):
    for asked in ({"name": "海岳精密仪器（青岛）"}, {"name": known.name}, {"credit_code": CODE}):
        (hit,) = companies_like(outsider, **asked)

        assert hit.masked
        assert (hit.registered_by, hit.since.isoformat()) == ("集成电路产业园", "2024-04-18")
        assert hit.row is None


@pytest.mark.parametrize("part", ["海岳", "海岳精", "精密仪器"])
def test_a_stranger_cannot_spell_a_name_out_piece_by_piece(known, outsider, part):
    assert companies_like(outsider, name=part) == []


def test_own_records_stand_before_those_of_others(known, make_company, outsider, other_park):
    make_company("青岛海岳精密仪器", park=other_park, by=outsider)

    assert [hit.masked for hit in companies_like(outsider, name="青岛海岳精密仪器")] == [False, True]


def test_many_namesakes_cost_no_more_queries_and_fill_no_page(make_company, officer, outsider):
    def asked(user):
        with CaptureQueriesContext(connection) as queries:
            hits = companies_like(user, name="海岳精密仪器", credit_code=CODE, group_name="海岳")
        return len(queries), len(hits)

    for n in range(2):
        make_company(f"海岳精密仪器{n}厂", group_name="海岳")
    asked(officer), asked(outsider)
    few = asked(officer)[0], asked(outsider)[0]
    for n in range(2, 20):
        make_company(f"海岳精密仪器{n}厂", group_name="海岳")

    assert asked(officer) == (few[0], MOST_HITS)
    assert asked(outsider) == (few[1], MOST_HITS)
    assert max(few) <= 8


@pytest.fixture
def titled(make_lead, make_project):
    make_lead(title="海岳传感器生产基地")
    make_project(name="海岳传感器生产基地一期")


def test_similar_titles_are_found_in_the_whole_zone_and_masked_outside_ones_parks(titled, officer, outsider):
    mine, theirs = titles_like(officer, "海岳传感器基地"), titles_like(outsider, "海岳传感器基地")

    assert [(hit.reason, hit.title) for hit in mine] == [
        ("similar_lead", "海岳传感器生产基地"),
        ("similar_project", "海岳传感器生产基地一期"),
    ]
    assert [(hit.masked, hit.title, hit.registered_by) for hit in theirs] == [(True, "", "集成电路产业园")] * 2


@pytest.mark.parametrize("title", ["", "海岳", "有限公司", "天境疫苗研发中心", "海岳传感器"[:4]])
def test_titles_that_say_little_or_another_thing_find_nothing(titled, outsider, title):
    assert titles_like(outsider, title) == []


def test_titles_of_another_zone_are_none_of_ours(titled, person, db):
    elsewhere = Park.objects.create(code="XA", name="西安高新区", path="~", sort_path="/XA/", kind="zone")
    Park.objects.filter(pk=elsewhere.pk).update(path=f"/{elsewhere.pk}/")
    elsewhere.refresh_from_db()

    assert titles_like(person("far", (Role.OFFICER, elsewhere)), "海岳传感器生产基地") == []


def test_the_strip_shows_similar_titles(signed_in, titled, officer, outsider):
    address, asked = reverse("crm:company-match"), {"company_name": "海", "title": "海岳传感器基地"}

    assert "海岳传感器生产基地一期</a>" in signed_in(officer).get(address, asked).content.decode()
    masked = signed_in(outsider).get(address, asked).content.decode()
    assert masked.count("registered by 集成电路产业园") == 2
    assert "海岳" not in masked


def test_alike_is_symmetric_and_bounded():
    assert alike("海岳精密", "海岳精密") == 1
    assert alike("海岳精密", "精密海岳") == alike("精密海岳", "海岳精密") < 1
    assert alike("海", "海") == alike("", "海岳") == 0


@pytest.mark.parametrize("name", ["有限公司", "集团有限公司", "（）", "Ltd."])
def test_a_name_that_is_only_a_form_is_refused_and_nothing_written(officer, park, at, name):
    with pytest.raises(RuleViolation) as refused:
        register_company(name=name, park=park, at=at, by=officer)
    assert list(refused.value.fields) == ["name"]

    with pytest.raises(RuleViolation) as refused:
        register_lead(park=park, company_name=name, at=at, by=officer)
    assert list(refused.value.fields) == ["company_name"]
    assert not Company.objects.exists()
    assert not Lead.objects.exists()


def test_the_group_is_edited_like_any_fact_and_found_by_its_new_name(known, officer, at):
    edit_company(known, changes={"group_name": "北岸集团"}, at=at, by=officer)

    assert reasons(officer, name="北岸新能源") == [("group", known.name)]
    assert reasons(officer, group_name="海岳控股") == []


def test_the_strip_on_each_form_offers_and_masks(signed_in, known, officer, outsider):
    def shown(user, **typed):
        return signed_in(user).get(reverse("crm:company-match"), typed).content.decode()

    mine = shown(officer, company_name="海岳精密仪器（青岛）")
    theirs = shown(outsider, name="青岛海岳精密仪器", prefix="")
    of_the_second_form = shown(officer, **{"prefix": "l2", "l2-company_name": known.name})

    assert f'name="company" value="{known.pk}"' in mine
    assert "Similar name" in mine
    assert "Not the same company" in mine
    assert "registered by 集成电路产业园" in theirs
    assert "有限公司" not in theirs
    assert f'name="l2-company" value="{known.pk}"' in of_the_second_form
    assert "only a legal form" in shown(officer, name="集团有限公司")
    assert shown(officer, name="天境生物").strip() == ""


def test_a_new_company_shows_the_strip_before_it_is_sent(signed_in, officer):
    page = signed_in(officer).get(reverse("crm:company-new")).content.decode()

    assert page.count(f'hx-get="{reverse("crm:company-match")}"') == 3
    assert 'id="company-match"' in page
