"""分劈: who holds how much of a project's indicators on a day, after all its transfers. Pure arithmetic.

Each transfer divides what the handing park still holds. Of a project that A hands to B for 50 % and B hands to C for
60 %, A holds 50, B 60 % of the other 50, that is 30, and C 20: always 100 together. When the years of a split are over,
its share falls to the park next in the chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm.models.split import WHOLE, last_day_of_split


@dataclass(frozen=True, slots=True)
class Agreed:
    """What one park keeps of a project it handed over on `effective_on`, for so many years."""

    owner_pk: int
    effective_on: date
    pct: Decimal
    years: int

    def runs_on(self, day: date) -> bool:
        return self.effective_on <= day <= last_day_of_split(self.effective_on, self.years)


def held(agreed: Iterable[Agreed], park_pk: int, day: date) -> dict[int, Decimal]:
    """{park: percent} of a project that stands in `park_pk` on `day`; unrounded, 100 in all.

    `agreed` are in the order of the transfers. A park to which the project came back holds its share and the rest.
    """
    shares: dict[int, Decimal] = {}
    rest = WHOLE
    for split in agreed:
        if split.runs_on(day):
            kept = rest * split.pct / WHOLE
            shares[split.owner_pk] = shares.get(split.owner_pk, Decimal(0)) + kept
            rest -= kept
    shares[park_pk] = shares.get(park_pk, Decimal(0)) + rest
    return shares
