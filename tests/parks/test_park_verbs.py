"""Adding and editing parks: the tree, its aliases, and two people at one record."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from parks.actions import add_park, edit_park
from parks.models import Park, ParkAlias


def test_a_park_knows_the_way_from_the_zone_down(admin, park, zone, at):
    inner = add_park(code="QD-IC-9", name="联东U谷", parent=park, kind="inner", aliases=["U谷"], at=at, by=admin)

    assert inner.path == f"/{zone.pk}/{park.pk}/{inner.pk}/"
    assert list(Park.objects.under(park).in_tree_order()) == [park, inner]
    assert inner.zone_pk == zone.pk
    assert AuditEntry.objects.filter(verb="parks.add_park", subject_id=inner.pk).exists()


def test_only_an_administrator_adds_a_park(officer, park, at):
    with pytest.raises(PermissionDenied):
        add_park(code="QD-IC-9", name="联东U谷", parent=park, at=at, by=officer)

    assert not Park.objects.filter(code="QD-IC-9").exists()


@pytest.mark.parametrize(("field", "value"), [("code", "qd ic"), ("planned_area_sqkm", -1), ("kind", "castle")])
def test_a_park_with_a_wrong_field_is_refused_beside_it(admin, park, at, field, value):
    given = {"code": "QD-IC-9", "name": "联东U谷", field: value}

    with pytest.raises(RuleViolation) as refused:
        add_park(parent=park, at=at, by=admin, **given)

    assert field in refused.value.fields
    assert Park.objects.filter(parent=park).count() == 0


def test_an_alias_belongs_to_one_park_only(admin, park, other_park, at):
    edit_park(park, changes={}, aliases=["集成电路产业园区"], at=at, by=admin)

    with pytest.raises(RuleViolation):
        edit_park(other_park, changes={"district": "城阳"}, aliases=["集成电路产业园区"], at=at, by=admin)

    assert ParkAlias.objects.get().park == park
    other_park.refresh_from_db()
    assert other_park.district == ""


def test_a_new_order_moves_everything_below_along(admin, park, inner_park, other_park, zone, at):
    edit_park(other_park, changes={"sort_order": 1}, at=at, by=admin)
    edit_park(park, changes={"sort_order": 2}, at=at, by=admin)

    assert list(Park.objects.in_tree_order()) == [zone, other_park, park, inner_park]


def test_a_new_order_reaches_parks_within_parks_within_parks(admin, zone, at):
    def add(code, parent, order=0):
        return add_park(code=code, name=code, parent=parent, sort_order=order, at=at, by=admin)

    first, second = add("A", zone, 1), add("B", zone, 2)
    inner = add("A-1", first)
    innermost = add("A-1-1", inner)

    edit_park(first, changes={"sort_order": 3}, at=at, by=admin)

    assert list(Park.objects.under(zone).in_tree_order()) == [zone, second, first, inner, innermost]
    first, inner, innermost = (Park.objects.get(pk=each.pk) for each in (first, inner, innermost))
    assert inner.sort_path.startswith(first.sort_path)
    assert innermost.sort_path.startswith(inner.sort_path)


def test_the_tree_has_room_for_its_six_levels_and_no_more(admin, zone, at):
    place = zone
    for depth in range(1, 7):
        code = f"{depth}" * 20
        place = add_park(code=code, name=code, parent=place, sort_order=9999, at=at, by=admin)
    place.full_clean()

    with pytest.raises(RuleViolation, match="6") as refused:
        add_park(code="DEEP", name="太深", parent=place, at=at, by=admin)

    assert "parent" in refused.value.fields
    assert place.depth == 6
    assert not Park.objects.filter(code="DEEP").exists()
    longest = "/" + "9223372036854775807/" * 7
    assert len(longest) <= Park._meta.get_field("path").max_length


def test_an_order_or_alias_too_long_for_its_column_is_refused_in_words(admin, park, at):
    with pytest.raises(RuleViolation) as order:
        edit_park(park, changes={"sort_order": 10000}, at=at, by=admin)
    with pytest.raises(RuleViolation, match="80") as alias:
        edit_park(park, changes={}, aliases=["园" * 81], at=at, by=admin)

    assert "sort_order" in order.value.fields
    assert "aliases" in alias.value.fields
    assert not ParkAlias.objects.exists()
    edit_park(park, changes={"sort_order": 9999}, aliases=["园" * 80], at=at, by=admin)


def test_two_people_editing_one_park(admin, park, at):
    edit_park(park, changes={"listed_on": date(2023, 5, 1)}, expected_version=1, at=at, by=admin)

    with pytest.raises(StaleEdit):
        edit_park(park, changes={"district": "黄岛"}, expected_version=1, at=at, by=admin)

    park.refresh_from_db()
    assert (park.listed_on, park.district) == (date(2023, 5, 1), "")
