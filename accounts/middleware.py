"""Sends a person whose password was set by somebody else to choose their own before anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

OPEN = {"accounts:password", "accounts:sign-out", "accounts:language", "accounts:theme", "healthz"}


class OwnPasswordMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        person = request.user
        if person.is_authenticated and person.must_change_password and request.resolver_match.view_name not in OPEN:
            return redirect("accounts:password")
        return None
