"""What the forms do with what people type: understood or refused beside the field, never lost, never done twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Submission
from crm.actions import advance_lead, edit_lead
from crm.models import Company, Interaction, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_lead(signed_in, officer, park):
    """Send the form of a new lead as the officer would."""
    client = signed_in(officer)

    def send(**typed):
        filled = {"company_name": "海岳精密仪器", "park": park.pk, "source": "outreach", **typed}
        return client.post(reverse("crm:lead-new"), filled)

    return send


@pytest.mark.parametrize("typed", ["6", "6亿", "六亿", "６亿元", "60000万", "60,000万元"])
def test_an_amount_is_understood_as_people_write_it(new_lead, typed):
    answer = new_lead(intended_investment_wan=typed)

    lead = Lead.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("crm:lead-detail", args=[lead.pk])
    assert lead.intended_investment_wan == Decimal(60000)


@pytest.mark.parametrize(
    ("typed", "wan", "qualifier"),
    [
        ("约2.5亿", 25000, "about"),
        ("约2.5", 25000, "about"),
        ("2.5亿元左右", 25000, "about"),
        ("近３亿", 30000, "nearly"),
        ("超过6亿", 60000, "more_than"),
        ("不超过6亿", 60000, "fewer_than"),
        ("不到6亿", 60000, "fewer_than"),
        ("5000余万", 5000, "more_than"),
        ("3亿多", 30000, "more_than"),
        ("about 6亿", 60000, "about"),
    ],
)
def test_a_word_of_how_exact_the_amount_is_goes_to_its_own_field(new_lead, typed, wan, qualifier):
    new_lead(intended_investment_wan=typed)

    lead = Lead.objects.get()
    assert (lead.intended_investment_wan, lead.intended_qualifier) == (wan, qualifier)


def test_the_word_typed_at_an_edit_counts_even_where_the_amount_stays(signed_in, officer, make_lead):
    lead = make_lead(intended_investment_wan=Decimal(60000), intended_qualifier="about")
    client, address = signed_in(officer), reverse("crm:lead-edit", args=[lead.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"version": lead.version}

    client.post(address, typed | {"intended_investment_wan": "超过6亿"})

    lead.refresh_from_db()
    assert (lead.intended_investment_wan, lead.intended_qualifier) == (60000, "more_than")


@pytest.mark.parametrize(
    "typed", ["-5", "约3-6亿", "约6亿以上", "约", "几亿", "一大笔", "9999999999", "0", "6亿美元", "NaN"]
)
def test_an_amount_that_cannot_be_read_stays_in_the_form_with_a_reason(new_lead, typed):
    answer = new_lead(intended_investment_wan=typed, contact_name="岳某", next_step="回访")

    form = answer.context["form"]
    assert answer.status_code == 200
    assert list(form.errors) == ["intended_investment_wan"]
    shown = answer.content.decode()
    assert f'value="{typed}"' in shown
    assert 'value="岳某"' in shown
    assert 'value="回访"' in shown
    assert not Lead.objects.exists()
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("received_on", "2024-02-30"),
        ("received_on", "2999-01-01"),
        ("next_step_due_on", "tomorrow"),
        ("park", "999999"),
        ("park", "x"),
        ("industry", "Z99"),
        ("source", "rumour"),
        ("owner", "0"),
        ("company_name", ""),
        ("company_name", "长" * 121),
        ("title", "长" * 121),
        ("land_wanted_mu", "-1"),
        ("floor_wanted_sqm", "1e400"),
    ],
)
def test_each_wrong_field_says_so_itself(new_lead, field, typed):
    answer = new_lead(**{field: typed})

    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not Lead.objects.exists()


def test_nothing_at_all_is_answered_with_reasons(signed_in, officer):
    answer = signed_in(officer).post(reverse("crm:lead-new"), {})

    assert answer.status_code == 200
    assert not Lead.objects.exists()


def test_the_only_park_is_preselected(signed_in, officer, park):
    form = signed_in(officer).get(reverse("crm:lead-new")).context["form"]

    assert form["park"].value() == park.pk
    assert list(form.fields["park"].queryset) == [park]


def test_a_park_of_others_cannot_be_chosen(new_lead, other_park):
    answer = new_lead(park=other_park.pk)

    assert "park" in answer.context["form"].errors
    assert not Lead.objects.exists()


def test_the_same_form_sent_twice_logs_one_lead(new_lead):
    first = new_lead(submission_key="k" * 32)
    second = new_lead(submission_key="k" * 32)

    assert first["Location"] == second["Location"]
    assert Lead.objects.count() == Company.objects.count() == 1


def test_the_key_of_a_form_already_sent_does_not_swallow_another_content(new_lead):
    new_lead(submission_key="k" * 32)

    refused = new_lead(submission_key="k" * 32, company_name="另一家")

    key = refused.text.partition('name="submission_key" value="')[2].partition('"')[0]
    assert "other content" in refused.text
    assert 'value="另一家"' in refused.text
    assert key not in ("", "k" * 32)
    assert Lead.objects.count() == 1
    assert new_lead(submission_key=key, company_name="另一家").status_code == 302
    assert Lead.objects.count() == 2


def test_a_refused_form_may_be_sent_again_with_the_same_key(new_lead):
    new_lead(submission_key="k" * 32, received_on="2999-01-01")
    assert not Submission.objects.exists()

    new_lead(submission_key="k" * 32)

    assert Lead.objects.count() == 1


def test_a_known_company_is_offered_and_can_be_chosen_or_declined(new_lead, make_company):
    known = make_company("海岳精密仪器有限公司")

    answer = new_lead()
    shown = answer.content.decode()
    assert f'name="company" value="{known.pk}"' in shown
    assert 'name="company" value="another"' in shown
    assert not Lead.objects.exists()

    new_lead(company=known.pk)
    new_lead(company="another")
    assert [lead.company == known for lead in Lead.objects.order_by("pk")] == [True, False]


def test_a_company_of_others_cannot_be_chosen_by_guessing_its_number(new_lead, make_company, other_park, outsider):
    hidden = make_company("别处的企业", park=other_park, by=outsider)

    answer = new_lead(company=hidden.pk)

    assert "company_name" in answer.context["form"].errors
    assert "别处的企业" not in answer.content.decode()
    assert not Lead.objects.exists()


def test_what_is_offered_while_typing_hides_what_is_not_ours(signed_in, officer, make_company, other_park, outsider):
    make_company("海岳精密仪器有限公司", credit_code="91350100M000100Y43", park=other_park, by=outsider)
    client = signed_in(officer)

    same = client.get(reverse("crm:company-match"), {"company_name": "海岳精密仪器"}).content.decode()
    part = client.get(reverse("crm:company-match"), {"company_name": "海岳"}).content.decode()

    assert "生物医药产业园" in same
    assert "有限公司" not in same
    assert "91350100M000100Y43" not in same
    assert part.strip() == ""


@pytest.mark.parametrize("typed", ["50万", "0.005", "5000"])
def test_an_amount_with_a_doubtful_unit_is_saved_and_asked_back(new_lead, typed):
    said = new_lead(intended_investment_wan=typed, received_on="2999-01-01").content.decode()
    assert said.count("Check the unit.") == 1
    assert 'class="l warn"' in said

    answer = new_lead(intended_investment_wan=typed)

    assert Lead.objects.count() == 1
    assert answer.client.get(answer["Location"]).content.decode().count("Check the unit.") == 1


@pytest.mark.parametrize("typed", ["100万", "6", "1000亿", ""])
def test_an_ordinary_amount_is_not_asked_back(new_lead, typed):
    answer = new_lead(intended_investment_wan=typed)

    assert "Check the unit." not in answer.client.get(answer["Location"]).content.decode()


def test_an_edit_shows_the_amount_in_the_unit_it_is_read_in(signed_in, officer, make_lead):
    lead = make_lead(intended_investment_wan=Decimal("12345.6789"))
    client, address = signed_in(officer), reverse("crm:lead-edit", args=[lead.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"content": "新内容", "version": lead.version}

    client.post(address, typed)

    lead.refresh_from_db()
    assert typed["intended_investment_wan"] == "1.23456789"
    assert (lead.intended_investment_wan, lead.content) == (Decimal("12345.6789"), "新内容")


@pytest.mark.parametrize(
    ("typed", "echo"),
    [
        ("6亿", "60,000"),
        ("6", "60,000"),
        ("50万", "Check the unit."),
        ("约6亿", "60,000 (RMB 10k), that is RMB 0.6 bn, noted as “about”"),
        ("约50万", "Check the unit."),
        ("约6亿以上", "not exact"),
        ("", "60000万"),
        ("\0", ""),
    ],
)
def test_an_amount_is_echoed_while_typing(signed_in, officer, typed, echo):
    answer = signed_in(officer).get(reverse("crm:amount"), {"intended_investment_wan": typed})

    assert answer.status_code in (200, 400)
    assert echo in answer.content.decode()


def test_a_clash_shows_both_texts_and_saving_again_means_it(signed_in, officer, colleague, make_lead, at):
    lead = make_lead(content="原来的")
    client, address = signed_in(officer), reverse("crm:lead-edit", args=[lead.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"content": "我写的", "version": lead.version}
    edit_lead(lead, changes={"content": "同事写的"}, at=at, by=colleague)

    answer = client.post(address, typed)
    assert answer.context["form"].clashes == [("Intended content", "我写的", "同事写的")]
    assert Lead.objects.get().content == "同事写的"

    client.post(address, typed | {"version": answer.context["version"]})
    assert Lead.objects.get().content == "我写的"


def test_a_conversation_logged_on_the_record_returns_to_it(signed_in, officer, make_lead):
    lead = make_lead()
    typed = {"kind": "call", "summary": "谈了用地", "happened_on": timezone.localdate().isoformat()}

    answer = signed_in(officer).post(reverse("crm:lead-interaction-new", args=[lead.pk]), typed)

    assert answer["Location"] == reverse("crm:lead-detail", args=[lead.pk])
    assert Interaction.objects.get().lead == lead


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_after_logging(signed_in, officer, make_lead, target):
    lead = make_lead()
    typed = {"kind": "call", "summary": "x", "happened_on": timezone.localdate().isoformat(), "next": target}

    answer = signed_in(officer).post(reverse("crm:lead-interaction-new", args=[lead.pk]), typed)

    assert answer["Location"] == reverse("crm:lead-detail", args=[lead.pk])


def test_a_refused_conversation_keeps_what_was_typed(signed_in, officer, make_lead):
    lead = make_lead()
    typed = {"kind": "call", "summary": "谈了很久", "happened_on": "2999-01-01"}

    answer = signed_in(officer).post(reverse("crm:lead-interaction-new", args=[lead.pk]), typed)

    assert "happened_on" in answer.context["form"].errors
    assert "谈了很久" in answer.content.decode()
    assert not Interaction.objects.exists()


def test_a_step_is_recorded_from_the_page_and_refused_with_its_reason(signed_in, officer, make_lead):
    lead = make_lead()
    client, address = signed_in(officer), reverse("crm:lead-advance", args=[lead.pk])

    refused = client.post(address, {"to": "shelved", "effective_on": "2024-04-02"})
    assert refused.context["form"].errors == {"shelving_reason": ["Choose why the lead is shelved."]}
    unknown = client.post(address, {"to": "converted", "effective_on": "2024-04-02"})
    assert "to" in unknown.context["form"].errors
    assert Lead.objects.get().stage == "registered"

    client.post(address, {"to": "responded", "effective_on": "2024-04-02", "version": "1"})
    assert Lead.objects.get().stage == "responded"


def test_the_page_of_a_lead_asks_for_the_note_first_and_shows_no_error_before_anything_was_sent(
    signed_in, officer, make_lead, at
):
    lead = make_lead(content="湿法设备")
    for to in ("responded", "assessed"):
        advance_lead(lead, to=to, effective_on=date(2024, 4, 2), note="可行", at=at, by=officer)
    client, address = signed_in(officer), reverse("crm:lead-advance", args=[lead.pk])

    shown = client.get(reverse("crm:lead-detail", args=[lead.pk])).content.decode()
    opened = client.get(address, {"to": "fed_back"})
    refused = client.post(address, {"to": "fed_back", "effective_on": "2024-04-02"})

    step = shown.partition('id="next-step"')[2].partition("</form>")[0]
    note = step.index("<textarea")
    assert note < step.index('name="effective_on"')
    assert " required" in step[note : step.index(">", note)]
    assert 'class="why"' not in shown + opened.content.decode()
    assert refused.context["form"].errors == {"note": ["Write whom you told what, and how."]}
    assert Lead.objects.get().stage == "assessed"


def test_the_page_of_steps_leads_to_the_assessment_instead_of_taking_a_note(signed_in, officer, make_lead, at):
    lead = make_lead()
    advance_lead(lead, to="responded", effective_on=date(2024, 4, 2), at=at, by=officer)
    client, address = signed_in(officer), reverse("crm:lead-advance", args=[lead.pk])
    assessment = reverse("crm:lead-assessment", args=[lead.pk])

    shown = client.get(address)
    refused = client.post(address, {"to": "assessed", "note": "可行", "effective_on": "2024-04-02"})

    assert "assessed" not in dict(shown.context["form"].fields["to"].choices)
    assert f'href="{assessment}"' in shown.content.decode()
    assert client.get(address, {"to": "assessed"})["Location"] == assessment
    assert "to" in refused.context["form"].errors
    assert Lead.objects.get().stage == "responded"


def test_a_saved_step_is_told_in_the_word_of_its_button(signed_in, officer, make_lead):
    lead = make_lead()
    client = signed_in(officer)
    step = {"to": "responded", "effective_on": "2024-04-02", "version": lead.version}

    answer = client.post(reverse("crm:lead-advance", args=[lead.pk]), step, follow=True)

    assert [str(message) for message in answer.context["messages"]] == ["Recorded: Responded"]


def test_similar_companies_are_offered_in_the_warning_strip(signed_in, officer, make_company):
    make_company("海岳精密仪器有限公司")

    offered = signed_in(officer).get(reverse("crm:company-match"), {"company_name": "海岳"}).content.decode()

    assert 'class="dup"' in offered
    assert "海岳精密仪器有限公司" in offered
