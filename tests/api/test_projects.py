"""Projects over the API: read, open, edit and every verb, each with its refusals, which write nothing."""

from datetime import date
from decimal import Decimal

import pytest

from core.models import AuditEntry
from projects import actions
from projects.lifecycle import Stage
from projects.models import InvestmentChange, Project, ProjectInteraction, StageChange


@pytest.fixture
def traces():
    """How much has been written so far: deeds and facts."""
    return lambda: (AuditEntry.objects.count(), StageChange.objects.count(), InvestmentChange.objects.count())


@pytest.fixture
def started(make_signed, walk):
    return walk(make_signed(), (Stage.STARTED, date(2024, 3, 8)))


def test_the_list_is_lean_and_shows_amounts_as_text(api, officer, make_signed):
    project = make_signed()

    answer = api(officer).get("/projects/").json()

    assert answer["count"] == 1
    row = answer["results"][0]
    assert row["id"] == project.pk
    assert row["park"] == {"id": project.park_id, "code": "QD-IC", "name": "集成电路产业园"}
    assert (row["stage"], row["stage_code"], row["signed_on"]) == ("signed", "P60", "2024-02-26")
    assert row["total_investment_wan"] == row["verified_total_wan"] == "500000.0000"


def test_a_project_answers_with_its_path_both_bases_and_what_the_next_steps_need(api, officer, make_signed):
    project = make_signed(verified=False)

    answer = api(officer).get(f"/projects/{project.pk}/")

    shown = answer.json()
    assert answer["ETag"] == f'"{project.version}"'
    assert shown["reported"]["code"] == "P60"
    assert shown["verified"] == {
        "stage": "decision",
        "code": "P50",
        "label": shown["verified"]["label"],
        "total_investment_wan": "500000.0000",
    }
    assert [fact["to_code"] for fact in shown["stage_path"]] == ["P20", "P30", "P40", "P50", "P60"]
    steps = {step["to"]: step for step in shown["next_steps"]}
    assert steps["started"]["code"] == "P90"
    assert len(steps["started"]["missing"]) == 1
    assert steps["paused"]["needs_reason"]


def test_a_project_advances_by_stage_or_by_code_once_its_gate_is_open(api, officer, make_signed, fill_gate):
    project = make_signed()
    fill_gate(project, Stage.STARTED)

    answer = api(officer).post(f"/projects/{project.pk}/advance/", {"to": "P90", "effective_on": "2024-03-08"})

    assert answer.status_code == 200
    assert answer.json()["stage"] == "started"
    project.refresh_from_db()
    assert (project.stage, project.stage_since) == (Stage.STARTED, date(2024, 3, 8))


def test_a_closed_gate_answers_409_with_what_is_missing_and_writes_nothing(api, officer, make_signed, traces):
    project = make_signed()
    before = traces()

    answer = api(officer).post(f"/projects/{project.pk}/advance/", {"to": "started", "effective_on": "2024-03-08"})

    assert answer.status_code == 409
    assert len(answer.json()["reasons"]) == 1
    assert traces() == before
    project.refresh_from_db()
    assert project.stage == Stage.SIGNED


def test_the_signing_sets_the_agreed_total(api, officer, make_project, walk, fill_gate):
    project = walk(
        make_project(content="模组", total_investment_wan=Decimal(1000)),
        (Stage.NEGOTIATING, date(2023, 9, 5)),
        (Stage.REVIEW, date(2023, 11, 2)),
        (Stage.DECISION, date(2023, 11, 10)),
    )
    fill_gate(project, Stage.SIGNED)

    answer = api(officer).post(
        f"/projects/{project.pk}/advance/",
        {"to": "signed", "effective_on": "2024-02-26", "total_investment_wan": "50亿"},
    )

    assert answer.status_code == 200
    assert answer.json()["reported"]["total_investment_wan"] == "500000.0000"


def test_one_verdict_covers_everything_that_waits(api, manager, make_signed, walk):
    project = walk(make_signed(verified=False), (Stage.STARTED, date(2024, 3, 8)), verified=False)

    answer = api(manager).post(f"/projects/{project.pk}/verify/", {"verdict": "accepted"})

    assert answer.status_code == 200
    assert answer.json()["verified"]["code"] == "P90"
    again = api(manager).post(f"/projects/{project.pk}/verify/", {"verdict": "accepted"})
    assert again.status_code == 409


def test_a_verdict_on_one_fact_leaves_the_others_waiting(api, manager, make_signed, walk):
    project = walk(make_signed(verified=False), (Stage.STARTED, date(2024, 3, 8)), verified=False)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)

    answer = api(manager).post(f"/projects/{project.pk}/verify/", {"verdict": "accepted", "change": signing.pk})

    assert answer.json()["verified"]["code"] == "P60"
    assert project.stage_changes.pending().count() == 1


