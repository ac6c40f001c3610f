"""The history of the fields of a record over the API, and putting a value back."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.paging import BadCursor, Keyset
from core.resources import IF_MATCH, Version, answers, expected_version
from crm import actions
from crm.actions.restoring import entries_about
from crm.field_history import field_changes

DEEDS_A_PAGE = 50
RESTORED = OpenApiResponse(OpenApiTypes.OBJECT, "The record as it is now, in its own shape.")
CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next_cursor`.")


class FieldChangeRow(serializers.Serializer):
    entry = serializers.IntegerField(source="entry.pk", help_text="Id of the deed; `restore` takes it.")
    verb = serializers.CharField(source="entry.verb")
    recorded_at = serializers.DateTimeField(source="entry.at")
    recorded_by = serializers.SerializerMethodField()
    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(help_text="In words; numbers of people in part.")
    after = serializers.CharField()
    can_restore = serializers.BooleanField()

    def get_recorded_by(self, change: Any) -> str | None:
        return str(change.entry.by) if change.entry.by else None


class FieldHistory(serializers.Serializer):
    results = FieldChangeRow(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class RestoreField(Version):
    entry = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of a deed of this history.")
    field = serializers.CharField(max_length=60)


class WithFieldHistory:
    """Mixin for a resource whose records are edited."""

    @property
    def parameters(self) -> Iterable[str]:
        return ("cursor",) if self.action == "history" else super().parameters

    @extend_schema(responses=FieldHistory, parameters=[CURSOR])
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """Who changed which field, when, from what to what; the newest first."""
        record = self.row(pk)
        entries = Keyset(entries_about(record).select_related("by"), order="-id", size=DEEDS_A_PAGE)
        try:
            page = entries.page(request.query_params.get("cursor"), strict=True)
        except BadCursor:
            raise exceptions.ValidationError(
                {"cursor": [gettext("This cursor does not belong to this list. Start again without it.")]}
            ) from None
        rows = FieldChangeRow(field_changes(record, page), many=True).data
        return Response({"results": rows, "next_cursor": page.next})

    @extend_schema(request=RestoreField, responses=answers(RESTORED), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Put one field back to what it was before a deed of its history."""
        record, said = self.row(pk), self.said(RestoreField)
        version = expected_version(request, said)
        entry = entries_about(record).filter(pk=said["entry"]).first()
        if entry is None:
            raise exceptions.ValidationError({"entry": [gettext("There is no such row among those you may see.")]})
        actions.restore_field(record, entry=entry, field=said["field"], expected_version=version, **self.who_and_when())
        return self.shown(record.pk)
