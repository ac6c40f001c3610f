"""One measured figure: taken in turns with its floor, so that a busy machine slows both, and judged by their ratio."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

SECONDS = 6.0
MOST, LEAST = 60, 5


@dataclass
class Figure:
    """`limit` is the largest ratio that meets the goal; `ceilings` hold (what, value, most) judged besides."""

    case: str
    value: float
    unit: str = "ms"
    floor: float | None = None
    floor_name: str = ""
    limit: float | None = None
    queries: int | None = None
    kilobytes: float | None = None
    ceilings: list[tuple[str, float, float]] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def is_judged(self) -> bool:
        return self.limit is not None or bool(self.ceilings)

    @property
    def is_met(self) -> bool:
        fast = self.limit is None or self.ratio is None or self.ratio <= self.limit
        return fast and all(value <= most for _what, value, most in self.ceilings)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def in_turns(case: Callable[[], Any], floor: Callable[[], Any], *, seconds: float = SECONDS) -> tuple[float, float]:
    """The medians of both in milliseconds, one after the other until the time is up."""
    for each in (case, floor):
        each()
        each()
    until = time.perf_counter() + seconds
    cases: list[float] = []
    floors: list[float] = []
    while len(cases) < MOST and (len(cases) < LEAST or time.perf_counter() < until):
        cases.append(_took(case))
        floors.append(_took(floor))
    return statistics.median(cases) * 1000, statistics.median(floors) * 1000


def _took(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
