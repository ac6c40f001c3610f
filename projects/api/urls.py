"""The API's addresses of projects, their facts, documents and signing events."""

from rest_framework.routers import DefaultRouter

from projects.api import views
from projects.api.pipeline import ProjectPipeline


def register(router: DefaultRouter) -> None:
    router.register("leads", views.LeadProjects, basename="lead-project")
    router.register("projects/pipeline", ProjectPipeline, basename="project-pipeline")
    router.register("projects", views.Projects, basename="project")
    router.register("stage-changes", views.StageChanges, basename="stage-change")
    router.register("investment-changes", views.InvestmentChanges, basename="investment-change")
    router.register("documents", views.Documents, basename="document")
    router.register("signing-events", views.SigningEvents, basename="signing-event")
