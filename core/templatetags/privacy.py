"""The numbers of people in a free text, shown in part."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeData, mark_safe

from core import privacy

register = template.Library()


@register.filter
def veiled(value: Any) -> Any:
    """Leaves alone whatever is no text."""
    if not isinstance(value, str | Promise):
        return value
    shown = privacy.veiled(str(value))
    return mark_safe(shown) if isinstance(value, SafeData) else shown
