"""The first page: the desk of the officer, the operator, the manager, the auditor or the administrator."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.submissions import new_key
from crm.desk_due import due_counts, due_rows
from crm.desk_pool import pool_box
from crm.models import Lead
from crm.views.quick import quick_form
from parks.access import Role, roles_of
from parks.models import Park
from projects.models import Project, ProjectState
from reports import board_table, desk, stage_board
from reports.question import Question, scope_of
from reports.views.board import quick_dates
from reports.week import week_of

PARKS_SHOWN = 12


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    roles = roles_of(request.user)
    role = roles[0] if roles else None
    today = timezone.localdate()
    content = {"role": role, "today": today, **(DESKS[role](request.user, today) if role else {})}
    return render(request, "reports/home.html", content)


def _officer(user: Any, today: Any) -> dict[str, Any]:
    leads = Lead.objects.visible_to(user).owned_by(user)
    late, due_today = due_counts(user, today=today)
    return {
        "form": quick_form(user, today),
        "submission_key": new_key(),
        "due": due_rows(user, today=today),
        "late": late,
        "due_today": due_today,
        "leads": desk.open_leads(leads, today=today),
    }


@require_GET
def rail(request: HttpRequest) -> HttpResponse:
    """The column beside an officer's desk, asked for by the page itself: what is due need not wait for it."""
    user, today = request.user, timezone.localdate()
    content = {
        "week": week_of(user, today=today),
        "pool": pool_box(user, today=today),
        "missing": desk.with_what_is_missing(Project.objects.visible_to(user).filter(owner=user), today=today),
    }
    return render(request, "reports/_rail.html", content)


def _operator(user: Any, today: Any) -> dict[str, Any]:
    projects = Project.objects.visible_to(user)
    return {
        **_figures(user, today),
        "missing": desk.with_what_is_missing(projects, today=today),
        "rejected": desk.rejected(user, projects),
    }


def _manager(user: Any, today: Any) -> dict[str, Any]:
    return {
        **_board(user, today),
        "verification": desk.verification(user),
        "signings": desk.newest_signings(Project.objects.visible_to(user)),
    }


def _auditor(user: Any, today: Any) -> dict[str, Any]:
    return {**_figures(user, today), "trail": desk.audit_trail(user)}


def _administrator(user: Any, today: Any) -> dict[str, Any]:
    return {**_figures(user, today), "housekeeping": desk.housekeeping(user)}


def _figures(user: Any, today: Any) -> dict[str, Any]:
    return _told(*_two_boards(user, today))


def _board(user: Any, today: Any) -> dict[str, Any]:
    """The figures with the parks they come from, and the way to the board of another day."""
    now, earlier = _two_boards(user, today)
    full, _empty = board_table.parted(board_table.lines(now, earlier))
    return {
        **_told(now, earlier),
        "lines": [line for line in full if line.level <= 1][:PARKS_SHOWN],
        "as_of": today,
        "board_link": reverse("reports:board"),
        "quick_dates": quick_dates(today),
    }


def _two_boards(user: Any, today: Any) -> tuple[stage_board.Board, stage_board.Board]:
    """Of today and of the start of the year."""
    question = Question(as_of=today)
    states = ProjectState.objects.visible_to(user)
    scope = scope_of(Park.objects.visible_to(user), question)
    earlier = replace(question, as_of=stage_board.start_of_year(today))
    return stage_board.board_within(scope, states, question), stage_board.board_within(scope, states, earlier)


def _told(now: stage_board.Board, earlier: stage_board.Board) -> dict[str, Any]:
    return {
        "total": board_table.total_cells(now, earlier),
        "as_of_line": board_table.as_of_line(now.question),
        "rows_link": f"{reverse('reports:board-rows')}?",
    }


DESKS = {
    Role.OFFICER: _officer,
    Role.OPERATOR: _operator,
    Role.MANAGER: _manager,
    Role.AUDITOR: _auditor,
    Role.ADMINISTRATOR: _administrator,
}
