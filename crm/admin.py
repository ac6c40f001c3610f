"""A look at the rows for whoever keeps the site running; nothing is written here, every write is an action."""

from django.contrib import admin

from crm.models import Company, Contact, Interaction, Lead


class LookOnly(admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Company)
class CompanyAdmin(LookOnly):
    list_display = ["name", "credit_code", "ownership", "recorded_at"]
    search_fields = ["name", "credit_code"]


@admin.register(Contact)
class ContactAdmin(LookOnly):
    list_display = ["full_name", "company", "recorded_at"]
    list_select_related = ["company"]
    search_fields = ["full_name", "company__name"]


@admin.register(Lead)
class LeadAdmin(LookOnly):
    list_display = ["code", "company", "park", "stage", "received_on"]
    list_select_related = ["company", "park"]
    search_fields = ["code", "company__name"]


@admin.register(Interaction)
class InteractionAdmin(LookOnly):
    list_display = ["company", "kind", "happened_on", "recorded_at"]
    list_select_related = ["company"]