def test_a_verdict_on_a_fact_of_another_project_is_refused(api, manager, make_signed, make_company, traces):
    project = make_signed(verified=False)
    other = make_signed(verified=False, company=make_company("中微创芯"), name="中微创芯项目")
    fact = other.stage_changes.get(to_stage=Stage.SIGNED)
    before = traces()

    answer = api(manager).post(f"/projects/{project.pk}/verify/", {"verdict": "accepted", "change": fact.pk})

    assert answer.status_code == 400
    assert "change" in answer.json()["fields"]
    assert traces() == before


def test_a_rejection_needs_a_reason(api, manager, make_signed, traces):
    project = make_signed(verified=False)
    before = traces()

    refused = api(manager).post(f"/projects/{project.pk}/verify/", {"verdict": "rejected"})

    assert refused.status_code == 409
    assert "reason" in refused.json()["fields"]
    assert traces() == before


def test_a_stage_is_corrected_in_the_past_and_the_old_fact_stays(api, officer, started):
    change = started.stage_changes.get(to_stage=Stage.STARTED)

    answer = api(officer).post(
        f"/projects/{started.pk}/correct/",
        {"change": change.pk, "effective_on": "2024-03-18", "reason": "施工许可证日期为 3 月 18 日"},
    )

    assert answer.status_code == 200
    path = [(f["to_stage"], f["effective_on"], f["corrects"]) for f in answer.json()["stage_path"]]
    assert path[-2:] == [("started", "2024-03-08", None), ("started", "2024-03-18", change.pk)]


@pytest.mark.parametrize(
    "said",
    [
        {"reason": "?"},
        {"change": "CHANGE", "investment_change": "AMOUNT", "reason": "?"},
        {"change": "CHANGE", "amount_wan": "1", "reason": "?"},
        {"investment_change": "AMOUNT", "to": "P90", "reason": "?"},
    ],
)
def test_a_correction_names_one_fact_and_only_its_own_parts(api, officer, started, traces, said):
    named = {"CHANGE": started.stage_changes.last().pk, "AMOUNT": started.investment_changes.last().pk}
    before = traces()

    answer = api(officer).post(f"/projects/{started.pk}/correct/", {k: named.get(v, v) for k, v in said.items()})

    assert answer.status_code == 400
    assert answer.json()["reasons"]
    assert traces() == before


def test_an_increase_counts_its_increment_and_rests_on_paper(api, officer, started, traces):
    said = {"amount_wan": "2亿", "effective_on": "2024-04-01", "reason": "增资协议"}
    before = traces()

    refused = api(officer).post(f"/projects/{started.pk}/increase/", said)
    assert refused.status_code == 409
    assert "evidence" in refused.json()["fields"]
    assert traces() == before

    said["evidence"] = [started.documents.first().pk]
    answer = api(officer).post(f"/projects/{started.pk}/increase/", said)

    assert answer.status_code == 200
    assert answer.json()["reported"]["total_investment_wan"] == "520000.0000"
    assert answer.json()["verified"]["total_investment_wan"] == "500000.0000"


def test_a_project_moves_to_another_park_by_its_code(api, manager, started, other_park):
    answer = api(manager).post(
        f"/projects/{started.pk}/transfer/", {"to_park": "QD-BIO", "effective_on": "2024-04-01", "reason": "流转"}
    )

    assert answer.status_code == 200
    assert answer.json()["park"]["code"] == "QD-BIO"


def test_a_park_out_of_sight_cannot_be_named(api, officer, make_company, other_park):
    company = make_company()

    answer = api(officer).post("/projects/", {"park": "QD-BIO", "company": company.pk, "name": "越权"})

    assert answer.status_code == 400
    assert "park" in answer.json()["fields"]
    assert not Project.objects.exists()


def test_a_project_is_opened_and_edited(api, officer, park, make_company):
    company = make_company()

    opened = api(officer).post("/projects/", {"park": "QD-IC", "company": company.pk, "name": "光电基地"})

    assert opened.status_code == 201
    project = opened.json()
    assert (project["stage_code"], project["version"]) == ("P20", 1)
    edited = api(officer).patch(
        f"/projects/{project['id']}/", {"site_mode": "lease", "annual_plan_wan": 1200.5, "version": 1}
    )
    assert edited.status_code == 200
    assert (edited.json()["site_mode"], edited.json()["annual_plan_wan"]) == ("lease", "1200.5000")
    assert edited["ETag"] == '"2"'


def test_a_stale_edit_answers_409_by_body_and_412_by_header(api, officer, started, traces):
    before, path = traces(), f"/projects/{started.pk}/"

    by_body = api(officer).patch(path, {"name": "新名", "version": started.version - 1})
    by_header = api(officer).patch(path, {"name": "新名"}, HTTP_IF_MATCH=f'"{started.version - 1}"')
    garbled = api(officer).patch(path, {"name": "新名"}, HTTP_IF_MATCH="yesterday")

    assert (by_body.status_code, by_header.status_code, garbled.status_code) == (409, 412, 412)
    assert by_body.json()["current"]["name"] == started.name
    assert traces() == before
    current = api(officer).patch(path, {"name": "新名"}, HTTP_IF_MATCH=f'"{started.version}"')
    assert current.status_code == 200


