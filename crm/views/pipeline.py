"""The pipeline board of leads: columns by stage, further cards of one column, and moving a card."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.columns import MOST, SHOWN
from core.dates import local_day
from core.forms import submission_key
from core.templatetags.units import count, long_day, money
from core.toasts import toast
from crm import actions, pipeline
from crm.filters import LeadBoardFilters
from crm.forms.moving import MoveForm
from crm.lifecycle import OPEN, LeadStage, earlier_stages, next_stages, obstacles
from crm.models import Lead
from crm.pipeline import Board
from crm.views.doing import carried_out, everybody
from parks.access import may, require
from parks.querysets import people_who_may

ROUTES = {"page": "crm:lead-board", "column": "crm:lead-board-column", "ledger": "crm:lead-list"}
NO_FILTERS = ("to", "cursor")
"""Words in the address of a board's fragments that do not narrow it."""


# ── what both boards do ──────────────────────────────────────────────────────────────────────────────────────────────


def filters_said(request):
    """The filters in the address, which is that of the board or of one of its fragments."""
    said = request.GET.copy()
    for word in NO_FILTERS:
        said.pop(word, None)
    return said


def is_narrowed(filters):
    """Whether anything but the park narrows the rows."""
    return filters.is_bound and any(
        value not in (None, "") for name, value in filters.form.cleaned_data.items() if name != "park"
    )


def shown_before(request, keys):
    """How many cards each column had on the page ("registered:100,assessed:50"), so that as many come back."""
    said = dict.fromkeys(keys, SHOWN)
    for part in request.POST.get("shown", "").split(","):
        key, _sep, number = part.partition(":")
        if key in said and number.isdecimal() and len(number) < 4:
            said[key] = min(max(int(number), SHOWN), MOST)
    return said


def is_fragment(request):
    return request.headers.get("HX-Request") == "true"


def typed(request, today):
    """What the panel sent. A card that was only dropped sends nothing but its step: then the day is today."""
    if request.method != "POST":
        return None
    said = request.POST.copy()
    if "effective_on" not in said:
        said["effective_on"] = today.isoformat()
    return said


def only_dropped(request):
    return "effective_on" not in request.POST


def after_the_move(request, board, changed, *, told, sorted_by, pinned=None, said="", notice=""):
    """The columns in question as they are now; the card that moved stands first in its own, wherever it is sorted.

    `said` becomes the toast with its way back, `notice` tells why nothing moved.
    """
    lanes = [lane for lane in board.lanes if lane.key in changed]
    for lane in lanes:
        lane.cards = [card for card in lane.cards if pinned is None or card.pk != pinned.pk]
        if pinned is not None and pinned.lane == lane.key:
            lane.cards.insert(0, pinned)
    context = {"board": board, "changed": lanes, "told": told, "sorted_by": sorted_by, "notice": notice}
    answer = render(request, "_pipeline_moved.html", context, status=409 if notice else 200)
    return toast(request, answer, said) if said else answer


def moved_meanwhile(name, change, stage):
    """Who moved it where; the stage alone where the last change is not known."""
    facts = {"name": name, "stage": stage}
    if change is None:
        return _("%(name)s stands at “%(stage)s” meanwhile. Its card is there now.") % facts
    facts |= {"person": str(change.recorded_by), "day": long_day(local_day(change.recorded_at))}
    return _("%(person)s moved %(name)s to “%(stage)s” on %(day)s. Its card is there now.") % facts


# ── leads ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _filtered(request):
    said = filters_said(request)
    return LeadBoardFilters(said or None, queryset=Lead.objects.visible_to(request.user), request=request)


def _board(request, filters, shown):
    leads, today = filters.qs, timezone.localdate()
    lanes = pipeline.lanes(leads, user=request.user, today=today, shown=shown, narrowed=is_narrowed(filters))
    log = reverse("crm:lead-interaction-new", args=[0]) if may(request.user, "crm.record_interaction") else ""
    return Board(
        lanes, pipeline.ends(), ROUTES, filters_said(request), log, _("leads"), may(request.user, "crm.advance_lead")
    )


def _told(board):
    sentence = ngettext(
        "%(counter)s open lead, %(sum)s, cards not loaded yet included.",
        "%(counter)s open leads, %(sum)s, cards not loaded yet included.",
        board.count,
    )
    return sentence % {"counter": count(board.count), "sum": money(board.total_wan)}


def _sorted_by():
    return _("Sorted by next step, late ones first.")


@require_GET
def lead_board(request):
    shown = _filtered(request)
    board = _board(request, shown, dict.fromkeys(OPEN, SHOWN))
    context = {
        "filter": shown,
        "board": board,
        "told": _told(board),
        "sorted_by": _sorted_by(),
        "empty_reason": _("No open lead matches these filters.") if request.GET else _("There is no open lead."),
    }
    return render(request, "crm/lead_board.html", context)


@require_GET
def lead_board_column(request, stage):
    """The next cards of one column."""
    if stage not in OPEN:
        raise Http404
    filters = _filtered(request)
    leads = filters.qs
    page = pipeline.LAYOUT.page(leads, stage, request.GET.get("cursor"), narrowed=is_narrowed(filters))
    return further_cards(
        request, page, ROUTES, stage, pipeline.cards_of(page, user=request.user, today=timezone.localdate())
    )


