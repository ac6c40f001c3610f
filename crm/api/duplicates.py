"""What is registered already for a company about to be registered: the question a form asks while a name is typed."""

from collections.abc import Iterable

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, DaySerializerField
from core.resources import answers
from crm.duplicates import REASONS, companies_like, titles_like
from parks.access import require


class DuplicatesQuestion(Arguments):
    """Give at least one; what is compared is the plain form, whatever the width, script, brackets or legal form."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    credit_code = serializers.CharField(required=False, allow_blank=True, max_length=40)
    group_name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    title = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Of a lead or project; the name where it is left out.",
    )


class Duplicate(serializers.Serializer):
    reason = serializers.ChoiceField(list(REASONS))
    kind = serializers.ChoiceField(["company", "lead", "project"])
    id = serializers.IntegerField(source="row.pk", allow_null=True, default=None)
    title = serializers.CharField()
    credit_code = serializers.CharField(source="row.credit_code", allow_null=True, default=None)
    masked = serializers.BooleanField(help_text="True: outside your parks. Only who registered it and when is told.")
    registered_by = serializers.CharField(help_text="The park that registered it: whom to ask.")
    since = DaySerializerField()


class Duplicates(serializers.Serializer):
    results = Duplicate(many=True)


class DuplicatesDoor:
    """Mixin for the resource of companies."""

    @property
    def parameters(self) -> Iterable[str]:
        return DuplicatesQuestion().fields if self.action == "duplicates" else super().parameters

    @extend_schema(parameters=[DuplicatesQuestion], responses=answers(Duplicates), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def duplicates(self, request: Request) -> Response:
        """What may be the same company, strongest reason first, at most eight; nobody is kept from registering."""
        require(request.user, "crm.register_company")
        asked = DuplicatesQuestion(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        title = said.pop("title", "") or said.get("name", "")
        found = [*companies_like(request.user, **said), *titles_like(request.user, title)]
        return Response(Duplicates({"results": found}).data)
