"""The report of shares, added up by hand: full value where a project stands, shares where it came from, once in all."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from parks.access import Role
from parks.models import Park
from projects.actions import correct_transfer, transfer_project
from projects.models import ProjectState, Split
from reports import share_board
from reports.question import Question
from tests.conftest import _park

MAY_2 = datetime(2024, 5, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def third_park(zone):
    return _park("QD-NEW", "新材料产业园", zone, kind="specialised")


@pytest.fixture
def ask(manager):
    def put(day=date(2024, 5, 2), who=None, **asked):
        who = who or manager
        return share_board.shares(
            ProjectState.objects.visible_to(who),
            Park.objects.visible_to(who),
            Split.objects.visible_to(who),
            Question(day, **asked),
        )

    return put


def row_of(found, park):
    return next(row for row in found.rows if row.park == park)


def told(found, park):
    """Counted, landed, kept, owed and apportioned of a park, in 万元."""
    row = row_of(found, park)
    return (row.counted.total_wan, row.landed.total_wan, row.kept.total_wan, row.given_wan, row.apportioned_wan)


@pytest.fixture
def world(make_signed, manager, at, park, other_park, third_park):
    """Three projects of `park` of 50, 30 and 10 亿元; two of them handed over, one of these twice."""
    first = make_signed(name="一", total_wan=Decimal(500_000))
    second = make_signed(name="二", total_wan=Decimal(300_000))
    make_signed(name="三", total_wan=Decimal(100_000))

    def move(project, to_park, day, **terms):
        project.refresh_from_db()
        return transfer_project(
            project, to_park=to_park, effective_on=day, reason="产业更匹配", at=at, by=manager, **terms
        )

    move(first, other_park, date(2024, 4, 1))
    move(second, other_park, date(2024, 4, 1), indicator_pct=Decimal(40))
    move(second, third_park, date(2024, 4, 10), indicator_pct=Decimal(50), indicator_years=1)
    return first, second


def test_shares_and_full_values_added_up_by_hand(world, ask, zone, park, other_park, third_park):
    found = ask()

    # Project one: 500,000 stands in other_park, half kept by park.
    # Project two: 300,000 stands in third_park; park keeps 40 %, other_park half of the other 60 %, that is 30 %.
    assert told(found, park) == (100_000, 0, 250_000 + 120_000, 0, 470_000)
    assert told(found, other_park) == (500_000, 500_000, 90_000, 250_000, 340_000)
    assert told(found, third_park) == (300_000, 300_000, 0, 120_000 + 90_000, 90_000)
    # The zone counts each project once, whatever was agreed.
    assert told(found, zone) == (900_000, 0, 0, 0, 900_000)
    assert (found.total.projects, found.total.total_wan) == (3, 900_000)
    assert sum(row.apportioned_wan for row in found.rows if row.park != zone) == 900_000
    assert (row_of(found, park).kept.projects, row_of(found, park).own.projects) == (2, 1)


def test_the_last_day_of_the_years_counts_and_the_next_does_not(world, ask, park, other_park, third_park):
    # The split between other_park and third_park ran one year from 10 April 2024.
    assert told(ask(date(2025, 4, 9)), other_park)[2] == 90_000
    assert told(ask(date(2025, 4, 10)), other_park)[2] == 0
    assert told(ask(date(2025, 4, 10)), third_park) == (300_000, 300_000, 0, 120_000, 180_000)
    # The splits of park ran five years from 1 April 2024.
    assert told(ask(date(2029, 3, 31)), park)[2] == 370_000
    assert told(ask(date(2029, 4, 1)), park)[2] == 0


def test_before_the_transfer_there_is_nothing_to_share(world, ask, park, other_park):
    assert told(ask(date(2024, 3, 31)), park) == (900_000, 0, 0, 0, 900_000)
    # Between the two transfers project two stood in other_park, which still held all but 40 %.
    assert told(ask(date(2024, 4, 9)), other_park) == (800_000, 800_000, 0, 370_000, 430_000)


def test_what_was_believed_before_a_correction_can_still_be_asked(world, ask, manager, park, at):
    first, _second = world
    correct_transfer(first.park_changes.last(), indicator_pct=Decimal(20), reason="按三方合同", at=MAY_2, by=manager)

    assert told(ask(), park)[2] == 100_000 + 120_000
    assert told(ask(known_at=MAY_2.replace(hour=1)), park)[2] == 250_000 + 120_000


def test_a_transfer_within_a_park_changes_nothing_in_its_row(make_signed, manager, at, ask, park, inner_park):
    transfer_project(make_signed(), to_park=inner_park, effective_on=date(2024, 4, 1), reason="楼宇", at=at, by=manager)
    found = ask()

    assert told(found, park) == (500_000, 0, 0, 0, 500_000)
    assert told(found, inner_park) == (500_000, 500_000, 0, 250_000, 250_000)


def test_the_park_that_handed_over_sees_its_share_and_a_third_one_nothing(world, ask, officer, outsider, person, park):
    assert told(ask(who=officer), park)[2] == 370_000
    stranger = person("stranger", (Role.OFFICER, _park("QD-X", "别园", park.parent)))
    found = ask(who=stranger)
    assert not found.has_any
    assert {row.park.code for row in found.rows} == {"QD-X"}


def test_it_asks_five_times_however_many_projects_moved(world, make_signed, manager, other_park, at, ask):
    ask()  # the manager's reach is asked once for each person
    with CaptureQueriesContext(connection) as few:
        ask()
    for number in range(6):
        project = make_signed(name=f"又一{number}")
        transfer_project(project, to_park=other_park, effective_on=date(2024, 4, 2), reason="流转", at=at, by=manager)
    with CaptureQueriesContext(connection) as many:
        ask()

    assert len(few) == len(many) == 5


# ── doors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_page_csv_xlsx_and_api_say_the_same(client, world, manager):
    client.force_login(manager)
    asked = {"as_of": "2024-05-02"}

    page = client.get("/shares/", asked).content.decode()
    table = list(csv.reader(StringIO(client.get("/shares/csv/", asked).content.decode("utf-8-sig"))))
    sheet = load_workbook(BytesIO(client.get("/shares/xlsx/", asked).content)).active
    answer = client.get("/api/v1/reports/shares/", asked).json()

    assert "流转项目分劈" in page
    assert "37.0" in page  # 亿元 kept by the park
    line = next(line for line in table if line[:1] == ["QD-IC"])
    assert [float(cell) for cell in line[3:]] == [1, 10, 1, 10, 0, 0, 2, 37, 0, 47]
    total = next(line for line in table if line[1:2] == ["合计"])
    assert (float(total[3]), float(total[4])) == (3, 90)
    assert any(row[0].value == "QD-IC" for row in sheet.iter_rows())
    row = next(row for row in answer["rows"] if row["park"]["code"] == "QD-IC")
    assert (row["kept"]["total_investment_wan"], row["apportioned_wan"]) == ("370000.0000", "470000.0000")
    assert answer["total"] == {"projects": 3, "total_investment_wan": "900000.0000"}


def test_the_board_leads_to_the_shares_of_the_same_question(client, world, manager):
    client.force_login(manager)

    assert 'href="/shares/?as_of=2024-05-02"' in client.get("/board/", {"as_of": "2024-05-02"}).content.decode()


def test_the_page_of_a_project_says_who_keeps_what_until_when(client, world, manager):
    client.force_login(manager)
    first, second = world
    page = client.get(f"/projects/{second.pk}/splits/").content.decode()

    assert f'hx-get="/projects/{second.pk}/splits/"' in client.get(f"/projects/{second.pk}/").content.decode()
    assert "指标 40 %，截至 2029-03-31" in page
    assert "指标 50 %，截至 2025-04-09" in page
    assert client.get(f"/projects/{first.pk}/splits/").content.decode().count("指标") == 1


def test_the_correction_of_a_transfer_is_recorded_on_its_page(client, world, manager, other_park):
    client.force_login(manager)
    first, _second = world
    move = first.park_changes.last()
    address = f"/projects/{first.pk}/correct/transfer/{move.pk}/"
    typed = {"to_park": other_park.pk, "effective_on": "2024-04-02", "tax_pct": "50", "tax_years": "5",
             "indicator_pct": "45", "indicator_years": "5", "counted_by": "landing"}  # fmt: skip

    assert address in client.get(f"/projects/{first.pk}/correct/").content.decode()
    client.post(address, {**typed, "reason": ""})
    assert first.splits.standing().get().indicator_pct == 50
    client.post(address, {**typed, "reason": "按三方合同"})
    assert first.splits.standing().get().indicator_pct == 45
    assert "更正" in client.get(f"/projects/{first.pk}/").content.decode()


def test_the_transfer_form_asks_for_the_split_and_says_the_remainders(client, make_signed, manager, other_park):
    client.force_login(manager)
    project = make_signed()
    address = f"/projects/{project.pk}/transfer/"

    assert "转入园区得税收的 50 %、指标的 50 %" in client.get(address).content.decode()
    typed = {
        "to_park": other_park.pk,
        "effective_on": "2024-04-01",
        "reason": "产业更匹配",
        "tax_pct": "30",
        "tax_years": "3",
        "indicator_pct": "120",
        "indicator_years": "5",
        "counted_by": "landing",
    }
    refused = client.post(address, typed).content.decode()
    assert not Split.objects.exists()
    assert 'value="30"' in refused
    client.post(address, {**typed, "indicator_pct": "25"})

    split = Split.objects.get()
    assert (split.tax_pct, split.tax_years, split.indicator_pct) == (30, 3, 25)


def test_the_api_takes_a_split_or_the_default(client, make_signed, manager, other_park):
    client.force_login(manager)
    for terms, kept in (({}, 50), ({"indicator_pct": "35.5", "indicator_years": 10}, Decimal("35.5"))):
        project = make_signed(name=f"项目{kept}")
        answer = client.post(
            f"/api/v1/projects/{project.pk}/transfer/",
            {"to_park": "QD-BIO", "effective_on": "2024-04-01", "reason": "流转", **terms},
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
        assert project.splits.get().indicator_pct == kept
        corrected = client.post(
            f"/api/v1/projects/{project.pk}/correct-transfer/",
            {"reason": "合同", "indicator_pct": 10},
            content_type="application/json",
        )
        assert corrected.status_code == 200, corrected.content
        assert project.splits.standing().get().indicator_pct == 10
