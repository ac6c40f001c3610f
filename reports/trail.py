"""The trail of deeds: which entries a person reads, in words and with the way to the record each is about."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import AuditEntry
from core.undo import UNDONE
from parks.models import Park
from reports.deeds import DEEDS

# Where a record has its page: the address, and the column that goes into it.
PAGES = {
    "parks.park": ("parks:detail", "code"),
    "crm.handover": ("crm:hand-over", "pk"),
    "crm.lead": ("crm:lead-detail", "pk"),
    "crm.company": ("crm:company-detail", "pk"),
    "projects.project": ("projects:detail", "pk"),
    "projects.signingevent": ("projects:event-detail", "pk"),
}


def entries_for(user: Any) -> Any:
    """Those of the parks over which the user may read the trail, the newest first."""
    parks = Park.objects.where_may(user, "reports.read_trail")
    return AuditEntry.objects.in_parks(parks.values("pk")).order_by("-pk")


def told(entries: Iterable[AuditEntry], user: Any) -> list[AuditEntry]:
    """Each with `deed`, what was done in words, and `link`, empty where the user sees no such page.

    One query for each kind of record among them.
    """
    entries = list(entries)
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.subject_type in PAGES:
            wanted[entry.subject_type].add(entry.subject_id)
    links = {kind: _links(kind, keys, user) for kind, keys in wanted.items()}
    for entry in entries:
        entry.deed = deed_of(entry.verb)
        entry.link = links.get(entry.subject_type, {}).get(entry.subject_id, "")
    return entries


def deed_of(verb: str) -> str:
    done = verb.removesuffix(UNDONE)
    name = str(DEEDS.get(done, done))
    return _("Taken back: %(deed)s") % {"deed": name} if done != verb else name


def _links(kind: str, keys: set[int], user: Any) -> dict[int, str]:
    page, column = PAGES[kind]
    seen = apps.get_model(kind).objects.visible_to(user).filter(pk__in=keys).values_list("pk", column)
    return {pk: reverse(page, args=[value]) for pk, value in seen}
