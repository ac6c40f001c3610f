"""Every question asked about parks, and the one way other apps limit their rows to a viewer's parks."""

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from parks.access import paths_over, posts, roles_with, within, within_for


class ParkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The parks the user's roles lie over, and all below them."""
        condition = within(user)
        return self if condition is None else self.filter(condition)

    def where_may(self, user, verb):
        """The parks in which `user` may do `verb`."""
        condition = within_for(user, verb)
        return self if condition is None else self.filter(condition)

    def under(self, park):
        """`park` itself and everything below it."""
        return self.filter(path__startswith=park.path)

    def in_tree_order(self):
        return self.order_by("sort_path")


def sees_every_park(user, parks):
    """Whether the user's roles lie over the top of every tree. Rows then need no condition and lists keep their order.

    Asked once for each user object, and only for people with a role at a top.
    """
    if within(user) is None:
        return True
    tops = [path for _role, path in posts(user) if path.count("/") == 2]
    if not tops:
        return False
    if not hasattr(user, "_sees_every_park"):
        user._sees_every_park = not parks.filter(parent=None).exclude(path__in=tops).exists()
    return user._sees_every_park


def search_scopes(user, parks):
    """The parks over which the user's posts lie, as the search index names them; None where nothing limits them."""
    if sees_every_park(user, parks):
        return None
    return frozenset(int(path.strip("/").split("/")[-1]) for _role, path in posts(user))


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those shared with a park in which, below which or above which one works."""
        shared = Q(park__isnull=False) if within(user) is None else Q(pk__in=[])
        for _role, path in posts(user):
            above = [int(key) for key in path.strip("/").split("/")]
            shared |= Q(park_id__in=above) | Q(park__path__startswith=path)
        return self.filter(Q(owner=user.pk) | shared)

    def of_list(self, list_name):
        return self.filter(list_name=list_name)


class ParkScopedQuerySet(models.QuerySet):
    """Rows that belong to a park. `park_field` names the foreign key that decides."""

    park_field = "park"

    def visible_to(self, user):
        # A subquery and never a join: a join would multiply rows and every 万元 total over them would be wrong.
        parks = self.model._meta.get_field(self.park_field).related_model.objects
        if sees_every_park(user, parks):
            return self
        return self.filter(**{f"{self.park_field}__in": parks.visible_to(user).values("pk")})

    def in_park(self, park):
        """Rows of `park` and of everything below it."""
        return self.filter(**{f"{self.park_field}__path__startswith": park.path})


def people_within_reach(people, user, parks):
    """Of the users `people`, those with a role in one of `parks`; a superuser reaches everybody."""
    if within(user) is None:
        return people
    return people.filter(pk__in=people.model.objects.filter(memberships__park__in=parks).values("pk"))


def people_who_may(people, verb, *, park=None, parks=None):
    """Of the users `people`, the active ones who may do `verb` in `park`, or who hold that right within `parks`."""
    posts = {"memberships__role__in": roles_with(verb)}
    posts |= {"memberships__park__path__in": paths_over(park)} if park else {"memberships__park__in": parks}
    return people.filter(is_active=True, pk__in=people.model.objects.filter(**posts).values("pk"))


def colleagues(user):
    """The active people with a role over a park that `user` sees, or over one above it: whom a record may name."""
    people = get_user_model().objects.filter(is_active=True)
    if within(user) is None:
        return people
    memberships = people.model._meta.get_field("memberships").related_model.objects
    parks = memberships.model._meta.get_field("park").related_model.objects.visible_to(user)
    above = {int(key) for _role, path in posts(user) for key in path.strip("/").split("/")}
    held = memberships.filter(Q(park_id__in=above) | Q(park__in=parks.values("pk")))
    return people.filter(pk__in=held.values("user_id"))
