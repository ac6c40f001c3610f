"""分劈: what a park keeps of what it handed over, for how long, through a second transfer and through corrections."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from core.errors import RuleViolation
from core.models import AuditEntry, Notice
from crm.actions import advance_lead, transfer_lead
from crm.models.split import last_day_of_split
from parks.access import Role
from parks.models import Membership
from projects.actions import correct_transfer, edit_project, moves_of, open_project, transfer_project
from projects.models import ParkChange, Split
from projects.shares import Agreed, held

A, B, C = 1, 2, 3
DAY = date(2024, 5, 1)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def agreed(owner, pct=50, years=5, day=DAY):
    return Agreed(owner, day, Decimal(pct), years)


def test_half_stays_with_the_handing_park_to_the_last_day_of_the_fifth_year():
    assert last_day_of_split(DAY, 5) == date(2029, 4, 30)
    assert held([agreed(A)], B, date(2029, 4, 30)) == {A: 50, B: 50}
    assert held([agreed(A)], B, date(2029, 5, 1)) == {B: 100}
    assert held([agreed(A)], B, DAY) == {A: 50, B: 50}
    assert held([agreed(A)], B, date(2024, 4, 30)) == {B: 100}


def test_a_year_that_begins_on_29_february_ends_on_the_27th():
    assert last_day_of_split(date(2024, 2, 29), 5) == date(2029, 2, 27)
    assert last_day_of_split(date(2024, 2, 29), 4) == date(2028, 2, 28)


def test_a_second_transfer_divides_what_the_first_left():
    twice = [agreed(A, 50), agreed(B, 60, years=3, day=date(2025, 1, 1))]

    assert held(twice, C, date(2025, 1, 1)) == {A: 50, B: 30, C: 20}
    # B's three years are over, A's five run on.
    assert held(twice, C, date(2028, 1, 1)) == {A: 50, C: 50}
    assert held(twice, C, date(2029, 5, 1)) == {C: 100}


def test_when_the_first_years_are_over_the_second_split_divides_the_whole():
    twice = [agreed(A, 50, years=1), agreed(B, 60, years=5, day=date(2025, 1, 1))]

    assert held(twice, C, date(2025, 5, 1)) == {B: 60, C: 40}


def test_a_project_that_came_back_is_wholly_its_first_park_s_but_for_the_other_s_share():
    back = [agreed(A, 50), agreed(B, 40, day=date(2025, 1, 1))]

    assert held(back, A, date(2025, 6, 1)) == {A: 80, B: 20}


# ── recording ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def moved(make_signed, manager, other_park, at):
    def make(**given):
        fields = {"to_park": other_park, "effective_on": date(2024, 4, 1), "reason": "产业更匹配", **given}
        project = make_signed()
        change = transfer_project(project, at=at, by=manager, **fields)
        project.refresh_from_db()
        return project, change

    return make


def test_a_transfer_without_terms_keeps_half_for_five_years(moved, park):
    project, change = moved()

    split = Split.objects.get()
    assert (split.project, split.park_change, split.owner_park) == (project, change, park)
    assert split.terms == {
        "tax_pct": 50,
        "tax_years": 5,
        "indicator_pct": 50,
        "indicator_years": 5,
        "counted_by": "landing",
    }
    assert (split.landing_tax_pct, split.landing_indicator_pct) == (50, 50)


@pytest.mark.parametrize(
    "terms", [{"tax_pct": Decimal("100.01")}, {"indicator_pct": Decimal(-1)}, {"tax_years": 0}, {"indicator_years": 31}]
)
def test_terms_out_of_bounds_are_refused_and_nothing_moves(moved, terms):
    with pytest.raises(RuleViolation) as refused:
        moved(**terms)

    assert set(terms) <= set(refused.value.fields)
    assert not Split.objects.exists()
    assert ParkChange.objects.count() == 1
    assert not AuditEntry.objects.filter(verb="projects.transfer_project").exists()


def test_the_database_itself_refuses_more_than_the_whole(moved):
    project, _change = moved()

    with pytest.raises(IntegrityError), transaction.atomic():
        Split.objects.filter(project=project).update(tax_pct=101)


def test_the_share_of_a_transferred_lead_goes_on_in_the_project_that_comes_of_it(
    make_lead, officer, outsider, admin, park, other_park, at
):
    lead = make_lead(content="刻蚀设备", intended_investment_wan=Decimal(30000))
    for to in ("responded", "assessed"):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
    transfer_lead(
        lead,
        to_park=other_park,
        effective_on=date(2024, 4, 3),
        reason="产业更匹配",
        indicator_pct=Decimal(30),
        at=at,
        by=admin,
    )
    lead.refresh_from_db()

    project = open_project(park=other_park, lead=lead, name="刻蚀", opened_on=date(2024, 4, 10), at=at, by=outsider)

    split = project.splits.get()
    assert (split.owner_park, split.indicator_pct, split.effective_on) == (park, 30, date(2024, 4, 3))


# ── corrections ──────────────────────────────────────────────────────────────────────────────────────────────────────

LATER = datetime(2024, 5, 2, 2, 0, tzinfo=UTC)


def test_correcting_a_transfer_corrects_its_split_and_keeps_what_was_believed(moved, manager, at):
    project, change = moved()

    correct_transfer(
        change, effective_on=date(2024, 4, 2), indicator_pct=Decimal(40), reason="按三方合同", at=LATER, by=manager
    )

    (now,) = project.splits.standing()
    (then,) = project.splits.standing(at.replace(hour=3))
    assert (now.effective_on, now.indicator_pct, now.tax_pct) == (date(2024, 4, 2), 40, 50)
    assert (then.effective_on, then.indicator_pct) == (date(2024, 4, 1), 50)


def test_a_transfer_that_never_happened_leaves_no_split_and_the_project_where_it_was(moved, manager, park):
    project, change = moved()

    correct_transfer(change, is_void=True, reason="会议未通过", at=LATER, by=manager)

    project.refresh_from_db()
    assert project.park == park
    assert not project.splits.standing().exists()
    with pytest.raises(RuleViolation, match="corrected already"):
        correct_transfer(change, is_void=True, reason="再改", at=LATER, by=manager)


def test_of_a_project_handed_on_only_day_and_split_of_the_first_transfer_can_change(
    moved, manager, inner_park, park, at
):
    project, first = moved()
    transfer_project(project, to_park=inner_park, effective_on=date(2024, 4, 10), reason="回迁", at=at, by=manager)

    for said in ({"is_void": True}, {"to_park": inner_park}):
        with pytest.raises(RuleViolation, match="Correct the later transfer first"):
            correct_transfer(first, reason="改", at=LATER, by=manager, **said)
    for day in (date(2024, 4, 11), date(2023, 5, 31)):
        with pytest.raises(RuleViolation, match="between the moves"):
            correct_transfer(first, effective_on=day, reason="改", at=LATER, by=manager)
    correct_transfer(first, tax_pct=Decimal(20), reason="改", at=LATER, by=manager)

    project.refresh_from_db()
    assert project.park == inner_park
    assert [split.tax_pct for split in project.splits.standing()] == [20, 50]
    assert [move.park for move in moves_of(project)][1:] == [first.park, inner_park]


def test_the_opening_is_no_transfer_and_an_officer_corrects_none(moved, manager, officer, outsider):
    project, change = moved()

    with pytest.raises(RuleViolation, match="no transfer"):
        correct_transfer(project.park_changes.first(), reason="改", at=LATER, by=manager)
    for person in (officer, outsider):
        with pytest.raises(PermissionDenied):
            correct_transfer(change, reason="改", at=LATER, by=person)
    assert ParkChange.objects.count() == 2


def test_a_correction_of_a_transfer_is_known_to_the_verified_basis_at_once(moved, manager, inner_park):
    project, change = moved()

    correct_transfer(change, to_park=inner_park, reason="园区写错", at=LATER, by=manager)

    bases = project.states.known_at(None).as_of(date(2024, 5, 2)).values_list("basis", "park")
    assert set(bases) == {("verified", inner_park.pk), ("reported", inner_park.pk)}


# ── who answers for what moved ───────────────────────────────────────────────────────────────────────────────────────


def test_whoever_does_not_work_in_the_new_park_no_longer_answers_and_its_office_is_told(
    moved, officer, admin, manager, other_park
):
    project, _change = moved()

    assert (project.owner, project.steward) == (None, None)
    told = {
        notice.recipient: (notice.kind, notice.url) for notice in Notice.objects.filter(kind__startswith="projects.")
    }
    assert told == {
        admin: ("projects.came", f"/projects/{project.pk}/"),
        officer: ("projects.left", ""),
    }, "whoever moved it knows"


def test_whoever_works_in_the_new_park_too_goes_on(moved, officer, other_park):
    Membership.objects.create(user=officer, role=Role.OFFICER, park=other_park)

    project, _change = moved()

    assert project.owner == officer
    assert not Notice.objects.filter(kind__startswith="projects.").exists()


def test_a_transfer_that_never_happened_puts_its_officer_back(moved, manager, officer):
    project, change = moved()

    correct_transfer(change, is_void=True, reason="会议未通过", at=LATER, by=manager)

    project.refresh_from_db()
    assert project.owner == officer


def test_a_correction_of_the_day_leaves_the_officer_named_since(moved, manager, outsider):
    project, change = moved()
    edit_project(project, changes={"owner": outsider}, at=LATER, by=outsider)

    correct_transfer(change, effective_on=date(2024, 4, 2), reason="按合同", at=LATER, by=manager)

    project.refresh_from_db()
    assert project.owner == outsider


@pytest.mark.parametrize(("counted_by", "named"), [("landing", "生物医药产业园"), ("owner", "集成电路产业园")])
def test_the_page_says_who_reports_the_statistics(client, moved, manager, counted_by, named):
    project, _change = moved(counted_by=counted_by)
    client.force_login(manager)

    text = client.get(f"/projects/{project.pk}/splits/").content.decode()

    assert f"由{named}报统" in text
