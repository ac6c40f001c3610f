"""An officer's own week: each figure added up by hand, with the days at both ends."""

from datetime import date
from decimal import Decimal

from crm.actions import record_interaction
from reports.week import week_of

THURSDAY = date(2024, 4, 18)


def test_an_empty_week_is_all_zero(officer):
    week = week_of(officer, today=THURSDAY)

    assert (week.leads, week.companies, week.turned, week.signed) == ((0, 0), (0, 0), (0, 0), (0, 0))
    assert (week.monday, week.until, week.signed_wan) == (date(2024, 4, 15), THURSDAY, 0)


def test_leads_count_by_the_day_of_receipt_from_monday_on(make_lead, officer, colleague):
    for day in (date(2024, 4, 15), date(2024, 4, 18), date(2024, 4, 14), date(2024, 4, 8), date(2024, 4, 7)):
        make_lead(company_name=f"公司{day}", received_on=day)
    make_lead(company_name="同事公司", received_on=THURSDAY, by=colleague)

    assert week_of(officer, today=THURSDAY).leads == (2, 2)


def test_a_company_talked_to_twice_counts_once_in_each_week(make_lead, officer, park, at):
    lead = make_lead()
    for day in (date(2024, 4, 16), date(2024, 4, 17), date(2024, 4, 12)):
        record_interaction(
            park=park, company=lead.company, lead=lead, summary="电话", happened_on=day, at=at, by=officer
        )

    assert week_of(officer, today=THURSDAY).companies == (1, 1)


def test_signings_of_one_s_own_projects_count_with_their_amount(make_signed, officer):
    make_signed(owner=officer, total_wan=Decimal(60000))

    assert week_of(officer, today=date(2024, 2, 29)).signed == (1, 0)
    assert week_of(officer, today=date(2024, 2, 29)).signed_wan == 60000
    assert week_of(officer, today=date(2024, 3, 4)).signed == (0, 1)
    assert week_of(officer, today=date(2024, 3, 11)).signed == (0, 0)
