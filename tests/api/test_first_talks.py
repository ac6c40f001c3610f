"""First talks, conflicts, rules and transfers of leads over the API: each door does its verb and masks what it must."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.actions import register_lead
from crm.models import Conflict, FirstTalk
from tests.conftest import PDF


def paper(name="minutes.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


@pytest.fixture
def registered(api, officer, make_lead):
    lead = make_lead(intended_investment_wan=120_000)
    answer = api(officer).post(
        "/first-talks/", {"lead": lead.pk, "first_contact_on": "2024-04-02", "file": paper()}, format="multipart"
    )
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.fixture
def rivalled(api, outsider, other_park, at, registered):
    """The other park registers the same investor with a conversation it logged."""
    lead = register_lead(
        park=other_park, company_name="贝斯兰集团", is_another=True, received_on=date(2024, 4, 3),
        intended_investment_wan=120_000, at=at, by=outsider,
    )  # fmt: skip
    caller = api(outsider)
    talk = caller.post("/interactions/", {"lead": lead.pk, "summary": "their words", "happened_on": "2024-04-05"})
    answer = caller.post("/first-talks/", {"lead": lead.pk, "interaction": talk.json()["id"]})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_registering_verifying_renewing_and_ending(api, officer, manager, registered):
    address = f"/first-talks/{registered['id']}/"
    assert (registered["status"], registered["threshold_met"], registered["amount_wan"]) == (
        "applied",
        "wan",
        "120000.0000",
    )

    assert api(officer).post(f"{address}verify/", {"verdict": "accepted"}).status_code == 403
    verified = api(manager).post(f"{address}verify/", {"verdict": "accepted"}).json()
    assert verified["status"] == "protected"
    assert verified["last_day"] <= verified["protected_until"]
    assert [change["to_status"] for change in verified["changes"]] == ["applied", "verified", "protected"]
    assert api(officer).post(f"{address}renew/", {}).status_code == 400
    assert api(officer).post(f"{address}renew/", {"reason": "due diligence"}).json()["renewals"] == 1
    assert api(officer).post(f"{address}renew/", {"reason": "again"}).status_code == 409
    assert api(officer).post(f"{address}end/", {"reason": "went elsewhere"}).json()["end_cause"] == "given_up"


def test_a_paper_is_handed_out_to_its_park_and_the_office_only(api, officer, outsider, manager, registered):
    added = api(officer).post(
        f"/first-talks/{registered['id']}/papers/", {"kind": "preference", "file": paper("letter.pdf")},
        format="multipart",
    )  # fmt: skip
    assert added.status_code == 201, added.content
    file = f"/first-talks/{registered['id']}/papers/{added.json()['papers'][-1]['id']}/file/"

    for person, expected in ((officer, 200), (manager, 200), (outsider, 404)):
        answer = api(person).get(file)
        assert answer.status_code == expected
        assert expected == 404 or b"".join(answer.streaming_content) == PDF


def test_a_rival_registers_into_a_conflict_of_which_each_side_sees_its_own(
    api, officer, outsider, manager, registered, rivalled
):
    assert rivalled["status"] == "disputed"
    conflict = Conflict.objects.get()
    address = f"/conflicts/{conflict.pk}/"

    mine = api(officer).get(address).json()
    office = api(manager).get(address).json()
    assert [side["masked"] for side in mine["sides"]] == [False, True]
    assert mine["sides"][1] | {"registered_on": ""} == {
        "masked": True,
        "park": mine["sides"][1]["park"],
        "registered_on": "",
        "first_talk": None,
    }
    assert "their words" not in str(mine)
    assert [side["masked"] for side in office["sides"]] == [False, False]
    assert [row["id"] for row in api(outsider).get("/conflicts/", {"open": True}).json()["results"]] == [conflict.pk]


def test_decision_appeal_and_last_word(api, manager, admin, outsider, registered, rivalled):
    address = f"/conflicts/{Conflict.objects.get().pk}/"
    for talk in (registered, rivalled):
        api(manager).post(f"/first-talks/{talk['id']}/verify/", {"verdict": "accepted"})
    said = {"winner": rivalled["id"], "ground": "contact", "reasons": "closer"}

    against = api(manager).post(f"{address}decide/", said)
    assert (against.status_code, list(against.json()["fields"])) == (409, ["winner"])
    assert api(outsider).post(f"{address}decide/", said).status_code == 403
    decided = api(manager).post(f"{address}decide/", {**said, "winner": registered["id"]}).json()
    assert (decided["winner"], decided["ground"]) == (registered["id"], "contact")
    appealed = api(outsider).post(f"{address}appeal/", {"side": rivalled["id"], "reason": "written afterwards"})
    assert appealed.json()["appeal"]["reason"] == "written afterwards"
    last = {"winner": rivalled["id"], "reasons": "they were"}
    assert api(manager).post(f"{address}decide-appeal/", last).status_code == 409
    assert api(admin).post(f"{address}decide-appeal/", last).json()["appeal"]["winner"] == rivalled["id"]
    assert FirstTalk.objects.get(pk=rivalled["id"]).status == "protected"


def test_whoever_logs_with_a_protected_investor_is_told_park_and_day(
    api, officer, outsider, manager, other_park, registered
):
    api(manager).post(f"/first-talks/{registered['id']}/verify/", {"verdict": "accepted"})
    since = FirstTalk.objects.get().protected_from.isoformat()

    theirs = api(outsider).post("/leads/", {"park": "QD-BIO", "company_name": "贝斯兰有限公司", "is_another": True})
    talk = api(outsider).post("/interactions/", {"lead": theirs.json()["id"], "summary": "call"})

    for answer in (theirs, talk):
        assert answer.status_code == 201, answer.content
        assert answer.json()["protected_elsewhere"] == {"park": "集成电路产业园", "since": since}
    assert api(officer).get(f"/leads/{registered['lead']}/").json()["protected_elsewhere"] is None


def test_the_rule_of_a_zone_is_read_by_all_and_set_by_the_office_with_its_version(api, zone, officer, manager):
    address = f"/protection-rules/{zone.pk}/"
    rule = api(officer).get(address)
    assert (rule.json()["min_wan"], rule.json()["period_days"]) == ("100000.0000", 90)

    assert api(officer).patch(address, {"period_days": 60}).status_code == 403
    assert api(manager).patch(address, {"period_days": 0}).status_code == 400
    assert api(manager).patch(address, {"period_days": 60, "min_wan": "5亿"}, HTTP_IF_MATCH='"1"').status_code == 200
    stale = api(manager).patch(address, {"period_days": 70}, HTTP_IF_MATCH='"1"')
    assert stale.status_code in {409, 412}
    assert api(officer).get(address).json()["min_wan"] == "50000.0000"


def test_a_lead_moves_with_its_split_and_both_parks_find_the_transfer(
    api, officer, outsider, manager, make_lead, inner_park
):
    lead = make_lead()
    said = {"to_park": "QD-BIO", "effective_on": "2024-04-10", "reason": "chain", "indicator_pct": "30"}
    inside = api(officer).post(f"/leads/{lead.pk}/transfer/", {**said, "to_park": "QD-IC-1"})
    assert inside.status_code == 403
    moved = api(manager).post(f"/leads/{lead.pk}/transfer/", said)
    assert moved.status_code == 200, moved.content
    assert moved.json()["park"]["code"] == "QD-BIO"

    for each in (officer, outsider):
        (row,) = api(each).get("/lead-transfers/").json()["results"]
        assert (row["indicator_pct"], row["tax_pct"], row["indicator_years"]) == ("30.00", "50.00", 5)
    assert api(officer).get(f"/leads/{lead.pk}/").status_code == 404


def test_a_list_costs_the_same_however_long(api, officer, make_lead, django_assert_max_num_queries):
    caller, counts = api(officer), []
    for number in (2, 12):
        for each in range(number):
            caller.post(
                "/first-talks/",
                {"lead": make_lead(company_name=f"企业{number}-{each}").pk, "first_contact_on": "2024-04-02",
                 "file": paper()},
                format="multipart",
            )  # fmt: skip
        with django_assert_max_num_queries(6) as asked:
            assert caller.get("/first-talks/").status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]
