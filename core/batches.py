"""What one person did in one go: each deed recorded inside a batch carries its id and can be taken back with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4


@dataclass(slots=True)
class Batch:
    """`entries` are the deeds recorded so far, in their order; those of a transaction that failed are among them."""

    id: UUID = field(default_factory=uuid4)
    entries: list[Any] = field(default_factory=list)


_open: ContextVar[Batch | None] = ContextVar("open_batch", default=None)


@contextmanager
def batch(known: UUID | None = None) -> Iterator[Batch]:
    """Give all deeds recorded inside one id. A batch inside a batch is the outer one.

    `known` goes on with the id of work that was interrupted.
    """
    if (outer := _open.get()) is not None:
        yield outer
        return
    opened = Batch(known) if known else Batch()
    token = _open.set(opened)
    try:
        yield opened
    finally:
        _open.reset(token)


def open_batch() -> Batch | None:
    """The batch in which a deed is being done; None outside any."""
    return _open.get()
