"""The one guard against NUL characters, which PostgreSQL cannot store and no text of a person contains."""

import re
from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext

# An odd number of backslashes: \u0000 is the character, \\u0000 is a text about it.
_NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NUL_IN_FORM = re.compile(rb"%00|\x00")


class RefuseNulMiddleware:
    """Answers 400 before any view, form or filter meets the character. File contents are not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (_in_address(request) or _in_body(request)):
            return self.get_response(request)
        sentence = gettext("The request contains a character that no text may contain (NUL).")
        if request.path.startswith("/api/"):
            return JsonResponse({"reasons": [sentence], "fields": {}}, status=400)
        raise BadRequest(sentence)


def _in_address(request: HttpRequest) -> bool:
    return "\x00" in request.path or bool(_NUL_IN_FORM.search(request.META.get("QUERY_STRING", "").encode()))


def _in_body(request: HttpRequest) -> bool:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return False
    if request.content_type == "multipart/form-data":
        return any("\x00" in text for text in _texts_of(request))
    if request.content_type == "application/json":
        return b"\x00" in request.body or bool(_NUL_IN_JSON.search(request.body))
    return bool(_NUL_IN_FORM.search(request.body))


def _texts_of(request: HttpRequest) -> Iterable[str]:
    for name, values in request.POST.lists():
        yield name
        yield from values
    for name, files in request.FILES.lists():
        yield name
        yield from (file.name or "" for file in files)
