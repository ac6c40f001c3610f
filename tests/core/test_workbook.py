import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from core import workbook
from core.workbook import Column, Sheet, csv_rows, write_xlsx

COLUMNS = [
    Column("Name"),
    Column("Total", "yi"),
    Column("Projects", "count"),
    Column("On", "day"),
    Column("At", "moment"),
]
STARTS = ["=", "+", "-", "@", "\t", "\r", " =", "＝", '"=', "\n="]
NASTY = st.text(max_size=40) | st.builds("".join, st.tuples(st.sampled_from(STARTS), st.text(max_size=20)))


def written(*sheets):
    target = io.BytesIO()
    write_xlsx(target, sheets)
    return target


def read_back(target):
    return openpyxl.load_workbook(io.BytesIO(target.getvalue()))


def test_a_workbook_keeps_numbers_as_numbers_and_days_as_days():
    row = ["融安光电", Decimal("13514000.0000"), 50, date(2024, 3, 31), datetime(2024, 3, 31, 4, 0, tzinfo=UTC)]

    book = read_back(written(Sheet("Board", COLUMNS, [row, [None] * 5], notes=["As of 31 March."])))

    page = book["Board"]
    assert [cell.value for cell in page[1]] == ["Name", "Total", "Projects", "On", "At"]
    assert [cell.value for cell in page[2]] == [
        "融安光电", 1351.4, 50, datetime(2024, 3, 31), datetime(2024, 3, 31, 12, 0)  # noqa: DTZ001
    ]  # fmt: skip
    assert [cell.number_format for cell in page[2]][1:] == ["0.0", "#,##0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert [cell.value for cell in page[3]] == [None] * 5
    assert page["A5"].value == "As of 31 March."
    assert page["A1"].font.bold
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == "A1:E3"


def test_what_excel_cannot_hold_as_a_number_or_day_stays_readable_text():
    book = read_back(written(Sheet("x", [Column("n", "count"), Column("d", "day")], [[10**17, date(1899, 12, 31)]])))

    assert [cell.value for cell in book["x"][2]] == ["1" + "0" * 17, "1899-12-31"]


def test_titles_that_excel_refuses_are_mended_and_kept_apart():
    book = read_back(
        written(*(Sheet(title, COLUMNS, []) for title in ["a/b:c", "A b c", "x" * 40, "x" * 40, "", "History"]))
    )

    assert book.sheetnames == ["a b c", "A b c (2)", "x" * 31, "x" * 27 + " (2)", "Sheet", "Sheet (2)"]


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 6)

    target = io.BytesIO()
    count = write_xlsx(target, [Sheet("n", [Column("n", "count")], ([n] for n in range(7)), notes=["end"])])

    book = read_back(target)
    assert count == 7
    assert book.sheetnames == ["n", "n (2)", "n (3)"]
    numbers = [
        row[0] for page in book for row in page.iter_rows(min_row=2, values_only=True) if isinstance(row[0], int)
    ]
    assert numbers == list(range(7))
    assert [cell.value for cell in book["n (3)"]["A"]][-1] == "end"


@settings(max_examples=60, deadline=None)
@given(st.lists(NASTY, min_size=1, max_size=4))
def test_no_text_becomes_a_formula_or_a_link_in_a_workbook(texts):
    target = written(Sheet(texts[0], [Column(text) for text in texts], [texts], notes=texts))

    with zipfile.ZipFile(target) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "<f " not in page
    assert "hyperlink" not in page
    for cell in read_back(target).worksheets[0][2]:
        assert cell.value is None or cell.data_type in ("s", "inlineStr")


@given(st.lists(NASTY, min_size=2, max_size=4))
def test_no_cell_of_a_csv_starts_a_formula_and_none_is_lost(texts):
    line = b"".join(csv_rows(texts, [texts]))

    assert line.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(line.decode("utf-8-sig"), newline="")))
    assert len(rows) == 2
    assert all(len(row) == len(texts) for row in rows)
    for cell, text in zip(rows[1], texts, strict=True):
        assert cell.removeprefix("'") == workbook.clean_text(text).removeprefix("'")
        if not re.fullmatch(r"[+-][0-9.,]+%?", cell):
            assert not cell.lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋"))


def test_csv_writes_numbers_days_and_negative_amounts_plainly():
    lines = b"".join(
        csv_rows(
            ["a"],
            [[Decimal("-3.5000"), 7, date(2024, 3, 31), datetime(2024, 3, 31, 4, tzinfo=UTC), None, "-3.5", "-x"]],
        )
    ).decode("utf-8-sig")

    assert lines == "a\r\n-3.5000,7,2024-03-31,2024-03-31 12:00,,-3.5,'-x\r\n"


def test_csv_is_made_while_it_is_sent():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    pieces = csv_rows(["n"], rows())
    next(pieces)
    assert asked == []
    next(pieces)
    assert asked == [0]
