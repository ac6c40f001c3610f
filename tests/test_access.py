"""Who gets what answer from every address: one row a route, made complete by a walk through the URL configuration.

A route without its row fails here by name. Reading is asked with GET, a deed with an empty POST: whoever may do it gets
any answer but a refusal of the person, whoever may not gets 403, whoever may not even see the row gets 404.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from core.batches import batch
from core.bulk import run_bulk
from core.jobs import enqueue, job_kind
from core.models import AuditEntry, Notice
from core.notices import notice_kind, tell
from crm import actions as crm_actions
from crm.actions import add_contact, edit_lead, keep_source_text, merge_contacts, plan_task, record_interaction
from crm.actions.first_talks import dispute, register_first_talk
from crm.actions.lead_transfers import transfer_lead
from crm.bulk import LEADS
from parks.actions import set_calendar_days
from parks.actions_views import save_view
from projects import actions
from projects.lifecycle import Stage

EVERYBODY = frozenset({"officer", "operator", "manager", "auditor", "admin"})
"""All who see the cast's park; `outsider` works elsewhere."""
CRM = frozenset({"officer", "manager", "admin"})
TALK = CRM | {"operator"}
OPEN = frozenset({"officer", "admin"})
REPORT = frozenset({"officer", "operator", "admin"})
RECORD = REPORT | {"manager"}
EVENTS = CRM
COUNT = frozenset({"manager", "admin"})
PARK = frozenset({"manager", "admin"})
ADMIN = frozenset({"admin"})
NOBODY = frozenset()
OWN_VIEW = frozenset({"officer", "manager", "admin"})
"""The officer saved it; who answers for the zone may change what is shared."""


@dataclass(frozen=True)
class Row:
    """`of` names the thing in the address; `reads` who may GET, `does` who may POST. `hides`: a stranger gets 404."""

    route: str
    of: str = ""
    reads: frozenset = EVERYBODY
    does: frozenset | None = None
    hides: bool = False
    # A row of one person alone: for everybody else there is none.
    is_own: bool = False


def rows(*routes, **given):
    return [Row(route, **given) for route in routes]


PUBLIC = {
    "healthz",
    "schema",
    "api-docs",
    "token-list",
    "accounts:sign-in",
    "accounts:sign-out",
    "accounts:language",
    "accounts:theme",
    "accounts:profile",
    "accounts:password",
    "crm:calendar-file",
}
"""Open to whoever comes, or about nobody but oneself; tested in tests/accounts and tests/test_setup.py."""

