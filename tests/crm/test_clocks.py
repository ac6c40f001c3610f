"""The clocks of a lead: which runs, until when, who sets the limits, and that every verb winds them."""

import importlib
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.batches import batch
from core.calendar import WorkingCalendar
from core.errors import RuleViolation
from core.jobs import run_job
from core.models import AuditEntry, Job
from core.undo import undo_batch
from crm.actions import advance_lead, edit_lead, record_interaction, rewind, set_clock_rules
from crm.clock_rules import limits_of
from crm.clocks import DEFAULTS, Clock, ClockStep, DayUnit, Facts, Limit, face_of, rule_in_words, running
from crm.lifecycle import LeadStage
from crm.models import ClockRule, Lead, LeadStageChange
from parks.actions import set_calendar_days

S = LeadStage


def on(month, day, year=2024):
    return date(year, month, day)


@pytest.mark.parametrize(
    ("facts", "clock", "since", "due"),
    [
        (Facts(S.REGISTERED, on(4, 1)), Clock.RESPOND, on(4, 1), on(4, 2)),
        (Facts(S.RESPONDED, on(4, 2)), Clock.ASSESS, on(4, 2), on(4, 5)),
        (Facts(S.RESPONDED, on(4, 2), needs_experts=True), Clock.ASSESS, on(4, 2), on(4, 9)),
        # To begin the assessment buys no time.
        (Facts(S.ASSESSING, on(4, 4), responded_on=on(4, 2)), Clock.ASSESS, on(4, 2), on(4, 5)),
        (Facts(S.ASSESSING, on(4, 4)), Clock.ASSESS, on(4, 4), on(4, 7)),
        (Facts(S.ASSESSED, on(4, 5), last_contact_on=on(4, 6)), Clock.FEED_BACK, on(4, 5), on(4, 12)),
        (Facts(S.FED_BACK, on(4, 8)), Clock.REPORT, on(4, 8), on(4, 22)),
        (Facts(S.ASSIGNED, on(4, 8), last_contact_on=on(4, 3)), Clock.REPORT, on(4, 8), on(4, 22)),
        (Facts(S.ASSIGNED, on(4, 8), last_contact_on=on(4, 10)), Clock.REPORT, on(4, 10), on(4, 24)),
    ],
)
def test_the_stage_says_which_clock_runs_and_since_when(facts, clock, since, due):
    found = running(facts, DEFAULTS, WorkingCalendar())

    assert (found.clock, found.since, found.due.day, found.due.is_provisional) == (clock, since, due, False)


@pytest.mark.parametrize("stage", [S.CONVERTED, S.SHELVED])
def test_a_lead_that_is_over_has_no_clock(stage):
    assert running(Facts(stage, on(4, 1)), DEFAULTS, WorkingCalendar()) is None


def test_a_limit_in_working_days_goes_by_the_calendar_and_may_be_provisional():
    limits = {**DEFAULTS, ClockStep.RESPOND: Limit(3, DayUnit.WORKING)}

    assert running(Facts(S.REGISTERED, on(2, 13, 2026)), limits, WorkingCalendar()).due.day == on(2, 25, 2026)
    assert running(Facts(S.REGISTERED, on(12, 30, 2026)), limits, WorkingCalendar()).due.is_provisional


@pytest.mark.parametrize(
    ("today", "light", "words", "line", "share"),
    [
        (on(4, 1), "ok", "剩 4 天", "反馈剩 4 天", 0),
        (on(4, 3), "ok", "剩 2 天", "反馈剩 2 天", 50),
        (on(4, 5), "warn", "今天到期", "反馈今天到期", 100),
        (on(4, 6), "bad", "超 1 天", "反馈超 1 天", 100),
    ],
)
def test_a_clock_shows_a_light_words_and_the_share_that_is_over(today, light, words, line, share):
    lead = Lead(clock="feed_back", clock_since=on(4, 1), clock_due_on=on(4, 5))

    with override("zh-hans"):
        face = face_of(lead, today=today)
        assert (face.light, face.words, face.line, face.share) == (light, words, line, share)
    assert face_of(Lead(), today=today) is None


