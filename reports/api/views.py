"""Doors of the report API: read the question, answer 400 or 404 in words, hand it to the report."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from core.api import refuse_unknown_parameters
from parks.models import Park
from projects.models import ProjectState, Split
from reports import share_board, stage_board, stage_trend
from reports.api import serializers as shapes
from reports.models import MonthEndTotal
from reports.question import Question, refuse_future, refuse_future_knowledge

QUESTION_WORDS = ("known_at", "basis", "industry", "ownership", "min_total_wan")


class Reports(ViewSet):
    """The reports. A question is put in the address; nothing is written."""

    @extend_schema(
        operation_id="reports_stage_board",
        description="Number and total investment of the projects in each bucket, park by park, at the end of a day.",
        parameters=[shapes.BoardQuestionSerializer],
        responses=shapes.BoardSerializer,
    )
    @action(detail=False, url_path="stage-board", url_name="stage-board")
    def stage_board(self, request: Request) -> Response:
        question, _asked = read_question(request, shapes.BoardQuestionSerializer, day="as_of")
        board = stage_board.board(
            ProjectState.objects.visible_to(request.user), Park.objects.visible_to(request.user), question
        )
        answer = {
            "as_of": question.as_of,
            "known_at": question.known_at,
            "basis": question.basis,
            "rows": [{"park": row.park, **row.figures} for row in board.rows],
            "total": board.total,
        }
        return Response(shapes.BoardSerializer(answer).data)

    @extend_schema(
        operation_id="reports_shares",
        description="What each park counts, how much of it came by transfer, and what it keeps of what it handed over.",
        parameters=[shapes.BoardQuestionSerializer],
        responses=shapes.SharesSerializer,
    )
    @action(detail=False)
    def shares(self, request: Request) -> Response:
        question, _asked = read_question(request, shapes.BoardQuestionSerializer, day="as_of")
        found = share_board.shares(
            ProjectState.objects.visible_to(request.user),
            Park.objects.visible_to(request.user),
            Split.objects.visible_to(request.user),
            question,
        )
        answer = {
            "as_of": question.as_of,
            "known_at": question.known_at,
            "basis": question.basis,
            "rows": found.rows,
            "total": found.total,
        }
        return Response(shapes.SharesSerializer(answer).data)

    @extend_schema(
        operation_id="reports_stage_trend",
        description="The totals of the board at the ends of many months.",
        parameters=[shapes.TrendQuestionSerializer],
        responses=shapes.TrendSerializer,
    )
    @action(detail=False, url_path="stage-trend", url_name="stage-trend")
    def stage_trend(self, request: Request) -> Response:
        question, asked = read_question(request, shapes.TrendQuestionSerializer, day="until")
        points = stage_trend.trend(
            ProjectState.objects.visible_to(request.user),
            Park.objects.visible_to(request.user),
            MonthEndTotal.objects.visible_to(request.user),
            question,
            months=asked["months"],
        )
        answer = {
            "until": question.as_of,
            "months": asked["months"],
            "known_at": question.known_at,
            "basis": question.basis,
            "points": [{"as_of": point.as_of, **point.figures} for point in points],
        }
        return Response(shapes.TrendSerializer(answer).data)


def read_question(request: Request, serializer_class: Any, *, day: str) -> tuple[Question, dict[str, Any]]:
    """The question in the address, `day` being the parameter that holds its day, and what else was asked."""
    refuse_unknown_parameters(request, serializer_class().fields)
    serializer = serializer_class(data=request.query_params.dict())
    serializer.is_valid(raise_exception=True)
    asked = serializer.validated_data
    today = timezone.localdate()
    for name, refuse in ((day, refuse_future), ("known_at", refuse_future_knowledge)):
        _refuse(name, asked.get(name), refuse, today)
    question = Question(
        as_of=asked.pop(day, None) or today,
        park=_park(request, asked.pop("park", "")),
        **{name: asked.pop(name) for name in QUESTION_WORDS if name in asked},
    )
    return question, asked


def _refuse(name: str, value: Any, refuse: Any, today: Any) -> None:
    try:
        if value is not None:
            refuse(value, today)
    except ValueError as sentence:
        raise serializers.ValidationError({name: [str(sentence)]}) from None


def _park(request: Request, code: str) -> Park | None:
    return get_object_or_404(Park.objects.visible_to(request.user), code=code) if code else None
