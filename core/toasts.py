"""What was just done, said at the bottom of the page for ten seconds, with the button that takes it back."""

from typing import Any

from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

from core.undo import can_be_undone

MARK = "undo:"


class ToastStorage(FallbackStorage):
    """Gives the message about a deed the batch to take back, so that no page has to hand it over."""

    def add(self, level: int, message: Any, extra_tags: str = "") -> None:
        if level == SUCCESS and not extra_tags and (batch := undo_of(self.request)):
            extra_tags = MARK + batch
        super().add(level, message, extra_tags)


def undo_of(request: HttpRequest) -> str:
    """The batch this request did and can take back, as text; empty where there is none."""
    done = getattr(request, "batch", None)
    return str(done.id) if can_be_undone(done) else ""


def toast(request: HttpRequest, response: HttpResponse, text: Any) -> HttpResponse:
    """Have the page that gets this fragment show a toast, with 撤销 where the deed of this request has a way back."""
    return trigger_client_event(response, "toast", {"text": str(text), "undo": undo_of(request)})
