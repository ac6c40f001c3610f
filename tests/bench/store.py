"""Fill the chosen database with the zone: migrate, copy the kept rows in one go, then make the indexes."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from core.search import index
from tests.bench.zone import TABLES, rows_file

MARK = "bench_zone"


def prepare() -> float:
    """The seconds it took; a database that holds these rows in this shape already is left as it is."""
    began = monotonic()
    settings.HOME.mkdir(parents=True, exist_ok=True)
    rows = rows_file(settings.HOME)
    mark = f"{rows.name} {_shape()}"
    if _marked() != mark:
        _empty()
        call_command("migrate", verbosity=0, interactive=False)
        (_fill_postgresql if connection.vendor == "postgresql" else _fill_sqlite)(rows)
        index.rebuild()
        _make_plain_intervals()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {MARK} (mark text)")
            cursor.execute(f"INSERT INTO {MARK} VALUES (%s)", [mark])
            # As production does: PostgreSQL looks at its tables by itself, SQLite never.
            if connection.vendor == "postgresql":
                cursor.execute("VACUUM ANALYZE")
    return monotonic() - began


def _shape() -> str:
    files = sorted(Path(settings.BASE_DIR).glob("*/migrations/0*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _marked() -> str:
    if MARK not in connection.introspection.table_names():
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mark FROM {MARK}")
        return (cursor.fetchone() or [""])[0]


def _empty() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['NAME']}{ending}").unlink(missing_ok=True)


def _fill_sqlite(rows: Path) -> None:
    connection.ensure_connection()
    raw = connection.connection
    tables = [model._meta.db_table for model in TABLES]
    indexes = raw.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL AND tbl_name IN {tuple(tables)}"
    ).fetchall()
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("ATTACH ? AS kept", [str(rows)])
    for name, _sql in indexes:
        raw.execute(f"DROP INDEX {name}")
    for table in tables:
        columns = _columns_of(raw, table)
        raw.execute("BEGIN")
        raw.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM kept.{table}")
        raw.execute("COMMIT")
    for _name, sql in indexes:
        raw.execute(sql)
    raw.execute("DETACH kept")
    connection.close()


def _fill_postgresql(rows: Path) -> None:
    kept = sqlite3.connect(rows)
    with connection.cursor() as cursor, _without_indexes(cursor):
        cursor.execute("SET session_replication_role = replica")
        for model in TABLES:
            table = model._meta.db_table
            columns = _columns_of(kept, table)
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for batch in _batches(kept, f"SELECT {columns} FROM {table}"):
                    copy.write("".join(map(_copy_line, batch)))
            key = model._meta.pk.column
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))"
            )
        cursor.execute("SET session_replication_role = DEFAULT")
    kept.close()


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Indexes and constraints made once over all rows cost a fraction of keeping them up row by row."""
    tables = tuple(model._meta.db_table for model in TABLES)
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename IN %s AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)".replace("%s", repr(tables))
    )
    indexes = cursor.fetchall()
    for name, _sql in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _name, sql in indexes:
        cursor.execute(sql)


def _columns_of(raw: sqlite3.Connection, table: str) -> str:
    schema = "kept." if any(row[1] == "kept" for row in raw.execute("PRAGMA database_list")) else ""
    return ", ".join(f'"{row[1]}"' for row in raw.execute(f"PRAGMA {schema}table_info({table})"))


def _batches(kept: sqlite3.Connection, sql: str) -> Iterator[list[tuple]]:
    cursor = kept.execute(sql)
    while batch := cursor.fetchmany(2000):
        yield batch


_SPECIAL = re.compile(r"[\\\t\n\r]")


def _copy_line(row: tuple) -> str:
    return "\t".join(r"\N" if value is None else _SPECIAL.sub(" ", str(value)) for value in row) + "\n"


def _make_plain_intervals() -> None:
    """What a board would read if nothing were ever corrected or verified later: the table behind two of the floors."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_intervals AS SELECT project_id, park_id, stage, total_wan, valid_from, valid_to"
            " FROM projects_projectstate WHERE basis = 'verified' AND known_to IS NULL"
        )
