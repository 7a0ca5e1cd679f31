"""The formats in which a paper comes out."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from django.utils import translation

from leitstand.core.base.papers import Document
from leitstand.reporting.output.written import Written


@dataclass(frozen=True)
class Format:
    """A format: its module has ``write(document) -> Written``."""

    code: str
    module: str
    media_type: str

    def write(self, document: Document) -> Written:
        """The document in this format; the module is loaded with its first use."""
        writer = importlib.import_module(f"leitstand.reporting.output.{self.module}")
        with translation.override(document.language):
            return writer.write(document)  # type: ignore[no-any-return]


_OFFICE = "application/vnd.openxmlformats-officedocument."
FORMATS = {
    form.code: form
    for form in (
        Format("pdf", "pdf", "application/pdf"),
        Format("docx", "word", f"{_OFFICE}wordprocessingml.document"),
        Format("xlsx", "spreadsheet", f"{_OFFICE}spreadsheetml.sheet"),
        Format("html", "html", "text/html; charset=utf-8"),
    )
}
