"""The page of the search, and the same answers as a fragment for the box that opens over every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from parks.context import Viewer
from reports import search

IN_THE_BOX, ON_THE_PAGE = 5, 20
ONLY_ACTIONS = ">"


@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()
    in_the_box = "box" in request.GET
    context = {"typed": typed, **_answer(request, typed, most=IN_THE_BOX if in_the_box else ON_THE_PAGE)}
    return render(request, "reports/_found.html" if in_the_box else "reports/search.html", context)


def _answer(request: HttpRequest, typed: str, *, most: int) -> dict:
    if len(typed) > search.LONGEST:
        return {"too_long": search.LONGEST}
    viewer = Viewer(request.user, "")
    if typed.startswith((ONLY_ACTIONS, "＞")):
        return {"groups": search.ways(viewer, typed[1:], only_actions=True)}
    records = search.records(request.user, typed, most=most, today=timezone.localdate())
    too_short = 0 < len(typed) < search.SHORTEST
    no_record = not records and len(typed) >= search.SHORTEST
    return {"groups": [*records, *search.ways(viewer, typed)], "no_record": no_record, "too_short": too_short}
