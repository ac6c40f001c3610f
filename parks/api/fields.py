"""How other resources name a park or a person, and how they show them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.resources import Row, RowField
from parks.models import Park
from parks.querysets import colleagues


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


@extend_schema_field({"oneOf": [{"type": "string", "example": "QD-IC"}, {"type": "integer", "format": "int64"}]})
class ParkField(RowField):
    """A park by its code (text) or its id (number)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Park, **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            return super().to_internal_value(data)
        code = data.strip()
        found = self.rows(self.context["request"].user).filter(code=code).first() if code.isascii() else None
        if found is None:
            raise serializers.ValidationError(gettext("There is no such park among those you may see."))
        return found


class PersonField(RowField):
    """Somebody with a role in the caller's parks or above them."""

    def rows(self, user: Any) -> QuerySet:
        return colleagues(user)
