"""Rows of a table as a file to download."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify

from leitstand.core.base import clock
from leitstand.core.tables import writing
from leitstand.core.tables.columns import Table
from leitstand.core.tables.pastday import stamped

FORMS = ("xlsx", "csv", "json")


def respond(form: str, table: Table, rows: Iterable[Mapping[str, object]]) -> HttpResponseBase:
    """A download of the rows with all exported columns of the table."""
    name = f"{slugify(str(table.label_plural)) or table.kind}-{clock.today().isoformat()}.{form}"
    columns, rows = stamped(table.exported(), rows)
    if form == "xlsx":
        out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        writing.write_xlsx(out, columns, rows, title=table.label_plural)
        out.seek(0)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return FileResponse(out, as_attachment=True, filename=name, content_type=kind)
    chunks = (
        writing.csv_chunks(columns, rows) if form == "csv" else writing.json_chunks(columns, rows)
    )
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    response = StreamingHttpResponse(chunks, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
