"""Projects, their facts, documents and signing events over the API: rows of the caller's parks, writes by actions."""

from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.resources import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    Deeds,
    Refusal,
    Resource,
    answers,
    expected_version,
    refuse_stale,
)
from core.uploads import stored_path
from crm.models import Lead
from projects import actions
from projects.api import filters
from projects.api import serializers as shapes
from projects.models import Document, InvestmentChange, Project, SigningEntry, SigningEvent, StageChange

PEOPLE_AND_PLACE = ("park", "company", "owner", "steward", "sponsor")


def project_details(user: Any) -> Any:
    return Project.objects.visible_to(user).select_related(*PEOPLE_AND_PLACE)


@extend_schema(tags=["projects"])
@extend_schema_view(list=extend_schema(summary="Projects, latest changed first"), retrieve=extend_schema())
class Projects(Resource):
    """`stage` and the total move only through the verbs; PATCH edits the rest."""

    model = Project
    row_class, detail_class = shapes.ProjectRow, shapes.ProjectDetail
    filterset_class = filters.ProjectFilters
    ordering = "-updated_at"
    ordering_fields = ("id",)

    def details(self) -> Any:
        return project_details(self.request.user)

    @extend_schema(
        request=shapes.OpenProject, responses=answers(shapes.ProjectDetail, code=201), parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: Request) -> Response:
        """Open a project before its signing; later stages are recorded as steps."""
        said = self.said(shapes.OpenProject)
        return self.shown(self.once(lambda: actions.open_project(**said, **self.who_and_when())), code=201)

    @extend_schema(
        request=shapes.EditProject(partial=True), responses=answers(shapes.ProjectDetail), parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        project, said = self.row(pk), self.said(shapes.EditProject, partial=True)
        version = expected_version(request, said)
        actions.edit_project(project, changes=said, expected_version=version, **self.who_and_when())
        return self.shown(project.pk)

    @extend_schema(
        request=shapes.AdvanceProject, responses=answers(shapes.ProjectDetail), parameters=[IF_MATCH, IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, pk: str) -> Response:
        """Report that the project entered a stage. What counts in a total then waits for verification."""
        project, said = self.row(pk), self.said(shapes.AdvanceProject)
        return self._done(project, actions.advance_project, said)

    @extend_schema(request=shapes.VerifyProject, responses=answers(shapes.ProjectDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Accept or reject what the park reported, as the counting side."""
        project, said = self.row(pk), self.said(shapes.VerifyProject)
        refuse_stale(project, expected_version(request, said))
        facts = [_of(project, name, said.pop(name)) for name in ("change", "investment_change") if name in said]
        with transaction.atomic():
            for fact in facts:
                actions.verify_fact(fact, **said, **self.who_and_when())
            if not facts:
                actions.verify_project(project, **said, **self.who_and_when())
        return self.shown(project.pk)

    @extend_schema(
        request=shapes.CorrectFact, responses=answers(shapes.ProjectDetail), parameters=[IF_MATCH, IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Put right a recorded fact by a new one; what was believed before can still be asked."""
        project, said = self.row(pk), self.said(shapes.CorrectFact)
        if "change" in said:
            fact, correct = _of(project, "change", said.pop("change")), actions.correct_stage_change
        else:
            fact = _of(project, "investment_change", said.pop("investment_change"))
            correct = actions.correct_investment_change
        return self._done(project, correct, said, subject=fact)

    @extend_schema(
        request=shapes.IncreaseInvestment,
        responses=answers(shapes.ProjectDetail),
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def increase(self, request: Request, pk: str) -> Response:
        """Report a capital increase; only the increment counts."""
        project, said = self.row(pk), self.said(shapes.IncreaseInvestment)
        return self._done(project, actions.increase_investment, said)

    @extend_schema(
        request=shapes.TransferProject, responses=answers(shapes.ProjectDetail), parameters=[IF_MATCH, IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: str) -> Response:
        """Hand the project to another park."""
        project, said = self.row(pk), self.said(shapes.TransferProject)
        return self._done(project, actions.transfer_project, said)

    @extend_schema(
        request=shapes.CorrectTransfer, responses=answers(shapes.ProjectDetail), parameters=[IF_MATCH, IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"], url_path="correct-transfer", url_name="correct-transfer")
    def correct_transfer(self, request: Request, pk: str) -> Response:
        """Put right a transfer and its split by a new fact; what was believed before can still be asked."""
        project, said = self.row(pk), self.said(shapes.CorrectTransfer)
        moves = actions.moves_of(project)
        change = _of(project, "park_change", said.pop("park_change")) if "park_change" in said else moves[-1]
        return self._done(project, actions.correct_transfer, said, subject=change)

    @extend_schema(
        request=shapes.RecordProjectInteraction,
        responses=answers(shapes.ProjectDetail, code=201),
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def interactions(self, request: Request, pk: str) -> Response:
        """Log a conversation about the project."""
        project, said = self.row(pk), self.said(shapes.RecordProjectInteraction)
        self.once(lambda: actions.record_project_interaction(project, **said, **self.who_and_when()))
        return self.shown(project.pk, code=201)

    def _done(self, project: Project, deed: Any, said: dict[str, Any], *, subject: Any = None) -> Response:
        """Do a deed on a project, or on a fact of it, once; answer with the project as it stands then."""
        version = expected_version(self.request, said)
        self.once(lambda: deed(subject or project, expected_version=version, **said, **self.who_and_when()))
        return self.shown(project.pk)


def _of(project: Project, name: str, fact: Any) -> Any:
    if fact.project_id != project.pk:
        raise exceptions.ValidationError({name: [gettext("This fact belongs to another project.")]})
    return fact


class LeadProjects(Deeds):
    """The step from a lead to a project. It stands here because the lead's side knows nothing of projects."""

    model = Lead
    detail_class = shapes.ProjectDetail

    @extend_schema(
        tags=["leads"],
        request=shapes.OpenProjectFromLead,
        responses=answers(shapes.ProjectDetail, code=201),
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"], url_path="open-project", url_name="open-project")
    def open_project(self, request: Request, pk: str) -> Response:
        """Close the lead because a project comes of it, and open that project."""
        lead, said = self.row(pk), self.said(shapes.OpenProjectFromLead)
        version, park = expected_version(request, said), said.pop("park", lead.park)

        def deed() -> Project:
            refuse_stale(lead, version)
            return actions.open_project(lead=lead, park=park, **said, **self.who_and_when())

        opened = self.once(deed)
        project = project_details(request.user).filter(pk=opened).first()
        if project is None:
            raise Http404
        return Response(
            shapes.ProjectDetail(project, context=self.get_serializer_context()).data,
            status=201,
            headers={"ETag": f'"{project.version}"'},
        )

    def details(self) -> Any:
        return self.get_queryset().select_related("park", "company")


@extend_schema(tags=["stage-changes"])
@extend_schema_view(list=extend_schema(summary="Stage changes, latest recorded first"), retrieve=extend_schema())
class StageChanges(Resource):
    """Facts: written by the verbs of a project, never changed."""

    model = StageChange
    row_class = detail_class = shapes.StageChangeRow
    filterset_class = filters.StageChangeFilters
    ordering = "-id"

    def details(self) -> Any:
        return self.get_queryset().values(*self.row_class.columns())


@extend_schema(tags=["investment-changes"])
@extend_schema_view(list=extend_schema(summary="Investment changes, latest recorded first"), retrieve=extend_schema())
class InvestmentChanges(StageChanges):
    model = InvestmentChange
    row_class = detail_class = shapes.InvestmentChangeRow
    filterset_class = filters.InvestmentChangeFilters


@extend_schema(tags=["documents"])
@extend_schema_view(list=extend_schema(summary="Documents, latest first"), retrieve=extend_schema())
class Documents(Resource):
    """Evidence: kept under its digest, never replaced."""

    model = Document
    row_class = detail_class = shapes.DocumentRow
    filterset_class = filters.DocumentFilters
    parser_classes = (MultiPartParser,)
    ordering = "-id"

    def details(self) -> Any:
        return self.get_queryset().values(*self.row_class.columns())

    @extend_schema(
        request={"multipart/form-data": shapes.AttachDocument},
        responses=answers(shapes.DocumentRow, code=201),
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Attach a PDF, JPEG, PNG, .docx or .xlsx file of at most 20 MB, judged by its content."""
        said = self.said(shapes.AttachDocument)
        project = said.pop("project")
        return self.shown(self.once(lambda: actions.attach_document(project, **said, **self.who_and_when())), code=201)

    @extend_schema(
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            404: OpenApiResponse(Refusal, "There is no such document among those you may see."),
        }
    )
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file itself, to be saved and not shown."""
        document = self.get_queryset().filter(pk=int(pk)).first()
        if document is None or not (path := stored_path(document.stored_name)).exists():
            raise Http404
        ending = path.suffix
        name = document.title if document.title.lower().endswith(ending) else f"{document.title}{ending}"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=document.content_type)


ENTRY = OpenApiParameter("entry", OpenApiTypes.INT64, OpenApiParameter.PATH)


@extend_schema(tags=["signing-events"])
@extend_schema_view(list=extend_schema(summary="Signing events, latest first"), retrieve=extend_schema())
class SigningEvents(Resource):
    model = SigningEvent
    row_class, detail_class = shapes.SigningEventRow, shapes.SigningEventDetail
    filterset_class = filters.SigningEventFilters
    ordering = "-held_on"
    ordering_fields = ("id",)

    def details(self) -> Any:
        return self.get_queryset().select_related("park")

    @extend_schema(
        request=shapes.RecordSigningEvent,
        responses=answers(shapes.SigningEventDetail, code=201),
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        said = self.said(shapes.RecordSigningEvent)
        return self.shown(self.once(lambda: actions.record_signing_event(**said, **self.who_and_when())), code=201)

    @extend_schema(
        request=shapes.ListAtSigningEvent,
        responses=answers(shapes.SigningEventDetail, code=201),
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def entries(self, request: Request, pk: str) -> Response:
        """Put a project on the list of the event."""
        event, said = self.row(pk), self.said(shapes.ListAtSigningEvent)
        project = said.pop("project")
        self.once(lambda: actions.list_at_signing_event(event, project, **said, **self.who_and_when()))
        return self.shown(event.pk, code=201)

    @extend_schema(request=None, responses=answers(None, code=204), parameters=[ENTRY])
    @action(detail=True, methods=["delete"], url_path="entries/(?P<entry>[0-9]{1,18})", url_name="entry")
    def take_off(self, request: Request, pk: str, entry: str) -> Response:
        """Take a project off the list of the event."""
        seen = SigningEntry.objects.visible_to(request.user).select_related("event__park", "project")
        found = seen.filter(pk=int(entry), event=self.row(pk)).first()
        if found is None:
            raise Http404
        actions.take_off_signing_event(found, **self.who_and_when())
        return Response(status=204)