TABLE = [
    *rows(
        "home",
        "parks:list",
        "crm:lead-list",
        "crm:lead-total",
        "crm:lead-board",
        "projects:pipeline",
        "crm:company-list",
        "projects:list",
        "projects:event-list",
        "reports:desk-rail",
        "reports:board",
        "reports:board-rows",
        "reports:board-csv",
        "reports:board-xlsx",
        "reports:shares",
        "reports:shares-csv",
        "reports:shares-xlsx",
        "reports:ledger-csv",
        "reports:search",
    ),
    Row("reports:ledger-export", reads=NOBODY, does=EVERYBODY),
    Row("reports:park-figures", "park.code", hides=True),
    Row("reports:trail", reads=frozenset({"manager", "auditor", "admin"})),
    Row("projects:verification-queue", reads=COUNT),
    Row("parks:detail", "park.code", hides=True),
    Row("parks:edit", "park.code", reads=PARK, does=PARK, hides=True),
    Row("parks:new", reads=ADMIN, does=ADMIN),
    Row("core:notice-list"),
    Row("core:notice-read-all", reads=NOBODY, does=EVERYBODY),
    Row("core:notice-open", "notice", reads=NOBODY, does=frozenset({"officer"}), hides=True, is_own=True),
    Row("notice-list"),
    Row("notice-detail", "notice", reads=frozenset({"officer"}), hides=True),
    Row("notice-read", "notice", reads=NOBODY, does=frozenset({"officer"}), hides=True, is_own=True),
    Row("notice-read-all", reads=NOBODY, does=EVERYBODY),
    Row("crm:clock-rules", does=PARK),
    Row("crm:task-list"),
    Row("crm:task-new", reads=TALK, does=TALK),
    Row("crm:task-detail", "task", hides=True),
    *rows("crm:task-finish", "crm:task-move", "crm:task-drop", of="task", reads=NOBODY, does=TALK, hides=True),
    Row("task-list", does=TALK),
    Row("task-detail", "task", hides=True),
    *rows("task-finish", "task-move", "task-drop", of="task", reads=NOBODY, does=TALK, hides=True),
    Row("crm:calendar-feed", does=EVERYBODY),
    Row("parks:calendar"),
    Row("parks:calendar-add", reads=NOBODY, does=PARK),
    Row("parks:calendar-drop", "calendar_day", reads=NOBODY, does=PARK),
    Row("parks:calendar-year", "year", reads=NOBODY, does=PARK),
    Row("working-days-list"),
    Row("parks:people-list", reads=ADMIN),
    Row("parks:person-new", reads=ADMIN, does=ADMIN),
    Row("parks:person-detail", "colleague", reads=ADMIN),
    *rows(
        "parks:person-grant", "parks:person-activate", "parks:person-password", of="colleague", reads=NOBODY, does=ADMIN
    ),
    Row("parks:person-revoke", "membership", reads=NOBODY, does=ADMIN),
    *rows("crm:lead-detail", of="lead", hides=True),
    *rows("crm:lead-new", "crm:lead-quick", reads=CRM, does=CRM),
    Row("crm:quick-talk", reads=TALK, does=TALK),
    *rows("crm:lead-edit", "crm:lead-advance", of="lead", reads=CRM, does=CRM, hides=True),
    Row("crm:lead-board-column", "stage.lead"),
    Row("projects:pipeline-column", "stage.project"),
    Row("crm:lead-move", "lead", reads=CRM, does=CRM, hides=True),
    Row("projects:move", "project", reads=REPORT, does=REPORT, hides=True),
    Row("crm:lead-pool"),
    Row("crm:lead-claim", "lead", reads=NOBODY, does=CRM, hides=True),
    Row("crm:lead-return", "lead", reads=CRM, does=CRM, hides=True),
    Row("crm:lead-assign", "lead", reads=COUNT, does=COUNT, hides=True),
    Row("crm:lead-assessment", "lead", does=CRM, hides=True),
    *rows("crm:hand-over-list", reads=TALK),
    Row("crm:hand-over-new", reads=TALK, does=TALK),
    Row("crm:held-by", "colleague", reads=COUNT),
    Row("crm:hand-over", "hand_over", reads=COUNT, hides=True),
    Row("crm:hand-over-undo", "hand_over", reads=NOBODY, does=COUNT, hides=True, is_own=True),
    Row("crm:pool-rules", reads=COUNT, does=COUNT),
    Row("crm:lead-interaction-new", "lead", reads=TALK, does=TALK, hides=True),
    *rows("crm:first-talk-list", "crm:first-talk-desk"),
    Row("crm:first-talk-box", "lead", hides=True),
    Row("crm:first-talk-new", "lead", reads=CRM, does=CRM, hides=True),
    Row("crm:first-talk-detail", "first_talk", hides=True),
    Row("crm:first-talk-verify", "first_talk", reads=NOBODY, does=COUNT, hides=True),
    *rows("crm:first-talk-renew", "crm:first-talk-end", of="first_talk", reads=NOBODY, does=CRM, hides=True),
    Row("crm:first-talk-paper-new", "first_talk", reads=NOBODY, does=CRM, hides=True),
    Row("crm:first-talk-paper", "paper_of_first_talk", hides=True),
    Row("crm:conflict-detail", "conflict", hides=True),
    *rows("crm:conflict-decide", "crm:conflict-decide-appeal", of="conflict", reads=NOBODY, does=COUNT, hides=True),
    Row("crm:conflict-appeal", "conflict", reads=NOBODY, does=CRM, hides=True),
    Row("crm:protection-rule", does=COUNT),
    Row("crm:lead-transfer", "lead", reads=COUNT, does=COUNT, hides=True),
    Row("crm:lead-transfer-list"),
    Row("crm:company-detail", "company", hides=True),
    Row("crm:company-new", reads=CRM, does=CRM),
    *rows("crm:company-edit", "crm:contact-new", of="company", reads=CRM, does=CRM, hides=True),
    Row("crm:interaction-new", "company", reads=TALK, does=TALK, hides=True),
    Row("crm:contact-edit", "contact", reads=CRM, does=CRM, hides=True),
    *rows("crm:lead-history", of="lead", hides=True),
    *rows("crm:company-history", of="company", hides=True),
    *rows("crm:contact-history", of="contact", hides=True),
    Row("crm:company-restore", "company", reads=NOBODY, does=CRM, hides=True),
    Row("crm:contact-restore", "contact", reads=NOBODY, does=CRM, hides=True),
    Row("crm:lead-restore", "lead", reads=NOBODY, does=CRM, hides=True),
    Row("crm:company-merge", "company", reads=CRM, does=CRM, hides=True),
    Row("crm:contact-merge", "contact", reads=CRM, does=CRM, hides=True),
    Row("crm:merge-detail", "merge", hides=True),
    Row("crm:merge-undo", "merge", reads=NOBODY, does=CRM, hides=True),
    Row("crm:contact-reveal", "contact", reads=NOBODY, does=CRM, hides=True),
    Row("crm:interaction-reveal", "interaction", reads=NOBODY, does=CRM, hides=True),
    Row("crm:company-match", reads=CRM),
    Row("crm:amount"),
    *rows("projects:detail", of="project", hides=True),
    Row("projects:new", reads=OPEN, does=OPEN),
    Row("projects:open-from-lead", "lead", reads=OPEN, does=OPEN, hides=True),
    Row("projects:for-company", "company", hides=True),
    Row("projects:for-lead", "lead", hides=True),
    Row("projects:for-park", "park.code", hides=True),
    Row("projects:edit", "project", reads=RECORD, does=RECORD, hides=True),
    Row("projects:advance", "project", reads=REPORT, does=REPORT, hides=True),
    Row("projects:correct", "project", reads=RECORD, hides=True),
    *rows("projects:correct-stage", of="stage_change_of_project", reads=RECORD, does=RECORD, hides=True),
    *rows("projects:correct-investment", of="amount_of_project", reads=RECORD, does=RECORD, hides=True),
    Row("projects:correct-transfer", "move_of_project", reads=COUNT, does=COUNT, hides=True),
    Row("projects:increase", "project", reads=REPORT, does=REPORT, hides=True),
    Row("projects:splits", "project", hides=True),
    Row("projects:transfer", "project", reads=COUNT, does=COUNT, hides=True),
    Row("projects:verify", "project", reads=COUNT, does=COUNT, hides=True),
    Row("projects:verify-fact", "stage_change_kind", reads=NOBODY, does=COUNT, hides=True),
    Row("projects:interaction-new", "project", reads=TALK, does=TALK, hides=True),
    Row("projects:document-new", "project", reads=RECORD, does=RECORD, hides=True),
    Row("projects:document-file", "document_of_project", hides=True),
    Row("projects:event-new", reads=EVENTS, does=EVENTS),
    Row("projects:event-detail", "event", hides=True),
    Row("projects:event-add", "event", reads=NOBODY, does=EVENTS, hides=True),
    Row("projects:event-remove", "entry", reads=NOBODY, does=EVENTS, hides=True),
    Row("projects:requirements", "park.code", hides=True),
    Row("projects:requirement-add", "park.code", reads=NOBODY, does=COUNT, hides=True),
    Row("projects:requirement-drop", "requirement", reads=NOBODY, does=COUNT, hides=True),
    Row("core:job-detail", "job", reads=frozenset({"officer"}), hides=True),
    Row("core:job-cancel", "job", reads=NOBODY, does=frozenset({"officer"}), hides=True),
    Row("core:job-download", "job", reads=NOBODY, hides=True),
    Row("core:undo", "batch", reads=NOBODY, does=frozenset({"officer"}), hides=True),
    Row("undo-list", reads=NOBODY, does=EVERYBODY),
    Row("parks:view-list"),
    *rows("parks:view-new", "parks:view-default", reads=NOBODY, does=EVERYBODY),
    Row("parks:view-edit", "saved_view", reads=EVERYBODY, does=EVERYBODY, hides=True),
    Row("parks:view-remove", "saved_view", reads=NOBODY, does=OWN_VIEW, hides=True),
    Row("view-list", does=EVERYBODY),
    Row("view-detail", "saved_view", hides=True),
    Row("view-default", reads=NOBODY, does=EVERYBODY),
    Row("core:bulk-run", "bulk_run", reads=frozenset({"officer"}), hides=True),
    Row("bulk-run-detail", "bulk_run", reads=frozenset({"officer"}), hides=True),
    Row("crm:lead-bulk", reads=CRM, does=CRM),
    Row("lead-bulk-list", reads=NOBODY, does=CRM),
    Row("first-talk-list", does=CRM),
    Row("first-talk-detail", "first_talk", hides=True),
    Row("first-talk-verify", "first_talk", reads=NOBODY, does=COUNT, hides=True),
    *rows(
        "first-talk-renew", "first-talk-end", "first-talk-papers", of="first_talk", reads=NOBODY, does=CRM, hides=True
    ),
    Row("first-talk-paper", "paper_of_first_talk", hides=True),
    Row("conflict-list", does=COUNT),
    Row("conflict-detail", "conflict", hides=True),
    *rows("conflict-decide", "conflict-decide-appeal", of="conflict", reads=NOBODY, does=COUNT, hides=True),
    Row("conflict-appeal", "conflict", reads=NOBODY, does=CRM, hides=True),
    Row("protection-rule-detail", "zone"),
    Row("lead-transfer-list"),
    Row("lead-transfer-detail", "lead_transfer", hides=True),
    Row("lead-move-transfer", "lead", reads=NOBODY, does=COUNT, hides=True),
    *rows("park-list", does=ADMIN),
    *rows("company-list", "contact-list", "lead-list", does=CRM),
    Row("company-duplicates", reads=CRM),
    Row("crm:lead-paste", reads=CRM, does=CRM),
    Row("crm:lead-source", "lead_of_text", hides=True),
    Row("lead-parse", reads=NOBODY, does=CRM),
    Row("interaction-list", does=TALK),
    Row("project-list", does=OPEN),
    Row("document-list", does=RECORD),
    Row("signing-event-list", does=EVENTS),
    *rows(
        "stage-change-list",
        "investment-change-list",
        "lead-board-list",
        "project-pipeline-list",
        "reports-stage-board",
        "reports-stage-trend",
        "reports-shares",
        "search-list",
    ),
    Row("park-detail", "park", hides=True),
    Row("company-detail", "company", hides=True),
    Row("contact-detail", "contact", hides=True),
    Row("lead-detail", "lead", hides=True),
    Row("interaction-detail", "interaction", hides=True),
    Row("company-history", "company", hides=True),
    Row("contact-history", "contact", hides=True),
    Row("lead-history", "lead", hides=True),
    Row("company-restore", "company", reads=NOBODY, does=CRM, hides=True),
    Row("contact-restore", "contact", reads=NOBODY, does=CRM, hides=True),
    Row("lead-restore", "lead", reads=NOBODY, does=CRM, hides=True),
    Row("company-merge", reads=NOBODY, does=CRM),
    Row("contact-merge", reads=NOBODY, does=CRM),
    Row("merge-detail", "merge", hides=True),
    Row("merge-undo", "merge", reads=NOBODY, does=CRM, hides=True),
    Row("contact-reveal", "contact", reads=NOBODY, does=CRM, hides=True),
    Row("interaction-reveal", "interaction", reads=NOBODY, does=CRM, hides=True),
    Row("lead-advance", "lead", reads=NOBODY, does=CRM, hides=True),
    *rows("lead-pool-claim", "lead-pool-return", of="lead", reads=NOBODY, does=CRM, hides=True),
    Row("lead-assessment-show", "lead", reads=NOBODY, does=CRM, hides=True),
    Row("hand-over-list", reads=EVERYBODY, does=TALK),
    Row("hand-over-detail", "hand_over", reads=COUNT, hides=True),
    Row("hand-over-undo", "hand_over", reads=NOBODY, does=COUNT, hides=True, is_own=True),
    Row("lead-pool-assign", "lead", reads=NOBODY, does=COUNT, hides=True),
    Row("lead-pool-claims", "lead", hides=True),
    Row("lead-project-open-project", "lead", reads=NOBODY, does=OPEN, hides=True),
    Row("project-detail", "project", hides=True),
    *rows("project-advance", "project-increase", of="project", reads=NOBODY, does=REPORT, hides=True),
    Row("project-interactions", "project", reads=NOBODY, does=TALK, hides=True),
    Row("project-correct", "project", reads=NOBODY, does=RECORD, hides=True),
    *rows(
        "project-transfer",
        "project-correct-transfer",
        "project-verify",
        of="project",
        reads=NOBODY,
        does=COUNT,
        hides=True,
    ),
    Row("stage-change-detail", "stage_change", hides=True),
    Row("investment-change-detail", "amount", hides=True),
    *rows("document-detail", "document-file", of="document", hides=True),
    Row("signing-event-detail", "event", hides=True),
    Row("signing-event-entries", "event", reads=NOBODY, does=EVENTS, hides=True),
    Row("signing-event-entry", "entry", reads=NOBODY, hides=True),
]


