"""The short forms: a new lead and a conversation, answered in place and refused in place."""

import pytest

from crm.models import Interaction, Lead

IN_PANE = {"HX-Request": "true", "HX-Target": "pane-body"}


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def facts(park, **given):
    return {
        "company_name": "海岳精密仪器",
        "intended_investment_wan": "2.5",
        "industry": "C40",
        "source": "event",
        "park": park.pk,
        **given,
    }


def test_a_lead_is_logged_from_the_dialog_and_the_page_below_stays(signed_in, officer, park):
    answer = signed_in.post("/leads/quick/", facts(park), headers=IN_PANE)

    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "done")
    lead = Lead.objects.get()
    assert (lead.company.name, lead.intended_investment_wan, lead.recorded_by) == ("海岳精密仪器", 25000, officer)


def test_an_amount_that_is_not_exact_is_logged_as_such(signed_in, park):
    signed_in.post("/leads/quick/", facts(park, intended_investment_wan="约2.5亿"), headers=IN_PANE)

    lead = Lead.objects.get()
    assert (lead.intended_investment_wan, lead.intended_qualifier) == (25000, "about")


def test_a_refused_lead_comes_back_into_the_dialog_with_what_was_typed(signed_in, park):
    answer = signed_in.post("/leads/quick/", facts(park, contact_phone="138", contact_name=""), headers=IN_PANE)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "填写这个电话的联系人姓名" in text
    assert 'value="海岳精密仪器"' in text
    assert "<html" not in text
    assert not Lead.objects.exists()


def test_without_scripts_the_short_form_leads_to_the_long_one(signed_in, park):
    text = signed_in.get("/leads/quick/").content.decode()

    assert "<html" in text
    assert 'name="site_wishes"' in text


def test_the_park_offered_first_is_that_of_the_lead_logged_before(client, manager, make_lead, park, other_park, at):
    make_lead(park=other_park, by=manager, owner=manager, company_name="甲公司")
    client.force_login(manager)

    text = client.get("/leads/quick/", headers=IN_PANE).content.decode()

    assert f'<option value="{other_park.pk}" selected>' in text


@pytest.mark.parametrize("of", ["lead", "company", "project"])
def test_a_conversation_is_logged_from_a_row_without_leaving_it(signed_in, of, make_lead, make_project, request):
    lead, project = make_lead(), make_project()
    address = {
        "lead": f"/leads/{lead.pk}/interactions/new/",
        "company": f"/companies/{lead.company_id}/interactions/new/",
        "project": f"/projects/{project.pk}/interactions/new/",
    }[of]
    form = signed_in.get(address, headers=IN_PANE).content.decode()
    said = {"kind": "visit", "summary": "看了厂房", "happened_on": "2024-04-17", "park": lead.park_id}

    refused = signed_in.post(address, {**said, "summary": ""}, headers=IN_PANE)
    assert refused.status_code == 422
    assert not Interaction.objects.exists()
    answer = signed_in.post(address, said, headers=IN_PANE)

    assert '<textarea name="summary"' in form
    assert "<html" not in form
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "done")
    assert Interaction.objects.get().summary == "看了厂房"


def test_a_conversation_about_an_own_lead_is_logged_from_the_desk(signed_in, make_lead, colleague):
    mine, theirs = make_lead(), make_lead(company_name="同事公司", owner=colleague)
    said = {"kind": "call", "summary": "已回电", "happened_on": "2024-04-17"}

    refused = signed_in.post("/leads/quick/talk/", {**said, "lead": theirs.pk}, headers=IN_PANE)
    assert refused.status_code == 422
    assert not Interaction.objects.exists()
    answer = signed_in.post("/leads/quick/talk/", {**said, "lead": mine.pk}, headers=IN_PANE)

    assert answer.status_code == 204
    assert Interaction.objects.get().lead == mine
