"""Asking the API costs a number of queries that does not grow with the rows; a list never takes more than six."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions import add_contact, record_interaction
from projects.actions import attach_document, list_at_signing_event, record_signing_event
from projects.lifecycle import DocumentKind
from projects.models import SigningKind

LISTS = (
    "parks",
    "companies",
    "contacts",
    "leads",
    "interactions",
    "projects",
    "stage-changes",
    "investment-changes",
    "documents",
    "signing-events",
)


@pytest.fixture
def fill(make_company, make_lead, make_project, officer, park, at, pdf):
    """Make `number` more of everything that is listed."""

    def more(number):
        for n in range(number):
            company = make_company(f"企业{n}-{number}")
            lead = make_lead(company=company)
            add_contact(company, full_name="样例", at=at, by=officer)
            record_interaction(park=park, company=company, lead=lead, summary="电话", at=at, by=officer)
            project = make_project(company=company, name=f"项目{n}", total_investment_wan=1000)
            attach_document(project, kind=DocumentKind.OTHER, file=pdf(f"{n}-{number}.pdf"), at=at, by=officer)
            event = record_signing_event(park=park, name=f"签约{n}", held_on=date(2024, 2, 26), at=at, by=officer)
            list_at_signing_event(event, project, kind=SigningKind.FORMAL, at=at, by=officer)
        return event, project, company, lead

    return more


def queries(caller, path):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = caller.get(path)
    assert answer.status_code == 200, answer.content
    return len(asked), answer.json()


def test_lists_cost_the_same_with_two_rows_and_with_twenty(api, officer, fill):
    caller = api(officer)
    fill(2)
    few = {name: queries(caller, f"/{name}/")[0] for name in LISTS}

    fill(18)

    for name in LISTS:
        number, answer = queries(caller, f"/{name}/")
        assert number == few[name], name
        assert number <= 6, name
        assert answer["count"] >= 20 or name == "parks"


def test_single_rows_cost_the_same_however_much_hangs_on_them(api, officer, make_signed, walk, pdf, at, fill):
    event, *_rest = fill(1)
    project = make_signed()
    caller = api(officer)
    few = {path: queries(caller, path)[0] for path in (f"/projects/{project.pk}/", f"/signing-events/{event.pk}/")}

    for n in range(10):
        attach_document(project, kind=DocumentKind.OTHER, file=pdf(f"{n}.pdf"), at=at, by=officer)
    walk(project, ("registered", date(2024, 3, 1)), ("started", date(2024, 3, 8)), ("topped_out", date(2024, 4, 1)))
    list_at_signing_event(event, project, kind=SigningKind.UPGRADE, at=at, by=officer)

    for path, number in few.items():
        assert queries(caller, path)[0] == number <= 15, path
