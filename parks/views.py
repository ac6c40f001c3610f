"""Pages about parks and about the people who hold roles in them."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import RuleViolation
from core.forms import expected_version, show_violation
from parks import actions
from parks.access import may, verbs_of
from parks.forms import FirstPasswordForm, NewParkForm, ParkForm, PersonForm, PostForm
from parks.models import Membership, Park, ParkKind
from parks.querysets import people_within_reach

PEOPLE = get_user_model().objects.all()  # scoped: only ever asked through `people_within_reach`


def park_list(request):
    parks = Park.objects.visible_to(request.user).in_tree_order()
    return render(request, "parks/list.html", {"parks": parks, "may_add": may(request.user, "parks.add_park")})


def park_detail(request, code):
    park = get_object_or_404(Park.objects.visible_to(request.user).select_related("parent"), code=code)
    context = {
        "park": park,
        "above": Park.objects.visible_to(request.user)
        .filter(pk__in=park.path.strip("/").split("/"))
        .exclude(pk=park.pk),
        "below": park.children.in_tree_order(),
        "aliases": park.aliases.all(),
        "five_ones": [
            {"done": getattr(park, name), "text": Park._meta.get_field(name).verbose_name} for name in Park.FIVE_ONES
        ],
        "verbs": verbs_of(request.user, park),
        "today": timezone.localdate(),
    }
    context["held"] = sum(item["done"] for item in context["five_ones"])
    return render(request, "parks/detail.html", context)


def park_edit(request, code):
    park = get_object_or_404(Park.objects.visible_to(request.user), code=code)
    if not may(request.user, "parks.edit_park", park):
        raise PermissionDenied(_("Your role does not allow this here. Ask an administrator of the park."))
    # A copy: a refused form must not change the park named in the head of the page.
    copy = Park.objects.get(pk=park.pk)  # scoped: the same row again
    form = ParkForm(request.POST or None, instance=copy)
    if form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if name in actions.EDITABLE}
        try:
            actions.edit_park(
                park, changes=changes, aliases=form.cleaned_data["aliases"], expected_version=expected_version(request),
                at=timezone.now(), by=request.user,
            )  # fmt: skip
        except RuleViolation as violation:
            show_violation(form, violation)
        else:
            messages.success(request, _("Park saved"))
            return redirect("parks:detail", code=park.code)
    version = request.POST.get("version") or park.version
    return render(request, "parks/form.html", {"park": park, "form": form, "version": version})


def park_new(request):
    parents = Park.objects.visible_to(request.user).in_tree_order()
    if not may(request.user, "parks.add_park"):
        raise PermissionDenied(_("Your role does not allow this here. Ask an administrator of the park."))
    above = parents.first()
    initial = {"parent": above, "kind": ParkKind.SUB if above else ParkKind.ZONE}
    form = NewParkForm(request.POST or None, parents=parents, may_add_zone=request.user.is_superuser, initial=initial)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            park = actions.add_park(**given, at=timezone.now(), by=request.user)
        except RuleViolation as violation:
            show_violation(form, violation)
        else:
            messages.success(request, _("Park added"))
            return redirect("parks:detail", code=park.code)
    return render(request, "parks/form.html", {"form": form})


def _reach(request):
    """The parks in which the viewer manages people; nobody else gets past this."""
    parks = Park.objects.visible_to(request.user).in_tree_order()
    managed = [park.pk for park in parks if may(request.user, "parks.manage_people", park)]
    if not managed and not request.user.is_superuser:
        raise PermissionDenied(_("Only an administrator manages people."))
    return parks.filter(pk__in=managed)


def _person(request, pk, parks):
    """A person the viewer may manage, and the park through which."""
    person = get_object_or_404(people_within_reach(PEOPLE, request.user, parks), pk=pk)
    through = parks.filter(memberships__user=person).first() or parks.first()
    return person, through


def people_list(request):
    parks = _reach(request)
    shown = Membership.objects.filter(park__in=parks).select_related("park")  # scoped: by `parks`
    people = (
        people_within_reach(PEOPLE, request.user, parks)
        .prefetch_related(Prefetch("memberships", queryset=shown, to_attr="posts_here"))
        .order_by("username")
    )
    return render(request, "parks/people.html", {"people": people})


def person_new(request):
    parks = _reach(request)
    form = PersonForm(request.POST or None, parks=parks)
    if form.is_valid():
        try:
            person = actions.add_person(**form.cleaned_data, at=timezone.now(), by=request.user)
        except RuleViolation as violation:
            show_violation(form, violation)
        else:
            messages.success(request, _("Person added"))
            return redirect("parks:person-detail", pk=person.pk)
    return render(request, "parks/person_form.html", {"form": form})


def person_detail(request, pk):
    parks = _reach(request)
    person, _through = _person(request, pk, parks)
    context = {
        "person": person,
        "posts": person.memberships.filter(park__in=parks).select_related("park"),
        "post_form": PostForm(parks=parks),
        "password_form": FirstPasswordForm(),
    }
    return render(request, "parks/person.html", context)


@require_POST
def person_grant(request, pk):
    parks = _reach(request)
    person, _through = _person(request, pk, parks)
    form = PostForm(request.POST, parks=parks)
    if form.is_valid():
        actions.grant_role(person, **form.cleaned_data, at=timezone.now(), by=request.user)
        messages.success(request, _("Role granted"))
    else:
        messages.error(request, _("Choose a role and a park."))
    return redirect("parks:person-detail", pk=person.pk)


@require_POST
def person_revoke(request, pk, membership):
    parks = _reach(request)
    person, _through = _person(request, pk, parks)
    post = get_object_or_404(person.memberships.filter(park__in=parks).select_related("park", "user"), pk=membership)
    _tell(request, _("Role taken away"), actions.revoke_role, post)
    if not people_within_reach(PEOPLE.filter(pk=person.pk), request.user, parks).exists():
        return redirect("parks:people-list")
    return redirect("parks:person-detail", pk=person.pk)


@require_POST
def person_activate(request, pk):
    parks = _reach(request)
    person, through = _person(request, pk, parks)
    active = request.POST.get("active") == "1"
    said = _("Sign-in opened") if active else _("Sign-in closed")
    _tell(request, said, actions.set_person_active, person, active=active, park=through)
    return redirect("parks:person-detail", pk=person.pk)


@require_POST
def person_password(request, pk):
    parks = _reach(request)
    person, through = _person(request, pk, parks)
    password = request.POST.get("password", "")
    _tell(request, _("First password set"), actions.reset_password, person, password=password, park=through)
    return redirect("parks:person-detail", pk=person.pk)


def _tell(request, said, action, subject, **given):
    """Do a one-button deed and say how it went on the next page."""
    try:
        action(subject, **given, at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        for reason in violation.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, said)