def test_a_rule_in_words_counts_whole_weeks_as_weeks():
    with override("zh-hans"):
        assert rule_in_words("respond", Limit(1)) == "响应 · 1 天"
        assert rule_in_words("report", Limit(14)) == "报告 · 2 周"
        assert rule_in_words("assess", Limit(5, DayUnit.WORKING)) == "研判 · 5 个工作日"
    with override("en"):
        assert rule_in_words("respond", Limit(1)) == "Respond · 1 day"
        assert rule_in_words("feed_back", Limit(7)) == "Feed back · 1 week"


def clock_of(lead):
    lead.refresh_from_db()
    return lead.clock, lead.clock_since, lead.clock_due_on


def test_every_verb_that_moves_a_lead_winds_its_clock(make_lead, officer, park, at):
    lead = make_lead(content="液晶显示模组")
    assert clock_of(lead) == ("respond", on(4, 1), on(4, 2))

    edit_lead(lead, changes={"received_on": on(3, 30)}, at=at, by=officer)
    assert clock_of(lead) == ("respond", on(3, 30), on(3, 31))

    step = {"at": at, "by": officer}
    advance_lead(lead, to=S.RESPONDED, effective_on=on(4, 2), **step)
    assert clock_of(lead) == ("assess", on(4, 2), on(4, 5))
    advance_lead(lead, to=S.ASSESSING, effective_on=on(4, 4), **step)
    assert clock_of(lead) == ("assess", on(4, 2), on(4, 5))
    edit_lead(lead, changes={"needs_experts": True}, at=at, by=officer)
    assert clock_of(lead) == ("assess", on(4, 2), on(4, 9))
    advance_lead(lead, to=S.ASSESSED, effective_on=on(4, 5), note="可跟进", **step)
    assert clock_of(lead) == ("feed_back", on(4, 5), on(4, 12))
    advance_lead(lead, to=S.FED_BACK, effective_on=on(4, 8), note="已告知", **step)
    record_interaction(
        park=park, company=lead.company, lead=lead, summary="回访", happened_on=on(4, 15), at=at, by=officer
    )
    assert clock_of(lead) == ("report", on(4, 15), on(4, 29))
    advance_lead(lead, to=S.SHELVED, effective_on=on(4, 16), shelving_reason="invalid", **step)
    assert clock_of(lead) == ("", None, None)
    advance_lead(lead, to=S.REGISTERED, effective_on=on(4, 17), note="重新联系上", **step)
    assert clock_of(lead) == ("respond", on(4, 17), on(4, 18))


def test_taking_a_step_or_a_conversation_back_turns_the_clock_back(make_lead, officer, park, at):
    lead = make_lead(content="液晶显示模组")
    for to in (S.RESPONDED, S.ASSESSING):
        advance_lead(lead, to=to, effective_on=on(4, 2), at=at, by=officer)
    with batch() as done:
        advance_lead(lead, to=S.ASSESSED, effective_on=on(4, 5), note="可跟进", at=at, by=officer)
    undo_batch(done.id, at=at, by=officer)
    assert clock_of(lead) == ("assess", on(4, 2), on(4, 5))

    for to in (S.ASSESSED, S.FED_BACK):
        advance_lead(lead, to=to, effective_on=on(4, 5), note="可跟进", at=at, by=officer)
    with batch() as done:
        record_interaction(park=park, company=lead.company, lead=lead, summary="回访", at=at, by=officer)
    assert clock_of(lead)[1] == on(4, 18)
    undo_batch(done.id, at=at, by=officer)
    assert clock_of(lead) == ("report", on(4, 5), on(4, 19))


def worked_off(at):
    for job in Job.objects.waiting():
        run_job(job.pk, clock=lambda: at)


