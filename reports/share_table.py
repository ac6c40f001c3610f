"""The report of shares as a table: its lines, its titles and what its figures mean; page, CSV and .xlsx share it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from core.money import large_unit, to_large
from core.workbook import Column
from reports import board_table
from reports.question import Question
from reports.share_board import Row, Shares


def title(question: Question) -> str:
    if question.park is None:
        return gettext("Shares of transferred projects")
    return gettext("Shares of transferred projects, %(park)s") % {"park": question.park.name}


def lines(found: Shares) -> list[Row]:
    """One line a park. A single park on top that has parks below says what the total says, so it gets none."""
    rows = found.rows
    if len(rows) > 1 and [row.depth for row in rows].count(0) == 1:
        return rows[1:]
    return rows


def definition(question: Question, *, has_demo: bool) -> list[str]:
    sentences = [
        gettext("Counted is what the board counts: every project where it stands, at full value, once in the zone."),
        gettext("Landed by transfer is the part of it that another park handed over, at full value."),
        gettext("Share kept is the handing park's percent of the indicators, while the years of the split run."),
        gettext("After the split = counted − shares owed + share kept; over the zone this adds up to the same total."),
        gettext("Of a project handed over twice, each transfer divides what the handing park still held."),
    ]
    if only := board_table.filter_line(question):
        sentences.append(only)
    if has_demo:
        sentences.append(gettext("Some of the projects are demo data."))
    return sentences


def columns() -> list[Column]:
    unit = large_unit()
    number, amount = gettext("projects"), unit
    found = [Column(gettext("Code"), width=14), Column(gettext("Park"), width=34), Column(gettext("Level"), "count")]
    for name in (gettext("Counted"), gettext("Own"), gettext("Landed by transfer"), gettext("Share kept")):
        found.append(Column(f"{name} · {number}", "count", 14))
        found.append(Column(f"{name} · {amount}", "large", 16))
    found.append(Column(f"{gettext('Shares owed')} · {amount}", "large", 16))
    found.append(Column(f"{gettext('After the split')} · {amount}", "large", 16))
    return found


def file_name(question: Question, ending: str) -> str:
    return board_table.file_name(question, ending, name=gettext("Shares of transferred projects"))


def sheet_rows(found: Shares, *, is_converted: bool = False) -> Iterator[list[Any]]:
    """The lines and the total. Amounts in 万元, or `is_converted` to the large unit for formats that cannot."""

    def amount(wan: Any) -> Any:
        return to_large(wan) if is_converted else wan

    shown = lines(found)
    least = min((row.depth for row in shown), default=0)
    for row in shown:
        cells: list[Any] = [row.park.code, row.park.name, row.depth - least + 1]
        for figure in (row.counted, row.own, row.landed, row.kept):
            cells += [figure.projects, amount(figure.total_wan)]
        yield [*cells, amount(row.given_wan), amount(row.apportioned_wan)]
    yield ["", gettext("Total"), None, found.total.projects, amount(found.total.total_wan), *[None] * 6, None, None]
