"""How an address nobody knows and a crash are answered: a page for people, JSON for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views import defaults


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _refusal(sentence: str, code: int) -> JsonResponse:
    return JsonResponse({"reasons": [sentence], "fields": {}}, status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_programs(request):
        return _refusal(gettext("The request cannot be read."), 400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_programs(request):
        return _refusal(gettext("There is nothing at this address."), 404)
    return defaults.page_not_found(request, exception)


def crashed(request: HttpRequest, *args: Any) -> HttpResponse:
    if _is_for_programs(request):
        return _refusal(gettext("The program failed at this request. Nothing was written."), 500)
    return defaults.server_error(request)
