"""Gather every text a user reads and keep the one Chinese catalogue complete; needs no system gettext."""

import fcntl
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")
TEMPLATE_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# A fixed date: the catalogue changes when a text changes, not each time it is written.
DATED = datetime(2026, 1, 1, tzinfo=UTC)

Key = tuple[str, str | None]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time rewrite the catalogue in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def key_of(message: Message) -> Key:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return singular, message.context


def translation_of(message: Message) -> str:
    """The Chinese text; Chinese has one form for every number."""
    forms = message.string or ""
    return forms if isinstance(forms, str) else forms[0] or ""


def empty(locale: str) -> Catalog:
    return Catalog(
        locale,
        project="Yinfeng",
        last_translator="Yinfeng",
        header_comment="# The Chinese of Yinfeng. Written by `manage.py messages`; translate here or with its --fill.",
        fuzzy=False,
        creation_date=DATED,
        revision_date=DATED,
    )


def extracted(root: Path, *, code: list[Path], templates: list[Path], locale: str) -> Catalog:
    """Every text in the Python files under `code` and the templates under `templates`, not yet translated."""
    catalogue = empty(locale)
    for file in _files(code, {".py"}):
        _add(catalogue, file.relative_to(root), file.read_bytes())
    for file in _files(templates, {".html", ".txt"}):
        # Inside parentheses Python's tokenizer does not mind how the template is indented.
        source = "(" + templatize(file.read_text(encoding="utf-8"), origin=str(file)) + "\n)"
        _add(catalogue, file.relative_to(root), source.encode())
    return catalogue


def merged(catalogue: Catalog, kept: Catalog, filled: dict[str, str]) -> tuple[Catalog, list[str]]:
    """`catalogue` with the translations of `kept` and then `filled`; also the keys of `filled` nothing asks for.

    Translations without a text any more stay as obsolete entries, so that a text which comes back finds its own.
    """
    known = {key_of(message): message for message in [*kept.obsolete.values(), *kept] if message.id}
    asked = {_plain(text): translation for text, translation in filled.items()}
    for message in catalogue:
        if not message.id:
            continue
        old = known.pop(key_of(message), None)
        new = asked.pop(key_of(message)[0], None)
        if new is not None:
            message.string = _plain(new) if message.python_format else new
        elif old is not None and not old.fuzzy:
            message.string = translation_of(old)
        if message.pluralizable:
            message.string = (translation_of(message),)
    for key, message in known.items():
        message.locations = []
        catalogue.obsolete[key] = message
    return catalogue, sorted(asked)


def faults(catalogue: Catalog) -> list[str]:
    """What keeps the Chinese from being complete: missing, uncertain, or with other placeholders than the English."""
    return [
        f"{fault}: {key_of(message)[0]!r} ({', '.join(sorted({place for place, _ in message.locations}))})"
        for message in catalogue
        if message.id and (fault := _fault(message))
    ]


def read(file: Path, locale: str) -> Catalog:
    if not file.exists():
        return empty(locale)
    with file.open("rb") as handle:
        return read_po(handle, locale=locale)


def write(catalogue: Catalog, file: Path, *, keep_obsolete: bool) -> bool:
    """Write `file` where its content changes, and say whether it did."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=not keep_obsolete)
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.read_bytes() == buffer.getvalue():
        return False
    _replace(file, buffer.getvalue())
    return True


def compile_catalogue(file: Path) -> None:
    buffer = io.BytesIO()
    write_mo(buffer, read(file, file.parent.parent.name))
    _replace(file.with_suffix(".mo"), buffer.getvalue())


def _replace(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(file)


def _files(folders: list[Path], suffixes: set[str]) -> list[Path]:
    found = (file for folder in folders for file in folder.rglob("*") if file.suffix in suffixes)
    return sorted(file for file in found if "migrations" not in file.parts)


def _add(catalogue: Catalog, place: Path, source: bytes) -> None:
    options = {"encoding": "utf-8"}
    for line, text, _comments, context in extract("python", io.BytesIO(source), KEYWORDS, (), options):
        catalogue.add(text, locations=[(place.as_posix(), line)], context=context)


def _plain(text: str) -> str:
    """A text as people copy it from a template, `{{ name }}`, in the catalogue's form, `%(name)s`."""
    return TEMPLATE_VARIABLE.sub(r"%(\1)s", text)


def _fault(message: Message) -> str:
    string = translation_of(message)
    if not string:
        return "missing"
    if message.fuzzy:
        return "uncertain"
    # A singular may leave out the number, so the longer of the two English forms decides.
    english = message.id if isinstance(message.id, str) else message.id[-1]
    return "" if set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(string)) else "other placeholders"
