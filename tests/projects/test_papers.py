"""Documents, signing events and demands of a park, through their pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects import actions
from projects.lifecycle import Stage
from projects.models import Document, ExtraRequirement, SigningEntry, SigningEvent
from tests.conftest import PDF


def address(name, *args):
    return reverse(f"projects:{name}", args=args)


@pytest.fixture
def document(make_project, officer, at, pdf):
    return actions.attach_document(
        make_project(), kind="agreement", file=pdf("协议.pdf"), title="投资协议", at=at, by=officer
    )


def test_a_document_is_handed_out_as_what_it_is_and_kept_from_shared_caches(client, document, officer):
    client.force_login(officer)

    answer = client.get(address("document-file", document.project_id, document.pk))

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert "private" in answer["Cache-Control"]


def test_a_document_that_was_not_changed_is_not_sent_again(client, document, officer):
    client.force_login(officer)
    where = address("document-file", document.project_id, document.pk)

    answer = client.get(where, headers={"If-None-Match": f'"{document.sha256}"'})

    assert answer.status_code == 304


def test_a_download_is_asked_for_by_name(client, document, officer):
    client.force_login(officer)

    answer = client.get(address("document-file", document.project_id, document.pk), {"download": ""})

    assert b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert ".pdf" in answer["Content-Disposition"]


@pytest.mark.parametrize("who", ["outsider", None])
def test_nobody_else_gets_the_bytes_even_with_the_right_digest(client, request, document, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    answer = client.get(
        address("document-file", document.project_id, document.pk), headers={"If-None-Match": f'"{document.sha256}"'}
    )

    assert answer.status_code == (404 if who else 302)


def test_a_document_is_not_found_under_another_project(client, document, make_project, make_company, officer):
    other = make_project(name="另一项目", company=make_company("另一家"))
    client.force_login(officer)

    assert client.get(address("document-file", other.pk, document.pk)).status_code == 404


def test_an_upload_is_judged_by_its_content(client, make_project, officer, pdf):
    project = make_project()
    client.force_login(officer)
    where = address("document-new", project.pk)
    script = SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>", content_type="application/pdf")

    refused = [
        client.post(where, {"kind": "minute", "file": script}),
        client.post(where, {"kind": "minute", "file": SimpleUploadedFile("a.pdf", b"")}),
        client.post(where, {"kind": "minute"}),
        client.post(where, {"kind": "spell", "file": pdf()}),
    ]

    assert all(answer.status_code == 200 and answer.context["form"].errors for answer in refused)
    assert not Document.objects.exists()
    assert client.post(where, {"kind": "minute", "file": pdf("纪要.pdf")}).status_code == 302
    assert Document.objects.get().title == "纪要.pdf"


def test_a_project_counts_at_its_first_formal_signing_and_at_no_later_one(client, make_signed, officer, park, at):
    project = make_signed()
    first, second = [
        actions.record_signing_event(park=park, name=name, held_on=day, at=at, by=officer)
        for name, day in (("春季", date(2024, 2, 26)), ("秋季", date(2024, 3, 9)))
    ]
    client.force_login(officer)

    for event in (second, first):
        client.post(address("event-add", event.pk), {"project": project.code, "kind": "formal"})

    shown = {event: client.get(address("event-detail", event.pk)).context for event in (first, second)}
    assert (shown[first]["counted"], shown[first]["counted_wan"]) == (1, Decimal(500000))
    assert (shown[second]["counted"], shown[second]["counted_wan"]) == (0, 0)


def test_a_framework_agreement_and_an_increase_count_nothing_at_an_event(make_signed, make_project, officer, park, at):
    project = make_signed()
    event = actions.record_signing_event(park=park, name="春季", held_on=date(2024, 2, 26), at=at, by=officer)

    actions.list_at_signing_event(event, project, kind="framework", at=at, by=officer)

    assert [entry.is_counted for entry in SigningEntry.objects.with_counted()] == [False]


def test_a_project_is_listed_once_and_an_unknown_one_not_at_all(client, make_signed, officer, park, at):
    project = make_signed()
    event = actions.record_signing_event(park=park, name="春季", held_on=date(2024, 2, 26), at=at, by=officer)
    client.force_login(officer)
    where = address("event-add", event.pk)

    client.post(where, {"project": project.name, "kind": "formal"})
    twice = client.post(where, {"project": project.name, "kind": "formal"})
    unknown = client.post(where, {"project": "没有这个项目", "kind": "formal"})

    assert "project" in twice.context["form"].errors
    assert "project" in unknown.context["form"].errors
    assert event.entries.count() == 1
    client.post(address("event-remove", event.pk, event.entries.get().pk))
    assert event.entries.count() == 0


def test_an_event_of_several_parks_names_only_the_projects_one_may_see(client, make_signed, officer, manager, zone, at):
    project = make_signed()
    event = actions.record_signing_event(park=zone, name="全区", held_on=date(2024, 2, 26), at=at, by=manager)
    actions.list_at_signing_event(event, project, kind="formal", at=at, by=manager)

    client.force_login(officer)
    assert client.get(address("event-detail", event.pk)).status_code == 404
    client.force_login(manager)
    assert project.name in client.get(address("event-detail", event.pk)).content.decode()


def test_an_event_lies_in_the_past(client, officer, park):
    client.force_login(officer)
    typed = {"park": park.pk, "name": "春季", "held_on": "2999-01-01"}

    refused = client.post(address("event-new"), typed)
    assert "held_on" in refused.context["form"].errors
    assert not SigningEvent.objects.exists()

    assert client.post(address("event-new"), {**typed, "held_on": "2024-02-26"}).status_code == 302


def test_a_manager_adds_and_drops_a_demand_and_the_checklist_follows(client, make_signed, manager, officer, park):
    project = make_signed()
    client.force_login(manager)

    typed = {"stage": Stage.REGISTERED, "what": "field:filing_no"}
    client.post(address("requirement-add", park.code), typed)
    assert dict(actions.checklist(project))[Stage.REGISTERED][2:]
    twice = client.post(address("requirement-add", park.code), typed)
    assert twice.context["form"].errors
    client.post(address("requirement-drop", park.code, ExtraRequirement.objects.get().pk))

    assert not dict(actions.checklist(project))[Stage.REGISTERED][2:]


def test_an_officer_reads_the_demands_but_sets_none(client, officer, park):
    client.force_login(officer)

    assert client.get(address("requirements", park.code)).status_code == 200
    answer = client.post(address("requirement-add", park.code), {"stage": Stage.STARTED, "what": "field:filing_no"})

    assert answer.status_code == 403
    assert not ExtraRequirement.objects.exists()


@pytest.fixture
def entry_at(park, officer, at):
    """List a project at an event of a day as a formal signing; gives the entry as it counts now."""

    def put(project, held_on, kind="formal"):
        event = actions.record_signing_event(park=park, name=f"签约 {held_on}", held_on=held_on, at=at, by=officer)
        return actions.list_at_signing_event(event, project, kind=kind, at=at, by=officer)

    return put


def counts(entry):
    asked = SigningEntry.objects.with_counted().get(pk=entry.pk)
    return asked.is_counted, asked.not_counted


def test_a_project_that_was_never_signed_counts_at_no_event_and_the_page_says_why(
    client, make_project, entry_at, officer
):
    entry = entry_at(make_project(total_investment_wan=Decimal(60000)), date(2024, 2, 26))
    client.force_login(officer)

    page = client.get(address("event-detail", entry.event_id))

    assert counts(entry) == (False, "unsigned")
    assert (page.context["counted"], page.context["counted_wan"]) == (0, 0)
    assert page.context["entries"][0].says in page.content.decode()
    assert page.context["entries"][0].says in client.get(address("detail", entry.project_id)).content.decode()


@pytest.mark.parametrize(
    ("days", "counted"),
    [(-31, (False, "far")), (-30, (True, "")), (0, (True, "")), (30, (True, "")), (31, (False, "far"))],
)
def test_an_event_counts_a_project_only_near_the_day_of_its_signing(make_signed, entry_at, days, counted):
    assert counts(entry_at(make_signed(), date(2024, 2, 26) + timedelta(days=days))) == counted


def test_of_two_events_the_nearer_one_counts_and_the_other_names_it(client, make_signed, entry_at, officer):
    project = make_signed()
    earlier, nearer = entry_at(project, date(2024, 2, 10)), entry_at(project, date(2024, 3, 1))
    client.force_login(officer)

    assert (counts(earlier), counts(nearer)) == ((False, "elsewhere"), (True, ""))
    page = client.get(address("event-detail", earlier.event_id))
    assert nearer.event.name in page.content.decode()


def test_an_event_counts_what_was_agreed_at_the_signing_as_corrected_and_no_later_increase(
    client, make_signed, entry_at, increase, officer, at
):
    project = make_signed()
    entry = entry_at(project, date(2024, 2, 26))
    increase(project, Decimal(80000), date(2024, 4, 10))
    signing = project.investment_changes.get(kind="signing")
    actions.correct_investment_change(signing, amount_wan=Decimal(450000), reason="以原件为准", at=at, by=officer)
    client.force_login(officer)

    context = client.get(address("event-detail", entry.event_id)).context

    project.refresh_from_db()
    assert project.total_investment_wan == Decimal(530000)
    assert (context["counted"], context["counted_wan"]) == (1, Decimal(450000))
