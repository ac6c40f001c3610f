"""First talks, their conflicts, the rule of a zone and transfers of leads over the API."""

from typing import Any

import django_filters
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter

from core.api import Arguments, DaySerializerField, RecordSerializer, VeiledField, WanSerializerField
from core.api_filters import DayFilter, NamedFilters, RowFilter, TruthFilter
from core.downloads import file_answer
from core.filters import StrictFilterForm
from core.resources import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    Deeds,
    Refusal,
    Resource,
    Row,
    RowField,
    Version,
    answers,
    expected_version,
)
from crm import actions
from crm.actions.conflicts import claims_of, sides_of
from crm.api.fields import CompanyBrief, LeadField
from crm.api.serializers import LeadDetail
from crm.models import (
    Conflict,
    FirstTalk,
    FirstTalkPaper,
    Interaction,
    Lead,
    LeadTransfer,
    PaperKind,
    ProtectionRule,
)
from crm.models.split import SPLIT_FIELDS
from crm.protection import FirstTalkStatus, Ground, foremost
from crm.protections import dress, rule_of
from parks.api.fields import ParkBrief, ParkField, brief_of_park
from parks.api.filters import ParkFilter
from parks.models import Park

PAPER = OpenApiParameter("paper", OpenApiTypes.INT64, OpenApiParameter.PATH)


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class FirstTalkRow(Row):
    id = serializers.IntegerField()
    lead_id = serializers.IntegerField()
    company = CompanyBrief(source="lead__company")
    park = ParkBrief()
    status = serializers.CharField()
    first_contact_on = DaySerializerField()
    amount_wan = WanSerializerField(allow_null=True)
    amount_wan_usd = WanSerializerField(allow_null=True)
    threshold_met = serializers.CharField()
    protected_from = DaySerializerField(allow_null=True)
    protected_until = DaySerializerField(allow_null=True)
    is_synthetic = serializers.BooleanField()


class PaperShape(RecordSerializer):
    class Meta:
        model = FirstTalkPaper
        fields = ("id", "kind", "title", "content_type", "sha256", "size_bytes", "uploaded_at")


class ChangeShape(serializers.Serializer):
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    cause = serializers.CharField()
    effective_on = DaySerializerField()
    recorded_at = serializers.DateTimeField()
    reason = VeiledField()


class FirstTalkDetail(RecordSerializer):
    """`last_day` is the last protected day as things stand: the end of the period, or earlier for want of a record."""

    company = serializers.SerializerMethodField()
    park = serializers.SerializerMethodField()
    last_day = serializers.SerializerMethodField()
    papers = PaperShape(many=True, read_only=True)
    changes = ChangeShape(many=True, read_only=True)
    conflicts = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = FirstTalk
        fields = (
            "id",
            "lead",
            "company",
            "park",
            "status",
            "end_cause",
            "first_contact_on",
            "interaction",
            "amount_wan",
            "amount_wan_usd",
            "threshold_met",
            "chain_fit",
            "contact_verified_at",
            "protected_from",
            "protected_until",
            "last_day",
            "renewals",
            "papers",
            "changes",
            "conflicts",
            "is_synthetic",
            "recorded_at",
        )

    @extend_schema_field(CompanyBrief)
    def get_company(self, talk: FirstTalk) -> dict[str, Any]:
        return {"id": talk.lead.company_id, "name": talk.lead.company.name}

    @extend_schema_field(ParkBrief)
    def get_park(self, talk: FirstTalk) -> dict[str, Any]:
        return brief_of_park(talk.park)

    @extend_schema_field(DaySerializerField(allow_null=True))
    def get_last_day(self, talk: FirstTalk) -> str | None:
        (dressed,) = dress([talk], talk.first_contact_on)
        return dressed.last_day.isoformat() if dressed.last_day else None


class RegisterFirstTalk(Arguments):
    """The proof is an `interaction`, which gives the day, or a `file` (multipart) with `first_contact_on`."""

    lead = LeadField()
    interaction = RowField(Interaction, required=False)
    first_contact_on = DaySerializerField(required=False)
    file = serializers.FileField(required=False, max_length=120, allow_empty_file=True)
    preference = serializers.FileField(required=False, max_length=120, allow_empty_file=True)
    amount_wan = WanSerializerField(required=False, help_text="The lead's amount where both amounts are left out.")
    amount_wan_usd = WanSerializerField(required=False)
    chain_fit = serializers.CharField(required=False, allow_blank=True, max_length=500)


