from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import LARGEST_WAN, format_wan, format_yi, from_yi, half_up, parse_wan, rate, spell_out, to_yi


@pytest.mark.parametrize(
    ("typed", "wan"),
    [
        ("60000", "60000"),
        ("60,000", "60000"),
        ("60，000", "60000"),
        ("0", "0"),
        ("0.0001", "0.0001"),
        ("6亿", "60000"),
        ("6 亿元", "60000"),
        ("6.5亿", "65000"),
        ("60000万", "60000"),
        ("60000 万元", "60000"),
        ("１２万", "12"),
        ("6千万", "6000"),
        ("5百万元", "500"),
        ("1亿2000万", "12000"),
        ("1亿2000.5万元", "12000.5"),
        ("1亿2000万3456元", "12000.3456"),
        ("60000000元", "6000"),
        ("1元", "0.0001"),
        ("¥6亿", "60000"),
        ("人民币6亿元", "60000"),
        ("1万亿元", "100000000"),
        ("六亿", "60000"),
        ("两亿", "20000"),
        ("十二亿", "120000"),
        ("一十二亿", "120000"),
        ("一亿五千万", "15000"),
        ("一亿零五百万", "10500"),
        ("一千零五万", "1005"),
        ("六点五亿", "65000"),
        ("陆亿圆", "60000"),
        ("三千", "3000"),
        ("零", "0"),
    ],
)
def test_an_amount_is_understood_however_people_write_it(typed, wan):
    read = parse_wan(typed)

    assert read == Decimal(wan)
    assert read.as_tuple().exponent == -4


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an amount"),
        ("  ", "Enter an amount"),
        ("约6亿", "exact"),
        ("近 6 亿元", "exact"),
        ("超过6亿", "exact"),
        ("6亿余", "exact"),
        ("10余亿", "exact"),
        ("6亿多", "exact"),
        ("6亿左右", "exact"),
        ("6-8亿", "exact"),
        ("6亿至8亿", "exact"),
        (">6亿", "exact"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("负五亿", "negative"),
        ("(5)", "negative"),
        ("6亿美元", "yuan"),
        ("$600", "yuan"),
        ("USD 6", "yuan"),
        ("NaN", "cannot be read"),
        ("Infinity", "cannot be read"),
        ("1e5", "cannot be read"),
        ("1,5", "cannot be read"),
        ("1,0000", "cannot be read"),
        ("6 5亿", "cannot be read"),
        ("1亿5", "cannot be read"),
        ("一亿五", "cannot be read"),
        ("两百五", "cannot be read"),
        ("1.5亿2000万", "cannot be read"),
        ("1亿20000万", "cannot be read"),
        ("1万3亿", "cannot be read"),
        ("6亿万", "cannot be read"),
        ("亿", "cannot be read"),
        ("元", "cannot be read"),
        ("6 million", "cannot be read"),
        ("٣", "cannot be read"),
        ("6\x00", "cannot be read"),
        ("9" * 61, "cannot be read"),
        ("0.00001", "one yuan"),
        ("60000000.5元", "one yuan"),
        ("100000001", "one trillion"),
        ("1.1万亿", "one trillion"),
    ],
)
def test_what_is_not_one_exact_amount_is_refused_in_words(typed, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_wan(typed)


def test_a_bare_number_counts_in_the_unit_of_its_column_and_a_written_unit_wins():
    assert parse_wan("6.5", unit="yi") == Decimal(65000)
    assert parse_wan("六", unit="yi") == Decimal(60000)
    assert parse_wan("6万", unit="yi") == Decimal(6)
    assert parse_wan("60000元", unit="yi") == Decimal(6)


@given(st.decimals(min_value=0, max_value=LARGEST_WAN, places=4))
def test_what_is_shown_can_be_typed_back(wan):
    assert parse_wan(format_wan(wan)) == wan
    assert parse_wan(f"{wan:f}万元") == wan
    assert parse_wan(f"{to_yi(wan):f}亿") == wan
    assert from_yi(to_yi(wan)) == wan


@given(st.text(max_size=70) | st.text(alphabet="0123456789.,亿万千百十元零一二两点约- ", max_size=20))
def test_any_text_is_either_an_amount_within_bounds_or_a_sentence(text):
    read, sentence = Decimal(0), "Fine."
    try:
        read = parse_wan(text)
    except ValueError as refusal:
        sentence = str(refusal)
    assert 0 <= read <= LARGEST_WAN
    assert sentence.endswith(".")


@given(st.integers(min_value=1, max_value=9999))
def test_numbers_in_characters_mean_what_the_digits_mean(number):
    digits = "零一二三四五六七八九"
    names = ["千", "百", "十", ""]
    text = ""
    for digit, name in zip(f"{number:04d}", names, strict=True):
        if digit != "0":
            text += digits[int(digit)] + name
        elif text and not text.endswith("零"):
            text += "零"
    assert parse_wan(text.rstrip("零") + "万") == number


def test_a_half_goes_away_from_zero():
    assert half_up(Decimal("0.05"), 1) == Decimal("0.1")
    assert half_up(Decimal("-0.05"), 1) == Decimal("-0.1")
    assert half_up(Decimal("2.5"), 0) == Decimal(3)


def test_amounts_are_shown_in_both_units():
    assert format_wan(Decimal("120000.0000")) == "120,000"
    assert format_wan(Decimal("1.5")) == "1.5"
    assert format_wan(Decimal("100")) == "100"
    assert format_yi(Decimal("13514000")) == "1351.4"
    assert format_yi(Decimal("13514500"), places=2) == "1351.45"
    assert format_yi(Decimal("-0.0001")) == "0.0"
    assert spell_out(Decimal("65000")) == "= 65,000 (RMB 10k), that is RMB 0.65 bn"


def test_a_rate_is_not_rounded_and_knows_when_there_is_none():
    assert rate(Decimal("117.8"), Decimal("172.6")).quantize(Decimal("0.01")) == Decimal("68.25")
    assert half_up(rate(2, 3), 10) == Decimal("66.6666666667")
    assert rate(5, 0) is None
