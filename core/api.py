"""What all API endpoints share: how a refusal is answered, how lists are paged, how amounts and days are written."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import set_rollback

from core.dates import parse_day
from core.errors import RuleViolation, StaleEdit
from core.fields import CreditCodeField, WanField, normalise_credit_code, validate_credit_code
from core.filters import PAGING_WORDS, unknown_filter
from core.money import PLACES, half_up, parse_wan
from core.paging import COUNT_CAP, BadCursor, Keyset, capped_count
from core.privacy import veiled


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal has one shape: {"reasons": [sentences], "fields": {name: [sentences]}}."""
    if isinstance(error, RuleViolation):
        set_rollback()
        return _answer_to_violation(error, context["request"])
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(as_serializer_error(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*[str(part) for part in error.args])
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return Response(_content(error), status=error.status_code, headers=_headers(error))


def _answer_to_violation(violation: RuleViolation, request: Request) -> Response:
    content: dict[str, Any] = {"reasons": list(violation.reasons), "fields": violation.fields}
    code = status.HTTP_409_CONFLICT
    if isinstance(violation, StaleEdit):
        content["current"] = {name: getattr(value, "pk", value) for name, value in violation.current.items()}
        if "If-Match" in request.headers:
            code = status.HTTP_412_PRECONDITION_FAILED
    return Response(content, status=code)


def _content(error: exceptions.APIException) -> dict[str, Any]:
    if not isinstance(error, exceptions.ValidationError):
        return {"reasons": [str(error.detail)], "fields": {}}
    detail = error.detail if isinstance(error.detail, dict) else {api_settings.NON_FIELD_ERRORS_KEY: error.detail}
    fields = {name: said for name, said in detail.items() if name != api_settings.NON_FIELD_ERRORS_KEY}
    return {"reasons": list(_sentences(detail)), "fields": fields}


def _sentences(detail: Any, name: str = "") -> Iterator[str]:
    if isinstance(detail, dict):
        for part, said in detail.items():
            below = name if part == api_settings.NON_FIELD_ERRORS_KEY else f"{name}.{part}".lstrip(".")
            yield from _sentences(said, below)
    elif isinstance(detail, list | tuple):
        for said in detail:
            yield from _sentences(said, name)
    else:
        yield f"{name}: {detail}" if name else str(detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def refuse_unknown_parameters(request: Request, known: Iterable[str]) -> None:
    """For endpoints that read the address themselves; `format` is always known."""
    if unknown := set(request.query_params) - {*known, "format"}:
        raise exceptions.ValidationError([unknown_filter(unknown)])


class StrictParameters:
    """Mixin, first in the bases: any address parameter that neither filters, pages nor is in `parameters` gets 400."""

    parameters: Iterable[str] = ()

    def initial(self, request: Request, *args: Any, **options: Any) -> None:
        super().initial(request, *args, **options)
        known = set(self.parameters)
        if getattr(self, "action", None) in (None, "list"):
            filters = getattr(self, "filterset_class", None)
            known |= PAGING_WORDS | set(filters.base_filters if filters else ())
        refuse_unknown_parameters(request, known)


class KeysetPagination(BasePagination):
    """Pages by cursor. A view names its columns in `ordering_fields` and its default in `ordering`."""

    default_size = api_settings.PAGE_SIZE or 50
    largest_size = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        keyset = Keyset(queryset, order=self.order(request, view), size=self._size(request))
        try:
            self.page = keyset.page(request.query_params.get("cursor"), strict=True)
        except BadCursor:
            raise exceptions.ValidationError(
                {"cursor": [gettext("This cursor does not belong to this list. Start again without it.")]}
            ) from None
        self.count, self.is_capped = (len(self.page), False) if self.page.is_whole else capped_count(queryset)
        self.url = request.build_absolute_uri()
        return self.page.items

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "results": data,
                "next": self._link(self.page.next),
                "previous": self._link(self.page.previous),
                "count": self.count,
                "count_is_capped": self.is_capped,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous", "count", "count_is_capped"],
            "properties": {
                "results": schema,
                "next": link,
                "previous": link,
                "count": {"type": "integer", "description": f"Counted up to {COUNT_CAP} rows."},
                "count_is_capped": {"type": "boolean", "description": "True if there are more rows than counted."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _query_parameter("cursor", {"type": "string"}, "From `next` or `previous` of another page."),
            _query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": self.largest_size}, "Rows a page."),
            _query_parameter("order", {"type": "string", "enum": self._orders(view)}, "Column to sort by."),
        ]

    def order(self, request: Request, view: Any) -> str:
        """The order asked for, which is always one that the view offers."""
        order = request.query_params.get("order") or self._default_order(view)
        if order not in self._orders(view):
            raise exceptions.ValidationError({"order": [gettext("This list cannot be sorted that way.")]})
        return order

    def _orders(self, view: Any) -> list[str]:
        names = [name.lstrip("-") for name in (*getattr(view, "ordering_fields", ()), self._default_order(view))]
        return [sign + name for name in dict.fromkeys(names) for sign in ("", "-")]

    def _default_order(self, view: Any) -> str:
        ordering = getattr(view, "ordering", None) or "-id"
        return ordering if isinstance(ordering, str) else ordering[0]

    def _size(self, request: Request) -> int:
        typed = request.query_params.get("limit")
        if typed is None:
            return self.default_size
        if not (typed.isascii() and typed.isdigit() and len(typed) < 5 and 1 <= int(typed) <= self.largest_size):
            raise exceptions.ValidationError(
                {"limit": [gettext("A page has 1 to %(largest)s rows.") % {"largest": self.largest_size}]}
            )
        return int(typed)

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(remove_query_param(self.url, "cursor"), "cursor", cursor) if cursor else None


def _query_parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


@extend_schema_field(
    {"type": "string", "example": "460000.0000", "description": "万元, four decimals; 6亿 or 60000万 are read too."}
)
class WanSerializerField(serializers.Field):
    """An amount in 万元, written as text so that no reader turns it into a binary fraction."""

    def __init__(self, **options: Any) -> None:
        for column_option in ("max_digits", "decimal_places"):
            options.pop(column_option, None)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            raise serializers.ValidationError(gettext("Write an amount as text or as a number."))
        try:
            return parse_wan(repr(data) if isinstance(data, float) else str(data))
        except ValueError as sentence:
            raise serializers.ValidationError(str(sentence)) from None

    def to_representation(self, value: Any) -> str:
        return f"{half_up(value, PLACES):f}"


@extend_schema_field({"type": "string", "format": "date"})
class DaySerializerField(serializers.DateField):
    """A day as 2024-03-31 and in no other way: programs need no second spelling."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or "-" not in value:
            raise serializers.ValidationError(gettext("Write a day as 2024-03-31."))
        try:
            return parse_day(value)
        except ValueError as sentence:
            raise serializers.ValidationError(str(sentence)) from None


class CreditCodeSerializerField(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        options.pop("max_length", None)
        super().__init__(**options)
        if validate_credit_code not in self.validators:
            self.validators.append(validate_credit_code)

    def to_internal_value(self, data: Any) -> str:
        return normalise_credit_code(super().to_internal_value(data))


class VeiledField(serializers.CharField):
    """Free text: numbers of people in it are shown in part. The verbs take it back like that without losing them."""

    def to_representation(self, value: Any) -> str:
        return veiled(str(value))


class VeiledNames(serializers.SlugRelatedField):
    """What a row beside the record is called, with numbers of people shown in part."""

    def to_representation(self, value: Any) -> str:
        return veiled(str(super().to_representation(value)))


class Arguments(serializers.Serializer):
    """Arguments of an action. A name it does not know is refused: a mistyped one must not be silently left out."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError(
                {str(name)[:60]: [gettext("There is no field with this name.")] for name in unknown}
            )
        return super().to_internal_value(data)


class RecordSerializer(serializers.ModelSerializer):
    """A model's shape, with our own columns mapped to our own fields."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        WanField: WanSerializerField,
        CreditCodeField: CreditCodeSerializerField,
        models.DateField: DaySerializerField,
        models.CharField: VeiledField,
        models.TextField: VeiledField,
    }
