"""What is registered already is said before it is registered twice: every reason, and nothing about others' records."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import RuleViolation
from crm.actions import edit_company, register_company, register_lead
from crm.duplicates import MOST_HITS, alike, companies_like
from crm.models import Company, Lead
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
