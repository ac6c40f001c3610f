"""Middleware and helpers about a visitor's session: when it ends and where it comes from."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

RENEW_AFTER_SECONDS = 60


class IdleExitMiddleware:
    """Let a session live on while its person works; saving at most once a minute keeps reads free of writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            if now - request.session.get("renewed_at", 0) >= RENEW_AFTER_SECONDS:
                request.session["renewed_at"] = now
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The visitor's address as our own outermost proxy saw it.

    SECURITY: entries left of the trusted ones are written by the visitor and would let anyone escape the sign-in lock.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")
