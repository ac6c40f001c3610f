"""Documents: attaching one, and handing one out to whoever sees its project."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.downloads import file_answer
from projects import actions
from projects.forms import DocumentForm
from projects.lifecycle import DocumentKind
from projects.models import Document
from projects.views.doors import carry_out, form_context, project_in_scope


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
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=document, project=pk)
    return file_answer(request, found)
