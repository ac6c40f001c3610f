"""What a program may send by mistake or on purpose: always a 4xx with reasons, nothing written, never a 500."""

import json

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from config import failures
from core.models import AuditEntry
from projects.models import Document, InvestmentChange, Project, StageChange

pytestmark = pytest.mark.services  # the two databases refuse different things

AMOUNTS = [
    "-1",
    -1,
    "约6亿",
    "6-8亿",
    "六七亿",
    "NaN",
    "Infinity",
    "1e400",
    "0x10",
    "",
    " ",
    "6万亿零1",
    "9" * 400,
    True,
    [],
    {},
]
DAYS = [
    "2024-02-30",
    "99999-01-01",
    "2999-01-01",
    "0000-00-00",
    "soon",
    "2024.3.31",
    "20240331",
    20240331,
    None,
    [],
    {},
    "",
]
KEYS = ["x", -1, 2**63, 10**30, 1.5, 1e308, True, None, [], {}, "9" * 5000]
TEXTS = ["\0", "a\0b", "\ud800", ["x"], {"x": 1}, True]


@pytest.fixture
def refused(api, officer, make_signed):
    """Send something to a signed project and see it refused without a trace: `refused("increase", amount_wan=…)`."""
    project = make_signed()

    def count():
        return (AuditEntry.objects.count(), StageChange.objects.count(), InvestmentChange.objects.count())

    def send(verb, **said):
        before, caller = count(), api(officer)
        path = f"/projects/{project.pk}/{verb}/" if verb else f"/projects/{project.pk}/"
        answer = (caller.post if verb else caller.patch)(path, json.dumps(said), content_type="application/json")
        assert 400 <= answer.status_code < 500, answer.content
        assert answer.json()["reasons"]
        assert count() == before
        project_now = Project.objects.get(pk=project.pk)
        assert (project_now.version, project_now.name) == (project.version, project.name)
        return answer

    return send


INCREASE = {"amount_wan": "1亿", "effective_on": "2024-04-01", "reason": "增资协议"}


def test_amounts_that_are_none(refused):
    for amount in AMOUNTS:
        answer = refused("increase", **{**INCREASE, "amount_wan": amount})
        assert "amount_wan" in answer.json()["fields"], amount


def test_days_that_do_not_exist_or_lie_ahead(refused):
    for day in DAYS:
        answer = refused("increase", **{**INCREASE, "effective_on": day})
        assert "effective_on" in answer.json()["fields"], day


def test_keys_that_name_no_row(refused):
    for key in KEYS:
        refused("verify", verdict="accepted", change=key)
        refused("correct", change=key, reason="?")
        refused("increase", **INCREASE, evidence=[key])
        refused("", owner=key) if key is not None else None
    refused("increase", **INCREASE, evidence="x")
    refused("increase", **INCREASE, evidence=list(range(1, 200)))


def test_texts_that_are_none(refused):
    for text in TEXTS:
        refused("", name=text)
        refused("increase", **{**INCREASE, "reason": text})
    refused("", name="x" * 200)
    refused("", name="")


def test_credit_codes_that_are_none(refused):
    for code in ("91350100M000100Y44", "91350100M000100Y4", "91350100M000I00Y43", "x", 5, [], {}):
        answer = refused("", legal_entity_code=code)
        assert "legal_entity_code" in answer.json()["fields"], code


def test_steps_that_are_none(refused):
    for to in ("P91", "nowhere", "", None, 90, [], {}, "commissioned", "P60"):
        refused("advance", to=to, effective_on="2024-03-08")


def test_fields_nobody_knows_or_may_set(refused):
    for name in ("stage", "total_investment_wan", "verified_stage", "park", "code", "__class__", "\ud800", "x" * 5000):
        refused("", **{name: "started"})
    refused("advance", to="started", effective_on="2024-03-08", efective_on="2024-03-08")


