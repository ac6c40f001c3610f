"""How a piece of text is looked for in columns."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

FEW = 500
_LAST_CHARACTER = "\U0010ffff"


def containing(column: str, text: str) -> Q:
    """Upper and lower case count as one only where the text has any: for Chinese the plain comparison costs half."""
    return Q(**{f"{column}__icontains" if _has_case(text) else f"{column}__contains": text})


def starting(column: str, text: str) -> Q:
    """Rows whose `column` begins with `text`, upper and lower case apart, found through the index on that column.

    SQLite uses an index for a range but not for LIKE; PostgreSQL has one made for LIKE, but sorts by its own order.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": f"{text}{_LAST_CHARACTER}"})
    return Q(**{f"{column}__startswith": text})


def few_keys(rows: QuerySet, most: int = FEW) -> list[Any] | None:
    """The keys of `rows`, or None where there are more than `most`. Asks the database at once.

    A search looks through whole tables. Done first and once, it need not be done again for the page, the number and the
    sum, and databases see how little it found instead of guessing.
    """
    keys = list(rows.order_by().values_list("pk", flat=True)[: most + 1])
    return keys if len(keys) <= most else None


def keys_of(rows: QuerySet) -> Any:
    """For a condition that names other rows: their keys where they are few, else the query for them."""
    keys = few_keys(rows)
    return rows.values("pk") if keys is None else keys


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()
