"""Plain text of the same length: what is found in it lies at the same place in the text as pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.script import plain, simplified


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("青島海嶽儀器", "青岛海岳仪器"),
        ("投資６億元（約）", "投资6亿元(约)"),
        ("ＡＢ１２％", "AB12%"),
        ("🚀簽約🎉", "🚀签约🎉"),
        ("㈱ﬁ½", "㈱ﬁ½"),
    ],
)
def test_each_character_becomes_one(pasted, expected):
    assert plain(pasted) == expected


@given(st.text())
def test_no_place_is_shifted(text):
    assert len(plain(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)
