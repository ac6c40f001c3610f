"""The pipeline board of projects: columns up to the signing, longest in stage first, moves through the same gates."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.columns import SHOWN
from projects import actions
from projects.lifecycle import EXITS, FORWARD, Stage, backward_steps
from projects.models import Document, Project, StageChange
from projects.pipeline import COLUMNS, steps_from

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
HX = {"HTTP_HX_REQUEST": "true"}


def signed_in(person, language="en"):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(person)
    return client


@pytest.fixture
def project(make_project):
    """Under first contact since 1 June 2023, 6 亿元, its content said: the gate to the negotiation is open."""
    return make_project(name="翰博光电生产基地", total_investment_wan=Decimal(60000), content="液晶显示模组")


@pytest.fixture
def move(officer):
    def send(project, to, *, who=officer, query="", fragment=True, **said):
        return signed_in(who).post(
            f"/projects/{project.pk}/move/{query}",
            {"to": to, "from": project.stage, **said},
            **(HX if fragment else {}),
        )

    return send


@pytest.fixture
def fill(make_project, make_company):
    """`number` more projects in every column, written past the verbs: what is asked here is how they are shown."""

    def more(number):
        company = make_company("青岛海信半导体装备有限公司")
        first = make_project(company=company, name="半导体设备零部件生产基地二期项目")
        rows = []
        for stage in COLUMNS:
            for n in range(number):
                row = Project.objects.get(pk=first.pk)
                row.pk, row.code, row.stage = None, f"QD-{stage}-{number}-{n}", stage
                row.stage_since, row.total_investment_wan = TODAY - timedelta(days=n), Decimal(10000)
                rows.append(row)
        return Project.objects.bulk_create(rows)

    return more


def lane(page, stage):
    return re.search(rf'<section class="lane[^"]*" id="lane-{stage}".*?</section>', page, re.DOTALL).group()


def cards(page, stage):
    return [int(pk) for pk in re.findall(r'<article class="card[^"]*" id="c(\d+)"', lane(page, stage))]


def sums(page, stage):
    found = re.search(r"<b>([\d,]+)</b> projects</span><span><b>([^<]+)</b> RMB bn</span>", lane(page, stage))
    return found.groups()


def test_the_columns_end_with_the_signing_and_keep_those_with_a_framework_agreement():
    assert COLUMNS[0] == Stage.RESERVE
    assert COLUMNS[-2:] == (Stage.FRAMEWORK, Stage.SIGNED)


@pytest.mark.parametrize("stage", COLUMNS)
def test_a_column_offers_every_step_of_the_network_and_no_other(stage):
    assert set(steps_from(stage)) == {*FORWARD[stage], *backward_steps(stage), *EXITS}


def test_a_column_has_number_and_amount_of_all_its_projects_loaded_or_not(officer, fill):
    fill(SHOWN + 4)

    page = signed_in(officer).get("/projects/pipeline/").text

    assert sums(page, "review") == ("54", "5.40")
    assert len(cards(page, "review")) == SHOWN
    assert "4 more" in lane(page, "review")


def test_longest_in_stage_stands_first_and_further_cards_go_on_from_there(officer, fill):
    rows = [row for row in fill(SHOWN + 4) if row.stage == "review"]
    client = signed_in(officer)
    page = client.get("/projects/pipeline/").text
    more = re.search(r'hx-get="([^"]+)"', lane(page, "review")).group(1).replace("&amp;", "&")

    rest = [int(pk) for pk in re.findall(r'id="c(\d+)"', client.get(more, **HX).text)]

    ordered = [row.pk for row in sorted(rows, key=lambda row: (row.stage_since, row.pk))]
    assert cards(page, "review") + rest == ordered


def test_a_project_past_the_signing_is_not_on_the_board(officer, make_signed, walk):
    signed = make_signed()
    assert cards(signed_in(officer).get("/projects/pipeline/").text, "signed") == [signed.pk]

    walk(signed, (Stage.STARTED, date(2024, 3, 8)))

    assert "<article" not in signed_in(officer).get("/projects/pipeline/").text


def test_the_next_step_is_that_of_the_latest_conversation_that_agreed_on_one(officer, project, at):
    for n, step in enumerate(("看厂房", "送租金方案", "")):
        actions.record_project_interaction(
            project,
            summary="沟通",
            happened_on=date(2024, 4, 10 + n),
            next_step=step,
            next_step_due_on=TODAY if step else None,
            at=at,
            by=officer,
        )

    page = signed_in(officer).get("/projects/pipeline/").text

    assert '<p class="nx warn">Today 送租金方案</p>' in page


def test_a_stranger_finds_none_of_these_projects(project, outsider):
    page = signed_in(outsider).get("/projects/pipeline/").text

    assert "翰博光电" not in page
    assert "There is no project before its signing." in page


def test_the_board_costs_the_same_with_two_and_with_sixty_cards_a_column(fill, officer):
    client = signed_in(officer)
    client.get("/projects/pipeline/")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/pipeline/")
        return len(queries)

    fill(2)
    few = asked()
    fill(58)

    assert asked() == few
    assert few <= 22


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_first_page_of_a_full_board_is_under_150_kb(fill, officer, language):
    fill(SHOWN + 10)

    page = signed_in(officer, language).get("/projects/pipeline/")

    assert page.text.count("<article") == len(COLUMNS) * SHOWN
    assert len(page.content) < 150_000


def test_an_open_gate_moves_the_card_today(move, project):
    answer = move(project, "negotiating")

    project.refresh_from_db()
    assert answer.status_code == 200
    assert (project.stage, project.stage_since) == (Stage.NEGOTIATING, TODAY)
    assert cards(answer.text, "negotiating") == [project.pk]
    assert sums(answer.text, "negotiating") == ("1", "0.60")
    assert sums(answer.text, "contact") == ("0", "0.00")
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"].startswith("Moved to “Under negotiation”")


def test_a_closed_gate_asks_only_for_what_is_missing_and_says_what_is_there(move, project, officer, walk, at, pdf):
    walk(project, (Stage.NEGOTIATING, date(2024, 3, 1)))
    actions.attach_document(project, kind="minute", file=pdf("纪要.pdf"), at=at, by=officer)

    answer = move(project, "decision")

    assert answer.status_code == 422
    assert re.findall(r'name="([a-z_]+)"', answer.text.split("csrfmiddlewaretoken")[1]) == [
        "to", "from", "submission_key", "file_legal_opinion", "file_fair_review", "reason", "effective_on",
    ]  # fmt: skip
    assert "2 things are missing" in answer.text
    assert "There already: Meeting minute." in answer.text
    assert "field bad" not in answer.text
    project.refresh_from_db()
    assert project.stage == Stage.NEGOTIATING


def test_the_panel_takes_papers_and_moves_in_one_go(move, project, walk, pdf):
    walk(project, (Stage.NEGOTIATING, date(2024, 3, 1)))

    answer = move(project, "review", file_application=pdf("可研.pdf"), effective_on="2024-03-20", reason="")

    project.refresh_from_db()
    assert answer.status_code == 200
    assert (project.stage, project.stage_since) == (Stage.REVIEW, date(2024, 3, 20))
    assert list(StageChange.objects.get(to_stage="review").evidence.values_list("kind", flat=True)) == ["application"]


def test_a_paper_that_is_refused_leaves_nothing_behind(move, project, walk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    walk(project, (Stage.NEGOTIATING, date(2024, 3, 1)))
    script = SimpleUploadedFile("可研.pdf", b"MZ\x90\x00", content_type="application/pdf")

    answer = move(project, "review", file_application=script, effective_on="2024-03-20", reason="")

    assert answer.status_code == 422
    assert re.search(r"class=\"field +bad\"", answer.text)
    assert not Document.objects.exists()
    project.refresh_from_db()
    assert project.stage == Stage.NEGOTIATING


def test_what_is_still_missing_is_said_beside_its_input(move, project, walk):
    walk(project, (Stage.NEGOTIATING, date(2024, 3, 1)))

    answer = move(project, "review", effective_on="2024-03-20", reason="先报材料")

    assert answer.status_code == 422
    assert "The application with the feasibility study is not attached." in answer.text
    assert "先报材料" in answer.text


def test_an_extra_demand_of_the_zone_is_asked_for_as_well(move, project, admin, zone, at):
    actions.add_requirement(park=zone, stage=Stage.NEGOTIATING, field="land_area_mu", at=at, by=admin)

    asked = move(project, "negotiating")
    assert (asked.status_code, 'name="land_area_mu"' in asked.text) == (422, True)
    move(project, "negotiating", land_area_mu="120", effective_on=TODAY.isoformat(), reason="")

    project.refresh_from_db()
    assert (project.stage, project.land_area_mu) == (Stage.NEGOTIATING, Decimal(120))


def test_the_signing_asks_for_the_agreed_total(move, project, walk, fill_gate):
    walk(project, (Stage.NEGOTIATING, date(2024, 3, 1)), (Stage.DECISION, date(2024, 3, 10)))
    fill_gate(project, Stage.SIGNED)

    asked = move(project, "signed")
    assert (asked.status_code, 'name="total_investment_wan"' in asked.text) == (422, True)
    done = move(project, "signed", total_investment_wan="6.5亿", effective_on="2024-03-20", reason="")

    project.refresh_from_db()
    assert done.status_code == 200
    assert (project.stage, project.total_investment_wan) == (Stage.SIGNED, Decimal(65000))
    assert "to verify" in lane(done.text, "signed")


def test_pausing_asks_for_its_reason_and_takes_the_card_off(move, project):
    asked = move(project, "paused")
    assert asked.status_code == 422

    answer = move(project, "paused", reason="企业资金安排调整", effective_on=TODAY.isoformat())

    project.refresh_from_db()
    assert (answer.status_code, project.stage) == (200, Stage.PAUSED)
    assert cards(answer.text, "contact") == []


def test_where_no_step_leads_the_panel_says_so_and_asks_nothing(move, project):
    answer = move(project, "signed")

    assert answer.status_code == 422
    assert "From “First contact” there is no step to “Formally signed”." in answer.text
    assert 'type="file"' not in answer.text


def test_a_card_somebody_moved_meanwhile_tells_who_and_goes_to_its_true_place(move, project, colleague, at):
    seen = Project.objects.get(pk=project.pk)
    actions.advance_project(project, to=Stage.NEGOTIATING, effective_on=date(2024, 4, 2), at=at, by=colleague)

    answer = move(seen, "negotiating")

    assert answer.status_code == 409
    assert "周敏之 moved 翰博光电生产基地 to “Under negotiation” on 18 Apr 2024." in answer.text
    assert cards(answer.text, "negotiating") == [project.pk]
    assert cards(answer.text, "contact") == []
    assert StageChange.objects.filter(project=project).count() == 2


def test_without_scripts_a_card_is_moved_on_pages_of_its_own(project, officer):
    client = signed_in(officer)

    assert 'href="?to=negotiating"' in client.get(f"/projects/{project.pk}/move/").text
    assert 'name="effective_on"' in client.get(f"/projects/{project.pk}/move/?to=negotiating").text
    answer = client.post(f"/projects/{project.pk}/move/", {"to": "negotiating", "from": "contact"})

    project.refresh_from_db()
    assert answer.headers["Location"] == "/projects/pipeline/"
    assert project.stage == Stage.NEGOTIATING


def test_the_manager_who_only_verifies_moves_nothing(move, project, manager):
    assert move(project, "negotiating", who=manager).status_code == 403
    assert StageChange.objects.filter(project=project).count() == 1
