"""Tasks over the API."""

from typing import Any

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, DaySerializerField, RecordSerializer, VeiledField
from core.api_filters import DayFilter, NamedFilters, RowFilter, TruthFilter
from core.filters import StrictFilterForm
from core.resources import IDEMPOTENCY_KEY, IF_MATCH, Resource, Row, Version, answers, expected_version
from crm import actions
from crm.api.fields import CompanyBrief, CompanyField, LeadField
from crm.models import Company, Lead, Task
from parks.api.fields import ParkBrief, ParkField, PersonBrief, PersonField, brief_of_park, brief_of_person
from parks.api.filters import ParkFilter, PersonFilter


class TaskRow(Row):
    id = serializers.IntegerField()
    title = VeiledField()
    due_on = DaySerializerField(allow_null=True)
    park = ParkBrief()
    company = CompanyBrief(allow_null=True)
    lead_id = serializers.IntegerField(allow_null=True)
    owner = PersonBrief(allow_null=True)
    follows_id = serializers.IntegerField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)


class TaskDetail(RecordSerializer):
    title = VeiledField()
    park = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = (
            "id",
            "title",
            "due_on",
            "park",
            "company",
            "lead",
            "owner",
            "follows",
            "done_at",
            "dropped_at",
            "version",
            "recorded_at",
        )

    @extend_schema_field(ParkBrief)
    def get_park(self, task: Task) -> dict[str, Any]:
        return brief_of_park(task.park)

    @extend_schema_field(PersonBrief(allow_null=True))
    def get_owner(self, task: Task) -> dict[str, Any] | None:
        return brief_of_person(task.owner)


class PlanTask(Arguments):
    """With a `lead` it becomes the lead's next step, and park, company and owner are the lead's."""

    park = ParkField(required=False)
    lead = LeadField(required=False)
    company = CompanyField(required=False)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    due_on = DaySerializerField(required=False)
    owner = PersonField(required=False, help_text="You, where it is left out.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "lead" not in attrs and "park" not in attrs:
            raise serializers.ValidationError({"park": [self.fields["park"].error_messages["required"]]})
        return attrs


class FinishTask(Version):
    next_title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    next_due_on = DaySerializerField(required=False)


class MoveTask(Version):
    due_on = DaySerializerField(allow_null=True)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)


class TaskFilters(NamedFilters):
    park = ParkFilter()
    owner = PersonFilter()
    lead = RowFilter(Lead)
    company = RowFilter(Company)
    open = TruthFilter(label="Neither done nor dropped.", method="only_open")
    overdue = TruthFilter(label="Open, and due before today.", method="only_overdue")
    due_until = DayFilter(label="Due by this day.", field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Task
        fields = ()
        form = StrictFilterForm

    def only_open(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        return rows.open() if wanted else rows.closed()

    def only_overdue(self, rows: models.QuerySet, _name: str, wanted: bool) -> models.QuerySet:  # noqa: FBT001
        late = rows.open().filter(due_on__lt=timezone.localdate())
        return late if wanted else rows.exclude(pk__in=late.values("pk"))


@extend_schema(tags=["tasks"])
@extend_schema_view(list=extend_schema(summary="Tasks, newest first"), retrieve=extend_schema())
class Tasks(Resource):
    """What somebody has to do by when. The next step of a lead is its one open task."""

    model = Task
    row_class, detail_class = TaskRow, TaskDetail
    filterset_class = TaskFilters
    ordering = "-id"
    ordering_fields = ("due_on",)

    def details(self):
        return self.get_queryset().select_related("park", "owner", "lead")

    @extend_schema(request=PlanTask, responses=answers(TaskDetail, code=201), parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        said = self.said(PlanTask)
        return self.shown(self.once(lambda: actions.plan_task(**said, **self.who_and_when())), code=201)

    @extend_schema(request=FinishTask, responses=answers(TaskDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str) -> Response:
        """Done; and next … where `next_title` or `next_due_on` is given."""
        task, said = self.row(pk), self.said(FinishTask)
        version = expected_version(request, said)
        actions.finish_task(task, expected_version=version, **said, **self.who_and_when())
        return self.shown(task.pk)

    @extend_schema(request=MoveTask, responses=answers(TaskDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Give it another day, or other words."""
        task, said = self.row(pk), self.said(MoveTask)
        version = expected_version(request, said)
        actions.move_task(task, expected_version=version, **said, **self.who_and_when())
        return self.shown(task.pk)

    @extend_schema(request=Version, responses=answers(TaskDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """It need not be done any more."""
        task, said = self.row(pk), self.said(Version)
        actions.drop_task(task, expected_version=expected_version(request, said), **self.who_and_when())
        return self.shown(task.pk)
