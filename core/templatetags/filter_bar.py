"""How the filters of a list stand in its row: which in sight, which folded away, and where "clear" leads."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField

register = template.Library()


@dataclass(frozen=True, slots=True)
class FilterBar:
    """`folded` are the filters a FilterSet calls `rare`; `folded_set` counts those of them in use or refused."""

    in_sight: list[BoundField]
    folded: list[BoundField]
    folded_set: int
    is_set: bool
    clear: str


@register.simple_tag
def filter_bar(given: Any, path: str, keeps: Any = ()) -> FilterBar:
    """`given` has a `form`, and perhaps `rare`; clearing keeps what the row hides, such as the day asked for."""
    form = given["form"] if isinstance(given, dict) else given.form
    rare = frozenset(getattr(given, "rare", ()))
    shown = form.visible_fields()
    folded = [field for field in shown if field.name in rare]
    kept = [*(keeps or ()), *((field.html_name, field.value()) for field in form.hidden_fields())]
    query = urlencode([(name, value) for name, value in kept if value])
    return FilterBar(
        in_sight=[field for field in shown if field.name not in rare],
        folded=folded,
        folded_set=sum(1 for field in folded if field.errors or field.value()),
        # A row of radios is a switch between two readings, not a filter: one of them is always chosen.
        is_set=any(field.name in form.changed_data and not _is_switch(field) for field in shown),
        clear=f"{path}?{query}" if query else path,
    )


def _is_switch(field: BoundField) -> bool:
    return getattr(field.field.widget, "input_type", "") == "radio"
