"""Projects, their facts, documents and signing events as the API shows and reads them."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Arguments, DaySerializerField, RecordSerializer, WanSerializerField
from core.resources import CodedChoiceField, Row, RowField, RowsField, Version
from crm.api.fields import CompanyBrief, CompanyField
from crm.api.first_talks import SplitArguments
from crm.api.serializers import RecordInteraction
from crm.models.split import SPLIT_FIELDS
from parks.api.fields import ParkBrief, ParkField, PersonBrief, PersonField, brief_of_park, brief_of_person
from projects import actions, ledger
from projects.lifecycle import CODES, DocumentKind, NotCounted, Stage, backward_steps, needs_reason
from projects.models import (
    Document,
    InvestmentChange,
    InvestmentKind,
    ParkChange,
    Project,
    SigningEntry,
    SigningEvent,
    SigningKind,
    StageChange,
    Verdict,
)


class StageCode(serializers.CharField):
    def to_representation(self, value: Any) -> Any:
        return CODES[Stage(value)] if value else None


class ProjectRow(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    park = ParkBrief()
    company = CompanyBrief()
    industry = serializers.CharField()
    stage = serializers.CharField()
    stage_code = StageCode(source="stage")
    stage_since = DaySerializerField()
    verified_stage = serializers.CharField(help_text="Empty before the first verified fact.")
    signed_on = DaySerializerField(allow_null=True)
    total_investment_wan = WanSerializerField()
    verified_total_wan = WanSerializerField()
    owner = PersonBrief(allow_null=True)
    is_synthetic = serializers.BooleanField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class FactRow(Row):
    """A dated fact: when it happened, when it was recorded, and what the counting side said of it."""

    id = serializers.IntegerField()
    effective_on = DaySerializerField()
    recorded_at = serializers.DateTimeField()
    recorded_by = PersonBrief()
    reason = serializers.CharField()
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    corrected_by = serializers.IntegerField(allow_null=True)
    is_void = serializers.BooleanField()
    needs_verification = serializers.BooleanField()
    verdict = serializers.CharField()
    verdict_at = serializers.DateTimeField(allow_null=True)
    verdict_by = PersonBrief(allow_null=True)
    verdict_reason = serializers.CharField()


class ProjectBrief(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class StageFact(FactRow):
    from_stage = serializers.CharField()
    to_stage = serializers.CharField()
    to_code = StageCode(source="to_stage")


class InvestmentFact(FactRow):
    kind = serializers.ChoiceField(InvestmentKind)
    amount_wan = WanSerializerField()
    stage_change = serializers.IntegerField(source="stage_change_id", allow_null=True)


class ParkFact(FactRow):
    park = ParkBrief()


class StageChangeRow(StageFact):
    project = ProjectBrief()


class InvestmentChangeRow(InvestmentFact):
    project = ProjectBrief()


class NextProjectStep(serializers.Serializer):
    """A step and the sentences that say what it still needs; empty `missing` means the gate is open."""

    to = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    needs_reason = serializers.BooleanField()


class Standing(serializers.Serializer):
    """How the project stands today in one of the two bases; before the first verified fact `stage` is null."""

    stage = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    label = serializers.CharField(allow_null=True)
    total_investment_wan = WanSerializerField()


class DocumentRow(Row):
    id = serializers.IntegerField()
    project = ProjectBrief()
    kind = serializers.CharField()
    title = serializers.CharField()
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    uploaded_by = PersonBrief()


class ProjectDetail(RecordSerializer):
    park = serializers.SerializerMethodField()
    company = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()
    steward = serializers.SerializerMethodField()
    sponsor = serializers.SerializerMethodField()
    stage_code = StageCode(source="stage", read_only=True)
    stage_label = serializers.CharField(source="get_stage_display", read_only=True)
    paid_in_wan = WanSerializerField(read_only=True, allow_null=True)
    reported = serializers.SerializerMethodField()
    verified = serializers.SerializerMethodField()
    next_steps = serializers.SerializerMethodField()
    backward_steps = serializers.SerializerMethodField()
    stage_path = serializers.SerializerMethodField()
    investment_path = serializers.SerializerMethodField()
    park_path = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = (
            *ledger.API,
            "stage_code",
            "stage_label",
            "paid_in_wan",
            "reported",
            "verified",
            "next_steps",
            "backward_steps",
            "stage_path",
            "investment_path",
            "park_path",
        )

    @extend_schema_field(ParkBrief)
    def get_park(self, project: Project) -> dict[str, Any]:
        return brief_of_park(project.park)

    @extend_schema_field(CompanyBrief)
    def get_company(self, project: Project) -> dict[str, Any]:
        return {"id": project.company_id, "name": project.company.name}

    @extend_schema_field(PersonBrief(allow_null=True))
    def get_owner(self, project: Project) -> dict[str, Any] | None:
        return brief_of_person(project.owner)

    @extend_schema_field(PersonBrief(allow_null=True))
    def get_steward(self, project: Project) -> dict[str, Any] | None:
        return brief_of_person(project.steward)

    @extend_schema_field(PersonBrief(allow_null=True))
    def get_sponsor(self, project: Project) -> dict[str, Any] | None:
        return brief_of_person(project.sponsor)

    @extend_schema_field(Standing)
    def get_reported(self, project: Project) -> dict[str, Any]:
        return _standing(project.stage, project.total_investment_wan)

    @extend_schema_field(Standing)
    def get_verified(self, project: Project) -> dict[str, Any]:
        return _standing(project.verified_stage, project.verified_total_wan)

    @extend_schema_field(NextProjectStep(many=True))
    def get_next_steps(self, project: Project) -> list[dict[str, Any]]:
        return [_step(project, to, missing) for to, missing in actions.checklist(project)]

    @extend_schema_field(NextProjectStep(many=True))
    def get_backward_steps(self, project: Project) -> list[dict[str, Any]]:
        return [_step(project, to, []) for to in backward_steps(project.stage)]

    @extend_schema_field(StageFact(many=True))
    def get_stage_path(self, project: Project) -> list[dict[str, Any]]:
        """Every stage change ever recorded, corrected and rejected ones included, in the order of recording."""
        return _rows(StageFact, project.stage_changes)

    @extend_schema_field(InvestmentFact(many=True))
    def get_investment_path(self, project: Project) -> list[dict[str, Any]]:
        return _rows(InvestmentFact, project.investment_changes)

    @extend_schema_field(ParkFact(many=True))
    def get_park_path(self, project: Project) -> list[dict[str, Any]]:
        return _rows(ParkFact, project.park_changes)


def _rows(row_class: type[Row], facts: Any) -> list[dict[str, Any]]:
    return row_class(facts.order_by("recorded_at", "pk").values(*row_class.columns()), many=True).data


def _standing(stage: str, total_wan: Any) -> dict[str, Any]:
    return {
        "stage": stage or None,
        "code": CODES[Stage(stage)] if stage else None,
        "label": str(Stage(stage).label) if stage else None,
        "total_investment_wan": WanSerializerField().to_representation(total_wan),
    }


def _step(project: Project, to: str, missing: list[str]) -> dict[str, Any]:
    to = Stage(to)
    return {
        "to": to.value,
        "code": CODES[to],
        "label": str(to.label),
        "missing": missing,
        "needs_reason": needs_reason(project.stage, to),
    }


class EditProject(Version, RecordSerializer):
    owner = PersonField(required=False, allow_null=True)
    steward = PersonField(required=False, allow_null=True)
    sponsor = PersonField(required=False, allow_null=True)

    class Meta:
        model = Project
        fields = (*ledger.EDIT, "version")


class OpenProjectFromLead(Version, RecordSerializer):
    """Park, company and whatever is left out come from the lead."""

    park = ParkField(required=False)
    opened_on = DaySerializerField(required=False, help_text="Today where it is left out.")
    total_investment_wan = WanSerializerField(required=False)
    owner = PersonField(required=False)
    steward = PersonField(required=False)
    sponsor = PersonField(required=False)

    class Meta:
        model = Project
        fields = ("park", "opened_on", "total_investment_wan", *ledger.EDIT, "version")


class OpenProject(Arguments, RecordSerializer):
    park = ParkField()
    company = CompanyField()
    opened_on = DaySerializerField(required=False, help_text="Today where it is left out.")
    stage = CodedChoiceField(
        {stage: CODES[stage] for stage in actions.OPENING_STAGES}, required=False, help_text="First contact by default."
    )
    total_investment_wan = WanSerializerField(required=False)
    owner = PersonField(required=False)
    steward = PersonField(required=False)
    sponsor = PersonField(required=False)

    class Meta:
        model = Project
        fields = ("park", "company", "opened_on", "stage", "total_investment_wan", *ledger.EDIT)


class EvidenceField(RowsField):
    """Ids of documents of the project."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Document, required=False, **options)


