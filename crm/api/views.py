"""Companies, contacts, leads and interactions over the API: rows of the caller's parks, every write by its action."""

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.resources import IDEMPOTENCY_KEY, IF_MATCH, Resource, answers, expected_version
from crm import actions
from crm.api import serializers as shapes
from crm.api.duplicates import DuplicatesDoor
from crm.api.field_history import WithFieldHistory
from crm.api.filters import CompanyFilters, ContactFilters, InteractionFilters, LeadFilters
from crm.api.merging import CompanyMerging, ContactMerging
from crm.api.parsing import ParsingDoor
from crm.models import Company, CompanyPark, Contact, Interaction, Lead

NOT_KEPT = {"Cache-Control": "no-store"}


@extend_schema(tags=["companies"])
@extend_schema_view(list=extend_schema(summary="Companies, newest first"), retrieve=extend_schema())
class Companies(CompanyMerging, DuplicatesDoor, WithFieldHistory, Resource):
    model = Company
    row_class, detail_class = shapes.CompanyRow, shapes.CompanyDetail
    filterset_class = CompanyFilters
    ordering = "-id"

    def details(self):
        seen = CompanyPark.objects.visible_to(self.request.user).select_related("park").order_by("pk")
        return self.get_queryset().prefetch_related("aliases", Prefetch("known_in", seen, to_attr="seen_in"))

    @extend_schema(
        request=shapes.RegisterCompany, responses=answers(shapes.CompanyDetail, code=201), parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: Request) -> Response:
        said = self.said(shapes.RegisterCompany)
        return self.shown(self.once(lambda: actions.register_company(**said, **self.who_and_when())), code=201)

    @extend_schema(
        request=shapes.EditCompany(partial=True), responses=answers(shapes.CompanyDetail), parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        company, said = self.row(pk), self.said(shapes.EditCompany, partial=True)
        version, aliases = expected_version(request, said), said.pop("aliases", None)
        actions.edit_company(company, changes=said, aliases=aliases, expected_version=version, **self.who_and_when())
        return self.shown(company.pk)


@extend_schema(tags=["contacts"])
@extend_schema_view(list=extend_schema(summary="Contacts, newest first"), retrieve=extend_schema())
class Contacts(ContactMerging, WithFieldHistory, Resource):
    model = Contact
    row_class, detail_class = shapes.ContactRow, shapes.ContactDetail
    filterset_class = ContactFilters
    ordering = "-id"

    def details(self):
        return self.get_queryset().select_related("company")

    @extend_schema(
        request=shapes.AddContact, responses=answers(shapes.ContactDetail, code=201), parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: Request) -> Response:
        said = self.said(shapes.AddContact)
        company = said.pop("company")
        return self.shown(self.once(lambda: actions.add_contact(company, **said, **self.who_and_when())), code=201)

    @extend_schema(
        request=shapes.EditContact(partial=True), responses=answers(shapes.ContactDetail), parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        contact, said = self.row(pk), self.said(shapes.EditContact, partial=True)
        version = expected_version(request, said)
        actions.edit_contact(contact, changes=said, expected_version=version, **self.who_and_when())
        return self.shown(contact.pk)

    @extend_schema(request=None, responses=answers(shapes.RevealedContact))
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str) -> Response:
        """The contact's numbers in full. Each call is written into the trail."""
        contact = actions.reveal_contact(self.row(pk), **self.who_and_when())
        return Response(shapes.RevealedContact(contact).data, headers=NOT_KEPT)


@extend_schema(tags=["leads"])
@extend_schema_view(list=extend_schema(summary="Leads, latest received first"), retrieve=extend_schema())
class Leads(ParsingDoor, WithFieldHistory, Resource):
    model = Lead
    row_class, detail_class = shapes.LeadRow, shapes.LeadDetail
    filterset_class = LeadFilters
    ordering = "-received_on"
    ordering_fields = ("id",)

    def details(self):
        return self.get_queryset().select_related("park", "company", "owner").prefetch_related("stage_changes")

    @extend_schema(
        request=shapes.RegisterLead, responses=answers(shapes.LeadDetail, code=201), parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: Request) -> Response:
        said = self.said(shapes.RegisterLead)
        return self.shown(self.once(lambda: actions.register_lead(**said, **self.who_and_when())), code=201)

    @extend_schema(request=shapes.EditLead(partial=True), responses=answers(shapes.LeadDetail), parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        lead, said = self.row(pk), self.said(shapes.EditLead, partial=True)
        version = expected_version(request, said)
        actions.edit_lead(lead, changes=said, expected_version=version, **self.who_and_when())
        return self.shown(lead.pk)

    @extend_schema(request=shapes.AdvanceLead, responses=answers(shapes.LeadDetail), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, pk: str) -> Response:
        """Take the lead one step further, back with a note, or shelve it with a reason."""
        lead, said = self.row(pk), self.said(shapes.AdvanceLead)
        version = expected_version(request, said)
        actions.advance_lead(lead, expected_version=version, **said, **self.who_and_when())
        return self.shown(lead.pk)


@extend_schema(tags=["interactions"])
@extend_schema_view(list=extend_schema(summary="Conversations, latest first"), retrieve=extend_schema())
class Interactions(Resource):
    model = Interaction
    row_class, detail_class = shapes.InteractionRow, shapes.InteractionDetail
    filterset_class = InteractionFilters
    ordering = "-happened_on"
    ordering_fields = ("id",)

    def details(self):
        return self.get_queryset().select_related("park", "company", "recorded_by").prefetch_related("contacts")

    @extend_schema(
        request=shapes.RecordInteraction,
        responses=answers(shapes.InteractionDetail, code=201),
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        said = self.said(shapes.RecordInteraction)
        return self.shown(self.once(lambda: actions.record_interaction(**said, **self.who_and_when())), code=201)

    @extend_schema(request=None, responses=answers(shapes.RevealedInteraction))
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str) -> Response:
        """What was written with the numbers in full. Each call is written into the trail."""
        talk = actions.reveal_interaction(self.row(pk), **self.who_and_when())
        return Response(shapes.RevealedInteraction(talk).data, headers=NOT_KEPT)
