"""The lists answer exactly what was asked, add up the whole filter, and refuse a filter nobody knows."""

from copy import copy
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from core.paging import COUNT_CAP
from crm.actions import advance_lead
from crm.lifecycle import LeadStage
from crm.models import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(make_lead, inner_park, colleague, officer, at):
    """Three leads that differ in everything one can filter by."""
    big = make_lead(
        company_name="北岸氢动",
        intended_investment_wan=Decimal(120000),
        industry="C38",
        source="event",
        received_on=date(2024, 3, 1),
    )
    inner = make_lead(
        company_name="云鲸光学",
        park=inner_park,
        intended_investment_wan=Decimal("32000.5"),
        industry="C39",
        title="光学模组",
    )
    shelved = make_lead(company_name="润石膜材料", owner=colleague, industry="I65", content="光学膜")
    advance_lead(
        shelved,
        to=LeadStage.SHELVED,
        effective_on=date(2024, 4, 2),
        shelving_reason="invalid",
        at=at,
        by=officer,
    )
    return {"big": big, "inner": inner, "shelved": shelved}


@pytest.fixture
def ask(signed_in, officer):
    client = signed_in(officer)
    return lambda **asked: client.get(reverse("crm:lead-list"), asked)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"big", "inner", "shelved"}),
        ({"park": "QD-IC"}, {"big", "inner", "shelved"}),
        ({"park": "QD-IC-1"}, {"inner"}),
        ({"stage": "open"}, {"big", "inner"}),
        ({"stage": "shelved"}, {"shelved"}),
        ({"owner": "me"}, {"big", "inner"}),
        ({"owner": "none"}, set()),
        ({"source": "event"}, {"big"}),
        ({"industry": "C"}, {"big", "inner"}),
        ({"min_investment_wan": "4亿"}, {"big"}),
        ({"min_investment_wan": "32000.5"}, {"big", "inner"}),
        ({"received_from": "2024-03-01", "received_to": "2024-03-01"}, {"big"}),
        ({"received_from": "2024-03-02"}, {"inner", "shelved"}),
        ({"q": "光学"}, {"inner", "shelved"}),
        ({"q": "氢动"}, {"big"}),
        ({"q": "光学", "stage": "open"}, {"inner"}),
    ],
)
def test_each_filter_finds_its_leads(ask, leads, asked, found):
    answer = ask(**asked)

    names = {name for name, lead in leads.items() if lead in answer.context["page"].items}
    assert names == found
    assert answer.context["count"] == len(found)


def test_the_total_is_that_of_the_whole_filter_and_exact(ask, leads):
    assert ask().context["total"] == Decimal("152000.5")
    assert "1.52" in ask().content.decode()
    assert ask(stage="shelved").context["total"] == 0


def test_the_total_that_comes_later_is_the_same(signed_in, officer, leads):
    answer = signed_in(officer).get(reverse("crm:lead-total"), {"stage": "open"})

    assert answer.content.decode() == "RMB 1.52 bn"


def test_beyond_ten_thousand_the_count_stops_and_the_sum_comes_later(ask, make_lead):
    one = make_lead(intended_investment_wan=Decimal(1))
    many = []
    for number in range(COUNT_CAP):
        many.append(copy(one))
        many[-1].pk, many[-1].code = None, f"L-{number}"
    Lead.objects.bulk_create(many, batch_size=500)

    answer = ask(stage="open")

    assert (answer.context["count"], answer.context["more"], answer.context["total"]) == (COUNT_CAP, True, None)
    shown = answer.content.decode()
    assert "more than 10,000" in shown
    assert f'hx-get="{reverse("crm:lead-total")}?stage=open"' in shown


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"colour": "red"}, "no filter called colour"),
        ({"stage": "asleep"}, "Stage"),
        ({"park": "NOWHERE"}, "Park"),
        ({"park": "QD-BIO"}, "Park"),
        ({"min_investment_wan": "lots"}, "cannot be read"),
        ({"received_from": "2024-02-30"}, "does not exist"),
        ({"owner": "9999"}, "In charge"),
        ({"industry": "ZZ"}, "Industry"),
        ({"q": "x" * 81}, "Search"),
    ],
)
def test_a_filter_nobody_knows_is_named_and_finds_nothing(ask, leads, other_park, asked, said):
    answer = ask(**asked)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert answer.context["page"].items == []


@pytest.mark.parametrize("cursor", ["x", "", "bm9uZQ==", "😀", "9" * 2000])
def test_a_cursor_that_is_none_gives_the_first_page(ask, leads, cursor):
    assert len(ask(cursor=cursor).context["page"].items) == 3


def test_pages_follow_each_other_without_loss(ask, make_lead):
    for number in range(53):
        make_lead(company_name=f"企业{number}", received_on=date(2024, 4, 1 + number % 5))

    first = ask()
    second = ask(cursor=first.context["page"].next)

    seen = [lead.pk for lead in [*first.context["page"], *second.context["page"]]]
    assert len(first.context["page"]) == 50
    assert len(seen) == len(set(seen)) == 53
    assert "53 rows" in second.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2),
        ({"q": "光电"}, 1),
        ({"q": "91350100M000100Y43"}, 1),
        ({"q": "HB"}, 1),
        ({"ownership": "private"}, 1),
        ({"grade": "is_chain_master"}, 1),
        ({"industry": "C"}, 1),
        ({"industry": "A"}, 0),
        ({"grade": "is_pretty"}, 0),
        ({"colour": "red"}, 0),
    ],
)
def test_companies_are_found_by_name_code_kind_and_grade(signed_in, officer, make_company, asked, found):
    make_company(
        "翰博光电",
        aliases=["HB Optics"],
        credit_code="91350100M000100Y43",
        ownership="private",
        is_chain_master=True,
        industry="C39",
    )
    make_company("科新微")

    answer = signed_in(officer).get(reverse("crm:company-list"), asked)

    assert answer.status_code == 200
    assert len(answer.context["page"].items) == found


def test_an_empty_list_says_why(ask, leads):
    assert "No lead matches these filters." in ask(source="contest").content.decode()


def test_the_owner_filter_speaks_chinese(client, officer):
    client.force_login(officer)

    page = client.get(reverse("crm:lead-list"))

    choices = dict(page.context["filter"].form.fields["owner"].choices)
    assert (choices["me"], choices["none"]) == ("我", "无人")
