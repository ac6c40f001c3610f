"""A look at the rows for whoever keeps the site running; nothing is written here, every write is an action."""

from django.contrib import admin

from crm.admin import LookOnly
from projects.models import Document, Project, SigningEvent, StageChange


@admin.register(Project)
class ProjectAdmin(LookOnly):
    list_display = ["code", "name", "company", "park", "stage", "stage_since"]
    list_select_related = ["company", "park"]
    search_fields = ["code", "name", "company__name"]


@admin.register(StageChange)
class StageChangeAdmin(LookOnly):
    list_display = ["project", "to_stage", "effective_on", "recorded_at", "verdict"]
    list_select_related = ["project"]
    search_fields = ["project__code", "project__name"]


@admin.register(Document)
class DocumentAdmin(LookOnly):
    list_display = ["title", "project", "kind", "uploaded_at"]
    list_select_related = ["project"]
    search_fields = ["title", "project__code"]


@admin.register(SigningEvent)
class SigningEventAdmin(LookOnly):
    list_display = ["name", "park", "held_on"]
    list_select_related = ["park"]
    search_fields = ["name"]
