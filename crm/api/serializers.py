"""Companies, contacts, leads and interactions as the API shows and reads them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Arguments, CreditCodeSerializerField, DaySerializerField, RecordSerializer, WanSerializerField
from core.resources import CodedChoiceField, Row, Version
from crm.actions import COMPANY_EDITABLE, CONTACT_EDITABLE, LEAD_EDITABLE
from crm.api.fields import CompanyBrief, CompanyField, ContactsField, LeadField
from crm.lifecycle import CODES, LeadStage, ShelvingReason, arguments_of, next_stages, obstacles
from crm.models import Company, Contact, Interaction, Lead, LeadStageChange
from crm.names import masked
from parks.api.fields import ParkBrief, ParkField, PersonBrief, PersonField, brief_of_park, brief_of_person
from parks.api.serializers import AliasesField
from parks.models import Park


class Masked(serializers.CharField):
    """A number shown in part: a list is no telephone book."""

    def to_representation(self, value: Any) -> str:
        return masked(value)


class CompanyRow(Row):
    id = serializers.IntegerField()
    name = serializers.CharField()
    credit_code = serializers.CharField(allow_null=True)
    ownership = serializers.CharField()
    industry = serializers.CharField()
    is_chain_master = serializers.BooleanField()
    is_top_500 = serializers.BooleanField()
    is_leading = serializers.BooleanField()
    is_little_giant = serializers.BooleanField()
    country = serializers.CharField()
    is_synthetic = serializers.BooleanField()


class CompanyDetail(RecordSerializer):
    aliases = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    parks = serializers.SerializerMethodField()

    class Meta:
        model = Company
        fields = ("id", *COMPANY_EDITABLE, "aliases", "parks", "source_note", "is_synthetic", "version", "recorded_at")

    @extend_schema_field(ParkBrief(many=True))
    def get_parks(self, company: Company) -> list[dict[str, Any]]:
        """The parks, among those the caller sees, in which the company is known."""
        return [brief_of_park(link.park) for link in company.seen_in]


class EditCompany(Version, RecordSerializer):
    credit_code = CreditCodeSerializerField(required=False, allow_null=True, allow_blank=True)
    aliases = AliasesField(required=False)

    class Meta:
        model = Company
        fields = (*COMPANY_EDITABLE, "aliases", "version")


IS_ANOTHER = {
    "required": False,
    "help_text": "True says that somebody looked and this is another company than the registered one of this name.",
}


class RegisterCompany(Arguments, RecordSerializer):
    park = ParkField()
    credit_code = CreditCodeSerializerField(required=False, allow_blank=True)
    aliases = AliasesField(required=False)
    is_another = serializers.BooleanField(**IS_ANOTHER)

    class Meta:
        model = Company
        fields = ("park", *COMPANY_EDITABLE, "aliases", "is_another")


class ContactRow(Row):
    id = serializers.IntegerField()
    company = CompanyBrief()
    full_name = serializers.CharField()
    post = serializers.CharField()
    phone = Masked()
    is_synthetic = serializers.BooleanField()


class ContactDetail(RecordSerializer):
    """Numbers and addresses are shown in full to those who may log conversations with this company, as on its page."""

    company = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = ("id", "company", *CONTACT_EDITABLE, "is_synthetic", "version", "recorded_at")

    def to_representation(self, instance: Contact) -> dict[str, Any]:
        shown = super().to_representation(instance)
        user = self.context["request"].user
        callers = Park.objects.visible_to(user).where_may(user, "crm.record_interaction")
        if not callers.filter(pk__in=instance.company.known_in.values("park_id")).exists():
            shown |= {name: masked(shown[name]) for name in ("phone", "email", "wechat")}
        return shown

    @extend_schema_field(CompanyBrief)
    def get_company(self, contact: Contact) -> dict[str, Any]:
        return {"id": contact.company_id, "name": contact.company.name}


class EditContact(Version, RecordSerializer):
    class Meta:
        model = Contact
        fields = (*CONTACT_EDITABLE, "version")


class AddContact(Arguments, RecordSerializer):
    company = CompanyField()

    class Meta:
        model = Contact
        fields = ("company", *CONTACT_EDITABLE)


class LeadCode(serializers.CharField):
    def to_representation(self, value: Any) -> str:
        return CODES[LeadStage(value)]


class LeadRow(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
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
    next_step = serializers.CharField()
    next_step_due_on = DaySerializerField(allow_null=True)
    last_contact_on = DaySerializerField(allow_null=True)
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
    next_steps = serializers.SerializerMethodField()
    stage_path = serializers.SerializerMethodField()

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
            "next_steps",
            "stage_path",
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
    owner = PersonField(required=False, help_text="You, where it is left out.")

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


class InteractionRow(Row):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    happened_on = DaySerializerField()
    company = CompanyBrief()
    park = ParkBrief()
    lead_id = serializers.IntegerField(allow_null=True)
    people = serializers.CharField()
    summary = serializers.CharField()
    next_step = serializers.CharField()
    next_step_due_on = DaySerializerField(allow_null=True)
    recorded_by = PersonBrief()
    is_synthetic = serializers.BooleanField()


class InteractionDetail(RecordSerializer):
    company = serializers.SerializerMethodField()
    park = serializers.SerializerMethodField()
    contacts = serializers.SlugRelatedField(slug_field="full_name", many=True, read_only=True)
    recorded_by = serializers.CharField(read_only=True)

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
            "is_synthetic",
        )

    get_company = LeadDetail.get_company
    get_park = LeadDetail.get_park


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
