import pytest
from django.contrib.auth import get_user_model

from parks.access import Role
from parks.models import Park
from projects.models import Project, StageChange


@pytest.fixture
def other_zone(db):
    zone = Park.objects.create(code="JN", name="济南高新区", kind="zone", path="~JN", sort_path="/JN/")
    zone.path = f"/{zone.pk}/"
    zone.save()
    return zone


def fresh(person):
    """As in the next request: what a user object has read about itself lives as long as the object."""
    return get_user_model().objects.get(pk=person.pk)


def test_a_role_over_the_only_zone_sees_every_row_without_a_condition(manager, make_project):
    project = make_project()

    seen = Project.objects.visible_to(manager)

    assert list(seen) == [project]
    assert "parks_park" not in str(seen.query)
    assert "projects_project" not in str(StageChange.objects.visible_to(manager).query)


def test_with_a_second_zone_the_same_role_sees_its_own_rows_only(manager, make_project, other_zone, person):
    project = make_project()
    stranger = person("stranger", (Role.MANAGER, other_zone))

    assert list(Project.objects.visible_to(fresh(manager))) == [project]
    assert "parks_park" in str(Project.objects.visible_to(fresh(manager)).query)
    assert not Project.objects.visible_to(stranger).exists()
    assert not StageChange.objects.visible_to(stranger).exists()


def test_roles_over_every_zone_see_all_of_them(person, zone, other_zone, make_project):
    project = make_project()
    both = person("both", (Role.AUDITOR, zone), (Role.AUDITOR, other_zone))

    assert list(Project.objects.visible_to(both)) == [project]
    assert "parks_park" not in str(Project.objects.visible_to(both).query)


def test_a_role_over_a_park_of_the_only_zone_is_limited_to_it(officer, outsider, make_project):
    project = make_project()

    assert list(Project.objects.visible_to(officer)) == [project]
    assert not Project.objects.visible_to(outsider).exists()
