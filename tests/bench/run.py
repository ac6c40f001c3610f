"""Measure everything on the one database that the settings name, and leave the figures as JSON."""

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import django


def main(target: str, only: str) -> None:
    # However this run is ended, the server it started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from tests.bench import store, zone

    seconds = store.prepare()
    call_command("collectstatic", interactive=False, verbosity=0)
    figures = []
    for figure in _figures(only):
        print(f"{connection.vendor}: {figure.case}: {figure.value:.1f} {figure.unit}", file=sys.stderr, flush=True)
        figures.append(figure.plain())
    found = {
        "vendor": connection.vendor,
        "version": _version(connection),
        "seconds_to_prepare": round(seconds),
        "day": timezone.localdate().isoformat(),
        "sizes": {
            "projects": zone.PROJECTS,
            "leads": zone.LEADS,
            "companies": zone.COMPANIES,
            "parks": zone.PARKS,
            **_counts(),
        },
        "figures": figures,
    }
    Path(target).write_text(json.dumps(found), encoding="utf-8")


def _figures(only: str) -> Iterator:
    from tests.bench import files, pages, totals, visit

    if only in ("", "totals"):
        yield from totals.measured()
    if only == "totals":
        return
    with visit.serving() as site:
        yield from pages.measured(site, only)
        if only in ("", "files"):
            yield from files.measured(site)


def _counts() -> dict[str, int]:
    from projects.models import ProjectState, StageChange

    return {"stage changes": StageChange.objects.count(), "states": ProjectState.objects.count()}


def _version(connection) -> str:
    if connection.vendor == "postgresql":
        number = connection.pg_version
        return f"{number // 10_000}.{number % 10_000}"
    return ".".join(map(str, connection.Database.sqlite_version_info))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
