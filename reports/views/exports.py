"""Doors that hand out files: the board as CSV and .xlsx, the project ledger as CSV at once or as .xlsx by a job."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from core.forms import once_for
from core.workbook import Sheet, csv_rows, write_xlsx
from parks.access import require
from parks.models import Park
from projects.models import ProjectState
from reports import board_table, project_ledger, stage_board
from reports.actions import export_ledger
from reports.asked_projects import asked_projects
from reports.forms import BoardForm
from reports.question import scope_among
from reports.views.board import has_demo, refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE_BYTES = 64 * 1024


@require_GET
def board_csv(request: HttpRequest) -> HttpResponse:
    return _board_file(request, "csv")


@require_GET
def board_xlsx(request: HttpRequest) -> HttpResponse:
    return _board_file(request, "xlsx")


def _board_file(request: HttpRequest, kind: str) -> HttpResponse:
    require(request.user, "reports.export")
    parks = list(Park.objects.visible_to(request.user).in_tree_order())
    form = BoardForm(request.GET, parks=parks, today=timezone.localdate())
    if not form.is_valid():
        return refused(request, form, parks, status=400)
    question = form.question()
    scope = scope_among(parks, question)
    board = stage_board.board_within(scope, ProjectState.objects.visible_to(request.user), question)
    name = board_table.file_name(question, kind)
    above = [board_table.title(question), board_table.as_of_line(question), board_table.unit_line()]
    notes = board_table.definition(question, scope, has_demo=has_demo(request.user))
    if kind == "csv":
        # A program reads the header after the empty line; whoever opens the file reads first what the figures are.
        told = [[line] for line in [*above[1:], *notes]]
        header = [column.header for column in board_table.columns()]
        table = csv_rows(above[:1], [*told, [], header, *board_table.sheet_rows(board, is_converted=True)])
        return as_file(b"".join(table), name, "text/csv; charset=utf-8")
    target = BytesIO()
    write_xlsx(
        target,
        [
            Sheet(
                title=gettext("Park board"),
                columns=board_table.columns(),
                rows=board_table.sheet_rows(board),
                above=above,
                notes=notes,
            )
        ],
    )
    return as_file(target.getvalue(), name, XLSX)


@require_GET
def ledger_csv(request: HttpRequest) -> HttpResponse:
    """The rows of the project list with the same filters in the address, sent while they are read."""
    require(request.user, "reports.export")
    found = asked_projects(request.GET, by=request.user)
    if found is None:
        return redirect(f"{reverse('projects:list')}?{request.GET.urlencode()}")
    header = [column.header for column in project_ledger.columns()]
    name = f"{gettext('Project ledger')} {timezone.localdate().isoformat()}.csv"
    answer = StreamingHttpResponse(
        _pieces(csv_rows(header, project_ledger.rows(found))), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = _attachment(name)
    return answer


@require_POST
def ledger_export(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    job = once_for(request, at=at, do=lambda: export_ledger(query=request.GET.urlencode(), at=at, by=request.user))
    return redirect("core:job-detail", pk=job.pk)


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines in pieces worth a write; the first one alone, so that the download begins at once."""
    lines = iter(lines)
    yield next(lines)
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def as_file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": _attachment(name)})


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
