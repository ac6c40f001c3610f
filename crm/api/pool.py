"""The lead pool over the API: claim, give back, assign, and through whose hands a lead went."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import DaySerializerField, VeiledField
from core.resources import IF_MATCH, Deeds, Row, Version, answers, expected_version
from crm import actions
from crm.api.serializers import LeadDetail
from crm.models import ChangeOfHands, Lead
from parks.api.fields import ParkField, PersonBrief, PersonField


class ReturnLead(Version):
    reason = serializers.CharField(max_length=200, help_text="For whoever takes it next.")


class AssignLead(Version):
    park = ParkField(required=False)
    owner = PersonField(required=False, allow_null=True, help_text="Left out or null: into the pool of the park.")
    effective_on = DaySerializerField(help_text="The day it happened; not in the future.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class ClaimRow(Row):
    """One person's time with a lead; `ended_at` is null while it lasts. `by` null: the system did it."""

    holder = PersonBrief()
    began_at = serializers.DateTimeField()
    began_how = serializers.ChoiceField(ChangeOfHands)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_how = serializers.ChoiceField(ChangeOfHands, allow_blank=True)
    ended_by = PersonBrief(allow_null=True)
    reason = VeiledField(allow_blank=True)


@extend_schema(tags=["leads"])
class LeadPool(Deeds):
    model = Lead
    detail_class = LeadDetail

    def details(self):
        return self.get_queryset().select_related("park", "company", "owner").prefetch_related("stage_changes")

    @extend_schema(request=None, responses=answers(LeadDetail))
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take the lead out of the pool. Of several at once one gets it; the others are told who, with 409."""
        lead = actions.claim_lead(self.row(pk), **self.who_and_when())
        return self.shown(lead.pk)

    @extend_schema(request=ReturnLead, responses=answers(LeadDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, pk: str) -> Response:
        """Give the lead back to the pool, with the reason."""
        lead, said = self.row(pk), self.said(ReturnLead)
        version = expected_version(request, said)
        actions.return_lead(lead, **said, expected_version=version, **self.who_and_when())
        return self.shown(lead.pk)

    @extend_schema(request=AssignLead, responses=answers(LeadDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give the lead to a park and an officer there; where it is due, this is the step L50 as well."""
        lead, said = self.row(pk), self.said(AssignLead)
        version = expected_version(request, said)
        actions.assign_lead(lead, **said, expected_version=version, **self.who_and_when())
        return self.shown(lead.pk)

    @extend_schema(responses=ClaimRow(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def claims(self, request: Request, pk: str) -> Response:
        """Who held the lead from when until when, the earliest first."""
        return Response(ClaimRow(self.row(pk).claims.values(*ClaimRow.columns()), many=True).data)
