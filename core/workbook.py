"""Tables for people who go on working in a spreadsheet: .xlsx and CSV in which no text can ever turn into a formula."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.dates import local_time
from core.money import to_large, to_yi

Kind = Literal["text", "count", "wan", "yi", "large", "percent", "day", "moment"]

LONGEST_TEXT = 32_767
ROWS_OF_A_SHEET = 1_048_576
_IN_UNIT: dict[str, Callable[[Decimal], Decimal]] = {"yi": to_yi, "large": to_large}
_EARLIEST_EXCEL_DAY = date(1900, 3, 1)
_LARGEST_EXCEL_NUMBER = Decimal(10) ** 15
_FORMATS: dict[str, str] = {
    "count": "#,##0",
    "wan": "#,##0.####",
    "yi": "0.0",
    "large": "0.0#",
    "percent": "0.0",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_WIDTHS: dict[str, int] = {
    "text": 24,
    "count": 10,
    "wan": 14,
    "yi": 12,
    "large": 12,
    "percent": 10,
    "day": 12,
    "moment": 17,
}
# A spreadsheet reads a cell with one of these in front as a formula (or lets a separator slip in).
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_STARTS_WITH_CARE = (*_STARTS_FORMULA, " ", "\u3000")
_CELLS_WITH_CARE = tuple(f",{start}" for start in _STARTS_WITH_CARE)
_CAREFUL_MARKS = re.compile(r"[\x00-\x1f\";\ufffe\uffff\ud800-\udfff]")
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff\U00010000-\U0010ffff]")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?)%?")


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` says how cells are stored and shown: "yi" takes 万元 and stores 亿元, "large" the unit of the language.

    Rates are in percent already.
    """

    header: str
    kind: Kind = "text"
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` may be a generator; it is read once. `above` and `notes` stand over and under the table, line by line."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = field(default=())
    above: Sequence[str] = field(default=())


def write_xlsx(target: BinaryIO | str, sheets: Iterable[Sheet]) -> int:
    """Write a workbook with constant memory and return the number of rows; too long a sheet goes on in another."""
    workbook = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    try:
        pages = _Pages(workbook)
        return sum(pages.write(sheet) for sheet in sheets)
    finally:
        workbook.close()


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with the mark Excel needs, CRLF, one piece per line; texts a spreadsheet would run get a ' in front."""
    yield b"\xef\xbb\xbf" + _csv_line(header)
    for row in rows:
        yield _csv_line(row)


class _Pages:
    """Writes sheets into one workbook, each format made once."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.titles: set[str] = set()
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.formats = {kind: workbook.add_format({"num_format": code}) for kind, code in _FORMATS.items()}

    def write(self, sheet: Sheet) -> int:
        rows, written, more = iter(sheet.rows), 0, True
        while more:
            count, more = self._write_page(sheet, rows)
            written += count
        return written

    def _write_page(self, sheet: Sheet, rows: Iterator[Sequence[Any]]) -> tuple[int, bool]:
        page = self.workbook.add_worksheet(self._free_title(sheet.title))
        head = len(sheet.above)
        for line, text in enumerate(sheet.above):
            page.write_string(line, 0, clean_text(text), self.title if line == 0 else None)
        self._write_head(page, head, sheet.columns)
        last, count, room = head, 0, ROWS_OF_A_SHEET - 1 - head - len(sheet.notes) - 1
        more = False
        for row in rows:
            last, count = last + 1, count + 1
            for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                self._write_cell(page, last, place, column.kind, value)
            if count == room:
                more = True
                break
        page.autofilter(head, 0, last, len(sheet.columns) - 1)
        if not more:
            for line, note in enumerate(sheet.notes, start=last + 2):
                page.write_string(line, 0, clean_text(note))
        return count, more

    def _write_head(self, page: Worksheet, line: int, columns: Sequence[Column]) -> None:
        page.freeze_panes(line + 1, 1)
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width or _WIDTHS[column.kind])
            page.write_string(line, place, clean_text(column.header), self.head)

    def _write_cell(self, page: Worksheet, line: int, place: int, kind: Kind, value: Any) -> None:
        if value is None or value == "":
            return
        stored = _stored(kind, value)
        if isinstance(stored, str):
            page.write_string(line, place, stored)
        elif isinstance(stored, date):
            page.write_datetime(line, place, stored, self.formats[kind])
        else:
            page.write_number(line, place, stored, self.formats[kind])

    def _free_title(self, wished: str) -> str:
        """A title Excel takes: short, without []:*?/\\ and unlike any other."""
        base = _NOT_IN_TITLES.sub(" ", wished).strip().strip("'") or "Sheet"
        base = "Sheet" if base.lower() == "history" else base
        title, number = base[:31], 1
        while title.lower() in self.titles:
            number += 1
            ending = f" ({number})"
            title = base[: 31 - len(ending)] + ending
        self.titles.add(title.lower())
        return title


def clean_text(value: Any) -> str:
    """A text both formats can hold: no lone surrogates, no control characters, not longer than a cell."""
    return _NOT_IN_CELLS.sub("\N{REPLACEMENT CHARACTER}", str(value))[:LONGEST_TEXT]


def _stored(kind: Kind, value: Any) -> str | int | Decimal | date:
    """What goes into the cell: a number or a day wherever Excel can hold it exactly, a text otherwise."""
    if kind in ("day", "moment") and isinstance(value, date):
        return _stored_day(kind, value)
    if kind != "text" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = _IN_UNIT[kind](Decimal(value)) if kind in _IN_UNIT else value
        return number if abs(number) < _LARGEST_EXCEL_NUMBER else f"{Decimal(number):f}"
    return clean_text(value)


def _stored_day(kind: Kind, value: date) -> str | date:
    if isinstance(value, datetime):
        value = local_time(value).replace(tzinfo=None)
    early = (value.date() if isinstance(value, datetime) else value) < _EARLIEST_EXCEL_DAY
    return value.isoformat() if early else value


def _csv_line(row: Sequence[Any]) -> bytes:
    """Nearly every line may be sent as it stands: that is seen by looking at the line, not at each of its cells."""
    line = ",".join([value if type(value) is str else _csv_cell(value) for value in row])
    if line.count(",") != len(row) - 1 or len(line) > LONGEST_TEXT or _needs_care(line):
        line = ",".join([_csv_cell(value) for value in row])
    return f"{line}\r\n".encode()


def _needs_care(line: str) -> bool:
    return (
        line.startswith(_STARTS_WITH_CARE)
        or _CAREFUL_MARKS.search(line) is not None
        or any(start in line for start in _CELLS_WITH_CARE)
    )


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local_time(value).isoformat(" ", "minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = clean_text(value)
    if text.lstrip(" \u3000").startswith(_STARTS_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        text = f"'{text}"
    if any(mark in text for mark in ',"\r\n;\t'):
        text = '"' + text.replace('"', '""') + '"'
    return text
