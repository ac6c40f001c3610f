"""Undo, many rows at once and saved views in a real browser, with the clicks each takes."""

import pytest
from playwright.sync_api import expect

from crm.models import Lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_save_is_undone_with_one_click_and_the_toast_waits_under_the_pointer(
    page, watch, visit, officer, make_lead, live_server
):
    lead = make_lead(title="一期")
    visit("/leads/", officer)
    page.clock.install()
    page.goto(f"{live_server.url}/leads/{lead.pk}/edit/")
    page.fill("[name=title]", "二期")
    page.keyboard.press("Control+Enter")
    toast = page.locator("[data-toast]")
    expect(toast).to_be_visible()

    toast.hover()
    page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    expect(toast.locator("[data-undo]")).to_be_visible()
    toast.locator("[data-undo] button").click()

    expect(page.locator("h1")).to_have_text("一期")
    expect(page.locator("[data-toast] [data-undo]")).to_have_count(0)
    page.mouse.move(0, 0)
    page.clock.run_for(11_000)
    expect(page.locator("[data-toast]")).to_have_count(0)


def test_the_button_goes_before_the_server_would_refuse_it(page, watch, visit, officer, make_lead, live_server):
    lead = make_lead(title="一期")
    visit("/leads/", officer)
    page.clock.install()
    page.goto(f"{live_server.url}/leads/{lead.pk}/edit/")
    page.fill("[name=title]", "二期")
    page.keyboard.press("Control+Enter")

    page.locator("[data-toast]").hover()
    page.clock.run_for(36_000)

    expect(page.locator("[data-toast]")).to_be_visible()
    expect(page.locator("[data-toast] [data-undo]")).to_have_count(0)


def test_a_page_of_leads_is_shelved_and_brought_back(page, watch, visit, fits, officer, make_lead, make_company):
    company = make_company()
    for number in range(3):
        make_lead(company=company, title=f"{number}号")
    visit("/leads/?stage=open", officer)
    expect(page.locator(".bulk-do")).to_be_hidden()

    page.check("[data-ticks]")
    page.select_option("#bulk [name=deed]", "shelve")
    page.click("#bulk button")
    page.select_option("[name=shelving_reason]", "invalid")
    page.click("form.pad button.main")
    page.click("button[name=seen]")

    expect(page.locator("[data-toast] [data-undo]")).to_be_visible()
    assert Lead.objects.filter(stage="shelved").count() == 3
    assert fits() == []
    page.click("main form button.btn")
    expect(page.locator("[data-toast]")).to_be_visible()
    assert not Lead.objects.filter(stage="shelved").exists()


def test_filters_become_a_view_that_opens_the_list(page, watch, visit, fits, officer, make_lead, live_server):
    make_lead()
    visit("/leads/?stage=open", officer)

    page.click("details.views summary")
    page.fill("#view-title", "在办")
    page.check("[name=is_default]")
    page.keyboard.press("Enter")

    expect(page.locator("details.views summary")).to_contain_text("在办")
    assert fits() == []
    page.goto(f"{live_server.url}/leads/")
    assert page.url.endswith("/leads/?stage=open")
    page.select_option("[name=stage]", "")
    expect(page.locator("details.views summary")).not_to_contain_text("在办")
    assert page.url.endswith("/leads/?view=all"), "clearing the last filter shows all rows and not the default again"
