"""Every write to parks, to the roles people hold over them, and to the working calendar all of them share."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.tokens import forget_token
from core.audit import diff, record
from core.calendar import is_year_noticed
from core.errors import RuleViolation
from core.jobs import enqueue
from core.rules import refuse, refuse_invalid, refuse_stale
from parks.access import Role, forget_posts, require
from parks.models import CalendarDay, CalendarYear, Membership, Park, ParkAlias

EDITABLE = (
    "name",
    "short_name",
    "kind",
    "district",
    "leading_industries",
    "approved_on",
    "listed_on",
    "planned_area_sqkm",
    "operator",
    *Park.FIVE_ONES,
    "counts_completed_as_under_construction",
    "sort_order",
)


def _refuse_too_deep(parent):
    if parent is not None and parent.depth >= Park.DEEPEST:
        refuse("parent", _("Parks lie at most %(most)s levels below the zone.") % {"most": Park.DEEPEST})


def _place_below(park):
    """Each park after the one it lies in, whose new path it continues."""
    placed = {park.pk: park}
    below = Park.objects.under(park).exclude(pk=park.pk)
    for child in sorted(below, key=lambda each: each.depth):
        child.parent = placed[child.parent_id]
        _place(child)
        child.save(update_fields=["path", "sort_path"])
        placed[child.pk] = child


def _place(park):
    """Write the paths that follow from the parent; needs the row's own key."""
    parent = park.parent
    park.path = f"{parent.path if parent else '/'}{park.pk}/"
    park.sort_path = f"{parent.sort_path if parent else '/'}{park.sort_order:04d}.{park.code}/"


@transaction.atomic
def add_park(*, code, name, parent=None, aliases=(), at, by, **given):
    """Add a park under `parent`; a zone (no parent) only by a superuser."""
    require(by, "parks.add_park", parent)
    if parent is None and not by.is_superuser:
        raise RuleViolation(
            _("Only a superuser may add a zone. Choose the park it is part of."),
            fields={"parent": [_("Choose a park.")]},
        )
    _refuse_too_deep(parent)
    park = Park(code=code, name=name, parent=parent, **given)
    refuse_invalid(park, exclude=["path", "sort_path"])
    # The path needs the key, so the row is written twice inside the one transaction.
    park.path = park.sort_path = f"~{code}"
    park.save()
    _place(park)
    park.save(update_fields=["path", "sort_path"])
    _set_aliases(park, aliases)
    record("parks.add_park", park, park=park.pk, changes=diff({}, {"code": code, "name": name}), at=at, by=by)
    return park


def _set_aliases(park, names):
    names = {name.strip() for name in names if name.strip()}
    longest = ParkAlias._meta.get_field("name").max_length
    if too_long := sorted(name for name in names if len(name) > longest):
        refuse(
            "aliases",
            _("An alias has at most %(longest)s characters: %(alias)s…")
            % {"longest": longest, "alias": too_long[0][:20]},
        )
    taken = ParkAlias.objects.filter(name__in=names).exclude(park=park).select_related("park").first()
    if taken:
        raise RuleViolation(
            _("The alias %(alias)s already belongs to %(park)s.") % {"alias": taken.name, "park": taken.park}
        )
    park.aliases.exclude(name__in=names).delete()
    present = set(park.aliases.values_list("name", flat=True))
    ParkAlias.objects.bulk_create([ParkAlias(park=park, name=name) for name in sorted(names - present)])


@transaction.atomic
def edit_park(park, *, changes, aliases=None, expected_version=None, at, by):
    """Change the named fields (see EDITABLE). `changes` maps field to new value."""
    require(by, "parks.edit_park", park)
    park = Park.objects.select_for_update(of=("self",)).select_related("parent").get(pk=park.pk)
    refuse_stale(park, expected_version, EDITABLE)
    before = {field: getattr(park, field) for field in EDITABLE}
    for field, value in changes.items():
        if field not in EDITABLE:
            raise RuleViolation(_("The field %(field)s cannot be edited.") % {"field": field})
        setattr(park, field, value)
    refuse_invalid(park, exclude=["path", "sort_path"])
    _place(park)
    park.version += 1
    park.save()
    _place_below(park)
    if aliases is not None:
        _set_aliases(park, aliases)
    record(
        "parks.edit_park",
        park,
        park=park.pk,
        changes=diff(before, {f: getattr(park, f) for f in EDITABLE}),
        at=at,
        by=by,
    )
    return park


@transaction.atomic
def add_person(*, username, full_name, password, role, park, at, by):
    """Make a sign-in with one role; the password must be changed at the first sign-in."""
    require(by, "parks.manage_people", park)
    person = get_user_model()(username=username, full_name=full_name, must_change_password=True)
    try:
        validate_password(password, person)
        person.set_password(password)
        person.full_clean()
    except ValidationError as error:
        fields = error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
        raise RuleViolation(*error.messages, fields=fields) from error
    person.save()
    record("parks.manage_people", person, park=park.pk, changes=diff({}, {"username": username}), at=at, by=by)
    grant_role(person, role=role, park=park, at=at, by=by)
    return person


