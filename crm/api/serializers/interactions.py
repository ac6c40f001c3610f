"""API shapes of conversations."""

from typing import Any

from rest_framework import serializers

from core.api import Arguments, DaySerializerField, RecordSerializer, VeiledField, VeiledNames
from core.resources import Row
from crm.api.elsewhere import ElsewhereField
from crm.api.fields import CompanyBrief, CompanyField, ContactsField, LeadField
from crm.api.serializers.leads import LeadDetail
from crm.models import Interaction
from parks.api.fields import ParkBrief, ParkField, PersonBrief


class InteractionRow(Row):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    happened_on = DaySerializerField()
    company = CompanyBrief()
    park = ParkBrief()
    lead_id = serializers.IntegerField(allow_null=True)
    people = VeiledField()
    summary = VeiledField()
    next_step = VeiledField()
    next_step_due_on = DaySerializerField(allow_null=True)
    recorded_by = PersonBrief()
    is_synthetic = serializers.BooleanField()


class InteractionDetail(RecordSerializer):
    company = serializers.SerializerMethodField()
    park = serializers.SerializerMethodField()
    contacts = VeiledNames(slug_field="full_name", many=True, read_only=True)
    recorded_by = serializers.CharField(read_only=True)
    protected_elsewhere = ElsewhereField()

    class Meta:
        model = Interaction
        fields = (
            "id",
            "kind",
            "happened_on",
            "company",
            "park",
            "lead",
            "people",
            "contacts",
            "summary",
            "next_step",
            "next_step_due_on",
            "recorded_at",
            "recorded_by",
            "protected_elsewhere",
            "is_synthetic",
        )

    get_company = LeadDetail.get_company
    get_park = LeadDetail.get_park


class RevealedInteraction(serializers.Serializer):
    """What was written, numbers in full."""

    id = serializers.IntegerField()
    people = serializers.CharField()
    summary = serializers.CharField()
    next_step = serializers.CharField()


class RecordInteraction(Arguments, RecordSerializer):
    """With a `lead`, park and company are those of the lead."""

    park = ParkField(required=False)
    company = CompanyField(required=False)
    lead = LeadField(required=False)
    contacts = ContactsField(required=False)
    happened_on = DaySerializerField(required=False, help_text="Today where it is left out.")

    class Meta:
        model = Interaction
        fields = (
            "park",
            "company",
            "lead",
            "kind",
            "happened_on",
            "people",
            "contacts",
            "summary",
            "next_step",
            "next_step_due_on",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        lead = attrs.get("lead")
        if lead is not None:
            return {"park": lead.park, "company": lead.company, **attrs}
        if missing := [name for name in ("park", "company") if name not in attrs]:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return attrs
