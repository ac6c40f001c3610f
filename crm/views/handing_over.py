"""Pages of hand-overs: what somebody holds, giving it over with a successor for each park, the list of what moved."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from core.errors import RuleViolation
from core.forms import once_for, submission_key
from crm import actions, holdings
from crm.forms.handing_over import HandOverForm
from crm.leavers import closed_with_holdings, people_to_hand_over, rows_to_hand_over
from crm.models import HandOver
from crm.views.doing import carried_out, everybody
from parks.access import may, require
from parks.querysets import people_who_may

SHOWN = 50


@require_GET
def hand_over_list(request):
    require(request.user, "crm.hand_over_own")
    shown = HandOver.objects.visible_to(request.user).select_related("person", "recorded_by").order_by("-pk")[:SHOWN]
    office = may(request.user, "crm.hand_over")
    context = {
        "hand_overs": shown,
        "office": office,
        "closed": closed_with_holdings(request.user) if office else [],
        "holds": len(actions.held_rows(request.user)),
    }
    return render(request, "crm/hand_over_list.html", context)


@require_GET
def held_by(request, pk):
    """A fragment for a person's page: what the person still holds, and the way to hand it over."""
    require(request.user, "crm.hand_over")
    person = get_object_or_404(people_to_hand_over(request.user), pk=pk)
    rows = rows_to_hand_over(person, request.user)
    return render(request, "crm/_held_by.html", {"person": person, "kinds": _counted(rows)})


def _counted(rows):
    numbers = Counter(holding.kind for holding, _row in rows)
    return [(holding.name, numbers[holding.kind]) for holding in holdings.kinds() if numbers[holding.kind]]


def hand_over_new(request):
    """Who hands over is in the address; what the person holds stands there, park by park, before anything moves."""
    require(request.user, "crm.hand_over_own")
    people = people_to_hand_over(request.user)
    said = request.GET.get("person", "")
    chosen = int(said) if said.isdecimal() and len(said) < 19 else request.user.pk
    person = get_object_or_404(people, pk=chosen)
    rows = rows_to_hand_over(person, request.user)
    table = _by_park(rows)
    parks = [line["park"] for line in table]
    successors = people_who_may(everybody(), "projects.edit_project", parks=parks).exclude(pk=person.pk)
    form = HandOverForm(request.POST or None, parks=parks, successors=successors)
    if form.is_valid():
        given = form.arguments()
        done = carried_out(request, form, lambda at, by: actions.hand_over(person, parks=parks, **given, at=at, by=by))
        if done:
            messages.success(request, pgettext("it is done", "Handed over"))
            return redirect("crm:hand-over", pk=done.pk)
    for line in table:
        line["field"] = form[f"park_{line['park'].pk}"]
    context = {
        "person": person,
        "people": people if may(request.user, "crm.hand_over") else [],
        "table": table,
        "kinds": _counted(rows),
        "number": len(rows),
        "form": form,
        "submission_key": submission_key(request),
    }
    return render(request, "crm/hand_over_new.html", context)


def _by_park(rows):
    """One line a park in the order of the tree, with the number of each kind."""
    parks, numbers = {}, Counter()
    for holding, row in rows:
        parks[row.park_id] = row.park
        numbers[row.park_id, holding.kind] += 1
    names = [holding.kind for holding in holdings.kinds() if any(kind == holding.kind for _park, kind in numbers)]
    return [
        {"park": park, "numbers": [numbers[park.pk, kind] for kind in names]}
        for park in sorted(parks.values(), key=lambda park: park.sort_path)
    ]


@require_GET
def hand_over_detail(request, pk):
    done = get_object_or_404(
        HandOver.objects.visible_to(request.user).select_related("person", "recorded_by", "undone_by"), pk=pk
    )
    lines = list(done.lines.visible_to(request.user).select_related("park", "to_person"))
    for line in lines:
        holding = holdings.kind_of(line.kind)
        line.kind_name, line.link = holding.name, _link(holding, line)
    context = {
        "hand_over": done,
        "lines": lines,
        "hidden": done.lines.count() - len(lines),
        "counts": Counter(str(line.kind_name) for line in lines).items(),
        "may_undo": done.undone_at is None and _may_undo(request.user, done),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/hand_over.html", context)


def _link(holding, line):
    try:
        return reverse(holding.page, args=[line.subject_id])
    except NoReverseMatch:
        return ""


def _may_undo(user, done):
    return user.pk in (done.person_id, done.recorded_by_id) or may(user, "crm.hand_over")


@require_POST
def hand_over_undo(request, pk):
    done = get_object_or_404(HandOver.objects.visible_to(request.user), pk=pk)
    if not _may_undo(request.user, done):
        raise PermissionDenied(_("Your role does not allow this here. Ask an administrator of the park."))
    at = timezone.now()
    try:
        once_for(request, at=at, do=lambda: actions.undo_hand_over(done, at=at, by=request.user))
    except RuleViolation as violation:
        for reason in violation.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, _("Hand-over taken back"))
    return redirect("crm:hand-over", pk=pk)
