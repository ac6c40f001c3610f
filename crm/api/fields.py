"""How other resources name a company, a contact or a lead, and how they show a company."""

from django.db.models import QuerySet
from rest_framework import serializers

from core.resources import Row, RowField, RowsField
from crm.models import Company, Contact, Lead


class CompanyBrief(Row):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CompanyField(RowField):
    def __init__(self, **options: object) -> None:
        super().__init__(Company, **options)


class LeadField(RowField):
    def __init__(self, **options: object) -> None:
        super().__init__(Lead, **options)

    def rows(self, user: object) -> QuerySet:
        return super().rows(user).select_related("park", "company")


class ContactsField(RowsField):
    def __init__(self, **options: object) -> None:
        super().__init__(Contact, **options)
