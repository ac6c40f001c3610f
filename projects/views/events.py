"""Signing events: occasions with a list of projects, each counted once in the whole system."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import RuleViolation
from core.paging import Keyset
from parks.access import may, require
from projects import actions, story
from projects.forms import EntryForm, EventForm
from projects.models import Project, SigningEntry, SigningEvent
from projects.views.doors import carry_out, form_context, parks_where

VERB = "projects.record_signing_event"


def event_list(request):
    events = SigningEvent.objects.visible_to(request.user).select_related("park").annotate(listed=Count("entries"))
    page = Keyset(events, order="-held_on").page(request.GET.get("cursor"))
    return render(request, "projects/events.html", {"page": page, "may_record": may(request.user, VERB)})


def _event(request, pk):
    return get_object_or_404(SigningEvent.objects.visible_to(request.user).select_related("park"), pk=pk)


def event_detail(request, pk):
    event = _event(request, pk)
    form = EntryForm(projects=Project.objects.visible_to(request.user))
    return render(request, "projects/event.html", _event_context(request, event, form))


def _event_context(request, event, form):
    """Projects of the list that lie outside the viewer's parks are only counted, never named."""
    entries = list(
        SigningEntry.objects.visible_to(request.user).filter(event=event).with_counted()
        .select_related("project__park", "project__company").order_by("pk")
    )  # fmt: skip
    for entry in entries:
        entry.says = story.counted(entry)
    counted = [entry.agreed_wan or 0 for entry in entries if entry.is_counted]
    return form_context(
        request,
        form,
        event=event,
        entries=entries,
        unseen=event.entries.count() - len(entries),
        counted=len(counted),
        counted_wan=sum(counted),
        may_record=may(request.user, VERB, event.park),
    )


def event_new(request):
    require(request.user, VERB)
    form = EventForm(request.POST or None, parks=parks_where(request.user, VERB), today=timezone.localdate())
    if form.is_valid():
        event = carry_out(
            request,
            form,
            lambda: actions.record_signing_event(**form.cleaned_data, at=timezone.now(), by=request.user),
        )
        if event:
            messages.success(request, _("Signing event recorded"))
            return redirect("projects:event-detail", pk=event.pk)
    return render(request, "projects/event_new.html", form_context(request, form))


@require_POST
def event_add(request, pk):
    event = _event(request, pk)
    require(request.user, VERB, event.park)
    form = EntryForm(request.POST, projects=Project.objects.visible_to(request.user))
    if form.is_valid():
        entry = carry_out(
            request,
            form,
            lambda: actions.list_at_signing_event(event, **form.cleaned_data, at=timezone.now(), by=request.user),
        )
        if entry:
            messages.success(request, _("Project put on the list"))
            return redirect("projects:event-detail", pk=pk)
    return render(request, "projects/event.html", _event_context(request, event, form))


@require_POST
def event_remove(request, pk, entry):
    event = _event(request, pk)
    require(request.user, VERB, event.park)
    found = get_object_or_404(
        SigningEntry.objects.visible_to(request.user).select_related("event__park", "project"), pk=entry, event=event
    )
    try:
        actions.take_off_signing_event(found, at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        messages.error(request, str(violation))
    else:
        messages.success(request, _("Project taken off the list"))
    return redirect("projects:event-detail", pk=pk)
