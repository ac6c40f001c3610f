"""Many leads at once, at each door: the bar under the list, the preview, the run, and the API."""

import re
from datetime import date

import pytest
from django.utils import translation
from django.utils.html import escape
from rest_framework.test import APIClient

from core.bulk import reasons_of, run_bulk
from core.models import AuditEntry, BulkRun
from crm.actions import advance_lead, edit_lead
from crm.bulk import LEADS
from crm.models import Lead

pytestmark = pytest.mark.django_db
NEXT = {"next_step": "回访", "next_step_due_on": "2024-05-20"}


@pytest.fixture
def leads(make_lead, make_company):
    company = make_company()
    return [make_lead(company=company, title=f"{number}号") for number in range(4)]


@pytest.fixture
def api(officer):
    client = APIClient()
    client.force_authenticate(officer)
    return client


def confirm(client, address, given):
    """Preview, then press the button that the preview offers."""
    page = client.post(address, given).content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    return client.post(address, {**given, "seen": seen[1]}, follow=True)


def test_the_list_offers_its_boxes_only_to_those_who_may(signed_in, officer, auditor, leads):
    mine = signed_in(officer).get("/leads/").content.decode()
    theirs = signed_in(auditor).get("/leads/").content.decode()

    assert mine.count('name="pick"') == 4
    assert 'name="pick"' not in theirs
    assert 'id="bulk"' not in theirs


def test_the_filter_is_carried_and_not_a_list_of_leads(signed_in, officer, leads, at):
    edit_lead(leads[0], changes={"source": "event"}, at=at, by=officer)
    client = signed_in(officer)
    page = client.get("/leads/?source=event").content.decode()
    assert '<input type="hidden" name="source" value="event">' in page

    result = confirm(client, "/leads/bulk/?source=event&all=1&deed=next-step", NEXT)

    run = BulkRun.objects.get()
    assert result.redirect_chain == [(f"/bulk-runs/{run.pk}/", 302)]
    assert list(Lead.objects.filter(next_step="回访")) == [leads[0]]
    assert "/leads/?source=event" in result.content.decode()


def test_a_preview_writes_nothing_and_says_how_many(signed_in, officer, leads):
    picks = "&".join(f"pick={lead.pk}" for lead in leads[:3])
    before = AuditEntry.objects.count()

    page = signed_in(officer).post(f"/leads/bulk/?{picks}&deed=next-step", NEXT).content.decode()

    assert "3 will change, 0 do not meet a condition" in page
    assert AuditEntry.objects.count() == before


def test_many_leads_are_not_assessed_with_one_note(signed_in, officer, leads):
    answer = signed_in(officer).post(
        f"/leads/bulk/?deed=move&pick={leads[0].pk}", {"to": "assessed", "note": "可行", "effective_on": "2024-04-10"}
    )

    assert "An assessment has six aspects" in answer.context["form"].errors["to"][0]
    assert "outcome" not in answer.context


def test_what_changed_since_the_preview_is_looked_at_again(signed_in, officer, leads, make_lead):
    client, address = signed_in(officer), "/leads/bulk/?all=1&deed=next-step"
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', client.post(address, NEXT).content.decode())[1]

    other = client.post(address, {**NEXT, "next_step": "另约", "seen": seen})
    make_lead(company=leads[0].company)
    more = client.post(address, {**NEXT, "seen": seen})

    for page in (other, more):
        assert page.status_code == 200
        assert "has changed since the preview" in page.content.decode()
    assert "5 will change" in more.content.decode()
    assert not BulkRun.objects.exists()


def test_sent_twice_it_happens_once(signed_in, officer, leads):
    client, address = signed_in(officer), "/leads/bulk/?all=1&deed=next-step"
    page = client.post(address, {**NEXT, "submission_key": "k" * 20}).content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)[1]

    for _press in range(2):
        client.post(address, {**NEXT, "seen": seen, "submission_key": "k" * 20})

    assert BulkRun.objects.count() == 1
    assert AuditEntry.objects.filter(verb="crm.edit_lead").count() == 4


def test_the_result_page_takes_the_run_back_and_says_so(signed_in, officer, leads):
    client = signed_in(officer)
    confirm(client, "/leads/bulk/?all=1&deed=next-step", NEXT)
    run = BulkRun.objects.get()
    # The test's clock is real here: the run is some moments old.
    page = client.post(f"/undo/{run.batch}/", {"next": f"/bulk-runs/{run.pk}/"}, follow=True).content.decode()

    assert not Lead.objects.filter(next_step="回访").exists()
    assert "4 rows taken back" in page
    assert "Undo the whole run" not in page


@pytest.mark.parametrize(
    "query",
    ["", "deed=shelve", "all=1&stage=shelved", "all=1&stage=nonsense", "pick=999999", "pick=x", "all=1&colour=red"],
)
def test_nothing_chosen_is_said_with_the_way_back_to_the_list(signed_in, officer, leads, query):
    page = signed_in(officer).get(f"/leads/bulk/?{query}").content.decode()

    assert "Nothing is chosen" in page or "Correct the filters first" in page
    assert '<form class="pad"' not in page
    assert re.search(r'href="/leads/(\?[^"]+)?">Back to the list', page)


