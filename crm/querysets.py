"""Every question asked about companies, contacts, leads and interactions."""

from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from core.dates import day_end, day_start
from core.search import found_in
from crm.clocks import ClockDue
from crm.lifecycle import OPEN
from crm.names import normal_name
from parks.access import within
from parks.industries import codes_under
from parks.querysets import ParkScopedQuerySet


class CompanyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Companies known in a park the user sees; one company may be known in several."""
        if within(user) is None:
            return self
        known = self.model._meta.get_field("known_in").related_model.objects.visible_to(user)
        return self.filter(pk__in=known.values("company_id"))

    def visible_among(self, user, keys):
        """As `visible_to`, of the few named by `keys`: the databases need not gather all that the user sees first."""
        named = self.filter(pk__in=keys)
        if within(user) is None:
            return named
        known = self.model._meta.get_field("known_in").related_model.objects.visible_to(user)
        return named.filter(pk__in=known.filter(company__in=keys).values("company_id"))

    def called(self, name):
        """Companies whose name or alias is the same in another spelling (width, script, brackets, legal form)."""
        plain = normal_name(name)
        aliases = self.model._meta.get_field("aliases").related_model.objects.filter(normal_name=plain)
        named = self.model.objects.filter(normal_name=plain)
        # A union, not OR: each half has its index.
        return self.filter(pk__in=named.order_by().values("pk").union(aliases.order_by().values("company_id")))

    def in_groups(self, normal_groups):
        """Companies of the groups that these normal forms name."""
        return self.filter(normal_group__in=[group for group in normal_groups if group])

    def in_industry(self, code):
        """A division, or a section with all of its divisions."""
        return self.filter(industry__in=codes_under(code))

    def named_like(self, text, *, scopes=None):
        """Part of the name or of an alias, their pinyin, or the beginning of the credit code."""
        return found_in(self, "company", text, scopes=scopes)


class OfCompanyQuerySet(models.QuerySet):
    """Rows that are seen by whoever sees their company."""

    def visible_to(self, user):
        if within(user) is None:
            return self
        companies = self.model._meta.get_field("company").related_model.objects.visible_to(user)
        return self.filter(company__in=companies.values("pk"))

    def visible_among(self, user, keys):
        """As `visible_to`, of the few named by `keys`."""
        named = self.filter(pk__in=keys)
        if within(user) is None:
            return named
        companies = self.model._meta.get_field("company").related_model.objects
        seen = companies.visible_among(user, named.order_by().values("company_id"))
        return named.filter(company__in=seen.values("pk"))


class LeadQuerySet(ParkScopedQuerySet):
    def open(self):
        return self.filter(stage__in=OPEN)

    def in_industry(self, code):
        """A division, or a section with all of its divisions."""
        return self.filter(industry__in=codes_under(code))

    def mentioning(self, text, *, scopes=None):
        """Part of the title, the content or the company's name or alias, its initials, or the code."""
        return found_in(self, "lead", text, scopes=scopes)

    def overdue(self, day):
        """Whose clock was due before `day`."""
        return self.filter(clock_due_on__lt=day)

    def clock_due_within(self, first, last):
        """Whose clock is due from `first` to `last`, both included."""
        return self.filter(clock_due_on__range=(first, last))

    def clock_due(self, when, today):
        """As a `ClockDue` says."""
        if when == ClockDue.OVERDUE:
            return self.overdue(today)
        return self.clock_due_within(today, today if when == ClockDue.TODAY else today + timedelta(days=7))

    def owned_by(self, user):
        return self.filter(owner=user)

    def in_pool(self):
        """Open leads that nobody holds."""
        return self.open().filter(owner=None)

    def held_by(self, user):
        """Open leads in this person's hands."""
        return self.open().filter(owner=user)

    def in_zone(self, zone_pk):
        return self.filter(park__path__startswith=f"/{zone_pk}/")

    def silent(self, rule, *, today):
        """Held leads that go back by `today` under the `rule` of their zone: `PoolRule.goes_back_on` in SQL."""
        if not rule.is_set:
            return self.none()
        held = self.open().in_zone(rule.zone_id).exclude(owner=None)
        if rule.spares_protected:
            talks = self.model._meta.get_field("first_talks").related_model.objects.running(today)
            held = held.exclude(pk__in=talks.values("lead_id"))
        held = held.alias(latest_at=Coalesce("followed_up_at", "recorded_at"))
        over = Q(pk__in=[])
        if rule.silent_days and rule.in_force_on <= (last := today - timedelta(days=rule.silent_days)):
            over |= Q(latest_at__lt=day_end(last))
        if rule.first_record_days and rule.in_force_on <= (last := today - timedelta(days=rule.first_record_days)):
            claims = self.model._meta.get_field("claims").related_model.objects.untouched()
            over |= Q(latest_at__lt=day_end(last), pk__in=claims.values("lead_id"))
        return held.filter(over)

    def due_by(self, day):
        """Open leads whose next step falls on `day` or before."""
        return self.open().filter(next_step_due_on__lte=day)

    def total_intended_wan(self):
        return self.aggregate(total=models.Sum("intended_investment_wan"))["total"] or 0


