"""Who may make sign-ins and hand out roles, and how far an administrator's arm reaches."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied

from accounts.tokens import token_of
from core.errors import RuleViolation
from parks.access import Role, may
from parks.actions import add_person, grant_role, reset_password, revoke_role, set_person_active
from parks.models import Membership

PASSWORD = "Nest-for-3-phoenixes"


@pytest.fixture
def park_admin(person, park):
    return person("park-admin", (Role.ADMINISTRATOR, park))


def test_a_new_person_has_one_role_and_must_change_the_password(park_admin, park, at):
    new = add_person(
        username="lin", full_name="林一", password=PASSWORD, role=Role.OFFICER, park=park, at=at, by=park_admin
    )

    assert may(new, "crm.register_lead", park)
    assert new.must_change_password
    assert new.check_password(PASSWORD)


@pytest.mark.parametrize(("field", "value"), [("password", "12345"), ("username", "officer")])
def test_a_weak_password_or_a_taken_name_is_refused_and_nobody_is_made(park_admin, officer, park, at, field, value):
    given = {"username": "lin", "full_name": "林一", "password": PASSWORD, field: value}
    people = get_user_model().objects.count()

    with pytest.raises(RuleViolation) as refused:
        add_person(role=Role.OFFICER, park=park, at=at, by=park_admin, **given)

    assert field in refused.value.fields
    assert get_user_model().objects.count() == people


def test_an_administrator_grants_roles_only_in_the_own_parks(park_admin, officer, park, other_park, at):
    grant_role(officer, role=Role.OPERATOR, park=park, at=at, by=park_admin)

    with pytest.raises(PermissionDenied):
        grant_role(officer, role=Role.OPERATOR, park=other_park, at=at, by=park_admin)

    assert Membership.objects.filter(user=officer, role=Role.OPERATOR).get().park == park


def test_a_park_administrator_cannot_take_over_somebody_with_rights_elsewhere(park_admin, manager, park, at):
    grant_role(manager, role=Role.OFFICER, park=park, at=at, by=park_admin)

    with pytest.raises(PermissionDenied):
        reset_password(manager, password=PASSWORD, park=park, at=at, by=park_admin)
    with pytest.raises(PermissionDenied):
        set_person_active(manager, active=False, park=park, at=at, by=park_admin)

    manager.refresh_from_db()
    assert manager.is_active
    assert not manager.check_password(PASSWORD)


def test_nobody_closes_the_own_sign_in_or_drops_the_own_administration(park_admin, park, at):
    with pytest.raises(RuleViolation):
        set_person_active(park_admin, active=False, park=park, at=at, by=park_admin)
    with pytest.raises(RuleViolation):
        revoke_role(park_admin.memberships.get(), at=at, by=park_admin)

    park_admin.refresh_from_db()
    assert park_admin.is_active
    assert park_admin.memberships.count() == 1


def test_a_revoked_role_ends_its_rights_at_once(park_admin, officer, park, at):
    assert may(officer, "crm.register_lead", park)

    revoke_role(officer.memberships.get(), at=at, by=park_admin)
    fresh = get_user_model().objects.get(pk=officer.pk)

    assert not may(fresh, "crm.register_lead", park)


def test_the_own_password_is_not_set_without_the_present_one(park_admin, park, at):
    with pytest.raises(RuleViolation):
        reset_password(park_admin, password=PASSWORD, park=park, at=at, by=park_admin)

    park_admin.refresh_from_db()
    assert not park_admin.check_password(PASSWORD)


def test_a_closed_sign_in_loses_its_token_and_does_not_get_it_back(park_admin, officer, park, at):
    token = token_of(officer)

    set_person_active(officer, active=False, park=park, at=at, by=park_admin)
    set_person_active(officer, active=True, park=park, at=at, by=park_admin)

    assert token_of(officer) != token
