"""The measured figures as a table in the terminal and as a page of the documentation."""

import os
import platform
from typing import Any

from tests.bench.figures import Figure

_SHOWN = ("kB", "queries")
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
HEAD = "| case | value | floor | ratio | goal | queries | kB | met |\n|---|---|---|---|---|---|---|---|"
_PAGE = """# Benchmarks

Written by `make bench`; do not edit by hand. Absolute times mean little on a machine that others use as well, so every
figure is a ratio to a floor that was measured in turns with it, in the same run, on the same server and rows.

{machine}. Rows: {sizes}.
Pages are asked over loopback from gunicorn with two sync workers, settings of production, by people signed in: an
officer of 22 of the 200 parks, and, where the case says "all parks", a manager who sees everything. Medians.

Floors: an empty view; a view with `select 1`; an HTML and a JSON list of 50 projects in one query, without sign-in,
scope, filters or page around it; bare SQL over a plain table of intervals (board), of month-end totals (trend) and over
the running sum of all moves (trend with stale totals); Python's `csv.writer` and XlsxWriter fed from memory.
PostgreSQL runs without fsync here, as in the tests, so its writes are cheaper than on a real server.

{tables}
"""


def page(found: dict[str, Any]) -> str:
    sizes = ", ".join(f"{number:,} {name}" for name, number in next(iter(found.values()))["sizes"].items())
    return _PAGE.format(machine=_machine(found), sizes=sizes, tables=table(found))


def table(found: dict[str, Any]) -> str:
    parts = []
    for database, result in found.items():
        figures = [Figure(**figure) for figure in result["figures"]]
        judged = [figure for figure in figures if figure.is_judged]
        met = sum(figure.is_met for figure in judged)
        parts.append(f"## {NAMES[database]} {result['version']}: {met} of {len(judged)} goals met\n")
        parts.append("\n".join([HEAD, *map(_line, figures)]) + "\n")
    return "\n".join(parts).strip()


def _line(figure: Figure) -> str:
    floor = f"{_short(figure.floor)} {figure.floor_name}" if figure.floor else ""
    cells = [
        figure.case,
        f"{_short(figure.value)} {figure.unit}",
        floor,
        f"{figure.ratio:.2f} ×" if figure.ratio else "",
        _goal(figure),
        "" if figure.queries is None else str(figure.queries),
        "" if figure.kilobytes is None else f"{figure.kilobytes:,.0f}",
        _verdict(figure),
    ]
    return f"| {' | '.join(cells)} |"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _goal(figure: Figure) -> str:
    parts = [f"≤ {figure.limit:g} ×"] if figure.limit is not None else []
    parts += [f"≤ {most:g} {what}" for what, _value, most in figure.ceilings]
    return ", ".join(parts)


def _verdict(figure: Figure) -> str:
    if not figure.is_judged:
        return ""
    besides = [f"{_short(value)} {what}" for what, value, most in figure.ceilings if value > most or what not in _SHOWN]
    return ", ".join(["yes" if figure.is_met else "**no**", *besides])


def _machine(found: dict[str, Any]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{NAMES[database]} {result['version']}" for database, result in found.items())
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} on {platform.machine()}, "
        f"Python {platform.python_version()}, {versions}; {next(iter(found.values()))['day']}"
    )
