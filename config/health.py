"""Say in one request whether this process can do its work; for load balancers and start scripts."""

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Needs no sign-in and tells no secrets. A broker out of reach is reported but does not stop people working."""
    database = database_state()
    answer = {"version": settings.VERSION, "database": database, "broker": broker_state()}
    return JsonResponse(answer, status=200 if database == "ok" else 503)


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def broker_state() -> str:
    if not settings.REDIS_URL:
        return "in-process"
    try:
        with current_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OperationalError, OSError):
        return "unreachable"
    return "ok"
