"""The search over the API: records of the caller's parks, and of others only who registered what was typed in full."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from core.api import refuse_unknown_parameters
from reports import search

MOST = 20


class SearchQuestion(serializers.Serializer):
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=search.LONGEST,
        help_text="Two characters or more: part of a name, title or content, pinyin or initials, credit code, code of "
        "a lead or project, the last four or more digits of a telephone number. Blanks mean “and”.",
    )


class SearchResult(serializers.Serializer):
    kind = serializers.ChoiceField(search.KINDS)
    id = serializers.IntegerField(allow_null=True, help_text="Null for a record that is not visible to you.")
    title = serializers.CharField(help_text="Of a masked record, who registered it and since when.")
    masked = serializers.BooleanField()


class SearchAnswer(serializers.Serializer):
    results = SearchResult(many=True)


class Search(ViewSet):
    @extend_schema(
        operation_id="search",
        tags=["search"],
        description="At most 20 records of each kind: companies, leads, projects and contacts, the best first.",
        parameters=[SearchQuestion],
        responses=SearchAnswer,
    )
    def list(self, request: Request) -> Response:
        refuse_unknown_parameters(request, SearchQuestion().fields)
        question = SearchQuestion(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        found = search.records(request.user, question.validated_data["q"], most=MOST, today=timezone.localdate())
        return Response(SearchAnswer({"results": [hit for group in found for hit in group.hits]}).data)
