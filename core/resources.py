"""What the resources of the API share: rows in the caller's scope, versions as ETags, deeds that happen once."""

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Arguments, DaySerializerField, StrictParameters
from core.batches import batch
from core.errors import RuleViolation, StaleEdit
from core.submissions import KeyUsed, digest_of, once
from core.undo import can_be_undone

LARGEST_KEY = 2**63 - 1
MOST_KEYS = 100
NO_VERSION = 0
"""Rows count their versions from 1, so this one is never current."""
UNDO_BATCH = "Undo-Batch"
"""The header of an answer that names what `POST /api/v1/undo/` takes back."""


class Refusal(serializers.Serializer):
    """How every refusal is answered."""

    reasons = serializers.ListField(child=serializers.CharField())
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


_CLOSED_GATE = OpenApiExample(
    "Closed gate", {"reasons": ["协议投资总额尚未填写。", "尚未上传签约协议。"], "fields": {}}, response_only=True
)
_STALE = OpenApiExample(
    "Stale edit",
    {"reasons": ["其他人已修改此项目，核对后再保存。"], "fields": {}, "current": {"name": "翰博光电"}},
    response_only=True,
)


def answers(good: Any, *, code: int = 200) -> dict[int, Any]:
    """The answers of a deed, for the description of the API."""
    return {
        code: good,
        400: OpenApiResponse(Refusal, "The request cannot be read; nothing is written."),
        403: OpenApiResponse(Refusal, "Your role does not allow this here."),
        404: OpenApiResponse(Refusal, "There is no such row among those you may see."),
        409: OpenApiResponse(
            Refusal, "A rule forbids it, or `version` is stale; nothing is written.", examples=[_CLOSED_GATE, _STALE]
        ),
        412: OpenApiResponse(Refusal, "The version in `If-Match` is stale; nothing is written.", examples=[_STALE]),
    }


IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The `ETag` you saw; a newer one gives 412."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Up to 200 characters of your choice. Sent again, the deed is not done again.",
)


class Row(serializers.Serializer):
    """A row of a list, shown straight from `values()`, which costs half of what model instances cost.

    A field of a related row is named by its `source` ("company__name"); a nested `Row` reads the columns below its own
    `source` and is null where there is no such row.
    """

    # Exactly these kinds: the renderer writes their values as they are. Others are asked how to show a value.
    AS_IT_IS = (serializers.IntegerField, serializers.CharField, serializers.BooleanField, DaySerializerField)

    @classmethod
    def columns(cls) -> list[str]:
        return list(dict.fromkeys(cls()._columns()))

    def _columns(self, prefix: str = "") -> Iterable[str]:
        for field in self.fields.values():
            if isinstance(field, Row):
                yield from field._columns(f"{prefix}{field.source}__")
            else:
                yield prefix + field.source

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if not hasattr(self, "_plan"):
            self._plan = self._planned()
        return _shown(self._plan, instance)

    def _planned(self, prefix: str = "") -> list[tuple[str, str, Any]]:
        plan = []
        for name, field in self.fields.items():
            if isinstance(field, Row):
                plan.append((name, "", field._planned(f"{prefix}{field.source}__")))
            else:
                show = None if type(field) in self.AS_IT_IS else field.to_representation
                plan.append((name, prefix + field.source, show))
        return plan