def test_a_rule_is_set_for_the_zone_and_winds_the_clocks_that_run(make_lead, manager, zone, at):
    lead = make_lead()

    set_clock_rules(zone, limits={ClockStep.RESPOND: Limit(2, DayUnit.WORKING, tells_office=False)}, at=at, by=manager)
    worked_off(at)

    assert clock_of(lead) == ("respond", on(4, 1), on(4, 3))
    assert limits_of(zone.pk)[ClockStep.RESPOND] == Limit(2, DayUnit.WORKING, tells_office=False)
    assert limits_of(zone.pk)[ClockStep.ASSESS] == DEFAULTS[ClockStep.ASSESS]
    assert AuditEntry.objects.get(verb="crm.set_rules").changes == {
        "respond": ["1 calendar office", "2 working"],
    }
    # The same again is no deed and no work.
    set_clock_rules(zone, limits=limits_of(zone.pk), at=at, by=manager)
    assert AuditEntry.objects.filter(verb="crm.set_rules").count() == 1
    assert not Job.objects.waiting().exists()


def test_a_calendar_day_moves_what_is_counted_in_working_days(make_lead, manager, zone, at):
    set_clock_rules(zone, limits={ClockStep.RESPOND: Limit(1, DayUnit.WORKING)}, at=at, by=manager)
    lead = make_lead()
    assert clock_of(lead)[2] == on(4, 2)

    set_calendar_days(start=on(4, 2), is_working=False, name="停电", at=at, by=manager)
    worked_off(at)

    assert clock_of(lead)[2] == on(4, 3)


@pytest.mark.parametrize("limit", [Limit(0), Limit(366), Limit(1, "weeks")])
def test_a_limit_nobody_can_mean_is_refused_and_nothing_is_written(zone, manager, at, limit):
    with pytest.raises(RuleViolation) as refused:
        set_clock_rules(zone, limits={ClockStep.RESPOND: Limit(2), ClockStep.ASSESS: limit}, at=at, by=manager)

    assert list(refused.value.fields)[0].startswith("assess_")
    assert not ClockRule.objects.exists()
    assert not AuditEntry.objects.exists()


def test_rules_are_set_by_the_office_and_for_a_whole_zone(zone, park, officer, manager, at):
    with pytest.raises(PermissionDenied):
        set_clock_rules(zone, limits={ClockStep.RESPOND: Limit(2)}, at=at, by=officer)
    with pytest.raises(RuleViolation):
        set_clock_rules(park, limits={ClockStep.RESPOND: Limit(2)}, at=at, by=manager)
    assert not ClockRule.objects.exists()


def test_winding_all_again_changes_nothing_and_goes_on_from_where_a_lost_worker_stood(
    make_lead, make_company, manager, zone, at, monkeypatch
):
    company = make_company()
    leads = [make_lead(company=company) for _n in range(5)]
    monkeypatch.setattr("crm.actions.clocks.AT_ONCE", 2)
    assert rewind() == 0

    Lead.objects.update(clock_due_on=on(1, 1))
    set_clock_rules(zone, limits={ClockStep.RESPOND: Limit(4)}, at=at, by=manager)
    job = Job.objects.get()
    job.checkpoint = {"lead": leads[2].pk, "changed": 3}
    job.save()
    run_job(job.pk, clock=lambda: at)

    due = list(Lead.objects.order_by("pk").values_list("clock_due_on", flat=True))
    assert due == [on(1, 1)] * 3 + [on(4, 5)] * 2
    assert Job.objects.get().result == {"changed": 5}


def test_what_is_overdue_is_so_from_the_day_after_and_stands_in_list_page_and_api(signed_in, officer, make_lead):
    today = timezone.localdate()
    late = make_lead(company_name="迟到公司", received_on=today - timedelta(days=2), at=timezone.now())
    last_day = make_lead(company_name="今日公司", received_on=today - timedelta(days=1), at=timezone.now())

    assert [*Lead.objects.overdue(today)] == [late]
    browser = signed_in(officer)
    page = browser.get(reverse("crm:lead-list"), {"clock": "overdue"}).content.decode()
    assert "迟到公司" in page
    assert "Respond: 1 day over" in page
    assert "今日公司" not in page
    assert "今日公司" in browser.get(reverse("crm:lead-list"), {"clock": "today"}).content.decode()
    assert "迟到公司" not in browser.get(reverse("crm:lead-list"), {"clock": "week"}).content.decode()
    assert "Respond · 1 day" in browser.get(reverse("crm:lead-detail", args=[late.pk])).content.decode()

    (row,) = browser.get(reverse("lead-list"), {"overdue": "true"}).json()["results"]
    assert (row["id"], row["clock"], row["is_overdue"]) == (late.pk, "respond", True)
    assert browser.get(reverse("lead-detail", args=[last_day.pk])).json()["is_overdue"] is False
    rest = browser.get(reverse("lead-list"), {"overdue": "false"}).json()["results"]
    assert [row["id"] for row in rest] == [last_day.pk]

    def ids(**asked):
        return [row["id"] for row in browser.get(reverse("lead-list"), asked).json()["results"]]

    assert ids(overdue="1") == ids(clock="overdue") == [late.pk]
    assert ids(overdue="0") == ids(clock="today") == ids(clock="week") == [last_day.pk]
    assert ids(clock="respond") == [last_day.pk, late.pk]
    for asked in ({"overdue": "yes"}, {"open": "2"}, {"clock": "late"}):
        assert browser.get(reverse("lead-list"), asked).status_code == 400


