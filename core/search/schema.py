"""What the index needs beyond a table: full text of SQLite kept up by triggers, or an index of PostgreSQL.

A migration that alters the table of SearchEntry must call `make_index` afterwards: SQLite makes such a table anew and
drops its triggers.
"""

from typing import Any

TABLE, FULL_TEXT = "core_searchentry", "core_search_text"
COLUMNS = "own, borrowed, scope"

VECTOR = "array_to_tsvector(array_remove(string_to_array({}, ' '), ''))"
"""PostgreSQL: tokens as they are, without a parser that would cut them its own way."""

# Never "trigram": it silently finds nothing for two characters.
_SQLITE_TABLE = f"""CREATE VIRTUAL TABLE IF NOT EXISTS {FULL_TEXT} USING fts5(
    {COLUMNS}, content='{TABLE}', content_rowid='id', tokenize="unicode61 remove_diacritics 0 tokenchars '@#'")"""
_OUT = (
    f"INSERT INTO {FULL_TEXT}({FULL_TEXT}, rowid, {COLUMNS}) "
    "VALUES ('delete', old.id, old.own, old.borrowed, old.scope);"
)
_IN = f"INSERT INTO {FULL_TEXT}(rowid, {COLUMNS}) VALUES (new.id, new.own, new.borrowed, new.scope);"
_TRIGGERS = {"INSERT": _IN, "DELETE": _OUT, "UPDATE": f"{_OUT} {_IN}"}


def make_index(cursor: Any, vendor: str) -> None:
    """Over whatever the table holds. Nothing happens where it is there already."""
    if vendor == "postgresql":
        parts = " || ' ' || ".join(COLUMNS.split(", "))
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {FULL_TEXT} ON {TABLE} USING gin (({VECTOR.format(parts)})) "
            "WITH (fastupdate = off)"
        )
        return
    cursor.execute(f"SELECT count(*) FROM sqlite_master WHERE name = '{FULL_TEXT}'")
    is_new = not cursor.fetchone()[0]
    cursor.execute(_SQLITE_TABLE)
    for deed, body in _TRIGGERS.items():
        name = f"{FULL_TEXT}_{deed.lower()}"
        cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {deed} ON {TABLE} BEGIN {body} END")
    if is_new:
        cursor.execute(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}) VALUES ('rebuild')")


def drop_index(cursor: Any, vendor: str) -> None:
    """A large change is made without it; then nothing is found until it is made again."""
    if vendor == "postgresql":
        cursor.execute(f"DROP INDEX IF EXISTS {FULL_TEXT}")
        return
    for deed in _TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {FULL_TEXT}_{deed.lower()}")
    cursor.execute(f"DROP TABLE IF EXISTS {FULL_TEXT}")
