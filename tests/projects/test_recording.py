"""Steps, corrections, increases and transfers as they are recorded on the pages."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import RuleViolation
from projects import actions
from projects.lifecycle import DocumentKind, Stage
from projects.models import Basis, Document, InvestmentChange, ParkChange, ProjectState, StageChange, Verdict


def address(name, *args):
    return reverse(f"projects:{name}", args=args)


@pytest.fixture
def signed(make_signed):
    return make_signed()


def advance(client, project, to, **typed):
    typed = {"to": to, "effective_on": "2024-03-07", "reason": "", "version": project.version, **typed}
    return client.post(address("advance", project.pk), typed)


def everything():
    return [
        set(model.objects.values_list())
        for model in (StageChange, InvestmentChange, ParkChange, Document, ProjectState)
    ]


def test_the_form_asks_for_exactly_what_the_gate_lacks(client, signed, officer):
    client.force_login(officer)

    form = client.get(address("advance", signed.pk), {"to": Stage.REGISTERED}).context["form"]

    assert set(form.fields) == {"effective_on", "legal_entity_code", "file_licence", "evidence", "file", "reason"}


def test_filling_the_gate_and_going_through_it_is_one_deed(client, signed, officer, pdf):
    client.force_login(officer)

    answer = advance(
        client, signed, Stage.REGISTERED, legal_entity_code="91350100m000100y43", file_licence=pdf("执照.pdf")
    )

    signed.refresh_from_db()
    assert answer.url == address("detail", signed.pk)
    assert (signed.stage, signed.legal_entity_code) == (Stage.REGISTERED, "91350100M000100Y43")
    change = signed.stage_changes.get(to_stage=Stage.REGISTERED)
    assert [document.title for document in change.evidence.all()] == ["执照.pdf"]


def test_a_gate_filled_by_half_stays_closed_and_keeps_nothing(client, signed, officer, pdf):
    client.force_login(officer)
    before = everything()

    answer = advance(client, signed, Stage.REGISTERED, file_licence=pdf("执照.pdf"))

    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert set(errors) == {"legal_entity_code", "file_licence"}, (
        "what is missing, and that the file has to be sent again"
    )
    assert everything() == before
    signed.refresh_from_db()
    assert signed.stage == Stage.SIGNED


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_input(client, signed, officer):
    client.force_login(officer)
    before = everything()
    fake = SimpleUploadedFile("执照.pdf", b"MZ\x90\x00 not a pdf", content_type="application/pdf")

    answer = advance(client, signed, Stage.REGISTERED, legal_entity_code="91350100M000100Y43", file_licence=fake)

    assert "file_licence" in answer.context["form"].errors
    signed.refresh_from_db()
    assert (everything(), signed.legal_entity_code) == (before, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"effective_on": "2999-01-01"}, "effective_on"),
        ({"effective_on": "2024-02-30"}, "effective_on"),
        ({"effective_on": "2024-02-01"}, "effective_on"),
        ({"to": Stage.FULL_OUTPUT}, "__all__"),
    ],
)
def test_a_refused_step_says_why_beside_the_field_and_writes_nothing(client, signed, officer, fill_gate, typed, field):
    fill_gate(signed, Stage.STARTED)
    client.force_login(officer)
    before = everything()

    answer = advance(client, signed, **{"to": Stage.STARTED, **typed})

    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert everything() == before


def test_an_unknown_stage_is_no_page(client, signed, officer):
    client.force_login(officer)

    assert client.get(address("advance", signed.pk), {"to": "flying"}).status_code == 404


def test_a_step_decided_on_an_old_page_is_refused_and_can_then_be_decided_anew(client, signed, officer, fill_gate):
    fill_gate(signed, Stage.STARTED)
    client.force_login(officer)
    before = everything()

    refused = advance(client, signed, Stage.STARTED, version=signed.version - 1)
    assert (refused.status_code, everything()) == (200, before)
    assert refused.context["form"].non_field_errors()
    assert refused.context["version"] == signed.version
    accepted = advance(client, signed, Stage.STARTED, version=refused.context["version"])

    assert accepted.status_code == 302


def test_the_same_form_sent_twice_records_one_step(client, signed, officer, fill_gate):
    fill_gate(signed, Stage.STARTED)
    client.force_login(officer)

    answers = [advance(client, signed, Stage.STARTED, submission_key="k1", version="") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert signed.stage_changes.filter(to_stage=Stage.STARTED).count() == 1


def test_each_record_raises_the_version_by_one(client, signed, officer, fill_gate):
    fill_gate(signed, Stage.STARTED)
    version = signed.version
    client.force_login(officer)

    advance(client, signed, Stage.STARTED)

    signed.refresh_from_db()
    assert signed.version == version + 1


def test_the_signing_sets_the_agreed_total_in_whatever_unit_it_is_typed(client, make_project, walk, officer, fill_gate):
    project = walk(
        make_project(total_investment_wan=Decimal(60000)),
        (Stage.NEGOTIATING, date(2023, 9, 5)),
        (Stage.DECISION, date(2023, 11, 10)),
    )
    fill_gate(project, Stage.SIGNED)
    client.force_login(officer)

    refused = advance(client, project, Stage.SIGNED, total_investment_wan="约6亿")
    assert "total_investment_wan" in refused.context["form"].errors
    assert "约6亿" in refused.content.decode()
    advance(client, project, Stage.SIGNED, total_investment_wan="6.5 亿元")

    project.refresh_from_db()
    assert (project.stage, project.total_investment_wan) == (Stage.SIGNED, Decimal(65000))


def test_a_comparison_shows_both_answers_and_writes_nothing(client, signed, walk, officer):
    project = walk(signed, (Stage.STARTED, date(2024, 3, 7)))
    started = project.stage_changes.get(to_stage=Stage.STARTED)
    client.force_login(officer)
    before = everything()
    typed = {"effective_on": "2024-04-02", "to": Stage.STARTED, "compare": "1"}

    context = client.post(address("correct-stage", project.pk, started.pk), typed).context

    now, then = [{(a.stage, a.valid_from) for a in context[name]} for name in ("now", "then")]
    started_label = Stage.STARTED.label
    assert (started_label, date(2024, 3, 7)) in now
    assert (started_label, date(2024, 4, 2)) in then
    assert (started_label, date(2024, 3, 7)) not in then
    assert everything() == before


@pytest.mark.parametrize(
    ("which", "typed"),
    [
        (Stage.SIGNED, {"effective_on": "2024-03-01", "to": Stage.SIGNED}),
        (Stage.STARTED, {"effective_on": "2024-03-07", "to": Stage.STARTED, "is_void": "on"}),
        (Stage.STARTED, {"effective_on": "2024-04-02", "to": Stage.FILED}),
    ],
)
def test_what_the_comparison_shows_is_what_is_then_known(client, make_signed, walk, fill_gate, officer, which, typed):
    # The plan differs from what was agreed, so that a signed amount that stays behind would be seen.
    project = walk(make_signed(total_investment_wan=Decimal(60000)), (Stage.STARTED, date(2024, 3, 7)))
    fill_gate(project, typed["to"])
    change = project.stage_changes.get(to_stage=which)
    client.force_login(officer)
    where = address("correct-stage", project.pk, change.pk)
    typed = {**typed, "reason": "以原件为准"}

    shown = client.post(where, {**typed, "compare": "1"}).context["then"]
    answer = client.post(where, typed)

    assert answer.status_code == 302
    known = ProjectState.objects.filter(project=project).in_basis(Basis.REPORTED).known_at(None).order_by("valid_from")
    assert [(a.valid_from, a.valid_to, a.stage, a.total_wan) for a in shown] == [
        (s.valid_from, s.valid_to, Stage(s.stage).label, s.total_wan) for s in known
    ]


def test_a_correction_without_a_reason_is_refused_and_keeps_the_date(client, signed, officer):
    signing = signed.stage_changes.get(to_stage=Stage.SIGNED)
    client.force_login(officer)
    before = everything()

    answer = client.post(
        address("correct-stage", signed.pk, signing.pk), {"effective_on": "2024-03-01", "to": Stage.SIGNED}
    )

    assert set(answer.context["form"].errors) == {"reason"}
    assert 'value="2024-03-01"' in answer.content.decode()
    assert everything() == before


def test_a_fact_is_corrected_once_and_then_its_correction(client, signed, officer):
    signing = signed.stage_changes.get(to_stage=Stage.SIGNED)
    client.force_login(officer)
    typed = {"effective_on": "2024-03-01", "to": Stage.SIGNED, "reason": "以盖章日期为准"}
    client.post(address("correct-stage", signed.pk, signing.pk), typed)

    again = client.post(address("correct-stage", signed.pk, signing.pk), typed)
    listed = client.get(address("correct", signed.pk)).context["stage_changes"]

    assert again.context["form"].non_field_errors()
    assert signing not in listed
    assert StageChange.objects.filter(corrects=signing).count() == 1


def test_a_fact_of_another_project_is_not_corrected_through_this_one(
    client, signed, make_project, officer, make_company
):
    other = make_project(name="另一项目", company=make_company("另一家"))
    client.force_login(officer)

    answer = client.get(address("correct-stage", other.pk, signed.stage_changes.first().pk))

    assert answer.status_code == 404


def test_a_corrected_amount_shows_the_old_one_struck_and_the_new_one(client, signed, officer):
    amount = signed.investment_changes.get(kind="signing")
    client.force_login(officer)

    answer = client.post(
        address("correct-investment", signed.pk, amount.pk),
        {"amount_wan": "45亿", "effective_on": "2024-02-26", "reason": "笔误"},
    )

    assert answer.status_code == 302
    entry = client.get(address("detail", signed.pk)).context["entries"][0]
    assert ("50.0" in entry["old"], "45.0" in entry["new"]) == (True, True)
    signed.refresh_from_db()
    assert (signed.total_investment_wan, signed.verified_total_wan) == (Decimal(450000), Decimal(500000))


def test_an_increase_adds_its_increment_and_no_project(client, signed, officer, pdf):
    client.force_login(officer)
    typed = {"amount_wan": "8亿", "effective_on": "2024-04-10", "reason": "增资协议", "file": pdf("增资协议.pdf")}

    answer = client.post(address("increase", signed.pk), typed)

    assert answer.status_code == 302
    signed.refresh_from_db()
    assert signed.total_investment_wan == Decimal(580000)
    change = signed.investment_changes.get(kind="increase")
    assert [document.kind for document in change.evidence.all()] == [DocumentKind.INCREASE]


@pytest.mark.parametrize("amount", ["-8亿", "0", "很多", "99999999999亿"])
def test_an_absurd_increment_is_refused_and_stays_in_the_form(client, signed, officer, amount):
    client.force_login(officer)
    before = everything()

    answer = client.post(
        address("increase", signed.pk), {"amount_wan": amount, "effective_on": "2024-04-10", "reason": "协议"}
    )

    assert "amount_wan" in answer.context["form"].errors
    assert amount in answer.content.decode()
    assert everything() == before


def test_a_transfer_moves_the_project_and_leaves_its_past(client, signed, manager, other_park, park):
    client.force_login(manager)
    typed = {"to_park": other_park.pk, "effective_on": "2024-04-01", "reason": "产业更匹配"}

    refused = client.post(address("transfer", signed.pk), {**typed, "reason": ""})
    assert "reason" in refused.context["form"].errors
    client.post(address("transfer", signed.pk), typed)

    signed.refresh_from_db()
    assert signed.park == other_park
    assert signed.park_changes.count() == 2


def test_an_edit_changes_only_the_fields_touched(client, signed, officer):
    client.force_login(officer)
    form = client.get(address("edit", signed.pk)).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}

    answer = client.post(address("edit", signed.pk), {**typed, "annual_plan_wan": "12亿", "version": signed.version})

    assert answer.status_code == 302
    signed.refresh_from_db()
    assert signed.annual_plan_wan == Decimal(120000)


def test_two_people_editing_one_project_the_second_is_shown_what_the_first_wrote(
    client, signed, officer, colleague, at
):
    client.force_login(officer)
    form = client.get(address("edit", signed.pk)).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    actions.edit_project(signed, changes={"filing_no": "A-1"}, at=at, by=colleague)

    answer = client.post(address("edit", signed.pk), {**typed, "filing_no": "B-2", "version": signed.version})

    assert answer.status_code == 200
    assert "A-1" in str(answer.context["form"].errors["filing_no"])
    assert 'value="B-2"' in answer.content.decode()
    signed.refresh_from_db()
    assert signed.filing_no == "A-1"


def test_a_conversation_is_logged_from_the_record_and_shown_first(client, signed, officer):
    client.force_login(officer)
    typed = {"kind": "visit", "summary": "首批设备进场", "happened_on": "2024-04-18", "next_step_due_on": "2024-04-22"}

    refused = client.post(address("interaction-new", signed.pk), {**typed, "happened_on": "2999-01-01"})
    assert "happened_on" in refused.context["form"].errors
    assert "首批设备进场" in refused.content.decode()
    client.post(address("interaction-new", signed.pk), typed)

    entry = client.get(address("detail", signed.pk)).context["entries"][0]
    assert (entry["text"], entry["kind"]) == ("首批设备进场", "contact")


def test_one_verdict_decides_all_that_waits(client, make_signed, manager):
    project = make_signed(verified=False)
    client.force_login(manager)

    refused = client.post(address("verify", project.pk), {"verdict": Verdict.REJECTED})
    assert "reason" in refused.context["form"].errors
    answer = client.post(address("verify", project.pk), {"verdict": Verdict.ACCEPTED})

    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.verified_stage, project.verified_total_wan) == (Stage.SIGNED, Decimal(500000))


def test_an_industry_outside_the_national_classification_is_refused_by_the_verb_itself(signed, officer, at):
    with pytest.raises(RuleViolation) as refused:
        actions.edit_project(signed, changes={"industry": "Z99"}, at=at, by=officer)
    assert "industry" in refused.value.fields
    actions.edit_project(signed, changes={"industry": "C39"}, at=at, by=officer)

    signed.refresh_from_db()
    assert signed.industry == "C39"


def test_an_increase_without_paper_is_refused_and_with_one_of_the_project_it_stands(client, signed, officer, pdf, at):
    client.force_login(officer)
    typed = {"amount_wan": "8亿", "effective_on": "2024-04-10", "reason": "增资协议"}
    before = everything()

    refused = client.post(address("increase", signed.pk), typed)
    assert "evidence" in refused.context["form"].errors
    assert everything() == before

    actions.attach_document(signed, kind=DocumentKind.INCREASE, file=pdf(), at=at, by=officer)
    assert client.post(address("increase", signed.pk), typed).status_code == 302


def test_an_equal_increase_is_refused_until_the_first_one_is_corrected(client, signed, officer, increase, at, pdf):
    first = increase(signed, Decimal(80000), date(2024, 4, 10))
    client.force_login(officer)
    typed = {"amount_wan": "80000", "effective_on": "2024-04-10", "reason": "增资协议"}
    before = everything()

    refused = client.post(address("increase", signed.pk), {**typed, "file": pdf("再次.pdf")})
    assert "2024-04-10" in str(refused.context["form"].non_field_errors())
    assert everything() == before

    assert client.post(address("increase", signed.pk), {**typed, "effective_on": "2024-04-11"}).status_code == 302
    actions.correct_investment_change(first, is_void=True, reason="未签", at=at, by=officer)
    assert client.post(address("increase", signed.pk), typed).status_code == 302


@pytest.mark.parametrize("day", [date(2024, 2, 1), date(2999, 1, 1)])
def test_a_closed_gate_and_a_wrong_day_are_told_at_once(signed, officer, at, day):
    before = everything()

    with pytest.raises(RuleViolation) as refusal:
        actions.advance_project(signed, to=Stage.REGISTERED, effective_on=day, at=at, by=officer)

    (about_the_day,) = refusal.value.fields["effective_on"]
    assert set(refusal.value.reasons) == {about_the_day, *dict(actions.checklist(signed))[Stage.REGISTERED]}
    assert len(refusal.value.reasons) == 3
    assert everything() == before
