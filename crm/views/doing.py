"""What every page that carries out a deed does around it: the clock, double submission, refusals back into the form."""

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from core.errors import RuleViolation, StaleEdit
from core.forms import expected_version, once_for, show_violation
from parks.models import Park

IN_PLACE = frozenset({"pane-body", "desk-log"})
"""Where a short form is answered with itself alone: the dialog of every page, and the top of the desk."""


def carried_out(request, form, do):
    """What `do(at, by)` gives, done once however often the form is sent; None where it was refused."""
    at = timezone.now()
    try:
        return once_for(request, at=at, do=lambda: do(at, request.user))
    except StaleEdit as stale:
        form.clashes = form.clashes_with(stale.current) if hasattr(form, "clashes_with") else []
        form.is_stale = True
        show_violation(form, stale)
    except RuleViolation as violation:
        show_violation(form, violation)
    return None


def kept_instead(user, model, pk):
    """The record, among those the user sees, that this one was merged into; None where it was not."""
    seen = model.objects.visible_to(user)
    merged = model.with_merged.filter(pk=pk, merged_into__in=seen.values("pk"))
    return seen.filter(pk__in=merged.values("merged_into_id")).first()


def or_merged(user, model, pk):
    """The record to edit, also one that was merged meanwhile: what was typed on it shall not be lost."""
    seen = model.objects.visible_to(user)
    mergeable = model.with_merged.filter(pk=pk, merged_into__in=seen.values("pk"))
    return seen.filter(pk=pk).first() or get_object_or_404(mergeable.select_related("merged_into"))


def kept_of_typed(record, form):
    """The record to save to instead, where the one that was edited turned out to be merged."""
    if not getattr(form, "is_stale", False):
        return None
    merged = type(record).with_merged.select_related("merged_into").get(pk=record.pk)
    return merged.merged_into


def carry_over(form, present):
    """Turn a refused form to the record merged into: what was typed stays, all else is as `present` says."""
    typed = [name for name in form.changed_data if name in form.fields]
    form.data = form.data.copy()
    for name, field in form.fields.items():
        if name in typed:
            continue
        form.data.pop(name, None)
        value = field.prepare_value(present[name])
        if value not in (None, "", False):
            form.data[name] = "on" if value is True else value
    labels = {form.fields[name].label for name in typed}
    form.clashes = [clash for clash in form.clashes if clash[0] in labels]


def shown_version(request, form, record):
    """The version the form was opened with; after a clash the present one, so that saving again means it."""
    if getattr(form, "is_stale", False):
        record.refresh_from_db(fields=["version"])
        return record.version
    return expected_version(request) or record.version


def done(request, page):
    """After a deed: the page that shows it, or for a form in a dialog the word that closes it (static/js/pane.js)."""
    return HttpResponse(status=204, headers={"HX-Trigger": "done"}) if in_place(request) else redirect(page)


def in_place(request):
    """Whether the form stands in one of the places of IN_PLACE."""
    return bool(request.htmx) and request.htmx.target in IN_PLACE


def parks_to(user, verb):
    return Park.objects.visible_to(user).where_may(user, verb).in_tree_order()


def likely_park(user, parks):
    """The park to start with: the only one, or the uppermost of somebody who works in one park and what lies in it."""
    parks = list(parks)
    if parks and all(park.path.startswith(parks[0].path) for park in parks) and parks[0].kind != "zone":
        return parks[0]
    return parks[0] if len(parks) == 1 else None


def everybody():
    """Every user; always narrowed by `people_who_may`."""
    return get_user_model().objects.order_by("full_name", "username")  # scoped: by people_who_may
