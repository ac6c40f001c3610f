"""Counting working days over the API."""

from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import DaySerializerField, StrictParameters
from core.resources import Refusal
from parks.workdays import LONGEST_COUNT, working_calendar


class Asked(serializers.Serializer):
    start = DaySerializerField(required=False)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_COUNT, default=1)


class WorkingDay(serializers.Serializer):
    date = DaySerializerField()
    provisional = serializers.BooleanField()


class WorkingDays(StrictParameters, viewsets.GenericViewSet):
    """The day on which so many working days are over, by the Chinese working calendar and the office's own days."""

    pagination_class = None
    filter_backends = ()
    serializer_class = WorkingDay
    parameters = ("start", "days")

    @extend_schema(
        tags=["calendar"],
        operation_id="working_days",
        summary="The n-th working day after a day",
        parameters=[
            OpenApiParameter(
                "start", OpenApiTypes.DATE, description="Today where it is left out; the day after it is day 1."
            ),
            OpenApiParameter(
                "days",
                {"type": "integer", "minimum": 1, "maximum": LONGEST_COUNT},
                description="How many working days; 1 where it is left out.",
            ),
        ],
        responses={200: WorkingDay, 400: OpenApiResponse(Refusal, "The request cannot be read.")},
    )
    def list(self, request: Request) -> Response:
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        start, days = asked.validated_data.get("start", timezone.localdate()), asked.validated_data["days"]
        try:
            due = working_calendar().after(start, days)
        except (ValueError, OverflowError):
            raise exceptions.ValidationError(
                {"start": [gettext("So many days after it lie beyond the years this program knows.")]}
            ) from None
        return Response({"date": due.day.isoformat(), "provisional": due.is_provisional})
