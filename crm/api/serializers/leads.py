"""API shapes of leads."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Arguments, DaySerializerField, RecordSerializer, VeiledField, WanSerializerField
from core.resources import CodedChoiceField, Row, Version
from crm.actions import LEAD_EDITABLE
from crm.api.elsewhere import ElsewhereField
from crm.api.fields import CompanyBrief, CompanyField
from crm.api.serializers.companies import IS_ANOTHER
from crm.lifecycle import CODES, LeadStage, ShelvingReason, arguments_of, next_stages, obstacles
from crm.models import Lead, LeadStageChange
from parks.api.fields import ParkBrief, ParkField, PersonBrief, PersonField, brief_of_park, brief_of_person


class LeadCode(serializers.CharField):
    def to_representation(self, value: Any) -> str:
        return CODES[LeadStage(value)]


class OverdueField(serializers.BooleanField):
    """Whether the due day is past; read from the day itself."""

    def to_representation(self, value: Any) -> bool:
        return value < timezone.localdate()


CLOCK = ("clock", "clock_due_on", "clock_is_provisional")


class LeadRow(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    title = VeiledField()
    company = CompanyBrief()
    park = ParkBrief()
    stage = serializers.CharField()
    stage_code = LeadCode(source="stage")
    stage_since = DaySerializerField()
    received_on = DaySerializerField()
    source = serializers.CharField()
    industry = serializers.CharField()
    intended_investment_wan = WanSerializerField(allow_null=True)
    owner = PersonBrief(allow_null=True)
    next_step = VeiledField()
    next_step_due_on = DaySerializerField(allow_null=True)
    last_contact_on = DaySerializerField(allow_null=True)
    clock = serializers.CharField(help_text="respond, assess, feed_back or report; empty where none runs.")
    clock_due_on = DaySerializerField(allow_null=True)
    clock_is_provisional = serializers.BooleanField(help_text="A notice of working days may move the due day.")
    is_overdue = OverdueField(source="clock_due_on", allow_null=True)
    is_synthetic = serializers.BooleanField()


class NextStep(serializers.Serializer):
    """A step and what it still needs. Where `missing` is empty the step passes with `to` and `effective_on` alone."""

    to = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField()
    by = serializers.ChoiceField(["advance", "open-project"], help_text="The verb of the lead that takes the step.")
    needs = serializers.ListField(
        child=serializers.ChoiceField(["note", "shelving_reason"]), help_text="What has to be sent along with the step."
    )
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="What keeps the lead from the step, a sentence each, those about `needs` included.",
    )


class LeadStageFact(RecordSerializer):
    class Meta:
        model = LeadStageChange
        fields = ("id", "from_stage", "to_stage", "effective_on", "recorded_at", "note")


class LeadDetail(RecordSerializer):
    stage_code = LeadCode(source="stage", read_only=True)
    stage_label = serializers.CharField(source="get_stage_display", read_only=True)
    company = serializers.SerializerMethodField()
    park = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()
    is_overdue = OverdueField(source="clock_due_on", read_only=True, allow_null=True)
    next_steps = serializers.SerializerMethodField()
    stage_path = serializers.SerializerMethodField()
    protected_elsewhere = ElsewhereField()

    class Meta:
        model = Lead
        fields = (
            "id",
            "code",
            "company",
            "park",
            "stage",
            "stage_code",
            "stage_label",
            "stage_since",
            "shelving_reason",
            *LEAD_EDITABLE,
            "last_contact_on",
            "pooled_at",
            "pooled_how",
            "pooled_reason",
            *CLOCK,
            "is_overdue",
            "next_steps",
            "stage_path",
            "protected_elsewhere",
            "source_note",
            "is_synthetic",
            "version",
            "recorded_at",
        )

    @extend_schema_field(CompanyBrief)
    def get_company(self, lead: Lead) -> dict[str, Any]:
        return {"id": lead.company_id, "name": lead.company.name}

    @extend_schema_field(ParkBrief)
    def get_park(self, lead: Lead) -> dict[str, Any]:
        return brief_of_park(lead.park)

    @extend_schema_field(PersonBrief(allow_null=True))
    def get_owner(self, lead: Lead) -> dict[str, Any] | None:
        return brief_of_person(lead.owner)

    @extend_schema_field(NextStep(many=True))
    def get_next_steps(self, lead: Lead) -> list[dict[str, Any]]:
        return [
            {
                "to": to.value,
                "code": CODES[to],
                "label": str(to.label),
                "by": "open-project" if to == LeadStage.CONVERTED else "advance",
                "needs": arguments_of(to),
                "missing": obstacles(lead, to),
            }
            for to in next_stages(lead.stage)
        ]

    @extend_schema_field(LeadStageFact(many=True))
    def get_stage_path(self, lead: Lead) -> list[dict[str, Any]]:
        return LeadStageFact(lead.stage_changes.all(), many=True).data


class EditLead(Version, RecordSerializer):
    owner = PersonField(required=False, allow_null=True)

    class Meta:
        model = Lead
        fields = (*LEAD_EDITABLE, "version")


class RegisterLead(Arguments, RecordSerializer):
    """Give `company`, or `company_name` for one that is not registered yet."""

    park = ParkField()
    company = CompanyField(required=False)
    company_name = serializers.CharField(required=False, max_length=120)
    is_another = serializers.BooleanField(**IS_ANOTHER)
    contact_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    contact_phone = serializers.CharField(required=False, allow_blank=True, max_length=30)
    received_on = DaySerializerField(required=False, help_text="Today where it is left out.")
    owner = PersonField(
        required=False, allow_null=True, help_text="You, where it is left out; null puts the lead into the pool."
    )

    class Meta:
        model = Lead
        fields = (
            "park",
            "company",
            "company_name",
            "is_another",
            "contact_name",
            "contact_phone",
            *LEAD_EDITABLE,
        )


class AdvanceLead(Version):
    to = CodedChoiceField(CODES, help_text="The stage, or its code L10 to L90.")
    effective_on = DaySerializerField(help_text="The day it happened; not in the future.")
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=4000, help_text="Assessment, feedback, or reason for going back."
    )
    shelving_reason = serializers.ChoiceField(ShelvingReason, required=False, allow_blank=True)