class Reasoned(Arguments):
    reason = serializers.CharField(max_length=2000)


class JudgeFirstTalk(Arguments):
    verdict = serializers.ChoiceField(["accepted", "rejected"])
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class AddPaper(Arguments):
    kind = serializers.ChoiceField(PaperKind)
    file = serializers.FileField(max_length=120, allow_empty_file=True)


class SideShape(serializers.Serializer):
    """`masked`: a side of another park, of which only the park and the day of registration are told."""

    masked = serializers.BooleanField()
    park = ParkBrief()
    registered_on = DaySerializerField()
    first_talk = FirstTalkDetail(allow_null=True)


class ConflictRow(Row):
    id = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    winner_id = serializers.IntegerField(allow_null=True)
    ground = serializers.CharField()


class AppealShape(serializers.Serializer):
    side = serializers.IntegerField(source="side_id")
    reason = VeiledField()
    appealed_at = serializers.DateTimeField()
    winner = serializers.IntegerField(source="winner_id", allow_null=True)
    reasons = VeiledField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ConflictDetail(RecordSerializer):
    sides = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField(help_text="The side the rule puts first, and on what ground.")
    appeal = serializers.SerializerMethodField()

    class Meta:
        model = Conflict
        fields = ("id", "opened_at", "sides", "rule", "winner", "ground", "reasons", "decided_at", "appeal")

    @extend_schema_field(SideShape(many=True))
    def get_sides(self, conflict: Conflict) -> list[dict[str, Any]]:
        seen = set(Park.objects.visible_to(self.context["request"].user).values_list("pk", flat=True))
        return [
            {
                "masked": side.park_id not in seen,
                "park": brief_of_park(side.park),
                "registered_on": DaySerializerField().to_representation(side.recorded_at.date()),
                "first_talk": FirstTalkDetail(side).data if side.park_id in seen else None,
            }
            for side in sides_of(conflict)
        ]

    @extend_schema_field({"type": "object", "properties": {"ground": {"type": "string"}, "first": {"type": "array"}}})
    def get_rule(self, conflict: Conflict) -> dict[str, Any]:
        ground, first = foremost(claims_of(sides_of(conflict)))
        return {"ground": str(ground), "first": first}

    @extend_schema_field(AppealShape(allow_null=True))
    def get_appeal(self, conflict: Conflict) -> dict[str, Any] | None:
        appeal = getattr(conflict, "appeal", None)
        return AppealShape(appeal).data if appeal else None


class OpenConflict(Arguments):
    first = RowField(FirstTalk)
    second = RowField(FirstTalk)
    reason = serializers.CharField(max_length=2000)


class Decide(Arguments):
    winner = RowField(FirstTalk)
    ground = serializers.ChoiceField(Ground)
    reasons = serializers.CharField(max_length=4000)


class DecideAppeal(Arguments):
    winner = RowField(FirstTalk)
    reasons = serializers.CharField(max_length=4000)


class AppealConflict(Arguments):
    side = RowField(FirstTalk)
    reason = serializers.CharField(max_length=4000)


class RuleShape(RecordSerializer):
    min_wan = WanSerializerField()
    min_wan_usd = WanSerializerField()

    class Meta:
        model = ProtectionRule
        fields = (*actions.PROTECTION_EDITABLE, "version")


class EditRule(Version, RecordSerializer):
    min_wan = WanSerializerField(required=False)
    min_wan_usd = WanSerializerField(required=False)

    class Meta:
        model = ProtectionRule
        fields = (*actions.PROTECTION_EDITABLE, "version")


class TransferRow(Row):
    """`tax_pct` and `indicator_pct` are what the handing park keeps; the rest, to 100, is the landing park's."""

    id = serializers.IntegerField()
    lead_id = serializers.IntegerField()
    company = CompanyBrief(source="lead__company")
    from_park = ParkBrief()
    to_park = ParkBrief()
    effective_on = DaySerializerField()
    reason = VeiledField()
    tax_pct = serializers.DecimalField(max_digits=5, decimal_places=2)
    tax_years = serializers.IntegerField()
    indicator_pct = serializers.DecimalField(max_digits=5, decimal_places=2)
    indicator_years = serializers.IntegerField()
    counted_by = serializers.CharField()


class SplitArguments(RecordSerializer):
    """The terms of a split; what is left out is 50 %, five years, counted by the landing park."""

    class Meta:
        model = LeadTransfer
        fields = SPLIT_FIELDS


