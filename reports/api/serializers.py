"""The shapes of report questions and answers. Amounts in 万元 as text with four decimals, days at their end."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import DaySerializerField, WanSerializerField
from crm.models import Ownership
from parks.industries import EDITION, validate_industry
from projects.models import Basis
from reports.question import latest_known


@extend_schema_field(
    {
        "type": "string",
        "example": "2024-04-18T18:00:00+08:00",
        "description": "A moment with its zone, or a day, meaning its end (24:00) in the parks.",
    }
)
class KnownAtField(serializers.Field):
    def to_internal_value(self, data: Any) -> Any:
        try:
            return latest_known(str(data))
        except ValueError as sentence:
            raise serializers.ValidationError(str(sentence)) from None

    def to_representation(self, value: Any) -> str:
        return serializers.DateTimeField().to_representation(value)


class QuestionSerializer(serializers.Serializer):
    """Parameters that every report knows."""

    known_at = KnownAtField(required=False, help_text="As believed at this moment; without it, by today's knowledge.")
    basis = serializers.ChoiceField(
        Basis.choices, required=False, default=Basis.VERIFIED, help_text="Verified by the counting side, or reported."
    )
    park = serializers.CharField(required=False, max_length=20, help_text="Code of a park: it and all below it.")
    industry = serializers.CharField(
        required=False,
        max_length=3,
        validators=[validate_industry],
        help_text=f"Section (C) or division (C39) of {EDITION}.",
    )
    ownership = serializers.ChoiceField(Ownership.choices, required=False, help_text="Kind of the investor.")
    min_total_wan = WanSerializerField(
        required=False, help_text="Only projects whose total investment was at least this."
    )


class BoardQuestionSerializer(QuestionSerializer):
    as_of = DaySerializerField(required=False, help_text="The end of this day, 24:00; without it, today.")


class TrendQuestionSerializer(QuestionSerializer):
    until = DaySerializerField(
        required=False, help_text="The latest point; without it, today. The others are the ends of the months before."
    )
    months = serializers.IntegerField(
        required=False, default=24, min_value=1, max_value=60, help_text="How many points, from 1 to 60."
    )


class FigureSerializer(serializers.Serializer):
    projects = serializers.IntegerField()
    total_investment_wan = WanSerializerField(source="total_wan")


class FiguresSerializer(serializers.Serializer):
    awaiting_start = FigureSerializer(help_text="已签约待开工")
    under_construction = FigureSerializer(help_text="在建")
    commissioned = FigureSerializer(help_text="投产")


class ParkNameSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class BoardRowSerializer(FiguresSerializer):
    park = ParkNameSerializer()


class BoardSerializer(serializers.Serializer):
    """The rows of parks hold all that lies below them; `total` counts every project once."""

    as_of = DaySerializerField()
    known_at = KnownAtField(allow_null=True)
    basis = serializers.ChoiceField(Basis.choices)
    rows = BoardRowSerializer(many=True)
    total = FiguresSerializer()


class ShareRowSerializer(serializers.Serializer):
    """`landed` is at full value, `kept` the share of what was handed over; `apportioned` = counted − given + kept."""

    park = ParkNameSerializer()
    counted = FigureSerializer()
    own = FigureSerializer()
    landed = FigureSerializer()
    kept = FigureSerializer()
    given_wan = WanSerializerField()
    apportioned_wan = WanSerializerField()


class SharesSerializer(serializers.Serializer):
    """The rows of parks hold all that lies below them; `total` counts every project once."""

    as_of = DaySerializerField()
    known_at = KnownAtField(allow_null=True)
    basis = serializers.ChoiceField(Basis.choices)
    rows = ShareRowSerializer(many=True)
    total = FigureSerializer()


class TrendPointSerializer(FiguresSerializer):
    as_of = DaySerializerField()


class TrendSerializer(serializers.Serializer):
    until = DaySerializerField()
    months = serializers.IntegerField()
    known_at = KnownAtField(allow_null=True)
    basis = serializers.ChoiceField(Basis.choices)
    points = TrendPointSerializer(many=True)
