"""The frame in a real browser: signing in, language, theme, navigation, keyboard, forms."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_visitor_signs_in_switches_language_and_signs_out_without_leaving_the_host(page, watch, live_server, officer):
    page.goto(live_server.url + "/account/")
    expect(page.locator("h1")).to_have_text("登录")

    page.fill("[name=username]", "officer")
    page.fill("[name=password]", "Nest-for-2-phoenixes")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("个人资料")

    page.click("button.lang")
    expect(page.locator("h1")).to_have_text("My profile")
    assert page.url.endswith("/account/")

    page.click("summary.me")
    page.click("text=Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_a_refused_sign_in_keeps_the_name_and_takes_the_focus_to_the_refusal(page, watch, live_server, officer):
    page.goto(live_server.url + "/sign-in/")
    page.fill("[name=username]", "officer")
    page.fill("[name=password]", "wrong")
    page.click("button.main")

    expect(page.locator("[role=alert]")).to_be_focused()
    assert page.input_value("[name=username]") == "officer"
    expect(page.locator("button.main")).to_be_enabled()


def test_the_theme_changes_at_once_and_stays(visit, officer):
    page = visit("/account/", officer)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.click("summary.me")
    page.click("button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    after = visit("/account/password/").evaluate("getComputedStyle(document.body).backgroundColor")

    assert before != after


def test_the_navigation_folds_and_is_still_folded_on_the_next_page(visit, officer):
    page = visit("/account/", officer)
    page.set_viewport_size({"width": 1440, "height": 900})
    wide = page.locator("nav.nav").bounding_box()["width"]

    page.click("[data-folds-nav]")
    folded = visit("/account/password/").locator("nav.nav").bounding_box()["width"]

    assert (wide, folded) == (200, 56)


def test_the_menu_closes_by_escape_and_by_a_click_elsewhere(visit, officer):
    page = visit("/account/", officer)
    menu = page.locator("details.pop").last

    page.click("summary.me")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(page.locator("summary.me")).to_be_focused()
    page.click("summary.me")
    page.click("h1")
    expect(menu).not_to_have_attribute("open", "")


def test_letters_act_as_keys_only_outside_fields_and_question_mark_opens_the_help(visit, officer):
    page = visit("/account/", officer)

    page.focus("[name=full_name]")
    page.keyboard.type("?n")
    expect(page.locator("#help")).to_be_hidden()
    assert page.url.endswith("/account/")

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_control_enter_saves_the_form_that_has_the_focus(visit, officer):
    page = visit("/account/", officer)

    page.fill("[name=full_name]", "林知微")
    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-toast]")).to_contain_text("个人资料已保存")
    officer.refresh_from_db()
    assert officer.full_name == "林知微"


def test_an_input_method_choosing_a_word_sends_nothing(visit, officer):
    page = visit("/account/", officer)
    page.focus("[name=full_name]")
    page.evaluate("window.sent = 0; document.addEventListener('submit', () => { window.sent += 1 })")

    page.evaluate(
        """() => {
          const field = document.activeElement;
          const key = {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, isComposing: true};
          field.dispatchEvent(new KeyboardEvent("keydown", key));
          field.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true}));
          field.dispatchEvent(new KeyboardEvent("keydown", {...key, isComposing: false}));
        }"""
    )

    assert page.evaluate("window.sent") == 0


def test_a_second_press_while_the_first_is_under_way_sends_nothing(visit, officer):
    page = visit("/account/", officer)
    sent = []

    def slow_server(route):
        sent.append(route.request.method)
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/account/", slow_server)
    page.evaluate(
        """() => {
          const form = document.querySelector("main form");
          form.requestSubmit();
          setTimeout(() => form.requestSubmit(), 100);
        }"""
    )
    expect(page.locator("[data-toast]")).to_be_visible()
    expect(page.locator("main button.main")).to_be_enabled()

    assert sent.count("POST") == 1


@pytest.mark.parametrize("path", ["/account/", "/account/password/", "/no-such-page/"])
def test_pages_fit_an_office_screen_and_a_phone(visit, watch, fits, officer, path):
    watch.expect("404")

    visit(path, officer)

    assert fits() == []


def test_without_scripts_the_pages_still_work(browser, live_server, officer):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/sign-in/?next=/account/")
    page.fill("[name=username]", "officer")
    page.fill("[name=password]", "Nest-for-2-phoenixes")
    page.click("button.main")
    page.fill("[name=full_name]", "林知微")
    page.click("main button.main")

    expect(page.locator("[data-toast]")).to_contain_text("个人资料已保存")
    expect(page.locator(".needs-js").first).to_be_hidden()
    context.close()