def test_the_same_key_opens_one_project(api, officer, park, make_company):
    said = {"park": "QD-IC", "company": make_company().pk, "name": "光电基地"}

    first = api(officer).post("/projects/", said, HTTP_IDEMPOTENCY_KEY="k1")
    second = api(officer).post("/projects/", said, HTTP_IDEMPOTENCY_KEY="k1")
    other_content = api(officer).post("/projects/", {**said, "name": "另一个"}, HTTP_IDEMPOTENCY_KEY="k1")
    other_key = api(officer).post("/projects/", {**said, "name": "另一个"}, HTTP_IDEMPOTENCY_KEY="k2")

    assert first.json()["id"] == second.json()["id"]
    assert other_content.status_code == 409
    assert other_key.json()["id"] != first.json()["id"]
    assert Project.objects.count() == 2


def test_an_increase_sent_twice_with_one_key_counts_once(api, officer, started):
    paper = started.documents.first()
    said = {"amount_wan": "2亿", "effective_on": "2024-04-01", "reason": "增资协议", "evidence": [paper.pk]}

    for _time in range(2):
        answer = api(officer).post(f"/projects/{started.pk}/increase/", said, HTTP_IDEMPOTENCY_KEY="increase-1")

    assert answer.status_code == 200
    assert answer.json()["reported"]["total_investment_wan"] == "520000.0000"


def test_filters_narrow_and_an_unknown_one_is_refused(api, officer, started, make_project, make_company):
    other = make_project(company=make_company("中微创芯"), name="晶圆项目")

    def ids(**asked):
        return [row["id"] for row in api(officer).get("/projects/", asked).json()["results"]]

    assert ids(stage="P90") == ids(bucket="under_construction") == ids(min_total_wan="10亿") == [started.pk]
    assert ids(q="晶圆") == ids(stage="contact") == [other.pk]
    assert sorted(ids(park="QD-IC")) == sorted([started.pk, other.pk])
    for wrong in (
        {"stag": "P90"},
        {"stage": "P91"},
        {"min_total_wan": "很多"},
        {"since_from": "2024-02-30"},
        {"park": "X"},
    ):
        answer = api(officer).get("/projects/", wrong)
        assert answer.status_code == 400, wrong
        assert answer.json()["reasons"]


def test_pages_are_turned_by_cursor(api, officer, make_project, make_company):
    company = make_company()
    made = [make_project(company=company, name=f"项目{n}").pk for n in range(5)]
    seen, path = [], "/projects/?limit=2&order=id"

    while path:
        page = api(officer).get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = page["next"]

    assert seen == made


def test_a_conversation_about_a_project_is_logged_for_its_park_and_company(api, operator, outsider, started):
    said = {"kind": "visit", "happened_on": "2024-04-17", "summary": "现场看设备进场"}

    answer = api(operator).post(f"/projects/{started.pk}/interactions/", said)
    refused = api(operator).post(f"/projects/{started.pk}/interactions/", {**said, "summary": ""})
    hidden = api(outsider).post(f"/projects/{started.pk}/interactions/", said)

    assert (answer.status_code, refused.status_code, hidden.status_code) == (201, 400, 404)
    told = ProjectInteraction.objects.get()
    assert (told.project, told.interaction.company, told.interaction.park) == (started, started.company, started.park)


def test_an_edit_that_changes_nothing_writes_nothing(api, officer, started):
    trace = AuditEntry.objects.count()

    answer = api(officer).patch(f"/projects/{started.pk}/", {"name": started.name})

    assert answer.status_code == 200
    assert answer.json()["version"] == started.version
    assert AuditEntry.objects.count() == trace


def test_a_verdict_in_another_word_is_told_the_two_there_are(api, manager, started, traces):
    before = traces()

    answer = api(manager).post(f"/projects/{started.pk}/verify/", {"verdict": "approved"})

    assert answer.status_code == 400
    (sentence,) = answer.json()["fields"]["verdict"]
    assert all(word in sentence for word in ("approved", "accepted", "rejected"))
    assert traces() == before


def test_an_entry_of_an_event_says_why_it_does_not_count(api, officer, park, at, make_signed, make_project, increase):
    signed, unsigned = make_signed(), make_project(name="洽谈中")
    increase(signed, Decimal(80000), date(2024, 4, 10))
    event = actions.record_signing_event(park=park, name="春季", held_on=date(2024, 2, 26), at=at, by=officer)
    for project in (signed, unsigned):
        actions.list_at_signing_event(event, project, kind="formal", at=at, by=officer)

    first, second = api(officer).get(f"/signing-events/{event.pk}/").json()["entries"]

    assert (first["is_counted"], first["not_counted"], first["agreed_wan"]) == (True, "", "500000.0000")
    assert (second["is_counted"], second["not_counted"], second["agreed_wan"]) == (False, "unsigned", None)
