"""The project ledger (台账) as rows of a table: every column of `projects.ledger.EXPORT`, read in chunks."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext

from core.fields import WanField
from core.privacy import veiled
from core.workbook import Column
from parks import industries
from parks.models import Park
from projects.ledger import EXPORT
from projects.lifecycle import Stage
from projects.models import Project

CHUNK = 2000
_WIDTHS = {"name": 36, "company": 32, "park": 28, "content": 40, "code": 18}
_STAGES = ("stage", "verified_stage")


def columns() -> list[Column]:
    return [_column(name) for name in EXPORT]


def rows(projects: Any) -> Iterator[list[Any]]:
    """One list a project, in the order of `columns`. `projects` must already be scoped.

    Reads chunk by chunk along the key, so that neither memory nor a cursor is held while a spreadsheet is written.
    """
    shapers = [(place, shape) for place, name in enumerate(EXPORT) if (shape := _shaper(name))]
    paths = ["company__name" if name == "company" else name for name in EXPORT]
    chunks = projects.order_by("pk").values_list("pk", *paths)
    latest = 0
    while chunk := list(chunks.filter(pk__gt=latest)[:CHUNK]):
        latest = chunk[-1][0]
        for _pk, *row in chunk:
            for place, shape in shapers:
                row[place] = shape(row[place])
            yield row


def _column(name: str) -> Column:
    field = Project._meta.get_field(name)
    title = str(field.verbose_name)
    title = title[:1].upper() + title[1:]
    width = _WIDTHS.get(name)
    if isinstance(field, WanField):
        unit = gettext("USD 10k") if name.endswith("_usd") else gettext("RMB 10k")
        return Column(f"{title} ({unit})", "wan", width)
    if isinstance(field, models.DateField):
        return Column(title, "day", width)
    if isinstance(field, models.DecimalField):
        return Column(title, "wan", width)
    return Column(title, "text", width)


def _shaper(name: str) -> Callable[[Any], Any] | None:
    """What turns the stored value of a column into the one people read; None where they are the same."""
    field = Project._meta.get_field(name)
    if name == "industry":
        return _looked_up({code: industries.label(code) for code in industries.INDUSTRIES})
    if name in _STAGES or field.choices:
        return _looked_up({value: str(label) for value, label in (Stage.choices if name in _STAGES else field.choices)})
    if name == "park":
        return _looked_up(dict(Park.objects.values_list("pk", "name")))
    if field.related_model is get_user_model():
        return _looked_up({user.pk: str(user) for user in get_user_model().objects.all()})
    if isinstance(field, models.BooleanField):
        return _looked_up({True: gettext("yes"), False: ""})
    return veiled if isinstance(field, models.TextField) or name == "source_note" else None


def _looked_up(names: dict[Any, str]) -> Callable[[Any], Any]:
    return lambda value: names.get(value, value) if value not in (None, "") else ""
