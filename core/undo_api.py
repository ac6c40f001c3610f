"""Taking back a deed over the API, by the batch that its answer named in the header `Undo-Batch`."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter

from core.api import Arguments
from core.bulk import undo_later
from core.jobs import title_of
from core.models import AuditEntry
from core.resources import Deeds, answers
from core.undo import entries_of, undo_batch


class UndoBatch(Arguments):
    batch = serializers.UUIDField(help_text="From the header `Undo-Batch` of the deed's answer.")
    leave_touched = serializers.BooleanField(
        default=False,
        help_text="Take back what can be, and leave the records that somebody has worked with since.",
    )


class UndoneDeed(serializers.Serializer):
    verb = serializers.CharField()
    kind = serializers.CharField(source="subject_type")
    id = serializers.IntegerField(source="subject_id")
    label = serializers.CharField(source="subject_label")


class Undone(serializers.Serializer):
    batch = serializers.UUIDField()
    said = serializers.CharField(help_text="What was taken back, in a sentence.")
    kept = serializers.ListField(child=serializers.CharField(), help_text="What stays, a sentence each, and why.")
    undone = UndoneDeed(many=True, source="entries")
    job = serializers.IntegerField(
        allow_null=True, help_text="The background job that takes back a large bulk change; then the answer is 202."
    )


@extend_schema(tags=["undo"])
class Undo(Deeds):
    """Only by the person who did it, for some seconds (bulk deeds: days), and while nobody has touched the records."""

    model = AuditEntry
    detail_class = Undone

    @extend_schema(request=UndoBatch, responses=answers(Undone) | {202: Undone}, summary="Take back a deed")
    def create(self, request: Request) -> Response:
        said: dict[str, Any] = self.said(UndoBatch)
        if not entries_of(said["batch"], request.user).exists():
            raise Http404
        later = undo_later(said["batch"], leave_touched=said["leave_touched"], **self.who_and_when())
        if later is not None:
            shown = {"batch": said["batch"], "said": title_of(later.kind), "kept": [], "entries": [], "job": later.pk}
            return Response(Undone(shown).data, status=202)
        done = undo_batch(said["batch"], leave_touched=said["leave_touched"], **self.who_and_when())
        shown = {name: getattr(done, name) for name in ("batch", "said", "kept", "entries")}
        return Response(Undone(shown | {"job": None}).data)


def register(router: DefaultRouter) -> None:
    router.register("undo", Undo, basename="undo")
