"""The report of shares: page, CSV and .xlsx."""

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.workbook import Sheet, csv_rows, write_xlsx
from parks.access import require
from parks.models import Park
from projects.models import ProjectState, Split
from reports import board_table, share_board, share_table
from reports.forms import BoardForm
from reports.question import scope_among
from reports.views.board import frame, has_demo, query_of, refused
from reports.views.exports import XLSX, as_file


def _asked(request: HttpRequest) -> tuple[BoardForm, list[Park]]:
    parks = list(Park.objects.visible_to(request.user).in_tree_order())
    return BoardForm(request.GET, parks=parks, today=timezone.localdate()), parks


def _found(request: HttpRequest, form: BoardForm, parks: list[Park]) -> share_board.Shares:
    question = form.question()
    return share_board.shares_within(
        scope_among(parks, question),
        ProjectState.objects.visible_to(request.user),
        Split.objects.visible_to(request.user),
        question,
    )


@require_GET
def shares(request: HttpRequest) -> HttpResponse:
    form, parks = _asked(request)
    if not form.is_valid():
        return refused(request, form, parks)
    found = _found(request, form, parks)
    content = {
        **frame(request, form, parks),
        "title": share_table.title(found.question),
        "lines": share_table.lines(found),
        "total": found.total,
        "has_any": found.has_any,
        "definition": share_table.definition(found.question, has_demo=has_demo(request.user)),
        "query": query_of(request),
    }
    return render(request, "reports/shares.html", content)


@require_GET
def shares_csv(request: HttpRequest) -> HttpResponse:
    return _file(request, "csv")


@require_GET
def shares_xlsx(request: HttpRequest) -> HttpResponse:
    return _file(request, "xlsx")


def _file(request: HttpRequest, kind: str) -> HttpResponse:
    require(request.user, "reports.export")
    form, parks = _asked(request)
    if not form.is_valid():
        return refused(request, form, parks, status=400)
    found = _found(request, form, parks)
    name = share_table.file_name(found.question, kind)
    above = [share_table.title(found.question), board_table.as_of_line(found.question), board_table.unit_line()]
    notes = share_table.definition(found.question, has_demo=has_demo(request.user))
    if kind == "csv":
        told = [[line] for line in [*above[1:], *notes]]
        header = [column.header for column in share_table.columns()]
        rows = share_table.sheet_rows(found, is_converted=True)
        return as_file(b"".join(csv_rows(above[:1], [*told, [], header, *rows])), name, "text/csv; charset=utf-8")
    target = BytesIO()
    sheet = Sheet(
        title=share_table.title(found.question)[:31],
        columns=share_table.columns(),
        rows=share_table.sheet_rows(found),
        above=above,
        notes=notes,
    )
    write_xlsx(target, [sheet])
    return as_file(target.getvalue(), name, XLSX)
