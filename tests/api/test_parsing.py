"""Reading a pasted text over the API: two leads from one sentence, nothing written, and clear answers to bad input."""

import pytest

from core.models import AuditEntry
from crm.models import Company, Lead
from crm.parsing import MOST_CHARACTERS
from parks.models import ParkAlias

TEXT = (
    "上周五，集成电路产业园在三天内签下总投资6亿元的上海澜起湿法清洗设备研发中心项目和总投资约9亿元的云鲸光学模组基地项目。"
    "联系人：周敏 138 0000 1234"
)


def test_one_sentence_offers_two_leads_and_writes_nothing(api, officer, park):
    answer = api(officer).post("/leads/parse/", {"text": TEXT, "text_date": "2024-04-18"})

    assert answer.status_code == 200
    first, second = answer.json()["leads"]
    shown = {name: value for name, value in first.items() if name != "spans"}
    assert shown == {
        "company": "上海澜起",
        "title": "上海澜起湿法清洗设备研发中心",
        "credit_code": None,
        "total_investment_wan": "60000.0000",
        "qualifier": "exact",
        "park": {"code": "QD-IC"},
        "industry": "C35",
        "happened_on": "2024-04-12",
        "phones": [],
        "emails": [],
        "people": [],
        "asks": [],
    }
    assert (second["company"], second["total_investment_wan"], second["qualifier"]) == (
        "云鲸光学",
        "90000.0000",
        "about",
    )
    assert second["phones"] == ["13800001234"]
    kinds = {span["kind"]: TEXT[span["start"] : span["end"]] for span in second["spans"]}
    assert kinds["amount"] == "约9亿元"
    assert kinds["company"] == "云鲸光学"
    assert not Lead.objects.exists()
    assert not Company.objects.exists()
    assert not AuditEntry.objects.filter(verb__startswith="crm.").exists()


def test_a_park_is_known_by_its_alias_but_only_where_it_is_seen(api, officer, outsider, park):
    ParkAlias.objects.create(park=park, name="芯片谷")

    def parks(user):
        answer = api(user).post("/leads/parse/", {"text": "海岳有限公司想落户芯片谷", "text_date": "2024-04-18"})
        return [lead["park"] for lead in answer.json()["leads"]]

    assert parks(officer) == [{"code": "QD-IC"}]
    assert parks(outsider) == [None]


def test_a_month_stays_a_month_and_white_space_shifts_nothing(api, officer):
    text = "  \n 海岳精密有限公司去年9月签约，总投资6亿元"

    (lead,) = api(officer).post("/leads/parse/", {"text": text, "text_date": "2024-04-18"}).json()["leads"]

    assert lead["happened_on"] == "2023-09"
    assert {text[span["start"] : span["end"]] for span in lead["spans"]} >= {"海岳精密有限公司", "去年9月", "6亿元"}


@pytest.mark.parametrize("text", ["", " ", "🎉", "有限公司"])
def test_a_text_with_nothing_in_it_offers_nothing(api, officer, text):
    answer = api(officer).post("/leads/parse/", {"text": text})

    assert answer.status_code == 200
    assert answer.json()["leads"] == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": None},
        {"text": ["x"]},
        {"text": "长" * (MOST_CHARACTERS + 1)},
        {"text": "海岳", "text_date": "2024-02-30"},
        {"text": "海岳", "text_date": "18.4.2024"},
        {"text": "海岳", "date": "2024-04-18"},
        {"text": "a\0b"},
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(api, officer, said):
    answer = api(officer).post("/leads/parse/", said)

    assert answer.status_code == 400
    assert answer.json()["reasons"]
