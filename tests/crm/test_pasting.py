"""Pasting a text: forms beside the marked text, nothing written before it is confirmed, the original kept."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import RuleViolation
from core.models import AuditEntry
from core.undo import undo_batch
from crm.actions import keep_source_text, register_lead
from crm.models import Company, Contact, Lead, SourceText
from crm.parsing import MOST_CHARACTERS

pytestmark = pytest.mark.django_db

TEXT = (
    "上周，集成电路产业园签下总投资6亿元的上海澜起湿法清洗设备研发中心项目和总投资约9亿元的云鲸光学模组基地项目。"
    "联系人：周敏 138 0000 1234，云鲸光学有限公司。"
)
ADDRESS = "crm:lead-paste"


@pytest.fixture
def paste(signed_in, officer):
    """Send the page as the officer would: `paste(text, **typed)`."""
    client = signed_in(officer)

    def send(text=TEXT, **typed):
        filled = {"text": text, "text_date": "2024-04-18", **typed}
        return client.post(reverse(ADDRESS), filled)

    return send


def typed_on(answer):
    """What a browser would send back of the forms on this page."""
    fields = {"digest": answer.context["digest"], "submission_key": answer.context["submission_key"]}
    for offer in answer.context["offers"]:
        form = offer["form"]
        fields |= {form[name].html_name: form[name].value() or "" for name in form.fields}
    if answer.context["saved"]:
        fields["saved"] = answer.context["saved"]
    return fields


def test_nothing_is_written_before_it_is_confirmed(paste, park):
    answer = paste()

    assert answer.status_code == 200
    assert not Lead.objects.exists()
    assert not Company.objects.exists()
    assert not SourceText.objects.exists()
    first, second = (offer["form"] for offer in answer.context["offers"])
    assert first["company_name"].value() == "上海澜起"
    assert first["intended_investment_wan"].value() == "6"
    assert (first["park"].value(), first["industry"].value()) == (park.pk, "C35")
    assert (second["company_name"].value(), second["intended_qualifier"].value()) == ("云鲸光学", "about")
    assert second["contact_phone"].value() == "13800001234"


def test_all_are_saved_in_one_deed_with_the_original_as_their_source(paste, park, officer):
    answer = paste(**typed_on(paste()), save="all")

    assert answer["Location"] == reverse("crm:lead-list")
    leads = {lead.company.name: lead for lead in Lead.objects.select_related("company", "source_text")}
    assert {name: int(lead.intended_investment_wan) for name, lead in leads.items()} == {
        "上海澜起": 60_000,
        "云鲸光学": 90_000,
    }
    assert leads["云鲸光学"].intended_qualifier == "about"
    assert {lead.source_text.text for lead in leads.values()} == {TEXT}
    assert SourceText.objects.get().park == park
    assert len(set(AuditEntry.objects.filter(verb="crm.register_lead").values_list("batch", flat=True))) == 1


def test_one_is_saved_and_the_others_keep_what_was_typed(paste):
    typed = typed_on(paste()) | {"l1-title": "我改过的标题", "l1-park": "", "save": "l0"}

    answer = paste(**typed)

    assert [lead.company.name for lead in Lead.objects.all()] == ["上海澜起"]
    first, second = answer.context["offers"]
    assert first["saved"].company.name == "上海澜起"
    assert second["form"]["title"].value() == "我改过的标题"
    assert not second["form"].errors

    paste(**typed_on(answer) | {"l1-park": Lead.objects.get().park_id, "save": "l1"})
    assert Lead.objects.count() == 2
    assert (
        Lead.objects.get(title="我改过的标题").source_text
        == Lead.objects.exclude(title="我改过的标题").get().source_text
    )


def test_a_refusal_stands_beside_its_field_and_nothing_of_the_others_is_written(paste, make_company):
    make_company("云鲸光学有限公司")

    answer = paste(**typed_on(paste()), save="all")

    first, second = answer.context["offers"]
    assert not first["form"].errors
    assert "already registered" in second["form"].errors["company_name"][0]
    assert not Lead.objects.exists()
    assert not SourceText.objects.exists()
    assert TEXT in answer.content.decode().replace("&quot;", '"')


def test_the_refusals_of_all_leads_are_shown_at_once(paste, make_company):
    make_company("云鲸光学有限公司")
    make_company("上海澜起有限公司")

    both = paste(**typed_on(paste()), save="all")
    one_in_the_form = paste(**typed_on(paste()) | {"l0-received_on": "2024-02-30"}, save="all")

    for offer in both.context["offers"]:
        assert "already registered" in offer["form"].errors["company_name"][0]
    first, second = (offer["form"].errors for offer in one_in_the_form.context["offers"])
    assert (list(first), list(second)) == (["received_on"], ["company_name"])
    assert not Lead.objects.exists()
    assert not SourceText.objects.exists()
    assert not AuditEntry.objects.filter(verb="crm.register_lead").exists()


def test_one_refused_form_keeps_the_others_unwritten(paste):
    answer = paste(**typed_on(paste()) | {"l0-received_on": "2024-02-30"}, save="all")

    first, second = (offer["form"].errors for offer in answer.context["offers"])
    assert (list(first), list(second)) == (["received_on"], [])
    assert not Lead.objects.exists()
    assert not AuditEntry.objects.filter(verb="crm.register_lead").exists()


def test_a_known_company_is_chosen_in_the_strip_of_its_own_form(paste, make_company):
    known = make_company("云鲸光学有限公司")
    answer = paste()

    assert f'name="l1-company" value="{known.pk}"' in answer.content.decode()
    paste(**typed_on(answer) | {"l1-company": known.pk, "save": "l1"})

    assert Lead.objects.get().company == known


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"l0-received_on": "2024-02-30"}, "received_on"),
        ({"l0-intended_investment_wan": "约3-6亿"}, "intended_investment_wan"),
        ({"l0-park": ""}, "park"),
        ({"l0-company_name": "有限公司"}, "company_name"),
    ],
)
def test_what_cannot_be_saved_is_kept_and_explained(paste, changed, field):
    answer = paste(**typed_on(paste()) | changed | {"save": "l0"})

    assert field in answer.context["offers"][0]["form"].errors
    assert answer.context["offers"][0]["form"][field].value() == next(iter(changed.values()))
    assert not Lead.objects.exists()


def test_the_same_page_sent_twice_saves_once(paste):
    typed = typed_on(paste()) | {"save": "all"}

    paste(**typed)
    paste(**typed)

    assert Lead.objects.count() == 2


def test_a_changed_text_is_read_anew_instead_of_saving_forms_of_another(paste):
    typed = typed_on(paste()) | {"save": "all"}

    answer = paste("海岳精密有限公司拟投资3亿元", **typed)

    assert answer.context["was_changed"]
    assert [offer["form"]["company_name"].value() for offer in answer.context["offers"]] == ["海岳精密有限公司"]
    assert not Lead.objects.exists()


def test_a_company_only_mentioned_becomes_a_lead_when_told_to(paste):
    text = TEXT.replace("云鲸光学有限公司", "还有润石膜材料有限公司到场")
    answer = paste(text)
    assert answer.context["mentioned"] == ["润石膜材料有限公司"]

    answer = paste(text, **typed_on(answer), add="润石膜材料有限公司")

    assert [offer["form"]["company_name"].value() for offer in answer.context["offers"]][2:] == ["润石膜材料有限公司"]
    assert [
        offer["form"]["company_name"].value()
        for offer in paste(text, **typed_on(answer), add="编造的公司").context["offers"]
    ][2:] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "This field is required."),
        ("  \n ", "Nothing is pasted yet."),
        ("长" * (MOST_CHARACTERS + 1), "At most 200,000 characters"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(paste, text, says):
    answer = paste(text)

    assert answer.status_code == 200
    assert says in str(answer.context["asked"].errors["text"])
    assert text.strip() in answer.content.decode()


def test_a_text_with_nothing_in_it_says_so(paste):
    shown = paste("今晚一起吃饭 🎉").content.decode()

    assert "No lead was recognised" in shown
    assert "Nothing was recognised." in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("海岳精密有限公司总投资6000，谢谢", "“6000” has no unit"),
        ("海岳精密有限公司总投资3-5亿元", "is a range"),
        ("海岳精密有限公司总投资1200万美元", "foreign currency"),
        ("有个企业想投3亿", "No company was recognised"),
        ("海岳精密有限公司 统一社会信用代码：91350100M000100Y44", "The last character does not match the others"),
        ("海岳精密有限公司 统一社会信用代码：91350100M000100Y4", "“91350100M000100Y4” is not filled in"),
    ],
)
def test_what_is_unsure_is_asked_back_and_left_empty(paste, text, says):
    answer = paste(text)

    (offer,) = answer.context["offers"]
    assert says in " ".join(offer["asks"])
    if "company" not in offer["lead"].asks:
        assert offer["form"]["intended_investment_wan"].value() is None


def test_marks_point_to_the_fields_they_filled_and_escape_what_was_pasted(paste):
    shown = paste("<script>alert(1)</script>海岳精密有限公司拟投资3亿元").content.decode()

    assert "<script>alert" not in shown
    assert re.search(r'<mark class="mk amount"[^>]*data-lights="id_l0-intended_investment_wan">3亿元', shown)
    assert 'id="id_l0-intended_investment_wan"' in shown


def test_the_number_of_queries_does_not_grow_with_the_leads(paste, officer):
    def asked(number):
        text = "".join(
            f"海岳{name}科技有限公司拟投资3亿元。" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"[:number]
        )
        with CaptureQueriesContext(connection) as queries:
            answer = paste(text)
        assert len(answer.context["offers"]) == number
        return len(queries)

    asked(1)
    assert asked(20) == asked(5)


def test_the_source_is_shown_with_its_marks_and_without_the_numbers_of_people(
    signed_in, paste, officer, colleague, outsider
):
    paste(**typed_on(paste()), save="all")
    lead = Lead.objects.first()
    address = reverse("crm:lead-source", args=[lead.pk])

    shown = signed_in(colleague).get(address).content.decode()

    assert address in signed_in(colleague).get(reverse("crm:lead-detail", args=[lead.pk])).content.decode()
    assert "清洗设备<" in shown
    assert "138****1234" in shown
    assert "138 0000 1234" not in shown
    assert signed_in(outsider).get(address).status_code == 404


def test_a_lead_typed_by_hand_has_no_source(signed_in, officer, make_lead):
    assert signed_in(officer).get(reverse("crm:lead-source", args=[make_lead().pk])).status_code == 404


# The verbs.


def test_one_text_is_kept_once_in_a_park_and_leaves_a_trace_without_its_words(park, officer, at):
    first = keep_source_text(text=TEXT, text_date=at.date(), park=park, at=at, by=officer)
    second = keep_source_text(text=TEXT, text_date=at.date(), park=park, at=at, by=officer)

    assert first == second
    entry = AuditEntry.objects.get(verb="crm.keep_source_text")
    assert "138" not in str(entry.changes)


@pytest.mark.parametrize("text", ["", " \n", "长" * (MOST_CHARACTERS + 1)])
def test_a_text_of_no_use_is_not_kept(park, officer, at, text):
    with pytest.raises(RuleViolation):
        keep_source_text(text=text, text_date=at.date(), park=park, at=at, by=officer)

    assert not SourceText.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "operator", "outsider"])
def test_others_keep_no_text_here(park, at, request, who):
    with pytest.raises(PermissionDenied):
        keep_source_text(text=TEXT, text_date=at.date(), park=park, at=at, by=request.getfixturevalue(who))

    assert not SourceText.objects.exists()


def test_a_credit_code_goes_to_the_company_registered_along(park, officer, at):
    lead = register_lead(park=park, company_name="海岳", credit_code="91350100M000100Y43", at=at, by=officer)

    assert lead.company.credit_code == "91350100M000100Y43"


def test_taking_the_leads_back_takes_the_text_back_too(paste, officer):
    paste(**typed_on(paste()), save="all")
    batch = AuditEntry.objects.filter(verb="crm.register_lead").first().batch

    undo_batch(batch, at=timezone.now(), by=officer)

    assert not Lead.objects.exists()
    assert not SourceText.objects.exists()
    assert not Contact.objects.exists()
