"""Changing many leads at once: foreseen, done through the single verbs, and taken back whole."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.batches import batch
from core.bulk import AT_ONCE_ROWS, foresee, refuse_number, run_bulk, undo_later
from core.errors import RuleViolation
from core.jobs import run_job
from core.models import AuditEntry, BulkRun, Job
from core.undo import can_be_undone, undo_batch
from crm.actions import advance_lead, edit_lead
from crm.bulk import LEADS
from crm.models import Lead

pytestmark = pytest.mark.django_db
SHELVE = {"shelving_reason": "invalid", "effective_on": "2024-04-10"}
RESPOND = {"to": "responded", "effective_on": "2024-04-10"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def leads(make_lead, make_company, officer, at):
    """Twelve leads of one company: nine logged, one without an officer, one responded late, one shelved."""
    company = make_company()
    made = [
        make_lead(company=company, title=f"{number}号", **({"owner": None} if number == 9 else {}))
        for number in range(12)
    ]
    advance_lead(made[10], to="responded", effective_on=date(2024, 4, 12), at=at, by=officer)
    advance_lead(made[11], to="shelved", effective_on=date(2024, 4, 2), shelving_reason="invalid", at=at, by=officer)
    return made


@pytest.fixture
def ask(officer, at):
    def what(deed, given, rows, by=None):
        return foresee(LEADS, LEADS.deeds[deed], [row.pk for row in rows], given, at=at, by=by or officer)

    return what


@pytest.fixture
def run(officer, at):
    def do(deed, given, rows, by=None, moment=None):
        keys = [row.pk for row in rows]
        return run_bulk(LEADS, LEADS.deeds[deed], keys, given, at=moment or at, by=by or officer)

    return do


def stages():
    return sorted(Lead.objects.values_list("stage", flat=True))


def told(run_or_outcome):
    refused = run_or_outcome.refused if isinstance(run_or_outcome, BulkRun) else run_or_outcome.reasons
    counts = {
        sentence: reason["count"] if isinstance(reason, dict) else reason.count for sentence, reason in refused.items()
    }
    return run_or_outcome.changed, run_or_outcome.unchanged, counts


@pytest.mark.parametrize(
    ("deed", "given", "expected"),
    [
        ("move", RESPOND, (9, 1, 2)),
        ("shelve", SHELVE, (10, 1, 1)),
        ("move", {"to": "assessing", "effective_on": "2024-04-13"}, (0, 0, 12)),
        ("next-step", {"next_step": "回访", "next_step_due_on": "2024-04-20"}, (12, 0, 0)),
    ],
)
def test_what_is_foreseen_is_what_happens(leads, ask, run, deed, given, expected):
    before = AuditEntry.objects.count()
    foreseen = ask(deed, given, leads)
    assert AuditEntry.objects.count() == before, "looking writes nothing"

    done = run(deed, given, leads)

    assert told(foreseen) == told(done)
    assert (done.changed, done.unchanged, done.refused_count) == expected


def test_the_gate_is_that_of_the_single_lead_and_each_reason_names_its_leads(leads, run):
    done = run("move", RESPOND, leads)

    sentences = sorted(done.refused)
    assert sentences == [
        "A lead in stage “Shelved” cannot go to “Responded”.",
        "No officer is named who answers for the lead.",
    ]
    assert done.refused[sentences[1]]["rows"] == [[leads[9].pk, "9号"]]
    assert Lead.objects.filter(stage="responded").count() == 10


def test_a_hand_over_changes_only_the_officer_and_refuses_one_who_does_not_work_there(
    leads, ask, run, colleague, outsider, manager
):
    refused = ask("hand", {"owner": outsider.pk}, leads)
    done = run("hand", {"owner": colleague.pk}, leads)

    assert (refused.changed, refused.refused) == (0, 12)
    assert (done.changed, Lead.objects.filter(owner=colleague).count()) == (11, 11)
    assert [*done.refused] == ["This lead is in the pool: claim it yourself, or ask the office to assign it."]
    assert run("hand", {"owner": colleague.pk}, leads, by=manager).changed == 1


def test_a_colleague_s_leads_are_not_taken_in_bulk(leads, ask, run, officer, colleague):
    foreseen = ask("hand", {"owner": colleague.pk}, leads, by=colleague)
    done = run("hand", {"owner": colleague.pk}, leads, by=colleague)

    assert told(foreseen) == told(done)
    assert (done.changed, done.refused_count) == (0, 12)
    assert Lead.objects.filter(owner=officer).count() == 11


def test_leads_of_another_park_are_not_touched_and_not_named(leads, run, outsider):
    done = run("shelve", SHELVE, leads, by=outsider)

    assert (done.changed, done.refused_count) == (0, 12)
    assert "号" not in str(done.refused)
    assert "shelved" not in stages()[:-1]


def test_one_batch_is_taken_back_whole_within_seven_days(leads, run, officer, at):
    edit_lead(leads[0], changes={"content": "x"}, at=at, by=officer)
    before = list(Lead.objects.order_by("pk").values("stage", "stage_since", "shelving_reason"))
    with batch() as done:
        shelved = run("shelve", SHELVE, leads)
    assert can_be_undone(done)
    assert shelved.batch == done.id

    with pytest.raises(RuleViolation, match="7 days"):
        undo_batch(shelved.batch, at=at + timedelta(days=7, seconds=1), by=officer)
    back = undo_batch(shelved.batch, at=at + timedelta(days=7), by=officer)

    assert (shelved.total, back.said) == (12, "10 rows taken back")  # one stays as it was, one is refused
    assert list(Lead.objects.order_by("pk").values("stage", "stage_since", "shelving_reason")) == before
    with pytest.raises(RuleViolation, match="already"):
        undo_batch(shelved.batch, at=at + timedelta(days=7), by=officer)


def test_a_lead_worked_with_since_keeps_the_others_only_if_one_says_so(leads, run, officer, colleague, at):
    shelved = run("shelve", SHELVE, leads[:3])
    advance_lead(leads[1], to="registered", effective_on=date(2024, 4, 11), note="又来电", at=at, by=colleague)

    with pytest.raises(RuleViolation, match="1号 has been worked with since"):
        undo_batch(shelved.batch, at=at + timedelta(days=1), by=officer)
    assert [lead.stage for lead in Lead.objects.filter(pk__in=[each.pk for each in leads[:3]]).order_by("pk")] == [
        "shelved",
        "registered",
        "shelved",
    ]

    back = undo_batch(shelved.batch, leave_touched=True, at=at + timedelta(days=1), by=officer)
    assert len(back.kept) == 1
    assert back.said == "2 rows taken back"
    assert Lead.objects.filter(pk__in=[leads[0].pk, leads[2].pk], stage="registered").count() == 2


def test_none_and_too_many_are_refused(run, officer):
    with pytest.raises(RuleViolation, match="Nothing is chosen"):
        run("shelve", SHELVE, [])
    with pytest.raises(RuleViolation, match="At most 10,000"):
        refuse_number(10_001)
    refuse_number(10_000)

    assert not BulkRun.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_auditor_changes_nothing(leads, run, auditor):
    done = run("shelve", SHELVE, leads, by=auditor)

    assert (done.changed, Lead.objects.filter(stage="shelved").count()) == (0, 1)
    assert "Your role does not allow this" in str(done.refused)


def test_an_unreadable_argument_is_refused_before_anything_is_written(leads, run):
    trace = AuditEntry.objects.count()
    for deed, given in (
        ("hand", {"owner": 0}),
        ("next-step", {"next_step": ""}),
        ("move", {"to": "converted", "effective_on": "2024-04-10"}),
    ):
        with pytest.raises(RuleViolation):
            run(deed, given, leads)

    assert not BulkRun.objects.exists()
    assert AuditEntry.objects.count() == trace


def test_many_rows_wait_for_a_job_that_goes_on_where_it_was_interrupted(
    leads, make_lead, officer, at, django_capture_on_commit_callbacks
):
    company = leads[0].company
    for _each in range(AT_ONCE_ROWS - len(leads) + 1):
        make_lead(company=company)
    keys = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
    given = {"next_step": "回访", "next_step_due_on": "2024-04-20"}
    made = run_bulk(LEADS, LEADS.deeds["next-step"], keys, given, at=at, by=officer)
    assert (made.total, made.finished_at, Lead.objects.filter(next_step="回访").exists()) == (501, None, False)

    ticks = iter(range(100))

    def clock():
        if next(ticks) == 4:
            raise ConnectionError("the worker is gone")
        return at

    run_job(made.job_id, clock=clock)
    made.refresh_from_db()
    assert 0 < made.changed < 501
    assert Lead.objects.filter(next_step="回访").count() == made.changed, "rows and what is kept stand or fall together"

    run_job(made.job_id, clock=lambda: at)

    made.refresh_from_db()
    assert (made.changed, made.finished_at, Job.objects.get().state) == (501, at, "done")
    assert AuditEntry.objects.in_batch(made.batch).filter(verb="crm.edit_lead").count() == 501

    back = undo_later(made.batch, leave_touched=False, at=at, by=officer)
    ticks = iter(range(10_000))

    def failing():
        if next(ticks) == 250:
            raise ConnectionError("the worker is gone")
        return at + timedelta(hours=1)

    run_job(back.pk, clock=failing)
    assert 0 < Lead.objects.filter(next_step="回访").count() < 501
    run_job(back.pk, clock=lambda: at + timedelta(hours=1))
    back.refresh_from_db()
    assert (back.state, Lead.objects.filter(next_step="回访").count()) == ("done", 0), back.error
    assert AuditEntry.objects.filter(undoes__batch=made.batch).count() == 502, "each deed once, and the run itself"
    with pytest.raises(RuleViolation, match="already"):
        undo_later(made.batch, leave_touched=False, at=at, by=officer)


def test_a_small_run_waits_for_no_job(leads, run, officer, at):
    assert undo_later(run("shelve", SHELVE, leads).batch, leave_touched=False, at=at, by=officer) is None


def test_somebody_elses_run_is_not_seen(leads, run, colleague, officer):
    done = run("shelve", SHELVE, leads)

    assert not BulkRun.objects.visible_to(colleague).exists()
    assert BulkRun.objects.visible_to(officer).get() == done
    with pytest.raises(PermissionDenied):
        undo_batch(done.batch, at=done.at, by=colleague)
