"""The pipeline board of leads: sums over the whole filter, cards by next step, moves through the same gates."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.columns import SHOWN
from core.models import AuditEntry
from crm.actions import advance_lead, edit_lead
from crm.lifecycle import OPEN, LeadStage
from crm.models import Lead, LeadStageChange

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def board(signed_in, officer):
    def show(query="", who=officer):
        answer = signed_in(who).get(f"/leads/board/{query}")
        assert answer.status_code == 200
        return answer

    return show


@pytest.fixture
def move(signed_in, officer):
    def send(lead, to, *, who=officer, query="", fragment=True, **said):
        return signed_in(who).post(
            f"/leads/{lead.pk}/move/{query}", {"to": to, "from": lead.stage, **said}, **(HX if fragment else {})
        )

    return send


@pytest.fixture
def fill(make_lead, make_company, officer, at):
    """`number` more leads in every open stage, written past the verbs: what is asked here is how they are shown."""

    def more(number, **given):
        company = make_company("青岛海信半导体装备有限公司")
        first = make_lead(company=company, next_step="送租金方案和可行性研究报告给对方", **given)
        rows = []
        for stage in OPEN:
            for n in range(number):
                row = Lead.objects.get(pk=first.pk)
                row.pk, row.code = None, f"L-{stage}-{number}-{n}"
                row.stage, row.next_step_due_on = stage, TODAY + timedelta(days=n - 5) if n % 3 else None
                row.intended_investment_wan = Decimal(10000)
                rows.append(row)
        first.delete()
        return Lead.objects.bulk_create(rows)

    return more


def cards(page, stage):
    lane = re.search(rf'<section class="lane[^"]*" id="lane-{stage}".*?</section>', page, re.DOTALL).group()
    return [int(pk) for pk in re.findall(r'<article class="card[^"]*" id="c(\d+)"', lane)]


def sums(page, stage):
    lane = re.search(rf'<section class="lane[^"]*" id="lane-{stage}".*?</section>', page, re.DOTALL).group()
    return re.search(r"<b>([\d,]+)</b> leads</span><span><b>([^<]+)</b> RMB bn</span>", lane).groups()


def test_a_column_has_number_and_amount_of_all_its_leads_loaded_or_not(board, fill):
    fill(SHOWN + 7)

    page = board().text

    assert sums(page, "assessed") == ("57", "5.70")
    assert len(cards(page, "assessed")) == SHOWN
    assert "7 more" in page
    assert "342 open leads, RMB 34.20 bn" in page


def test_the_filter_narrows_numbers_and_cards_alike(board, make_lead, colleague):
    make_lead(company_name="北岸氢动", intended_investment_wan=Decimal(40000))
    mine = make_lead(company_name="翰博光电", intended_investment_wan=Decimal(150000), owner=colleague)

    page = board("?min_investment_wan=10亿").text

    assert cards(page, "registered") == [mine.pk]
    assert sums(page, "registered") == ("1", "1.50")


def test_an_unknown_filter_shows_no_board_and_says_so(board, make_lead):
    make_lead()

    page = board("?stage=assessed").text

    assert "There is no filter called stage." in page
    assert "<article" not in page


def test_late_next_steps_come_first_and_none_last_with_words_for_each_light(board, make_lead):
    none = make_lead(company_name="甲")
    planned = make_lead(company_name="乙", next_step="送方案", next_step_due_on=TODAY + timedelta(days=1))
    today = make_lead(company_name="丙", next_step="回电", next_step_due_on=TODAY)
    late = make_lead(company_name="丁", next_step="补材料", next_step_due_on=TODAY - timedelta(days=2))

    page = board().text

    assert cards(page, "registered") == [late.pk, today.pk, planned.pk, none.pk]
    lights = re.findall(r'<p class="nx (\w+)">([^<]*)</p>', page)
    assert [light for light, _words in lights] == ["bad", "warn", "ok", "idle"]
    assert lights[0][1] == "2 days late 补材料"
    assert lights[1][1] == "Today 回电"
    assert lights[3][1] == "No next step yet"


def test_closed_leads_are_neither_counted_nor_shown(board, make_lead, officer, at):
    lead = make_lead()
    advance_lead(
        lead, to=LeadStage.SHELVED, effective_on=date(2024, 4, 2), shelving_reason="invalid", at=at, by=officer
    )

    page = board().text

    assert "There is no open lead." in page
    assert "<article" not in page


def test_a_stranger_finds_none_of_these_leads(board, make_lead, outsider):
    make_lead(company_name="翰博光电", intended_investment_wan=Decimal(50000))

    page = board(who=outsider).text

    assert "翰博光电" not in page
    assert "0.50" not in page


def test_who_may_not_move_leads_sees_cards_without_the_handle(board, make_lead, auditor):
    make_lead()

    assert 'class="mv"' in board().text
    assert 'class="mv"' not in board(who=auditor).text


@pytest.mark.parametrize("further", [7, SHOWN, SHOWN + 7])
def test_further_cards_go_on_where_the_column_ended_until_there_are_none(board, fill, signed_in, officer, further):
    fill(SHOWN + further)
    page = board().text
    rest = re.search(r'id="lane-assessed".*?</section>', page, re.DOTALL).group()
    found = []

    while more := re.search(r'hx-get="([^"]+)"', rest):
        rest = signed_in(officer).get(more.group(1).replace("&amp;", "&"), **HX).text
        found += [int(pk) for pk in re.findall(r'id="c(\d+)"', rest)]

    assert len(found) == further
    every = Lead.objects.filter(stage="assessed")
    assert sorted(cards(page, "assessed") + found) == sorted(every.values_list("pk", flat=True))


def test_further_cards_of_a_stage_that_is_no_column_do_not_exist(signed_in, officer):
    assert signed_in(officer).get("/leads/board/converted/").status_code == 404


def test_the_board_costs_the_same_with_two_and_with_sixty_cards_a_column(fill, signed_in, officer):
    client = signed_in(officer)
    client.get("/leads/board/")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/leads/board/")
        return len(queries)

    fill(2)
    few = asked()
    fill(58)

    assert asked() == few
    assert few <= 20


def test_a_filter_that_leaves_everything_shows_the_very_same_board(board, fill):
    """With a filter the database is asked in another way; the answer must not depend on it."""
    fill(SHOWN + 7)

    plain, narrowed = board().text, board("?owner=me").text

    for stage in OPEN:
        assert cards(plain, stage) == cards(narrowed, stage)
        assert sums(plain, stage) == sums(narrowed, stage)
    assert plain.count("7 more") == narrowed.count("7 more") == len(OPEN)


def test_a_narrowed_board_costs_the_same_with_two_and_with_sixty_cards_a_column(fill, signed_in, officer):
    client = signed_in(officer)
    client.get("/leads/board/?owner=me")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get("/leads/board/?owner=me")
        return len(queries)

    fill(2)
    few = asked()
    fill(58)

    assert asked() == few
    assert few <= 16


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_first_page_of_a_full_board_is_under_150_kb(fill, client, officer, language, settings):
    fill(SHOWN + 10)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(officer)

    page = client.get("/leads/board/")

    assert page.text.count("<article") == len(OPEN) * SHOWN
    assert len(page.content) < 150_000


def test_an_open_gate_moves_the_card_today_and_shows_both_columns_again(move, make_lead):
    lead = make_lead(company_name="翰博光电", intended_investment_wan=Decimal(60000))

    answer = move(lead, "responded")

    lead.refresh_from_db()
    assert answer.status_code == 200
    assert (lead.stage, lead.stage_since) == (LeadStage.RESPONDED, TODAY)
    assert cards(answer.text, "responded") == [lead.pk]
    assert sums(answer.text, "responded") == ("1", "0.60")
    assert cards(answer.text, "registered") == []
    assert sums(answer.text, "registered") == ("0", "0.00")
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast["text"] == "Moved to “Responded”: 翰博光电"
    assert toast["undo"]
    assert 'id="lane-assessing"' not in answer.text
    assert AuditEntry.objects.filter(verb="crm.advance_lead").count() == 1


def test_the_moved_card_stands_first_wherever_it_is_sorted_and_only_once(move, fill, make_lead):
    fill(SHOWN + 5)
    lead = make_lead(company_name="翰博光电")  # without a next step it would be last of 56

    answer = move(lead, "responded")

    shown = cards(answer.text, "responded")
    assert shown[0] == lead.pk
    assert len(shown) == len(set(shown))


def test_as_many_cards_come_back_as_were_on_the_page(move, fill):
    rows = fill(SHOWN + 30)
    lead = next(row for row in rows if row.stage == "registered")

    answer = move(lead, "responded", shown="registered:80,responded:50,nonsense:9,assessed:x")

    assert len(cards(answer.text, "registered")) == 79
    assert len(cards(answer.text, "responded")) in (SHOWN, SHOWN + 1)


def test_a_closed_gate_moves_nothing_and_asks_only_for_what_is_missing(move, make_lead, officer, at):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    lead.refresh_from_db()

    answer = move(lead, "assessing")

    assert answer.status_code == 422
    assert re.findall(r'name="([a-z_]+)"', answer.text.split("csrfmiddlewaretoken")[1]) == [
        "to", "from", "submission_key", "content", "note", "effective_on",
    ]  # fmt: skip
    assert "1 thing is missing" in answer.text
    assert "field bad" not in answer.text
    lead.refresh_from_db()
    assert lead.stage == LeadStage.RESPONDED


def test_the_panel_fills_what_is_missing_and_moves_in_one_go(move, make_lead, officer, at):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    lead.refresh_from_db()

    answer = move(lead, "assessing", content="湿法设备", note="", effective_on="2024-04-10")

    lead.refresh_from_db()
    assert answer.status_code == 200
    assert (lead.content, lead.stage, lead.stage_since) == ("湿法设备", LeadStage.ASSESSING, date(2024, 4, 10))


def test_a_refused_step_leaves_the_filled_field_unwritten_too(move, make_lead, officer, at):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    lead.refresh_from_db()

    answer = move(lead, "assessing", content="湿法设备", effective_on="2024-04-01")  # before it responded

    lead.refresh_from_db()
    assert answer.status_code == 422
    assert "the next step cannot be earlier" in answer.text
    assert "湿法设备" in answer.text
    assert (lead.content, lead.stage) == ("", LeadStage.RESPONDED)


def test_the_day_of_the_present_stage_is_the_earliest_for_the_next(move, make_lead, officer, at):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    lead.refresh_from_db()

    assert move(lead, "assessing", content="湿法设备", effective_on="2024-04-02").status_code == 200


def test_a_day_to_come_is_refused(move, make_lead):
    lead = make_lead()

    answer = move(lead, "responded", effective_on=(TODAY + timedelta(days=1)).isoformat())

    assert answer.status_code == 422
    assert LeadStageChange.objects.filter(lead=lead).count() == 1


def test_where_no_step_leads_the_panel_says_so_and_asks_nothing(move, make_lead):
    lead = make_lead()

    answer = move(lead, "assessed")

    assert answer.status_code == 422
    assert "A lead in stage “Logged” cannot go to “Assessed”." in answer.text
    assert 'name="note"' not in answer.text


@pytest.mark.parametrize("fragment", [True, False])
def test_an_assessment_is_not_dropped_but_written_on_its_page(move, make_lead, officer, at, fragment):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    lead.refresh_from_db()

    dropped = move(lead, "assessed", fragment=fragment)
    sent = move(lead, "assessed", note="可行", effective_on=TODAY.isoformat(), fragment=fragment)

    for answer in (dropped, sent):
        assert answer.status_code == 422
        assert "An assessment has six aspects" in answer.text
        assert f'href="/leads/{lead.pk}/assessment/"' in answer.text
        assert 'name="note"' not in answer.text
    lead.refresh_from_db()
    assert lead.stage == LeadStage.RESPONDED


def test_a_step_back_to_assessed_is_still_a_plain_step(move, make_lead, officer, at):
    lead = make_lead()
    for to in (LeadStage.RESPONDED, LeadStage.ASSESSED, LeadStage.FED_BACK):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
        lead.refresh_from_db()

    assert move(lead, "assessed", note="误操作", effective_on=TODAY.isoformat()).status_code == 200
    lead.refresh_from_db()
    assert lead.stage == LeadStage.ASSESSED


def test_a_step_back_asks_for_its_reason(move, make_lead, officer, at):
    lead = make_lead()
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    lead.refresh_from_db()

    asked = move(lead, "registered")
    assert (asked.status_code, "Why it goes back" in asked.text) == (422, True)
    done = move(lead, "registered", note="误操作", effective_on=TODAY.isoformat())

    assert done.status_code == 200
    assert AuditEntry.objects.filter(verb="crm.step_back_lead").count() == 1


def test_shelving_takes_the_card_off_the_board(move, make_lead):
    lead = make_lead()
    assert "Why it is shelved" in move(lead, "shelved").text

    answer = move(lead, "shelved", shelving_reason="invalid", effective_on=TODAY.isoformat())

    lead.refresh_from_db()
    assert (lead.stage, lead.shelving_reason) == (LeadStage.SHELVED, "invalid")
    assert cards(answer.text, "registered") == []


def test_a_lead_becomes_a_project_on_the_page_that_opens_projects(move, make_lead, officer, at):
    lead = make_lead(content="湿法设备", intended_investment_wan=Decimal(60000))
    for to in (LeadStage.RESPONDED, LeadStage.ASSESSED):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
        lead.refresh_from_db()

    assert move(lead, "converted").headers["HX-Redirect"] == f"/projects/open-from-lead/{lead.pk}/"
    assert move(lead, "converted", fragment=False).headers["Location"] == f"/projects/open-from-lead/{lead.pk}/"
    lead.refresh_from_db()
    assert lead.stage == LeadStage.ASSESSED


def test_a_card_somebody_moved_meanwhile_tells_who_and_goes_to_its_true_place(move, make_lead, colleague, at):
    lead = make_lead(company_name="翰博光电")
    seen = Lead.objects.get(pk=lead.pk)
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=colleague)

    answer = move(seen, "responded")

    assert answer.status_code == 409
    assert "周敏之 moved 翰博光电 to “Responded” on 18 Apr 2024." in answer.text
    assert cards(answer.text, "responded") == [lead.pk]
    assert cards(answer.text, "registered") == []
    assert LeadStageChange.objects.filter(lead=lead).count() == 2


def test_an_edit_meanwhile_does_not_keep_a_card_from_moving(move, make_lead, colleague, at):
    lead = make_lead()
    edit_lead(lead, changes={"title": "二期"}, at=at, by=colleague)

    assert move(lead, "responded").status_code == 200


def test_without_scripts_a_card_is_moved_on_pages_of_its_own(signed_in, officer, make_lead):
    lead = make_lead()
    client = signed_in(officer)

    steps = client.get(f"/leads/{lead.pk}/move/").text
    assert 'href="?to=responded"' in steps
    page = client.get(f"/leads/{lead.pk}/move/?to=responded").text
    assert 'name="effective_on"' in page
    answer = client.post(f"/leads/{lead.pk}/move/", {"to": "responded", "from": "registered"})

    lead.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/leads/board/")
    assert lead.stage == LeadStage.RESPONDED


def test_a_stage_there_is_not_is_no_address(signed_in, officer, make_lead):
    assert signed_in(officer).get(f"/leads/{make_lead().pk}/move/?to=nonsense").status_code == 404


def test_the_auditor_moves_nothing(move, make_lead, auditor):
    lead = make_lead()

    assert move(lead, "responded", who=auditor).status_code == 403
    assert LeadStageChange.objects.filter(lead=lead).count() == 1


def test_the_stranger_does_not_find_the_lead(move, make_lead, outsider):
    assert move(make_lead(), "responded", who=outsider).status_code == 404
