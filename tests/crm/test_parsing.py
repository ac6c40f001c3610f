"""What is recognised in pasted texts, each in the places of the text as pasted, and the leads they make."""

from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import parse_day
from crm.parsing import KINDS, MOST_CHARACTERS, Text, parse
from crm.parsing.companies import split_project
from crm.parsing.trades import industry_of, spoken_codes
from parks.industries import INDUSTRIES

TODAY = date(2024, 4, 18)
PARKS = {
    "QD-IC": ["青岛市集成电路产业园", "集成电路", "芯谷园区"],
    "QD-BIO": ["生物医药产业园", "生物医药"],
    "QD-MAIN": ["胶州湾北部主园区", "主园区", "红岛"],
}


def read(text, day=TODAY):
    return parse(text, text_date=day, park_names=PARKS)


def found(text, kind, day=TODAY):
    return [(span.text, span.value) for span in read(text, day).spans if span.kind == kind]


def leads(text, day=TODAY):
    return [(lead.company, lead.total_investment_wan, lead.qualifier) for lead in read(text, day).leads]


# Amounts and whose they are.


def test_two_projects_in_one_sentence_make_two_leads_with_their_own_amounts():
    text = (
        "上周，芯谷园区三天内签下总投资3.2亿元的上海澜起湿法清洗设备研发中心项目和总投资1.5亿元的云鲸光学模组基地项目，"
        "还迎来润石膜材料（苏州）有限责任公司青岛分公司开业。"
    )
    parsed = read(text)

    first, second = parsed.leads
    assert (first.company, first.title) == ("上海澜起", "上海澜起湿法清洗设备研发中心")
    assert (first.total_investment_wan, first.qualifier, first.park, first.industry) == (
        "32000.0000",
        "exact",
        "QD-IC",
        "C35",
    )
    assert (second.company, second.total_investment_wan, second.industry) == ("云鲸光学", "15000.0000", "C39")
    assert parsed.mentioned == ["润石膜材料(苏州)有限责任公司青岛分公司"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("海岳精密计划投资8亿元建设传感器产线。", [("海岳精密", "80000.0000", "exact")]),
        ("4月2日，海岳精密拟投资8亿元。", [("海岳精密", "80000.0000", "exact")]),
        ("海岳精密仪器有限公司显示模组项目，总投资12亿元。", [("海岳精密仪器有限公司", "120000.0000", "exact")]),
        (
            "润石膜材料、拓维储能分别投资6亿元和不低于9亿元。",
            [("润石膜材料", "60000.0000", "exact"), ("拓维储能", "90000.0000", "more_than")],
        ),
        (
            "海岳光电有限公司总投资12亿元，澄明生物科技有限公司总投资2亿元。",
            [("海岳光电有限公司", "120000.0000", "exact"), ("澄明生物科技有限公司", "20000.0000", "exact")],
        ),
        ("青岛海岳精密有限公司\n投资额：5000万元", [("青岛海岳精密有限公司", "5000.0000", "exact")]),
        ("海岳精密有限公司总投资10亿元，其中一期投资2亿元。", [("海岳精密有限公司", "100000.0000", "exact")]),
        ("有个做动力电池的企业想投3亿", [("", "30000.0000", "exact")]),
        ("今年以来签约项目32个，总投资215亿元。", []),
        ("已梳理总投资315亿元的20余个重点项目。", []),
        ("海岳精密有限公司去年营业收入超3000万元。", [("海岳精密有限公司", "", "")]),
        ("园区设立20支基金，总规模172.6亿元，海岳基地产值破百亿。", []),
    ],
)
def test_an_amount_goes_to_the_company_its_clause_names(text, expected):
    assert leads(text) == expected


def test_partners_who_invest_together_are_asked_about():
    lead = read("海岳科技和云鲸光学共同投资10亿元建设产业基地").leads[0]

    assert (lead.company, lead.asks) == ("海岳科技", ["several"])


