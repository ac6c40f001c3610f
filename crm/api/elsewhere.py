"""What the API tells of another park's protection to whoever reads or logs something with the investor."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import DaySerializerField
from crm.protections import protected_elsewhere


class Elsewhere(serializers.Serializer):
    park = serializers.CharField(help_text="The park that holds it. Contact the office before further talks.")
    since = DaySerializerField()


@extend_schema_field(Elsewhere(allow_null=True))
class ElsewhereField(serializers.Field):
    """Of a row with a company and a park; null where no other park of the zone protects the investor today."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})

    def to_representation(self, row: Any) -> dict[str, Any] | None:
        talk = protected_elsewhere(row.company, row.park, timezone.localdate())
        return {"park": talk.park.name, "since": talk.protected_from.isoformat()} if talk else None
