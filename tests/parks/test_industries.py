import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from parks import industries


def test_the_table_is_the_whole_standard_down_to_two_digits():
    sections = [each for each in industries.INDUSTRIES.values() if each.is_section]
    divisions = [each for each in industries.INDUSTRIES.values() if not each.is_section]

    assert "".join(each.code for each in sections) == "ABCDEFGHIJKLMNOPQRST"
    assert [each.code[1:] for each in divisions] == [f"{number:02d}" for number in range(1, 98)]
    assert all(each.name_en and each.name_zh for each in industries.INDUSTRIES.values())
    assert {each.code for each in divisions if each.section == "C"} == {f"C{number}" for number in range(13, 44)}


@pytest.mark.parametrize(
    ("code", "section"),
    [("C39", "C"), ("C", "C"), ("A01", "A"), ("I65", "I"), ("M73", "M"), ("T97", "T"), ("D44", "D")],
)
def test_a_division_knows_its_section(code, section):
    assert industries.is_valid(code)
    assert industries.section_of(code) == section


@pytest.mark.parametrize("code", ["39", "c39", "C12", "C44", "U", "C390", "制造业"])
def test_codes_outside_the_standard_are_refused(code):
    assert not industries.is_valid(code)
    with pytest.raises(ValidationError, match="4754"):
        industries.validate_industry(code)


def test_no_code_is_allowed():
    industries.validate_industry("")

    assert industries.label("") == ""


def test_a_label_follows_the_language():
    with translation.override("zh-hans"):
        assert industries.label("C39") == "C39 计算机、通信和其他电子设备制造业"
    with translation.override("en"):
        assert industries.label("C39") == "C39 Computers, communication and other electronic equipment"


def test_a_section_stands_for_its_divisions_and_a_division_for_itself():
    assert industries.codes_under("E") == ["E", "E47", "E48", "E49", "E50"]
    assert industries.codes_under("E47") == ["E47"]
    assert industries.codes_under("X") == []


def test_choices_offer_every_code_once():
    offered = [code for _, members in industries.choices() for code, _ in members]

    assert offered == list(industries.INDUSTRIES)
    assert [code for code, _ in industries.flat_choices()] == offered
