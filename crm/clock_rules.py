"""Which limits hold where: the zone's own rows over the defaults."""

from collections import defaultdict

from crm.clocks import DEFAULTS
from crm.models.clocks import ClockRule


def limits_of(zone_pk):
    """{step: Limit} of one zone, in one query."""
    return {**DEFAULTS, **{rule.step: rule.limit for rule in ClockRule.objects.filter(zone=zone_pk)}}


def limits_by_zone():
    """The same for every zone at once: a mapping that answers for any zone's key."""
    found = defaultdict(lambda: dict(DEFAULTS))
    for rule in ClockRule.objects.order_by("pk"):
        found[rule.zone_id][rule.step] = rule.limit
    return found
