"""How other resources name a company, a contact or a lead, and how they show a company."""

from rest_framework import serializers

from core.resources import Row, RowField, RowsField
from crm.models import Company, Contact, Lead


class CompanyBrief(Row):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CompanyField(RowField):
    def __init__(self, **options: object) -> None:
        super().__init__(Company.objects.visible_to, **options)


class LeadField(RowField):
    def __init__(self, **options: object) -> None:
        super().__init__(_leads, **options)


def _leads(user: object) -> object:
    return Lead.objects.visible_to(user).select_related("park", "company")


class ContactsField(RowsField):
    def __init__(self, **options: object) -> None:
        super().__init__(Contact.objects.visible_to, **options)
