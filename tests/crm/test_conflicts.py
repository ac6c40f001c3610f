"""Conflicts of first talks: when they open, which side the rule puts first, the decision and the one appeal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import RuleViolation
from core.models import AuditEntry
from crm import actions
from crm.models import Appeal, Conflict, FirstTalk
from crm.protection import Claim, EndCause, FirstTalkStatus, Ground, foremost
from parks.access import Role
from tests.crm.conftest import moment

pytestmark = pytest.mark.usefixtures("english")
S = FirstTalkStatus


@pytest.fixture
def clash(register, rival, manager, at):
    """Both sides with a verified contact: ours of 2 April, theirs of 5 April. Gives (conflict, ours, theirs)."""

    def make(*, ours=None, theirs=None, is_verified=True):
        first, second = register(**(ours or {})), rival(**(theirs or {}))
        for talk in (first, second) if is_verified else ():
            actions.verify_first_talk(talk, is_accepted=True, at=at, by=manager)
        first.refresh_from_db()
        second.refresh_from_db()
        return Conflict.objects.get(), first, second

    return make


def decide(conflict, winner, by, at, ground=Ground.CONTACT, reasons="以核验的首次接洽为准"):
    return actions.decide_conflict(conflict, winner=winner, ground=ground, reasons=reasons, at=at, by=by)


def test_a_second_claim_above_the_threshold_is_disputed_and_not_lost(protected, rival):
    first = protected()
    second = rival()

    conflict = Conflict.objects.get()
    first.refresh_from_db()
    assert (first.status, second.status) == (S.PROTECTED, S.DISPUTED)
    assert set(conflict.sides.all()) == {first, second}
    assert AuditEntry.objects.filter(verb="crm.open_conflict").count() == 1


def test_a_third_claim_joins_the_open_conflict(protected, rival, person, zone, at, pdf):
    from tests.conftest import _park

    protected()
    rival()
    third_park = _park("QD-NEW", "新材料产业园", zone)
    officer = person("third", (Role.OFFICER, third_park))
    lead = actions.register_lead(park=third_park, company_name="贝斯兰", is_another=True, at=at, by=officer)
    third = actions.register_first_talk(
        lead, first_contact_on=date(2024, 4, 6), file=pdf(), amount_wan=Decimal(200_000), at=at, by=officer
    )

    assert Conflict.objects.get().sides.count() == 3
    assert third.status == S.DISPUTED


def test_a_park_within_the_park_is_no_rival(register, inner_park, make_lead, officer):
    register()

    with pytest.raises(RuleViolation, match="already"):
        register(make_lead(park=inner_park))
    assert not Conflict.objects.exists()


def test_the_rule_asks_contact_then_preference_then_leaves_it_to_the_office():
    early, late = date(2024, 4, 2), date(2024, 4, 5)

    assert foremost([Claim(1, early, False), Claim(2, late, True)]) == (Ground.CONTACT, [1])
    assert foremost([Claim(1, None, True), Claim(2, late, False)]) == (Ground.CONTACT, [2])
    assert foremost([Claim(1, early, False), Claim(2, early, True)]) == (Ground.PREFERENCE, [2])
    assert foremost([Claim(1, early, True), Claim(2, early, True)]) == ("", [1, 2])
    assert foremost([Claim(1, None, True), Claim(2, None, False)]) == ("", [])


def test_the_decision_gives_protection_to_one_side_and_ends_the_other(clash, manager, at):
    conflict, ours, theirs = clash()

    decide(conflict, ours, manager, at)

    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.status, ours.protected_until) == (S.PROTECTED, date(2024, 7, 17))
    assert (theirs.status, theirs.end_cause) == (S.LAPSED, EndCause.LOST)


def test_verifying_while_a_conflict_is_open_gives_no_protection_yet(clash):
    _conflict, ours, theirs = clash()

    assert (ours.status, theirs.status) == (S.VERIFIED, S.DISPUTED)
    assert theirs.contact_verified_at is not None


def test_the_earlier_verified_contact_cannot_be_passed_over(clash, manager, at):
    conflict, ours, theirs = clash()

    with pytest.raises(RuleViolation, match="puts 集成电路产业园 first") as refused:
        decide(conflict, theirs, manager, at)
    assert "winner" in refused.value.fields
    with pytest.raises(RuleViolation, match="Decide on that ground"):
        decide(conflict, ours, manager, at, ground=Ground.OFFICE)

    conflict.refresh_from_db()
    assert conflict.decided_at is None
    assert set(FirstTalk.objects.values_list("status", flat=True)) == {S.VERIFIED, S.DISPUTED}
    assert not AuditEntry.objects.filter(verb="crm.decide_conflict").exists()


def test_on_the_same_day_the_investor_s_written_preference_decides(clash, manager, at, pdf):
    conflict, ours, theirs = clash(theirs={"first_contact_on": date(2024, 4, 2), "preference": pdf("意愿函.pdf")})

    with pytest.raises(RuleViolation, match="Both contacts are of 2024-04-02.*生物医药产业园 first.* in writing"):
        decide(conflict, ours, manager, at)
    decide(conflict, theirs, manager, at, ground=Ground.PREFERENCE)

    theirs.refresh_from_db()
    assert theirs.status == S.PROTECTED


def test_where_both_are_equal_the_office_chooses_and_says_on_what_ground(clash, manager, at):
    conflict, _ours, theirs = clash(theirs={"first_contact_on": date(2024, 4, 2)})

    with pytest.raises(RuleViolation, match="leave the sides equal"):
        decide(conflict, theirs, manager, at, ground=Ground.CONTACT)
    decide(conflict, theirs, manager, at, ground=Ground.CHAIN_FIT)

    conflict.refresh_from_db()
    assert (conflict.winner, conflict.ground) == (theirs, Ground.CHAIN_FIT)


def test_nothing_is_decided_before_each_contact_is_judged_or_without_reasons(clash, register, manager, at):
    conflict, ours, _theirs = clash(is_verified=False)

    with pytest.raises(RuleViolation, match="still open: 集成电路产业园, 生物医药产业园"):
        decide(conflict, ours, manager, at)
    for side in conflict.sides.all():
        actions.verify_first_talk(side, is_accepted=True, at=at, by=manager)
    with pytest.raises(RuleViolation, match="Write the reasons"):
        decide(conflict, ours, manager, at, reasons=" ")


def test_a_refused_contact_leaves_the_other_side_alone_and_closes_the_conflict(clash, manager, at):
    conflict, ours, theirs = clash(is_verified=False)

    actions.verify_first_talk(theirs, is_accepted=True, at=at, by=manager)
    actions.verify_first_talk(ours, is_accepted=False, reason="无法核实", at=at, by=manager)

    conflict.refresh_from_db()
    theirs.refresh_from_db()
    assert (conflict.winner, conflict.ground) == (theirs, Ground.ALONE)
    assert theirs.status == S.PROTECTED


def test_giving_up_leaves_the_unjudged_other_side_to_the_queue(clash, officer, at):
    conflict, ours, theirs = clash(is_verified=False)

    actions.end_first_talk(ours, reason="放弃", at=at, by=officer)

    conflict.refresh_from_db()
    theirs.refresh_from_db()
    assert (conflict.ground, theirs.status) == (Ground.ALONE, S.APPLIED)


def test_who_counts_for_one_side_only_does_not_decide(clash, person, park, at):
    conflict, ours, _theirs = clash()
    local = person("local", (Role.MANAGER, park))

    with pytest.raises(PermissionDenied):
        decide(conflict, ours, local, at)
    with pytest.raises(PermissionDenied):
        actions.open_conflict(*conflict.sides.all(), reason="同一集团", at=at, by=local)


def test_the_office_opens_a_conflict_that_names_do_not_show(register, rival, manager, officer, at):
    ours, theirs = register(), rival(name="海港投资")
    assert not Conflict.objects.exists()

    conflict = actions.open_conflict(ours, theirs, reason="同一实际控制人", at=at, by=manager)

    theirs.refresh_from_db()
    assert theirs.status == S.DISPUTED
    assert theirs.changes.last().reason == "同一实际控制人"
    with pytest.raises(RuleViolation, match="open already"):
        actions.open_conflict(ours, theirs, reason="同一实际控制人", at=at, by=manager)
    assert Conflict.objects.get() == conflict


# ── the appeal ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def decided(clash, manager, at):
    conflict, ours, theirs = clash()
    decide(conflict, ours, manager, at)
    return conflict, ours, theirs


def appeal(conflict, side, by, at, reason="对方纪要系补写"):
    return actions.appeal_conflict(conflict, side=side, reason=reason, at=at, by=by)


def test_the_losing_side_appeals_once_and_the_decision_stands_meanwhile(decided, outsider, at):
    conflict, ours, theirs = decided
    appeal(conflict, theirs, outsider, at)

    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.status, theirs.status) == (S.PROTECTED, S.DISPUTED)
    with pytest.raises(RuleViolation, match="no second appeal"):
        appeal(conflict, theirs, outsider, at)
    assert Appeal.objects.count() == 1


def test_the_winner_does_not_appeal_and_neither_does_a_stranger(decided, officer, at):
    conflict, ours, theirs = decided

    with pytest.raises(RuleViolation, match="Only the side that lost"):
        appeal(conflict, ours, officer, at)
    with pytest.raises(PermissionDenied):
        appeal(conflict, theirs, officer, at)
    assert not Appeal.objects.exists()


def test_the_fifteenth_day_is_in_time_and_the_sixteenth_is_not(decided, outsider, at):
    conflict, _ours, theirs = decided
    decided_on = date(2024, 4, 18)

    with pytest.raises(RuleViolation, match="until 2024-05-03"):
        appeal(conflict, theirs, outsider, moment(decided_on + timedelta(days=16)))
    assert not Appeal.objects.exists()
    assert appeal(conflict, theirs, outsider, moment(decided_on + timedelta(days=15))).pk


def test_somebody_else_decides_the_appeal_and_may_turn_it_round(decided, outsider, manager, admin, at):
    conflict, ours, theirs = decided
    appeal(conflict, theirs, outsider, at)

    with pytest.raises(RuleViolation, match="Somebody else of the office"):
        actions.decide_appeal(conflict, winner=theirs, reasons="补写属实", at=at, by=manager)
    actions.decide_appeal(conflict, winner=theirs, reasons="补写属实", at=at, by=admin)

    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.status, ours.end_cause) == (S.LAPSED, EndCause.LOST)
    assert (theirs.status, theirs.protected_until) == (S.PROTECTED, date(2024, 7, 17))
    with pytest.raises(RuleViolation, match="decided already"):
        actions.decide_appeal(conflict, winner=ours, reasons="再改", at=at, by=admin)


def test_where_there_is_nobody_else_the_first_decider_decides_again(decided, outsider, manager, at):
    conflict, ours, theirs = decided
    appeal(conflict, theirs, outsider, at)

    actions.decide_appeal(conflict, winner=ours, reasons="维持", at=at, by=manager)

    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.status, theirs.status, theirs.end_cause) == (S.PROTECTED, S.LAPSED, EndCause.LOST)
