"""Which kinds of record can be searched for, and what a record of each kind says of itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

MOST_KINDS = 16


@dataclass(frozen=True, slots=True)
class Description:
    """`names` are found by their pinyin as well, `texts` by their words. `scopes` are the parks in which, or above
    which, one sees the record. `family` is the record whose names it is found by besides its own, `lent` those names.
    """

    names: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    scopes: frozenset[int] = frozenset()
    family: int | None = None
    lent: tuple[str, ...] = ()
    lent_spoken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searchable:
    """`number` tells the kinds apart in the keys of the index and never changes. `describe` is asked for many rows of
    `model` at once, in a fixed number of queries."""

    kind: str
    number: int
    model: type[models.Model]
    describe: Callable[[list[Any]], Iterable[Description]]


_BY_KIND: dict[str, Searchable] = {}


def searchable(kind: str, number: int, model: type[models.Model]) -> Callable:
    """Register the function below it as what describes the rows of `model`."""

    def register(describe: Callable) -> Callable:
        numbers = {each.number: name for name, each in _BY_KIND.items()}
        if not 0 < number < MOST_KINDS or numbers.get(number, kind) != kind:
            raise ValueError(f"The number {number} of {kind} is taken or out of range")
        _BY_KIND[kind] = Searchable(kind, number, model, describe)
        return describe

    return register


def kinds() -> list[Searchable]:
    return sorted(_BY_KIND.values(), key=lambda each: each.number)


def of_kind(kind: str) -> Searchable:
    return _BY_KIND[kind]


def is_searchable(model: type[models.Model]) -> bool:
    return any(each.model is model for each in _BY_KIND.values())


def of_model(model: type[models.Model]) -> Searchable:
    return next(each for each in _BY_KIND.values() if each.model is model)
