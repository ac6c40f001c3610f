"""What the toast reads from a message."""

from typing import Any

from django import template

from core.toasts import MARK

register = template.Library()


@register.filter
def undo_batch(message: Any) -> str:
    """The batch that the deed of this message can be taken back by; empty where it cannot."""
    tags = message.extra_tags or ""
    return tags.removeprefix(MARK) if tags.startswith(MARK) else ""
