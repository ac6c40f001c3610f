"""首报首谈: registering, verifying, renewing and ending; what counts as the threshold, and on which day it is over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import RuleViolation
from core.models import AuditEntry
from crm import actions
from crm.models import Conflict, FirstTalk, FirstTalkChange, FirstTalkPaper
from crm.protection import EndCause, FirstTalkStatus, Ground, Threshold, quiet_until
from crm.protections import dress, protected_elsewhere
from tests.crm.conftest import moment

S = FirstTalkStatus
pytestmark = pytest.mark.usefixtures("english")


# ── thresholds ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wan", "usd", "met"),
    [
        (Decimal("99999.9999"), None, ""),
        (Decimal(100_000), None, Threshold.WAN),
        (None, Decimal("999.9999"), ""),
        (None, Decimal(1000), Threshold.WAN_USD),
        (Decimal(99_999), Decimal(1000), Threshold.WAN_USD),
        (None, None, ""),
    ],
)
def test_exactly_ten_yi_or_ten_million_dollars_counts(register, wan, usd, met):
    assert register(amount_wan=wan, amount_wan_usd=usd).threshold_met == met


def test_a_zone_may_ask_for_more_than_the_threshold(register, zone, admin, at):
    actions.set_protection_rule(zone, changes={"is_min_wan_inclusive": False}, at=at, by=admin)

    assert register(amount_wan=Decimal(100_000)).threshold_met == ""


def test_the_amount_is_that_of_the_lead_where_none_is_given(register, make_lead):
    talk = register(make_lead(intended_investment_wan=Decimal(100_000)), amount_wan=None)

    assert (talk.amount_wan, talk.threshold_met) == (Decimal(100_000), Threshold.WAN)


def test_below_the_threshold_it_is_a_record_and_protects_nobody(register, manager, at, other_park, rival):
    talk = register(amount_wan=Decimal(50_000))
    talk = actions.verify_first_talk(talk, is_accepted=True, at=at, by=manager)

    assert (talk.status, talk.protected_until) == (S.VERIFIED, None)
    assert protected_elsewhere(talk.lead.company, other_park, date(2024, 4, 18)) is None
    assert rival().status == S.APPLIED
    assert not Conflict.objects.exists()


# ── registering ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_talk_without_proof_is_refused_and_nothing_is_written(register):
    with pytest.raises(RuleViolation, match="Prove the contact") as refused:
        register(file=None)

    assert "file" in refused.value.fields
    assert not FirstTalk.objects.exists()
    assert not AuditEntry.objects.filter(verb="crm.register_first_talk").exists()


def test_a_paper_that_is_not_what_it_says_is_refused_and_nothing_is_kept(register, pdf):
    with pytest.raises(RuleViolation, match="Only PDF") as refused:
        register(file=pdf("纪要.exe"))

    assert "file" in refused.value.fields
    assert not FirstTalk.objects.exists()
    assert not FirstTalkPaper.objects.exists()


def test_a_logged_conversation_is_proof_and_gives_the_day(register, make_lead, park, officer, at):
    lead = make_lead()
    talk = actions.record_interaction(
        park=park, company=lead.company, lead=lead, summary="来访", happened_on=date(2024, 4, 9), at=at, by=officer
    )

    first = register(lead, file=None, interaction=talk, first_contact_on=None)

    assert (first.first_contact_on, first.papers.count()) == (date(2024, 4, 9), 0)


def test_a_day_that_is_not_that_of_the_conversation_is_refused(register, make_lead, park, officer, at):
    lead = make_lead()
    talk = actions.record_interaction(
        park=park, company=lead.company, lead=lead, summary="来访", happened_on=date(2024, 4, 9), at=at, by=officer
    )

    with pytest.raises(RuleViolation, match="2024-04-09"):
        register(lead, interaction=talk, first_contact_on=date(2024, 4, 8))


def test_the_conversation_of_another_company_proves_nothing(register, make_lead, park, officer, at):
    other = make_lead(company_name="山海半导体")
    talk = actions.record_interaction(park=park, company=other.company, summary="来访", at=at, by=officer)

    with pytest.raises(RuleViolation, match="with this company"):
        register(make_lead(), interaction=talk, first_contact_on=None)


def test_a_park_registers_an_investor_once_while_it_is_open(register, make_lead):
    register()

    with pytest.raises(RuleViolation, match="has registered its first talk"):
        register(make_lead(company_name="贝斯兰（集团）有限公司"))

    assert FirstTalk.objects.count() == 1


def test_only_the_park_s_own_people_register(register, make_lead, outsider):
    with pytest.raises(PermissionDenied):
        register(make_lead(), by=outsider)


# ── verifying ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_accepted_contact_above_the_threshold_is_protected_to_day_90(protected):
    talk = protected()

    assert talk.status == S.PROTECTED
    # Day 1 is 19 April: the day on which a period begins is not counted.
    assert (talk.protected_from, talk.protected_until) == (date(2024, 4, 18), date(2024, 7, 17))
    assert [change.to_status for change in talk.changes.all()] == [S.APPLIED, S.VERIFIED, S.PROTECTED]


def test_a_refusal_needs_a_reason_and_ends_the_claim(register, manager, at):
    talk = register()

    with pytest.raises(RuleViolation, match="not accepted"):
        actions.verify_first_talk(talk, is_accepted=False, at=at, by=manager)
    talk.refresh_from_db()
    assert talk.status == S.APPLIED

    talk = actions.verify_first_talk(talk, is_accepted=False, reason="纪要无日期", at=at, by=manager)
    assert (talk.status, talk.end_cause) == (S.LAPSED, EndCause.NOT_VERIFIED)


def test_nobody_verifies_what_he_registered(register, admin, at):
    talk = register(by=admin)

    with pytest.raises(RuleViolation, match="registered this yourself"):
        actions.verify_first_talk(talk, is_accepted=True, at=at, by=admin)


def test_an_officer_does_not_verify(register, colleague, at):
    with pytest.raises(PermissionDenied):
        actions.verify_first_talk(register(), is_accepted=True, at=at, by=colleague)


# ── renewing, ending, lapsing ────────────────────────────────────────────────────────────────────────────────────────


def test_a_protection_is_renewed_once_from_its_last_day(protected, officer, at):
    talk = actions.renew_first_talk(protected(), reason="尽调中", at=at, by=officer)

    assert (talk.status, talk.protected_until) == (S.RENEWED, date(2024, 7, 17) + timedelta(days=90))
    with pytest.raises(RuleViolation, match="used up"):
        actions.renew_first_talk(talk, reason="再续", at=at, by=officer)


def test_day_90_can_still_be_renewed_and_day_91_cannot(protected, talk_every_month, officer):
    talk = protected()
    talk_every_month(talk)

    with pytest.raises(RuleViolation, match="last day is past"):
        actions.renew_first_talk(talk, reason="尽调中", at=moment(date(2024, 7, 18)), by=officer)

    assert actions.renew_first_talk(talk, reason="尽调中", at=moment(date(2024, 7, 17)), by=officer).renewals == 1


@pytest.fixture
def talk_every_month(officer):
    """Log a conversation every fourth week, on its day, so that silence ends nothing."""

    def log(talk, until=date(2024, 7, 17)):
        day = talk.protected_from + timedelta(days=28)
        while day <= until:
            actions.record_interaction(
                park=talk.park, company=talk.lead.company, summary="电话", at=moment(day), by=officer
            )
            day += timedelta(days=28)

    return log


def test_the_protection_lapses_the_day_after_its_last_day_and_says_why(protected, talk_every_month):
    talk = protected()
    talk_every_month(talk)

    assert actions.lapse_first_talks(at=moment(date(2024, 7, 17))) == 0
    assert actions.lapse_first_talks(at=moment(date(2024, 7, 18))) == 1

    talk.refresh_from_db()
    assert (talk.status, talk.end_cause) == (S.LAPSED, EndCause.PERIOD_OVER)
    assert talk.changes.last().effective_on == date(2024, 7, 18)
    assert talk.changes.last().recorded_by is None


def test_thirty_silent_days_are_allowed_and_the_next_day_ends_it(protected):
    talk = protected()

    assert actions.lapse_first_talks(at=moment(date(2024, 5, 18))) == 0
    assert actions.lapse_first_talks(at=moment(date(2024, 5, 19))) == 1

    talk.refresh_from_db()
    assert (talk.status, talk.end_cause) == (S.LAPSED, EndCause.SILENCE)


def test_missed_nights_are_made_up_for_on_the_right_day_and_once(protected):
    talk = protected()

    assert actions.lapse_first_talks(at=moment(date(2024, 6, 30))) == 1
    assert actions.lapse_first_talks(at=moment(date(2024, 6, 30))) == 0

    assert talk.changes.last().effective_on == date(2024, 5, 19)
    assert FirstTalkChange.objects.filter(to_status=S.LAPSED).count() == 1


def test_a_conversation_after_the_silence_does_not_bring_back_what_a_missed_night_left_open(protected, officer):
    talk = protected()
    actions.record_interaction(
        park=talk.park, company=talk.lead.company, summary="电话", at=moment(date(2024, 5, 25)), by=officer
    )

    assert actions.lapse_first_talks(at=moment(date(2024, 5, 26))) == 1
    assert talk.changes.last().effective_on == date(2024, 5, 19)


def test_silence_is_counted_from_the_latest_record():
    start = date(2024, 4, 1)
    on_time = (date(2024, 4, 20), date(2024, 4, 21))
    in_the_last_moment = (date(2024, 5, 20), date(2024, 5, 20))

    assert quiet_until(start, [], 30) == date(2024, 5, 1)
    assert quiet_until(start, [on_time, in_the_last_moment], 30) == date(2024, 6, 19)
    assert quiet_until(start, [in_the_last_moment], 30) == date(2024, 5, 1)
    assert quiet_until(start, [(date(2024, 4, 25), date(2024, 5, 2))], 30) == date(2024, 5, 1)


def test_a_step_of_the_lead_is_a_record_too(protected, officer):
    talk = protected()
    lead = talk.lead
    actions.advance_lead(lead, to="responded", effective_on=date(2024, 5, 10), at=moment(date(2024, 5, 10)), by=officer)

    (dressed,) = dress([FirstTalk.objects.with_what_rows_show().get(pk=talk.pk)], date(2024, 5, 10))

    assert (dressed.last_day, dressed.days_left, dressed.light) == (date(2024, 6, 9), 30, "ok")


def test_ending_early_needs_a_reason(protected, officer, at):
    talk = protected()

    with pytest.raises(RuleViolation, match="before its time"):
        actions.end_first_talk(talk, reason=" ", at=at, by=officer)
    talk = actions.end_first_talk(talk, reason="投资方已选外地", at=at, by=officer)

    assert (talk.status, talk.end_cause) == (S.LAPSED, EndCause.GIVEN_UP)


# ── what others are told ─────────────────────────────────────────────────────────────────────────────────────────────


def test_another_park_is_told_of_a_protection_until_its_last_day(protected, other_park, park, inner_park):
    talk = protected()
    company = talk.lead.company

    assert protected_elsewhere(company, other_park, date(2024, 7, 17)) == talk
    assert protected_elsewhere(company, other_park, date(2024, 7, 18)) is None
    assert protected_elsewhere(company, park, date(2024, 7, 17)) is None
    assert protected_elsewhere(company, inner_park, date(2024, 7, 17)) is None


def test_another_spelling_and_an_alias_are_the_same_investor(protected, make_company, other_park, outsider, at):
    protected()
    spelled = make_company("贝斯兰（集团）有限公司", park=other_park, by=outsider)
    aliased = make_company("滨海芯片", aliases=["贝斯兰"], park=other_park, by=outsider)
    another = make_company("贝斯特", park=other_park, by=outsider)

    found = [protected_elsewhere(each, other_park, date(2024, 4, 20)) for each in (spelled, aliased, another)]

    assert [bool(each) for each in found] == [True, True, False]


def test_days_left_of_many_cost_as_many_queries_as_of_two(protected, make_lead, django_assert_num_queries):
    for name in ("甲材料", "乙材料", "丙材料", "丁材料", "戊材料", "己材料"):
        protected(make_lead(company_name=name))
    talks = list(FirstTalk.objects.with_what_rows_show())

    with django_assert_num_queries(3):
        dress(talks[:2], date(2024, 4, 20))
    with django_assert_num_queries(3):
        dress(talks, date(2024, 4, 20))


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rules_are_set_by_the_office_for_the_whole_zone(zone, park, admin, manager, officer, at):
    with pytest.raises(PermissionDenied):
        actions.set_protection_rule(zone, changes={"period_days": 60}, at=at, by=officer)
    with pytest.raises(RuleViolation, match="whole zone"):
        actions.set_protection_rule(park, changes={"period_days": 60}, at=at, by=admin)
    with pytest.raises(RuleViolation):
        actions.set_protection_rule(zone, changes={"period_days": 0}, at=at, by=manager)

    rule = actions.set_protection_rule(zone, changes={"period_days": 60}, at=at, by=manager)

    assert (rule.period_days, rule.silent_days) == (60, 30)


def test_the_period_is_that_of_the_zone(protected, zone, admin, at):
    actions.set_protection_rule(zone, changes={"period_days": 60}, at=at, by=admin)

    assert protected().protected_until == date(2024, 6, 17)


def test_ground_names_are_short_enough_for_their_column():
    assert max(len(each) for each in Ground.values) <= 10