def routes(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inside = getattr(pattern, "namespace", None)
            if inside != "admin":
                yield from routes(pattern, f"{namespace}{inside}:" if inside else namespace)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"


def test_every_route_has_its_row():
    known = PUBLIC | {row.route for row in TABLE}

    assert set(routes()) - known == set(), "routes without a row"
    assert known - set(routes()) == set(), "rows without a route"


@job_kind("test.access", title="access")
def _nothing(run):
    return None


notice_kind("test.access", "access")


@pytest.fixture
def things(
    make_signed, make_lead, park, inner_park, officer, colleague, manager, admin, at, pdf, fill_gate, walk, increase
):
    """One of each kind of row of the cast's park, and its address."""
    project = make_signed()
    fill_gate(project, Stage.STARTED)
    change = actions.advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=officer)
    amount = increase(project, Decimal(10), date(2024, 3, 8))
    document = project.documents.first()
    lead = make_lead()
    kept = keep_source_text(text="来电", text_date=date(2024, 4, 1), park=park, at=at, by=officer)
    of_text = make_lead(company=lead.company, source_text=kept)
    contact = add_contact(lead.company, full_name="王一", at=at, by=officer)
    event = actions.record_signing_event(park=park, name="集中签约", held_on=date(2024, 2, 26), at=at, by=officer)
    entry = actions.list_at_signing_event(event, project, kind="formal", at=at, by=officer)
    requirement = actions.add_requirement(park=park, stage=Stage.STARTED, field="filing_no", at=at, by=admin)
    talk = record_interaction(park=park, company=lead.company, lead=lead, summary="电话", at=at, by=officer)
    tell(officer, kind="test.access", key="access", at=at)
    twin = add_contact(lead.company, full_name="王一", at=at, by=officer)
    merged = merge_contacts(contact, twin, at=at, by=officer)
    first_talk = register_first_talk(lead, first_contact_on=date(2024, 4, 2), file=pdf(), at=at, by=officer)
    conflict = dispute([first_talk], disputed=[], at=at, by=officer)
    moved = transfer_lead(
        make_lead(company_name="去邻园的企业"),
        to_park=inner_park,
        effective_on=date(2024, 4, 2),
        reason="流转",
        at=at,
        by=admin,
    )
    job = enqueue("test.access", {}, at=at, by=officer)
    with batch() as done:
        edit_lead(lead, changes={"title": "二期"}, at=at, by=officer)
    shared = {"audience": "park", "park": park}
    view = save_view(list_name="crm:lead-list", title="在办", query="stage=open", **shared, at=at, by=officer)
    bulk = run_bulk(LEADS, LEADS.deeds["next-step"], [lead.pk], {"next_step": "回访"}, at=at, by=officer)
    make_lead(owner=colleague)
    hand_over = crm_actions.hand_over(colleague, to=manager, at=at, by=admin)
    return {
        "hand_over": [hand_over.pk],
        "batch": [done.id],
        "bulk_run": [bulk.pk],
        "saved_view": [view.pk],
        "park": [park.pk],
        "year": [2031],
        "calendar_day": [set_calendar_days(start=date(2031, 1, 1), is_working=False, at=at, by=admin).pk],
        "park.code": [park.code],
        "stage.lead": ["registered"],
        "stage.project": ["review"],
        "colleague": [colleague.pk],
        "membership": [colleague.pk, colleague.memberships.get().pk],
        "lead": [lead.pk],
        "lead_of_text": [of_text.pk],
        "company": [lead.company_id],
        "contact": [contact.pk],
        "interaction": [talk.pk],
        "merge": [merged.pk],
        "project": [project.pk],
        "stage_change": [change.pk],
        "stage_change_of_project": [project.pk, change.pk],
        "stage_change_kind": ["stage", change.pk],
        "amount": [amount.pk],
        "amount_of_project": [project.pk, amount.pk],
        "document": [document.pk],
        "document_of_project": [project.pk, document.pk],
        "event": [event.pk],
        "entry": [event.pk, entry.pk],
        "requirement": [park.code, requirement.pk],
        "move_of_project": [project.pk, project.park_changes.first().pk],
        "first_talk": [first_talk.pk],
        "paper_of_first_talk": [first_talk.pk, first_talk.papers.get().pk],
        "conflict": [conflict.pk],
        "lead_transfer": [moved.pk],
        "zone": [park.parent_id],
        "job": [job.pk],
        "task": [plan_task(park=park, title="准备材料", at=at, by=officer).pk],
        "notice": [Notice.objects.get(recipient=officer).pk],
    }