class TransferLead(Version, SplitArguments):
    to_park = ParkField()
    effective_on = DaySerializerField()
    reason = serializers.CharField(max_length=1000)

    class Meta(SplitArguments.Meta):
        fields = (*SPLIT_FIELDS, "to_park", "effective_on", "reason", "version")


# ── doors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class FirstTalkFilters(NamedFilters):
    park = ParkFilter()
    lead = RowFilter(Lead)
    status = django_filters.ChoiceFilter(choices=FirstTalkStatus)
    protected_until_from = DayFilter(field_name="protected_until", lookup_expr="gte")
    protected_until_to = DayFilter(field_name="protected_until", lookup_expr="lte")

    class Meta:
        model = FirstTalk
        fields = ("status",)
        form = StrictFilterForm


@extend_schema(tags=["first-talks"])
@extend_schema_view(list=extend_schema(summary="First talks, latest registered first"), retrieve=extend_schema())
class FirstTalks(Resource):
    model = FirstTalk
    row_class, detail_class = FirstTalkRow, FirstTalkDetail
    filterset_class = FirstTalkFilters
    parser_classes = (JSONParser, MultiPartParser)
    ordering = "-id"

    def details(self) -> Any:
        return self.get_queryset().with_what_rows_show().prefetch_related("papers", "changes", "conflicts")

    @extend_schema(
        request={"application/json": RegisterFirstTalk, "multipart/form-data": RegisterFirstTalk},
        responses=answers(FirstTalkDetail, code=201),
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Claim the first talk. Against a claim of another park above the threshold a conflict is opened."""
        said = self.said(RegisterFirstTalk)
        lead = said.pop("lead")
        return self.shown(self.once(lambda: actions.register_first_talk(lead, **said, **self.who_and_when())), code=201)

    @extend_schema(request=JudgeFirstTalk, responses=answers(FirstTalkDetail))
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Accept or reject the contact, as the office."""
        talk, said = self.row(pk), self.said(JudgeFirstTalk)
        is_accepted = said.pop("verdict") == "accepted"
        actions.verify_first_talk(talk, is_accepted=is_accepted, **said, **self.who_and_when())
        return self.shown(talk.pk)

    @extend_schema(request=Reasoned, responses=answers(FirstTalkDetail))
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """Prolong the protection by one period, counted from its last day."""
        talk = self.row(pk)
        actions.renew_first_talk(talk, **self.said(Reasoned), **self.who_and_when())
        return self.shown(talk.pk)

    @extend_schema(request=Reasoned, responses=answers(FirstTalkDetail))
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Give the first talk up before its time."""
        talk = self.row(pk)
        actions.end_first_talk(talk, **self.said(Reasoned), **self.who_and_when())
        return self.shown(talk.pk)

    @extend_schema(request={"multipart/form-data": AddPaper}, responses=answers(FirstTalkDetail, code=201))
    @action(detail=True, methods=["post"])
    def papers(self, request: Request, pk: str) -> Response:
        """Bring one more piece of evidence."""
        talk = self.row(pk)
        actions.add_paper(talk, **self.said(AddPaper), **self.who_and_when())
        return self.shown(talk.pk, code=201)

    @extend_schema(
        parameters=[PAPER],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            404: OpenApiResponse(Refusal, "There is no such paper among those you may see."),
        },
    )
    @action(detail=True, methods=["get"], url_path=r"papers/(?P<paper>[0-9]{1,18})/file")
    def paper(self, request: Request, pk: str, paper: str) -> Any:
        """The file itself."""
        seen = FirstTalkPaper.objects.visible_to(request.user)
        found = seen.filter(pk=int(paper), first_talk=int(pk)).first()
        if found is None:
            raise Http404
        return file_answer(request, found)


class ConflictFilters(NamedFilters):
    open = TruthFilter(label="Waits for a decision, or for one on its appeal.", method="only_open")

    class Meta:
        model = Conflict
        fields = ()
        form = StrictFilterForm

    def only_open(self, rows: Any, _name: str, wanted: bool) -> Any:  # noqa: FBT001
        return rows.undecided() if wanted else rows.exclude(pk__in=rows.undecided().values("pk"))


@extend_schema(tags=["conflicts"])
@extend_schema_view(list=extend_schema(summary="Conflicts of first talks, latest first"), retrieve=extend_schema())
class Conflicts(Resource):
    """Of another park's side an officer is told the park and the day; the office sees both sides."""

    model = Conflict
    row_class, detail_class = ConflictRow, ConflictDetail
    filterset_class = ConflictFilters
    ordering = "-id"

    def details(self) -> Any:
        return self.get_queryset().select_related("zone", "winner__park", "appeal")

    @extend_schema(request=OpenConflict, responses=answers(ConflictDetail, code=201))
    def create(self, request: Request) -> Response:
        """Open a conflict by hand, for two claims whose names do not show that they are about one investor."""
        said = self.said(OpenConflict)
        opened = actions.open_conflict(said["first"], said["second"], reason=said["reason"], **self.who_and_when())
        return self.shown(opened.pk, code=201)

    @extend_schema(request=Decide, responses=answers(ConflictDetail))
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Decide for one side, with reasons; the rule binds where it tells the sides apart."""
        conflict = self.row(pk)
        actions.decide_conflict(conflict, **self.said(Decide), **self.who_and_when())
        return self.shown(conflict.pk)

    @extend_schema(request=AppealConflict, responses=answers(ConflictDetail))
    @action(detail=True, methods=["post"])
    def appeal(self, request: Request, pk: str) -> Response:
        """Ask once for another look, as the side that lost."""
        conflict = self.row(pk)
        actions.appeal_conflict(conflict, **self.said(AppealConflict), **self.who_and_when())
        return self.shown(conflict.pk)

    @extend_schema(request=DecideAppeal, responses=answers(ConflictDetail))
    @action(detail=True, methods=["post"], url_path="decide-appeal", url_name="decide-appeal")
    def decide_appeal(self, request: Request, pk: str) -> Response:
        """The last word, by somebody else than whoever decided first."""
        conflict, said = self.row(pk), self.said(DecideAppeal)
        actions.decide_appeal(conflict, **said, **self.who_and_when())
        return self.shown(conflict.pk)


@extend_schema(tags=["rules"])
class ProtectionRules(Deeds):
    """The rule of a zone; the id is that of the zone."""

    model = Park
    detail_class = RuleShape

    def details(self) -> Any:
        keys = {park.zone_pk for park in Park.objects.visible_to(self.request.user)}
        return Park.objects.filter(pk__in=keys)  # scoped: the top of a park the caller sees

    def _shown(self, zone: Park) -> Response:
        rule = rule_of(zone)
        return Response(RuleShape(rule).data, headers={"ETag": f'"{rule.version}"'})

    @extend_schema(responses=answers(RuleShape))
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._shown(self.row(pk))

    @extend_schema(request=EditRule(partial=True), responses=answers(RuleShape), parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        zone, said = self.row(pk), self.said(EditRule, partial=True)
        version = expected_version(request, said)
        actions.set_protection_rule(zone, changes=said, expected_version=version, **self.who_and_when())
        return self._shown(zone)


class TransferFilters(NamedFilters):
    lead = RowFilter(Lead)

    class Meta:
        model = LeadTransfer
        fields = ()
        form = StrictFilterForm


@extend_schema(tags=["leads"])
@extend_schema_view(list=extend_schema(summary="Transfers of leads, latest first"), retrieve=extend_schema())
class LeadTransfers(Resource):
    """Seen by the park that handed the lead over and by the one it came to."""

    model = LeadTransfer
    row_class = detail_class = TransferRow
    filterset_class = TransferFilters
    ordering = "-effective_on"
    ordering_fields = ("id",)

    def details(self) -> Any:
        return self.get_queryset().values(*TransferRow.columns())

    def shown(self, pk: int, **options: Any) -> Response:
        return Response(TransferRow(self.row(pk)).data)


@extend_schema(tags=["leads"])
class LeadMoves(Deeds):
    """The deed on a lead that moves it to another park."""

    model = Lead
    detail_class = LeadDetail

    def details(self) -> Any:
        return self.get_queryset().select_related("park", "company", "owner").prefetch_related("stage_changes")

    @extend_schema(request=TransferLead, responses=answers(LeadDetail), parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: str) -> Response:
        """Move the lead to another park of the zone, with the split of what comes of it."""
        lead, said = self.row(pk), self.said(TransferLead)
        version = expected_version(request, said)
        self.once(lambda: actions.transfer_lead(lead, expected_version=version, **said, **self.who_and_when()))
        return self.shown(lead.pk)


def register(router: DefaultRouter) -> None:
    router.register("first-talks", FirstTalks, basename="first-talk")
    router.register("conflicts", Conflicts, basename="conflict")
    router.register("protection-rules", ProtectionRules, basename="protection-rule")
    router.register("lead-transfers", LeadTransfers, basename="lead-transfer")
    router.register("leads", LeadMoves, basename="lead-move")
