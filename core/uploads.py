"""What files may come in, judged by their content, and where they are kept: under their digest, never overwritten."""

import hashlib
import html
import os
import re
import tempfile
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import filetype
from django.conf import settings
from django.utils.translation import gettext
from PIL import Image, UnidentifiedImageError

from core.errors import RuleViolation

MEGABYTE = 1024 * 1024
LARGEST_UPLOAD = 20 * MEGABYTE
LARGEST_UNPACKED = 300 * MEGABYTE
LARGEST_PACKING_RATIO = 200
MOST_PARTS = 5000
MOST_PIXELS = 80_000_000

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# For the `accept` attribute of file inputs.
ACCEPTED_ENDINGS = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"

_KIND_OF_ENDING = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "docx": "docx", "xlsx": "xlsx"}
_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_DECLARATIONS = "[Content_Types].xml"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STORED_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(?=\1\2)[0-9a-f]{64}\.(?:pdf|jpeg|png|docx|xlsx)")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept. `name` is the sender's, made safe to show and to offer for download."""

    kind: str
    content_type: str
    sha256: str
    size: int
    name: str


def check_upload(file: Any) -> Checked:
    """Judge an uploaded file; RuleViolation says in a sentence why it is refused. Leaves the file at its beginning."""
    name = safe_name(getattr(file, "name", "") or "")
    sha256, size = _digest(file)
    if size == 0:
        raise _refusal(gettext("The file is empty."))
    if size > LARGEST_UPLOAD:
        raise _refusal(
            gettext("The file is larger than %(largest)s MB. Make it smaller or split it.")
            % {"largest": LARGEST_UPLOAD // MEGABYTE}
        )
    wished = _KIND_OF_ENDING.get(name.rpartition(".")[2].lower() if "." in name else "")
    kind = _kind_by_content(file)
    if wished is None or kind is None:
        raise _refusal(gettext("Only PDF, JPEG, PNG, .docx and .xlsx files are accepted."))
    if kind != wished:
        raise _refusal(
            gettext("The name ends in .%(ending)s, but the content is %(kind)s. Save it again in the right format.")
            % {"ending": name.rpartition(".")[2][:10], "kind": kind.upper()}
        )
    if kind in ("jpeg", "png"):
        _check_picture(file, kind)
    file.seek(0)
    return Checked(kind, CONTENT_TYPES[kind], sha256, size, name)


def store(file: Any, checked: Checked | None = None) -> str:
    """Keep the file and return its name for `stored_path`. The same content is kept once."""
    checked = checked or check_upload(file)
    name = f"{checked.sha256[:2]}/{checked.sha256[2:4]}/{checked.sha256}.{checked.kind}"
    target = stored_path(name)
    if target.exists():
        return name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            _copy(file, out)
            out.flush()
            os.fsync(out.fileno())
        # A hard link fails where the name is taken, so a stored file can never be replaced.
        os.link(temporary, target)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
        file.seek(0)
    return name


def stored_path(name: str) -> Path:
    """Where a stored file lies. SECURITY: any name not made by `store` is refused, so no path can lead elsewhere."""
    if not _STORED_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a stored file")
    return Path(settings.DOCUMENT_ROOT) / "files" / name


def safe_name(name: str) -> str:
    """The last part of a file name without control or direction characters, at most 120 characters, ending kept."""
    plain = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    plain = "".join(character for character in plain if unicodedata.category(character)[0] != "C").strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: 119 - len(ending)]}{dot}{ending}" if dot and len(ending) < 10 else plain[:120]


def _refusal(sentence: str) -> RuleViolation:
    return RuleViolation(fields={"file": sentence})


def _digest(file: Any) -> tuple[str, int]:
    """SHA-256 and true size; stops early where the file is too large anyway."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while size <= LARGEST_UPLOAD and (piece := file.read(MEGABYTE)):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size


def _copy(file: Any, out: IO[bytes]) -> None:
    file.seek(0)
    while piece := file.read(MEGABYTE):
        out.write(piece)


def _kind_by_content(file: Any) -> str | None:
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    if head.startswith(_OLD_OFFICE):
        raise _refusal(gettext("Old or password-protected Office files cannot be read. Save as .docx or .xlsx."))
    if head.startswith(b"PK"):
        return _office_kind(file)
    guessed = filetype.guess(head)
    return {"application/pdf": "pdf", "image/jpeg": "jpeg", "image/png": "png"}.get(guessed.mime if guessed else "")


def _office_kind(file: Any) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_archive(parts)
            _check_declared(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise _refusal(gettext("The file is damaged. Save it again.")) from None
    names = {part.filename for part in parts}
    kinds = [kind for part, kind in _MAIN_PARTS.items() if part in names]
    return kinds[0] if len(kinds) == 1 and _DECLARATIONS in names else None


def _check_archive(parts: list[zipfile.ZipInfo]) -> None:
    """Sizes are those the archive states; nothing is unpacked here."""
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or unpacked > LARGEST_PACKING_RATIO * max(packed, 1):
        raise _refusal(gettext("The file unpacks to far more than it should. Save it again without large empty areas."))
    if any(part.flag_bits & 1 for part in parts):
        raise _refusal(gettext("Files with a password cannot be read. Remove the password first."))
    names = [part.filename.lower().replace("\\", "/") for part in parts]
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in names):
        raise _macros()
    if any("/embeddings/" in name or "/activex/" in name for name in names):
        raise _embedded()


def _check_declared(archive: zipfile.ZipFile) -> None:
    """Office goes by the kind a part is declared to be, whatever its name."""
    try:
        with archive.open(_DECLARATIONS) as part:
            declared = part.read(MEGABYTE + 1)
    except KeyError:
        return
    if len(declared) > MEGABYTE or b"\0" in declared:
        # A longer one hides what is declared behind its end, UTF-16 hides it from the search; Office writes neither.
        raise _refusal(gettext("The file is damaged. Save it again."))
    declared = html.unescape(declared.decode("utf-8", "replace")).lower()
    if any(word in declared for word in ("macroenabled", "vbaproject", "macrosheet")):
        raise _macros()
    if any(word in declared for word in ("oleobject", "activex")):
        raise _embedded()


def _macros() -> RuleViolation:
    return _refusal(gettext("Files with macros are not accepted. Save the file without macros."))


def _embedded() -> RuleViolation:
    return _refusal(gettext("Files with other files inside them are not accepted. Save it as PDF."))


def _check_picture(file: Any, kind: str) -> None:
    """Reads the header only: a small file may claim to be a picture of a million million pixels."""
    file.seek(0)
    try:
        with Image.open(file, formats=[kind.upper()]) as picture:
            width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        width = height = MOST_PIXELS
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise _refusal(gettext("The picture is damaged. Save it again.")) from None
    if width * height > MOST_PIXELS:
        raise _refusal(
            gettext("The picture has more than %(most)s million pixels. Make it smaller.")
            % {"most": MOST_PIXELS // 1_000_000}
        )
