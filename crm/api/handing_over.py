"""Hand-overs over the API: preview, carry out, read the list of what moved, take back."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, RecordSerializer, VeiledField
from core.resources import IDEMPOTENCY_KEY, Resource, Row, RowField, answers
from crm import actions
from crm.leavers import people_to_hand_over
from crm.models import HandOver, HandOverLine
from parks.api.fields import ParkBrief, ParkField, PersonBrief, PersonField


class LeaverField(RowField):
    """Somebody whose records the caller may hand over, with a closed account as well."""

    def rows(self, user: Any) -> QuerySet:
        return people_to_hand_over(user)


class Share(Arguments):
    park = ParkField()
    to = PersonField()


class MakeHandOver(Arguments):
    to = PersonField(required=False, help_text="Who gets what `shares` do not name.")
    shares = Share(many=True, required=False, help_text="Another successor for a park and what lies in it.")
    parks = serializers.ListField(
        child=ParkField(), required=False, max_length=100, help_text="Only what lies in these parks; left out: all."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    preview = serializers.BooleanField(required=False, help_text="Say what would move, and move nothing.")

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of the language and cannot be written as an attribute.
        leaver = LeaverField(source="person", help_text="Who hands over.")
        return {"from": leaver, **super().get_fields()}


class PlannedLine(serializers.Serializer):
    kind = serializers.CharField()
    id = serializers.IntegerField()
    title = VeiledField()
    park = ParkBrief()
    to = PersonBrief()


class HandOverPreview(serializers.Serializer):
    preview = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    lines = PlannedLine(many=True)


class HandOverRow(Row):
    id = serializers.IntegerField()
    person = PersonBrief()
    recorded_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class LineRow(Row):
    kind = serializers.CharField()
    subject_id = serializers.IntegerField()
    label = VeiledField()
    park = ParkBrief()
    to_person = PersonBrief()


class HandOverDetail(RecordSerializer):
    person = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    class Meta:
        model = HandOver
        fields = ("id", "person", "note", "recorded_at", "undone_at", "counts", "lines")

    def get_person(self, done: HandOver) -> dict[str, Any]:
        return {"id": done.person_id, "username": done.person.username, "full_name": done.person.full_name}

    def _lines(self, done: HandOver) -> list[dict[str, Any]]:
        seen = HandOverLine.objects.visible_to(self.context["request"].user).filter(hand_over=done)
        return list(seen.values(*LineRow.columns()))

    def get_counts(self, done: HandOver) -> dict[str, int]:
        return dict(Counter(line["kind"] for line in self._lines(done)))

    def get_lines(self, done: HandOver) -> list[dict[str, Any]]:
        return LineRow(self._lines(done), many=True).data


@extend_schema(tags=["hand-overs"])
@extend_schema_view(list=extend_schema(summary="Hand-overs, newest first"), retrieve=extend_schema())
class HandOvers(Resource):
    model = HandOver
    row_class, detail_class = HandOverRow, HandOverDetail
    ordering = "-id"

    def details(self):
        return self.get_queryset().select_related("person")

    @extend_schema(
        request=MakeHandOver,
        responses={**answers(HandOverDetail, code=201), 200: HandOverPreview},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Give everything `from` holds to `to` and the `shares`; with `preview` only say what would move."""
        said = self.said(MakeHandOver)
        person, preview = said.pop("person"), said.pop("preview", False)
        note = said.pop("note", "")
        said["shares"] = [(share["park"], share["to"]) for share in said.get("shares", ())]
        if preview:
            return Response(_told(actions.planned(person, **said, by=request.user)))
        done = self.once(lambda: actions.hand_over(person, **said, note=note, **self.who_and_when()))
        return self.shown(done, code=201)

    @extend_schema(request=None, responses=answers(HandOverDetail))
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Give everything back, as long as none of it was touched since."""
        actions.undo_hand_over(self.row(pk), **self.who_and_when())
        return self.shown(int(pk))


def _told(plans: list[Any]) -> dict[str, Any]:
    lines = [
        {
            "kind": plan.holding.kind,
            "id": plan.row.pk,
            "title": str(plan.row),
            "park": {"id": plan.row.park.pk, "code": plan.row.park.code, "name": plan.row.park.name},
            "to": {"id": plan.to.pk, "username": plan.to.username, "full_name": plan.to.full_name},
        }
        for plan in plans
    ]
    return {"preview": True, "counts": Counter(line["kind"] for line in lines), "lines": lines}