@pytest.mark.parametrize(
    ("words", "wan", "qualifier"),
    [
        ("6亿元", "60000.0000", "exact"),
        ("６亿元", "60000.0000", "exact"),
        ("六億元", "60000.0000", "exact"),
        ("6个亿", "60000.0000", "exact"),
        ("60,000万元", "60000.0000", "exact"),
        ("1亿2000万元", "12000.0000", "exact"),
        ("3千万元", "3000.0000", "exact"),
        ("约6亿元", "60000.0000", "about"),
        ("6亿元左右", "60000.0000", "about"),
        ("近6亿元", "60000.0000", "nearly"),
        ("超过6亿元", "60000.0000", "more_than"),
        ("逾6亿元", "60000.0000", "more_than"),
        ("6亿元以上", "60000.0000", "more_than"),
        ("5000余万元", "5000.0000", "more_than"),
        ("不低于6亿元", "60000.0000", "more_than"),
        ("不足6亿元", "60000.0000", "fewer_than"),
        ("不超过6亿元", "60000.0000", "fewer_than"),
    ],
)
def test_amounts_are_read_with_their_qualifier(words, wan, qualifier):
    lead = read(f"海岳精密有限公司项目总投资{words}。").leads[0]

    assert (lead.total_investment_wan, lead.qualifier) == (wan, qualifier)


@pytest.mark.parametrize(
    ("words", "asks"), [("6000", "unit"), ("3-5亿元", "range"), ("1200万美元", "currency"), ("US$500万", "currency")]
)
def test_an_amount_that_cannot_be_counted_is_marked_and_asked_about(words, asks):
    lead = read(f"海岳精密有限公司总投资{words}。").leads[0]

    assert (lead.total_investment_wan, lead.asks) == ("", [asks])
    assert words in lead.amount.text
    assert lead.amount.unsure


@pytest.mark.parametrize("text", ["年产1.5亿片模组", "12.4万平方米厂房", "3000家企业", "9.1%的增速", "2037型采样器"])
def test_what_is_counted_is_no_amount_of_money(text):
    assert found(text, "amount") == []


# Days.


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("2024年3月31日", "2024-03-31"),
        ("2024.3.31", "2024-03-31"),
        ("2024-03-31", "2024-03-31"),
        ("２０２４年３月", "2024-03"),
        ("2024年3月底", "2024-03"),
        ("2023年", "2023"),
        ("去年9月", "2023-09"),
        ("去年9月3日", "2023-09-03"),
        ("今年以来", "2024"),
        ("4月", "2024-04"),
        ("4月16日", "2024-04-16"),
        ("十二月", "2023-12"),
        ("上月", "2024-03"),
        ("本月8日", "2024-04-08"),
        ("昨天", "2024-04-17"),
        ("上周五", "2024-04-12"),
        ("本周日", "2024-04-21"),
        ("日前", ""),
        ("2024年2月30日", ""),
    ],
)
def test_days_are_counted_from_the_day_of_the_text(words, value):
    assert [each[1] for each in found(f"项目{words}签约", "date")] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12月1日签约", "2023-12-01"),
        ("4月18日签约", "2024-04-18"),
        ("4月19日签约", "2023-04-19"),
        ("将于5月6日开工", "2024-05-06"),
    ],
)
def test_a_day_without_a_year_lies_behind_unless_the_text_speaks_of_plans(text, value):
    assert found(text, "date") == [(text.removeprefix("将于")[: text.removeprefix("将于").index("日") + 1], value)]


@pytest.mark.parametrize("words", ["去年9月", "4月16日", "上月", "昨天", "上周五", "今年"])
def test_without_the_day_of_the_text_a_relative_day_says_so(words):
    (span,) = [span for span in read(f"项目{words}签约", None).spans if span.kind == "date"]

    assert (span.value, span.unsure, span.asks) == ("", True, "day")


@pytest.mark.parametrize("text", ["为期3个月", "第二季度", "版本2024.1.2.3亿元", "月饼"])
def test_what_only_looks_like_a_day_is_none(text):
    assert [value for _text, value in found(text, "date") if len(value) > 4] == []


