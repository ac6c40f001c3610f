"""Who may do what over the API: each role and each verb, a stranger on every address, and nobody without a token."""

from datetime import date

import pytest
from django.db import transaction

from core.models import AuditEntry
from crm.actions import add_contact, advance_lead, record_interaction
from crm.lifecycle import LeadStage
from parks.access import Role
from projects.actions import attach_document, list_at_signing_event, record_signing_event
from projects.lifecycle import Stage
from projects.models import DocumentKind, SigningKind

ROLES = ("officer", "operator", "manager", "auditor", "admin", "outsider")
"""In this order stand the answers of a row below."""


@pytest.fixture
def things(make_lead, make_signed, make_company, fill_gate, walk, pdf, officer, park, at):
    """One of everything in the cast's park, with its addresses and bodies that hold."""
    lead = make_lead(content="刻蚀设备", intended_investment_wan=30000)
    responded = make_lead(company=lead.company, content="刻蚀设备三期")
    advance_lead(responded, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=at, by=officer)
    pooled = make_lead(company=lead.company, owner=None)
    assessed = make_lead(company=lead.company, content="刻蚀设备二期", intended_investment_wan=30000)
    for to in (LeadStage.RESPONDED, LeadStage.ASSESSED):
        advance_lead(assessed, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
    company = make_company()
    project = walk(make_signed(company=company), (Stage.STARTED, date(2024, 3, 8)), verified=False)
    fill_gate(project, Stage.TOPPED_OUT)
    attach_document(project, kind=DocumentKind.INCREASE, file=pdf("增资协议.pdf"), at=at, by=officer)
    event = record_signing_event(park=park, name="集中签约", held_on=date(2024, 2, 26), at=at, by=officer)
    entry = list_at_signing_event(event, project, kind=SigningKind.FORMAL, at=at, by=officer)
    contact = add_contact(company, full_name="样例联系人", phone="13800001234", at=at, by=officer)
    interaction = record_interaction(park=park, company=lead.company, lead=lead, summary="电话沟通", at=at, by=officer)
    return {
        "park": park,
        "lead": lead,
        "assessed": assessed,
        "pooled": pooled,
        "responded": responded,
        "company": company,
        "contact": contact,
        "interaction": interaction,
        "project": project,
        "document": project.documents.first(),
        "event": event,
        "entry": entry,
        "change": project.stage_changes.get(to_stage=Stage.STARTED),
        "amount": project.investment_changes.first(),
        "pdf": pdf,
    }


READS = {
    "parks": "park",
    "companies": "company",
    "contacts": "contact",
    "leads": "lead",
    "interactions": "interaction",
    "projects": "project",
    "stage-changes": "change",
    "investment-changes": "amount",
    "documents": "document",
    "signing-events": "event",
}
VERBS = {
    # method, address, body: officer, operator, manager, auditor, administrator, outsider
    "edit a park": ("patch", "/parks/{park}/", {"operator": "园区公司"}, (403, 403, 200, 403, 200, 404)),
    "add a park": (
        "post",
        "/parks/",
        {"code": "QD-NEW", "name": "新园", "parent": "QD-IC"},
        (403, 403, 403, 403, 201, 400),
    ),
    "register a company": ("post", "/companies/", {"park": "QD-IC", "name": "新公司"}, (201, 403, 201, 403, 201, 400)),
    "edit a company": ("patch", "/companies/{company}/", {"country": "中国"}, (200, 403, 200, 403, 200, 404)),
    "add a contact": (
        "post",
        "/contacts/",
        {"company": "{company}", "full_name": "样例二"},
        (201, 403, 201, 403, 201, 400),
    ),
    "edit a contact": ("patch", "/contacts/{contact}/", {"post": "经理"}, (200, 403, 200, 403, 200, 404)),
    "reveal a contact": ("post", "/contacts/{contact}/reveal/", {}, (200, 403, 200, 403, 200, 404)),
    "reveal a conversation": ("post", "/interactions/{interaction}/reveal/", {}, (200, 403, 200, 403, 200, 404)),
    "register a lead": (
        "post",
        "/leads/",
        {"park": "QD-IC", "company": "{company}"},
        (201, 403, 201, 403, 201, 400),
    ),
    "edit a lead": ("patch", "/leads/{lead}/", {"title": "新标题"}, (200, 403, 200, 403, 200, 404)),
    "advance a lead": (
        "post",
        "/leads/{lead}/advance/",
        {"to": "L20", "effective_on": "2024-04-02"},
        (200, 403, 200, 403, 200, 404),
    ),
    "claim a lead": ("post", "/leads/{pooled}/claim/", None, (200, 403, 200, 403, 200, 404)),
    "draft an assessment": (
        "put",
        "/leads/{responded}/assessment/",
        {"market_rating": "good"},
        (200, 403, 200, 403, 200, 404),
    ),
    "give a lead back": ("post", "/leads/{lead}/return/", {"reason": "方向不符"}, (200, 403, 200, 403, 200, 404)),
    "assign a lead": (
        "post",
        "/leads/{lead}/assign/",
        {"park": "QD-IC-1", "effective_on": "2024-04-12"},
        (403, 403, 200, 403, 200, 404),
    ),
    "open a project from a lead": (
        "post",
        "/leads/{assessed}/open-project/",
        {"name": "刻蚀项目", "opened_on": "2024-04-12"},
        (201, 403, 403, 403, 201, 404),
    ),
    "record an interaction": (
        "post",
        "/interactions/",
        {"lead": "{lead}", "summary": "来访"},
        (201, 201, 201, 403, 201, 400),
    ),
    "open a project": (
        "post",
        "/projects/",
        {"park": "QD-IC", "company": "{company}", "name": "二期"},
        (201, 403, 403, 403, 201, 400),
    ),
    "edit a project": ("patch", "/projects/{project}/", {"filing_no": "9"}, (200, 200, 200, 403, 200, 404)),
    "advance a project": (
        "post",
        "/projects/{project}/advance/",
        {"to": "topped_out", "effective_on": "2024-03-20"},
        (200, 200, 403, 403, 200, 404),
    ),
    "verify": ("post", "/projects/{project}/verify/", {"verdict": "accepted"}, (403, 403, 200, 403, 200, 404)),
    "correct": (
        "post",
        "/projects/{project}/correct/",
        {"change": "{change}", "effective_on": "2024-03-09", "reason": "许可证"},
        (200, 200, 200, 403, 200, 404),
    ),
    "increase": (
        "post",
        "/projects/{project}/increase/",
        {"amount_wan": "1亿", "effective_on": "2024-04-01", "reason": "增资"},
        (200, 200, 403, 403, 200, 404),
    ),
    "transfer": (
        "post",
        "/projects/{project}/transfer/",
        {"to_park": "QD-IC-1", "effective_on": "2024-04-01", "reason": "流转"},
        (403, 403, 200, 403, 200, 404),
    ),
    "attach a document": (
        "upload",
        "/documents/",
        {"project": "{project}", "kind": DocumentKind.OTHER.value},
        (201, 201, 201, 403, 201, 400),
    ),
    "record a signing event": (
        "post",
        "/signing-events/",
        {"park": "QD-IC", "name": "云签约", "held_on": "2024-04-02"},
        (201, 403, 201, 403, 201, 400),
    ),
    "list at a signing event": (
        "post",
        "/signing-events/{event}/entries/",
        {"project": "{project}", "kind": "upgrade"},
        # On the list already: whoever may, is told so.
        (409, 403, 409, 403, 409, 404),
    ),
    "take off a signing event": (
        "delete",
        "/signing-events/{event}/entries/{entry}/",
        None,
        (204, 403, 204, 403, 204, 404),
    ),
}


def call(caller, method, address, body, things):
    keys = {name: getattr(thing, "pk", "") for name, thing in things.items()}
    address = address.format(**keys)
    said = {k: v.format(**keys) if isinstance(v, str) else v for k, v in (body or {}).items()}
    if method == "upload":
        return caller.post(address, {**said, "file": things["pdf"]()}, format="multipart")
    return getattr(caller, method)(address, said)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_open_to_its_roles_and_a_refusal_leaves_no_trace(api, request, things, inner_park, verb):
    method, address, body, wanted = VERBS[verb]
    people = [request.getfixturevalue(role) for role in ROLES]
    deeds = AuditEntry.objects.count()

    for person, expected in zip(people, wanted, strict=True):
        with transaction.atomic():
            answer = call(api(person), method, address, body, things)

            assert answer.status_code == expected, (person.username, answer.content.decode()[:300])
            assert (AuditEntry.objects.count() > deeds) == (expected < 400), person.username
            assert expected < 400 or answer.json()["reasons"]
            transaction.set_rollback(True)


@pytest.mark.parametrize("resource", READS)
def test_a_stranger_finds_neither_list_nor_row(api, outsider, auditor, things, resource):
    thing = things[READS[resource]]

    assert api(auditor).get(f"/{resource}/{thing.pk}/").status_code == 200
    assert thing.pk in [row["id"] for row in api(auditor).get(f"/{resource}/").json()["results"]]

    assert api(outsider).get(f"/{resource}/{thing.pk}/").status_code == 404
    assert thing.pk not in [row["id"] for row in api(outsider).get(f"/{resource}/").json()["results"]]


def test_a_stranger_cannot_tell_a_hidden_row_from_none(api, outsider, things):
    hidden = api(outsider).get("/projects/", {"company": things["company"].pk})
    missing = api(outsider).get("/projects/", {"company": 999_999})

    assert hidden.status_code == missing.status_code == 400
    assert hidden.json() == missing.json()


def test_nobody_reads_or_writes_without_a_token(api, things):
    keys = {name: getattr(thing, "pk", "") for name, thing in things.items()}
    for resource in READS:
        assert api().get(f"/{resource}/").status_code == 401
        assert api().get(f"/{resource}/{things[READS[resource]].pk}/").status_code == 401
    for method, address, body, _answers in VERBS.values():
        method = "post" if method == "upload" else method
        assert getattr(api(), method)(address.format(**keys), body).status_code == 401


def test_numbers_are_shown_in_part_to_everybody_who_did_not_ask_for_them(api, officer, auditor, things):
    contact = things["contact"]

    assert api(officer).get("/contacts/").json()["results"][0]["phone"] == "138****1234"
    assert api(officer).get(f"/contacts/{contact.pk}/").json()["phone"] == "138****1234"
    assert api(auditor).get(f"/contacts/{contact.pk}/").json()["phone"] == "138****1234"


def test_the_right_to_reveal_in_one_park_opens_no_number_of_another(api, person, park, other_park, things):
    both = person("both", (Role.AUDITOR, park), (Role.OFFICER, other_park))
    contact = things["contact"]

    assert api(both).post(f"/contacts/{contact.pk}/reveal/").status_code == 403


def test_a_document_is_handed_out_in_scope_only_and_as_a_download(api, auditor, outsider, things):
    path = f"/documents/{things['document'].pk}/file/"

    answer = api(auditor).get(path)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert api(outsider).get(path).status_code == 404
