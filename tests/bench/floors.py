"""What any page of its kind costs at least: no sign-in, no scope, no filters, one query, a bare template."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from projects.models import Project

ROWS = 50
_SHOWN = (
    "id", "code", "name", "company__name", "park__name", "industry", "stage", "stage_since", "total_investment_wan",
    "verified_total_wan", "signed_on",
)  # fmt: skip


class CountQueries:
    """Says in a header how many queries a request took, where the request asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "X-Count-Queries" not in request.headers:
            return self.get_response(request)
        asked: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            asked.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = self.get_response(request)
        response["X-Queries"] = str(len(asked))
        return response


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@login_not_required
def select_one(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


@login_not_required
def html_list(request: HttpRequest) -> HttpResponse:
    projects = Project.objects.select_related("company", "park", "owner").order_by("-updated_at", "-pk")[:ROWS]
    return render(request, "bench/list.html", {"projects": projects})


@login_not_required
def json_list(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"results": list(Project.objects.order_by("-updated_at", "-pk").values(*_SHOWN)[:ROWS])})
