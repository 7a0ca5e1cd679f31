"""The answer to “what do you store about me?” as one ZIP: readable page, CSV, JSON."""

from __future__ import annotations

import io
import json
import zipfile

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from leitstand.core.base import clock
from leitstand.core.privacy.registry import Sheet, Subject
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.writing import csv_chunks


def as_zip(subject: Subject, sheets: list[Sheet]) -> bytes:
    """Return the ZIP; file names hold no personal data."""
    buffer = io.BytesIO()
    context = {
        "sheets": sheets,
        "name": subject.name,
        "at": timezone.localtime(clock.now()),
        "language": get_language() or "de",
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("auskunft.html", render_to_string("privacy/answer.html", context))
        archive.writestr(
            "auskunft.json", json.dumps(_data(subject, sheets), ensure_ascii=False, indent=1)
        )
        for number, sheet in enumerate(sheets, 1):
            name = f"csv/{number:02d}-{sheet.code.replace('.', '-')}.csv"
            archive.writestr(name, _csv(sheet))
    return buffer.getvalue()


def _data(subject: Subject, sheets: list[Sheet]) -> dict[str, object]:
    return {
        "person": str(subject.person.pk) if subject.person else None,
        "account": str(subject.account.pk) if subject.account else None,
        "at": clock.now().isoformat(timespec="seconds"),
        "tables": {
            sheet.code: {"title": sheet.title, "columns": list(sheet.columns), "rows": sheet.rows}
            for sheet in sheets
        },
    }


def _csv(sheet: Sheet) -> bytes:
    columns = [Column(f"c{n}", title, ColumnType.TEXT) for n, title in enumerate(sheet.columns)]
    rows = ({f"c{n}": str(v) for n, v in enumerate(row)} for row in sheet.rows)
    return b"".join(csv_chunks(columns, rows))
