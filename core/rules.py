"""The refusals all verbs share: what the model itself refuses, a day still to come, a version that has moved on."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.dates import local_day
from core.errors import RuleViolation, StaleEdit
from core.privacy import shown_in_part


def refuse(field: str, sentence: str) -> NoReturn:
    raise RuleViolation(sentence, fields={field: [sentence]})


def refuse_invalid(instance: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Let the model's own validators speak, as one refusal that names its fields."""
    try:
        instance.full_clean(exclude=exclude)
    except ValidationError as error:
        fields = {name: said for name, said in error.message_dict.items() if name != NON_FIELD_ERRORS}
        raise RuleViolation(*error.messages, fields=fields) from error


def future_reason(day: date, at: datetime) -> str:
    """The sentence that refuses a day still to come, or an empty text. What counts is the day in the parks at `at`."""
    if day <= local_day(at):
        return ""
    return _("%(day)s lies in the future. Enter the day on which it happened.") % {"day": day.isoformat()}


def refuse_future(field: str, day: date, at: datetime) -> None:
    """`at` is when it is recorded."""
    if reason := future_reason(day, at):
        refuse(field, reason)


def refuse_stale(instance: models.Model, expected: int | None, fields: Iterable[str]) -> None:
    """`expected` is the version the caller saw, None for no check; `fields` are shown as they are now."""
    if expected is not None and instance.version != expected:
        raise StaleEdit(
            _("Somebody else changed this %(what)s meanwhile. Compare and save again.")
            % {"what": instance._meta.verbose_name},
            current={field: shown_in_part(instance, field, getattr(instance, field)) for field in fields},
        )
