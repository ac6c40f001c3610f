"""One deed on many leads over the API: a preview, then the same call without it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, DaySerializerField
from core.bulk import MOST_ROWS, Outcome, Reason, foresee, reasons_of, refuse_number, run_bulk
from core.errors import RuleViolation
from core.models import BulkRun
from core.resources import IDEMPOTENCY_KEY, CodedChoiceField, Deeds, answers
from crm.api.filters import LeadFilters
from crm.bulk import BULK_VERBS, LEADS
from crm.lifecycle import CODES, ShelvingReason
from crm.models import Lead
from parks.access import verbs_of
from parks.api.fields import PersonField

NEEDS = {
    "hand": ("owner",),
    "move": ("to", "effective_on"),
    "next-step": (),
    "shelve": ("shelving_reason", "effective_on"),
}
TAKES = {
    "hand": ("owner",),
    "move": ("to", "effective_on", "note", "shelving_reason"),
    "next-step": ("next_step", "next_step_due_on"),
    "shelve": ("shelving_reason", "effective_on"),
}


class BulkLeads(Arguments):
    """Which leads, what to do with them, and the arguments of that deed."""

    filter = serializers.DictField(
        required=False,
        child=serializers.CharField(allow_blank=True, max_length=200),
        help_text='As in the address of GET /api/v1/leads/: {"stage": "L10", "park": "QD-IC"}; {} takes all.',
    )
    ids = serializers.ListField(
        required=False, child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=MOST_ROWS
    )
    deed = serializers.ChoiceField(list(LEADS.deeds))
    preview = serializers.BooleanField(default=True, help_text="True where it is left out: nothing is written.")
    expected = serializers.IntegerField(
        required=False, min_value=0, help_text="The `total` of the preview; if it is another by now the answer is 409."
    )
    owner = PersonField(required=False)
    to = CodedChoiceField(CODES, required=False)
    effective_on = DaySerializerField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    shelving_reason = serializers.ChoiceField(ShelvingReason, required=False)
    next_step = serializers.CharField(required=False, allow_blank=True, max_length=200)
    next_step_due_on = DaySerializerField(required=False, allow_null=True)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if ("filter" in said) == ("ids" in said):
            raise serializers.ValidationError(gettext("Name the leads either by `filter` or by `ids`."))
        deed = said["deed"]
        arguments = set(said) - {"filter", "ids", "deed", "preview", "expected"}
        lacking = {name: [gettext("This deed needs it.")] for name in NEEDS[deed] if name not in said}
        foreign = {name: [gettext("This deed does not take it.")] for name in arguments - set(TAKES[deed])}
        if lacking or foreign:
            raise serializers.ValidationError(lacking | foreign)
        return said


class RefusedRows(serializers.Serializer):
    sentence = serializers.CharField()
    count = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.IntegerField(), help_text="The first of them.")


class BulkAnswer(serializers.Serializer):
    """`run` and `batch` are null in a preview; `finished` is false while a background job goes on."""

    run = serializers.IntegerField(allow_null=True)
    batch = serializers.UUIDField(allow_null=True, help_text="For `POST /api/v1/undo/`, for seven days.")
    job = serializers.IntegerField(allow_null=True)
    finished = serializers.BooleanField()
    total = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="In a preview: how many will change.")
    unchanged = serializers.IntegerField(help_text="Nothing would differ.")
    refused = RefusedRows(many=True)


def _told(reasons: list[Reason]) -> list[dict[str, Any]]:
    return [
        {"sentence": each.sentence, "count": each.count, "ids": [key for key, _label in each.rows]} for each in reasons
    ]


def _of_outcome(outcome: Outcome) -> dict[str, Any]:
    told = {"run": None, "batch": None, "job": None, "finished": False, "total": outcome.total}
    return told | {"changed": outcome.changed, "unchanged": outcome.unchanged, "refused": _told(outcome.by_reason())}


def _of_run(run: BulkRun) -> dict[str, Any]:
    told = {"run": run.pk, "batch": run.batch, "job": run.job_id, "finished": run.finished_at is not None}
    return told | {
        "total": run.total,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "refused": _told(reasons_of(run)),
    }


@extend_schema(tags=["leads"])
class BulkLeadDeeds(Deeds):
    model = Lead
    detail_class = BulkAnswer

    @extend_schema(
        request=BulkLeads,
        responses=answers(BulkAnswer),
        parameters=[IDEMPOTENCY_KEY],
        summary="Change many leads, or see what would happen",
    )
    def create(self, request: Request) -> Response:
        """At most 10,000 leads; more than 500 are changed by a background job. The whole can be taken back."""
        if not BULK_VERBS & verbs_of(request.user):
            raise PermissionDenied(gettext("Your role does not allow this here. Ask an administrator of the park."))
        said = self.said(BulkLeads)
        keys, deed = self._keys(said), LEADS.deeds[said["deed"]]
        given = {name: _plain(said[name]) for name in TAKES[deed.name] if name in said}
        if said.get("expected", len(keys)) != len(keys):
            raise RuleViolation(
                gettext("It is %(number)s leads by now. Look at the preview again.") % {"number": len(keys)}
            )
        refuse_number(len(keys))
        if said["preview"]:
            return Response(BulkAnswer(_of_outcome(foresee(LEADS, deed, keys, given, **self.who_and_when()))).data)
        key = self.once(lambda: run_bulk(LEADS, deed, keys, given, **self.who_and_when()))
        return Response(BulkAnswer(_of_run(BulkRun.objects.visible_to(request.user).get(pk=key))).data)

    def _keys(self, said: dict[str, Any]) -> list[int]:
        found = self.get_queryset()
        if "ids" in said:
            found = found.filter(pk__in=set(said["ids"]))
        else:
            filters = LeadFilters(said["filter"] or None, queryset=found, request=self.request)
            if said["filter"] and not filters.is_valid():
                raise exceptions.ValidationError(
                    {"filter": [str(each) for said in filters.errors.values() for each in said]}
                )
            found = filters.qs
        return list(found.order_by("-received_on", "-pk").values_list("pk", flat=True)[: MOST_ROWS + 1])


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "pk", getattr(value, "value", value))


@extend_schema(tags=["leads"])
class BulkRuns(Deeds):
    """What came of a bulk deed of yours; asked again while its background job goes on."""

    model = BulkRun
    detail_class = BulkAnswer

    @extend_schema(responses=answers(BulkAnswer), summary="What came of a bulk deed")
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(BulkAnswer(_of_run(self.row(pk))).data)
