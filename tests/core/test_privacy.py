"""Numbers of people in part: which texts hold one, which do not, and that nothing is lost on the way back."""

import logging
from time import process_time

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from config.logs import Masking
from core.privacy import holds_numbers, masked, unveiled, veiled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张总 13800001234", "张总 138****1234"),
        ("张总13800001234谈用地", "张总138****1234谈用地"),
        ("138-0000-1234，138 0000 1234", "138****1234，138****1234"),
        ("+86 13800001234", "138****1234"),
        ("+8613800001234", "138****1234"),
        ("１３８００００１２３４", "１３８****１２３４"),
        ("办公室 0532-88881234", "办公室 053****1234"),
        ("写信到 zhang.san@example.com。", "写信到 z***@example.com。"),
        ("/leads/?q=zhang%40example.com", "/leads/?q=z***%40example.com"),
        ("身份证 370202199001011237 复印", "身份证 370****1237 复印"),
        ("37020219900101123X", "370****123X"),
        ("(0532)88881234，（0532）88881234", "053****1234，053****1234"),
        ("0532 8888 5678，053288881234", "053****5678，053****1234"),
        ("+86-532-88881234，86 532 88881234", "532****1234，532****1234"),
        ("(010) 8888 1234", "010****1234"),
        ("138.5555.1212，138 123 45678，1380 0001 234", "138****1212，138****5678，138****1234"),
        ("138－1234－5678，138—1234—5678，138–1234–5678", "138****5678，138****5678，138****5678"),
        ("008613855551313，(+86) 13855551313", "138****1313，138****1313"),
        ("13800001234 13900001234", "138****1234 139****1234"),
        ("400-123-4567，400 1234 567", "400****4567，400****4567"),
        ("ID370202199001012315", "ID370****2315"),
        ("370202 19900101 2315，3702 0219 9001 0123 15", "370****2315，370****2315"),
        ("３７０２０２１９９００１０１２３１５", "３７０****２３１５"),
        ("旧证 370202900101231", "旧证 370****1231"),
        ("李四＠qq.com，zhang＠qq．com", "李***＠qq.com，z***＠qq．com"),
    ],
)
def test_a_number_of_a_person_is_shown_in_part(text, shown):
    assert veiled(text) == shown
    assert holds_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "拟投资6亿元，用地120亩",
        "统一社会信用代码 91350100M000100Y43",
        "91370200199001011X",
        "备案号 2024-370211-01",
        "项目代码 2401-370211-04-01-123456",
        "2024-03-31 12:00",
        "协议投资 13800001234567 元",
        "12800001234",
        "138.50 2024-03-31",
        "138.5000 2024",
        "500000 2024-03-31 2024",
        "投资 4000000000 元，用地 135.5 亩",
        "工商注册号 370200900123112",
        "@所有人",
    ],
)
def test_other_figures_stay_as_they_are(text):
    assert veiled(text) == text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800001234", "138****1234"),
        ("8123", "****23"),
        ("", ""),
        ("a@b.cn", "a***@b.cn"),
        ("wxid_han", "wxi****_han"),
    ],
)
def test_a_field_of_its_own_is_shown_in_part_whatever_it_looks_like(number, shown):
    assert masked(number) == shown


def test_what_was_shown_in_part_comes_back_whole():
    original = "先打13800001234，再写 zhang@example.com"

    assert unveiled(veiled(original), original) == original
    assert unveiled("已谈：" + veiled(original) + "，勿扰", original) == f"已谈：{original}，勿扰"
    assert unveiled("改打 13900005678", original) == "改打 13900005678"


def test_two_numbers_that_look_alike_in_part_keep_their_order_and_are_not_guessed_at():
    original = "13800001234 和 13899991234"

    assert unveiled(veiled(original), original) == original
    with pytest.raises(ValueError, match="138"):
        unveiled("只剩 138****1234", original)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "13",
        "a",
        "a@",
        "中",
        "86 ",
        "(86)",
        "0532 ",
        "3702021990",
        "370202 1990 01 01 ",
        "a.a@a.a",
        "%40",
        " ",
    ],
)
def test_a_hostile_text_costs_no_more_than_its_length(piece):
    def seconds(length):
        text = "1" + piece * (length // len(piece))
        since = process_time()
        veiled(text)
        return process_time() - since

    # Were it quadratic, ten times the length would cost a hundred times as much: minutes.
    assert min(seconds(200_000) for _n in range(2)) < max(0.05, 30 * min(seconds(20_000) for _n in range(3)))


@given(st.text(alphabet="138 0532-－（）＠@.cnX总", max_size=60))
def test_any_text_survives_being_shown_and_sent_back(text):
    assert unveiled(veiled(text), text) == text


def test_the_log_shows_numbers_in_part_in_messages_and_tracebacks(capsys):
    logger = logging.Logger("yinfeng.test")
    handler = logging.StreamHandler()
    handler.setFormatter(Masking("{levelname} {name}: {message}", style="{"))
    logger.addHandler(handler)

    logger.warning("Not found: /companies/?q=%s", "13800001234")
    try:
        raise ValueError("contact zhang@example.com 370202199001011237")
    except ValueError:
        logger.exception("crash")

    told = capsys.readouterr().err
    assert "/companies/?q=138****1234" in told
    assert "ValueError: contact z***@example.com 370****1237" in told
    assert not [whole for whole in ("13800001234", "zhang@", "370202199001011237") if whole in told]


def test_every_line_of_the_program_goes_through_it():
    assert settings.LOGGING_CONFIG is None
    assert [each for each in logging.getLogger().handlers if isinstance(each.formatter, Masking)]
