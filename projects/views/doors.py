"""What every page about a project does first and last: load in scope, carry a deed out once, show a refusal."""

from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from core.errors import RuleViolation, StaleEdit
from core.forms import once_for, show_violation, submission_key
from parks.access import require
from parks.models import Park
from projects.models import Project


def project_in_scope(request, pk, verb=None):
    """The project with whatever its page shows, in a constant number of queries; 403 where `verb` is not allowed."""
    projects = Project.objects.visible_to(request.user)
    found = projects.select_related("park", "company", "lead", "owner", "steward", "sponsor").with_history()
    project = get_object_or_404(found, pk=pk)
    if verb:
        require(request.user, verb, project.park)
    return project


def parks_where(user, verb):
    """The parks in which the viewer may do `verb`, in the order of the tree."""
    return Park.objects.visible_to(user).where_may(user, verb).in_tree_order()


def carry_out(request, form, deed):
    """Do the deed once for this form. None means that it was refused and the form says why."""
    try:
        return once_for(request, at=timezone.now(), do=deed)
    except RuleViolation as violation:
        if isinstance(violation, StaleEdit):
            form.is_stale = violation
        (form.show if hasattr(form, "show") else lambda refused: show_violation(form, refused))(violation)
        return None


def form_context(request, form, project=None, **more):
    """What `_form.html` needs. After a clash the newest version, so that sending again is a decision."""
    version = project.version if project else ""
    if request.method == "POST" and not hasattr(form, "is_stale"):
        version = request.POST.get("version", version)
    return {
        "form": form,
        "project": project,
        "version": version,
        "submission_key": submission_key(request),
        **more,
    }


def link_to(name, *args):
    """The address of a page of another app, or "" where that page is not part of this installation."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
