"""How a kept file is handed out, whoever it belongs to; whether the viewer may have it is asked before."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from core.uploads import stored_path

SHOWN_IN_BROWSER = ("application/pdf", "image/jpeg", "image/png")


def file_answer(request: HttpRequest, document: Any) -> HttpResponse:
    """SECURITY: the only way to the bytes. The type is what we found in them, never what the sender said.

    `document` has `stored_name`, `content_type`, `sha256` and `title`.
    """
    etag = f'"{document.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = _bytes_of(request, document)
        response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=300"
    return response


def _bytes_of(request: HttpRequest, document: Any) -> FileResponse:
    path = stored_path(document.stored_name)
    if not path.exists():
        raise Http404
    shown = document.content_type in SHOWN_IN_BROWSER and "download" not in request.GET
    title, ending = document.title, path.suffix
    name = title if title.lower().endswith(ending) else f"{title}{ending}"
    return FileResponse(path.open("rb"), as_attachment=not shown, filename=name, content_type=document.content_type)
