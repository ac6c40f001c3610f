"""Every question asked about projects, their facts, their states and their documents."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, When

from core.search import found_in
from parks.access import within
from parks.querysets import ParkScopedQuerySet, sees_every_park
from projects.lifecycle import AFTER_SIGNING, BUCKETS, EVENT_WITHIN_DAYS, FINAL, Bucket, NotCounted


class ProjectQuerySet(ParkScopedQuerySet):
    def named_like(self, text, *, scopes=None):
        """Part of the name, of the investor's or the local company's, their pinyin, or the start of the code."""
        return found_in(self, "project", text, scopes=scopes)

    def live(self):
        """Neither transferred out, terminated nor removed."""
        return self.exclude(stage__in=FINAL)

    def before_signing(self):
        return self.exclude(stage__in=(*AFTER_SIGNING, *FINAL))

    def in_bucket(self, bucket):
        """By the reported stage of today; figures as of a date come from `ProjectState`."""
        return self.filter(stage__in=BUCKETS[Bucket(bucket)])

    def signed_but_not_started(self, *, as_of: date, for_days: int):
        """签约未开工: still awaiting start `for_days` after the formal signing."""
        return self.in_bucket(Bucket.AWAITING_START).filter(signed_on__lte=as_of - timedelta(days=for_days))

    def with_pending(self):
        """Annotates `is_pending`: a reported stage change waits for verification."""
        changes = self.model._meta.get_field("stage_changes").related_model
        return self.annotate(is_pending=Exists(changes.objects.pending().filter(project=OuterRef("pk"))))

    def with_history(self):
        """Loads every fact with its people and evidence, and the documents, in a fixed number of queries."""
        loaded = []
        for name in ("stage_changes", "investment_changes", "park_changes"):
            facts = self.model._meta.get_field(name).related_model.objects
            people = ("recorded_by", "verdict_by", "corrects", *(("park",) if name == "park_changes" else ()))
            loaded.append(models.Prefetch(name, facts.select_related(*people).prefetch_related("evidence")))
        documents = self.model._meta.get_field("documents").related_model.objects
        return self.prefetch_related(*loaded, models.Prefetch("documents", documents.select_related("uploaded_by")))

    def total_wan(self):
        return self.aggregate(total=Sum("total_investment_wan"))["total"] or 0

    def total_number_and_wan(self):
        """(projects, 万元) in one query."""
        sums = self.aggregate(number=Count("pk"), total=Sum("total_investment_wan"))
        return sums["number"], sums["total"] or 0


class OfProjectQuerySet(models.QuerySet):
    """Rows that are seen by whoever sees their project."""

    def visible_to(self, user):
        projects = self.model._meta.get_field("project").related_model
        if sees_every_park(user, projects._meta.get_field("park").related_model.objects):
            return self
        return self.filter(project__in=projects.objects.visible_to(user).values("pk"))


class FactQuerySet(OfProjectQuerySet):
    def pending(self):
        """Reported, and neither accepted nor rejected yet."""
        return self.filter(needs_verification=True, verdict="")

    def to_verify(self):
        """Pending, each claim once: an amount set by a signing is decided with the signing."""
        own = self.pending()
        if "stage_change" in {field.name for field in self.model._meta.get_fields() if field.concrete}:
            return own.filter(stage_change__isnull=True)
        return own.select_related("investment_change")

    def accepted(self):
        return self.filter(verdict="accepted")

    def uncorrected(self):
        return self.filter(corrected_by__isnull=True)


class SplitQuerySet(models.QuerySet):
    """Seen by whoever sees the park that keeps a share, or the project where it is now."""

    def visible_to(self, user):
        if within(user) is None:
            return self
        parks = self.model._meta.get_field("owner_park").related_model.objects.visible_to(user).values("pk")
        projects = self.model._meta.get_field("project").related_model.objects.visible_to(user).values("pk")
        return self.filter(Q(owner_park__in=parks) | Q(project__in=projects))

    def standing(self, known_at=None):
        """Of moves that stood as believed at `known_at`, None meaning by today's knowledge: neither void nor replaced.

        Moves are recorded by the counting side and known to both bases at once.
        """
        changes = self.model._meta.get_field("park_change").related_model.objects
        replaced = changes.filter(corrects=OuterRef("park_change"))
        rows = self.filter(park_change__is_void=False)
        if known_at is not None:
            replaced = replaced.filter(recorded_at__lte=known_at)
            rows = rows.filter(park_change__recorded_at__lte=known_at)
        return rows.exclude(Exists(replaced))


class ProjectStateQuerySet(ParkScopedQuerySet):
    """Scoped by the park of the state: a park keeps its past figures when a project moves on."""

    def in_basis(self, basis):
        return self.filter(basis=basis)

    def as_of(self, day: date):
        """How the world stood at the end of `day`."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def known_at(self, moment):
        """As believed at `moment`; None means by today's knowledge."""
        if moment is None:
            return self.filter(known_to__isnull=True)
        return self.filter(Q(known_to__isnull=True) | Q(known_to__gt=moment), known_from__lte=moment)

    def in_stages(self, stages):
        return self.filter(stage__in=stages)

    def total_by_park_and_stage(self):
        """Rows (park_id, stage, projects, total_wan)."""
        return self.values_list("park_id", "stage").annotate(projects=Count("*"), total_wan=Sum("total_wan")).order_by()


