"""The last door for a broken rule: where no form showed the refusal, it still is an answer in words, never a crash."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import RuleViolation


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The transaction is over and undone by the time we are asked; a fragment gets a fragment."""
        if not isinstance(exception, RuleViolation):
            return None
        page = "_refusal.html" if request.headers.get("HX-Request") else "409.html"
        return render(request, page, {"reasons": exception.reasons}, status=409)