def test_a_lead_takes_the_day_of_its_sentence_but_none_to_come():
    lead = read("4月2日，海岳精密有限公司签约，总投资6亿元，预计2025年6月投产。").leads[0]

    assert lead.happened_on == "2024-04-02"
    assert read("海岳精密有限公司总投资6亿元，预计2025年6月投产。").leads[0].happened_on == ""


# Companies, parks, industries.


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("园区与海岳精密仪器（青岛）有限公司签订协议", "海岳精密仪器(青岛)有限公司"),
        ("位于芯谷园区的天津北岸集团股份有限公司青岛基地", "天津北岸集团股份有限公司"),
        ("接待了和利时科技集团有限公司一行", "和利时科技集团有限公司"),
        ("今天拜访国家电网有限公司", "国家电网有限公司"),
        ("考察华为技术有限公司", "华为技术有限公司"),
        ("引进3家润石管理咨询有限公司", "润石管理咨询有限公司"),
        ("見到青島海嶽電子有限公司", "青岛海岳电子有限公司"),
        ("Contact: Haiyue Optics Co., Ltd. in Qingdao", "Haiyue Optics Co., Ltd."),
        ("海岳公司来电", "海岳公司"),
    ],
)
def test_a_company_begins_behind_the_words_around_it(text, name):
    assert name in [value for _text, value in found(text, "company")]


@pytest.mark.parametrize(
    "text",
    ["有限公司", "该公司和这家公司", "上市公司", "集团化发展", "先进智能装备、高端医疗、海洋生物、大数据", "内生动力"],
)
def test_common_words_are_no_company(text):
    assert found(text, "company") == []


@pytest.mark.parametrize(
    ("phrase", "company", "product"),
    [
        ("上海澜起湿法清洗设备研发中心", "上海澜起", "湿法清洗设备研发中心"),
        ("云鲸光学模组基地", "云鲸光学", "模组基地"),
        ("拓维数据中心", "拓维", "数据中心"),
        ("海岳（青岛）芯片设计总部".replace("（", "(").replace("）", ")"), "海岳(青岛)", "芯片设计总部"),
        ("北岸实验室", "北岸实验室", ""),
        ("智能制造产业园", "", "智能制造产业园"),
    ],
)
def test_the_name_of_a_project_holds_that_of_its_company(phrase, company, product):
    assert split_project(phrase) == (company, product)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("落户青岛市集成电路产业园", "QD-IC"),
        ("落户集成电路产业园", "QD-IC"),
        ("落户青岛集成电路产业园区", "QD-IC"),
        ("落戶集成電路產業園", "QD-IC"),
        ("在芯谷园区", "QD-IC"),
        ("在红岛", "QD-MAIN"),
        ("在主园区", "QD-MAIN"),
    ],
)
def test_a_park_is_known_by_name_alias_and_spelling(text, code):
    assert [value for _text, value in found(text, "park")] == [code]


def test_the_short_name_of_a_park_is_an_industry_and_no_place():
    assert found("集成电路和生物医药", "park") == []
    assert [value for _text, value in found("集成电路和生物医药", "industry")] == ["C39", "C27"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("汽车制造业", "C36"),
        ("新能源汽车", "C36"),
        ("芯片研发中心", "C39"),
        ("医疗器械检测", "C35"),
        ("检验检测", "M74"),
        ("天气", ""),
    ],
)
def test_an_industry_is_told_by_the_product(words, code):
    assert industry_of(words) == code


def test_every_spoken_industry_is_in_the_national_table():
    assert spoken_codes() <= set(INDUSTRIES)


# Numbers and people.


@pytest.mark.parametrize(
    "typed",
    ["13800001234", "138 0000 1234", "138-0000-1234", "+86 13800001234", "１３８００００１２３４", "86-138-0000-1234"],
)
def test_a_mobile_number_is_one_number_however_written(typed):
    assert found(f"电话：{typed}，谢谢", "phone") == [(typed, "13800001234")]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0532-88886666", "0532-88886666"),
        ("(0532)88886666", "0532-88886666"),
        ("0532 8888 6666转801", "0532-88886666-801"),
        ("010-66668888", "010-66668888"),
        ("400-800-1234", "400-800-1234"),
    ],
)
def test_other_numbers_too(typed, number):
    assert [value for _text, value in found(f"座机 {typed}", "phone")] == [number]