class SigningEntryQuerySet(OfProjectQuerySet):
    def with_counted(self):
        """Annotates whether an entry counts, why not, where instead, and for how much.

        A project counts once: at the event held nearest to its first formal signing and at most `EVENT_WITHIN_DAYS`
        from it. `agreed_wan` is what was agreed at that signing as reported, after corrections and without increases.
        """
        same = self.model.objects.filter(project=OuterRef("project"), kind="formal").annotate(away=_AWAY_FROM_SIGNING)
        near = same.filter(away__lte=timedelta(days=EVENT_WITHIN_DAYS)).order_by("away", "event__held_on", "pk")
        project = self.model._meta.get_field("project").related_model
        agreed = project._meta.get_field("investment_changes").related_model.objects.uncorrected().filter(
            project=OuterRef("project"), kind="signing", is_void=False
        )  # fmt: skip
        counted = self.annotate(
            counted_entry=Subquery(near.values("pk")[:1]),
            counted_at=Subquery(near.values("event__name")[:1]),
            agreed_wan=Subquery(agreed.order_by("effective_on", "pk").values("amount_wan")[:1]),
        )
        return counted.annotate(
            not_counted=Case(
                When(~Q(kind="formal"), then=Value(NotCounted.KIND.value)),
                When(project__signed_on=None, then=Value(NotCounted.UNSIGNED.value)),
                When(counted_entry=None, then=Value(NotCounted.FAR.value)),
                When(pk=F("counted_entry"), then=Value("")),
                default=Value(NotCounted.ELSEWHERE.value),
                output_field=models.CharField(),
            ),
            is_counted=Case(When(pk=F("counted_entry"), then=True), default=False, output_field=models.BooleanField()),
        )


_HELD, _SIGNED = F("event__held_on"), F("project__signed_on")
_AWAY_FROM_SIGNING = Case(
    When(event__held_on__lt=_SIGNED, then=_SIGNED - _HELD), default=_HELD - _SIGNED, output_field=models.DurationField()
)
"""Between a signing event and the first formal signing of a project on its list; PostgreSQL knows no abs() of it."""


class ExtraRequirementQuerySet(ParkScopedQuerySet):
    def binding(self, park):
        """Those of `park` and of every park above it."""
        return self.filter(park_id__in=[int(pk) for pk in park.path.strip("/").split("/")])


def people_working_in(people, park):
    """Of the users `people`, the active ones with a role over `park`: who may be put in charge of its projects."""
    above = [int(pk) for pk in park.path.strip("/").split("/")]
    return people.filter(pk__in=people.model.objects.filter(memberships__park__in=above).values("pk"), is_active=True)
