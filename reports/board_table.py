"""The board as a table: which lines stand in it and what its titles say; page, CSV and .xlsx share it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from core.dates import local_day, local_time
from core.money import exact_large, half_up, large_unit, to_large
from core.templatetags.units import long_day, moment, signed_count, signed_yi
from core.workbook import Column
from crm.models import Ownership
from parks.industries import label as industry_label
from parks.models import Park, ParkKind
from projects.lifecycle import Bucket
from projects.models import Basis
from projects.story import LOOKS
from reports.question import Question, Scope
from reports.stage_board import NOTHING, Board, Figure, Figures, Row

# What gathers parks is no park among parks: its bar would make all the others too short to compare.
GATHERING = (ParkKind.ZONE, ParkKind.GROUP)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, how it compares with the start of the year (None where nothing is compared) and its bar's length."""

    bucket: str
    figure: Figure
    change: Figure | None
    bar_pct: str

    @property
    def look(self) -> str:
        """The word by which stylesheets know the bucket."""
        return LOOKS[self.bucket]

    @property
    def compared(self) -> str:
        return "" if self.change is None else _change(self.change)

    @property
    def compared_in_words(self) -> str:
        if self.change is None:
            return ""
        if not self.change:
            return gettext("unchanged since year start")
        return gettext("vs. year start %(projects)s / %(amount)s") % {
            "projects": signed_count(self.change.projects),
            "amount": signed_yi(self.change.total_wan),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """`is_own` marks the line of what stands in a park itself, where its parts have lines of their own."""

    park: Park
    level: int
    cells: tuple[Cell, ...]
    is_own: bool = False

    @property
    def name(self) -> str:
        return gettext("%(park)s, outside its parks") % {"park": self.park.name} if self.is_own else self.park.name

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in the park, nor did at the start of the year."""
        return not any(cell.figure or cell.change for cell in self.cells)


def lines(board: Board, earlier: Board | None = None) -> list[Line]:
    """One line a park. A single park on top that has parks below is what the total says, so it gets none."""
    rows, before = board.rows, _by_park(earlier, "figures")
    if len(rows) < 2 or [row.depth for row in rows].count(0) > 1:
        return _lines(rows, before, top=0)
    root, rest = rows[0], rows[1:]
    found = _lines(rest, before, top=1)
    if any(root.own.values()):
        own_before = _by_park(earlier, "own")
        cells = _cells(root.own, own_before.get(root.park.pk), _largest(rest))
        found.append(Line(root.park, 0, cells, is_own=True))
    return found


def parted(found: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines to show, and the empty ones to fold away; where all are empty, nothing is folded."""
    full = [line for line in found if not line.is_empty]
    return (full, [line for line in found if line.is_empty]) if full else (found, [])


def total_cells(board: Board, earlier: Board | None = None) -> tuple[Cell, ...]:
    return _cells(board.total, earlier.total if earlier else None)


def _lines(rows: list[Row], before: dict[int, Figures], *, top: int) -> list[Line]:
    largest = _largest(rows)
    return [
        Line(
            row.park,
            row.depth - top,
            _cells(row.figures, before.get(row.park.pk), 0 if row.park.kind in GATHERING else largest),
        )
        for row in rows
    ]


def _by_park(board: Board | None, name: str) -> dict[int, Figures]:
    return {row.park.pk: getattr(row, name) for row in board.rows} if board else {}


def _largest(rows: list[Row]) -> Any:
    """The longest bar of the whole table, so that bars of all buckets can be compared."""
    parks = [row for row in rows if row.park.kind not in GATHERING]
    return max((figure.total_wan for row in parks for figure in row.figures.values()), default=0)


def _cells(figures: Figures, before: Figures | None, largest: Any = 0) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            bucket,
            figures[bucket],
            figures[bucket] - before.get(bucket, NOTHING) if before is not None else None,
            f"{half_up(figures[bucket].total_wan * 100 / largest, 1):f}%" if largest else "",
        )
        for bucket in Bucket.values
    )


def _change(change: Figure) -> str:
    if not change:
        return gettext("unchanged")
    return f"{signed_count(change.projects)} / {signed_yi(change.total_wan)}"


# ── titles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def title(question: Question) -> str:
    if question.park is None:
        return gettext("Projects of the parks by stage")
    return gettext("Projects of %(park)s by stage") % {"park": question.park.name}


