"""Rows over the API in columns: number and sum of each over the whole filter, its first rows, and the way on."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import exceptions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api import KeysetPagination, WanSerializerField, refuse_unknown_parameters
from core.columns import Layout
from core.paging import BadCursor
from core.resources import Row

PARAMETERS = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` of a column; only with its `stage`."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="Cards a column, 1 to 200; 50 where it is left out."),
]


def shape(name: str, row: type[Row]) -> Any:
    """The description of an answer whose cards are `row`."""
    column = inline_serializer(
        f"{name}Column",
        {
            "stage": serializers.CharField(),
            "stage_code": serializers.CharField(),
            "label": serializers.CharField(),
            "count": serializers.IntegerField(help_text="All rows of the column, loaded or not."),
            "total_wan": WanSerializerField(help_text="The amounts of all of them; those that are empty add nothing."),
            "cards": row(many=True),
            "next": serializers.URLField(allow_null=True, help_text="Further cards of this column."),
        },
        many=True,
    )
    return inline_serializer(
        name,
        {
            "columns": column,
            "count": serializers.IntegerField(),
            "total_wan": WanSerializerField(),
            "sorted_by": serializers.CharField(help_text="The field by which each column is sorted, upward."),
        },
    )


class Columns(viewsets.GenericViewSet):
    """Reading only: a card is moved by the verb of its own resource."""

    pagination_class = None
    model: Any
    row_class: type[Row]
    layout: Layout
    stages: dict[Any, str]
    """The columns in their order, with their codes in the trade."""

    def get_queryset(self) -> models.QuerySet:
        return self.model.objects.visible_to(self.request.user)

    def get_serializer_class(self) -> Any:
        return self.row_class

    def list(self, request: Request) -> Response:
        refuse_unknown_parameters(request, {*self.filterset_class.base_filters, "cursor", "limit"})
        rows, size = self.filter_queryset(self.get_queryset()), KeysetPagination()._size(request)
        stages = self._stages_asked(request)
        cursor = request.query_params.get("cursor")
        shown = dict.fromkeys(stages, 0 if cursor else size)
        narrowed = bool(set(request.query_params) - {"park", "stage", "cursor", "limit", "format"})
        columns = self.layout.columns(rows, stages, shown=shown, narrowed=narrowed)
        if cursor:
            columns[0].rows, columns[0].next = self._further(rows, stages[0], cursor, size, narrowed=narrowed)
        told = [self._column(request, column) for column in columns]
        total = WanSerializerField().to_representation(sum(column.total_wan for column in columns))
        count = sum(column.count for column in columns)
        return Response(
            {"columns": told, "count": count, "total_wan": total, "sorted_by": self.layout.order},
        )

    def _stages_asked(self, request: Request) -> Sequence[str]:
        asked = request.query_params.get("stage")
        found = [stage.value for stage, code in self.stages.items() if asked in (None, "", stage.value, code)]
        if not found:
            raise exceptions.ValidationError({"stage": [gettext("This stage is no column of the board.")]})
        if request.query_params.get("cursor") and len(found) != 1:
            raise exceptions.ValidationError({"cursor": [gettext("Name the stage whose further cards you want.")]})
        return found

    def _further(
        self, rows: models.QuerySet, stage: str, cursor: str, size: int, *, narrowed: bool
    ) -> tuple[Any, str | None]:
        try:
            page = self.layout.page(rows, stage, cursor, size=size, strict=True, narrowed=narrowed)
        except BadCursor:
            raise exceptions.ValidationError(
                {"cursor": [gettext("This cursor does not belong to this list. Start again without it.")]}
            ) from None
        return page.items, page.next

    def _column(self, request: Request, column: Any) -> dict[str, Any]:
        stage = next(each for each in self.stages if each.value == column.key)
        return {
            "stage": column.key,
            "stage_code": self.stages[stage],
            "label": str(stage.label),
            "count": column.count,
            "total_wan": WanSerializerField().to_representation(column.total_wan),
            "cards": self.row_class(column.rows, many=True).data,
            "next": self._link(request, column) if column.next else None,
        }

    def _link(self, request: Request, column: Any) -> str:
        url = replace_query_param(request.build_absolute_uri(), "stage", column.key)
        return replace_query_param(url, "cursor", column.next)
