"""What people hold, kind by kind, so that one verb can hand all of it over. Higher apps register kinds of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind. `rows(person)` are those the person holds now, with their park; `locked(pk)` is one of them, locked.

    `held_by(row)` is its holder's key. `verb` is what a successor must be allowed in the row's park. `pass_on` gives
    the row to somebody and `take_back` undoes exactly that; both return it with its new version.
    """

    kind: str
    name: Any
    verb: str
    page: str
    rows: Callable[..., Any]
    locked: Callable[..., Any]
    held_by: Callable[..., int | None]
    pass_on: Callable[..., Any]
    take_back: Callable[..., Any]


_kinds: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _kinds[holding.kind] = holding


def kinds() -> list[Holding]:
    return [_kinds[kind] for kind in sorted(_kinds)]


def kind_of(name: str) -> Holding:
    return _kinds[name]
