"""Saved views: kept from the filters of a list, and the page on which they are renamed, shared and removed."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core.errors import RuleViolation
from core.forms import expected_version, once_for, show_violation, submission_key
from core.privacy import veiled
from parks.access import Role, may, require, verbs_of
from parks.actions_views import address_of, edit_view, remove_view, save_view, set_default_view
from parks.models import Park, SavedView, ViewAudience, ViewDefault

LIST_TITLES = {
    "crm:lead-list": gettext_lazy("Leads"),
    "crm:company-list": gettext_lazy("Companies"),
    "projects:list": gettext_lazy("Projects"),
}


class ViewForm(forms.Form):
    """What a saved view is called and who sees it."""

    title = forms.CharField(label=gettext_lazy("Name of the view"), max_length=40)
    audience = forms.ChoiceField(label=gettext_lazy("Shared with"))
    default_role = forms.ChoiceField(
        label=gettext_lazy("Opens the list for"),
        choices=[("", gettext_lazy("Nobody")), *Role.choices],
        required=False,
        help_text=gettext_lazy("For those of this role who have not chosen a view themselves."),
    )

    def __init__(self, *args, user, parks, **kwargs):
        super().__init__(*args, **kwargs)
        verbs = verbs_of(user)
        allowed = {ViewAudience.ME: True, ViewAudience.PARK: "parks.share_view" in verbs}
        allowed[ViewAudience.EVERYBODY] = "parks.share_view_with_all" in verbs
        self.fields["audience"].choices = [(each, each.label) for each in ViewAudience if allowed[each]]
        if allowed[ViewAudience.PARK]:
            park = forms.ModelChoiceField(parks, label=gettext_lazy("Park"), required=False, empty_label="—")
            self.fields = {name: self.fields[name] for name in ("title", "audience")} | {
                "park": park,
                "default_role": self.fields["default_role"],
            }
        else:
            del self.fields["default_role"]


@require_GET
def view_list(request):
    views = list(SavedView.objects.visible_to(request.user).select_related("owner", "park"))
    chosen = set(ViewDefault.objects.filter(user=request.user).values_list("view_id", flat=True))  # scoped: own
    for view in views:
        view.list_title = LIST_TITLES.get(view.list_name, view.list_name)
        view.link = f"{address_of(view.list_name)}?{view.query or 'view=all'}"
        view.is_default = view.pk in chosen
        view.is_changeable = view.owner_id == request.user.pk or (
            view.park is not None and may(request.user, "parks.share_view_with_all", view.park)
        )
    return render(request, "parks/saved_views.html", {"views": views})


@require_POST
def view_new(request):
    """From the panel beside the filters: only for oneself; shared it is on the page of all views."""
    require(request.user, "parks.save_view")
    said = {name: request.POST.get(name, "") for name in ("list_name", "title", "query")}
    try:
        view = once_for(
            request,
            at=timezone.now(),
            do=lambda: save_view(**said, is_default="is_default" in request.POST, at=timezone.now(), by=request.user),
        )
    except RuleViolation as violation:
        messages.error(request, str(violation))
        back = address_of(said["list_name"])
        return redirect(f"{back}?{said['query']}" if back else "parks:view-list")
    messages.success(request, _("View saved: %(title)s") % {"title": view.title})
    return redirect(f"{address_of(view.list_name)}?{view.query or 'view=all'}")


def _view(request, pk):
    return get_object_or_404(SavedView.objects.visible_to(request.user).select_related("park"), pk=pk)


def view_edit(request, pk):
    view = _view(request, pk)
    require(request.user, "parks.save_view")
    parks = Park.objects.visible_to(request.user).where_may(request.user, "parks.share_view").in_tree_order()
    initial = {name: view.serializable_value(name) for name in ("title", "audience", "park", "default_role")}
    initial["title"] = veiled(view.title)
    form = ViewForm(request.POST or None, initial=initial, user=request.user, parks=parks)
    if form.is_valid():
        try:
            once_for(
                request,
                at=timezone.now(),
                do=lambda: edit_view(
                    view,
                    changes=form.cleaned_data,
                    expected_version=expected_version(request),
                    at=timezone.now(),
                    by=request.user,
                ),
            )
        except RuleViolation as violation:
            show_violation(form, violation)
        else:
            messages.success(request, _("View saved: %(title)s") % {"title": form.cleaned_data["title"]})
            return redirect("parks:view-list")
    context = {"view": view, "form": form, "version": view.version, "submission_key": submission_key(request)}
    return render(request, "parks/saved_view_form.html", context)


@require_POST
def view_remove(request, pk):
    view = _view(request, pk)
    once_for(request, at=timezone.now(), do=lambda: remove_view(view, at=timezone.now(), by=request.user) or view.title)
    messages.success(request, _("View removed: %(title)s") % {"title": veiled(view.title)})
    return redirect("parks:view-list")


@require_POST
def view_default(request):
    """`view` is a view of the list, or empty: then the list opens with all rows."""
    require(request.user, "parks.save_view")
    list_name, chosen = request.POST.get("list_name", ""), request.POST.get("view", "")
    try:
        view = _view(request, chosen) if chosen.isdecimal() and len(chosen) < 19 else None
        set_default_view(list_name, view, at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        messages.error(request, str(violation))
        return redirect("parks:view-list")
    said = (
        _("The list opens with: %(title)s") % {"title": veiled(view.title)}
        if view
        else _("The list opens with all rows")
    )
    messages.success(request, said)
    return redirect(f"{reverse(list_name)}?{view.query}" if view and view.query else f"{reverse(list_name)}?view=all")
