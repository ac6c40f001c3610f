"""Handing over: everything held, to one or park by park, all or nothing, with a list, and back while untouched."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.errors import RuleViolation
from core.models import AuditEntry
from crm.actions import advance_lead, edit_lead, hand_over, planned, undo_hand_over
from crm.lifecycle import LeadStage
from crm.models import ChangeOfHands, HandOver, HandOverLine, Lead
from parks.access import Role
from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def desk(make_lead, make_project, inner_park, colleague, officer, at):
    """What the officer holds: two open leads in two parks and a project; a closed lead and another's lead beside it."""
    closed = make_lead(company_name="已搁置")
    advance_lead(
        closed, to=LeadStage.SHELVED, shelving_reason="invalid", effective_on=date(2024, 4, 2), at=at, by=officer
    )
    return {
        "lead": make_lead(company_name="甲企业"),
        "inner": make_lead(company_name="乙企业", park=inner_park),
        "project": make_project(),
        "closed": closed,
        "other": make_lead(company_name="丙企业", owner=colleague),
    }


def owners(desk):
    for row in desk.values():
        row.refresh_from_db()
    return {name: row.owner.username for name, row in desk.items()}


def test_everything_held_goes_to_one_successor_and_is_listed(desk, officer, colleague, manager, at):
    done = hand_over(officer, to=colleague, note="调任", at=at, by=manager)

    assert owners(desk) == {
        "lead": "colleague", "inner": "colleague", "project": "colleague", "closed": "officer", "other": "colleague",
    }  # fmt: skip
    assert [(line.kind, line.subject_id, line.to_person) for line in done.lines.order_by("kind", "pk")] == [
        ("crm.lead", desk["lead"].pk, colleague),
        ("crm.lead", desk["inner"].pk, colleague),
        ("projects.project.owner", desk["project"].pk, colleague),
    ]
    assert desk["lead"].claims.last().began_how == ChangeOfHands.HANDED_OVER


def test_the_trail_shows_it_as_one_batch(desk, officer, colleague, manager, at):
    before = AuditEntry.objects.count()

    hand_over(officer, to=colleague, at=at, by=manager)

    made = AuditEntry.objects.order_by("pk")[before:]
    assert {entry.verb for entry in made} == {"crm.hand_over", "crm.hand_over_lead", "projects.edit_project"}
    assert len({entry.batch for entry in made}) == 1


def test_a_park_may_have_a_successor_of_its_own(desk, officer, colleague, manager, person, inner_park, at):
    local = person("local", (Role.OFFICER, inner_park))

    hand_over(officer, to=colleague, shares=[(inner_park, local)], at=at, by=manager)

    assert owners(desk)["inner"] == "local"
    assert owners(desk)["lead"] == "colleague"


def test_only_the_parks_named_are_handed_over(desk, officer, colleague, manager, inner_park, at):
    hand_over(officer, to=colleague, parks=[inner_park], at=at, by=manager)

    assert owners(desk)["inner"] == "colleague"
    assert owners(desk)["lead"] == "officer"


def test_a_closed_account_can_be_handed_over(desk, officer, colleague, manager, at):
    officer.is_active = False
    officer.save()

    hand_over(officer, to=colleague, at=at, by=manager)

    assert owners(desk)["project"] == "colleague"


def test_an_officer_hands_over_what_is_his_own_and_nobody_elses(desk, officer, colleague, at):
    with pytest.raises(PermissionDenied):
        hand_over(officer, to=colleague, at=at, by=colleague)
    assert not HandOver.objects.exists()

    hand_over(officer, to=colleague, at=at, by=officer)
    assert owners(desk)["lead"] == "colleague"


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (None, "Choose who takes over in"),
        ("officer", "somebody else"),
        ("outsider", "may not take over what lies in 集成电路产业园"),
        ("auditor", "may not take over"),
    ],
)
def test_a_successor_who_does_not_fit_is_refused_and_nothing_moves(desk, request, officer, manager, at, to, said):
    deeds = AuditEntry.objects.count()

    with pytest.raises(RuleViolation, match=said):
        hand_over(officer, to=to and request.getfixturevalue(to), at=at, by=manager)

    assert owners(desk)["lead"] == "officer"
    assert not HandOver.objects.exists()
    assert AuditEntry.objects.count() == deeds


def test_the_office_of_one_park_does_not_reach_the_others(desk, officer, colleague, person, inner_park, at):
    local = person("localoffice", (Role.MANAGER, inner_park))

    with pytest.raises(RuleViolation, match="2 records lie in parks you do not look after"):
        hand_over(officer, to=colleague, at=at, by=local)
    assert not HandOver.objects.exists()

    hand_over(officer, to=colleague, parks=[inner_park], at=at, by=local)
    assert owners(desk)["inner"] == "colleague"


def test_whoever_holds_nothing_hands_nothing_over(officer, colleague, manager, at):
    with pytest.raises(RuleViolation, match="holds nothing"):
        hand_over(officer, to=colleague, at=at, by=manager)


