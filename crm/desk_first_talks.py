"""What the first page shows of first talks: one's own protections with the days left, the shortest first."""

from django.db.models import Q

from crm.models import FirstTalk
from crm.protection import RUNNING
from crm.protections import dress

SHOWN = 5
LOOKED_AT = 100


def protections(user, today):
    """Of the leads the person answers for and of those the person registered. Four queries, however many."""
    mine = FirstTalk.objects.visible_to(user).filter(status__in=RUNNING)
    mine = mine.filter(Q(lead__owner=user) | Q(recorded_by=user)).with_what_rows_show()
    found = dress(mine.order_by("protected_until", "pk")[:LOOKED_AT], today)
    return sorted(found, key=lambda talk: (talk.days_left, talk.pk))[:SHOWN]
