import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F, Value
from django.db.models.functions import Length
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.paging import BadCursor, Keyset, capped_count

pytestmark = pytest.mark.services

START = datetime(2024, 1, 1, tzinfo=UTC)


def make_people(count, *, seen=lambda number: None, joined=lambda number: number):
    person = get_user_model()
    person.objects.bulk_create(
        person(
            username=f"p{number:03d}",
            last_login=None if seen(number) is None else START + timedelta(days=seen(number)),
            date_joined=START + timedelta(microseconds=joined(number)),
        )
        for number in range(count)
    )
    return person.objects.all()


def shown_with_initial(people):
    return people.annotate(initial=Value("p")).only("username", "last_login", "date_joined")


def test_what_a_row_shows_is_loaded_for_the_page_and_changes_neither_order_nor_turning(db, django_assert_num_queries):
    people = make_people(9, seen=lambda number: number if number < 4 else None)
    plain, _ = walk(Keyset(people, order="-last_login", size=2))
    dressed = Keyset(people, order="-last_login", size=2, show=shown_with_initial)

    forward, last = walk(dressed)

    assert forward == plain
    assert walk_back(dressed, last) == plain
    with django_assert_num_queries(1):
        assert {person.initial for person in dressed.page()} == {"p"}


def walk(keyset, *, forward=True):
    pages, cursor = [], None
    while True:
        page = keyset.page(cursor, strict=True)
        pages.append([person.pk for person in page])
        assert len(pages) < 30, "pages without end"
        cursor = page.next
        if cursor is None:
            return pages, page


def walk_back(keyset, page):
    pages = [[person.pk for person in page]]
    while page.previous:
        page = keyset.page(page.previous, strict=True)
        pages.insert(0, [person.pk for person in page])
        assert len(pages) < 30, "pages without end"
    return pages


class EveryRowIsSeenOnce(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.none() | st.integers(0, 3), max_size=14),
        st.sampled_from(["last_login", "-last_login", "date_joined", "-date_joined", "id", "-id", "-username"]),
        st.integers(1, 5),
    )
    def test_pages_follow_the_order_of_the_list_forward_and_back(self, days, order, size):
        people = make_people(len(days), seen=lambda number: days[number], joined=lambda number: days[number] or 0)
        name, pk = order.lstrip("-"), "-pk" if order.startswith("-") else "pk"
        column = F(name).desc(nulls_last=True) if order.startswith("-") else F(name).asc(nulls_last=True)
        expected = list(people.order_by(column, pk).values_list("pk", flat=True))

        keyset = Keyset(people, order=order, size=size)
        forward, last = walk(keyset)

        assert sum(forward, []) == expected
        assert walk_back(keyset, last) == forward


def test_going_back_shows_the_pages_one_came_through(db):
    keyset = Keyset(make_people(9), order="-date_joined", size=3)

    forward, last = walk(keyset)

    assert walk_back(keyset, last) == forward
    assert len(forward) == 3


def test_going_back_to_a_torn_first_page_shows_it_whole(db):
    people = make_people(6)
    keyset = Keyset(people, order="id", size=3)
    second = keyset.page(keyset.page().next)
    people.order_by("pk").first().delete()

    page = keyset.page(second.previous)

    assert len(page) == 3
    assert page.previous is None


@pytest.mark.parametrize(("order", "queries"), [("-date_joined", 1), ("-last_login", 2)])
def test_a_page_costs_the_same_however_deep(db, django_assert_num_queries, order, queries):
    keyset = Keyset(make_people(20, seen=lambda number: number if number < 3 else None), order=order, size=5)

    with django_assert_num_queries(queries):
        page = keyset.page()
    with django_assert_num_queries(1):
        keyset.page(page.next)


def test_a_filter_and_an_annotation_can_be_paged(db):
    people = make_people(7).annotate(size=Length("username"), same=Value(1)).filter(pk__gt=0)

    for order in ("size", "-same"):
        forward, _ = walk(Keyset(people, order=order, size=2))
        assert sorted(sum(forward, [])) == sorted(people.values_list("pk", flat=True))


def forged(*content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "é",
        "a" * 5000,
        forged(),
        forged("id", 0, None, 1),
        forged("date_joined", 0, START.isoformat(), 1),
        forged("-date_joined", 0, "not a date", 1),
        forged("-date_joined", 0, "2024-01-01", 1),
        forged("-date_joined", 0, "0001-01-01T00:00:00+14:00", 1),
        forged("-date_joined", 0, None, 1),
        forged("-date_joined", 0, 5, 1),
        forged("-date_joined", 0, {"a": 1}, 1),
        forged("-date_joined", 0, START.isoformat(), 10**30),
        forged("-date_joined", 0, START.isoformat(), -1),
        forged("-date_joined", 0, START.isoformat(), True),
        forged("-date_joined", 7, START.isoformat(), 1),
        forged("-date_joined", 0, START.isoformat(), "1"),
        base64.urlsafe_b64encode(b"[" * 600).decode(),
    ],
)
def test_a_forged_cursor_gives_the_first_page_or_is_refused_when_strict(db, cursor):
    keyset = Keyset(make_people(3), order="-date_joined", size=2)

    assert keyset.page(cursor) == keyset.page()
    with pytest.raises(BadCursor):
        keyset.page(cursor, strict=True)


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", 5, ["a"]])
def test_a_forged_text_never_reaches_the_database(db, value):
    keyset = Keyset(make_people(3), order="username", size=2)

    with pytest.raises(BadCursor):
        keyset.page(forged("username", 0, value, 1), strict=True)


def test_any_name_a_person_may_have_can_be_paged_over(db):
    names = ["a\u3000b", "\u200bc", "项目\n二", ""]
    person = get_user_model()
    person.objects.bulk_create(person(username=name) for name in names)

    forward, _ = walk(Keyset(person.objects.all(), order="username", size=1))

    assert len(forward) == 4


def test_counting_stops_at_the_cap(db, django_assert_num_queries):
    people = make_people(5)

    with django_assert_num_queries(3) as asked:
        assert capped_count(people, cap=4) == (4, True)
        assert capped_count(people, cap=5) == (5, False)
        assert capped_count(people.filter(pk=0)) == (0, False)
    assert all("LIMIT" in query["sql"] for query in asked.captured_queries)
    assert not any("ORDER BY" in query["sql"] for query in asked.captured_queries)
