"""The board's pages: figures, table, trend, and the projects behind any figure."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from core.dates import month_end
from core.money import format_large, large_places, large_unit
from core.paging import Keyset
from core.templatetags.units import day, long_day
from parks.models import Park
from projects.lifecycle import Bucket
from projects.models import Project, ProjectState
from projects.story import LOOKS
from reports import board_table, stage_board, stage_trend
from reports.forms import BoardForm, RowsForm
from reports.models import MonthEndTotal
from reports.question import Question, scope_among, scope_of
from reports.stage_trend import Point

TREND_MONTHS = 24
ROWS_IN_RAIL = 12
CHART_ORDER = (Bucket.UNDER_CONSTRUCTION, Bucket.COMMISSIONED, Bucket.AWAITING_START)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    parks = list(Park.objects.visible_to(request.user).in_tree_order())
    form = BoardForm(request.GET, parks=parks, today=timezone.localdate())
    if not form.is_valid():
        return refused(request, form, parks)
    question = form.question()
    states = ProjectState.objects.visible_to(request.user)
    scope = scope_among(parks, question)
    now = stage_board.board_within(scope, states, question)
    earlier = stage_board.board_within(
        scope, states, replace(question, as_of=stage_board.start_of_year(question.as_of))
    )
    totals = MonthEndTotal.objects.visible_to(request.user)
    points = stage_trend.trend_within(scope, states, totals, question, months=TREND_MONTHS)
    asked = query_of(request)
    full, empty = board_table.parted(board_table.lines(now, earlier))
    content = {
        **frame(request, form, parks),
        "total": board_table.total_cells(now, earlier),
        "lines": full,
        "empty_lines": empty,
        "definition": board_table.definition(question, scope, has_demo=has_demo(request.user)),
        "rows_link": f"{reverse('reports:board-rows')}?{asked + '&' if asked else ''}",
        "query": asked,
        **trend_content(points, asked),
    }
    return render(request, "reports/board.html", content)


@require_GET
def board_rows(request: HttpRequest) -> HttpResponse:
    """The projects a figure counts. As a fragment the largest of them, as a page all."""
    parks = list(Park.objects.visible_to(request.user).in_tree_order())
    form = RowsForm(request.GET, parks=parks, today=timezone.localdate())
    if not form.is_valid():
        return refused(request, form, parks)
    question, asked = form.question(), form.cleaned_data
    scope = scope_among(parks, question)
    behind = stage_board.states_behind(
        scope,
        ProjectState.objects.visible_to(request.user),
        question,
        bucket=asked["bucket"],
        park=asked["of"],
        own=asked["own"],
    )
    as_fragment = bool(request.htmx)
    pages = Keyset(
        behind,
        order="-total_wan",
        size=ROWS_IN_RAIL if as_fragment else 50,
        show=lambda rows: rows.select_related("project", "park"),
    )
    content = {
        **frame(request, form, parks),
        "figure": stage_board.figure_of(behind),
        "page": pages.page(None if as_fragment else request.GET.get("cursor")),
        "heading": _heading(question, asked),
        "bucket": LOOKS.get(asked["bucket"], ""),
        "seen_parks": {park.pk for park in parks},
        "page_link": f"{request.path}?{request.GET.urlencode()}",
        "board_link": f"{reverse('reports:board')}?{query_of(request, without=('bucket', 'of', 'own'))}",
    }
    if not as_fragment:
        content["definition"] = board_table.definition(question, scope, has_demo=has_demo(request.user))
    response = render(request, "reports/_rows.html" if as_fragment else "reports/rows.html", content)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def park_figures(request: HttpRequest, code: str) -> HttpResponse:
    """The figures and the trend of one park with all below it as of today, for the page of the park."""
    park = get_object_or_404(Park.objects.visible_to(request.user), code=code)
    question = Question(as_of=timezone.localdate(), park=park)
    states = ProjectState.objects.visible_to(request.user)
    scope = scope_of(Park.objects.visible_to(request.user), question)
    now = stage_board.board_within(scope, states, question)
    earlier = stage_board.board_within(
        scope, states, replace(question, as_of=stage_board.start_of_year(question.as_of))
    )
    totals = MonthEndTotal.objects.visible_to(request.user)
    points = stage_trend.trend_within(scope, states, totals, question, months=TREND_MONTHS)
    asked = urlencode({"park": park.code})
    content = {
        "total": board_table.total_cells(now, earlier),
        "as_of_line": board_table.as_of_line(question),
        "rows_link": f"{reverse('reports:board-rows')}?{asked}&",
        **trend_content(points, asked),
    }
    return render(request, "reports/_park_figures.html", content)


def frame(request: HttpRequest, form: BoardForm, parks: list[Park]) -> dict[str, Any]:
    """What the pages of a board share: controls, titles, and whether the day is past."""
    question = form.question()
    return {
        "form": form,
        "filter": {"form": form},
        "parks": parks,
        "park_code": question.park.code if question.park else "",
        "as_of": question.as_of,
        "is_past": question.as_of != form.today,
        "title": board_table.title(question),
        "as_of_line": board_table.as_of_line(question),
        "unit_line": board_table.unit_line(),
        "keeps_of_day": _pairs(request, without="as_of"),
        "keeps_of_park": _pairs(request, without="park"),
        "quick_dates": quick_dates(form.today),
    }


def refused(request: HttpRequest, form: BoardForm, parks: list[Park], *, status: int = 200) -> HttpResponse:
    """The controls with what is wrong beside them; no figure is shown for a question that was not understood."""
    content = {
        "form": form,
        "filter": {"form": form, "is_told": set(form.errors) <= {"as_of", "park"}},
        "parks": parks,
        "park_code": form.data.get("park", ""),
        "as_of": form.today,
        "is_past": False,
        "title": gettext("Park board"),
        "is_refused": True,
    }
    return render(request, "reports/board.html", content, status=status)


def has_demo(user: Any) -> bool:
    return Project.objects.visible_to(user).filter(is_synthetic=True).exists()


def trend_content(points: list[Point], asked: str) -> dict[str, Any]:
    """What `reports/_trend.html` shows; `asked` is the question its points ask again for their days."""
    return {
        "trend": trend_table(points),
        "chart": chart(points, asked),
        "chart_label": _in_one_sentence(points),
    }


def trend_table(points: list[Point]) -> list[dict[str, Any]]:
    """Newest first; the four months that stay open are the latest, the one before, the year's start and a year ago."""
    return [
        {
            "day": point.as_of,
            "is_over": point.as_of == month_end(point.as_of),
            "cells": [(LOOKS[bucket], point.figures[bucket]) for bucket in CHART_ORDER],
        }
        for point in reversed(points)
    ]


