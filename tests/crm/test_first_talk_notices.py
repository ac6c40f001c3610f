"""Who is told of first talks: both sides and the office of a conflict, and of each claim those who answer for it."""

from datetime import date, timedelta

import pytest

from core.models import Notice
from core.notices import shown
from crm import actions
from crm.models import Conflict
from crm.protection import Ground
from crm.tasks import lapse_first_talks_due
from tests.crm.conftest import moment

pytestmark = pytest.mark.usefixtures("english")
OURS, THEIRS = "集成电路产业园", "生物医药产业园"


def told(kind):
    """{name of the person: the sentences they read}."""
    found = {}
    for notice in Notice.objects.filter(kind=f"first_talk.{kind}").select_related("recipient").order_by("pk"):
        found.setdefault(notice.recipient.username, []).append(shown(notice))
    return found


@pytest.fixture
def clash(register, rival, manager, admin, at):
    """Ours of 2 April, theirs of 5 April, both verified; theirs has lost by the manager's decision."""

    def make(*, is_decided=True):
        sides = register(), rival()
        for talk in sides:
            actions.verify_first_talk(talk, is_accepted=True, at=at, by=manager)
            talk.refresh_from_db()
        conflict = Conflict.objects.get()
        if is_decided:
            given = {"winner": sides[0], "ground": Ground.CONTACT, "reasons": "核验在先"}
            conflict = actions.decide_conflict(conflict, **given, at=at, by=manager)
        return conflict, *sides

    return make


def test_a_conflict_tells_each_side_of_the_other_only_park_and_day(clash, officer, outsider, manager, admin):
    conflict, _ours, _theirs = clash(is_decided=False)

    seen = told("conflict_opened")
    assert seen.keys() == {officer.username, manager.username, admin.username}, "whoever opened it knows"
    assert seen[officer.username] == [
        f"贝斯兰: {THEIRS} claims the first talk too; a conflict is open since 2024-04-18."
    ]
    own = Notice.objects.get(recipient=officer, kind="first_talk.conflict_opened")
    assert own.url == f"/conflicts/{conflict.pk}/"
    assert set(own.params) == {"company", "park", "day"}
    assert "贝斯兰有限公司" not in str(own.params), "the name under which the other side knows the investor"


def test_decision_appeal_and_last_word_are_told_to_both_sides_and_the_office(
    clash, officer, outsider, manager, admin, at
):
    conflict, _ours, theirs = clash()
    both = {officer.username, outsider.username}

    decided = told("conflict_decided")
    assert decided.keys() == both | {admin.username}
    assert decided[outsider.username] == [
        f"贝斯兰有限公司: the conflict of first talks was decided for {OURS} on 2024-04-18."
    ]
    theirs.refresh_from_db()
    actions.appeal_conflict(conflict, side=theirs, reason="见来访记录", at=at + timedelta(days=1), by=outsider)
    appealed = told("appealed")
    assert appealed.keys() == {officer.username, manager.username, admin.username}
    assert f"{THEIRS} appealed on 2024-04-19" in appealed[officer.username][0]

    actions.decide_appeal(conflict, winner=theirs, reasons="记录属实", at=at + timedelta(days=2), by=admin)
    last = told("appeal_decided")
    assert last.keys() == both | {manager.username}
    assert f"decided for {THEIRS} on 2024-04-20" in last[officer.username][0]
    assert all(len(sentences) == 1 for kind in (decided, appealed, last) for sentences in kind.values())


def test_the_registrant_is_told_of_the_verdict(register, make_lead, officer, manager, at):
    actions.verify_first_talk(register(), is_accepted=True, at=at, by=manager)
    refused = register(make_lead(company_name="山海半导体"))
    actions.verify_first_talk(refused, is_accepted=False, reason="无日期", at=at, by=manager)

    assert told("verified") == {officer.username: ["贝斯兰: the contact of the first talk was verified on 2024-04-18."]}
    assert told("not_verified") == {
        officer.username: ["山海半导体: the contact of the first talk was not accepted on 2024-04-18."]
    }


def test_nobody_is_told_who_no_longer_works_in_the_park(register, officer, manager, at):
    talk = register()
    officer.memberships.all().delete()

    actions.verify_first_talk(talk, is_accepted=True, at=at, by=manager)

    assert not Notice.objects.exists()


def test_a_week_before_the_last_day_is_told_once_and_the_lapse_once(protected, officer):
    protected()  # silence of 30 days ends it with 18 May

    actions.warn_of_ending(at=moment(date(2024, 5, 10)))
    assert not told("ending")
    for day in (date(2024, 5, 11), date(2024, 5, 11), date(2024, 5, 18)):
        actions.warn_of_ending(at=moment(day))
    assert told("ending") == {officer.username: ["贝斯兰: the protection of the first talk ends with 2024-05-18."]}

    for day in (date(2024, 5, 18), date(2024, 5, 20), date(2024, 5, 21)):
        actions.warn_of_ending(at=moment(day))
        actions.lapse_first_talks(at=moment(day))
    assert len(told("ending")[officer.username]) == 1
    assert told("lapsed") == {
        officer.username: ["贝斯兰: the protection of the first talk is over; its last day was 2024-05-18."]
    }


def test_the_clock_tells_of_what_ends_within_a_week(protected, officer):
    from django.utils import timezone

    now = timezone.now()
    protected(at=now - timedelta(days=25))

    lapse_first_talks_due()
    lapse_first_talks_due()

    assert len(told("ending")[officer.username]) == 1


def test_the_list_shows_beside_the_appeal_s_winner_that_the_appeal_decided(
    clash, signed_in, outsider, admin, at, django_assert_max_num_queries
):
    conflict, _ours, theirs = clash()
    page = "/first-talks/?show=conflicts"
    assert "Earliest verified contact" in signed_in(outsider).get(page).content.decode()

    theirs.refresh_from_db()
    actions.appeal_conflict(conflict, side=theirs, reason="见来访记录", at=at, by=outsider)
    actions.decide_appeal(conflict, winner=theirs, reasons="记录属实", at=at, by=admin)

    text = signed_in(outsider).get(page).content.decode()
    assert "Decided on appeal" in text
    assert "Earliest verified contact" not in text
