"""The report API: its shape, what it refuses in words, and whom it answers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from projects.lifecycle import Stage

BOARD = "/api/v1/reports/stage-board/"
TREND = "/api/v1/reports/stage-trend/"


@pytest.fixture
def get():
    def get(by, address, **asked):
        client = APIClient()
        client.force_authenticate(by)
        return client.get(address, asked)

    return get


def test_the_board_answers_in_the_agreed_shape(get, make_signed, walk, manager, park):
    make_signed(total_wan=Decimal(460000))

    answer = get(manager, BOARD, as_of="2024-03-31", park="QD-IC")

    nothing = {"projects": 0, "total_investment_wan": "0.0000"}
    figures = {
        "awaiting_start": {"projects": 1, "total_investment_wan": "460000.0000"},
        "under_construction": nothing,
        "commissioned": nothing,
    }
    assert answer.status_code == 200
    assert answer.json() == {
        "as_of": "2024-03-31",
        "known_at": None,
        "basis": "verified",
        "rows": [{"park": {"code": "QD-IC", "name": "集成电路产业园"}, **figures}],
        "total": figures,
    }


def test_without_parameters_the_board_is_that_of_today_as_verified(get, make_signed, walk, manager):
    walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))

    answer = get(manager, BOARD).json()

    assert answer["as_of"] == timezone.localdate().isoformat()
    assert answer["basis"] == "verified"
    assert answer["total"]["under_construction"]["projects"] == 1


def test_the_board_of_a_past_moment_of_knowledge_says_which(get, make_signed, manager):
    make_signed()

    before = get(manager, BOARD, as_of="2024-03-31", known_at="2024-04-17").json()
    after = get(manager, BOARD, as_of="2024-03-31", known_at="2024-04-18T10:01:00+08:00").json()

    assert before["total"]["awaiting_start"]["projects"] == 0
    assert before["known_at"] == "2024-04-17T23:59:59.999999+08:00"
    assert after["total"]["awaiting_start"]["projects"] == 1


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"as_of": "2024-02-30"}, "as_of"),
        ({"as_of": "soon"}, "as_of"),
        ({"as_of": ""}, "as_of"),
        ({"as_of": "99999-01-01"}, "as_of"),
        ({"known_at": "yesterday"}, "known_at"),
        ({"known_at": "9999-12-31T23:59:59-14:00"}, "known_at"),
        ({"basis": "rumoured"}, "basis"),
        ({"industry": "C99"}, "industry"),
        ({"ownership": "alien"}, "ownership"),
        ({"min_total_wan": "-1"}, "min_total_wan"),
        ({"min_total_wan": "NaN"}, "min_total_wan"),
        ({"parc": "QD"}, "parc"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(get, manager, asked, named):
    answer = get(manager, BOARD, **asked)

    assert answer.status_code == 400
    assert any(named in reason for reason in answer.json()["reasons"])


def test_a_null_character_is_refused_wherever_it_stands(get, manager):
    for name in ("as_of", "known_at", "basis", "park", "industry", "min_total_wan"):
        assert get(manager, BOARD, **{name: "C\x00"}).status_code == 400


def test_tomorrow_is_refused_and_today_is_not(get, manager):
    today = timezone.localdate()

    refused = get(manager, BOARD, as_of=(today + timedelta(days=1)).isoformat())

    assert refused.status_code == 400
    assert (today + timedelta(days=1)).isoformat() in refused.json()["reasons"][0]
    assert get(manager, BOARD, as_of=today.isoformat(), known_at=today.isoformat()).status_code == 200
    assert get(manager, BOARD, known_at=(today + timedelta(days=1)).isoformat()).status_code == 400


def test_a_park_out_of_sight_is_not_found(get, make_signed, outsider, park):
    make_signed()

    assert get(outsider, BOARD, park=park.code).status_code == 404
    assert get(outsider, BOARD, park="NO-SUCH").status_code == 404
    assert get(outsider, BOARD, as_of="2024-03-31").json()["total"]["awaiting_start"]["projects"] == 0


def test_nobody_reads_a_report_without_signing_in(db):
    assert APIClient().get(BOARD).status_code == 401


def test_the_board_is_read_only(get, manager):
    client = APIClient()
    client.force_authenticate(manager)

    assert client.post(BOARD, {}).status_code == 405


def test_the_trend_answers_one_point_for_each_month_end(get, make_signed, walk, manager):
    walk(make_signed(total_wan=Decimal(460000)), (Stage.STARTED, date(2024, 3, 7)))

    answer = get(manager, TREND, until="2024-04-15", months="3").json()

    assert answer["until"] == "2024-04-15"
    assert answer["months"] == 3
    assert [point["as_of"] for point in answer["points"]] == ["2024-02-29", "2024-03-31", "2024-04-15"]
    assert [point["awaiting_start"]["projects"] for point in answer["points"]] == [1, 0, 0]
    assert answer["points"][2]["under_construction"] == {"projects": 1, "total_investment_wan": "460000.0000"}


def test_the_trend_has_24_months_unless_asked_otherwise_and_at_most_60(get, manager):
    assert len(get(manager, TREND, until="2024-04-30").json()["points"]) == 24
    assert len(get(manager, TREND, months="60").json()["points"]) == 60
    for months in ("0", "61", "-1", "two", "1.5", ""):
        assert get(manager, TREND, months=months).status_code == 400


def test_the_trend_refuses_what_the_board_refuses(get, outsider, park):
    assert get(outsider, TREND, until="2024-02-30").status_code == 400
    assert get(outsider, TREND, as_of="2024-03-31").status_code == 400
    assert get(outsider, TREND, park=park.code).status_code == 404
