"""Hands out stored files: always as attachment, never inline."""

from __future__ import annotations

from django.http import FileResponse

from leitstand.core.base.errors import NotFound
from leitstand.core.files import store
from leitstand.core.files.models import StoredFile


def attachment(row: StoredFile) -> FileResponse:
    """Return the file as attachment; the caller has checked who may have it."""
    path = store.path_of(row.sha256)
    if not path.is_file():
        raise NotFound
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=row.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