def address(row, things):
    return reverse(row.route, args=things.get(row.of, []))


def status_of(answer):
    """A file that is streamed is closed only when it has been read to its end."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def is_api(row):
    return ":" not in row.route and row.route != "home"


PEOPLE = ("outsider", "officer", "operator", "manager", "auditor", "admin")


@pytest.mark.parametrize("who", PEOPLE)
def test_reading_is_answered_by_role_and_scope(client, request, things, who):
    client.force_login(request.getfixturevalue(who))
    wrong = []
    for row in TABLE:
        status = status_of(client.get(address(row, things)))
        if status not in _expected_of_reading(row, who):
            wrong.append(f"GET {row.route}: {status}, not in {sorted(_expected_of_reading(row, who))}")

    assert not wrong, "\n".join(wrong)


def _expected_of_reading(row, who):
    if who == "outsider":
        return {404, 405} if row.hides else ({200} if "officer" in row.reads else {403, 404, 405})
    if who in row.reads:
        return {200, 204}
    return {403, 404, 405}


@pytest.mark.parametrize("who", PEOPLE)
def test_a_deed_is_answered_by_verb_and_scope_and_a_refusal_leaves_no_trace(client, request, things, who):
    client.force_login(request.getfixturevalue(who))
    wrong = []
    for row in TABLE:
        if row.does is None:
            continue
        trace = AuditEntry.objects.count()
        savepoint = transaction.savepoint()
        status = status_of(client.post(address(row, things)))
        if status not in _expected_of_deed(row, who):
            wrong.append(f"POST {row.route}: {status}, not in {sorted(_expected_of_deed(row, who))}")
        elif status in {403, 404} and AuditEntry.objects.count() != trace:
            wrong.append(f"POST {row.route}: refused, yet something was written")
        # Each deed meets the same things, also after one that removed some.
        transaction.savepoint_rollback(savepoint)

    assert not wrong, "\n".join(wrong)


def _expected_of_deed(row, who):
    if who == "outsider" and row.hides:
        return {404}
    if row.is_own and who not in row.does:
        return {404}
    if who in row.does or (who == "outsider" and "officer" in row.does):
        return {200, 201, 204, 302, 400, 409, 422}
    # An API endpoint may find the empty request wrong before it asks for the verb.
    return {403, 400} if is_api(row) else {403, 404}


def test_nobody_gets_in_without_signing_in(client, things):
    wrong = []
    for row in TABLE:
        for method in ("get", "post"):
            answer = getattr(client, method)(address(row, things))
            asked_to_sign_in = answer.status_code == 302 and answer.url.startswith(reverse("accounts:sign-in"))
            if not (asked_to_sign_in or answer.status_code in {401, 403, 405}):
                wrong.append(f"{method} {row.route}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
