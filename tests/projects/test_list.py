"""The list of projects: its filters, its totals, what it costs, and where it stops."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects import actions
from projects.lifecycle import Stage

LIST = "/projects/"


def names(answer):
    return {project.name for project in answer.context["page"]}


@pytest.fixture
def three(make_project, make_company, make_signed, inner_park, officer):
    """甲 is signed for 50 亿元 in the park, 乙 is small and in the inner park, 丙 has no amount and another owner."""
    make_signed(name="甲", company=make_company("甲公司", ownership="soe"), industry="C39")
    make_project(name="乙", company=make_company("乙公司"), park=inner_park, total_investment_wan=Decimal(9999))
    make_project(name="丙", company=make_company("丙公司"), stage=Stage.RESERVE, industry="I65")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "甲乙丙"),
        ({"q": "甲"}, "甲"),
        ({"q": "乙公"}, "乙"),
        ({"park": "QD-IC"}, "甲乙丙"),
        ({"park": "QD-IC-1"}, "乙"),
        ({"bucket": "awaiting_start"}, "甲"),
        ({"bucket": "commissioned"}, ""),
        ({"stage": "reserve"}, "丙"),
        ({"industry": "C"}, "甲"),
        ({"ownership": "soe"}, "甲"),
        ({"min_total_wan": "10000"}, "甲"),
        ({"owner": "me"}, "甲乙丙"),
        ({"pending": "1"}, ""),
        ({"since_from": "2024-02-26"}, "甲"),
        ({"since_from": "2024-02-27"}, ""),
        ({"since_to": "2024-02-25"}, "乙丙"),
        ({"stage": "reserve", "q": "甲"}, ""),
    ],
)
def test_each_filter_finds_its_projects(client, officer, three, asked, found):
    client.force_login(officer)

    assert names(client.get(LIST, asked)) == set(found)


@pytest.mark.parametrize(
    "asked",
    [{"colour": "red"}, {"stage": "flying"}, {"park": "NOWHERE"}, {"since_from": "2024-02-30"}, {"q": "x" * 200}],
)
def test_a_filter_nobody_knows_is_named_and_finds_nothing(client, officer, three, asked):
    client.force_login(officer)

    answer = client.get(LIST, asked)

    assert answer.status_code == 200
    assert answer.context["filter"].form.errors
    assert names(answer) == set()


def test_a_park_outside_the_scope_is_as_unknown_as_one_that_does_not_exist(client, officer, three, other_park):
    client.force_login(officer)

    answer = client.get(LIST, {"park": other_park.code})

    assert "park" in answer.context["filter"].form.errors
    assert other_park.name not in answer.content.decode()


def test_the_totals_are_those_of_the_whole_filter_not_of_the_page(client, officer, make_project, make_company):
    company = make_company()
    for number in range(53):
        make_project(name=f"项目{number}", company=company, total_investment_wan=Decimal(1000))
    client.force_login(officer)

    first = client.get(LIST)
    rest = client.get(LIST, {"cursor": first.context["page"].next})

    assert (first.context["number"], first.context["total_wan"]) == (53, Decimal(53000))
    assert (len(first.context["page"]), len(rest.context["page"])) == (50, 3)
    assert not names(first) & names(rest)
    assert len(first.content) < 60_000


@pytest.mark.parametrize("which", ["list", "detail", "queue"])
def test_a_page_costs_the_same_number_of_queries_with_2_rows_and_with_20(
    client, officer, manager, make_signed, make_project, make_company, increase, at, pdf, which
):
    project = make_signed(verified=False)
    client.force_login(manager if which == "queue" else officer)
    where = {
        "list": reverse("projects:list"),
        "detail": reverse("projects:detail", args=[project.pk]),
        "queue": reverse("projects:verification-queue"),
    }[which]

    def add(count):
        for number in range(count):
            actions.attach_document(project, kind="other", file=pdf(f"{number}.pdf"), at=at, by=officer)
            actions.record_project_interaction(project, summary=f"第{number}次", at=at, by=officer)
            increase(project, Decimal(count + number), date(2024, 4, 1))
            make_project(name=f"另{count}-{number}", company=project.company)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        return len(queries)

    client.get(where)  # the first answer also writes the session
    add(2)
    few = cost()
    add(18)

    assert cost() == few
    assert few <= {"list": 12, "detail": 15, "queue": 12}[which]


def test_an_empty_list_says_what_comes_first(client, officer, auditor):
    client.force_login(officer)
    assert reverse("projects:new") in client.get(LIST).content.decode()

    client.force_login(auditor)
    assert reverse("projects:new") not in client.get(LIST).content.decode()
