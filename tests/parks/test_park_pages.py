"""The doors to parks and people: who gets in, who is told no, who learns nothing."""

import pytest
from django.urls import reverse

from parks.access import Role
from parks.models import Park


def signed_in(client, user):
    client.force_login(user)
    return client


def test_everyone_sees_the_parks_of_the_own_roles_and_no_other(client, officer, park, inner_park, other_park):
    page = signed_in(client, officer).get(reverse("parks:list")).content.decode()

    assert park.name in page
    assert inner_park.name in page
    assert other_park.name not in page


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("manager", 200), ("auditor", 200), ("outsider", 404)])
def test_a_park_page_opens_only_in_scope(client, request, park, who, status):
    user = request.getfixturevalue(who)

    assert signed_in(client, user).get(reverse("parks:detail", args=[park.code])).status_code == status


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("auditor", 403), ("outsider", 404), ("admin", 302)])
def test_editing_a_park_is_for_those_who_may(client, request, park, who, status):
    user = request.getfixturevalue(who)
    typed = {"name": park.name, "kind": "sub", "sort_order": 3, "district": "黄岛区", "version": park.version}

    answer = signed_in(client, user).post(reverse("parks:edit", args=[park.code]), typed)

    park.refresh_from_db()
    assert answer.status_code == status
    assert park.district == ("黄岛区" if status == 302 else "")


def test_a_refused_edit_keeps_what_was_typed_and_says_why(client, admin, park, other_park):
    typed = {"name": other_park.name, "kind": "sub", "sort_order": 3, "district": "黄岛区", "version": park.version}

    page = signed_in(client, admin).post(reverse("parks:edit", args=[park.code]), typed)

    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert "黄岛区" in page.content.decode()
    park.refresh_from_db()
    assert park.district == ""


def test_a_stale_edit_is_told_and_not_written(client, admin, park):
    Park.objects.filter(pk=park.pk).update(version=2)
    typed = {"name": park.name, "kind": "sub", "sort_order": 3, "district": "黄岛区", "version": 1}

    page = signed_in(client, admin).post(reverse("parks:edit", args=[park.code]), typed)

    assert page.context["form"].non_field_errors()
    park.refresh_from_db()
    assert park.district == ""


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("manager", 403), ("auditor", 403), ("admin", 200)])
def test_people_are_managed_by_administrators(client, request, who, status):
    user = request.getfixturevalue(who)

    assert signed_in(client, user).get(reverse("parks:people-list")).status_code == status


def test_a_person_outside_the_administrator_s_parks_is_not_found(client, person, park, outsider):
    local = person("park-admin", (Role.ADMINISTRATOR, park))

    assert signed_in(client, local).get(reverse("parks:person-detail", args=[outsider.pk])).status_code == 404


def test_an_administrator_adds_a_person_through_the_page(client, admin, park):
    typed = {
        "username": "lin",
        "full_name": "林一",
        "role": "officer",
        "park": park.pk,
        "password": "Nest-for-3-phoenixes",
    }

    answer = signed_in(client, admin).post(reverse("parks:person-new"), typed)

    assert answer.status_code == 302
    assert park.memberships.get().user.username == "lin"


def test_the_list_of_parks_takes_the_same_queries_for_two_and_twenty(
    client, manager, park, django_assert_num_queries, django_assert_max_num_queries
):
    signed_in(client, manager).get(reverse("parks:list"))
    with django_assert_max_num_queries(4) as few:
        client.get(reverse("parks:list"))
    Park.objects.bulk_create(
        Park(code=f"P{n}", name=f"园{n}", parent=park, path=f"{park.path}9{n}/", sort_path=f"{park.sort_path}{n}")
        for n in range(20)
    )

    with django_assert_num_queries(len(few)):
        client.get(reverse("parks:list"))


def test_a_superuser_founds_a_zone_on_an_empty_site_and_appoints_its_administrator(client, person):
    founder = person("founder", is_superuser=True, is_staff=True)
    zone = {"code": "QD", "name": "青岛高新区", "kind": "zone", "sort_order": 0}

    assert signed_in(client, founder).get(reverse("home")).status_code == 200
    added = client.post(reverse("parks:new"), zone)
    given = {"username": "gao", "full_name": "高原", "role": "administrator", "password": "Nest-for-3-phoenixes"}
    appointed = client.post(reverse("parks:person-new"), {**given, "park": Park.objects.get().pk})

    assert (added.status_code, appointed.status_code) == (302, 302)
    assert Park.objects.get().path == f"/{Park.objects.get().pk}/"
    assert Park.objects.get().memberships.get().role == Role.ADMINISTRATOR


def test_an_administrator_cannot_add_a_zone(client, admin, zone):
    answer = signed_in(client, admin).post(
        reverse("parks:new"), {"code": "XA", "name": "西安高新区", "kind": "zone", "sort_order": 0}
    )

    assert answer.context["form"].errors["parent"]
    assert Park.objects.filter(parent=None).count() == 1