def _shown(plan: list[tuple[str, str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, column, show in plan:
        if not column:
            part = _shown(show, row)
            shown[name] = None if part.get("id") is None else part
            continue
        value = row[column]
        shown[name] = value if show is None or value is None else show(value)
    return shown


def _key(data: Any) -> int:
    """A row's key, sent as a number or as digits."""
    if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 20:
        data = int(data)
    if isinstance(data, bool) or not isinstance(data, int) or not 0 <= data <= LARGEST_KEY:
        raise serializers.ValidationError(gettext("Give the id of a row, a whole number."))
    return data


def _no_such_row() -> serializers.ValidationError:
    # SECURITY: the same sentence whether the row does not exist or is not the caller's to see.
    return serializers.ValidationError(gettext("There is no such row among those you may see."))


@extend_schema_field(OpenApiTypes.INT64)
class RowField(serializers.Field):
    """The id of a row that the caller may see; gives the row."""

    def __init__(self, model: Any = None, **options: Any) -> None:
        self.model = model
        super().__init__(**options)

    def rows(self, user: Any) -> models.QuerySet:
        return self.model.objects.visible_to(user)

    def to_internal_value(self, data: Any) -> Any:
        found = self.rows(self.context["request"].user).filter(pk=_key(data)).first()
        if found is None:
            raise _no_such_row()
        return found

    def to_representation(self, value: Any) -> Any:
        return getattr(value, "pk", value)


@extend_schema_field({"type": "array", "items": {"type": "integer", "format": "int64"}, "maxItems": MOST_KEYS})
class RowsField(RowField):
    """A list of such ids, read in one query."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list) or len(data) > MOST_KEYS:
            raise serializers.ValidationError(
                gettext("Give a list of at most %(most)s ids.") % {"most": MOST_KEYS},
            )
        keys = {_key(each) for each in data}
        found = list(self.rows(self.context["request"].user).filter(pk__in=keys)) if keys else []
        if len(found) < len(keys):
            raise _no_such_row()
        return found


class CodedChoiceField(serializers.ChoiceField):
    """A choice by its name or by its code in the trade (P60); gives the choice."""

    def __init__(self, codes: dict[Any, str], **options: Any) -> None:
        self.by_code = {code: choice for choice, code in codes.items()}
        super().__init__(choices=[*(choice.value for choice in codes), *self.by_code], **options)

    def to_internal_value(self, data: Any) -> Any:
        chosen = super().to_internal_value(data)
        return self.by_code.get(chosen, chosen)


class Version(Arguments):
    """Arguments of a deed on a row whose version the caller may name."""

    version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="The version you saw; a newer one gives 409."
    )


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def expected_version(request: Request, said: dict[str, Any]) -> int | None:
    """The version the caller saw: by If-Match, else by `version` in the body (taken out of it)."""
    named = said.pop("version", None)
    header = request.headers.get("If-Match")
    if header is None:
        return named
    if header.strip() == "*":
        return None
    written = re.fullmatch(r'(?:W/)?"([0-9]{1,9})"', header.strip())
    return int(written[1]) if written else NO_VERSION


class Deeds(StrictParameters, viewsets.GenericViewSet):
    """Deeds on rows the caller may see, answered with the row as it stands after them."""

    lookup_value_regex = "[0-9]{1,18}"
    model: Any
    detail_class: type[serializers.BaseSerializer]

    def dispatch(self, request: Any, *args: Any, **options: Any) -> Any:
        """One request is one batch; where it can be taken back the answer says by which name."""
        with batch() as done:
            answer = super().dispatch(request, *args, **options)
        if answer.status_code < 400 and can_be_undone(done):
            answer[UNDO_BATCH] = str(done.id)
        return answer

    def get_queryset(self) -> models.QuerySet:
        return self.model.objects.visible_to(self.request.user)

    def details(self) -> models.QuerySet:
        """Rows with what `detail_class` shows, loaded in one go."""
        return self.get_queryset()

    def get_serializer_class(self) -> Any:
        return self.detail_class

    def row(self, pk: Any) -> Any:
        """The row to act on, or 404 where it is not the caller's to see."""
        found = self.details().filter(pk=int(pk)).first()
        if found is None:
            raise Http404
        return found

    def shown(self, pk: int, *, code: int = status.HTTP_200_OK, detail: Any = None) -> Response:
        found = self.row(pk)
        shown = (detail or self.detail_class)(found, context=self.get_serializer_context()).data
        version = getattr(found, "version", None)
        return Response(shown, status=code, headers=etag(version) if version else None)

    def said(self, arguments: type[serializers.Serializer], *, partial: bool = False) -> dict[str, Any]:
        """What the body says, read by `arguments`."""
        reader = arguments(data=self.request.data, partial=partial, context=self.get_serializer_context())
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)

    def who_and_when(self) -> dict[str, Any]:
        return {"at": timezone.now(), "by": self.request.user}

    def once(self, deed: Callable[[], Any]) -> int:
        """Do the deed, or, where the Idempotency-Key was used before, only give the id it gave then."""
        key = self.request.headers.get("Idempotency-Key", "")
        if not key:
            return deed().pk
        if len(key) > 200:
            raise exceptions.ValidationError([gettext("An Idempotency-Key has at most 200 characters.")])
        address, said = f"{self.request.method} {self.request.path}", self.request.data
        content = digest_of(address, said.lists() if hasattr(said, "lists") else said.items())
        own = hashlib.sha256(f"{address} {key}".encode("utf-8", "replace")).hexdigest()
        try:
            return once(own, content=content, do=lambda: deed().pk, **self.who_and_when())
        except KeyUsed:
            raise RuleViolation(gettext("This Idempotency-Key was used before with another content.")) from None


class Resource(Deeds):
    """A kind of row: lists from `row_class` over `values()`, single rows from `detail_class` over `details()`."""

    row_class: type[Row]
    ordering: str

    def get_serializer_class(self) -> Any:
        return self.row_class if self.action == "list" else self.detail_class

    def list(self, request: Request) -> Response:
        # Keys first, columns after: sorting and counting then carry no joins, which cost more than a second query.
        order = self.paginator.order(request, self)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()).values("id", order.lstrip("-")))
        keys = [row["id"] for row in page]
        found = {row["id"]: row for row in self.get_queryset().filter(pk__in=keys).values(*self.row_class.columns())}
        return self.get_paginated_response(self.row_class([found[key] for key in keys], many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.shown(int(pk))


def refuse_stale(row: Any, expected: int | None) -> None:
    """For deeds whose action takes no version."""
    if expected is not None and row.version != expected:
        raise StaleEdit(current={"version": row.version})
