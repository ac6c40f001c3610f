"""Who is told of first talks, their conflicts and their protection. Each side reads of the other its park and a day."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import local_day
from core.notices import Told, notice_kind, tell_all
from crm.models import FirstTalk
from crm.protection import RUNNING, FirstTalkStatus
from crm.protections import end_of, records_of, rules_of
from parks.access import may
from parks.querysets import people_who_may

ENDING_DAYS = 7
AT_ONCE = 500

CONFLICT_OPENED = "first_talk.conflict_opened"
CONFLICT_DECIDED = "first_talk.conflict_decided"
APPEALED = "first_talk.appealed"
APPEAL_DECIDED = "first_talk.appeal_decided"
VERIFIED = "first_talk.verified"
NOT_VERIFIED = "first_talk.not_verified"
ENDING = "first_talk.ending"
LAPSED = "first_talk.lapsed"

notice_kind(CONFLICT_OPENED, _("%(company)s: %(park)s claims the first talk too; a conflict is open since %(day)s."))
notice_kind(CONFLICT_DECIDED, _("%(company)s: the conflict of first talks was decided for %(park)s on %(day)s."))
notice_kind(APPEALED, _("%(company)s: %(park)s appealed on %(day)s against the decision on the first talk."))
notice_kind(APPEAL_DECIDED, _("%(company)s: the appeal was decided for %(park)s on %(day)s. This is the last word."))
notice_kind(VERIFIED, _("%(company)s: the contact of the first talk was verified on %(day)s."))
notice_kind(NOT_VERIFIED, _("%(company)s: the contact of the first talk was not accepted on %(day)s."))
notice_kind(ENDING, _("%(company)s: the protection of the first talk ends with %(day)s."))
notice_kind(LAPSED, _("%(company)s: the protection of the first talk is over; its last day was %(day)s."))


def _people_of(talk):
    """Who registered it and who answers for its lead, as long as they work on first talks of its park."""
    people = {person.pk: person for person in (talk.recorded_by, talk.lead.owner) if person is not None}
    return [person for person in people.values() if may(person, "crm.register_first_talk", talk.park)]


# ── conflicts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def tell_of_opening(conflict, *, at, by):
    """Of a third claim that joins, everybody is told once more: the number of sides is part of the key."""
    sides = _sides_of(conflict)
    _tell_sides(conflict, CONFLICT_OPENED, f"opened:{len(sides)}", None, sides=sides, at=at, by=by)


def tell_of_decision(conflict, *, at, by):
    _tell_sides(conflict, CONFLICT_DECIDED, "decided", conflict.winner.park, at=at, by=by)


def tell_of_appeal(appeal, *, at, by):
    _tell_sides(appeal.conflict, APPEALED, "appealed", appeal.side.park, at=at, by=by)


def tell_of_appeal_decision(appeal, *, at, by):
    _tell_sides(appeal.conflict, APPEAL_DECIDED, "appeal_decided", appeal.winner.park, at=at, by=by)


def _sides_of(conflict):
    sides = conflict.sides.exclude(status=FirstTalkStatus.TRANSFERRED).order_by("recorded_at", "pk")
    return list(sides.select_related("park", "lead__company", "lead__owner", "recorded_by"))


def _tell_sides(conflict, kind, event, park, *, sides=None, at, by):
    """`park` is the one the sentence names; without it, each side reads of the others, and the office of the latest.

    Each side reads the name under which its own park knows the investor.
    """
    sides = _sides_of(conflict) if sides is None else sides
    if not sides:
        return
    key, url = f"conflict:{conflict.pk}:{event}", reverse("crm:conflict-detail", args=[conflict.pk])
    told = {}
    for side in sides:
        others = [other.park.name for other in sides if other.pk != side.pk]
        facts = _facts(side, park.name if park else "、".join(others), local_day(at))
        for person in _people_of(side):
            told.setdefault(person.pk, Told(person.pk, kind, key, facts, url))
    facts = _facts(sides[0], park.name if park else sides[-1].park.name, local_day(at))
    office = people_who_may(get_user_model().objects.all(), "crm.decide_conflict", park=conflict.zone)
    for pk in office.order_by("pk").values_list("pk", flat=True):
        told.setdefault(pk, Told(pk, kind, key, facts, url))
    # Whoever did it knows.
    tell_all([each for pk, each in told.items() if by is None or pk != by.pk], at=at)


def _facts(talk, park, day):
    return {"company": talk.lead.company.name, "park": park, "day": day}


# ── one first talk ───────────────────────────────────────────────────────────────────────────────────────────────────


def tell_of_judgement(talk, *, is_accepted, at):
    kind = VERIFIED if is_accepted else NOT_VERIFIED
    _tell_own(talk, kind, f"first_talk:{talk.pk}:judged", local_day(at), at=at)


def tell_of_lapse(talk, last_day, *, at):
    _tell_own(talk, LAPSED, f"first_talk:{talk.pk}:lapsed:{last_day}", last_day, at=at)


def _tell_own(talk, kind, key, day, *, at):
    tell_all(_told_own(talk, kind, key, day), at=at)


def _told_own(talk, kind, key, day):
    facts = {"company": talk.lead.company.name, "day": day}
    url = reverse("crm:first-talk-detail", args=[talk.pk])
    return [Told(person.pk, kind, key, facts, url) for person in _people_of(talk)]


def warn_of_ending(*, at):
    """Tell whose protection ends within a week, once for each last day: a new record may move it. Safe to run twice."""
    today, after = local_day(at), 0
    while talks := _running_after(after):
        after = talks[-1].pk
        _warn(talks, today, at=at)


def _running_after(key):
    running = FirstTalk.objects.filter(status__in=RUNNING, pk__gt=key)
    return list(running.select_related("park", "lead__company", "lead__owner", "recorded_by").order_by("pk")[:AT_ONCE])


@transaction.atomic
def _warn(talks, today, *, at):
    rules, records, told = rules_of(talks), records_of(talks), []
    for talk in talks:
        last_day = end_of(talk, rules[talk.pk], records[talk.pk]).last_day
        if today <= last_day <= today + timedelta(days=ENDING_DAYS):
            told += _told_own(talk, ENDING, f"first_talk:{talk.pk}:ending:{last_day}", last_day)
    tell_all(told, at=at)
