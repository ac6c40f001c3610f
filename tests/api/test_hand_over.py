"""Hand-overs by program: a preview that moves nothing, the deed, the list, and the way back."""

import pytest

from core.models import AuditEntry
from crm.models import HandOver

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_lead, make_project, officer, colleague):
    make_lead()
    make_project()
    return {"from": officer.pk, "to": colleague.pk}


def test_a_preview_counts_and_moves_nothing(api, asked, officer, colleague, manager):
    deeds = AuditEntry.objects.count()

    answer = api(manager).post("/hand-overs/", {**asked, "preview": True}, format="json")

    assert answer.status_code == 200, answer.json()
    assert answer.json()["counts"] == {"crm.lead": 1, "projects.project.owner": 1}
    assert {line["to"]["username"] for line in answer.json()["lines"]} == {"colleague"}
    assert AuditEntry.objects.count() == deeds


def test_the_deed_is_answered_with_what_moved_and_can_be_taken_back(api, asked, manager, auditor):
    answer = api(manager).post("/hand-overs/", {**asked, "parks": ["QD-IC"], "note": "调任"}, format="json")

    assert answer.status_code == 201, answer.json()
    assert [line["kind"] for line in answer.json()["lines"]] == ["crm.lead", "projects.project.owner"]
    done = answer.json()["id"]
    assert api(manager).get("/hand-overs/").json()["results"][0]["id"] == done
    assert api(auditor).get(f"/hand-overs/{done}/").status_code == 404

    assert api(manager).post(f"/hand-overs/{done}/undo/").json()["undone_at"]
    assert api(manager).post(f"/hand-overs/{done}/undo/").status_code == 409


def test_shares_split_by_park(api, make_lead, inner_park, officer, colleague, manager):
    make_lead(park=inner_park)

    body = {"from": officer.pk, "shares": [{"park": "QD-IC-1", "to": colleague.pk}]}
    answer = api(manager).post("/hand-overs/", body, format="json")

    assert answer.status_code == 201, answer.json()
    assert answer.json()["lines"][0]["to_person"]["username"] == "colleague"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"to": None}, 400), ({"from": 999}, 400), ({"too": 1}, 400), ({"parks": ["NOWHERE"]}, 400)],
)
def test_what_cannot_be_read_is_refused(api, asked, manager, change, code):
    assert api(manager).post("/hand-overs/", {**asked, **change}, format="json").status_code == code
    assert not HandOver.objects.exists()
