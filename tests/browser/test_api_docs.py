"""The description of the API in the browser: served by us alone, without inline scripts, with our operations in it."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_api_is_described_in_the_browser_under_our_own_policy(page, watch, live_server):
    page.goto(live_server.url + "/api/docs/")

    page.wait_for_selector("#operations-projects-projects_advance_create")

    page.click("#operations-projects-projects_advance_create .opblock-summary")
    assert page.get_by_text("Report that the project entered a stage").count()
