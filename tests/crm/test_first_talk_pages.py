"""Pages of first talks and conflicts: each does its verb, keeps what was typed, and tells a stranger only the park."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm import actions
from crm.models import Conflict, FirstTalk, LeadTransfer, ProtectionRule
from crm.protection import EndCause, FirstTalkStatus, Ground

S = FirstTalkStatus


@pytest.fixture
def running(register, manager):
    """In force for `days` by the clock the pages read."""

    def make(*args, days=1, **given):
        since = timezone.now() - timedelta(days=days)
        talk = register(*args, **{"at": since, **given})
        return actions.verify_first_talk(talk, is_accepted=True, at=since, by=manager)

    return make


def test_a_first_talk_is_registered_on_the_page_of_its_lead(signed_in, officer, make_lead, pdf):
    lead, browser = make_lead(), signed_in(officer)
    address = f"/leads/{lead.pk}/first-talk/"
    typed = {"first_contact_on": "2024-04-02", "amount_wan": "12", "chain_fit": "fills the gap"}

    refused = browser.post(address, typed).content.decode()
    assert "Prove the contact" in refused
    assert 'value="2024-04-02"' in refused
    assert "fills the gap" in refused
    assert not FirstTalk.objects.exists()

    answer = browser.post(address, {**typed, "file": pdf("minutes.pdf")}, follow=True)
    talk = FirstTalk.objects.get()
    assert answer.redirect_chain[-1][0] == f"/first-talks/{talk.pk}/"
    assert (talk.amount_wan, talk.threshold_met, talk.papers.get().title) == (Decimal(120_000), "wan", "minutes.pdf")
    paper = browser.get(f"/first-talks/{talk.pk}/papers/{talk.papers.get().pk}/")
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert "Applied" in browser.get(f"/leads/{lead.pk}/first-talk/box/").content.decode()


def test_the_office_judges_on_the_page_and_a_rejection_keeps_its_place(signed_in, register, manager):
    talk, browser = register(), signed_in(manager)
    address = f"/first-talks/{talk.pk}/verify/"

    refused = browser.post(address, {"verdict": "rejected", "reason": ""}).content.decode()
    assert "not accepted" in refused
    talk.refresh_from_db()
    assert talk.status == S.APPLIED

    browser.post(address, {"verdict": "accepted", "reason": ""})
    talk.refresh_from_db()
    assert talk.status == S.PROTECTED


def test_renewing_and_ending_ask_for_a_reason(signed_in, running, officer):
    talk, browser = running(), signed_in(officer)

    assert "This field is required" in browser.post(f"/first-talks/{talk.pk}/renew/", {}).content.decode()
    browser.post(f"/first-talks/{talk.pk}/renew/", {"renew-reason": "due diligence"})
    talk.refresh_from_db()
    assert (talk.status, talk.renewals) == (S.RENEWED, 1)
    assert "used up" in browser.post(f"/first-talks/{talk.pk}/renew/", {"renew-reason": "more"}).content.decode()
    browser.post(f"/first-talks/{talk.pk}/end/", {"end-reason": "went elsewhere"})
    talk.refresh_from_db()
    assert talk.end_cause == EndCause.GIVEN_UP


def test_another_park_that_logs_a_lead_or_a_talk_is_told_park_and_day_and_no_more(
    signed_in, running, outsider, other_park, make_lead
):
    talk = running(make_lead(title="secret plan"))
    browser = signed_in(outsider)
    typed = {"company_name": "贝斯兰有限公司", "company": "another", "park": other_park.pk, "source": "outreach"}

    page = browser.post("/leads/new/", typed, follow=True).content.decode()
    lead = other_park.leads.get()
    box = browser.get(f"/leads/{lead.pk}/first-talk/box/").content.decode()
    spoke = browser.post(
        f"/leads/{lead.pk}/interactions/new/",
        {"kind": "call", "summary": "rang up", "happened_on": timezone.localdate().isoformat()},
        follow=True,
    ).content.decode()

    told = f"集成电路产业园 holds the first-talk protection of this investor since {talk.protected_from}"
    assert told in page
    assert told in spoke
    assert "集成电路产业园 holds the protection" in box
    assert "Register the first talk" in box
    for text in (page, box, spoke):
        assert "secret plan" not in text
        assert talk.lead.code not in text
    assert browser.get(f"/first-talks/{talk.pk}/").status_code == 404


def test_the_first_park_and_its_own_leads_are_told_nothing(signed_in, running, colleague, park, make_lead):
    running()
    typed = {"company_name": "贝斯兰有限公司", "company": "another", "park": park.pk, "source": "outreach"}

    page = signed_in(colleague).post("/leads/new/", typed, follow=True).content.decode()

    assert "holds the first-talk protection" not in page


def test_an_officer_sees_of_the_other_side_only_the_park_and_the_day(signed_in, register, rival, officer, manager):
    register(), rival(chain_fit="their own words")
    conflict = Conflict.objects.get()

    mine = signed_in(officer).get(f"/conflicts/{conflict.pk}/").content.decode()
    office = signed_in(manager).get(f"/conflicts/{conflict.pk}/").content.decode()

    assert "生物医药产业园" in mine
    assert "Its evidence is not visible here" in mine
    assert "their own words" not in mine
    assert "来访.pdf" not in mine
    assert "their own words" in office
    assert "来访.pdf" in office
    assert "纪要.pdf" in office


def test_a_conflict_goes_from_the_queue_to_its_last_word(signed_in, register, rival, manager, admin, outsider, at):
    first, second = register(), rival()
    conflict = Conflict.objects.get()
    office = signed_in(manager)
    assert f"/conflicts/{conflict.pk}/" in office.get("/first-talks/?show=conflicts").content.decode()
    assert "Verify or reject the contact" in office.get(f"/conflicts/{conflict.pk}/").content.decode()
    for talk in (first, second):
        office.post(f"/first-talks/{talk.pk}/verify/", {"verdict": "accepted"})
    said = {"winner": second.pk, "ground": Ground.CONTACT, "reasons": "closer"}
    assert "puts 集成电路产业园 first" in office.post(f"/conflicts/{conflict.pk}/decide/", said).content.decode()

    office.post(f"/conflicts/{conflict.pk}/decide/", {**said, "winner": first.pk})
    signed_in(outsider).post(f"/conflicts/{conflict.pk}/appeal/", {"appeal-reason": "written afterwards"})
    answer = {"winner": second.pk, "reasons": "the minutes were written afterwards"}
    refused = office.post(f"/conflicts/{conflict.pk}/decide-appeal/", answer).content.decode()
    assert "Somebody else of the office" in refused
    signed_in(admin).post(f"/conflicts/{conflict.pk}/decide-appeal/", answer)

    second.refresh_from_db()
    assert second.status == S.PROTECTED


def test_the_rule_is_shown_in_large_units_and_saved_as_typed(signed_in, zone, manager, officer):
    browser = signed_in(manager)
    page = browser.get("/rules/protection/").content.decode()
    assert 'name="min_wan" value="10"' in page
    assert "Save the rule" not in signed_in(officer).get("/rules/protection/").content.decode()

    typed = {
        "min_wan": "5",
        "is_min_wan_inclusive": "on",
        "min_wan_usd": "500",
        "is_min_wan_usd_inclusive": "on",
        "period_days": "60",
        "renewals": "2",
        "silent_days": "20",
        "appeal_days": "10",
    }
    refused = browser.post("/rules/protection/", {**typed, "period_days": "0"}).content.decode()
    assert not ProtectionRule.objects.exists()
    assert 'value="500"' in refused
    browser.post("/rules/protection/", typed)

    rule = ProtectionRule.objects.get(zone=zone)
    assert (rule.min_wan, rule.min_wan_usd, rule.period_days) == (Decimal(50_000), Decimal(500), 60)


def test_a_lead_is_transferred_with_its_protection_and_the_old_park_sees_its_share(
    signed_in, running, manager, officer, outsider, other_park
):
    talk = running()
    lead = talk.lead
    browser = signed_in(manager)
    address = f"/leads/{lead.pk}/transfer/"
    assert "gets 50 % of the tax and 50 % of the indicators" in browser.get(address).content.decode()
    typed = {"to_park": other_park.pk, "effective_on": "2024-04-10", "tax_pct": "40", "tax_years": "3",
             "indicator_pct": "30", "indicator_years": "5", "counted_by": "landing"}  # fmt: skip
    browser.post(address, {**typed, "reason": ""})
    assert not LeadTransfer.objects.exists()
    browser.post(address, {**typed, "reason": "fits their chain"})

    lead.refresh_from_db()
    talk.refresh_from_db()
    assert (lead.park, lead.owner, talk.status) == (other_park, None, S.TRANSFERRED)
    heir = lead.first_talks.get(park=other_park)
    assert (heir.status, heir.protected_until, heir.came_from) == (S.PROTECTED, talk.protected_until, talk)
    assert signed_in(officer).get(f"/leads/{lead.pk}/").status_code == 404
    seen = signed_in(officer).get("/lead-transfers/").content.decode()
    assert "贝斯兰" in seen
    assert "30 %" in seen
    assert f"/leads/{lead.pk}/" not in seen
    assert "The handing park keeps 40 %" in signed_in(outsider).get(f"/leads/{lead.pk}/").content.decode()


def test_the_queue_costs_as_much_with_two_rows_as_with_twenty(signed_in, running, make_lead, officer):
    browser = signed_in(officer)
    counts = []
    for number in (2, 12):
        for each in range(number):
            running(make_lead(company_name=f"企业{number}-{each}"))
        for address in ("/first-talks/?show=mine", "/first-talks/?show=ending", "/first-talks/desk/"):
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            counts.append(len(asked))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 12


def test_what_runs_out_comes_first_on_the_desk(signed_in, running, make_lead, officer):
    running(make_lead(company_name="新登记"))
    running(make_lead(company_name="快到期"), days=25)
    page = signed_in(officer).get("/first-talks/desk/").content.decode()

    assert page.index("快到期") < page.index("新登记")
    assert "5 days left" in page
