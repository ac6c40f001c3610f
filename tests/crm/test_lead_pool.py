"""The pool: who may claim what and when, giving back with a reason, going back by itself, and the rules of a zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from config.celery import app
from core.batches import batch
from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry, Notice
from core.undo import undo_batch
from crm.actions import (
    advance_lead,
    claim_lead,
    edit_lead,
    record_interaction,
    return_lead,
    return_silent_leads,
    set_pool_rule,
    warn_of_silence,
)
from crm.lifecycle import LeadStage
from crm.models import ChangeOfHands, FirstTalk, Lead, PoolRule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def pooled(make_lead):
    """Make a lead that nobody holds."""
    return lambda name="澄明生物", **given: make_lead(company_name=name, owner=None, **given)


@pytest.fixture
def rules(zone, manager, at):
    """Set the rules of the zone on 1 April 2024, unless told otherwise."""

    def make(*, moment=None, **changes):
        return set_pool_rule(zone, changes=changes, at=moment or on(1), by=manager)

    return make


def on(day, hour=10):
    """A moment of April 2024 (or, from 31, of the days after) on the clock of the parks."""
    return datetime(2024, 4, 1, hour - 8, 0, tzinfo=UTC) + timedelta(days=day - 1)


def test_a_lead_logged_without_an_officer_lies_in_the_pool(pooled, make_lead, officer, at):
    lead, mine = pooled(), make_lead()

    assert (lead.owner, lead.pooled_at, lead.pooled_how, lead.pooled_by) == (None, at, ChangeOfHands.LOGGED, officer)
    assert list(Lead.objects.in_pool()) == [lead]
    assert (mine.owner, mine.pooled_at) == (officer, None)
    assert [(claim.holder, claim.began_at, claim.ended_at) for claim in mine.claims.all()] == [(officer, at, None)]


def test_claiming_gives_the_lead_to_whoever_claims(pooled, colleague, at):
    lead = claim_lead(pooled(), at=at, by=colleague)

    lead.refresh_from_db()
    assert (lead.owner, lead.pooled_at, lead.pooled_how, lead.followed_up_at) == (colleague, None, "", at)
    assert lead.claims.get().began_how == ChangeOfHands.CLAIMED
    trace = AuditEntry.objects.about(lead).first()
    assert (trace.verb, trace.changes["owner"]) == ("crm.claim_lead", [None, colleague.pk])
    assert not Lead.objects.in_pool().exists()


def test_whoever_comes_second_is_told_who_was_first_and_when(pooled, officer, colleague, at):
    lead = pooled()
    claim_lead(lead, at=at, by=officer)
    deeds = AuditEntry.objects.count()

    with pytest.raises(RuleViolation, match="林知遥 has held this lead since 2024-04-18 10:00:00"):
        claim_lead(lead, at=at, by=colleague)

    lead.refresh_from_db()
    assert lead.owner == officer
    assert AuditEntry.objects.count() == deeds


def test_a_closed_lead_cannot_be_claimed_and_lies_in_the_pool_again_once_opened(pooled, officer, at):
    lead = pooled()
    closing = {"effective_on": date(2024, 4, 2), "by": officer}
    advance_lead(lead, to=LeadStage.SHELVED, shelving_reason="invalid", at=at, **closing)

    with pytest.raises(RuleViolation, match="closed"):
        claim_lead(lead, at=at, by=officer)
    assert not Lead.objects.in_pool().exists()

    opened = advance_lead(lead, to=LeadStage.REGISTERED, note="又来电", at=on(20), **closing)
    assert opened.pooled_at == on(20)
    assert list(Lead.objects.in_pool()) == [lead]


@pytest.mark.parametrize("who", ["auditor", "operator", "outsider"])
def test_others_may_not_claim(pooled, request, who, at):
    lead = pooled()

    with pytest.raises(PermissionDenied):
        claim_lead(lead, at=at, by=request.getfixturevalue(who))

    lead.refresh_from_db()
    assert lead.owner is None


def test_claims_of_a_day_are_limited_and_the_next_day_begins_at_midnight_in_the_park(pooled, rules, colleague):
    rules(picks_per_day=2)
    first, second, third = (pooled(f"企业{n}") for n in range(3))
    claim_lead(first, at=on(18, hour=9), by=colleague)
    claim_lead(second, at=on(18, hour=10), by=colleague)

    with pytest.raises(RuleViolation, match="claimed 2 leads today"):
        claim_lead(third, at=on(18, hour=23), by=colleague)
    third.refresh_from_db()
    assert third.owner is None

    assert claim_lead(third, at=on(18, hour=24), by=colleague).owner == colleague


def test_logging_a_lead_of_ones_own_is_no_claim(pooled, make_lead, rules, officer, at):
    rules(picks_per_day=1)
    make_lead(company_name="自己登记")

    assert claim_lead(pooled(), at=at, by=officer).owner == officer


def test_whoever_holds_as_many_as_allowed_claims_no_further_one(pooled, make_lead, rules, officer, at):
    rules(most_held=1)
    mine, lead = make_lead(), pooled()

    with pytest.raises(RuleViolation, match="hold 1 open leads"):
        claim_lead(lead, at=at, by=officer)

    advance_lead(
        mine, to=LeadStage.SHELVED, shelving_reason="invalid", effective_on=date(2024, 4, 2), at=at, by=officer
    )
    assert claim_lead(lead, at=at, by=officer).owner == officer


def test_whoever_gave_a_lead_back_waits_and_others_need_not(pooled, rules, officer, colleague):
    rules(cool_down_days=7)
    lead = claim_lead(pooled(), at=on(10), by=officer)
    return_lead(lead, reason="方向不符", at=on(11), by=officer)

    with pytest.raises(RuleViolation, match="from 2024-04-18"):
        claim_lead(lead, at=on(17, hour=23), by=officer)

    claim_lead(lead, at=on(17), by=colleague)
    return_lead(lead, reason="忙不过来", at=on(17), by=colleague)
    assert claim_lead(lead, at=on(18, hour=8), by=officer).owner == officer


def test_without_rules_of_its_own_the_defaults_hold_in_a_zone(pooled, officer):
    for number in range(PoolRule().picks_per_day):
        claim_lead(pooled(f"企业{number}"), at=on(18), by=officer)

    with pytest.raises(RuleViolation, match="claimed 5 leads today"):
        claim_lead(pooled(), at=on(18), by=officer)


def test_giving_back_keeps_who_why_and_when(make_lead, officer, at):
    lead = return_lead(make_lead(), reason=" 产业方向不符 ", at=at, by=officer)

    assert (lead.owner, lead.pooled_how, lead.pooled_by) == (None, ChangeOfHands.RETURNED, officer)
    assert (lead.pooled_at, lead.pooled_reason) == (at, "产业方向不符")
    claim = lead.claims.get()
    assert (claim.ended_at, claim.ended_how, claim.ended_by, claim.reason) == (at, "returned", officer, "产业方向不符")


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_giving_back_needs_a_reason_of_bearable_length(make_lead, officer, at, reason):
    lead = make_lead()

    with pytest.raises(RuleViolation) as refused:
        return_lead(lead, reason=reason, at=at, by=officer)

    assert set(refused.value.fields) == {"reason"}
    lead.refresh_from_db()
    assert lead.owner == officer


def test_only_its_officer_or_the_office_gives_a_lead_back(make_lead, officer, colleague, manager, at):
    lead = make_lead()

    with pytest.raises(RuleViolation, match="with 林知遥"):
        return_lead(lead, reason="抢", at=at, by=colleague)
    with pytest.raises(StaleEdit):
        return_lead(lead, reason="调整", expected_version=9, at=at, by=manager)

    assert return_lead(lead, reason="调整", at=at, by=manager).owner is None
    with pytest.raises(RuleViolation, match="in the pool already"):
        return_lead(lead, reason="再退", at=at, by=officer)


def test_editing_is_no_way_round_the_pool(pooled, make_lead, rules, officer, colleague, manager, at):
    rules(picks_per_day=1)
    first, second, mine = pooled("甲企业"), pooled("乙企业"), make_lead()

    with pytest.raises(RuleViolation, match="in the pool"):
        edit_lead(first, changes={"owner": colleague}, at=at, by=officer)
    with pytest.raises(RuleViolation, match="with the reason"):
        edit_lead(mine, changes={"owner": None}, at=at, by=officer)
    assert edit_lead(first, changes={"owner": officer}, at=at, by=officer).owner == officer
    with pytest.raises(RuleViolation, match="claimed 1 lead today"):
        edit_lead(second, changes={"owner": officer}, at=at, by=officer)

    assert edit_lead(second, changes={"owner": officer}, at=at, by=manager).owner == officer
    passed = edit_lead(mine, changes={"owner": colleague}, at=at, by=officer)
    assert (passed.owner, passed.version) == (colleague, mine.version + 1)
    assert [claim.holder for claim in mine.claims.all()] == [officer, colleague]


def test_nothing_goes_back_by_itself_until_the_zone_has_rules(make_lead, at):
    make_lead()

    assert return_silent_leads(at=at + timedelta(days=4000)) == []


def test_a_silent_lead_goes_back_on_its_day_and_only_once(make_lead, rules, officer):
    rules(silent_days=30)
    lead = make_lead(at=on(2), received_on=date(2024, 4, 1))

    assert return_silent_leads(at=on(31, hour=23)) == []
    assert return_silent_leads(at=on(32, hour=8)) == [lead]
    lead.refresh_from_db()
    assert (lead.owner, lead.pooled_how, lead.pooled_by) == (None, ChangeOfHands.SILENT, None)
    trace = AuditEntry.objects.about(lead).first()
    assert (trace.verb, trace.by) == ("crm.return_lead", None)

    assert return_silent_leads(at=on(32, hour=9)) == []
    assert lead.claims.count() == 1


def test_missed_nights_are_caught_up(make_lead, rules):
    rules(silent_days=30)
    lead = make_lead(at=on(2), received_on=date(2024, 4, 1))

    assert return_silent_leads(at=on(90)) == [lead]


def test_silence_counts_from_the_day_the_rules_came_into_force(make_lead, rules):
    make_lead(at=on(2), received_on=date(2024, 4, 1))
    rules(silent_days=30, moment=on(60))

    assert return_silent_leads(at=on(89)) == []
    assert len(return_silent_leads(at=on(90))) == 1


def test_a_conversation_or_a_step_breaks_the_silence(make_lead, rules, officer, park):
    rules(silent_days=30)
    talked, moved = (make_lead(company_name=name, at=on(2), received_on=date(2024, 4, 1)) for name in ("甲", "乙"))
    record_interaction(park=park, company=talked.company, lead=talked, summary="电话", at=on(20), by=officer)
    advance_lead(moved, to=LeadStage.RESPONDED, effective_on=date(2024, 4, 2), at=on(21), by=officer)

    assert return_silent_leads(at=on(49)) == []
    assert return_silent_leads(at=on(50)) == [talked]
    assert return_silent_leads(at=on(51)) == [moved]


def test_a_claimed_lead_goes_back_sooner_where_nothing_is_recorded_at_all(pooled, make_lead, rules, officer, park):
    rules(first_record_days=7, silent_days=30)
    untouched, touched = (claim_lead(pooled(name), at=on(5), by=officer) for name in ("甲", "乙"))
    make_lead(company_name="自己的", at=on(5))
    record_interaction(park=park, company=touched.company, lead=touched, summary="电话", at=on(6), by=officer)

    assert return_silent_leads(at=on(11)) == []
    assert return_silent_leads(at=on(12)) == [untouched]


@pytest.mark.parametrize("days", [6, 7, 29, 30, 31])
def test_the_day_told_to_the_officer_is_the_day_it_happens(pooled, make_lead, rules, officer, days):
    rule = rules(first_record_days=7, silent_days=30)
    leads = [claim_lead(pooled("甲"), at=on(5), by=officer), make_lead(company_name="乙", at=on(5))]

    told = {lead.pk for lead in leads if rule.goes_back_on(lead, lead.claims.get()) <= on(5 + days).date()}

    assert {lead.pk for lead in Lead.objects.silent(rule, today=on(5 + days).date())} == told


def test_rules_are_those_of_a_whole_zone_and_of_its_office(zone, park, officer, manager, at):
    with pytest.raises(PermissionDenied):
        set_pool_rule(zone, changes={"picks_per_day": 3}, at=at, by=officer)
    with pytest.raises(RuleViolation, match="whole zone"):
        set_pool_rule(park, changes={"picks_per_day": 3}, at=at, by=manager)
    with pytest.raises(RuleViolation) as refused:
        set_pool_rule(zone, changes={"silent_days": 0}, at=at, by=manager)
    assert set(refused.value.fields) == {"silent_days"}
    assert not PoolRule.objects.exists()

    set_pool_rule(zone, changes={"picks_per_day": 3}, at=on(3), by=manager)
    again = set_pool_rule(zone, changes={"picks_per_day": 4}, at=at, by=manager)
    assert (again.picks_per_day, again.in_force_on, again.version) == (4, date(2024, 4, 3), 2)


def test_the_page_shows_the_pool_of_ones_own_parks_and_claims_with_one_press(
    signed_in, pooled, make_lead, officer, outsider
):
    lead, _held = pooled(intended_investment_wan=12000, industry="C39"), make_lead(company_name="有人跟进")
    client = signed_in(officer)

    page = client.get(reverse("crm:lead-pool"))
    assert page.context["page"].items == [lead]
    assert "you may claim 5 more today" in page.content.decode()
    assert signed_in(outsider).get(reverse("crm:lead-pool")).context["page"].items == []

    answer = client.post(reverse("crm:lead-claim", args=[lead.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("crm:lead-detail", args=[lead.pk]), 302)]
    lead.refresh_from_db()
    assert lead.owner == officer
    assert "you may claim 4 more today" in client.get(reverse("crm:lead-pool")).content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"industry": "C"}, {"甲"}),
        ({"min_investment_wan": "1亿"}, {"乙"}),
        ({"park": "QD-IC-1"}, {"乙"}),
        ({"q": "甲"}, {"甲"}),
        ({"colour": "red"}, set()),
    ],
)
def test_the_pool_is_narrowed_by_industry_amount_park_and_text(signed_in, pooled, inner_park, officer, asked, found):
    pooled("甲", industry="C39", intended_investment_wan=9999)
    pooled("乙", industry="I65", intended_investment_wan=10000, park=inner_park)

    page = signed_in(officer).get(reverse("crm:lead-pool"), asked)

    assert {lead.company.name for lead in page.context["page"].items} == found


def test_the_loser_lands_in_the_pool_again_and_reads_who_was_first(signed_in, pooled, officer, colleague, at):
    lead = pooled()
    claim_lead(lead, at=at, by=colleague)

    answer = signed_in(officer).post(reverse("crm:lead-claim", args=[lead.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("crm:lead-pool"), 302)]
    assert "周敏之 has held this lead since" in answer.content.decode()


def test_giving_back_on_the_page_keeps_what_was_typed_when_refused(signed_in, make_lead, officer, colleague):
    lead = make_lead()
    page = reverse("crm:lead-return", args=[lead.pk])

    refused = signed_in(colleague).post(page, {"reason": "想要"})
    assert "who may give it back" in refused.content.decode()
    assert "想要" in refused.content.decode()

    signed_in(officer).post(page, {"reason": "方向不符"})
    lead.refresh_from_db()
    assert (lead.owner, lead.pooled_reason) == (None, "方向不符")
    shown = signed_in(officer).get(reverse("crm:lead-pool")).content.decode()
    assert "方向不符" in shown
    assert "for you from" in shown


def test_the_rules_are_edited_on_their_page(signed_in, manager, zone):
    page = reverse("crm:pool-rules")
    said = {"picks_per_day": "3", "most_held": "", "cool_down_days": "0", "first_record_days": "7", "warning_days": "2"}

    refused = signed_in(manager).post(page, {**said, "silent_days": "999"})
    assert "366" in refused.content.decode()
    assert not PoolRule.objects.exists()

    signed_in(manager).post(page, {**said, "silent_days": "20"})
    rule = PoolRule.objects.get(zone=zone)
    assert (rule.picks_per_day, rule.most_held, rule.silent_days, rule.spares_protected) == (3, None, 20, False)


@pytest.mark.parametrize("number", [2, 20])
def test_the_pool_asks_the_same_number_of_queries_however_much_lies_in_it(signed_in, pooled, officer, number):
    for n in range(number):
        lead = claim_lead(pooled(f"企业{n}"), at=on(1 + n), by=officer)
        return_lead(lead, reason="退", at=on(1 + n), by=officer)
    client = signed_in(officer)
    client.get(reverse("crm:lead-pool"))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("crm:lead-pool"))

    assert len(asked) <= 12, [query["sql"][:120] for query in asked]


def test_the_desk_shows_what_may_be_claimed(signed_in, pooled, officer):
    pooled(intended_investment_wan=12000)

    page = signed_in(officer).get(reverse("reports:desk-rail"))

    assert [lead.company.name for lead in page.context["pool"]["rows"]] == ["澄明生物"]
    assert "5 more to claim today" in page.content.decode()


def test_the_nightly_task_is_scheduled_and_puts_silent_leads_back(settings, make_lead, rules):
    rules(silent_days=30)
    lead = make_lead()
    name = settings.CELERY_BEAT_SCHEDULE["return-silent-leads"]["task"]

    app.tasks[name].apply().get()

    lead.refresh_from_db()
    assert lead.owner is None


def test_a_claim_taken_back_never_counted(pooled, rules, officer, at):
    rules(picks_per_day=1)
    lead, other = pooled("甲"), pooled("乙")
    before = {name: getattr(lead, name) for name in ("owner", "pooled_at", "pooled_how", "pooled_by", "followed_up_at")}
    with batch() as done:
        claim_lead(lead, at=at, by=officer)

    undo_batch(done.id, at=at, by=officer)

    lead.refresh_from_db()
    assert {name: getattr(lead, name) for name in before} == before
    assert not lead.claims.exists()
    assert claim_lead(other, at=at, by=officer).owner == officer


def test_a_return_taken_back_leaves_the_lead_where_it_was_without_a_cool_down(make_lead, officer, at):
    lead = make_lead()
    with batch() as done:
        return_lead(lead, reason="点错了", at=on(19), by=officer)

    undo_batch(done.id, at=on(19), by=officer)

    lead.refresh_from_db()
    assert (lead.owner, lead.pooled_at, lead.pooled_reason) == (officer, None, "")
    assert [(claim.holder, claim.ended_at, claim.ended_how) for claim in lead.claims.all()] == [(officer, None, "")]


def test_a_return_somebody_made_use_of_is_not_taken_back(make_lead, officer, colleague):
    lead = make_lead()
    with batch() as done:
        return_lead(lead, reason="点错了", at=on(19), by=officer)
    claim_lead(lead, at=on(19, hour=11), by=colleague)

    with pytest.raises(RuleViolation, match="worked with since"):
        undo_batch(done.id, at=on(19), by=officer)

    lead.refresh_from_db()
    assert lead.owner == colleague


def test_passing_on_taken_back_restores_who_held_it(make_lead, officer, colleague, at):
    lead = make_lead()
    with batch() as done:
        edit_lead(lead, changes={"owner": colleague}, at=on(19), by=officer)

    undo_batch(done.id, at=on(19), by=officer)

    lead.refresh_from_db()
    assert lead.owner == officer
    assert [(claim.holder, claim.ended_at) for claim in lead.claims.all()] == [(officer, None)]


def test_an_officer_is_told_once_before_and_once_after(make_lead, rules, officer):
    rules(silent_days=30, warning_days=3)
    lead = make_lead(at=on(2), received_on=date(2024, 4, 1))

    warn_of_silence(at=on(28))
    assert not Notice.objects.exists()
    warn_of_silence(at=on(29))
    warn_of_silence(at=on(30))
    return_silent_leads(at=on(32))

    assert [(notice.recipient, notice.kind) for notice in Notice.objects.order_by("pk")] == [
        (officer, "lead_goes_back"),
        (officer, "lead_went_back"),
    ]
    assert Notice.objects.first().url == reverse("crm:lead-detail", args=[lead.pk])


@pytest.mark.parametrize("spares", [True, False])
def test_a_protected_lead_stays_where_the_rule_says_so(make_lead, rules, park, officer, at, spares):
    rules(silent_days=30, spares_protected=spares)
    lead = make_lead(at=on(2), received_on=date(2024, 4, 1))
    FirstTalk.objects.create(
        lead=lead, park=park, first_contact_on=date(2024, 4, 1), status="protected",
        protected_from=date(2024, 4, 1), protected_until=date(2024, 6, 30), recorded_at=at, recorded_by=officer,
    )  # fmt: skip

    assert return_silent_leads(at=on(40)) == ([] if spares else [lead])


# ── a lead that is in somebody's hands ───────────────────────────────────────────────────────────────────────────────


def test_nobody_takes_a_colleague_s_lead_for_himself_or_for_another(make_lead, officer, colleague, manager, at):
    lead = make_lead()
    before = AuditEntry.objects.count()

    for wanted in (colleague, manager):
        with pytest.raises(RuleViolation, match="with 林知遥, who may pass it on") as refused:
            edit_lead(lead, changes={"owner": wanted}, at=at, by=colleague)
        assert set(refused.value.fields) == {"owner"}

    lead.refresh_from_db()
    assert (lead.owner, lead.claims.count(), AuditEntry.objects.count()) == (officer, 1, before)
    assert not Notice.objects.exists()


def test_whoever_loses_a_lead_to_the_office_is_told_and_a_giver_is_not(make_lead, officer, colleague, manager, at):
    lead = make_lead()

    edit_lead(lead, changes={"owner": colleague}, at=at, by=officer)
    assert not Notice.objects.filter(kind="lead_taken").exists()
    edit_lead(lead, changes={"owner": officer}, at=at, by=manager)
    return_lead(lead, reason="调整", at=at, by=manager)

    told = Notice.objects.filter(kind="lead_taken").order_by("pk")
    assert [notice.recipient for notice in told] == [colleague, officer]
    assert told[0].params["person"] == "陆衡"
    assert told[0].url == f"/leads/{lead.pk}/"
