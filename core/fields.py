"""Model and form fields for amounts, days and credit codes: the one place where their format is checked."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import parse_day
from core.money import PLACES, Unit, half_up, parse_wan, spell_out, to_yi

# GB 32100-2015: the letters I, O, S, V and Z are left out because they are easily misread.
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
CREDIT_CODE_LENGTH = 18


def normalise_credit_code(text: Any) -> str:
    """Upper case, half width and without spaces or dashes, however it was typed or pasted; "" for nothing."""
    return re.sub(r"[\s\-–—·]", "", unicodedata.normalize("NFKC", str(text or ""))).upper()


def credit_code_check_character(first_seventeen: str) -> str:
    total = sum(
        CREDIT_CODE_ALPHABET.index(character) * weight
        for character, weight in zip(first_seventeen, CREDIT_CODE_WEIGHTS, strict=True)
    )
    return CREDIT_CODE_ALPHABET[-total % 31]


def validate_credit_code(text: Any) -> None:
    """Refuse what cannot be a 统一社会信用代码 and say which rule it breaks; an empty code passes."""
    code = normalise_credit_code(text)
    if not code:
        return
    if len(code) != CREDIT_CODE_LENGTH:
        raise ValidationError(
            gettext("A credit code has 18 characters; this one has %(length)s.") % {"length": len(code)},
            code="credit_code_length",
        )
    for place, character in enumerate(code, start=1):
        if character not in CREDIT_CODE_ALPHABET:
            raise ValidationError(
                gettext("Character %(place)s, “%(character)s”, does not occur in credit codes (nor do I, O, S, V, Z).")
                % {"place": place, "character": character},
                code="credit_code_letter",
            )
    if credit_code_check_character(code[:17]) != code[17]:
        raise ValidationError(
            gettext("The last character does not match the others: at least one character of this code is mistyped."),
            code="credit_code_check_character",
        )


class AmountWithEcho(forms.BoundField):
    """Says under the input how the typed amount was understood."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        self.echo = self._understood()
        self.help_text = " ".join(str(part) for part in (field.help_text, self.echo) if part)

    def _understood(self) -> str:
        typed = self.data if self.form.is_bound else None
        if not typed:
            return ""
        try:
            return spell_out(parse_wan(typed, unit=self.field.unit_of_bare_numbers))
        except ValueError:
            return ""


class WanFormField(forms.Field):
    """Accepts what people type (6亿, 60000万, 60,000) and gives a Decimal in 万元."""

    widget = forms.TextInput
    unit = _("RMB 10k")

    def __init__(self, *, unit: Unit = "wan", min_value: Decimal | None = None, **options: Any) -> None:
        self.unit_of_bare_numbers: Unit = unit
        self.min_value = min_value
        if unit == "yi":
            self.unit = _("RMB 100m")
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_wan(value, unit=self.unit_of_bare_numbers)
        except ValueError as sentence:
            raise ValidationError(str(sentence), code="amount") from None

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is not None and self.min_value is not None and value < self.min_value:
            raise ValidationError(gettext("This amount is too small."), code="min_value")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        number = to_yi(value) if self.unit_of_bare_numbers == "yi" else half_up(value, PLACES)
        return f"{number.normalize():f}"

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "text", "autocomplete": "off"} if isinstance(widget, forms.TextInput) else {}

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> AmountWithEcho:
        return AmountWithEcho(form, self, field_name)


class DayFormField(forms.DateField):
    """Accepts 2024-03-31, 2024.3.31 and 2024年3月31日; `no_later_than` is set by the form, which knows the day."""

    def __init__(self, *, no_later_than: date | None = None, **options: Any) -> None:
        self.no_later_than = no_later_than
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**options)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return super().to_python(value)
        try:
            return parse_day(value)
        except ValueError as sentence:
            raise ValidationError(str(sentence), code="day") from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and self.no_later_than and value > self.no_later_than:
            raise ValidationError(gettext("This day lies in the future."), code="future")


class CreditCodeFormField(forms.CharField):
    """Normalises before it checks, so a code pasted in full width or in groups is accepted."""

    def __init__(self, **options: Any) -> None:
        options.pop("max_length", None)
        super().__init__(**options)
        self.validators.append(validate_credit_code)

    def to_python(self, value: Any) -> str:
        return normalise_credit_code(super().to_python(value))


class WanField(models.DecimalField):
    """An amount in 万元. Sums over it come back exact to the yuan on SQLite too, which adds in binary fractions."""

    def __init__(self, verbose_name: Any = None, name: str | None = None, **options: Any) -> None:
        options["max_digits"], options["decimal_places"] = 18, PLACES
        super().__init__(verbose_name, name, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, args, options

    def get_db_converters(self, connection: Any) -> list[Any]:
        converters = super().get_db_converters(connection)
        return [*converters, _to_whole_yuan] if connection.vendor == "sqlite" else converters

    def formfield(self, **options: Any) -> forms.Field | None:
        return models.Field.formfield(self, **{"form_class": WanFormField, **options})


class CreditCodeField(models.CharField):
    """A 统一社会信用代码, kept normalised whichever door it came through; "" where there is none."""

    default_validators = [validate_credit_code]

    def __init__(self, verbose_name: Any = None, **options: Any) -> None:
        options["max_length"] = CREDIT_CODE_LENGTH
        super().__init__(verbose_name, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        del options["max_length"]
        return name, path, args, options

    def to_python(self, value: Any) -> str | None:
        return value if value is None else normalise_credit_code(value)

    def get_prep_value(self, value: Any) -> Any:
        return normalise_credit_code(value) if isinstance(value, str) else super().get_prep_value(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **options: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": CreditCodeFormField, **options})


def _to_whole_yuan(value: Decimal | None, expression: Any, connection: Any) -> Decimal | None:
    return None if value is None else half_up(value, PLACES)
