"""The pipeline board of leads over the API."""

from dataclasses import replace

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_columns import PARAMETERS, Columns, shape
from crm import pipeline
from crm.api.filters import LeadFilters
from crm.api.serializers import LeadRow
from crm.lifecycle import CODES, OPEN
from crm.models import Lead


class LeadBoardFilters(LeadFilters):
    """On the board all leads are open; `stage` keeps to one column."""

    open = None


@extend_schema(tags=["leads"])
class LeadBoard(Columns):
    model = Lead
    row_class = LeadRow
    filterset_class = LeadBoardFilters
    layout = replace(pipeline.LAYOUT, show=lambda leads: leads.values(*LeadRow.columns()))
    stages = {stage: CODES[stage] for stage in OPEN}

    @extend_schema(
        summary="Open leads in columns by stage",
        parameters=PARAMETERS,
        filters=True,
        responses=shape("LeadBoard", LeadRow),
    )
    def list(self, request: Request) -> Response:
        """Number and amount of each column are over the whole filter; cards by next step, late ones first.

        A card is moved with `POST /leads/{id}/advance/`.
        """
        return super().list(request)
