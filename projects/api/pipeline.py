"""The pipeline board of projects over the API."""

from dataclasses import replace

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_columns import PARAMETERS, Columns, shape
from projects import pipeline
from projects.api.filters import ProjectFilters
from projects.api.serializers import ProjectRow
from projects.lifecycle import CODES
from projects.models import Project


class PipelineFilters(ProjectFilters):
    """On the board only stages up to the signing are shown; `stage` keeps to one column."""

    bucket = None


@extend_schema(tags=["projects"])
class ProjectPipeline(Columns):
    model = Project
    row_class = ProjectRow
    filterset_class = PipelineFilters
    layout = replace(pipeline.LAYOUT, show=lambda projects: projects.values(*ProjectRow.columns()))
    stages = {stage: CODES[stage] for stage in pipeline.COLUMNS}

    @extend_schema(
        summary="Projects up to their signing in columns by stage",
        parameters=PARAMETERS,
        filters=True,
        responses=shape("ProjectPipeline", ProjectRow),
    )
    def list(self, request: Request) -> Response:
        """Number and amount of each column are over the whole filter; cards longest in their stage first.

        A card is moved with `POST /projects/{id}/advance/`.
        """
        return super().list(request)
