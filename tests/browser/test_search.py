"""The search box with the keyboard alone: two actions to a company, whatever the input method does with Enter."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hisense(make_company):
    return make_company("青岛海信电器股份有限公司")


def box(page):
    return page.locator("#palette")


def options(page):
    return box(page).get_by_role("option")


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_company_is_two_actions_away_from_any_page(key, visit, officer, hisense):
    page = visit("/leads/", officer)

    page.keyboard.press(key)
    page.keyboard.type("qdhx")
    page.keyboard.press("Enter")  # at once: the answer to all that was typed is waited for

    page.wait_for_url(re.compile(rf"/companies/{hisense.pk}/$"))


def test_enter_that_chooses_a_word_opens_nothing(visit, officer, hisense):
    page = visit("/leads/", officer)
    page.keyboard.press("/")
    page.keyboard.type("海信")
    expect(options(page).first).to_contain_text("青岛海信")

    page.evaluate(
        """() => {
          const input = document.querySelector("#palette [name=q]");
          const enter = { key: "Enter", bubbles: true, cancelable: true };
          input.dispatchEvent(new KeyboardEvent("keydown", { ...enter, isComposing: true }));
          input.dispatchEvent(new KeyboardEvent("keydown", { ...enter, keyCode: 229 }));
          input.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
          input.dispatchEvent(new KeyboardEvent("keydown", enter));
        }"""
    )
    page.wait_for_timeout(300)

    assert page.url.endswith("/leads/")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/companies/{hisense.pk}/$"))


def test_letters_that_are_being_composed_are_not_asked_for(visit, officer, hisense):
    page = visit("/leads/", officer)
    page.keyboard.press("/")
    expect(options(page).first).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate(
        """() => {
          const input = document.querySelector("#palette [name=q]");
          input.value = "hai";
          input.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
        }"""
    )
    page.wait_for_timeout(400)

    assert asked == []


def test_arrows_walk_and_escape_goes_back_to_where_one_was(visit, officer, make_company):
    make_company("样例一号公司")
    make_company("样例二号公司")
    page = visit("/companies/", officer)
    page.locator("[data-row]").first.focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("样例")
    expect(options(page).first).to_contain_text("样例二号")

    page.keyboard.press("ArrowDown")
    expect(box(page).locator("[aria-selected=true]")).to_contain_text("样例一号")
    chosen = box(page).locator("[aria-selected=true]").get_attribute("id")
    assert box(page).get_by_role("combobox").get_attribute("aria-activedescendant") == chosen
    page.keyboard.press("ArrowUp")
    expect(box(page).locator("[aria-selected=true]")).to_contain_text("样例二号")
    page.keyboard.press("ArrowUp")  # from the first to the last
    expect(box(page).locator("[aria-selected=true]")).to_contain_text("样例一号")
    page.keyboard.press("Escape")

    expect(box(page)).not_to_be_visible()
    assert page.evaluate("document.activeElement.hasAttribute('data-row')")
    page.keyboard.press("/")
    expect(box(page).get_by_role("combobox")).to_have_value("样例")


def test_slash_typed_into_a_field_stays_a_slash_and_f_goes_to_the_filter(visit, officer):
    page = visit("/leads/", officer)

    page.keyboard.press("f")
    page.keyboard.type("a/b")

    assert page.locator(".filters [name=q]").input_value() == "a/b"
    expect(box(page)).not_to_be_visible()


def test_the_sign_for_actions_opens_the_form_of_a_new_lead_over_the_page(visit, officer):
    page = visit("/projects/", officer)
    page.keyboard.press("/")
    page.keyboard.type(">xxs")
    page.keyboard.press("Enter")

    expect(page.locator("#pane [name=company_name]")).to_be_focused()
    expect(box(page)).not_to_be_visible()
    assert page.url.endswith("/projects/")


def test_the_field_in_the_top_bar_opens_the_box_and_nothing_sticks_out(visit, officer, hisense, fits):
    page = visit("/", officer)
    page.locator(".top .find").click()
    page.keyboard.type("海信")
    expect(options(page).first).to_contain_text("青岛海信")

    assert fits() == []
    page.goto(page.url.rstrip("/") + "/search/?q=海信")
    assert fits() == []


def test_without_scripts_the_field_leads_to_a_page_that_searches(browser, live_server, officer, hisense):
    from tests.browser.conftest import PASSWORD

    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/sign-in/")
    page.fill("[name=username]", officer.username)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.locator(".top .find").click()
    page.fill("main [name=q]", "qdhx")
    page.press("main [name=q]", "Enter")

    expect(page.locator("main").get_by_role("link", name="青岛海信")).to_be_visible()
    context.close()