def test_three_spellings_of_a_number_are_one_number_of_the_lead():
    lead = read("海岳精密有限公司 李明 138 0000 1234 / 138-0000-1234 / 13800001234").leads[0]

    assert lead.phones == ["13800001234"]


@pytest.mark.parametrize("text", ["37020219900307123X", "370202199003071239", "订单号138000012345"])
def test_an_identity_or_order_number_is_neither_code_nor_phone(text):
    assert found(f"证件 {text}", "phone") == []
    assert found(f"证件 {text}", "credit_code") == []


@pytest.mark.parametrize(
    "typed", ["91350100M000100Y43", "9135 0100 M000 100Y 43", "91350100m000100y43", "９１３５０１００M000100Y43"]
)
def test_a_credit_code_is_found_however_grouped(typed):
    assert [value for _text, value in found(f"代码{typed}。", "credit_code")] == ["91350100M000100Y43"]


def test_a_mistyped_credit_code_is_marked_and_not_filled_in():
    parsed = read("海岳精密有限公司 统一社会信用代码：91350100M000100Y44")

    (span,) = [span for span in parsed.spans if span.kind == "credit_code"]
    assert (span.value, span.unsure) == ("", True)
    assert (parsed.leads[0].credit_code, parsed.leads[0].asks) == ("", ["code"])


def test_a_code_that_is_right_is_not_asked_about():
    (lead,) = read("海岳精密有限公司 统一社会信用代码：91350100M000100Y43").leads

    assert (lead.credit_code, lead.asks) == ("91350100M000100Y43", [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("董事长孙知远步入会场", "孙知远"),
        ("联系人：周敏", "周敏"),
        ("李 明  总经理", "李明"),
        ("欧阳知远，总裁", "欧阳知远"),
        ("王总来电", "王总"),
        ("海岳精密有限公司李明，想看厂房", "李明"),
        ("张三丰 13900001111", "张三丰"),
        ("鸿腾精工(上海)有限公司陈晓明总", "陈晓明"),
        ("鸿腾精工(上海)有限公司陈晓明经理来电", "陈晓明"),
        ("鸿腾精工(上海)有限公司的陈晓明女士", "陈晓明"),
        ("我是李建国，想看厂房", "李建国"),
        ("鸿腾的李建国，手机138-0532-7788", "李建国"),
    ],
)
def test_people_are_known_by_post_label_number_or_company(text, name):
    assert name in [value for _text, value in found(text, "person")]


@pytest.mark.parametrize(
    "text",
    [
        "高总投资",
        "海洋部门经理",
        "王总好，在吗",
        "王总 您好！",
        "尊敬的王建军总：\n我司有意投资",
        "王处长，我们想看厂房",
        "总工程造价",
        "担任主任",
        "海岳精密有限公司高级经理",
        "海岳精密有限公司华东总部",
    ],
)
def test_not_every_surname_is_a_person(text):
    assert found(text, "person") == []


# Whole texts of other shapes.


def test_a_business_card():
    (lead,) = read(
        "青岛海岳精密仪器有限公司\n李 明  总经理\n手机：+86 138-0000-1234\n电话：(0532)88886666\n"
        "Email: Li.Ming@haiyue.example.com\n统一社会信用代码：91350100M000100Y43\n地址：青岛市崂山区松岭路1号"
    ).leads

    assert lead.company == "青岛海岳精密仪器有限公司"
    assert lead.credit_code == "91350100M000100Y43"
    assert (lead.people, lead.phones) == (["李明"], ["13800001234", "0532-88886666"])
    assert lead.emails == ["li.ming@haiyue.example.com"]
    assert lead.industry == "C40"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("王总 您好！我是苏州澜图微电子有限公司的李建国，手机138-0532-7788", ["李建国"]),
        ("王总，我是苏州澜图微电子有限公司的李建国，手机138-0532-7788", ["李建国"]),
        ("赵宏伟经理和苏州澜图微电子有限公司李建国经理，13805327788", ["李建国", "赵宏伟"]),
    ],
)
def test_the_contact_is_who_has_the_number_and_not_whom_the_message_greets(text, people):
    (lead,) = read(text).leads

    assert (lead.people, lead.phones) == (people, ["13805327788"])