def chart(points: list[Point], asked: str) -> dict[str, Any]:
    """What js/charts.js draws. A point leads to the board of its day, `asked` being the rest of the question."""
    query = QueryDict(asked, mutable=True)
    links = []
    for point in points:
        query["as_of"] = day(point.as_of)
        links.append(f"{reverse('reports:board')}?{query.urlencode()}")
    return {
        "labels": [f"{point.as_of:%Y.%m}" for point in points],
        "days": [long_day(point.as_of) for point in points],
        "places": large_places(),
        "series": [
            {
                "name": short_name(bucket),
                "bucket": LOOKS[bucket],
                "values": [float(format_large(point.figures[bucket].total_wan)) for point in points],
                "links": links,
            }
            for bucket in CHART_ORDER
        ],
    }


def short_name(bucket: str) -> str:
    return gettext("Awaiting") if bucket == Bucket.AWAITING_START else str(Bucket(bucket).label)


def _in_one_sentence(points: list[Point]) -> str:
    latest = ", ".join(f"{bucket.label} {format_large(points[-1].figures[bucket].total_wan)}" for bucket in CHART_ORDER)
    return gettext("Total investment at the ends of %(months)s months, in %(unit)s; the latest: %(figures)s") % {
        "months": len(points),
        "unit": large_unit(),
        "figures": latest,
    }


def _heading(question: Question, asked: dict[str, Any]) -> str:
    place = asked["of"] or question.park
    stage = Bucket(asked["bucket"]).label if asked["bucket"] else gettext("All counted projects")
    return f"{place.label} · {stage}" if place else str(stage)


def query_of(request: HttpRequest, *, without: tuple[str, ...] = ()) -> str:
    """The question as it stands in the address, for links that ask it again."""
    query: QueryDict = request.GET.copy()
    for name in (*without, "cursor", "format"):
        query.pop(name, None)
    return query.urlencode()


def _pairs(request: HttpRequest, *, without: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.GET.items() if name not in (without, "cursor") and value]


def quick_dates(today: Any) -> list[tuple[str, Any]]:
    ends = stage_trend.month_ends(today, 4)[:-1]
    dates = {long_day(end): end for end in [*reversed(ends), stage_board.start_of_year(today)]}
    return list(dates.items())
