"""Every write to saved views: keeping the filters of a list under a name, sharing them, opening the list with them."""

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.privacy import unveiled
from core.rules import refuse, refuse_invalid, refuse_stale
from core.undo import of_record, refuse_touched, undoes
from parks.access import may, require
from parks.models import Park, SavedView, ViewAudience, ViewDefault

EDITABLE = ("title", "query", "audience", "park", "default_role")
LONGEST_QUERY = SavedView._meta.get_field("query").max_length
NOT_KEPT = ("cursor", "view", "limit", "format")
"""Words of an address that say where one is in a list, not which rows it shows."""


def plain_query(text):
    """The filters of an address in one spelling, so that two addresses with the same rows compare equal."""
    pairs = parse_qsl(text.strip().lstrip("?"))
    return urlencode(sorted((name, value) for name, value in pairs if name not in NOT_KEPT))


def address_of(list_name):
    """The address of a list, or "" where there is no list of this name that keeps views."""
    try:
        address = reverse(list_name)
    except NoReverseMatch:
        return ""
    return address if hasattr(resolve(address).func, "filters_of") else ""


@transaction.atomic
def save_view(
    *, list_name, title, query, audience=ViewAudience.ME, park=None, default_role="", is_default=False, at, by
):
    """Keep filters under a name. `is_default` opens the list with it for the person who saves it."""
    require(by, "parks.save_view")
    if not address_of(list_name):
        refuse("list_name", _("There is no list of this name."))
    view = SavedView(
        owner=by,
        list_name=list_name,
        title=title.strip(),
        query=_read(query, list_name, by),
        audience=audience,
        park=_park_of(audience, park),
        default_role=default_role,
        recorded_at=at,
    )
    _refuse_sharing(view, by)
    refuse_invalid(view)
    view.save()
    if is_default:
        _open_with(by, list_name, view)
    record("parks.save_view", view, park=view.park_id, changes=diff({}, _plain(view)), at=at, by=by)
    return view


def _read(query, list_name, by):
    kept = plain_query(query)
    if len(kept) > LONGEST_QUERY:
        refuse("query", _("These filters are too long to keep. Take fewer of them."))
    # As the page itself would read them, for the person who keeps them.
    filters = resolve(reverse(list_name)).func.filters_of(QueryDict(kept), SimpleNamespace(user=by))
    if kept and not filters.is_valid():
        refuse("query", " ".join(str(each) for errors in filters.errors.values() for each in errors))
    return kept


def _park_of(audience, park):
    """Everybody is the zone; nobody but oneself needs no park."""
    if audience == ViewAudience.ME:
        return None
    if park is None:
        refuse("park", _("Choose the park."))
    return park if audience == ViewAudience.PARK else Park.objects.get(pk=park.zone_pk)


def _refuse_sharing(view, by):
    if view.audience == ViewAudience.PARK:
        require(by, "parks.share_view", view.park)
    elif view.audience == ViewAudience.EVERYBODY:
        if not may(by, "parks.share_view_with_all", view.park):
            raise PermissionDenied(_("Only a manager or an administrator of the zone shares a view with everybody."))
    elif view.default_role:
        refuse("default_role", _("A view that only you see opens no list for others. Share it first."))


def _plain(view):
    values = {name: getattr(view, name) for name in ("list_name", *EDITABLE)}
    return values | {"park": view.park_id, "owner": view.owner_id}


def _locked(view, by):
    """The row for its owner, or, where it is shared with all, for those who answer for the zone."""
    view = SavedView.objects.select_for_update(of=("self",)).select_related("park").get(pk=view.pk)
    require(by, "parks.save_view")
    if view.owner_id != by.pk and not (view.park and may(by, "parks.share_view_with_all", view.park)):
        raise PermissionDenied(_("This view belongs to somebody else. Save one of your own."))
    return view


def _whole(view, name, value):
    """Numbers that pages and the API show in part come back like that."""
    try:
        return unveiled(value, getattr(view, name)) if isinstance(value, str) else value
    except ValueError as alike:
        sentence = _("Two numbers here look alike as %(number)s. Write the one that stays in full.")
        refuse(name, sentence % {"number": alike})


@transaction.atomic
def edit_view(view, *, changes, expected_version=None, at, by):
    """Rename a view, give it other filters, share it or stop sharing it."""
    view = _locked(view, by)
    refuse_stale(view, expected_version, EDITABLE)
    before = _plain(view)
    for name, value in changes.items():
        if name not in EDITABLE:
            refuse(name, _("The field %(field)s cannot be edited.") % {"field": name})
        setattr(view, name, _whole(view, name, value))
    view.title = view.title.strip()
    if "query" in changes:
        view.query = _read(view.query, view.list_name, by)
    view.park = _park_of(view.audience, view.park)
    _refuse_sharing(view, by)
    refuse_invalid(view)
    changed = diff(before, _plain(view))
    if not changed:
        return view
    view.version += 1
    view.save()
    record("parks.edit_view", view, park=view.park_id, changes=changed, at=at, by=by)
    return view


@transaction.atomic
def remove_view(view, *, at, by):
    view = _locked(view, by)
    record("parks.remove_view", view, park=view.park_id, changes=diff(_plain(view), {}), at=at, by=by)
    view.delete()


@transaction.atomic
def set_default_view(list_name, view, *, at, by):
    """Open the list with `view` for this person; None opens it with all rows, whatever the role's default is."""
    require(by, "parks.save_view")
    if not address_of(list_name) or (view is not None and view.list_name != list_name):
        refuse("view", _("Choose a view of this list."))
    if view is not None and not SavedView.objects.visible_to(by).filter(pk=view.pk).exists():
        refuse("view", _("Choose a view of this list."))
    before = ViewDefault.objects.filter(user=by, list_name=list_name).values_list("view", flat=True).first()
    _open_with(by, list_name, view)
    changes = diff({"view": before}, {"view": view and view.pk})
    if changes:
        record("parks.set_default_view", view or by, changes=changes, at=at, by=by)


def _open_with(user, list_name, view):
    ViewDefault.objects.update_or_create(user=user, list_name=list_name, defaults={"view": view})


@undoes("parks.save_view", says=gettext_lazy("View taken back"))
def _unsave_view(entry, *, at, by):
    of_record(entry, SavedView.objects.filter(owner=by)).delete()


@undoes("parks.edit_view", says=gettext_lazy("Change taken back"))
def _put_view_back(entry, *, at, by):
    view = _locked(of_record(entry, SavedView.objects.all()), by)
    for name, (old, new) in entry.changes.items():
        attribute = view._meta.get_field(name).attname
        if getattr(view, attribute) != new:
            refuse_touched(entry)
        setattr(view, attribute, old)
    refuse_invalid(view)
    view.version += 1
    view.save()


@undoes("parks.remove_view", says=gettext_lazy("Removal taken back"))
def _unremove_view(entry, *, at, by):
    """The view comes back under a key of its own; who had it as default chooses again."""
    was = {name: old for name, (old, _new) in entry.changes.items() if old is not None}
    park, owner = was.pop("park", None), was.pop("owner")
    view = SavedView(park_id=park, owner_id=owner, recorded_at=at, **was)
    refuse_invalid(view)
    view.save()
