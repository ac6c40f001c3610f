"""Whose records a person may hand over, and what of them he may see."""

from django.contrib.auth import get_user_model

from crm.actions import held_rows
from crm.models import Lead
from parks.access import may
from parks.models import Membership, Park


def people_to_hand_over(user):
    """People of the parks the viewer looks after, with closed accounts as well, and himself."""
    people = get_user_model().objects.order_by("full_name", "username")
    if user.is_superuser:
        return people
    parks = Park.objects.where_may(user, "crm.hand_over").values("pk")
    posts = Membership.objects.filter(park__in=parks).order_by().values("user_id")
    # Somebody whose roles were taken away already may still hold leads.
    owners = Lead.objects.open().filter(park__in=parks).exclude(owner=None).order_by().values("owner_id")
    keys = {user.pk, *(row["user_id"] for row in posts.union(owners))}
    return people.filter(pk__in=keys)


def rows_to_hand_over(person, user):
    """[(kind, row), …] of what the person holds: all of one's own, of others what lies in the parks one looks after."""
    rows = held_rows(person)
    return rows if person == user else [(kind, row) for kind, row in rows if may(user, "crm.hand_over", row.park)]


def closed_with_holdings(user):
    """People whose account is closed and who still hold something: [(person, number), …]."""
    closed = people_to_hand_over(user).filter(is_active=False)
    counted = [(person, len(rows_to_hand_over(person, user))) for person in closed]
    return [(person, number) for person, number in counted if number]
