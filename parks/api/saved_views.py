"""Saved views over the API: one's own and those shared with one."""

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, RecordSerializer, VeiledField
from core.api_filters import NamedFilters
from core.filters import StrictFilterForm
from core.resources import IDEMPOTENCY_KEY, IF_MATCH, Resource, Row, RowField, Version, answers, expected_version
from parks.access import Role
from parks.actions_views import edit_view, remove_view, save_view, set_default_view
from parks.api.fields import ParkBrief, ParkField, PersonBrief
from parks.models import SavedView, ViewAudience


class ViewRow(Row):
    id = serializers.IntegerField()
    list_name = serializers.CharField()
    title = VeiledField()
    query = VeiledField()
    audience = serializers.CharField()
    park = ParkBrief(allow_null=True)
    default_role = serializers.CharField()
    owner = PersonBrief()


class ViewDetail(RecordSerializer):
    class Meta:
        model = SavedView
        fields = ("id", "list_name", "title", "query", "audience", "park", "default_role", "owner", "version")


class SaveView(Arguments):
    list_name = serializers.CharField(
        max_length=60, help_text="The list: crm:lead-list, crm:company-list, projects:list."
    )
    title = serializers.CharField(max_length=40)
    query = serializers.CharField(max_length=4000, allow_blank=True, help_text="What stands after the question mark.")
    audience = serializers.ChoiceField(ViewAudience, default=ViewAudience.ME)
    park = ParkField(required=False, help_text="For `park`, and any park of the zone for `everybody`.")
    default_role = serializers.ChoiceField(Role, required=False, allow_blank=True)
    is_default = serializers.BooleanField(default=False, help_text="Open the list with it for you.")


class EditView(Version):
    title = serializers.CharField(required=False, max_length=40)
    query = serializers.CharField(required=False, max_length=4000, allow_blank=True)
    audience = serializers.ChoiceField(ViewAudience, required=False)
    park = ParkField(required=False, allow_null=True)
    default_role = serializers.ChoiceField(Role, required=False, allow_blank=True)


class DefaultView(Arguments):
    list_name = serializers.CharField(max_length=60)
    view = RowField(SavedView, allow_null=True, help_text="null opens the list with all rows.")


class ViewFilters(NamedFilters):
    list_name = django_filters.CharFilter()

    class Meta:
        model = SavedView
        fields = ()
        form = StrictFilterForm


@extend_schema(tags=["views"])
@extend_schema_view(list=extend_schema(summary="Saved views, newest first"), retrieve=extend_schema())
class SavedViews(Resource):
    model = SavedView
    row_class, detail_class = ViewRow, ViewDetail
    filterset_class = ViewFilters
    ordering = "-id"

    @extend_schema(request=SaveView, responses=answers(ViewDetail, code=201), parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        said = self.said(SaveView)
        return self.shown(self.once(lambda: save_view(**said, **self.who_and_when())), code=201)

    @extend_schema(request=EditView(partial=True), responses=answers(ViewDetail), parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        view, said = self.row(pk), self.said(EditView, partial=True)
        version = expected_version(request, said)
        edit_view(view, changes=said, expected_version=version, **self.who_and_when())
        return self.shown(view.pk)

    @extend_schema(request=None, responses=answers(None, code=204))
    def destroy(self, request: Request, pk: str) -> Response:
        remove_view(self.row(pk), **self.who_and_when())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=DefaultView, responses=answers(None, code=204))
    @action(detail=False, methods=["post"])
    def default(self, request: Request) -> Response:
        """Open a list with a view, for you."""
        said = self.said(DefaultView)
        set_default_view(said["list_name"], said["view"], **self.who_and_when())
        return Response(status=status.HTTP_204_NO_CONTENT)
