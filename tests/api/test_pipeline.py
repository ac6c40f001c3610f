"""The pipeline boards over the API: columns with their sums, cards, the way on, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions import advance_lead
from crm.lifecycle import OPEN
from crm.models import Lead
from projects.lifecycle import Stage

pytestmark = pytest.mark.django_db

DUE = date(2024, 5, 1)


@pytest.fixture
def leads(make_lead, make_company, officer, at):
    company = make_company()
    made = [
        make_lead(company=company, intended_investment_wan=Decimal(10000), next_step_due_on=DUE + timedelta(days=n))
        for n in range(4)
    ]
    made.append(make_lead(company=company))
    advance_lead(made[0], to="responded", effective_on=date(2024, 4, 2), at=at, by=officer)
    return made


def test_columns_come_in_the_order_of_the_stages_with_number_sum_and_cards(api, officer, leads):
    board = api(officer).get("/leads/board/").json()

    assert [column["stage"] for column in board["columns"]] == list(OPEN)
    first, second = board["columns"][:2]
    assert (first["stage_code"], first["count"], first["total_wan"]) == ("L10", 4, "30000.0000")
    assert [card["id"] for card in first["cards"]] == [lead.pk for lead in leads[1:]]
    assert (second["count"], second["total_wan"], second["next"]) == (1, "10000.0000", None)
    assert (board["count"], board["total_wan"]) == (5, "40000.0000")


def test_next_leads_through_a_column_without_gap_or_repetition(api, officer, leads):
    caller = api(officer)
    column = caller.get("/leads/board/?limit=1").json()["columns"][0]
    seen = [card["id"] for card in column["cards"]]

    while column["next"]:
        (column,) = caller.get(column["next"]).json()["columns"]
        assert (column["count"], column["total_wan"]) == (4, "30000.0000")
        seen += [card["id"] for card in column["cards"]]

    assert seen == [lead.pk for lead in leads[1:]]


def test_filters_narrow_sums_and_cards_alike(api, officer, leads):
    board = api(officer).get(f"/leads/board/?due_until={DUE + timedelta(days=1)}").json()

    assert board["count"] == 2
    assert [column["count"] for column in board["columns"][:2]] == [1, 1]


def test_projects_up_to_the_signing(api, officer, make_project, make_signed, walk):
    contact = make_project(total_investment_wan=Decimal(60000))
    signed = make_signed()
    walk(make_signed(name="已开工项目"), (Stage.STARTED, date(2024, 3, 8)))

    board = api(officer).get("/projects/pipeline/").json()

    by_stage = {column["stage"]: [card["id"] for card in column["cards"]] for column in board["columns"]}
    assert by_stage == {
        "reserve": [], "contact": [contact.pk], "negotiating": [], "review": [], "decision": [], "framework": [],
        "signed": [signed.pk],
    }  # fmt: skip
    assert board["total_wan"] == "560000.0000"


def test_a_stranger_gets_empty_columns(api, outsider, leads):
    board = api(outsider).get("/leads/board/").json()

    assert board["count"] == 0
    assert all(column["cards"] == [] for column in board["columns"])


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x&stage=registered", "cursor=x", "stage=converted", "stage=nonsense", "limit=0", "limit=201",
        "order=id", "open=true", "nonsense=1",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(api, officer, leads, query):
    answer = api(officer).get(f"/leads/board/?{query}")

    assert answer.status_code == 400
    assert answer.json()["reasons"]


def test_nobody_reads_a_board_without_a_token(api, leads):
    assert api().get("/leads/board/").status_code == 401


def test_the_board_costs_the_same_with_two_and_with_sixty_cards_a_column(api, officer, leads):
    caller = api(officer)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert caller.get("/leads/board/").status_code == 200
        return len(queries)

    few = asked()
    rows = []
    for stage in OPEN:
        for n in range(60):
            row = Lead.objects.get(pk=leads[1].pk)
            row.pk, row.code, row.stage = None, f"L-{stage}-{n}", stage
            rows.append(row)
    Lead.objects.bulk_create(rows)

    assert asked() == few
    assert few <= 12
