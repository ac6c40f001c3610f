"""The index of all records: how it is kept in step with them, and how it is asked.

Verbs that change what a record is found by call `refresh` (or one of the smaller changes below it) in their own
transaction. A question gives keys of records; whoever shows them loads them with `visible_to`, so that an entry that
lags behind may hide a record but never show one.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.expressions import RawSQL

from core.privacy import veiled
from core.search.catalogue import MOST_KINDS, Description, Searchable, is_searchable, kinds, of_kind, of_model
from core.search.models import SearchEntry
from core.search.schema import FULL_TEXT, TABLE, VECTOR, drop_index, make_index
from core.search.tokens import Term, sounds, tails, terms, tokens

COLUMNS = ("id", "kind", "family_id", "own", "borrowed", "scope")
LISTED = 2000
"""Up to so many hits are given to a list as keys; beyond, as the question itself."""
CHUNK = 2000
POOL = 200
REMEMBERED = 400_000


# ── keeping it ───────────────────────────────────────────────────────────────────────────────────────────────────────


def refresh(*records: Any) -> None:
    """Describe these records (of one model) afresh. One query for the writing, and what `describe` asks."""
    if records:
        kind = of_model(type(records[0]))
        _write([_row(kind, record.pk, said) for record, said in zip(records, kind.describe([*records]), strict=True)])


def put(record: Any, said: Description) -> None:
    """As `refresh`, for a verb that knows already what there is to say."""
    _write([_row(of_model(type(record)), record.pk, said)])


def forget(record: Any) -> None:
    """The record is removed; nothing to do for one that is not searched for."""
    if is_searchable(type(record)):
        SearchEntry.objects.filter(id=_key(of_model(type(record)), record.pk)).delete()


def lend(record: Any, said: Description) -> None:
    """The names of `record` changed, by which its family is found too."""
    family = SearchEntry.objects.filter(family_id=record.pk).exclude(id=_key(of_model(type(record)), record.pk))
    family.update(borrowed=_borrowed(said.names, said.spoken))


def set_scope(record: Any, scopes: Iterable[int], *, along: Iterable[str] = ()) -> None:
    """The parks in which `record` is seen changed, and with them those of the kinds `along` of its family."""
    scopes, own = frozenset(scopes), of_model(type(record))
    moved = [own, *map(of_kind, along)]
    words = Case(
        *(When(kind=each.number, then=Value(_scope(each, scopes))) for each in moved), output_field=models.TextField()
    )
    SearchEntry.objects.filter(
        Q(id=_key(own, record.pk)) | Q(family_id=record.pk, kind__in=[each.number for each in moved[1:]])
    ).update(scope=words)


def rebuild(chunk: int = CHUNK) -> int:
    """Make the whole index again, in one transaction, and say how many records it holds."""
    number = 0
    # A company's names come up again with each of its leads, and pinyin is most of the work.
    borrowed = lru_cache(maxsize=REMEMBERED)(_borrowed)
    with transaction.atomic(), connection.cursor() as cursor:
        drop_index(cursor, connection.vendor)
        cursor.execute(f"DELETE FROM {TABLE}")
        for kind in kinds():
            for rows in _chunks(kind, chunk):
                said = zip(rows, kind.describe(rows), strict=True)
                _pour(cursor, [_row(kind, record.pk, each, borrowed) for record, each in said])
                number += len(rows)
        make_index(cursor, connection.vendor)
    return number


def is_empty() -> bool:
    return not SearchEntry.objects.exists()


def _chunks(kind: Searchable, size: int) -> Iterator[list[Any]]:
    after = 0
    while rows := list(kind.model._default_manager.filter(pk__gt=after).order_by("pk")[:size]):
        yield rows
        after = rows[-1].pk


def _row(kind: Searchable, pk: int, said: Description, borrowed: Callable[..., str] | None = None) -> tuple:
    # SECURITY: no number of a person may be read from the index, or guessed at through it, piece by piece.
    own = [token for text in (*said.names, *said.texts) for token in tokens(veiled(text))]
    own += [sound for name in said.spoken for sound in sounds(name, in_full=True)]
    own += [tail for phone in said.phones for tail in tails(phone)]
    lent = (borrowed or _borrowed)(said.lent, said.lent_spoken)
    return _key(kind, pk), kind.number, said.family, " ".join(own), lent, _scope(kind, said.scopes)


def _borrowed(names: Iterable[str], spoken: Iterable[str]) -> str:
    """Without full pinyin: a company has many leads, and initials are what people type."""
    found = [token for name in names for token in tokens(name)]
    return " ".join(found + [sound for name in spoken for sound in sounds(name, in_full=False)])


def _scope(kind: Searchable, scopes: Iterable[int]) -> str:
    return " ".join([kind.kind, *(f"{kind.kind}@{scope}" for scope in sorted(scopes))])


def _key(kind: Searchable, pk: int) -> int:
    return pk * MOST_KINDS + kind.number


def _write(rows: list[tuple]) -> None:
    entries = [SearchEntry(**dict(zip(COLUMNS, row, strict=True))) for row in rows]
    SearchEntry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["id"], update_fields=[*COLUMNS[2:]])


def _pour(cursor: Any, rows: list[tuple]) -> None:
    """Rows into the table as fast as the database takes them."""
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.executemany(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * 6)})", rows)


# ── asking it ────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(kind: str, typed: str, *, scopes: Iterable[int] | None, most: int) -> list[int]:
    """Keys of at most `most` records that hold all that was typed, newest first.

    `scopes` are the parks over which the asker's posts lie, None where nothing limits them. Among more than POOL hits
    PostgreSQL does not look for the newest, which would mean reading them all.
    """
    return find_each([kind], typed, scopes=scopes, most=most)[kind]


def find_each(asked: Iterable[str], typed: str, *, scopes: Iterable[int] | None, most: int) -> dict[str, list[int]]:
    """As `find` for several kinds, in one query."""
    found: dict[str, list[int]] = {kind: [] for kind in asked}
    question = terms(typed)
    if not question or (scopes is not None and not scopes):
        return found
    parts = [_question(question, _scope_words(kind, scopes), most) for kind in found]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _values in parts), [each for _sql, values in parts for each in values]
        )
        keys = sorted((key for (key,) in cursor.fetchall()), reverse=True)
    kind_of = {each.number: each.kind for each in kinds()}
    for key in keys:
        found[kind_of[key % MOST_KINDS]].append(key // MOST_KINDS)
    return {kind: keys[:most] for kind, keys in found.items()}


def _question(question: list[Term], scope: list[str], most: int) -> tuple[str, list[Any]]:
    """One part of the query of `find_each`: keys of entries."""
    if connection.vendor == "postgresql":
        sql, values = _entries(question, scope).values("id")[: max(most, POOL)].query.sql_with_params()
        return f"({sql})", [*values]
    newest = f"SELECT rowid FROM {FULL_TEXT} WHERE {FULL_TEXT} MATCH %s ORDER BY rowid DESC LIMIT %s"
    return f"SELECT * FROM ({newest})", [_match(question, scope), most]


def found_in(rows: models.QuerySet, kind: str, typed: str, *, scopes: Iterable[int] | None = None) -> models.QuerySet:
    """Those of `rows`, records of `kind`, that hold all that was typed. Asks the index at once."""
    scopes = None if scopes is None else frozenset(scopes)
    keys = find(kind, typed, scopes=scopes, most=LISTED + 1)
    if len(keys) <= LISTED:
        return rows.filter(pk__in=keys)
    question, scope = terms(typed), _scope_words(kind, scopes)
    if connection.vendor == "postgresql":
        return rows.filter(pk__in=_entries(question, scope).values(key=F("id") / MOST_KINDS))
    found = f"SELECT rowid / {MOST_KINDS} FROM {FULL_TEXT} WHERE {FULL_TEXT} MATCH %s"
    return rows.filter(pk__in=RawSQL(found, [_match(question, scope)]))


def _scope_words(kind: str, scopes: Iterable[int] | None) -> list[str]:
    return [kind] if scopes is None else [f"{kind}@{scope}" for scope in sorted(scopes)]


def _match(question: list[Term], scope: list[str]) -> str:
    """SQLite. Every word stands in quotes, so that none is taken for an operator."""
    return " AND ".join([*map(_phrase, question), f"scope : ({' OR '.join(map(_quoted, scope))})"])


def _phrase(term: Term) -> str:
    phrase = f"{{own borrowed}} : {_quoted(' '.join(term.tokens))}{' *' if term.is_begun else ''}"
    return f"({phrase} OR own : {_quoted(term.tail)})" if term.tail else phrase


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


class _Vector(Func):
    """Written as the index is, or PostgreSQL would not use it."""

    template = VECTOR.format("%(expressions)s")
    arg_joiner = " || ' ' || "
    output_field = models.TextField()


class _Matches(Func):
    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


def _entries(question: list[Term], scope: list[str]) -> models.QuerySet:
    """PostgreSQL. Its index knows which tokens there are but not beside which: longer phrases are looked at again."""
    words = [*map(_all_of, question), f"({' | '.join(map(_lexeme, scope))})"]
    found = SearchEntry.objects.filter(_Matches(_Vector("own", "borrowed", "scope"), Value(" & ".join(words))))
    for term in question:
        if len(term.tokens) > 1:
            text = " ".join(term.tokens)
            beside = Q(own__contains=text) | Q(borrowed__contains=text)
            found = found.filter(beside | Q(own__contains=term.tail) if term.tail else beside)
    return found


def _all_of(term: Term) -> str:
    words = [*map(_lexeme, term.tokens)]
    if term.is_begun:
        words[-1] += ":*"
    together = f"({' & '.join(words)})"
    return f"({together} | {_lexeme(term.tail)})" if term.tail else together


def _lexeme(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