@transaction.atomic
def grant_role(person, *, role, park, at, by):
    require(by, "parks.manage_people", park)
    if role not in Role.values:
        raise RuleViolation(_("There is no such role."), fields={"role": [_("There is no such role.")]})
    membership, made = Membership.objects.get_or_create(user=person, park=park, role=role)
    if made:
        forget_posts(person)
        record(
            "parks.grant_role", person, park=park.pk, changes=diff({}, {"role": role, "park": park.name}), at=at, by=by
        )
    return membership


@transaction.atomic
def revoke_role(membership, *, at, by):
    require(by, "parks.manage_people", membership.park)
    if membership.user_id == by.pk and membership.role == Role.ADMINISTRATOR:
        raise RuleViolation(_("You cannot take your own administrator role away. Ask another administrator."))
    record(
        "parks.revoke_role",
        membership.user,
        park=membership.park_id,
        changes=diff({"role": membership.role, "park": membership.park.name}, {}),
        at=at,
        by=by,
    )
    forget_posts(membership.user)
    membership.delete()


@transaction.atomic
def set_person_active(person, *, active, park, at, by):
    """Open or close a sign-in. `park` is the park through which the administrator sees the person."""
    require(by, "parks.manage_people", park)
    _only_within_reach(person, by)
    if person.pk == by.pk:
        raise RuleViolation(_("You cannot close your own sign-in."))
    before = {"is_active": person.is_active}
    person.is_active = active
    person.save(update_fields=["is_active"])
    if not active:
        forget_token(person)
    record("parks.set_person_active", person, park=park.pk, changes=diff(before, {"is_active": active}), at=at, by=by)


@transaction.atomic
def reset_password(person, *, password, park, at, by):
    """Set a first password that its owner must change."""
    require(by, "parks.manage_people", park)
    _only_within_reach(person, by)
    if person.pk == by.pk:
        raise RuleViolation(_("Your own password is changed on the page of your account, with the present one."))
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise RuleViolation(*error.messages, fields={"password": error.messages}) from error
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    forget_token(person)
    record("parks.reset_password", person, park=park.pk, at=at, by=by)


def _only_within_reach(person, by):
    """SECURITY: a park's administrator must not take over the account of somebody with rights elsewhere."""
    elsewhere = [m.park for m in person.memberships.select_related("park")]
    if by.is_superuser:
        return
    if person.is_superuser:
        require(by, "parks.manage_people", None if not elsewhere else elsewhere[0])
        raise RuleViolation(_("A superuser's sign-in is managed by a superuser."))
    for park in elsewhere:
        require(by, "parks.manage_people", park)


LONGEST_HOLIDAY = 31
# The job of a higher app, by its name alone, as a template names the address of a higher app.
REWIND = "crm.rewind_clocks"


def may_set_calendar(person):
    """The calendar holds for every park, so it belongs to those whose role lies over a whole zone."""
    return Park.objects.filter(parent=None).where_may(person, "parks.set_calendar_day").exists()


def _require_calendar(by):
    require(by, "parks.set_calendar_day")
    if not may_set_calendar(by):
        raise PermissionDenied(_("The calendar holds for all parks. Ask somebody whose role lies over the whole zone."))


@transaction.atomic
def set_calendar_days(*, start, end=None, is_working, name="", at, by):
    """Have the days from `start` to `end`, both included, worked or off, over what the notice says. Gives the first."""
    _require_calendar(by)
    end = end or start
    if end < start:
        refuse("end", _("The end lies before the start. Enter the later day."))
    if (end - start).days >= LONGEST_HOLIDAY:
        refuse("end", _("At most %(most)s days at once. Check the year.") % {"most": LONGEST_HOLIDAY})
    days = [start + timedelta(days=each) for each in range((end - start).days + 1)]
    before = {each.day: each for each in CalendarDay.objects.select_for_update().filter(day__in=days)}
    first = None
    for day in days:
        entry = before.get(day) or CalendarDay(day=day)
        old = {"is_working": entry.is_working, "name": entry.name} if entry.pk else {}
        entry.is_working, entry.name = is_working, name.strip()
        refuse_invalid(entry)
        entry.save()
        changes = diff(old, {"is_working": entry.is_working, "name": entry.name})
        if changes:
            record("parks.set_calendar_day", entry, changes=changes, at=at, by=by)
        first = first or entry
    enqueue(REWIND, {}, at=at, by=by)
    return first


@transaction.atomic
def drop_calendar_day(entry, *, at, by):
    """Leave the day to the notice again, or to its weekday."""
    _require_calendar(by)
    record("parks.drop_calendar_day", entry, changes=diff({"is_working": entry.is_working}, {}), at=at, by=by)
    entry.delete()
    enqueue(REWIND, {}, at=at, by=by)


@transaction.atomic
def set_calendar_year(year, *, is_entered, at, by):
    """Say whether the notice of a year that the program does not know has been entered completely."""
    _require_calendar(by)
    if is_year_noticed(year):
        refuse("year", _("The notice for %(year)s is known already.") % {"year": year})
    if is_entered and not CalendarDay.objects.filter(day__year=year).exists():
        refuse("year", _("Enter the holidays and worked weekends of %(year)s first.") % {"year": year})
    entry, made = CalendarYear.objects.get_or_create(year=year)
    if made == is_entered:
        record("parks.set_calendar_year", entry, changes=diff({}, {"is_entered": is_entered}), at=at, by=by)
    if not is_entered:
        entry.delete()
    enqueue(REWIND, {}, at=at, by=by)
