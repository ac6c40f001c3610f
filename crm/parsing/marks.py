"""What is recognised in a text: spans in the places of the text as pasted, and the text cut into its parts."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from core.script import plain

KINDS = ("company", "credit_code", "amount", "date", "industry", "park", "phone", "email", "person")

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_END_OF_SENTENCE = re.compile(r"[。!?;\n]")
_END_OF_CLAUSE = re.compile(r"[。!?;\n:]|,(?![0-9]{3})|(?<![0-9]),")


@dataclass(frozen=True, slots=True)
class Span:
    """One recognised thing from `start` to before `end`, counted in characters of the text as it was pasted.

    `value` is what it means, in one spelling: 60000.0000 (万元), 2024-03, C39, a park's code; "" where a rule sees what
    kind of thing it is but not its value. `unsure` asks a person to look. The rest belongs to some kinds only.
    """

    start: int
    end: int
    kind: str
    value: str
    text: str = ""
    unsure: bool = False
    qualifier: str = ""
    precision: str = ""
    role: str = ""
    asks: str = ""

    def __len__(self) -> int:
        return self.end - self.start

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(slots=True)
class Text:
    """A pasted text, its plain form of the same length, and where its blocks, sentences and clauses begin."""

    pasted: str
    plain: str = ""
    blocks: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A lone carriage return or an odd blank still separates as it does on screen.
        self.plain = plain(self.pasted).replace("\r", "\n").replace("\u2028", "\n").replace("\t", " ")
        self.blocks = self._starts(_BLANK_LINE)
        self.sentences = self._starts(_END_OF_SENTENCE)
        self.clauses = self._starts(_END_OF_CLAUSE)

    def _starts(self, end: re.Pattern[str]) -> list[int]:
        return [0, *(found.end() for found in end.finditer(self.plain)), len(self.plain) + 1]

    def _part(self, starts: list[int], place: int) -> tuple[int, int]:
        at = min(max(bisect_right(starts, place), 1), len(starts) - 1)
        return starts[at - 1], min(starts[at], len(self.plain))

    def block(self, place: int) -> tuple[int, int]:
        return self._part(self.blocks, place)

    def sentence(self, place: int) -> tuple[int, int]:
        return self._part(self.sentences, place)

    def clause(self, place: int) -> tuple[int, int]:
        return self._part(self.clauses, place)

    def each_sentence(self) -> Iterable[tuple[int, int]]:
        return ((start, min(end, len(self.plain))) for start, end in pairwise(self.sentences))

    def span(self, start: int, end: int, kind: str, value: str, **also: object) -> Span:
        return Span(start, end, kind, value, self.pasted[start:end], **also)  # type: ignore[arg-type]


def without_overlap(spans: Iterable[Span]) -> list[Span]:
    """In order of place; where two overlap the earlier kind of `_FIRST` wins, and of one kind the longer."""
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda each: (_FIRST.index(each.kind), -len(each), each.start)):
        places = range(span.start, span.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
    return sorted(kept, key=lambda each: each.start)


_FIRST = ("credit_code", "email", "phone", "amount", "date", "park", "company", "person", "industry")


def with_unsure(span: Span, asks: str) -> Span:
    return replace(span, unsure=True, asks=asks)


class Words:
    """Many words looked for at once, the longest at each place; the time depends on the text, not on their number."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for word, value in words:
            if len(word) > 1:
                self._by_start.setdefault(word[:2], []).append((word, value))
        for same_start in self._by_start.values():
            same_start.sort(key=lambda pair: -len(pair[0]))

    def at(self, text: str, place: int) -> tuple[str, str] | None:
        for word, value in self._by_start.get(text[place : place + 2], ()):
            if text.startswith(word, place):
                return word, value
        return None

    def find(self, text: str) -> Iterable[tuple[int, int, str]]:
        place = 0
        while place < len(text) - 1:
            found = self.at(text, place)
            if found:
                yield place, place + len(found[0]), found[1]
            place += len(found[0]) if found else 1