def as_of_line(question: Question) -> str:
    """截至 which day, in which basis, as known when: said in every title."""
    basis = gettext("verified") if question.basis == Basis.VERIFIED else gettext("reported")
    known = gettext("by today's knowledge")
    if question.known_at is not None:
        known = gettext("as known on %(moment)s") % {"moment": _moment_of(question)}
    return gettext("As of %(day)s 24:00, %(basis)s, %(known)s") % {
        "day": long_day(question.as_of),
        "basis": basis,
        "known": known,
    }


def _moment_of(question: Question) -> str:
    if _is_day_s_end(question):
        return f"{long_day(local_day(question.known_at))} 24:00"
    return moment(question.known_at)


def _is_day_s_end(question: Question) -> bool:
    clock = local_time(question.known_at).time()
    return (clock.hour, clock.minute, clock.second) == (23, 59, 59)


def unit_line() -> str:
    return gettext("Unit: projects, %(unit)s") % {"unit": large_unit()}


def filter_line(question: Question) -> str:
    """What the figures are limited to, or an empty text."""
    parts = []
    if question.industry:
        parts.append(gettext("industry %(industry)s") % {"industry": industry_label(question.industry)})
    if question.ownership:
        parts.append(gettext("investor %(kind)s") % {"kind": Ownership(question.ownership).label})
    if question.min_total_wan:
        parts.append(gettext("size ≥ %(amount)s") % {"amount": exact_large(question.min_total_wan)})
    return gettext("Only: %(filters)s.") % {"filters": gettext(", ").join(parts)} if parts else ""


def definition(question: Question, scope: Scope, *, has_demo: bool) -> list[str]:
    """What counts, sentence by sentence; printed under every table."""
    verified = question.basis == Basis.VERIFIED
    sentences = [
        gettext(
            "Counted from the formal signing on, as verified by the counting side; framework agreements are left out."
        )
        if verified
        else gettext(
            "Counted from the formal signing on, as reported by the parks; framework agreements are left out."
        ),
        _on_completed(scope),
        gettext("Total investment is the agreed total; of a capital increase only the increment counts."),
        gettext("Source: reported by the parks, verified by the counting side.")
        if verified
        else gettext("Source: reported by the parks, not all of it verified yet."),
    ]
    if only := filter_line(question):
        sentences.append(only)
    if has_demo:
        sentences.append(gettext("Some of the projects are demo data."))
    return sentences


def _on_completed(scope: Scope) -> str:
    if not scope.without_completed:
        return gettext("Completed but not commissioned counts as under construction.")
    if len(scope.without_completed) == len(scope.parks):
        return gettext("Completed but not commissioned does not count as under construction.")
    return gettext("Whether completed but not commissioned counts as under construction differs by zone.")


# ── for spreadsheets ─────────────────────────────────────────────────────────────────────────────────────────────────


def columns() -> list[Column]:
    found = [Column(gettext("Code"), width=14), Column(gettext("Park"), width=34), Column(gettext("Level"), "count")]
    for bucket in Bucket:
        found.append(Column(f"{bucket.label} · {gettext('projects')}", "count", 14))
        found.append(Column(f"{bucket.label} · {large_unit()}", "large", 16))
    return found


def file_name(question: Question, ending: str, *, name: str = "") -> str:
    """Two files of one day tell by their names in which basis and by whose knowledge they are."""
    basis = gettext("verified") if question.basis == Basis.VERIFIED else gettext("reported")
    parts = [name or gettext("Park board"), question.as_of.isoformat(), basis]
    if question.known_at is not None:
        clock = "" if _is_day_s_end(question) else f" {local_time(question.known_at):%H%M}"
        parts.append(gettext("as known on %(moment)s") % {"moment": f"{local_day(question.known_at)}{clock}"})
    return f"{' '.join(parts)}.{ending}"


def sheet_rows(board: Board, *, is_converted: bool = False) -> Iterator[list[Any]]:
    """The lines and the total. Amounts in 万元, or `is_converted` to the large unit for formats that cannot."""
    for line in lines(board):
        yield [line.park.code, line.name, line.level + 1, *_sheet_cells(line.cells, is_converted=is_converted)]
    yield ["", gettext("Total"), None, *_sheet_cells(total_cells(board), is_converted=is_converted)]


def _sheet_cells(cells: tuple[Cell, ...], *, is_converted: bool) -> Iterator[Any]:
    for cell in cells:
        yield cell.figure.projects
        yield to_large(cell.figure.total_wan) if is_converted else cell.figure.total_wan
