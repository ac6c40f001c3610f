"""Which steps a demo project takes on which days: those its path names, and the usual ones between them."""

from datetime import date, timedelta
from zlib import crc32

from projects.lifecycle import BY_CODE, FORWARD, Stage
from projects.models import SiteMode

S = Stage
LONG_FINISHED = date(2025, 9, 1)
"""What was commissioned before is told in its main steps only."""


def spread(text, size):
    """A number from 0 to below `size` that follows from the text: variety without chance."""
    return crc32(text.encode()) % size


def day_of(written, today):
    """ "2024-03-31" is that day, "-40" the day forty days before `today`."""
    return today - timedelta(days=int(written[1:])) if written.startswith("-") else date.fromisoformat(written)


def named_steps(path, today, stages=BY_CODE):
    words = path.split()
    return [(stages[code], day_of(day, today)) for code, day in zip(words[::2], words[1::2], strict=True)]


def steps(plan, today):
    """Every step of a plan up to `today`, in order: [(stage, day), …]; the first is the opening."""
    named = named_steps(plan.path, today)
    days = dict(named)
    if S.SIGNED in days and named[0][0] == S.SIGNED:
        named = [*_before_signing(plan, days[S.SIGNED]), *named]
    if S.SIGNED in days:
        named = sorted([*named, *_between(plan, days)], key=lambda step: step[1])
    return [(stage, day) for stage, day in named if day <= today]


def _before_signing(plan, signed):
    """Opening, review and meeting; the review came into use in 2022."""
    n = spread(plan.name, 60)
    opened, decided = signed - timedelta(days=140 + n), signed - timedelta(days=12 + n // 4)
    review = [(S.REVIEW, signed - timedelta(days=45 + n // 2))] if signed.year > 2021 else []
    return [(S.NEGOTIATING, opened), *review, (S.DECISION, decided)]


def _between(plan, days):
    """Paperwork between signing and start, and what follows a start; only where nothing of it is named."""
    found = []
    if S.COMMISSIONED in days and S.COMPLETED not in days:
        found.append((S.COMPLETED, days[S.COMMISSIONED] - timedelta(days=50 + spread(plan.name, 20))))
    if days.get(S.COMMISSIONED, date.max) < LONG_FINISHED:
        return found
    return [*found, *_paperwork(plan, days), *_works(plan, {**days, **dict(found)})]


def _paperwork(plan, days):
    """Registration, filing and land, as far as they fit in before the next named step."""
    if S.REGISTERED in days:
        return []
    signed, n = days[S.SIGNED], spread(plan.name, 12)
    end = min((day for day in days.values() if day > signed), default=date.max)
    wanted = [(S.REGISTERED, 16 + n), (S.FILED, 40 + n), (S.LAND_SUPPLIED, 64 + n)]
    if plan.site != SiteMode.GRANT:
        wanted.pop()
    return [(stage, signed + timedelta(days=after)) for stage, after in wanted if signed + timedelta(days=after) < end]


def _works(plan, days):
    """The statistics library a month after the start, the new year's continuation, the recognition after production."""
    if S.STARTED not in days:
        return []
    started, n = days[S.STARTED], spread(plan.name, 20)
    built = min((day for day in days.values() if day > started), default=date.max)
    # Who tops out by name does not "continue" besides.
    usual = _while_building(started, n)[: 1 if S.TOPPED_OUT in days else 2]
    found = [(stage, day) for stage, day in usual if day < built]
    if S.COMMISSIONED in days and n % 3 == 0:
        found.append((S.ABOVE_SIZE, days[S.COMMISSIONED] + timedelta(days=200 + n)))
    return found


def _while_building(started, n):
    new_year = date(started.year + 1, 1, 8)
    in_statistics = (S.IN_STATISTICS, started + timedelta(days=28 + n))
    return [in_statistics, (S.BUILDING, new_year)] if started + timedelta(days=60) < new_year else [in_statistics]


def may_follow(taken, stage, day):
    """Whether a project that took these steps may take one more on `day`."""
    return bool(taken) and taken[-1][1] <= day and stage in FORWARD[taken[-1][0]]
