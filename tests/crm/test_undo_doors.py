"""The button that undoes, at each door: in the toast, for a fragment, over the API."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from core.batches import batch
from core.models import AuditEntry
from core.toasts import toast
from crm.actions import edit_lead
from crm.models import Company, Lead

pytestmark = pytest.mark.django_db
NEW = {"company_name": "云鲸智能", "source": "outreach"}


@pytest.fixture
def api(officer):
    client = APIClient()
    client.force_authenticate(officer)
    return client


@pytest.fixture
def done(make_lead, officer):
    """An edit the officer made this moment: the lead and the batch."""

    def make(ago=timedelta(0)):
        lead = make_lead()
        with batch() as made:
            edit_lead(lead, changes={"title": "二期"}, at=timezone.now() - ago, by=officer)
        return lead, made.id

    return make


def test_the_toast_of_a_saved_lead_takes_it_back_and_leads_to_the_list(signed_in, officer, park):
    client = signed_in(officer)
    page = client.post("/leads/new/", {**NEW, "park": park.pk}, follow=True)
    address = re.search(r'action="(/undo/[0-9a-f-]{36}/)" data-undo', page.content.decode())[1]
    lead = Lead.objects.get()

    answer = client.post(address, {"next": f"/leads/{lead.pk}/"}, follow=True)

    assert not Lead.objects.exists()
    assert not Company.objects.exists()
    assert answer.redirect_chain == [("/leads/", 302)]
    assert "Lead taken back: 云鲸智能" in answer.content.decode()
    assert 'action="/undo/' not in answer.content.decode().partition("<template")[0], "an undo has no undo"


def test_after_an_edit_the_page_stays(signed_in, officer, done):
    lead, made = done()

    answer = signed_in(officer).post(f"/undo/{made}/", {"next": f"/leads/{lead.pk}/?from=list"})

    assert answer["Location"] == f"/leads/{lead.pk}/?from=list"
    lead.refresh_from_db()
    assert lead.title == ""


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x", ""])
def test_the_way_back_never_leaves_the_site(signed_in, officer, done, target):
    _lead, made = done()

    assert signed_in(officer).post(f"/undo/{made}/", {"next": target})["Location"] == "/"


def test_too_late_is_told_on_the_page_and_nothing_is_written(signed_in, officer, done):
    lead, made = done(ago=timedelta(seconds=60))
    trace = AuditEntry.objects.count()

    page = signed_in(officer).post(f"/undo/{made}/", {"next": f"/leads/{lead.pk}/"}, follow=True).content.decode()

    assert "time for taking this back is over" in page
    assert 'role="alert"' in page
    lead.refresh_from_db()
    assert (lead.title, AuditEntry.objects.count()) == ("二期", trace)


def test_a_fragment_gets_its_toast_in_a_header_and_a_refusal_in_its_place(signed_in, officer, done):
    client = signed_in(officer)
    _lead, made = done()

    answer = client.post(f"/undo/{made}/", headers={"HX-Request": "true"})
    again = client.post(f"/undo/{made}/", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["toast"] == {"text": "Change taken back: 二期", "undo": ""}
    assert again.status_code == 409
    assert "taken back already" in again.content.decode()


def test_a_fragment_that_did_a_deed_offers_to_take_it_back(officer, make_lead, at):
    request = RequestFactory().post("/x/")
    with batch() as request.batch:
        edit_lead(make_lead(), changes={"title": "二期"}, at=at, by=officer)

    said = json.loads(toast(request, HttpResponse(), "已保存")["HX-Trigger"])["toast"]

    assert said == {"text": "已保存", "undo": str(request.batch.id)}


def test_nobody_else_learns_of_the_batch(signed_in, colleague, done):
    lead, made = done()

    assert signed_in(colleague).post(f"/undo/{made}/").status_code == 404
    assert signed_in(colleague).post(f"/undo/{uuid4()}/").status_code == 404
    lead.refresh_from_db()
    assert lead.title == "二期"


def test_the_answer_of_a_deed_names_its_batch_and_the_api_takes_it_back(api, park):
    answer = api.post("/api/v1/leads/", {"park": park.code, "company_name": "云鲸智能"})
    made = answer["Undo-Batch"]

    undone = api.post("/api/v1/undo/", {"batch": made})

    assert undone.status_code == 200
    assert [each["verb"] for each in undone.json()["undone"]] == ["crm.register_lead", "crm.register_company"]
    assert undone.json()["kept"] == []
    assert not Lead.objects.exists()
    again = api.post("/api/v1/undo/", {"batch": made})
    assert (again.status_code, len(again.json()["reasons"])) == (409, 1)


def test_reading_and_what_has_no_way_back_name_no_batch(api, make_company, park):
    company = make_company()

    read = api.get("/api/v1/leads/")
    opened = api.post("/api/v1/projects/", {"park": park.code, "company": company.pk, "name": "二期"})
    refused = api.post("/api/v1/leads/", {"park": park.code})

    assert (read.status_code, opened.status_code, refused.status_code) == (200, 201, 409)
    assert not [answer for answer in (read, opened, refused) if "Undo-Batch" in answer]


@pytest.mark.parametrize(("said", "status"), [({}, 400), ({"batch": "x"}, 400), ({"batch": str(uuid4())}, 404)])
def test_the_api_refuses_what_is_no_batch_of_mine(api, said, status):
    assert api.post("/api/v1/undo/", said).status_code == status
