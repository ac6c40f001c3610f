"""Cards in Chromium: dragged, moved by keys, through a closed gate, by two people at once; the actions are counted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.actions import advance_lead
from crm.lifecycle import LeadStage
from projects.lifecycle import Stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODAY = timezone.localdate()
WIDTHS = pytest.mark.parametrize("width", [1440, 390])


@pytest.fixture
def lead(make_lead):
    return make_lead(company_name="翰博光电", intended_investment_wan=Decimal(60000))


@pytest.fixture
def answered(lead, officer, at):
    """A lead whose next gate is closed: what is intended is not said."""
    return advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)


@pytest.fixture
def project(make_project, walk):
    made = make_project(name="光谱仪产线", total_investment_wan=Decimal(25000), content="光谱仪")
    return walk(made, (Stage.NEGOTIATING, date(2024, 3, 1)))


def card(page, record):
    return page.locator(f"#c{record.pk}")


def in_lane(page, stage, record):
    return page.locator(f"#lane-{stage} #c{record.pk}")


def drag(page, what, to):
    """Press, carry, let go: one action of a person."""
    start, end = what.bounding_box(), to.bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 70)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 74)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=6)
    page.mouse.up()


def test_a_card_is_dragged_in_one_action(visit, officer, lead):
    page = visit("/leads/board/", officer)

    drag(page, card(page, lead), page.locator("#lane-responded"))

    expect(in_lane(page, "responded", lead)).to_be_visible()
    expect(page.locator("#lane-responded .sum")).to_contain_text("6.0 亿元")
    expect(page.locator("#lane-registered .card")).to_have_count(0)
    expect(in_lane(page, "responded", lead).locator("[data-row]")).to_be_focused()
    expect(page.locator("[data-toast]")).to_contain_text("已移到“已响应”：翰博光电")
    lead.refresh_from_db()
    assert (lead.stage, lead.stage_since) == (LeadStage.RESPONDED, TODAY)


def test_a_drag_let_go_outside_or_broken_off_moves_nothing_and_follows_no_link(visit, officer, lead):
    page = visit("/leads/board/", officer)

    drag(page, card(page, lead), page.locator("h1"))
    expect(in_lane(page, "registered", lead)).to_be_visible()
    box = card(page, lead).bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 60, steps=4)
    expect(page.locator(".card.drag")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".card.drag")).to_have_count(0)
    assert page.url.endswith("/leads/board/")
    lead.refresh_from_db()
    assert lead.stage == LeadStage.REGISTERED


def test_m_and_a_digit_move_the_card_that_has_the_focus(visit, officer, lead):
    page = visit("/leads/board/", officer)

    page.keyboard.press("j")
    expect(card(page, lead).locator("[data-row]")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#kmenu")).to_be_visible()
    page.keyboard.press("2")

    expect(in_lane(page, "responded", lead).locator("[data-row]")).to_be_focused()
    lead.refresh_from_db()
    assert lead.stage == LeadStage.RESPONDED


def test_escape_closes_the_menu_and_gives_the_focus_back(visit, officer, lead):
    page = visit("/leads/board/", officer)
    page.keyboard.press("j")
    page.keyboard.press("m")

    page.keyboard.press("Escape")

    expect(page.locator("#kmenu")).to_be_hidden()
    expect(card(page, lead).locator("[data-row]")).to_be_focused()


@WIDTHS
def test_a_closed_gate_takes_three_actions_at_most(visit, officer, answered, watch, width):
    """Menu or M, the stage, save: typing is not counted."""
    watch.expect("422")
    page = visit("/leads/board/", officer)
    page.set_viewport_size({"width": width, "height": 844})
    if width == 390:
        page.click("#board-tabs a >> nth=1")

    card(page, answered).locator(".mv").click()
    page.locator("#kmenu [data-to=assessing]").click()
    content = page.locator("#gate [name=content]")
    expect(content).to_be_focused()
    expect(page.locator("#gate")).to_contain_text("还缺 1 项")
    page.keyboard.type("湿法设备")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#gate > *")).to_have_count(0)
    expect(in_lane(page, "assessing", answered)).to_have_count(1)
    answered.refresh_from_db()
    assert (answered.stage, answered.content) == (LeadStage.ASSESSING, "湿法设备")


def test_a_closed_gate_gives_the_card_back_and_keeps_what_was_typed(visit, officer, answered, watch):
    watch.expect("422")
    page = visit("/leads/board/", officer)
    drag(page, card(page, answered), page.locator("#lane-assessing"))
    page.fill("#gate [name=content]", "湿法设备总部")

    page.keyboard.press("Escape")
    expect(page.locator("#gate > *")).to_have_count(0)
    expect(in_lane(page, "responded", answered).locator("[data-row]")).to_be_focused()
    drag(page, card(page, answered), page.locator("#lane-assessing"))

    expect(page.locator("#gate [name=content]")).to_have_value("湿法设备总部")
    answered.refresh_from_db()
    assert answered.stage == LeadStage.RESPONDED


@WIDTHS
def test_papers_are_handed_in_on_the_board(visit, officer, project, watch, pdf, width):
    watch.expect("422")
    page = visit("/projects/pipeline/", officer)
    page.set_viewport_size({"width": width, "height": 844})
    if width == 390:
        page.click("#board-tabs a >> nth=2")

    card(page, project).locator(".mv").click()
    page.locator("#kmenu [data-to=review]").click()
    page.locator("#gate [name=file_application]").set_input_files(
        {"name": "可研.pdf", "mimeType": "application/pdf", "buffer": pdf().read()}
    )
    page.locator("#gate button.main").click()

    expect(in_lane(page, "review", project)).to_have_count(1)
    project.refresh_from_db()
    assert (project.stage, project.documents.get().kind) == (Stage.REVIEW, "application")


def test_another_day_is_chosen_before_the_card_moves(visit, officer, lead):
    page = visit("/leads/board/", officer)

    page.keyboard.press("j")
    page.keyboard.press("m")
    page.check("#kmenu-ask")
    page.keyboard.press("2")
    page.fill("#gate [name=effective_on]", "2024-04-10")
    page.click("#gate button.main")

    expect(in_lane(page, "responded", lead)).to_be_visible()
    lead.refresh_from_db()
    assert lead.stage_since == date(2024, 4, 10)


def test_a_card_somebody_moved_meanwhile_goes_to_its_true_place(visit, officer, colleague, lead, at, watch):
    watch.expect("409")
    page = visit("/leads/board/", officer)
    advance_lead(lead, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=colleague)

    drag(page, card(page, lead), page.locator("#lane-responded"))

    expect(page.locator("#gate")).to_contain_text("周敏之 已于")
    expect(in_lane(page, "responded", lead)).to_be_visible()
    expect(page.locator("#lane-registered .card")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(card(page, lead).locator("[data-row]")).to_be_focused()


def test_a_move_is_taken_back_from_its_toast(visit, officer, lead):
    page = visit("/leads/board/", officer)
    drag(page, card(page, lead), page.locator("#lane-responded"))
    expect(in_lane(page, "responded", lead)).to_be_visible()

    page.click("[data-toast] [data-undo] button")

    expect(in_lane(page, "registered", lead)).to_be_visible()
    lead.refresh_from_db()
    assert lead.stage == LeadStage.REGISTERED


def test_arrows_walk_between_columns_and_l_opens_the_log(visit, officer, lead, make_lead, at):
    other = make_lead(company_name="北岸氢动")
    advance_lead(other, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    page = visit("/leads/board/", officer)

    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    expect(card(page, other).locator("[data-row]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(card(page, lead).locator("[data-row]")).to_be_focused()
    page.keyboard.press("l")

    expect(page.locator("#pane")).to_be_visible()
    expect(page.locator("#pane-title")).to_have_text("翰博光电")


def test_the_board_still_works_after_something_was_logged_on_it(visit, officer, lead):
    page = visit("/leads/board/", officer)
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.fill("#pane [name=summary]", "约看厂房")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pane")).to_be_hidden()
    expect(page.locator("[data-toast]")).to_be_visible()

    drag(page, card(page, lead), page.locator("#lane-responded"))

    expect(in_lane(page, "responded", lead)).to_be_visible()
    lead.refresh_from_db()
    assert (lead.stage, lead.interactions.count()) == (LeadStage.RESPONDED, 1)


def test_a_finger_lifts_a_card_by_a_long_press(visit, officer, lead):
    """Touch is told as pointer events here, as a phone's browser would send them to the page."""
    page = visit("/leads/board/", officer)
    page.set_viewport_size({"width": 390, "height": 844})
    box, to = card(page, lead).bounding_box(), page.locator("#lane-responded").bounding_box()
    touch = (
        "(type, x, y) => ({pointerId: 7, pointerType: 'touch', isPrimary: true, bubbles: true, clientX: x, clientY: y})"
    )
    send = f"([type, x, y]) => {{ const make = {touch}; const at = document.elementFromPoint(x, y) || document.body;"
    send += " at.dispatchEvent(new PointerEvent(type, make(type, x, y))); }"

    page.evaluate(send, ["pointerdown", box["x"] + 40, box["y"] + 60])
    page.wait_for_timeout(450)
    expect(page.locator(".card.drag")).to_have_count(1)
    page.evaluate(send, ["pointermove", to["x"] + 10, to["y"] + 90])
    page.evaluate(send, ["pointerup", to["x"] + 10, to["y"] + 90])

    expect(in_lane(page, "responded", lead)).to_have_count(1)
    lead.refresh_from_db()
    assert lead.stage == LeadStage.RESPONDED


def test_on_a_phone_one_column_is_in_sight_and_the_tabs_lead_to_the_others(visit, officer, lead, fits):
    page = visit("/leads/board/", officer)
    page.set_viewport_size({"width": 390, "height": 844})

    page.click("#board-tabs a >> nth=3")

    expect(page.locator("#lane-assessed")).to_be_in_viewport(ratio=0.6)
    expect(page.locator("#board-tabs a >> nth=3")).to_have_attribute("aria-current", "true")
    assert fits() == []


def test_further_cards_come_on_demand(visit, officer, make_lead, make_company):
    company = make_company()
    for n in range(52):
        make_lead(company=company, next_step="回电", next_step_due_on=TODAY + timedelta(days=n))
    page = visit("/leads/board/", officer)
    expect(page.locator("#lane-registered .card")).to_have_count(50)

    page.click("#lane-registered .more")

    expect(page.locator("#lane-registered .card")).to_have_count(52)
    expect(page.locator("#lane-registered .more")).to_have_count(0)
