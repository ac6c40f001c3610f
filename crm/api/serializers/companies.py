"""API shapes of companies and contacts."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Arguments, CreditCodeSerializerField, RecordSerializer, VeiledField, VeiledNames
from core.privacy import masked
from core.resources import Row, Version
from crm.actions import COMPANY_EDITABLE, CONTACT_EDITABLE
from crm.api.fields import CompanyBrief, CompanyField
from crm.models import Company, Contact
from parks.api.fields import ParkBrief, ParkField, brief_of_park
from parks.api.serializers import AliasesField


class Masked(serializers.CharField):
    """A number shown in part; `reveal` shows it in full."""

    def to_representation(self, value: Any) -> str:
        return masked(value)


class CompanyRow(Row):
    id = serializers.IntegerField()
    name = serializers.CharField()
    credit_code = serializers.CharField(allow_null=True)
    ownership = serializers.CharField()
    industry = serializers.CharField()
    is_chain_master = serializers.BooleanField()
    is_top_500 = serializers.BooleanField()
    is_leading = serializers.BooleanField()
    is_little_giant = serializers.BooleanField()
    country = serializers.CharField()
    is_synthetic = serializers.BooleanField()


class CompanyDetail(RecordSerializer):
    aliases = VeiledNames(slug_field="name", many=True, read_only=True)
    parks = serializers.SerializerMethodField()

    class Meta:
        model = Company
        fields = ("id", *COMPANY_EDITABLE, "aliases", "parks", "source_note", "is_synthetic", "version", "recorded_at")

    @extend_schema_field(ParkBrief(many=True))
    def get_parks(self, company: Company) -> list[dict[str, Any]]:
        """The parks, among those the caller sees, in which the company is known."""
        return [brief_of_park(link.park) for link in company.seen_in]


class EditCompany(Version, RecordSerializer):
    credit_code = CreditCodeSerializerField(required=False, allow_null=True, allow_blank=True)
    aliases = AliasesField(required=False)

    class Meta:
        model = Company
        fields = (*COMPANY_EDITABLE, "aliases", "version")


IS_ANOTHER = {
    "required": False,
    "help_text": "True says that somebody looked and this is another company than the registered one of this name.",
}


class RegisterCompany(Arguments, RecordSerializer):
    park = ParkField()
    credit_code = CreditCodeSerializerField(required=False, allow_blank=True)
    aliases = AliasesField(required=False)
    is_another = serializers.BooleanField(**IS_ANOTHER)

    class Meta:
        model = Company
        fields = ("park", *COMPANY_EDITABLE, "aliases", "is_another")


class ContactRow(Row):
    id = serializers.IntegerField()
    company = CompanyBrief()
    full_name = VeiledField()
    post = VeiledField()
    phone = Masked()
    is_synthetic = serializers.BooleanField()


class ContactDetail(RecordSerializer):
    """Numbers and addresses are shown in part; `reveal` gives them in full and leaves a trace."""

    company = serializers.SerializerMethodField()
    phone = Masked(read_only=True)
    email = Masked(read_only=True)
    wechat = Masked(read_only=True)

    class Meta:
        model = Contact
        fields = ("id", "company", *CONTACT_EDITABLE, "is_synthetic", "version", "recorded_at")

    @extend_schema_field(CompanyBrief)
    def get_company(self, contact: Contact) -> dict[str, Any]:
        return {"id": contact.company_id, "name": contact.company.name}


class RevealedContact(serializers.Serializer):
    """The numbers in full."""

    id = serializers.IntegerField()
    phone = serializers.CharField()
    email = serializers.CharField()
    wechat = serializers.CharField()
    note = serializers.CharField()


class EditContact(Version, RecordSerializer):
    class Meta:
        model = Contact
        fields = (*CONTACT_EDITABLE, "version")


class AddContact(Arguments, RecordSerializer):
    company = CompanyField()

    class Meta:
        model = Contact
        fields = ("company", *CONTACT_EDITABLE)
