"""Several people at one record in the same moment: one wins, the others are told, nothing is half done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from crm.actions import register_lead
from crm.models import Lead
from projects.actions import advance_project, as_known, edit_project, facts_of, verify_fact
from projects.history import stretches
from projects.lifecycle import Stage
from projects.models import Basis, Project, StageChange, Verdict

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

PEOPLE = 8


def all_at_once(deed, times=PEOPLE):
    """Call `deed(n)` in as many threads, started together; what each gave back or was refused with."""
    start = Barrier(times)

    def call(n):
        start.wait()
        try:
            return deed(n)
        except RuleViolation as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(call, range(times)))


def refused(answers, kind=RuleViolation):
    return [answer for answer in answers if isinstance(answer, kind)]


def test_of_several_edits_of_one_version_one_wins_and_the_others_are_told(make_project, officer, at):
    project = make_project()
    trace = AuditEntry.objects.count()

    answers = all_at_once(
        lambda n: edit_project(
            project, changes={"filing_no": f"2024-{n}"}, expected_version=project.version, at=at, by=officer
        )
    )

    assert len(refused(answers, StaleEdit)) == PEOPLE - 1
    won = next(answer for answer in answers if isinstance(answer, Project))
    kept = Project.objects.get()
    assert (kept.filing_no, kept.version) == (won.filing_no, project.version + 1)
    assert AuditEntry.objects.count() == trace + 1


def test_a_step_taken_by_several_at_once_is_taken_once(make_signed, fill_gate, officer, at):
    project = fill_gate(make_signed(), Stage.STARTED)

    answers = all_at_once(
        lambda n: advance_project(project, to=Stage.STARTED, effective_on=date(2024, 3, 7), at=at, by=officer)
    )

    assert len(refused(answers)) == PEOPLE - 1
    assert StageChange.objects.filter(to_stage=Stage.STARTED).count() == 1
    kept = project.states.filter(basis=Basis.REPORTED).count()
    assert kept == len(stretches(as_known(facts_of(project), Basis.REPORTED)))


def test_a_fact_gets_one_verdict_however_many_give_one(make_signed, manager, admin, at):
    project = make_signed(verified=False)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)

    answers = all_at_once(
        lambda n: verify_fact(
            signing,
            verdict=Verdict.ACCEPTED if n % 2 else Verdict.REJECTED,
            reason="核对原件",
            at=at,
            by=manager if n % 2 else admin,
        )
    )

    assert len(refused(answers)) == PEOPLE - 1
    signing.refresh_from_db()
    won = next(answer for answer in answers if isinstance(answer, StageChange))
    assert (signing.verdict, signing.verdict_by_id) == (won.verdict, won.verdict_by_id)


def test_many_writers_wait_for_each_other_and_none_is_turned_away(make_company, officer, park, at):
    company = make_company()
    each = 15

    def log_leads(_n):
        return [register_lead(park=park, company=company, at=at, by=officer) for _time in range(each)]

    answers = all_at_once(log_leads)

    assert not refused(answers)
    assert Lead.objects.count() == PEOPLE * each
    assert Lead.objects.values("code").distinct().count() == PEOPLE * each
