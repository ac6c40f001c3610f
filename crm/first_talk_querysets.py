"""Every question asked about first talks, their conflicts and their papers."""

from django.db import models
from django.db.models import Q

from crm.names import normal_name
from crm.protection import LIVE, RUNNING
from parks.access import within
from parks.querysets import ParkScopedQuerySet


class FirstTalkQuerySet(ParkScopedQuerySet):
    def live(self):
        return self.filter(status__in=LIVE)

    def running(self, as_of):
        """In force on that day, going by the period alone; silence is worked off every night."""
        return self.filter(status__in=RUNNING, protected_until__gte=as_of)

    def of_investor(self, company):
        """Of the company, of those of the same name or alias in another spelling, and of its group. Two queries."""
        companies = type(company).objects.order_by()
        names = {company.name, *company.aliases.values_list("name", flat=True)}
        # A company may stand in the ledger under the name of the group itself.
        normal = ({normal_name(name) for name in names} | {company.normal_name, company.normal_group}) - {""}
        aliased = company._meta.get_field("aliases").related_model.objects.order_by().filter(name__in=names)
        # A union, not OR: each part has its index.
        same = companies.filter(normal_name__in=normal).values("pk")
        same = same.union(companies.filter(normal_group__in=normal).values("pk"), aliased.values("company_id"))
        return self.filter(lead__company__in=same)

    def outside(self, park):
        """Of parks of the same zone that neither hold `park` nor lie in it: those it may run into."""
        above = [int(key) for key in park.path.strip("/").split("/")]
        same_zone = self.filter(park__path__startswith=f"/{park.zone_pk}/")
        return same_zone.exclude(Q(park__in=above) | Q(park__path__startswith=park.path))

    def inside(self, park):
        """Of `park`, of the parks that hold it and of those that lie in it."""
        above = [int(key) for key in park.path.strip("/").split("/")]
        return self.filter(Q(park__in=above) | Q(park__path__startswith=park.path))

    def with_what_rows_show(self):
        return self.select_related("park", "lead__company", "lead__owner")


class OfFirstTalkQuerySet(models.QuerySet):
    """Rows that are seen by whoever sees their first talk."""

    def visible_to(self, user):
        if within(user) is None:
            return self
        talks = self.model._meta.get_field("first_talk").related_model
        return self.filter(first_talk__in=talks.objects.visible_to(user).values("pk"))


class ConflictQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Conflicts with a side of one's own; what the other side brought is shown to the office only."""
        if within(user) is None:
            return self
        sides = self.model.sides.through.objects
        talks = self.model._meta.get_field("sides").related_model
        return self.filter(pk__in=sides.filter(firsttalk__in=talks.objects.visible_to(user)).values("conflict_id"))

    def undecided(self):
        """Waiting for a decision, or for one on the appeal."""
        return self.filter(Q(decided_at=None) | Q(appeal__isnull=False, appeal__decided_at=None))
