"""How other resources name a park or a person, and how they show them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.resources import Row, RowField
from parks.access import posts, within
from parks.models import Membership, Park


class ParkBrief(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class PersonBrief(Row):
    id = serializers.IntegerField()
    username = serializers.CharField()
    full_name = serializers.CharField()


def brief_of_park(park: Any) -> dict[str, Any]:
    return {"id": park.pk, "code": park.code, "name": park.name}


def brief_of_person(person: Any) -> dict[str, Any] | None:
    return {"id": person.pk, "username": person.username, "full_name": person.full_name} if person else None


def visible_parks(user: Any) -> QuerySet:
    return Park.objects.visible_to(user)


@extend_schema_field({"oneOf": [{"type": "string", "example": "QD-IC"}, {"type": "integer", "format": "int64"}]})
class ParkField(RowField):
    """A park by its code (text) or its id (number)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(visible_parks, **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            return super().to_internal_value(data)
        code = data.strip()
        found = visible_parks(self.context["request"].user).filter(code=code).first() if code.isascii() else None
        if found is None or "\0" in code:
            raise serializers.ValidationError(gettext("There is no such park among those you may see."))
        return found


def colleagues(user: Any) -> QuerySet:
    """People with a role over a park the user sees, or over one above it."""
    people = get_user_model().objects.filter(is_active=True)
    if within(user) is None:
        return people
    above = {int(key) for _role, path in posts(user) for key in path.strip("/").split("/")}
    held = Membership.objects.filter(Q(park_id__in=above) | Q(park__in=Park.objects.visible_to(user).values("pk")))
    return people.filter(pk__in=held.values("user_id"))


class PersonField(RowField):
    def __init__(self, **options: Any) -> None:
        super().__init__(colleagues, **options)
