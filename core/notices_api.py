"""One's own notices over the API."""

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter

from core.api_filters import NamedFilters, TruthFilter
from core.filters import StrictFilterForm
from core.models import Notice
from core.notices import mark_all_read, mark_read, shown
from core.resources import Resource, Row, answers


class NoticeRow(Row):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField(source="params", help_text="The sentence, in the language of the request.")
    key = serializers.CharField()
    url = serializers.CharField()
    made_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = super().to_representation(instance)
        return row | {"text": shown(Notice(kind=row["kind"], key=row["key"], params=row["text"]))}


class NoticeDetail(serializers.ModelSerializer):
    text = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "text", "key", "url", "made_at", "read_at")

    def get_text(self, notice: Notice) -> str:
        return shown(notice)


class Marked(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were unread until now.")


class NoticeFilters(NamedFilters):
    unread = TruthFilter(label="Not read yet.", method="only_unread")

    class Meta:
        model = Notice
        fields = ()
        form = StrictFilterForm

    def only_unread(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        return rows.filter(read_at__isnull=wanted)


@extend_schema(tags=["notices"])
@extend_schema_view(list=extend_schema(summary="One's own notices, newest first"), retrieve=extend_schema())
class Notices(Resource):
    """What the bell shows: each thing is told once to each person."""

    model = Notice
    row_class, detail_class = NoticeRow, NoticeDetail
    filterset_class = NoticeFilters
    ordering = "-id"

    @extend_schema(request=None, responses=answers(NoticeDetail))
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        mark_read(self.row(pk), **self.who_and_when())
        return self.shown(int(pk))

    @extend_schema(request=None, responses=answers(Marked))
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        return Response({"marked": mark_all_read(**self.who_and_when())})


def register(router: DefaultRouter) -> None:
    router.register("notices", Notices, basename="notice")
