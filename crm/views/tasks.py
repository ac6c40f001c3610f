"""The page of tasks: mine or my parks', what is due first; planning, finishing, moving and dropping."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.forms import expected_version, submission_key
from core.privacy import veiled
from crm import actions
from crm.desk_due import due_rows, grouped
from crm.forms.tasks import MoveTaskForm, NextTaskForm, PlanTaskForm
from crm.models import Task
from crm.views.doing import carried_out, likely_park, parks_to
from parks.access import require, verbs_of

MOST = 200


@require_GET
def task_list(request):
    only_mine = request.GET.get("who") != "park"
    today = timezone.localdate()
    rows = due_rows(request.user, today=today, only_mine=only_mine, most=MOST + 1)
    context = {
        "only_mine": only_mine,
        "groups": grouped(rows[:MOST], today=today),
        "shown": MOST if len(rows) > MOST else 0,
        "may_plan": "crm.plan_task" in verbs_of(request.user),
    }
    return render(request, "crm/task_list.html", context)


def task_new(request):
    require(request.user, "crm.plan_task")
    parks = parks_to(request.user, "crm.plan_task")
    first = likely_park(request.user, parks)
    form = PlanTaskForm(
        request.POST or None,
        parks=parks,
        today=timezone.localdate(),
        initial={"park": first.pk if first else None},
    )
    if form.is_valid():
        task = carried_out(request, form, lambda at, by: actions.plan_task(**form.cleaned_data, at=at, by=by))
        if task:
            messages.success(request, _("Task planned"))
            return redirect("crm:task-list")
    return render(request, "crm/task_new.html", {"form": form, "submission_key": submission_key(request)})


def _task(request, pk):
    tasks = Task.objects.visible_to(request.user).select_related(
        "park", "lead", "company", "owner", "follows", "done_by"
    )
    return get_object_or_404(tasks, pk=pk)


def _back(request):
    """Where the button stood, if that is a page of this site."""
    target = request.POST.get("next", "")
    hosts, secure = {request.get_host()}, request.is_secure()
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, hosts, require_https=secure)
    return redirect(target if is_ours else reverse("crm:task-list"))


def _page(request, task, *, finish=None, move=None):
    today = timezone.localdate()
    context = {
        "task": task,
        "verbs": verbs_of(request.user, task.park),
        "finish": finish or NextTaskForm(today=today),
        "move": move or MoveTaskForm(initial={"title": veiled(task.title), "due_on": task.due_on}, today=today),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/task_detail.html", context)


@require_GET
def task_detail(request, pk):
    return _page(request, _task(request, pk))


@require_POST
def task_finish(request, pk):
    task = _task(request, pk)
    require(request.user, "crm.finish_task", task.park)
    form = NextTaskForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        said, version = form.cleaned_data, expected_version(request)
        done = carried_out(
            request, form, lambda at, by: actions.finish_task(task, **said, expected_version=version, at=at, by=by)
        )
        if done:
            messages.success(request, _("Task done"))
            return _back(request)
    return _page(request, task, finish=form)


@require_POST
def task_move(request, pk):
    task = _task(request, pk)
    require(request.user, "crm.move_task", task.park)
    form = MoveTaskForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        said, version = form.cleaned_data, expected_version(request)
        moved = carried_out(
            request, form, lambda at, by: actions.move_task(task, **said, expected_version=version, at=at, by=by)
        )
        if moved:
            messages.success(request, _("Task moved"))
            return _back(request)
    return _page(request, task, move=form)


@require_POST
def task_drop(request, pk):
    task = _task(request, pk)
    require(request.user, "crm.drop_task", task.park)
    form = NextTaskForm(request.POST, today=timezone.localdate())
    if carried_out(request, form, lambda at, by: actions.drop_task(task, at=at, by=by)):
        messages.success(request, _("Task dropped"))
        return _back(request)
    return _page(request, task, finish=form)
