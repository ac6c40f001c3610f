"""认定: the queue of what waits, and the verdict on one fact or on all of a project."""

from itertools import chain

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates import local_day
from core.forms import expected_version
from core.templatetags.units import money
from parks.access import require
from projects import actions, story
from projects.forms import VerdictForm
from projects.lifecycle import LATE_AFTER_DAYS
from projects.models import InvestmentChange, StageChange, Verdict
from projects.views.doors import carry_out, form_context, parks_where, project_in_scope

SHOWN = 50
KINDS = {"stage": StageChange, "investment": InvestmentChange}


def verification_queue(request):
    require(request.user, "projects.verify_fact")
    return render(request, "projects/queue.html", _queue(request))


def _queue(request, refused=None):
    """The oldest facts that wait, claim beside evidence. `refused` is the (fact, form) sent back to the viewer."""
    parks = parks_where(request.user, "projects.verify_fact")
    waiting, count = [], 0
    for kind, model in KINDS.items():
        pending = model.objects.visible_to(request.user).to_verify().filter(project__park__in=parks.values("pk"))
        count += pending.count()
        # Keys first, columns after: what is sorted then carries no joins.
        oldest = pending.order_by("recorded_at", "pk").values("pk")[:SHOWN]
        shown = model.objects.visible_to(request.user).to_verify().filter(pk__in=oldest)
        shown = shown.select_related("project__park", "project__company", "recorded_by", "corrects")
        waiting += [(kind, fact) for fact in shown.prefetch_related("evidence")]
    waiting.sort(key=lambda pair: pair[1].recorded_at)
    today = timezone.localdate()
    return {
        "claims": [_claim(kind, fact, today, request.user, refused) for kind, fact in waiting[:SHOWN]],
        "count": count,
        "submission_key": request.POST.get("submission_key", ""),
    }


def _claim(kind, fact, today, user, refused):
    mine = refused and refused[0] == (kind, fact.pk)
    amounts = [fact.amount_wan] if kind == "investment" else [m.amount_wan for m in _signed_with(fact)]
    late = (local_day(fact.recorded_at) - fact.effective_on).days
    return {
        "kind": kind,
        "fact": fact,
        "title": fact.get_to_stage_display() if kind == "stage" else fact.get_kind_display(),
        "look": story.look(fact.to_stage if kind == "stage" else fact.project.paused_from or fact.project.stage),
        "amount": money(amounts[0]) if amounts else "",
        "days": (today - local_day(fact.recorded_at)).days,
        "late_days": late if late > LATE_AFTER_DAYS else 0,
        "is_own": fact.recorded_by_id == user.pk,
        "form": refused[1] if mine else None,
    }


def _signed_with(change):
    """The amount set by a signing; a reverse one-to-one, loaded with the queue."""
    return [change.investment_change] if hasattr(change, "investment_change") else []


@require_POST
def verify_fact(request, kind, pk):
    if kind not in KINDS:
        raise Http404
    fact = get_object_or_404(KINDS[kind].objects.visible_to(request.user).select_related("project__park"), pk=pk)
    require(request.user, "projects.verify_fact", fact.project.park)
    form = VerdictForm(request.POST)
    if form.is_valid():
        done = carry_out(
            request,
            form,
            lambda: actions.verify_fact(fact, **form.cleaned_data, at=timezone.now(), by=request.user),
        )
        if done:
            messages.success(request, _said(form))
            return redirect("projects:verification-queue")
    context = _queue(request, refused=((kind, pk), form))
    if not any(claim["form"] for claim in context["claims"]):
        context["form"] = form
    return render(request, "projects/queue.html", context)


def _said(form):
    accepted = form.cleaned_data["verdict"] == Verdict.ACCEPTED
    return _("Accepted") if accepted else _("Rejected")


def verify_project(request, pk):
    """One verdict on all that a project has waiting."""
    project = project_in_scope(request, pk, "projects.verify_fact")
    today = timezone.localdate()
    facts = chain(
        (("stage", change) for change in project.stage_changes.all()),
        (("investment", change) for change in project.investment_changes.all() if not change.stage_change_id),
    )
    waiting = [(kind, fact) for kind, fact in facts if fact.is_pending]
    form = VerdictForm(request.POST or None)
    if form.is_valid():
        done = carry_out(request, form, lambda: _verify_all(request, project, form))
        if done:
            messages.success(request, _said(form))
            return redirect("projects:detail", pk=pk)
    claims = [_claim(kind, fact, today, request.user, None) for kind, fact in waiting]
    return render(request, "projects/verify.html", form_context(request, form, project, claims=claims))


def _verify_all(request, project, form):
    actions.verify_project(
        project,
        **form.cleaned_data,
        expected_version=expected_version(request),
        at=timezone.now(),
        by=request.user,
    )
    return project
