"""Every project page, opened by who may, by who may only look, and by a stranger."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.actions import advance_lead, record_interaction
from projects import actions
from projects.lifecycle import Stage
from projects.models import Project


@pytest.fixture
def signed(make_signed):
    return make_signed(verified=False)


@pytest.fixture
def event(officer, park, at):
    return actions.record_signing_event(park=park, name="春季集中签约", held_on=date(2024, 2, 26), at=at, by=officer)


@pytest.fixture
def pages(signed, event, park, make_lead):
    """Name of a page -> its address, for all pages that open with GET."""
    signing = signed.stage_changes.get(to_stage=Stage.SIGNED)
    amount = signed.investment_changes.get(kind="signing")
    document = signed.documents.first()
    lead = make_lead(company_name="另一家", intended_investment_wan=Decimal(60000), content="封装")
    addresses = {
        "list": [],
        "new": [],
        "open-from-lead": [lead.pk],
        "for-company": [signed.company_id],
        "for-lead": [lead.pk],
        "verification-queue": [],
        "event-list": [],
        "event-new": [],
        "event-detail": [event.pk],
        "requirements": [park.code],
        "detail": [signed.pk],
        "edit": [signed.pk],
        "advance": [signed.pk],
        "correct": [signed.pk],
        "correct-stage": [signed.pk, signing.pk],
        "correct-investment": [signed.pk, amount.pk],
        "increase": [signed.pk],
        "transfer": [signed.pk],
        "verify": [signed.pk],
        "document-new": [signed.pk],
        "document-file": [signed.pk, document.pk],
    }
    return {name: reverse(f"projects:{name}", args=args) for name, args in addresses.items()}


def status(client, address):
    answer = client.get(address)
    if answer.streaming:  # a file has to be read to its end, or it stays open
        b"".join(answer.streaming_content)
    return answer.status_code


READING = {"list", "for-company", "for-lead", "event-list", "event-detail", "requirements", "detail", "document-file"}
COUNTING = {"verification-queue", "transfer", "verify"}
SCOPELESS = {"list", "new", "event-list", "event-new", "verification-queue"}


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("officer", COUNTING),
        ("operator", COUNTING | {"new", "open-from-lead", "event-new"}),
        ("manager", {"new", "open-from-lead", "advance", "increase"}),
        ("auditor", None),
        ("admin", set()),
    ],
)
def test_each_role_opens_the_pages_of_its_verbs_and_is_refused_the_others(client, request, pages, who, refused):
    client.force_login(request.getfixturevalue(who))
    refused = pages.keys() - READING if refused is None else refused

    answers = {name: status(client, address) for name, address in pages.items()}

    assert answers == {name: 403 if name in refused else 200 for name in pages}


def test_a_stranger_learns_nothing_of_any_project(client, outsider, pages, signed):
    client.force_login(outsider)

    for name, address in pages.items():
        answer = client.get(address)
        if name in SCOPELESS:
            assert answer.status_code in (200, 403), name
            assert signed.name.encode() not in answer.content, name
        else:
            assert answer.status_code == 404, name


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(client, pages):
    for name, address in pages.items():
        answer = client.get(address)
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("accounts:sign-in")), name


def test_an_officer_opens_a_project_and_a_second_sending_opens_no_second_one(client, officer, park, make_company):
    client.force_login(officer)
    company = make_company("贝斯兰")
    typed = {
        "park": park.pk,
        "company": "贝斯兰",
        "name": "封装项目",
        "opened_on": "2024-03-01",
        "stage": "contact",
        "total_investment_wan": "6亿",
        "submission_key": "once-only",
    }

    answers = [client.post(reverse("projects:new"), typed) for _ in range(2)]

    project = Project.objects.get()
    assert [answer.url for answer in answers] == [reverse("projects:detail", args=[project.pk])] * 2
    assert (project.company, project.total_investment_wan) == (company, Decimal(60000))


def test_a_refused_opening_keeps_what_was_typed_and_opens_nothing(client, officer, park, make_company):
    client.force_login(officer)
    make_company("贝斯兰")
    typed = {"park": park.pk, "company": "贝斯", "name": "封装项目", "opened_on": "2999-01-01", "stage": "contact"}

    answer = client.post(reverse("projects:new"), {**typed, "total_investment_wan": "-6"})

    assert answer.status_code == 200
    assert {"opened_on", "total_investment_wan"} <= set(answer.context["form"].errors)
    assert 'value="-6"' in answer.content.decode()
    assert not Project.objects.exists()


def test_a_lead_becomes_a_project_that_keeps_its_content(client, officer, make_lead, at):
    lead = make_lead(intended_investment_wan=Decimal(60000), content="先进封装")
    for to in ("responded", "assessing", "assessed"):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
    client.force_login(officer)

    answer = client.post(
        reverse("projects:open-from-lead", args=[lead.pk]),
        {"name": "封装项目", "opened_on": "2024-04-18", "total_investment_wan": "60000"},
    )

    project = Project.objects.get(lead=lead)
    lead.refresh_from_db()
    assert answer.url == reverse("projects:detail", args=[project.pk])
    assert (project.stage, project.content, lead.stage) == (Stage.NEGOTIATING, "先进封装", "converted")


def test_a_lead_that_is_not_assessed_yet_opens_no_project_and_the_page_says_why(client, officer, make_lead):
    lead = make_lead(intended_investment_wan=Decimal(60000), content="先进封装")
    client.force_login(officer)
    address = reverse("projects:open-from-lead", args=[lead.pk])

    shown = client.get(address)
    refused = client.post(address, {"name": "封装", "opened_on": "2024-04-18", "total_investment_wan": "60000"})

    assert shown.context["not_yet"] == refused.context["form"].non_field_errors()
    assert not Project.objects.exists()
    assert lead.stage_changes.count() == 1


@pytest.fixture
def from_lead(make_lead, officer, park, at):
    """A project that came of a lead about which something was said and judged."""
    lead = make_lead(intended_investment_wan=Decimal(60000), content="先进封装")
    record_interaction(park=park, company=lead.company, lead=lead, summary="来电问厂房层高", at=at, by=officer)
    for to in ("responded", "assessing", "assessed"):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="产业契合，可行", at=at, by=officer)
    return actions.open_project(park=park, lead=lead, name="封装项目", opened_on=date(2024, 4, 18), at=at, by=officer)


def test_the_timeline_tells_what_was_said_and_judged_while_it_was_a_lead(client, officer, from_lead):
    client.force_login(officer)

    told = client.get(reverse("projects:detail", args=[from_lead.pk])).context["entries"]

    (talk,) = [entry for entry in told if entry["kind"] == "contact"]
    judged = [entry for entry in told if "产业契合，可行" in entry["text"]]
    assert (talk["text"], len(judged)) == ("来电问厂房层高", 3)
    assert all(entry["title"] != entry["title"].split(": ")[-1].split("：")[-1] for entry in (talk, *judged))


def test_a_project_moved_on_keeps_the_talks_of_its_lead_from_the_park_that_did_not_hold_them(
    client, outsider, manager, from_lead, other_park, at
):
    actions.transfer_project(
        from_lead, to_park=other_park, effective_on=date(2024, 4, 18), reason="产业更匹配", at=at, by=manager
    )
    client.force_login(outsider)

    page = client.get(reverse("projects:detail", args=[from_lead.pk]))

    assert page.status_code == 200
    assert "来电问厂房层高" not in page.content.decode()


def test_a_page_with_the_history_of_a_lead_costs_no_more_queries_the_longer_that_is(
    client, officer, from_lead, park, at, django_assert_max_num_queries
):
    client.force_login(officer)
    where = reverse("projects:detail", args=[from_lead.pk])
    client.get(where)

    def cost():
        with django_assert_max_num_queries(15) as queries:
            client.get(where)
        return len(queries)

    few = cost()
    for number in range(18):
        record_interaction(
            park=park, company=from_lead.company, lead=from_lead.lead, summary=f"第{number}次", at=at, by=officer
        )

    assert cost() == few


def test_the_checklist_links_only_to_what_the_viewer_may_do(client, officer, auditor, signed):
    where = reverse("projects:detail", args=[signed.pk])

    client.force_login(officer)
    assert all(item["link"] for item in client.get(where).context["needs"])
    client.force_login(auditor)
    needs = client.get(where).context["needs"]

    assert needs
    assert not any(item.get("link") for item in needs)


def test_numbers_said_about_a_project_are_shown_in_part_until_asked_for(client, make_project, officer, operator, at):
    project = make_project()
    talk = actions.record_project_interaction(project, summary="他的手机 13800001234", at=at, by=officer)
    reveal = reverse("crm:interaction-reveal", args=[talk.pk])

    for person, may_ask in ((officer, True), (operator, False)):
        client.force_login(person)
        seen = client.get(reverse("projects:detail", args=[project.pk])).content.decode()
        assert "138****1234" in seen
        assert "13800001234" not in seen
        assert (reveal in seen) == may_ask