class StandingManager(models.Manager):
    """Facts that were not taken back."""

    def get_queryset(self):
        return super().get_queryset().filter(undone_at=None)


class LeadClaimQuerySet(models.QuerySet):
    def running(self):
        return self.filter(ended_at=None)

    def untouched(self):
        """Running claims from the pool of whose lead nothing has been recorded since."""
        recorded = Coalesce("lead__followed_up_at", "lead__recorded_at")
        return self.running().filter(began_how="claimed", began_at__gte=recorded)

    def taken_on(self, day, holder, zone_pk):
        """What this person has claimed from the pool of the zone on `day`."""
        taken = self.filter(holder=holder, began_how="claimed", began_at__gte=day_start(day), began_at__lt=day_end(day))
        return taken.filter(lead__park__path__startswith=f"/{zone_pk}/")


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To whoever sees the lead."""
        leads = self.model._meta.get_field("lead").related_model.objects.visible_to(user)
        return self.filter(lead__in=leads.values("pk"))

    def drafts(self):
        return self.filter(settled_at=None)

    def settled(self):
        return self.exclude(settled_at=None)


class PoolRuleQuerySet(models.QuerySet):
    def of(self, zone_pk):
        """The rule of this zone; where it has set none, the defaults, unsaved."""
        return self.filter(zone=zone_pk).first() or self.model(zone_id=zone_pk)


OPEN_TASK = Q(done_at=None, dropped_at=None)


class TaskQuerySet(ParkScopedQuerySet):
    def open(self):
        return self.filter(OPEN_TASK)

    def closed(self):
        """Done or dropped."""
        return self.exclude(OPEN_TASK)

    def dated_first(self):
        """The earliest day first, those without a day last, on both databases."""
        return self.order_by(models.F("due_on").asc(nulls_last=True), "pk")


class InteractionQuerySet(ParkScopedQuerySet):
    def newest_first(self):
        return self.order_by("-happened_on", "-pk")


class UnmergedManager(models.Manager):
    """Records that stand for themselves. One that became part of another is reached through `with_merged` only."""

    def get_queryset(self):
        return super().get_queryset().filter(merged_into=None)


class MergeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Merges of records that the user sees."""
        if within(user) is None:
            return self
        companies, contacts = (apps.get_model("crm", name).objects.visible_to(user) for name in ("Company", "Contact"))
        return self.filter(
            Q(kind="company", kept_id__in=companies.values("pk")) | Q(kind="contact", kept_id__in=contacts.values("pk"))
        )

    def standing(self):
        """Those that were not taken back."""
        return self.filter(undone_at=None)

    def of_kept(self, record):
        return self.filter(kind=record._meta.model_name, kept_id=record.pk)

    def of_dropped(self, record):
        return self.filter(kind=record._meta.model_name, dropped_id=record.pk)


class HandOverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To whoever gave, got or made it, and to the office of a park something of it lies in."""
        if within(user) is None:
            return self
        if not user.is_authenticated:
            return self.none()
        lines = self.model._meta.get_field("lines").related_model.objects
        theirs = lines.visible_to(user).values("hand_over_id")
        return self.filter(Q(person=user) | Q(recorded_by=user) | Q(pk__in=theirs))


class HandOverLineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of a hand-over one gave or made; of others what one got and what lies in the parks of one's office."""
        if within(user) is None:
            return self
        if not user.is_authenticated:
            return self.none()
        parks = self.model._meta.get_field("park").related_model.objects.where_may(user, "crm.hand_over")
        own = Q(hand_over__person=user) | Q(hand_over__recorded_by=user) | Q(to_person=user)
        return self.filter(own | Q(park__in=parks.values("pk")))
