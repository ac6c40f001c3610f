"""The page of a background job: how far it is, its result, and the button that stops it; and the button that undoes."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.bulk import KEPT_FOR, is_taken_back, list_called, reasons_of, summary, undo_later
from core.errors import RuleViolation
from core.jobs import cancel_job, result_path, title_of
from core.models import BulkRun, Job
from core.toasts import toast
from core.undo import TakenBack, entries_of, undo_batch


@require_GET
@never_cache
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    content = {"job": job, "title": title_of(job.kind), "has_file": result_path(job) is not None}
    is_fragment = bool(getattr(request, "htmx", False))
    return render(request, "core/_job.html" if is_fragment else "core/job.html", content)


@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        cancel_job(job, at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        messages.warning(request, str(violation))
    else:
        messages.success(request, gettext("Job cancelled."))
    return redirect("core:job-detail", pk=pk)


@require_GET
@never_cache
def job_download(request: HttpRequest, pk: int) -> FileResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    path = result_path(job)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=job.result_name)


@require_POST
def undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Take back what the toast was about. A stranger learns nothing of the batch; a refusal is told on the page."""
    if not entries_of(batch, request.user).exists():
        raise Http404
    leave_touched = "leave_touched" in request.POST
    if getattr(request, "htmx", False):
        done = undo_batch(batch, leave_touched=leave_touched, at=timezone.now(), by=request.user)
        return toast(request, HttpResponse(status=204), told(done))
    try:
        if job := undo_later(batch, leave_touched=leave_touched, at=timezone.now(), by=request.user):
            return redirect("core:job-detail", pk=job.pk)
        done = undo_batch(batch, leave_touched=leave_touched, at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        for reason in violation.reasons:
            messages.error(request, reason)
        return redirect(_back(request))
    messages.success(request, told(done))
    return redirect(_back(request, done))


def told(done: TakenBack) -> str:
    return " ".join([done.said, *done.kept])


def _back(request: HttpRequest, done: TakenBack | None = None) -> str:
    """The page the button stood on, or, where that was the page of what is gone, the list it was in."""
    target = request.POST.get("next", "")
    hosts, secure = {request.get_host()}, request.is_secure()
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, hosts, require_https=secure):
        target = reverse("home")
    if done and done.back and f"/{done.entries[0].subject_id}/" in target:
        return reverse(done.back)
    return target


@require_GET
@never_cache
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a deed on many rows, and the button that takes it back."""
    run = get_object_or_404(BulkRun.objects.visible_to(request.user).select_related("job"), pk=pk)
    of = list_called(run.list_name)
    reasons = [
        {
            "sentence": reason.sentence,
            "count": reason.count,
            "rows": [(reverse(of.page, args=[key]), label) for key, label in reason.rows],
        }
        for reason in reasons_of(run)
    ]
    taken_back = is_taken_back(run)
    content = {
        "run": run,
        "title": of.deeds[run.deed].title,
        "summary": summary(run),
        "reasons": reasons,
        "taken_back": taken_back,
        "may_undo": run.changed and not taken_back and timezone.now() - run.at <= KEPT_FOR,
        "back": reverse(of.list_page) + (f"?{run.query}" if run.query else ""),
    }
    return render(request, "core/bulk_run.html", content)
