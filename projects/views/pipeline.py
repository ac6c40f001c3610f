"""The pipeline board of projects before the signing: columns by stage, further cards, and moving a card."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.columns import SHOWN
from core.forms import submission_key
from core.templatetags.units import count, money
from crm.pipeline import Board
from crm.views.pipeline import (
    after_the_move,
    filters_said,
    further_cards,
    is_fragment,
    is_narrowed,
    moved_meanwhile,
    only_dropped,
    shown_before,
    typed,
)
from parks.access import may, verbs_of
from parks.models import Park
from projects import actions, lifecycle, pipeline, story
from projects.filters import ProjectBoardFilter
from projects.forms import MoveForm
from projects.lifecycle import Stage
from projects.models import Project
from projects.views.doors import carry_out, project_in_scope

ROUTES = {"page": "projects:pipeline", "column": "projects:pipeline-column", "ledger": "projects:list"}


def _filtered(request):
    parks = Park.objects.visible_to(request.user).in_tree_order()
    projects = Project.objects.visible_to(request.user)
    return ProjectBoardFilter(filters_said(request) or None, queryset=projects, request=request, parks=parks)


def _board(request, filters, shown):
    projects, today = filters.qs, timezone.localdate()
    lanes = pipeline.lanes(projects, user=request.user, today=today, shown=shown, narrowed=is_narrowed(filters))
    log = reverse("projects:interaction-new", args=[0]) if may(request.user, "crm.record_interaction") else ""
    return Board(
        lanes,
        pipeline.ends(),
        ROUTES,
        filters_said(request),
        log,
        _("projects"),
        may(request.user, "projects.advance_project"),
    )


def _told(board):
    sentence = ngettext(
        "%(counter)s project up to the signing, %(sum)s, cards not loaded yet included.",
        "%(counter)s projects up to the signing, %(sum)s, cards not loaded yet included.",
        board.count,
    )
    return sentence % {"counter": count(board.count), "sum": money(board.total_wan)}


def _sorted_by():
    return _("Longest in their stage first.")


@require_GET
def project_pipeline(request):
    shown = _filtered(request)
    board = _board(request, shown, dict.fromkeys(pipeline.COLUMNS, SHOWN))
    context = {
        "filter": shown,
        "board": board,
        "told": _told(board),
        "sorted_by": _sorted_by(),
        "verbs": verbs_of(request.user),
        "empty_reason": _("No project before its signing matches these filters.")
        if request.GET
        else _("There is no project before its signing."),
    }
    return render(request, "projects/pipeline.html", context)


@require_GET
def pipeline_column(request, stage):
    """The next cards of one column."""
    if stage not in pipeline.COLUMNS:
        raise Http404
    filters = _filtered(request)
    projects = filters.qs
    page = pipeline.LAYOUT.page(projects, stage, request.GET.get("cursor"), narrowed=is_narrowed(filters))
    cards = pipeline.cards_of(page, user=request.user, today=timezone.localdate())
    return further_cards(request, page, ROUTES, stage, cards)


def move(request, pk):
    """Move a card. With an open gate it moves at once; else the panel asks for what is missing, and only that."""
    project = project_in_scope(request, pk, "projects.advance_project")
    to = request.POST.get("to") or request.GET.get("to") or ""
    if not to:
        return render(request, "projects/move.html", {"project": project, "steps": _steps(project)})
    if to not in Stage.values:
        raise Http404
    came_from = request.POST.get("from", project.stage)
    if came_from != project.stage:
        return _told_who_moved_it(request, project, came_from)
    return _ask_or_move(request, project, Stage(to))


def _steps(project):
    return [*lifecycle.next_stages(project), *lifecycle.backward_steps(project.stage)]


def _ask_or_move(request, project, to):
    today, came_from = timezone.localdate(), project.stage
    kinds = frozenset(document.kind for document in project.documents.all())
    extra = actions.extra_requirements(project).get(to, ())
    if to not in _steps(project):
        # Not only for want of something: no paper and no date opens this way.
        refusals = lifecycle.obstacles(project, to, kinds, reason="—", extra=())
        return _panel(request, project, to, None, refusals=refusals[:1])
    back = to in lifecycle.backward_steps(project.stage) or project.stage == Stage.PAUSED and to == project.paused_from
    gate = [] if back else lifecycle.gate(to, extra)
    unmet = [requirement for requirement in gate if not requirement.is_met(project, kinds)]
    met = [story.name_of(requirement) for requirement in gate if requirement not in unmet]
    asks = {"project": project, "today": today, "to": to, "requirements": unmet}
    form = MoveForm(typed(request, today), request.FILES or None, **asks)
    if form.is_valid():
        change = carry_out(
            request,
            form,
            lambda: actions.fill_and_advance(
                project,
                changes=form.changes,
                files=form.new_documents,
                expected_version=project.version,
                at=timezone.now(),
                by=request.user,
                **form.step,
            ),
        )
        if change:
            said = _("Moved to “%(stage)s”: %(name)s") % {"stage": to.label, "name": project.name}
            return _moved(request, project.pk, came_from, said)
        if hasattr(form, "is_stale"):
            return _told_who_moved_it(request, project_in_scope(request, project.pk), came_from)
    refusals = []
    if form.is_bound and only_dropped(request):
        # Nothing was typed yet, so nothing is wrong yet: the panel only asks.
        refusals, form = list(form.non_field_errors()), MoveForm(None, None, **asks)
    return _panel(request, project, to, form, refusals=refusals, met=met)


def _panel(request, project, to, form, *, refusals, met=()):
    said = filters_said(request)
    context = {
        "project": project,
        "form": form,
        "title": _("%(name)s: %(stage)s → %(to)s")
        % {"name": project.name, "stage": project.get_stage_display(), "to": to.label},
        "to": to,
        "to_label": to.label,
        "came_from": project.stage,
        "action": f"{reverse('projects:move', args=[project.pk])}?{said.urlencode()}".removesuffix("?"),
        "closes": f"{reverse('projects:pipeline')}?{said.urlencode()}".removesuffix("?"),
        "panel": f"project-{project.pk}-{to}",
        "lacks": form.lacks if form else 0,
        "met": _(", ").join(map(str, met)),
        "refusals": refusals,
        "submission_key": submission_key(request),
    }
    template = "_move_panel.html" if is_fragment(request) else "projects/move.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _pinned(request, pk):
    """The card as it is now, to stand first in its column; None where the project has left the board."""
    project = pipeline.on_a_card(Project.objects.visible_to(request.user)).filter(pk=pk).first()
    if project is None:
        return None
    (card,) = pipeline.cards_of([project], user=request.user, today=timezone.localdate())
    card.is_new, card.lane = True, project.stage
    return card


def _moved(request, pk, came_from, said):
    if not is_fragment(request):
        messages.success(request, said)
        return redirect("projects:pipeline")
    card = _pinned(request, pk)
    return _as_it_is(request, {came_from, card.lane if card else ""}, pinned=card, said=said)


def _told_who_moved_it(request, project, came_from):
    change = max(project.stage_changes.all(), key=lambda each: (each.recorded_at, each.pk), default=None)
    said = moved_meanwhile(project.name, change, project.get_stage_display())
    if not is_fragment(request):
        messages.warning(request, said)
        return redirect("projects:pipeline")
    return _as_it_is(request, {came_from, project.stage}, pinned=_pinned(request, project.pk), notice=said)


def _as_it_is(request, changed, **also):
    changed = [key for key in pipeline.COLUMNS if key in changed]
    board = _board(request, _filtered(request), shown_before(request, changed))
    return after_the_move(request, board, changed, told=_told(board), sorted_by=_sorted_by(), **also)
