from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation


def shown(text, **given):
    return Template("{% load units %}" + text).render(Context(given))


@pytest.mark.parametrize(
    ("text", "value", "seen"),
    [
        ("{{ x|wan }}", Decimal("120000.0000"), "120,000"),
        ("{{ x|wan }}", Decimal("-3.5"), "−3.5"),
        ("{{ x|wan }}", None, "—"),
        ("{{ x|yi }}", Decimal("13514000"), "135.14"),
        ("{{ x|yi }}", Decimal(0), "0.00"),
        ("{{ x|yi:2 }}", Decimal("13514000"), "135.140"),
        ("{{ x|yi }}", None, "—"),
        ("{{ x|signed_yi }}", Decimal(92000), "+0.92"),
        ("{{ x|signed_yi }}", Decimal(-38000), "−0.38"),
        ("{{ x|signed_yi }}", Decimal("0.4"), "0.00"),
        ("{{ x|count }}", 12345, "12,345"),
        ("{{ x|signed_count }}", 1200, "+1,200"),
        ("{{ x|signed_count }}", -2, "−2"),
        ("{{ x|signed_count }}", 0, "0"),
        ("{{ x|percent }}", Decimal(100) / 3, "33.3"),
        ("{{ x|percent }}", None, "—"),
        ("{{ x|day }}", date(2024, 3, 31), "2024-03-31"),
        ("{{ x|day }}", datetime(2024, 3, 31, 16, 0, tzinfo=UTC), "2024-04-01"),
        ("{{ x|day }}", None, "—"),
        ("{{ x|long_day }}", date(2024, 3, 31), "31 Mar 2024"),
        ("{{ x|moment }}", datetime(2024, 3, 31, 4, 5, 59, 7, tzinfo=UTC), "2024-03-31 12:05"),
        ("{{ x|moment }}", None, "—"),
    ],
)
def test_numbers_and_days_look_as_the_house_writes_them(text, value, seen):
    assert shown(text, x=value) == seen


def test_a_day_in_a_sentence_follows_the_language():
    with translation.override("zh-hans"):
        assert shown("{{ x|long_day }}", x=date(2024, 3, 31)) == "2024年3月31日"


@pytest.mark.parametrize(
    ("text", "value", "chinese", "english"),
    [
        ("{{ x|yi }} {% money_unit %}", Decimal(13514000), "1351.4 亿元", "135.14 RMB bn"),
        ("{{ x|yi:2 }}", Decimal(13514000), "1351.40", "135.140"),
        ("{{ x|yi }}", Decimal(4500), "0.5", "0.05"),
        ("{{ x|signed_yi }}", Decimal(-38000), "−3.8", "−0.38"),
        ("{{ x|signed_yi }}", Decimal("0.4"), "0.0", "0.00"),
        ("{{ x|money }}", Decimal(3379000), "337.9 亿元", "RMB 33.79 bn"),
        ("{{ x|money }}", None, "—", "—"),
    ],
)
def test_large_amounts_are_converted_for_english_readers_instead_of_transliterated(text, value, chinese, english):
    with translation.override("zh-hans"):
        assert shown(text, x=value) == chinese
    with translation.override("en"):
        assert shown(text, x=value) == english
