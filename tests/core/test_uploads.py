import io
import os
import stat
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core import uploads
from core.errors import RuleViolation
from core.uploads import check_upload, safe_name, store, stored_path


@pytest.fixture(autouse=True)
def document_root(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"
    return settings.DOCUMENT_ROOT


def picture(kind):
    out = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(out, kind)
    return out.getvalue()


def office(main, *more, content=b"<x/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main, *more):
            archive.writestr(name, content)
    return out.getvalue()


def png_that_claims(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GOOD = {
    "permit.pdf": ("pdf", PDF),
    "photo.JPG": ("jpeg", picture("JPEG")),
    "photo.jpeg": ("jpeg", picture("JPEG")),
    "plan.png": ("png", picture("PNG")),
    "contract.docx": ("docx", office("word/document.xml")),
    "list.xlsx": ("xlsx", office("xl/workbook.xml")),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_files_people_really_have_are_accepted(name):
    kind, content = GOOD[name]
    file = SimpleUploadedFile(name, content, content_type="text/html")

    checked = check_upload(file)

    assert (checked.kind, checked.size, checked.name) == (kind, len(content), name)
    assert checked.content_type == uploads.CONTENT_TYPES[kind]
    assert file.read() == content


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"", "empty"),
        ("a.exe", b"MZ\x90\x00", "Only PDF"),
        ("a.pdf", b"hello", "Only PDF"),
        ("a", PDF, "Only PDF"),
        ("a.html", b"<script>", "Only PDF"),
        ("a.svg", b"<svg/>", "Only PDF"),
        ("a.png", PDF, "ends in .png, but the content is PDF"),
        ("a.pdf", picture("PNG"), "ends in .pdf, but the content is PNG"),
        ("a.xlsx", office("word/document.xml"), "ends in .xlsx, but the content is DOCX"),
        ("a.docx", office("evil.txt"), "Only PDF"),
        ("a.docx", b"PK\x03\x04 torn", "damaged"),
        ("a.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        ("a.xlsm", office("xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        ("a.xlsx", office("xl/workbook.xml", content=b"0" * 9_000_000), "unpacks to far more"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Old or password-protected"),
        ("a.png", png_that_claims(20_000, 20_000), "pixels"),
        ("a.png", png_that_claims(10_000, 9_000), "pixels"),
        ("a.png", b"\x89PNG\r\n\x1a\n torn", "damaged"),
    ],
)
def test_other_files_are_refused_with_a_sentence_beside_the_field(name, content, sentence, document_root):
    with pytest.raises(RuleViolation, match=sentence) as refusal:
        store(SimpleUploadedFile(name, content))

    assert list(refusal.value.fields) == ["file"]
    assert not document_root.exists()


def test_a_file_at_the_limit_is_accepted_and_one_byte_more_is_not(monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", len(PDF))

    assert check_upload(SimpleUploadedFile("a.pdf", PDF)).size == len(PDF)
    with pytest.raises(RuleViolation, match="larger than"):
        check_upload(SimpleUploadedFile("a.pdf", PDF + b"\n"))


def test_the_same_content_is_kept_once_and_never_replaced(document_root):
    first = store(SimpleUploadedFile("a.pdf", PDF))
    written_at = stored_path(first).stat().st_mtime_ns
    second = store(SimpleUploadedFile("other name.pdf", PDF))

    assert first == second
    assert stored_path(first).read_bytes() == PDF
    assert stored_path(first).stat().st_mtime_ns == written_at
    assert [path.name for path in document_root.rglob("*") if path.is_file()] == [stored_path(first).name]
    assert stat.S_IMODE(stored_path(first).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "",
        "aa/bb/" + "c" * 64 + ".pdf",
        "aa/bb/aabb" + "c" * 60 + ".html",
        "aa/bb/../x",
    ],
)
def test_no_made_up_name_leads_to_a_file(name):
    with pytest.raises(ValueError, match="not the name"):
        stored_path(name)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("..\\..\\evil.pdf", "evil.pdf"),
        ("/tmp/evil.pdf", "evil.pdf"),
        ("a\x00b\u202efdp.exe", "abfdp.exe"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("...", ""),
    ],
)
def test_a_name_is_made_safe_to_show(sent, shown):
    assert safe_name(sent) == shown


@pytest.mark.parametrize(
    ("declared", "parts", "said"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", (), "macros"),
        ("application/vnd.ms-excel.sheet.macro&#69;nabled.main+xml", (), "macros"),
        ("application/vnd.ms-office.vbaProject", (), "macros"),
        ("application/vnd.ms-excel.macrosheet+xml", (), "macros"),
        ("", ("xl/macrosheets/sheet1.xml",), "macros"),
        ("application/vnd.openxmlformats-officedocument.oleObject", (), "inside them"),
        ("", ("xl/embeddings/oleObject1.bin",), "inside them"),
        ("x" * 1_100_000, (), "damaged"),
        ("\0m\0a\0c\0r\0o", (), "damaged"),
    ],
    ids=lambda given: str(given)[-20:],
)
def test_what_office_would_run_or_unpack_is_refused_however_its_parts_are_named(declared, parts, said):
    # Noise beside the long one keeps the packing ratio out of the matter.
    noise = os.urandom(9000).hex()
    content = office("xl/workbook.xml", *parts, content=f"<Types>{declared}{noise}</Types>".encode())

    with pytest.raises(RuleViolation, match=said):
        check_upload(SimpleUploadedFile("list.xlsx", content))


def test_an_archive_whose_declarations_cannot_be_unpacked_is_damaged():
    content = bytearray(office("xl/workbook.xml", content=b"<x/>" * 50))
    start = content.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    content[start : start + 6] = b"\xff" * 6

    with pytest.raises(RuleViolation, match="damaged"):
        check_upload(SimpleUploadedFile("list.xlsx", bytes(content)))