def further_cards(request, page, routes, stage, cards):
    said = filters_said(request)
    ledger = said.copy()
    ledger["stage"] = stage
    more = said.copy()
    if page.next:
        more["cursor"] = page.next
    context = {
        "cards": cards,
        "more": f"{reverse(routes['column'], args=[stage])}?{more.urlencode()}" if page.next else "",
        "ledger": f"{reverse(routes['ledger'])}?{ledger.urlencode()}",
    }
    return render(request, "_pipeline_cards.html", context)


def lead_move(request, pk):
    """Move a card. With an open gate it moves at once; else the panel asks for what is missing, and only that."""
    leads = Lead.objects.visible_to(request.user).select_related("company", "park", "owner")
    lead = get_object_or_404(leads, pk=pk)
    require(request.user, "crm.advance_lead", lead.park)
    to = request.POST.get("to") or request.GET.get("to") or ""
    if not to:
        return render(request, "crm/lead_move.html", {"lead": lead, "steps": _steps(lead)})
    if to not in LeadStage.values:
        raise Http404
    to = LeadStage(to)
    came_from = request.POST.get("from", lead.stage)
    if came_from != lead.stage:
        return _told_who_moved_it(request, lead, came_from)
    if to == LeadStage.ASSESSED and to in next_stages(lead.stage):
        return _panel(request, lead, to, None, refusals=[], elsewhere=_assessed_elsewhere(lead))
    if to == LeadStage.CONVERTED and to in next_stages(lead.stage):
        return _to_open_a_project(request, lead)
    return _ask_or_move(request, lead, to)


def _steps(lead):
    return [*next_stages(lead.stage), *earlier_stages(lead.stage)]


def _ask_or_move(request, lead, to):
    today = timezone.localdate()
    if to not in _steps(lead):
        return _panel(request, lead, to, None, refusals=obstacles(lead, to))
    asks = {
        "lead": lead,
        "to": to,
        "today": today,
        "owners": people_who_may(everybody(), "crm.edit_lead", park=lead.park),
    }
    form = MoveForm(typed(request, today), **asks)
    came_from = lead.stage
    if form.is_valid():
        moved = carried_out(
            request,
            form,
            lambda at, by: actions.fill_and_advance_lead(
                lead, to=to, changes=form.changes, expected_version=lead.version, at=at, by=by, **form.step
            ),
        )
        if moved:
            said = _("Moved to “%(stage)s”: %(name)s") % {"stage": to.label, "name": lead.company.name}
            return _moved(request, moved, came_from, said)
        if getattr(form, "is_stale", False):
            lead.refresh_from_db()
            return _told_who_moved_it(request, lead, came_from)
    refusals = []
    if form.is_bound and only_dropped(request):
        # Nothing was typed yet, so nothing is wrong yet: the panel only asks.
        refusals, form = list(form.non_field_errors()), MoveForm(None, **asks)
    return _panel(request, lead, to, form, refusals=refusals)


def _assessed_elsewhere(lead):
    """An assessment is more than a note, so a card does not simply drop there."""
    return {
        "says": _("An assessment has six aspects and is written on a page of its own; with it the card moves."),
        "url": reverse("crm:lead-assessment", args=[lead.pk]),
        "label": _("Write the assessment"),
    }


def _panel(request, lead, to, form, *, refusals, elsewhere=None):
    said = filters_said(request)
    context = {
        "lead": lead,
        "form": form,
        "title": _("%(name)s: %(stage)s → %(to)s")
        % {"name": lead.company.name, "stage": lead.get_stage_display(), "to": to.label},
        "to": to,
        "to_label": to.label,
        "came_from": lead.stage,
        "action": f"{reverse('crm:lead-move', args=[lead.pk])}?{said.urlencode()}".removesuffix("?"),
        "closes": f"{reverse('crm:lead-board')}?{said.urlencode()}".removesuffix("?"),
        "panel": f"lead-{lead.pk}-{to}",
        "lacks": form.lacks if form else 0,
        "refusals": refusals,
        "elsewhere": elsewhere,
        "submission_key": submission_key(request),
    }
    template = "_move_panel.html" if is_fragment(request) else "crm/lead_move.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _moved(request, lead, came_from, said):
    if not is_fragment(request):
        messages.success(request, said)
        return redirect("crm:lead-board")
    lead = pipeline.on_a_card(Lead.objects.visible_to(request.user)).get(pk=lead.pk)
    (card,) = pipeline.cards_of([lead], user=request.user, today=timezone.localdate())
    card.is_new, card.lane = True, lead.stage
    return _as_it_is(request, {came_from, lead.stage}, pinned=card, said=said)


def _told_who_moved_it(request, lead, came_from):
    said = moved_meanwhile(lead.company.name, pipeline.moved_by(lead), lead.get_stage_display())
    if not is_fragment(request):
        messages.warning(request, said)
        return redirect("crm:lead-board")
    pinned = None
    if lead.is_open:
        (pinned,) = pipeline.cards_of([lead], user=request.user, today=timezone.localdate())
        pinned.is_new, pinned.lane = True, lead.stage
    return _as_it_is(request, {came_from, lead.stage}, pinned=pinned, notice=said)


def _as_it_is(request, changed, **also):
    changed = [key for key in OPEN if key in changed]
    board = _board(request, _filtered(request), shown_before(request, changed))
    return after_the_move(request, board, changed, told=_told(board), sorted_by=_sorted_by(), **also)


def _to_open_a_project(request, lead):
    """A lead becomes a project on the page of the app that knows projects, where one is installed."""
    try:
        page = reverse("projects:open-from-lead", args=[lead.pk])
    except NoReverseMatch:
        raise Http404 from None
    if is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": quote(page)})
    return redirect(page)
