"""What each page, list, report and export costs, measured beside its floor in the same run; `make bench` runs it.

Without arguments both databases are measured, one after the other, and docs/benchmarks.md is written. The name of a
database measures that one; `--only TEXT` keeps to the cases that contain the text and writes nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import report
from tests.services import DATABASE_VARIABLE

DATABASES = ("postgresql", "sqlite")
ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("database", nargs="?", choices=DATABASES)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    found = {
        database: _measured(database, asked.only) for database in ([asked.database] if asked.database else DATABASES)
    }
    if not asked.database and not asked.only:
        (ROOT / "docs" / "benchmarks.md").write_text(report.page(found), encoding="utf-8")
    print(report.table(found))


def _measured(database: str, only: str) -> dict:
    """In a process of its own: Django knows one set of settings."""
    if database == "postgresql" and not os.environ.get(DATABASE_VARIABLE):
        raise SystemExit(f"{DATABASE_VARIABLE} names no server: run this under python -m tests.services.")
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        environment = os.environ | {
            "YINFENG_BENCH_DATABASE": database,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        }
        command = [sys.executable, "-m", "tests.bench.run", result.name, only]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        return json.loads(Path(result.name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
