"""Parks as the API shows and reads them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Arguments, RecordSerializer
from core.resources import Row, Version
from parks.actions import EDITABLE
from parks.api.fields import ParkBrief, ParkField, brief_of_park
from parks.models import Park


class ParkRow(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    kind = serializers.CharField()
    parent = ParkBrief(allow_null=True)
    district = serializers.CharField()
    leading_industries = serializers.CharField()
    is_synthetic = serializers.BooleanField()


class ParkDetail(RecordSerializer):
    parent = serializers.SerializerMethodField()
    aliases = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Park
        fields = ("id", "code", "parent", *EDITABLE, "aliases", "source_note", "is_synthetic", "version")

    @extend_schema_field(ParkBrief(allow_null=True))
    def get_parent(self, park: Park) -> dict[str, Any] | None:
        return brief_of_park(park.parent) if park.parent else None


class AliasesField(serializers.ListField):
    """The whole list of other names; it replaces the one before."""

    def __init__(self, **options: object) -> None:
        super().__init__(child=serializers.CharField(max_length=80), max_length=50, **options)


class EditPark(Version, RecordSerializer):
    aliases = AliasesField(required=False)

    class Meta:
        model = Park
        fields = (*EDITABLE, "aliases", "version")
        extra_kwargs = {"name": {"validators": []}}


class AddPark(Arguments, RecordSerializer):
    parent = ParkField(required=False, help_text="The park it is part of; only a superuser adds a zone.")
    aliases = AliasesField(required=False)

    class Meta:
        model = Park
        fields = ("code", "parent", *EDITABLE, "aliases")
        extra_kwargs = {"name": {"validators": []}, "code": {"validators": []}}
