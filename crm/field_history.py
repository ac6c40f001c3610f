"""What became of the fields of a record, read out of the trail: who changed which and when, before and after."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.audit import diff
from core.fields import WanField
from core.models import AuditEntry
from core.money import exact_large
from core.privacy import shown_in_part, veiled
from crm.actions.restoring import ALIASES, changed_fields, may_be_put_back
from crm.models import Company
from parks import industries

NOTHING = "—"
# Columns that follow others; their changes say nothing of their own.
_SILENT = {"normal_name", "version", "stage_since", "recorded_at", "recorded_by", "followed_up_at"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in one deed. `before` and `after` are words for people, numbers of people in part."""

    entry: AuditEntry
    field: str
    label: str
    before: str
    after: str
    can_restore: bool

    @property
    def had_value(self) -> bool:
        return self.before != NOTHING


def field_changes(record: models.Model, entries: Any) -> list[FieldChange]:
    """One row for each field of each deed, in the order of `entries`. One query for each kind of record referred to."""
    changed = [(entry, changed_fields(record, entry)) for entry in entries]
    names = _names_of_referred(record, [pairs for _entry, pairs in changed])
    return [
        FieldChange(
            entry,
            field,
            _label(record, field),
            _in_words(record, field, before, names),
            _in_words(record, field, after, names),
            may_be_put_back(record, entry, field),
        )
        for entry, pairs in changed
        for field, (before, after) in pairs.items()
        if field not in _SILENT
    ]


def _label(record: models.Model, field: str) -> str:
    label = _("Other names") if field == ALIASES else str(record._meta.get_field(field).verbose_name)
    return label[:1].upper() + label[1:]


def _names_of_referred(record: models.Model, changes: list[dict[str, Any]]) -> dict[tuple[str, Any], str]:
    """{(field, key): name} of every record the changes refer to."""
    wanted: dict[str, set[int]] = {}
    for pairs in changes:
        for field, pair in pairs.items():
            if field != ALIASES and field not in _SILENT and record._meta.get_field(field).is_relation:
                wanted.setdefault(field, set()).update(key for key in pair if isinstance(key, int))
    found = {}
    for field, keys in wanted.items():
        rows = record._meta.get_field(field).related_model._base_manager.filter(pk__in=keys)
        found |= {(field, row.pk): str(row) for row in rows}
    return found


def _in_words(record: models.Model, name: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    if value in (None, "", []):
        return NOTHING
    if name == ALIASES:
        return _(", ").join(map(veiled, value))
    field = record._meta.get_field(name)
    if field.is_relation:
        said = value.get("label") if isinstance(value, dict) else value
        return names.get((name, said), str(said))
    return _plain_words(record, field, value)


def _plain_words(record: models.Model, field: models.Field, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if field.name == "industry":
        return industries.label(value) or str(value)
    if isinstance(field, WanField):
        return exact_large(Decimal(str(value)))
    if isinstance(field, models.DateField) and (day := parse_date(str(value)[:10])):
        return day.isoformat()
    return shown_in_part(record, field.name, str(value))


def in_words(record: models.Model, field: str, value: Any) -> str:
    """A value as the record holds it."""
    return words_of_pair(record, field, diff({field: None}, {field: value}).get(field, [None, None]))[1]


def words_of_pair(record: models.Model, field: str, pair: Any) -> tuple[str, str]:
    """Before and after as the trail has them."""
    names = _names_of_referred(record, [{field: tuple(pair)}])
    before, after = pair
    return _in_words(record, field, before, names), _in_words(record, field, after, names)


def kind_of(record: models.Model) -> str:
    """The word that begins the names of the record's pages."""
    return "company" if isinstance(record, Company) else record._meta.model_name
