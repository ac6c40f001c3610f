"""Reading a pasted text over the API: what was recognised and the leads it offers. Nothing is kept or written."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, DaySerializerField
from core.resources import answers
from crm.parsing import KINDS, MOST_CHARACTERS, Lead, Span, names_of, parse
from crm.parsing.amounts import QUALIFIERS
from parks.access import require
from parks.models import Park


class PastedText(Arguments):
    text = serializers.CharField(max_length=MOST_CHARACTERS, trim_whitespace=False, allow_blank=True)
    text_date = DaySerializerField(
        required=False,
        allow_null=True,
        help_text="The day of the text, from which 去年9月 counts; else today.",
    )


class MarkedSpan(serializers.Serializer):
    start = serializers.IntegerField(help_text="In characters (code points) of the text as sent.")
    end = serializers.IntegerField(help_text="Behind the last character.")
    kind = serializers.ChoiceField(KINDS)
    value = serializers.CharField(
        help_text="What it means: 万元 of an amount, 2024-03 or 2024-03-31 of a date, the code of a park or industry; "
        "empty where only its kind is certain."
    )
    qualifier = serializers.ChoiceField(["", *QUALIFIERS], help_text="Of an amount.")
    unsure = serializers.BooleanField()


class BriefPark(serializers.Serializer):
    code = serializers.CharField()


class OfferedLead(serializers.Serializer):
    company = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    credit_code = serializers.CharField(allow_null=True)
    total_investment_wan = serializers.CharField(allow_null=True, help_text="万元, four decimals.")
    qualifier = serializers.ChoiceField(QUALIFIERS, allow_null=True)
    park = BriefPark(allow_null=True)
    industry = serializers.CharField(allow_null=True)
    happened_on = serializers.CharField(
        allow_null=True, help_text="2024-04-18, or 2024-04 where only the month is known."
    )
    phones = serializers.ListField(child=serializers.CharField())
    emails = serializers.ListField(child=serializers.CharField())
    people = serializers.ListField(child=serializers.CharField())
    asks = serializers.ListField(
        child=serializers.CharField(),
        help_text="What a person has to settle: company, unit, range, currency, code (mistyped), several.",
    )
    spans = MarkedSpan(many=True)


class ParsedText(serializers.Serializer):
    leads = OfferedLead(many=True)
    spans = MarkedSpan(many=True)
    mentioned = serializers.ListField(child=serializers.CharField(), help_text="Companies named without an intention.")


def _shown_lead(lead: Lead) -> dict[str, Any]:
    return {
        "company": lead.company or None,
        "title": lead.title,
        "credit_code": lead.credit_code or None,
        "total_investment_wan": lead.total_investment_wan or None,
        "qualifier": lead.qualifier or None,
        "park": {"code": lead.park} if lead.park else None,
        "industry": lead.industry or None,
        "happened_on": lead.happened_on or None,
        "phones": lead.phones,
        "emails": lead.emails,
        "people": lead.people,
        "asks": lead.asks,
        "spans": [_shown_span(span) for span in lead.spans],
    }


def _shown_span(span: Span) -> dict[str, Any]:
    return {name: getattr(span, name) for name in ("start", "end", "kind", "value", "qualifier", "unsure")}


class ParsingDoor:
    """Mixin for the resource of leads."""

    @extend_schema(request=PastedText, responses=answers(ParsedText))
    @action(detail=False, methods=["post"])
    def parse(self, request: Request) -> Response:
        """Read a pasted message, business card or article by rules, on this machine; save with `POST /leads/`."""
        require(request.user, "crm.register_lead")
        said = self.said(PastedText)
        text_date = said.get("text_date") or timezone.localdate()
        names = names_of(Park.objects.visible_to(request.user).prefetch_related("aliases"))
        parsed = parse(said["text"], text_date=text_date, park_names=names)
        return Response(
            {
                "leads": [_shown_lead(lead) for lead in parsed.leads],
                "spans": [_shown_span(span) for span in parsed.spans],
                "mentioned": parsed.mentioned,
            }
        )
