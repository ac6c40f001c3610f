"""What a board is asked: day, state of knowledge, basis and filters, the same for page, API and exports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from core.dates import PARK_ZONE, day_end, local_day, parse_day
from parks.industries import codes_under
from parks.models import Park
from projects.lifecycle import AFTER_SIGNING, Stage
from projects.models import Basis

COUNTED_STAGES = AFTER_SIGNING


@dataclass(frozen=True, slots=True)
class Question:
    """`known_at` None means by today's knowledge; `park` None means every park the asker sees."""

    as_of: date
    known_at: datetime | None = None
    basis: str = Basis.VERIFIED
    park: Park | None = None
    industry: str = ""
    ownership: str = ""
    min_total_wan: Decimal | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether it counts other projects than all those of a park."""
        return bool(self.industry or self.ownership or self.min_total_wan)

    def conditions(self) -> Q:
        """The filters on the project behind a state; the size is that of the state, not of today."""
        asked = Q()
        if self.industry:
            asked &= Q(project__industry__in=codes_under(self.industry))
        if self.ownership:
            asked &= Q(project__company__ownership=self.ownership)
        if self.min_total_wan:
            asked &= Q(total_wan__gte=self.min_total_wan)
        return asked


@dataclass(frozen=True, slots=True)
class Scope:
    """The parks a question is about, in tree order, and which of them count 竣工未投产 elsewhere than as 在建."""

    parks: tuple[Park, ...]
    is_whole: bool
    without_completed: frozenset[int]

    def tops(self) -> list[int]:
        """Keys of the parks of the scope that lie under no other of them."""
        paths = {park.path for park in self.parks}
        return [park.pk for park in self.parks if park.path_above not in paths]

    def under(self, park: Park) -> list[int]:
        """Keys of `park` and of all parks of the scope below it."""
        return [each.pk for each in self.parks if each.path.startswith(park.path)]

    def counted(self, states: Any, question: Question) -> Any:
        """The states that may count, on any day, in the question's basis and by its knowledge.

        `states` must already be scoped to the asker.
        """
        counted = states.in_basis(question.basis).known_at(question.known_at).in_stages(COUNTED_STAGES)
        if not self.is_whole:
            counted = counted.filter(park__in=[park.pk for park in self.parks])
        if self.without_completed:
            counted = counted.exclude(stage=Stage.COMPLETED, park__in=self.without_completed)
        return counted.filter(question.conditions())


def scope_of(parks: Any, question: Question) -> Scope:
    """`parks` are those the asker sees; two queries, however many there are."""
    asked = parks if question.park is None else parks.under(question.park)
    return scope_among(asked.in_tree_order(), question)


def scope_among(parks: Iterable[Park], question: Question) -> Scope:
    """The same from parks that are loaded already, in tree order; one query."""
    path = "/" if question.park is None else question.park.path
    asked = tuple(park for park in parks if park.path.startswith(path))
    strict_zones = frozenset(
        Park.objects.filter(parent=None, counts_completed_as_under_construction=False).values_list("pk", flat=True)
    )
    return Scope(
        parks=asked,
        is_whole=question.park is None,
        without_completed=frozenset(park.pk for park in asked if park.zone_pk in strict_zones),
    )


def latest_known(text: str) -> datetime:
    """A moment of knowledge as typed: a moment with its zone, one on the parks' clock, or a day, meaning its end."""
    typed = text.strip()
    if ":" not in typed:
        return day_end(parse_day(typed)) - timedelta(microseconds=1)
    if typed[-6:-5] == " " and ":" in typed[:-6]:
        # An address writes + as %2B; a bare + arrives as a space.
        typed = f"{typed[:-6]}+{typed[-5:]}"
    try:
        moment = datetime.fromisoformat(typed)
        parse_day(moment.date().isoformat())
        return (moment if moment.tzinfo else moment.replace(tzinfo=PARK_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            gettext("“%(typed)s” is not a moment. Write a day as 2024-03-31 or a moment as 2024-03-31T18:00+08:00.")
            % {"typed": typed[:40]}
        ) from None


def refuse_future(day: date, today: date) -> None:
    """A board knows the past and today; ValueError says so in a sentence."""
    if day > today:
        raise ValueError(
            gettext("%(day)s lies in the future. The latest possible day is today, %(today)s.")
            % {"day": day.isoformat(), "today": today.isoformat()}
        )


def refuse_future_knowledge(moment: datetime, today: date) -> None:
    refuse_future(local_day(moment), today)
