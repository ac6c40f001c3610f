"""Documents: attaching one, and handing one out to whoever sees its project."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.uploads import stored_path
from projects import actions
from projects.forms import DocumentForm
from projects.lifecycle import DocumentKind
from projects.models import Document
from projects.views.doors import carry_out, form_context, project_in_scope

SHOWN_IN_BROWSER = ("application/pdf", "image/jpeg", "image/png")


def document_new(request, pk):
    project = project_in_scope(request, pk, "projects.attach_document")
    kind = request.GET.get("kind")
    initial = {"kind": kind if kind in DocumentKind.values else DocumentKind.OTHER}
    form = DocumentForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        document = carry_out(
            request,
            form,
            lambda: actions.attach_document(project, **form.cleaned_data, at=timezone.now(), by=request.user),
        )
        if document:
            messages.success(request, _("Document attached"))
            return redirect("projects:detail", pk=pk)
    return render(request, "projects/document.html", form_context(request, form, project))


def document_file(request, pk, document):
    """SECURITY: the only way to the bytes. The type is what we found in them, never what the sender said."""
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=document, project=pk)
    etag = f'"{found.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = _file_response(request, found)
        response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=300"
    return response


def _file_response(request, document):
    path = stored_path(document.stored_name)
    if not path.exists():
        raise Http404
    shown = document.content_type in SHOWN_IN_BROWSER and "download" not in request.GET
    title, ending = document.title, path.suffix
    name = title if title.lower().endswith(ending) else f"{title}{ending}"
    return FileResponse(path.open("rb"), as_attachment=not shown, filename=name, content_type=document.content_type)