def test_a_message():
    (lead,) = read(
        "王总好，我是青岛海岳精密仪器有限公司李明，想在生物医药产业园那边找厂房，打算投6000万左右，电话138 0000 1234 🙏"
    ).leads

    assert (lead.company, lead.people, lead.park) == ("青岛海岳精密仪器有限公司", ["李明"], "QD-BIO")
    assert (lead.total_investment_wan, lead.qualifier, lead.phones) == ("6000.0000", "about", ["13800001234"])


def test_emoji_and_traditional_characters_shift_no_place():
    text = "🎉🎉總投資６億元的海嶽微電子晶片設計總部項目🚀落戶集成電路產業園，聯絡１３８００００１２３４"
    parsed = read(text)

    (lead,) = parsed.leads
    assert (lead.company, lead.total_investment_wan, lead.park) == ("海岳微电子", "60000.0000", "QD-IC")
    assert all(text[span.start : span.end] == span.text for span in parsed.spans)
    assert [span.text for span in parsed.spans if span.kind == "company"] == ["海嶽微電子"]


@pytest.mark.parametrize("text", ["", " \n\t", "🎉", "你好", "今天天气不错，一起吃饭吧", "有限公司", "\r\n\r\n"])
def test_a_text_with_nothing_in_it_offers_nothing(text):
    assert read(text).leads == []


def test_an_article_without_intentions_offers_no_lead_but_names_who_is_named():
    text = "海岳精密有限公司、云鲸光学的技术人员介绍了进展。" + "园区面貌一新。" * 300

    parsed = read(text)

    assert parsed.leads == []
    assert parsed.mentioned == ["海岳精密有限公司", "云鲸光学"]


@given(
    st.text(
        alphabet="总投资6亿元的海岳科技有限公司、，。（）()0123456789年月日 1-@项目近约超分别和\n🎉王经理", max_size=200
    )
)
def test_whatever_is_pasted_is_read_and_every_span_lies_where_it_says(text):
    parsed = read(text)

    for span in parsed.spans:
        assert text[span.start : span.end] == span.text
        assert span.kind in KINDS
        if span.kind == "date" and span.precision == "day" and span.value:
            assert parse_day(span.value)
    for lead in parsed.leads:
        assert {id(span) for span in lead.spans} <= {id(span) for span in [*parsed.spans, *lead.spans]}


HOSTILE = [
    "海",
    "(",
    "1",
    "公司",
    "海岳有限公司",
    "约近超",
    "6亿",
    "总投资6亿元的海岳微电子项目、",
    "138 ",
    "a@",
    "王总",
    "王总您好",
    "公司的王明总",
    "我是王明，138",
    "2024年3月",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_time_grows_with_the_length_and_not_with_its_square(piece):
    def seconds(length):
        text = (piece * length)[:length]
        started = process_time()
        read(text)
        return process_time() - started

    seconds(1_000)
    small, large = min(seconds(10_000) for _ in range(3)), seconds(80_000)

    assert large < 8 * small * 3 + 0.2


def test_a_long_text_is_read_in_a_moment():
    text = (
        "4月，园区签约总投资6亿元的海岳微电子芯片设计总部项目，海岳光电有限公司等企业到场。近况良好，人来人往。\n"
        * 5000
    )[:MOST_CHARACTERS]
    started = process_time()

    read(text)

    assert process_time() - started < 6


def test_sentences_and_blocks_keep_to_the_text():
    text = Text("甲。乙，丙\n\n丁")

    assert [text.plain[slice(*text.sentence(place))] for place in (0, 2, 6)] == [
        "甲。",
        "乙，丙".replace("，", ",") + "\n",
        "\n",
    ]
    assert text.block(7) == (7, 8)