def test_a_preview_writes_nothing(desk, officer, colleague, manager):
    deeds = AuditEntry.objects.count()

    plans = planned(officer, to=colleague, by=manager)

    assert [plan.row.pk for plan in plans] == [desk["lead"].pk, desk["inner"].pk, desk["project"].pk]
    assert AuditEntry.objects.count() == deeds


def test_taken_back_everybody_holds_what_they_held(desk, officer, colleague, manager, at):
    done = hand_over(officer, to=colleague, at=at, by=manager)

    undo_hand_over(done, at=at, by=manager)

    assert owners(desk)["lead"] == owners(desk)["project"] == "officer"
    assert [(claim.holder, claim.ended_at) for claim in desk["lead"].claims.all()] == [(officer, None)]
    done.refresh_from_db()
    assert (done.undone_at, done.undone_by) == (at, manager)
    with pytest.raises(RuleViolation, match="already"):
        undo_hand_over(done, at=at, by=manager)


def test_what_was_worked_with_since_stops_the_taking_back_and_is_named(desk, officer, colleague, manager, at):
    done = hand_over(officer, to=colleague, at=at, by=manager)
    edit_lead(Lead.objects.get(pk=desk["inner"].pk), changes={"title": "已接手"}, at=at, by=colleague)

    with pytest.raises(RuleViolation, match="1 of these records has been worked with since: 乙企业"):
        undo_hand_over(done, at=at, by=manager)

    assert owners(desk)["lead"] == "colleague"
    done.refresh_from_db()
    assert done.undone_at is None


def test_a_project_held_twice_goes_over_twice_and_comes_back(make_project, officer, colleague, manager, at):
    project = make_project()
    Project.objects.filter(pk=project.pk).update(steward=officer)

    done = hand_over(officer, to=colleague, at=at, by=manager)
    project.refresh_from_db()
    assert (project.owner, project.steward, done.lines.count()) == (colleague, colleague, 2)

    undo_hand_over(done, at=at, by=manager)
    project.refresh_from_db()
    assert (project.owner, project.steward) == (officer, officer)


def test_the_page_shows_what_is_held_hands_it_over_and_lists_what_moved(
    signed_in, desk, officer, colleague, manager, inner_park
):
    client, page = signed_in(manager), f"{reverse('crm:hand-over-new')}?person={officer.pk}"

    shown = client.get(page)
    assert [line["park"].code for line in shown.context["table"]] == ["QD-IC", "QD-IC-1"]
    assert "Hand over 3 records" in shown.content.decode()

    refused = client.post(page, {"note": "调任"})
    assert "Choose who takes over in" in refused.content.decode()
    assert "调任" in refused.content.decode()

    moved = client.post(page, {"to": colleague.pk, f"park_{inner_park.pk}": "", "note": "调任"}, follow=True)
    assert "乙企业" in moved.content.decode()
    assert "Open leads 2" in moved.content.decode()
    assert owners(desk)["inner"] == "colleague"

    done = HandOver.objects.get()
    client.post(reverse("crm:hand-over-undo", args=[done.pk]))
    assert owners(desk)["inner"] == "officer"


def test_the_page_of_a_closed_account_says_what_it_still_holds(signed_in, desk, officer, admin):
    officer.is_active = False
    officer.save()
    client = signed_in(admin)

    held = reverse("crm:held-by", args=[officer.pk])
    assert held in client.get(reverse("parks:person-detail", args=[officer.pk])).content.decode()
    assert "nobody looks after these records" in client.get(held).content.decode()
    assert client.get(reverse("crm:hand-over-list")).context["closed"] == [(officer, 3)]


def test_a_list_shows_what_concerns_the_viewer(signed_in, desk, officer, colleague, manager, outsider, at):
    done = hand_over(officer, to=colleague, at=at, by=manager)
    page = reverse("crm:hand-over", args=[done.pk])

    for who in (officer, colleague, manager):
        assert signed_in(who).get(page).status_code == 200
    assert signed_in(outsider).get(page).status_code == 404


def test_what_lies_in_parks_of_others_is_counted_and_not_named(
    signed_in, desk, officer, colleague, manager, person, inner_park, at
):
    done = hand_over(officer, to=colleague, at=at, by=manager)
    local = person("localoffice", (Role.MANAGER, inner_park))

    shown = signed_in(local).get(reverse("crm:hand-over", args=[done.pk])).content.decode()

    assert "乙企业" in shown
    assert "甲企业" not in shown
    assert "2 more records lie in parks" in shown


@pytest.mark.parametrize("number", [2, 20])
def test_the_list_of_what_moved_costs_the_same_for_few_and_many(
    signed_in, make_lead, officer, colleague, manager, at, number
):
    for n in range(number):
        make_lead(company_name=f"企业{n}")
    done = hand_over(officer, to=colleague, at=at, by=manager)
    client = signed_in(manager)
    client.get(reverse("crm:hand-over", args=[done.pk]))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("crm:hand-over", args=[done.pk]))

    assert len(asked) <= 12
    assert HandOverLine.objects.count() == number