def test_registering_a_lead_pays_one_query_for_its_clock(make_lead, make_company):
    company = make_company()
    make_lead(company=company)
    with CaptureQueriesContext(connection) as asked:
        make_lead(company=company)

    assert sum("crm_clockrule" in query["sql"] for query in asked) == 1
    assert not any("parks_calendarday" in query["sql"] for query in asked)


def test_the_page_shows_the_rules_to_all_and_takes_them_from_the_office(signed_in, officer, manager, zone):
    path = reverse("crm:clock-rules")
    assert "2 weeks" in signed_in(officer).get(path).content.decode()
    typed = {f"{step}_number": 2 for step in ClockStep.values} | {
        f"{step}_unit": "working" for step in ClockStep.values
    }
    assert signed_in(officer).post(path, typed).status_code == 403
    assert not ClockRule.objects.exists()

    refused = signed_in(manager).post(path, {**typed, "assess_number": "0"})
    assert refused.status_code == 200
    assert 'value="0"' in refused.content.decode()
    assert not ClockRule.objects.exists()

    assert signed_in(manager).post(path, typed).status_code == 302
    assert limits_of(zone.pk)[ClockStep.REPORT] == Limit(2, DayUnit.WORKING, tells_office=False)


def test_the_clocks_of_leads_from_before_are_wound_as_the_verbs_would(make_lead, officer, at):
    lead = make_lead(content="液晶")
    for to in (S.RESPONDED, S.ASSESSING):
        advance_lead(lead, to=to, effective_on=on(4, 2), at=at, by=officer)
    other = make_lead(company=lead.company)
    kept = {each.pk: clock_of(each) for each in (lead, other)}
    Lead.objects.update(clock="", clock_since=None, clock_due_on=None)

    importlib.import_module("crm.migrations.0011_clocks").wind(apps, None)

    assert {each.pk: clock_of(each) for each in (lead, other)} == kept
    assert LeadStageChange.objects.count() == 4


def test_overdue_shows_in_search_pool_and_desk_too(signed_in, officer, make_lead):
    today = timezone.localdate()
    for owner in (officer, None):
        given = {"owner": owner, "at": timezone.now()}
        make_lead(company_name=f"迟到公司{owner}", received_on=today - timedelta(days=3), **given)
        make_lead(company_name=f"今日公司{owner}", received_on=today - timedelta(days=1), **given)
    browser = signed_in(officer)

    for address, asked, number in (
        (reverse("reports:search"), {"q": "公司"}, 2),
        (reverse("crm:lead-pool"), {}, 1),
        (reverse("home"), {}, 1),
    ):
        page = browser.get(address, asked).content.decode()
        page = page.partition("My open leads")[2] if address == reverse("home") else page
        assert page.count("Respond: 2 days over") == number, address
        assert "due today" not in page, address


def test_an_example_of_an_amount_is_in_the_readers_language(signed_in, officer):
    browser = signed_in(officer)
    for address in (reverse("crm:lead-list"), reverse("crm:lead-pool")):
        assert 'placeholder="60000"' in browser.get(address).content.decode()
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
        assert 'placeholder="6亿"' in browser.get(address).content.decode()
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
