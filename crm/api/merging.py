"""Merging companies and contacts over the API, looking at it first, and taking it back."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, RecordSerializer
from core.resources import Deeds, RowField, answers
from crm import actions
from crm.actions.merged import refuse_merged
from crm.actions.merging import DROP, KEEP, counts, differences, obstacles_to_merging, require_to_merge
from crm.field_history import in_words
from crm.models import Company, Contact, Merge

SIDES = (KEEP, DROP)


class _MergeArguments(Arguments):
    take = serializers.DictField(
        child=serializers.ChoiceField(SIDES),
        required=False,
        help_text="For fields that differ, whose value stays. Left out: the kept record's, or the only one there is.",
    )
    preview = serializers.BooleanField(required=False, default=False, help_text="Only look; nothing is written.")
    keep_version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    drop_version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class MergeCompanies(_MergeArguments):
    keep = RowField(Company)
    drop = RowField(Company)


class MergeContacts(_MergeArguments):
    keep = RowField(Contact)
    drop = RowField(Contact)


class MergeDifference(serializers.Serializer):
    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    keep = serializers.CharField()
    drop = serializers.CharField()
    likely = serializers.ChoiceField((*SIDES, ""), help_text="Taken unless `take` says otherwise; empty: must be said.")


class MergeMove(serializers.Serializer):
    relation = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()


class MergePreview(serializers.Serializer):
    """What a merge would do."""

    differences = MergeDifference(many=True)
    moves = MergeMove(many=True)
    obstacles = serializers.ListField(child=serializers.CharField())
    keep_version = serializers.IntegerField()
    drop_version = serializers.IntegerField()


class MergeDetail(RecordSerializer):
    kept = serializers.IntegerField(source="kept_id")
    dropped = serializers.IntegerField(source="dropped_id")
    merged_by = serializers.CharField()
    undone_by = serializers.CharField(allow_null=True)
    moved = serializers.SerializerMethodField()

    class Meta:
        model = Merge
        fields = (
            "id",
            "kind",
            "kept",
            "dropped",
            "kept_name",
            "dropped_name",
            "moved",
            "merged_at",
            "merged_by",
            "undone_at",
            "undone_by",
        )

    def get_moved(self, merge: Merge) -> dict[str, int]:
        """How many rows came along, by relation."""
        return {name: len(keys) for name, keys in merge.moved.items() if keys}


def preview(keep: Any, drop: Any) -> dict[str, Any]:
    return {
        "differences": [
            {
                "field": each.field,
                "label": str(keep._meta.get_field(each.field).verbose_name),
                "keep": in_words(keep, each.field, each.keep),
                "drop": in_words(drop, each.field, each.drop),
                "likely": each.likely,
            }
            for each in differences(keep, drop)
        ],
        "moves": [
            {"relation": relation.name, "label": str(relation.model._meta.verbose_name_plural), "count": number}
            for relation, number in counts(keep, drop)
        ],
        "obstacles": obstacles_to_merging(keep, drop),
        "keep_version": keep.version,
        "drop_version": drop.version,
    }


class WithMerging:
    """Mixin, before the resource: a merge door, and an answer for whoever comes to a record that was merged away."""

    def row(self, pk: Any) -> Any:
        try:
            return super().row(pk)
        except Http404:
            merged = self.model.with_merged.filter(pk=int(pk), merged_into__in=self.get_queryset().values("pk"))
            if (record := merged.select_related("merged_into").first()) is not None:
                refuse_merged(record)
            raise

    def merged(self, said: dict[str, Any], deed: Any) -> Response:
        if said.pop("preview"):
            return Response(MergePreview(preview(said["keep"], said["drop"])).data)
        keep, drop = said.pop("keep"), said.pop("drop")
        key = self.once(lambda: deed(keep, drop, **said, **self.who_and_when()))
        return Response(MergeDetail(Merge.objects.visible_to(self.request.user).get(pk=key)).data, status=201)


class CompanyMerging(WithMerging):
    @extend_schema(
        request=MergeCompanies,
        responses=answers(MergeDetail, code=201) | {200: MergePreview},
        summary="Merge two companies",
    )
    @action(detail=False, methods=["post"])
    def merge(self, request: Request) -> Response:
        """Make `drop` part of `keep`: everything known of it moves; `POST /merges/{id}/undo/` puts both back."""
        said = self.said(MergeCompanies)
        require_to_merge(request.user, "crm.merge_companies", said["keep"], said["drop"])
        return self.merged(said, actions.merge_companies)


class ContactMerging(WithMerging):
    @extend_schema(
        request=MergeContacts,
        responses=answers(MergeDetail, code=201) | {200: MergePreview},
        summary="Merge two contacts",
    )
    @action(detail=False, methods=["post"])
    def merge(self, request: Request) -> Response:
        """Make the contact `drop` part of `keep`; both work for one company."""
        said = self.said(MergeContacts)
        actions.require_for_company(request.user, "crm.merge_contacts", said["keep"].company)
        return self.merged(said, actions.merge_contacts)


@extend_schema(tags=["merges"])
@extend_schema_view(retrieve=extend_schema(summary="One merge"))
class Merges(Deeds):
    model = Merge
    detail_class = MergeDetail

    def details(self) -> Any:
        return self.get_queryset().select_related("merged_by", "undone_by")

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.shown(int(pk))

    @extend_schema(request=None, responses=answers(MergeDetail))
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Put both records back as they were, with what was done on either since."""
        merge = actions.unmerge(self.row(pk), **self.who_and_when())
        return self.shown(merge.pk)
