"""The kinds of filter the lists of the API have: a row by its id, a day, an amount."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from core.fields import DayFormField, WanFormField
from core.filters import StrictFilterSet


class NamedFilters(StrictFilterSet):
    """A filter set in which only the filters named in the address cost anything; a list has many, a call few."""

    def __init__(self, data: Any = None, *args: Any, **options: Any) -> None:
        super().__init__(data, *args, **options)
        self.filters = {name: each for name, each in self.filters.items() if data and name in data}


@extend_schema_field(OpenApiTypes.INT64)
class RowFilter(django_filters.ModelChoiceFilter):
    """Rows that belong to one the viewer may see."""

    def __init__(self, model: Any = None, **options: Any) -> None:
        self.model_of_choices = model
        super().__init__(queryset=lambda request: self.choices_for(request.user), **options)

    def choices_for(self, user: Any) -> models.QuerySet:
        return self.model_of_choices.objects.visible_to(user)


class _IsoDayField(DayFormField):
    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        if value not in self.empty_values and "-" not in str(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = _IsoDayField


@extend_schema_field({"type": "string", "example": "100000"})
class WanFilter(django_filters.Filter):
    """An amount in 万元; 10亿 is read too."""

    field_class = WanFormField


class _TruthField(forms.Field):
    """Refuses what is neither, so that a mistyped filter never passes for an answer."""

    default_error_messages = {"invalid": _("Write true or false.")}
    words = {"true": True, "1": True, "false": False, "0": False}

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if str(value).lower() not in self.words:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self.words[str(value).lower()]


@extend_schema_field(OpenApiTypes.BOOL)
class TruthFilter(django_filters.Filter):
    """true or false, 1 or 0."""

    field_class = _TruthField


class CodedChoiceFilter(django_filters.ChoiceFilter):
    """A choice by its name or by its code in the trade (P60)."""

    def __init__(self, codes: dict[Any, str], **options: Any) -> None:
        self.by_code = {code: choice.value for choice, code in codes.items()}
        both = [*(choice.value for choice in codes), *self.by_code]
        super().__init__(choices=[(each, each) for each in both], **options)

    def filter(self, rows: models.QuerySet, value: Any) -> models.QuerySet:
        return super().filter(rows, self.by_code.get(value, value))
