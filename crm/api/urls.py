"""The API's addresses of companies, contacts, leads and interactions."""

from rest_framework.routers import DefaultRouter

from crm.api import first_talks
from crm.api.assessing import LeadAssessment
from crm.api.bulk import BulkLeadDeeds, BulkRuns
from crm.api.handing_over import HandOvers
from crm.api.merging import Merges
from crm.api.pipeline import LeadBoard
from crm.api.pool import LeadPool
from crm.api.tasks import Tasks
from crm.api.views import Companies, Contacts, Interactions, Leads


def register(router: DefaultRouter) -> None:
    router.register("companies", Companies, basename="company")
    router.register("contacts", Contacts, basename="contact")
    router.register("leads/board", LeadBoard, basename="lead-board")
    router.register("leads/bulk", BulkLeadDeeds, basename="lead-bulk")
    router.register("leads", Leads, basename="lead")
    router.register("leads", LeadAssessment, basename="lead-assessment")
    router.register("hand-overs", HandOvers, basename="hand-over")
    router.register("leads", LeadPool, basename="lead-pool")
    router.register("bulk-runs", BulkRuns, basename="bulk-run")
    router.register("merges", Merges, basename="merge")
    router.register("tasks", Tasks, basename="task")
    router.register("interactions", Interactions, basename="interaction")
    first_talks.register(router)
