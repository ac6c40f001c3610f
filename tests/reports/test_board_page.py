"""The board's page: figures and the rows behind them, what it refuses, and what it leaves unsaid to strangers."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from parks.models import Park, ParkKind
from projects.actions import correct_stage_change, verify_fact
from projects.lifecycle import Stage
from projects.models import Verdict
from reports.actions import refresh_trend

BOARD = "/board/"
ROWS = "/board/rows/"


@pytest.fixture
def see(client):
    """The page as `by` sees it: `see(manager, "/board/", as_of=…)`."""

    def see(by, address, *, fragment=False, **asked):
        client.force_login(by)
        headers = {"HX-Request": "true"} if fragment else {}
        return client.get(address, {"as_of": "2024-03-31", **asked}, headers=headers)

    return see


@pytest.fixture
def two_projects(make_signed, walk, inner_park):
    """50 亿元 awaiting start in the park, 12.3 亿元 under construction in the park within it."""
    make_signed()
    inner = make_signed(total_wan=Decimal(123000), park=inner_park, name="芯谷一期")
    return walk(inner, (Stage.STARTED, date(2024, 3, 7)))


def total_row(page):
    """The texts of the cells of the totals row."""
    foot = page.content.decode().partition("<tfoot>")[2].partition("</tfoot>")[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", foot, re.S)]


def test_the_totals_row_says_number_amount_and_change_since_the_start_of_the_year(see, two_projects, manager):
    page = see(manager, BOARD)

    assert total_row(page) == ["1", "50.0", "+1 / +50.0", "1", "12.3", "+1 / +12.3", "0", "0.0", "持平"]


def test_the_page_says_day_basis_knowledge_unit_and_what_counts(see, two_projects, manager):
    text = see(manager, BOARD, basis="reported", known_at="2024-04-20").content.decode()

    for words in (
        "截至 2024年3月31日 24:00",
        "上报口径",
        "按 2024年4月20日 24:00 所知",
        "单位：个、亿元",
        "竣工未投产计入在建",
    ):
        assert words in text


def test_parks_without_projects_fold_behind_one_line_and_stay_reachable(
    see, make_signed, manager, other_park, inner_park
):
    make_signed()

    table = see(manager, BOARD).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]

    shown, _, folded = table.partition("<details>")
    assert "另有 2 个园区" in folded
    for park in (other_park, inner_park):
        assert f'href="/parks/{park.code}/"' in folded
        assert f'href="/parks/{park.code}/"' not in shown


def test_a_park_that_lost_its_projects_this_year_is_not_folded(see, make_signed, manager, other_park, at):
    from projects.actions import transfer_project

    project = make_signed()
    make_signed(name="留下的项目")
    transfer_project(project, to_park=other_park, effective_on=date(2024, 4, 1), reason="产业更匹配", at=at, by=manager)

    text = see(manager, BOARD, as_of="2024-04-18").content.decode()

    assert "另有" not in text


def test_on_an_empty_board_no_park_is_folded(see, manager, park, other_park):
    text = see(manager, BOARD).content.decode()

    assert "<details><summary>另有" not in text
    assert f'href="/parks/{other_park.code}/"' in text


def test_a_park_with_parts_has_a_bar_for_its_whole(see, two_projects, manager):
    table = see(manager, BOARD).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]

    assert re.findall(r'rect width="([\d.]+)%"', table) == ["100.0", "24.6", "24.6"]


def test_what_gathers_parks_has_no_bar_and_does_not_shorten_those_of_the_parks(see, two_projects, manager, park):
    Park.objects.filter(pk=park.pk).update(kind=ParkKind.GROUP)

    table = see(manager, BOARD).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]

    assert re.findall(r'rect width="([\d.]+)%"', table) == ["100.0"]


def test_a_day_that_ends_no_month_is_marked_in_the_trend(see, two_projects, manager):
    row = '<th scope="row">{}</th>'

    assert row.format("2024-03-31") in see(manager, BOARD).content.decode()
    middle = see(manager, BOARD, as_of="2024-04-18").content.decode()
    assert row.format("2024-04-18") not in middle
    assert row.format('2024-04-18 <span class="m s">截至当日</span>') in middle


def test_a_past_day_stands_in_solid_ink_and_today_does_not(see, manager, two_projects):
    assert "asof past" in see(manager, BOARD).content.decode()
    assert "asof past" not in see(manager, BOARD, as_of=timezone.localdate().isoformat()).content.decode()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"as_of": "2024-02-30"}, "没有 2024-02-30 这一天"),
        ({"as_of": "soon"}, "soon"),
        ({"known_at": "soon"}, "soon"),
        ({"basis": "rumoured"}, "rumoured"),
        ({"park": "NO-SUCH"}, "没有这个园区"),
        ({"colour": "red"}, "colour"),
        ({"min_total_wan": "7"}, "7"),
    ],
)
def test_a_wrong_question_is_answered_in_words_and_without_figures(see, manager, two_projects, asked, words):
    page = see(manager, BOARD, **asked)

    assert page.status_code == 200
    assert words in page.content.decode()
    assert "<tfoot>" not in page.content.decode()


def test_a_day_in_the_future_is_refused_beside_the_control(see, manager):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()

    text = see(manager, BOARD, as_of=tomorrow).content.decode()

    assert f'value="{tomorrow}"' in text
    assert 'aria-invalid="true"' in text
    assert text.count('id="as-of-why"') == 1
    assert '<div class="alert" role="alert"><ul>' not in text


def test_every_figure_leads_to_exactly_its_projects(see, client, two_projects, manager):
    links = re.findall(r'class="drill" href="([^"]+)"[^>]*>([\d.]+)<', see(manager, BOARD).content.decode())
    assert len(links) >= 8

    for link, figure in links:
        rows = client.get(link.replace("&amp;", "&"))
        found = re.findall(r'data-unit="亿元">([\d.]+)<', rows.content.decode())
        assert figure in (str(len(found)), f"{sum(map(Decimal, found)):.1f}")


def test_the_rows_beside_the_board_are_a_fragment_with_the_same_figure(see, two_projects, manager):
    rows = see(manager, ROWS, fragment=True, bucket="under_construction", of="QD-IC")

    text = rows.content.decode()
    assert "<html" not in text
    assert "芯谷一期" in text
    assert "1 个 · 12.3 亿元" in text
    assert "HX-Request" in rows["Vary"]


def test_rows_are_turned_page_by_page(see, manager, make_signed):
    for number in range(3):
        make_signed(name=f"项目{number}", total_wan=Decimal(1000 + number))

    text = see(manager, ROWS, bucket="awaiting_start").content.decode()

    assert text.index("项目2") < text.index("项目1") < text.index("项目0")


def test_an_outsider_sees_no_project_of_another_park(see, two_projects, outsider, park):
    assert "芯谷一期" not in see(outsider, ROWS).content.decode()
    assert total_row(see(outsider, BOARD)) == ["0", "0.0", "持平"] * 3
    assert "没有这个园区" in see(outsider, ROWS, of=park.code).content.decode()
    assert see(outsider, f"/parks/{park.code}/figures/").status_code == 404


def test_a_project_that_moved_out_of_sight_keeps_its_name_but_gets_no_link(
    see, make_signed, manager, officer, other_park, at
):
    from projects.actions import transfer_project

    project = make_signed()
    transfer_project(project, to_park=other_park, effective_on=date(2024, 4, 1), reason="产业更匹配", at=at, by=manager)

    text = see(officer, ROWS, bucket="awaiting_start").content.decode()

    assert project.name in text
    assert f'href="/projects/{project.pk}/"' not in text
    assert f'href="/projects/{project.pk}/"' in see(manager, ROWS, bucket="awaiting_start").content.decode()


def test_a_corrected_board_shows_both_beliefs(see, make_signed, walk, officer, manager, at):
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 7)))
    later = at + timedelta(days=14)
    corrected = correct_stage_change(
        project.stage_changes.get(to_stage=Stage.STARTED),
        effective_on=date(2024, 4, 2),
        reason="3月仅为场地平整",
        at=later,
        by=officer,
    )
    verify_fact(corrected, verdict=Verdict.ACCEPTED, at=later, by=manager)

    assert total_row(see(manager, BOARD))[:2] == ["1", "50.0"]
    assert total_row(see(manager, BOARD, known_at="2024-04-20"))[3:5] == ["1", "50.0"]


def test_the_park_page_s_figures_are_those_of_the_board(see, two_projects, manager, park):
    text = see(manager, f"/parks/{park.code}/figures/").content.decode()

    assert "50.0" in text
    assert "12.3" in text
    assert "bucket=under_construction" in text


def test_signed_out_people_are_sent_to_sign_in(client, db):
    for address in (BOARD, ROWS, "/board/csv/", "/board/xlsx/", "/", "/projects/ledger/csv/"):
        assert client.get(address).status_code == 302


def test_a_person_without_a_park_is_told_so(see, person):
    nobody = person("nobody")

    assert "还没有分配园区" in see(nobody, BOARD).content.decode()


@pytest.mark.parametrize("kept", [True, False])
def test_the_board_asks_the_same_few_queries_however_many_projects(
    client, make_signed, manager, django_assert_max_num_queries, at, kept
):
    client.force_login(manager)
    counts = []
    for number in (2, 8):
        for each in range(number):
            make_signed(name=f"项目{number}-{each}")
        if kept:
            refresh_trend(at=at)
        client.get(BOARD, {"as_of": "2024-03-31"})
        with django_assert_max_num_queries(12) as asked:
            client.get(BOARD, {"as_of": "2024-03-31"})
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_the_rows_ask_the_same_few_queries_however_many_projects(
    client, make_signed, manager, django_assert_max_num_queries
):
    client.force_login(manager)
    counts = []
    for number in (2, 8):
        for each in range(number):
            make_signed(name=f"项目{number}-{each}")
        client.get(ROWS)
        with django_assert_max_num_queries(12) as asked:
            client.get(ROWS)
        counts.append(len(asked))

    assert counts[0] == counts[1]
