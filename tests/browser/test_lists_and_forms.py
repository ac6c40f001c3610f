"""What scripts add to lists and forms: filters in the address, walking by keys, date chips, text that is not lost."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from crm.models import Lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def companies(make_company):
    return [make_company(name=name) for name in ("翰博光电", "科新微电子", "青屿传感科技")]


def asked(page):
    return parse_qs(urlsplit(page.url).query)


def test_a_chosen_filter_goes_into_the_address_without_the_empty_ones(visit, officer, companies):
    page = visit("/companies/", officer)

    page.keyboard.press("f")
    page.keyboard.type("翰博")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?"))

    assert list(asked(page).values()) == [["翰博"]]
    expect(page.locator("main tbody tr")).to_have_count(1)


def test_a_list_chosen_from_submits_by_itself_and_works_again_after_going_back(visit, officer, companies):
    page = visit("/companies/", officer)
    choice = page.locator(".filters select").first

    choice.select_option(index=1)
    page.wait_for_url(re.compile(r"\?"))
    assert len(asked(page)) == 1
    page.go_back()

    expect(page.locator(".filters select").first).to_be_enabled()
    expect(page.locator(".filters input").first).to_be_enabled()


def test_folded_filters_are_chosen_together_and_sent_without_the_empty_ones(visit, officer, make_lead):
    make_lead(company_name="贝斯兰", received_on=date(2024, 4, 1))
    make_lead(company_name="北岸氢动", received_on=date(2024, 4, 10))
    page = visit("/leads/", officer)

    page.click("text=更多筛选")
    page.fill("[name=received_from]", "2024-04-05")
    page.fill("[name=received_to]", "2024-04-15")
    assert asked(page) == {}
    page.click(".filters .panel button")
    page.wait_for_url(re.compile(r"\?"))

    assert asked(page) == {"received_from": ["2024-04-05"], "received_to": ["2024-04-15"]}
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator(".filters summary .num")).to_have_text("2")


def test_j_and_k_walk_through_the_rows(visit, officer, companies):
    page = visit("/companies/", officer)
    rows = page.locator("[data-row]")

    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()


def test_n_opens_a_new_lead_from_anywhere(visit, officer):
    page = visit("/account/", officer)

    page.keyboard.press("n")

    expect(page.locator("#pane [name=company_name]")).to_be_focused()
    assert page.url.endswith("/account/")


def test_a_chip_fills_the_day_the_server_computed(visit, officer, make_lead):
    lead = make_lead()
    page = visit(f"/leads/{lead.pk}/", officer)
    chip = page.locator("button[data-sets]").first
    day = chip.get_attribute("data-value")

    chip.click()

    assert date.fromisoformat(day) > date(2024, 4, 1)
    expect(page.locator("#" + chip.get_attribute("data-sets"))).to_have_value(day)
    expect(chip).to_have_attribute("aria-pressed", "true")


def test_typed_text_survives_a_reload_and_goes_once_it_is_saved(visit, officer, make_lead):
    lead = make_lead()
    page = visit(f"/leads/{lead.pk}/", officer)
    text = page.locator("textarea[data-keep]").first

    text.fill("谈了 5000 平方米厂房")
    page.reload()
    expect(text).to_have_value("谈了 5000 平方米厂房")

    text.press("Control+Enter")
    expect(page.locator(".tl")).to_contain_text("谈了 5000 平方米厂房")
    visit(f"/leads/{lead.pk}/")
    expect(text).to_have_value("")


def test_a_pasted_lead_is_saved_by_the_keys_its_button_names(visit, officer):
    page = visit("/leads/paste/", officer)
    page.fill("textarea[name=text]", "海岳精密有限公司拟投资3亿元")
    page.click("button[name=read]")
    expect(page.locator("button[name=save]")).to_be_visible()
    assert page.evaluate("!(document.activeElement && document.activeElement.form)")

    page.keyboard.press("Control+Enter")

    page.wait_for_url(re.compile(r"/leads/[0-9]+/$"))
    assert Lead.objects.get().company.name == "海岳精密有限公司"


def test_text_that_was_sent_but_never_arrived_is_still_there(visit, watch, officer, make_lead):
    lead = make_lead()
    page = visit(f"/leads/{lead.pk}/", officer)
    watch.expect("ERR_FAILED", "ERR_INTERNET_DISCONNECTED", "htmx:")
    text = page.locator("textarea[data-keep]").first
    text.fill("谈了 5000 平方米厂房")

    page.context.set_offline(True)
    text.press("Control+Enter")
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    visit(f"/leads/{lead.pk}/")

    expect(text).to_have_value("谈了 5000 平方米厂房")


def test_kept_text_is_shown_to_nobody_else_and_forgotten_at_sign_out(visit, officer, colleague, make_lead):
    lead = make_lead()
    page = visit(f"/leads/{lead.pk}/", officer)
    text = page.locator("textarea[data-keep]").first
    text.fill("谈了 5000 平方米厂房")

    visit(f"/leads/{lead.pk}/", colleague)
    expect(text).to_have_value("")

    page.click("summary.me")
    page.click("[data-forgets] button")
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('text')).length") == 0
