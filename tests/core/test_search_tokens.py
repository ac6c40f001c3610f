"""What texts and questions are cut into."""

import pytest

from core.search.tokens import Term, sounds, tails, terms, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("青岛海信", ["青岛", "岛海", "海信", "信"]),
        ("海信（青岛）", ["海信", "信青", "青岛", "岛"]),
        ("青島海爾雲計算", ["青岛", "岛海", "海尔", "尔云", "云计", "计算", "算"]),
        ("ＡＢ科技５Ｇ", ["ab", "科技", "技", "5g"]),
        ("L-2024-00012", ["l", "2024", "00012"]),
        ("A股", ["a", "股"]),
        ("", []),
        ("！？ 🚀 —", []),
        ("青岛🚀海信", ["青岛", "岛海", "海信", "信"]),
        ("二〇二四", ["二〇", "〇二", "二四", "四"]),
    ],
)
def test_a_text_is_cut_into_pairs_of_chinese_and_words_of_the_rest(text, expected):
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("海信", [Term(("海信",))]),
        ("青岛海信", [Term(("青岛", "岛海", "海信"))]),
        ("海", [Term(("海",), is_begun=True)]),
        ("海信 青岛", [Term(("海信",)), Term(("青岛",))]),
        ("海信5g", [Term(("海信", "信", "5g"), is_begun=True)]),
        ("qdhx", [Term(("qdhx",), is_begun=True)]),
        ("a", [Term(("a",))]),
        ("   ", []),
        ('"*-()🚀', []),
        ("NEAR", [Term(("near",), is_begun=True)]),
        ("海\0信", [Term(("海",), is_begun=True), Term(("信",), is_begun=True)]),
    ],
)
def test_a_question_is_cut_as_the_text_and_its_last_word_may_be_only_begun(typed, expected):
    assert terms(typed) == expected


def test_a_number_of_four_digits_may_be_a_word_or_the_end_of_a_telephone():
    (term,) = terms("5678")

    assert (term.tokens, term.is_begun) == (("5678",), True)
    assert term.tail in tails("138-0000 5678")


def test_three_digits_are_no_end_of_a_telephone():
    assert terms("678") == [Term(("678",), is_begun=True)]


@pytest.mark.parametrize("typed", ["13800005678", "138 0000 5678", "138-0000-5678", "1３800005678", "+86 13800005678"])
def test_a_whole_number_is_found_however_it_is_written(typed):
    assert terms(typed)[0].tail in tails("13800005678")


def test_no_digit_of_a_telephone_stands_in_its_tokens():
    found = tails("13800005678")

    assert len(found) == 2  # the last four and the whole
    assert not any("5678" in token or "0000" in token for token in found)
    assert not set(found) & set(tails("13900005679"))


@pytest.mark.parametrize("end", ["05678", "005678", "0005678", "00005678", "800005678", "3800005678"])
def test_a_number_shown_in_part_cannot_be_asked_for_digit_by_digit(end):
    assert terms(end)[0].tail not in tails("13800005678")


@pytest.mark.parametrize(("phone", "number"), [("", 0), ("123", 0), ("5678", 1)])
def test_a_short_number_has_no_more_tokens_than_digits_to_show(phone, number):
    assert len(tails(phone)) == number


def test_a_longer_question_than_anybody_types_is_cut():
    assert len(terms("海信" * 2000)[0].tokens) == 80
    assert sum(len(term.tokens) for term in terms("海信 " * 1000)) <= 80


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("青岛海信", "qdhx"),
        ("青岛海信", "hx"),
        ("青岛海信", "haixin"),
        ("青島海信", "qingdaohaixin"),
        ("重庆长安", "cqca"),
    ],
)
def test_a_name_is_found_by_pinyin_from_any_of_its_characters(name, typed):
    assert any(sound.startswith(typed) for sound in sounds(name, in_full=True))


def test_a_name_without_chinese_has_no_pinyin():
    assert sounds("Siemens AG", in_full=True) == []
