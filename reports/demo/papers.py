"""Evidence for the demo: one small PDF for each kind of document, which says that it is none."""

from functools import cache

from django.core.files.base import ContentFile

from projects.lifecycle import DocumentKind


def paper(kind):
    """A file to attach as a document of `kind`. Alike for all projects, so the store keeps it once."""
    kind = DocumentKind(kind)
    return ContentFile(_pdf(f"Yinfeng demo data: {kind.name.replace('_', ' ').lower()}"), f"{kind.label}.pdf")


@cache
def _pdf(line):
    """A valid PDF of one A4 page with one line of Latin text."""
    text = f"BT /F1 18 Tf 72 760 Td ({line}) Tj 0 -28 Td /F1 11 Tf (Not a real document.) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Length {len(text)}>>\nstream\n{text}\nendstream",
    )
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\n"
    return f"{body}{end}startxref\n{len(body)}\n%%EOF\n".encode("ascii")
