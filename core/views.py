"""The page of a background job: how far it is, its result, and the button that stops it."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.errors import RuleViolation
from core.jobs import cancel_job, result_path, title_of
from core.models import Job


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
