"""The deeds of an officer's day, each within its number of actions: a click or a chord; typing is not counted."""

import pytest
from playwright.sync_api import expect

from crm.models import Interaction, Lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = pytest.mark.parametrize("width", [1440, 390])


class Counted:
    """A page whose clicks and chords are counted. Letters that fill a field, and Tab between fields, are typing."""

    def __init__(self, page):
        self.page = page
        self.actions = 0

    def click(self, selector):
        self.actions += 1
        self.page.locator(selector).locator("visible=true").first.click()

    def press(self, chord):
        self.actions += 1
        self.page.keyboard.press(chord)

    def type(self, *texts):
        for number, text in enumerate(texts):
            if number:
                self.page.keyboard.press("Tab")
            self.page.keyboard.type(text)


@pytest.fixture
def counted(visit):
    def go(path, user, width=1440):
        page = visit("/account/", user)
        page.set_viewport_size({"width": width, "height": 844})
        visit(path)
        page.wait_for_load_state("networkidle")
        return Counted(page)

    return go


def test_a_lead_takes_two_actions_by_keyboard(counted, officer):
    hand = counted("/leads/", officer)

    hand.press("n")
    expect(hand.page.locator("#pane [name=company_name]")).to_be_focused()
    hand.type("澄明光学", "6亿", "C39", "殷澄", "13800000000")
    hand.press("Control+Enter")

    expect(hand.page.locator("[data-toast]")).to_contain_text("线索已保存")
    expect(hand.page.locator("main table")).to_contain_text("澄明光学")
    assert hand.actions == 2
    assert Lead.objects.get().intended_investment_wan == 60000


@WIDTHS
def test_a_lead_takes_two_actions_by_hand(counted, officer, width):
    hand = counted("/leads/", officer, width)

    hand.click("[data-hotkey=n]")
    expect(hand.page.locator("#pane [name=company_name]")).to_be_focused()
    hand.type("澄明光学", "6亿")
    hand.click("#pane button.main")

    expect(hand.page.locator("[data-toast]")).to_contain_text("线索已保存")
    assert hand.actions == 2
    assert Lead.objects.count() == 1


@WIDTHS
@pytest.mark.parametrize("of", ["lead", "company", "project"])
def test_a_call_takes_one_action_at_the_top_of_a_record(counted, officer, make_lead, make_project, of, width):
    lead, project = make_lead(), make_project()
    path = {"lead": f"/leads/{lead.pk}/", "company": f"/companies/{lead.company_id}/"}
    hand = counted(path.get(of, f"/projects/{project.pk}/"), officer, width)

    hand.page.focus("textarea[name=summary]")
    hand.type("要 50 亩净地，年内定址。")
    hand.press("Control+Enter")

    expect(hand.page.locator("[data-toast]")).to_contain_text("联系记录已保存")
    expect(hand.page.locator("main .tl").first).to_contain_text("要 50 亩净地")
    assert hand.actions == 1
    assert Interaction.objects.get().kind == "call"


def test_a_visit_takes_two_actions_from_a_row_of_the_list_and_one_more_for_the_reminder(counted, officer, make_lead):
    lead = make_lead()
    hand = counted("/leads/", officer)
    hand.page.keyboard.press("j")

    hand.press("l")
    expect(hand.page.locator("#pane textarea[name=summary]")).to_be_focused()
    hand.type("看了 3 号厂房")
    hand.click("#pane [data-sets]:text-is('3 天')")
    hand.press("Control+Enter")

    expect(hand.page.locator("#pane")).to_be_hidden()
    expect(hand.page.locator("[data-toast]")).to_contain_text("联系记录已保存")
    assert hand.actions == 3
    lead.refresh_from_db()
    assert lead.next_step_due_on is not None
    assert lead.interactions.count() == 1


def test_what_was_typed_is_there_when_the_dialog_opens_again(counted, officer):
    hand = counted("/leads/", officer)
    hand.press("n")
    expect(hand.page.locator("#pane [name=company_name]")).to_be_focused()
    hand.type("澄明光学")

    hand.press("Escape")
    expect(hand.page.locator("#pane")).to_be_hidden()
    hand.press("n")

    expect(hand.page.locator("#pane [name=company_name]")).to_have_value("澄明光学")


def test_a_lost_connection_keeps_the_dialog_and_the_text_and_says_so(counted, watch, officer, make_lead):
    lead = make_lead()
    hand = counted(f"/leads/{lead.pk}/", officer)
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:")
    hand.page.fill("textarea[name=summary]", "电梯里谈的")
    hand.page.context.set_offline(True)

    hand.press("Control+Enter")

    expect(hand.page.locator("[data-failure]")).to_contain_text("服务器没有应答")
    expect(hand.page.locator("textarea[name=summary]")).to_have_value("电梯里谈的")
    hand.page.context.set_offline(False)
    hand.press("Control+Enter")
    expect(hand.page.locator("[data-toast]")).to_contain_text("联系记录已保存")
    assert Interaction.objects.get().summary == "电梯里谈的"
