"""Assessments over the API: read the latest, keep a draft, settle it with its step."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import DaySerializerField, RecordSerializer
from core.resources import IF_MATCH, Deeds, Version, answers, etag, expected_version
from crm import actions
from crm.actions import ASSESSED_WITH
from crm.aspects import missing_aspects
from crm.lifecycle import ShelvingReason
from crm.models import Assessment, Lead


class AssessmentDetail(RecordSerializer):
    """The latest assessment of a lead; `is_draft` until it is settled. `missing` names aspects without an opinion."""

    is_draft = serializers.BooleanField(read_only=True)
    follows = serializers.BooleanField(read_only=True, allow_null=True)
    missing = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = (
            "id", "is_draft", "follows", "missing", *ASSESSED_WITH, "effective_on", "version", "recorded_at",
        )  # fmt: skip

    def get_missing(self, assessment: Assessment) -> list[str]:
        return [aspect.value for aspect in missing_aspects(assessment)]


class DraftAssessment(Version, RecordSerializer):
    needs_experts = serializers.BooleanField(required=False, help_text="Outside experts are asked; more time is given.")

    class Meta:
        model = Assessment
        fields = (*ASSESSED_WITH, "needs_experts", "version")


class AssessLead(DraftAssessment):
    """What is left out is as in the draft. All six aspects, `summary` and `outcome` must be there in the end."""

    effective_on = DaySerializerField(help_text="The day it happened; not in the future.")
    shelving_reason = serializers.ChoiceField(ShelvingReason, required=False, allow_blank=True)

    class Meta(DraftAssessment.Meta):
        fields = (*ASSESSED_WITH, "effective_on", "shelving_reason", "needs_experts", "version")


@extend_schema(tags=["leads"])
class LeadAssessment(Deeds):
    model = Lead
    detail_class = AssessmentDetail

    def details(self):
        return self.get_queryset().select_related("park", "company", "owner")

    def latest(self, lead: Lead, *, code: int = 200) -> Response:
        found = lead.assessments.first()
        if found is None:
            raise Http404
        return Response(AssessmentDetail(found).data, status=code, headers=etag(found.version))

    @extend_schema(responses=answers(AssessmentDetail))
    @action(detail=True, methods=["get"], url_path="assessment", url_name="show")
    def assessment(self, request: Request, pk: str) -> Response:
        """The latest assessment, draft or settled; 404 where there is none."""
        return self.latest(self.row(pk))

    @extend_schema(request=DraftAssessment, responses=answers(AssessmentDetail), parameters=[IF_MATCH])
    @assessment.mapping.put
    def draft(self, request: Request, pk: str) -> Response:
        """Keep a draft; what is left out stays. The first one takes the step L30 where its gate is open."""
        lead, said = self.row(pk), self.said(DraftAssessment)
        also = {"expected_version": expected_version(request, said), "needs_experts": said.pop("needs_experts", None)}
        actions.draft_assessment(lead, given=said, **also, **self.who_and_when())
        return self.latest(lead)

    @extend_schema(request=AssessLead, responses=answers(AssessmentDetail, code=201), parameters=[IF_MATCH])
    @assessment.mapping.post
    def settle(self, request: Request, pk: str) -> Response:
        """Settle the assessment and take the step L31; not followed up, the lead is shelved or goes to the pool."""
        lead, said = self.row(pk), self.said(AssessLead)
        also = {"expected_version": expected_version(request, said), "needs_experts": said.pop("needs_experts", None)}
        how = {"effective_on": said.pop("effective_on"), "shelving_reason": said.pop("shelving_reason", "")}
        actions.assess_lead(lead, given=said, **how, **also, **self.who_and_when())
        return self.latest(lead, code=201)