class AdvanceProject(Version):
    to = CodedChoiceField(CODES, help_text="The stage, or its code P10 to X40.")
    effective_on = DaySerializerField(help_text="The day it happened; not in the future.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    evidence = EvidenceField()
    total_investment_wan = WanSerializerField(required=False, help_text="At the signing: the agreed total.")


class RecordProjectInteraction(RecordInteraction):
    """Park and company are those of the project."""

    park = company = lead = None

    class Meta(RecordInteraction.Meta):
        fields = ("kind", "happened_on", "people", "contacts", "summary", "next_step", "next_step_due_on")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs


class VerifyProject(Version):
    """Without `change` and `investment_change` the verdict is on everything that waits."""

    verdict = serializers.ChoiceField(
        Verdict, error_messages={"invalid_choice": gettext_lazy("“{input}” is no verdict. Write accepted or rejected.")}
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    change = RowField(StageChange, required=False, help_text="Id of a stage change.")
    investment_change = RowField(InvestmentChange, required=False)


class CorrectFact(Version):
    """Names one fact; what is left out stays as it was. The old fact is kept as what was believed before."""

    change = RowField(StageChange, required=False, help_text="Id of a stage change.")
    investment_change = RowField(InvestmentChange, required=False)
    effective_on = DaySerializerField(required=False)
    to = CodedChoiceField(CODES, required=False, help_text="Only for a stage change.")
    amount_wan = WanSerializerField(required=False, help_text="Only for an investment change.")
    is_void = serializers.BooleanField(required=False, help_text="It never happened.")
    reason = serializers.CharField(max_length=1000)
    evidence = EvidenceField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("change", "investment_change") if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError(_one_fact())
        foreign = "amount_wan" if named == ["change"] else "to"
        if foreign in attrs:
            raise serializers.ValidationError({foreign: [_no_part_of_it()]})
        return attrs


def _one_fact() -> str:
    return gettext("Name one fact: either a stage change or an investment change.")


def _no_part_of_it() -> str:
    return gettext("The fact you name has no such part.")


class IncreaseInvestment(Version):
    amount_wan = WanSerializerField(help_text="The increment, not the new total.")
    effective_on = DaySerializerField()
    reason = serializers.CharField(max_length=1000)
    evidence = EvidenceField()


class TransferProject(Version, SplitArguments):
    """Without terms of a split the handing park keeps half of tax and indicators for five years."""

    to_park = ParkField()
    effective_on = DaySerializerField()
    reason = serializers.CharField(max_length=1000)
    evidence = EvidenceField()

    class Meta(SplitArguments.Meta):
        fields = (*SPLIT_FIELDS, "to_park", "effective_on", "reason", "evidence", "version")


class CorrectTransfer(TransferProject):
    """The latest move is meant where `park_change` is left out; what else is left out stays as it was."""

    park_change = RowField(ParkChange, required=False)
    to_park = ParkField(required=False)
    effective_on = DaySerializerField(required=False)
    is_void = serializers.BooleanField(required=False, help_text="It never happened.")

    class Meta(SplitArguments.Meta):
        fields = (*TransferProject.Meta.fields, "park_change", "is_void")


class AttachDocument(Arguments):
    project = RowField(Project)
    kind = serializers.ChoiceField(DocumentKind)
    title = serializers.CharField(required=False, allow_blank=True, max_length=160)
    file = serializers.FileField(max_length=120, allow_empty_file=True)


class SigningEventRow(Row):
    id = serializers.IntegerField()
    name = serializers.CharField()
    park = ParkBrief()
    held_on = DaySerializerField()
    place = serializers.CharField()
    is_synthetic = serializers.BooleanField()
    version = serializers.IntegerField()


class EntryRow(Row):
    """`is_counted` says that the project counts at this event and at no other; `not_counted` says why it does not."""

    id = serializers.IntegerField()
    project = ProjectBrief()
    kind = serializers.CharField()
    is_counted = serializers.BooleanField()
    not_counted = serializers.ChoiceField(NotCounted, help_text="Empty where the entry counts.", allow_blank=True)
    counted_at = serializers.CharField(allow_null=True, help_text="The event at which the project counts.")
    agreed_wan = WanSerializerField(allow_null=True, help_text="Agreed at the signing, without later increases.")


class SigningEventDetail(RecordSerializer):
    park = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()

    class Meta:
        model = SigningEvent
        fields = (
            "id",
            "name",
            "park",
            "held_on",
            "place",
            "note",
            "entries",
            "source_note",
            "is_synthetic",
            "version",
            "recorded_at",
        )

    @extend_schema_field(ParkBrief)
    def get_park(self, event: SigningEvent) -> dict[str, Any]:
        return brief_of_park(event.park)

    @extend_schema_field(EntryRow(many=True))
    def get_entries(self, event: SigningEvent) -> list[dict[str, Any]]:
        """Those of projects the caller sees."""
        seen = SigningEntry.objects.visible_to(self.context["request"].user).filter(event=event)
        return EntryRow(seen.with_counted().order_by("pk").values(*EntryRow.columns()), many=True).data


class RecordSigningEvent(Arguments, RecordSerializer):
    park = ParkField()

    class Meta:
        model = SigningEvent
        fields = ("park", "name", "held_on", "place", "note")


class ListAtSigningEvent(Arguments):
    project = RowField(Project)
    kind = serializers.ChoiceField(SigningKind)
