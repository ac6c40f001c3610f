"""Parks over the API: the tree the caller sees; written by its administrators."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from core.resources import IDEMPOTENCY_KEY, IF_MATCH, Resource, answers, expected_version
from parks.actions import add_park, edit_park
from parks.api.filters import ParkFilters
from parks.api.serializers import AddPark, EditPark, ParkDetail, ParkRow
from parks.models import Park


@extend_schema(tags=["parks"])
@extend_schema_view(list=extend_schema(summary="Parks in the order of their tree"), retrieve=extend_schema())
class Parks(Resource):
    """Zone, parks, and parks within parks."""

    model = Park
    row_class, detail_class = ParkRow, ParkDetail
    filterset_class = ParkFilters
    ordering = "sort_path"
    ordering_fields = ("id",)

    def details(self):
        return self.get_queryset().select_related("parent").prefetch_related("aliases")

    @extend_schema(request=AddPark, responses=answers(ParkDetail, code=201), parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        said = self.said(AddPark)
        return self.shown(self.once(lambda: add_park(**said, **self.who_and_when())), code=201)

    @extend_schema(request=EditPark(partial=True), responses=answers(ParkDetail), parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        park, said = self.row(pk), self.said(EditPark, partial=True)
        version, aliases = expected_version(request, said), said.pop("aliases", None)
        edit_park(park, changes=said, aliases=aliases, expected_version=version, **self.who_and_when())
        return self.shown(park.pk)