def test_more_than_ten_thousand_are_refused(signed_in, officer, leads, make_lead):
    pattern = leads[0]
    fields = {
        field.attname: getattr(pattern, field.attname)
        for field in Lead._meta.concrete_fields
        if field.name not in ("id", "code")
    }
    Lead.objects.bulk_create([Lead(code=f"B{number}", **fields) for number in range(9997)])

    answer = signed_in(officer).get("/leads/bulk/?all=1", follow=True)

    assert "At most 10,000 rows" in answer.content.decode()
    api = APIClient()
    api.force_authenticate(officer)
    said = {"filter": {}, "deed": "next-step", **NEXT, "preview": False}
    assert api.post("/api/v1/leads/bulk/", said, format="json").status_code == 409
    assert not BulkRun.objects.exists()


def test_the_api_previews_runs_and_takes_back(api, leads, colleague):
    said = {"filter": {"stage": "L10"}, "deed": "hand", "owner": colleague.pk}
    looked = api.post("/api/v1/leads/bulk/", said, format="json")
    assert looked.status_code == 200, looked.json()
    assert (looked.json()["changed"], looked.json()["run"]) == (4, None)
    assert not BulkRun.objects.exists()

    done = api.post("/api/v1/leads/bulk/", {**said, "preview": False, "expected": 4}, format="json")

    assert (done.json()["changed"], done.json()["finished"]) == (4, True)
    assert done["Undo-Batch"] == done.json()["batch"]
    assert Lead.objects.filter(owner=colleague).count() == 4
    assert api.get(f"/api/v1/bulk-runs/{done.json()['run']}/").json() == done.json()
    undone = api.post("/api/v1/undo/", {"batch": done["Undo-Batch"]}, format="json")
    assert undone.status_code == 200
    assert not Lead.objects.filter(owner=colleague).exists()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"ids": []}, 409),
        ({"ids": [999_999]}, 409),
        ({"ids": ["x"]}, 400),
        ({}, 400),
        ({"ids": [1], "filter": {}}, 400),
        ({"filter": {"colour": "red"}}, 400),
        ({"filter": {"stage": "shelved"}}, 409),
        ({"filter": {}, "expected": 99}, 409),
        ({"filter": {}, "owner": "officer"}, 400),
        ({"filter": {}, "note": "x"}, 400),
        ({"filter": {}, "deed": "shelve"}, 400),
        ({"filter": {}, "deed": "move", "to": "L60", "effective_on": "2024-04-10"}, 409),
        ({"filter": {}, "deed": "burn"}, 400),
    ],
)
def test_the_api_refuses_and_writes_nothing(api, leads, said, status):
    deed = {"preview": False} | ({} if "deed" in said else {"deed": "next-step", "next_step": "回访"})

    answer = api.post("/api/v1/leads/bulk/", deed | said, format="json")

    assert answer.status_code == status, answer.json()
    assert not BulkRun.objects.exists()
    assert not Lead.objects.filter(next_step="回访").exists()


def test_an_edit_meanwhile_is_not_lost(signed_in, officer, colleague, leads, at):
    client, address = signed_in(officer), "/leads/bulk/?all=1&deed=next-step"
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', client.post(address, NEXT).content.decode())[1]
    edit_lead(leads[0], changes={"title": "改名", "received_on": date(2024, 3, 30)}, at=at, by=colleague)

    client.post(address, {**NEXT, "seen": seen})

    leads[0].refresh_from_db()
    assert (leads[0].title, leads[0].next_step) == ("改名", "回访")


def test_a_bulk_preview_asks_as_often_for_three_as_for_thirty(
    signed_in, officer, leads, make_lead, django_assert_max_num_queries
):
    client, address = signed_in(officer), "/leads/bulk/?all=1&deed=next-step"
    client.post(address, NEXT)
    with django_assert_max_num_queries(15) as few:
        client.post(address, NEXT)
    for _each in range(30):
        make_lead(company=leads[0].company)
    with django_assert_max_num_queries(15) as many:
        client.post(address, NEXT)

    assert len(few) == len(many)


def test_the_reader_decides_in_which_language_a_refusal_of_a_run_is_read(signed_in, officer, leads, api, at):
    advance_lead(leads[0], to="responded", effective_on=date(2024, 4, 12), at=at, by=officer)
    given = {"to": "assessing", "effective_on": date(2024, 4, 11).isoformat()}
    with translation.override("zh-hans"):
        run = run_bulk(LEADS, LEADS.deeds["move"], [lead.pk for lead in leads], given, at=at, by=officer)
    assert run.refused_count == 4
    chinese = set(run.refused)

    with translation.override("en"):
        english = {reason.sentence for reason in reasons_of(run)}
    page = signed_in(officer).get(f"/bulk-runs/{run.pk}/").content.decode()

    assert len(english) == len(chinese) > 1
    assert not english & chinese
    assert all(escape(sentence) in page for sentence in english)
    assert not any(escape(sentence) in page for sentence in chinese)
    told = api.get(f"/api/v1/bulk-runs/{run.pk}/", headers={"Accept-Language": "zh-hans"}).json()
    assert {each["sentence"] for each in told["refused"]} == chinese


def test_whoever_may_change_no_lead_is_refused_by_the_api_too(auditor, leads):
    client = APIClient()
    client.force_authenticate(auditor)
    said = {"filter": {}, "deed": "next-step", "next_step": "回访"}

    for preview in (True, False):
        assert client.post("/api/v1/leads/bulk/", {**said, "preview": preview}, format="json").status_code == 403
    assert not BulkRun.objects.exists()


def test_the_filter_of_the_api_takes_the_clock_as_the_page_does(api, leads):
    said = {"deed": "next-step", "next_step": "回访"}
    late = api.post("/api/v1/leads/bulk/", {**said, "filter": {"clock": "overdue"}}, format="json")

    assert late.json()["total"] == 4  # logged in 2024