def test_versions_that_are_none(refused):
    for version in ("x", 0, -1, 2**31, 10**30, [], {}, 1.5):
        refused("", name="新名", version=version)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"text"',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe",
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b'{"name": ' + b"9" * 6000 + b"}",
        b'{"name": "' + b"x" * 3_000_000 + b'"}',
    ],
    ids=lambda body: repr(body[:12]) + str(len(body)),
)
def test_bodies_that_are_no_arguments(api, officer, make_signed, body):
    project = make_signed()
    deeds = AuditEntry.objects.count()

    for path in (
        f"/projects/{project.pk}/advance/",
        "/projects/",
        "/companies/",
        "/leads/",
        "/interactions/",
        "/parks/",
    ):
        answer = api(officer).post(path, body, content_type="application/json")
        assert 400 <= answer.status_code < 500, path
    answer = api(officer).patch(f"/projects/{project.pk}/", body, content_type="application/json")

    assert answer.status_code in (400, 413)
    assert AuditEntry.objects.count() == deeds


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"limit": "9" * 50},
        {"order": "name"},
        {"cursor": "x"},
        {"cursor": "W10"},
        {"company": "9" * 50},
        {"company": "x"},
        {"owner": "1e3"},
        {"industry": "Z99"},
        {"min_total_wan": "-1"},
        {"signed_from": "2024-02-30"},
        {"signed_from": "2024.3.31"},
        {"park": "\0"},
        {"q": "\0"},
        {"page": "2"},
    ],
    ids=str,
)
def test_filters_and_cursors_that_are_none(api, officer, make_signed, asked):
    make_signed()

    answer = api(officer).get("/projects/", asked)

    assert answer.status_code == 400
    assert answer.json()["reasons"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("disguised.pdf", b"MZ\x90\x00" * 50),
        ("script.html", b"<script>alert(1)</script>"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("huge.pdf", b"%PDF-1.4\n" + b"0" * (21 * 1024 * 1024)),
    ],
)
def test_files_that_are_no_evidence(api, officer, make_signed, name, content):
    project = make_signed()
    before = Document.objects.count()

    answer = api(officer).post(
        "/documents/",
        {"project": project.pk, "kind": "other", "file": SimpleUploadedFile(name, content)},
        format="multipart",
    )

    assert answer.status_code == 409
    assert "file" in answer.json()["fields"]
    assert Document.objects.count() == before


def test_a_document_without_a_file_or_sent_as_json_is_refused(api, officer, make_signed):
    project = make_signed()

    missing = api(officer).post("/documents/", {"project": project.pk, "kind": "other"}, format="multipart")
    text = api(officer).post("/documents/", {"project": project.pk, "kind": "other", "file": "x"}, format="multipart")
    as_json = api(officer).post("/documents/", {"project": project.pk, "kind": "other", "file": "x"})

    assert (missing.status_code, text.status_code, as_json.status_code) == (400, 400, 415)


def test_methods_nobody_offers(api, officer, make_signed):
    project = make_signed()

    for method, path in (
        ("delete", f"/projects/{project.pk}/"),
        ("put", f"/projects/{project.pk}/"),
        ("post", "/stage-changes/"),
    ):
        assert getattr(api(officer), method)(path).status_code == 405


@pytest.mark.parametrize("order", ["no_such_column", "-", "--id", "password", "company__credit_code", "x" * 3000])
@pytest.mark.parametrize("path", ["parks", "companies", "contacts", "leads", "interactions", "projects", "documents"])
def test_an_order_no_list_offers_is_refused(api, manager, path, order):
    answer = api(manager).get(f"/{path}/", {"order": order})

    assert answer.status_code == 400
    assert "order" in answer.json()["fields"]


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/projects/"])
def test_an_address_nobody_knows_is_answered_to_programs_in_json_and_to_people_with_a_page(api, client, officer, path):
    answer = api(officer).get(path)
    page = client.get("/nothing/")

    assert answer.status_code == 404
    assert answer.json() == {"reasons": ["此地址没有内容。"], "fields": {}}
    assert page["Content-Type"].startswith("text/html")


def test_a_crash_is_answered_to_programs_in_json_and_to_people_with_a_page(db):
    for path, is_json in (("/api/v1/projects/", True), ("/projects/", False)):
        request = RequestFactory().get(path)
        for answer in (failures.crashed(request), failures.bad_request(request, BadRequest("?"))):
            assert answer["Content-Type"].startswith("application/json" if is_json else "text/html")
        assert failures.crashed(request).status_code == 500


@pytest.mark.parametrize("query", ["a%25b=1", "%25=1", "received_from=%25s", "stage=%25d", "owner=%25"])
def test_a_percent_sign_in_a_filter_is_refused_like_any_other_wrong_one(api, officer, query):
    assert api(officer).get(f"/leads/?{query}").status_code == 400
