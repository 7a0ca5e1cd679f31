"""DOCX: a document of its own, or poured into a city's template.

A template is an ordinary DOCX with fields such as ``{{ titel }}``, and ``{{ inhalt }}`` alone in
a paragraph where the paper is to stand. Field names that do not exist are named, all at once.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from leitstand.core.base.errors import Refused
from leitstand.core.base.papers import Document
from leitstand.reporting.output.word_blocks import Writer
from leitstand.reporting.output.written import Written, footer, prepared

CONTENT = "inhalt"
FIELDS = ("titel", "untertitel", "absender", "stand", "status", CONTENT)
"""Fields of every template; those of the cover sheet come on top, by their names."""
_FIELD = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_MOST = 50 * 1024 * 1024


def write(document: Document) -> Written:
    """The document as DOCX in the neutral form."""
    document, remarks = prepared(document)
    word = docx.Document()
    _page(word)
    _head(word, document)
    _properties(word, document)
    Writer(word).add(document.blocks)
    foot = word.sections[0].footer.paragraphs[0]
    foot.text = footer(document)
    foot.runs[0].font.size = Pt(8)
    return Written(_bytes(word), remarks)


def into_template(document: Document, template: bytes | Path) -> Written:
    """The document poured into a city's template; raises ``Refused`` if it does not fit."""
    document, remarks = prepared(document)
    word = _opened(template if isinstance(template, bytes) else template.read_bytes())
    values = _values(document)
    _check(word, values)
    _properties(word, document)
    place = None
    for paragraph in _paragraphs(word):
        names = _FIELD.findall(paragraph.text)
        if [name.casefold() for name in names] == [CONTENT]:
            place = paragraph
        elif names:
            _replace(paragraph, values)
    assert place is not None  # noqa: S101 - checked above
    Writer(word, before=place).add(document.blocks)
    place._p.getparent().remove(place._p)
    return Written(_bytes(word), remarks)


def field_names(document: Document) -> list[str]:
    """The fields that a template of this document may have."""
    return list(_values(document))


def _values(document: Document) -> dict[str, str]:
    own = {
        "titel": document.title, "untertitel": document.kicker, "absender": document.sender,
        "stand": document.day.strftime("%d.%m.%Y"), "status": document.state, CONTENT: "",
    }  # fmt: skip
    return own | {name.casefold(): text for name, text in document.cover}


def _opened(data: bytes) -> Word:
    """The template, if it is one: not too large unpacked, without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = {info.filename: info.file_size for info in packed.infolist()}
        if sum(names.values()) > _MOST or any("vbaProject" in name for name in names):
            raise Refused(
                _("The template is too large or holds macros."),
                remedy=_("Save it as a plain DOCX document of at most 50 MB."),
            )
        return docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as problem:
        raise Refused(
            _("The template is not a Word document (DOCX)."),
            remedy=_("Open it in your word processor and save it as DOCX."),
        ) from problem


def _check(word: Word, values: dict[str, str]) -> None:
    found = [name for p in _paragraphs(word) for name in _FIELD.findall(p.text)]
    wrong = sorted({name for name in found if name.casefold() not in values})
    if wrong:
        text = _("The template has fields that do not exist: %(names)s.")
        raise Refused(
            text % {"names": ", ".join(wrong)},
            remedy=_("These exist: %(names)s.") % {"names": ", ".join(sorted(values))},
        )
    alone = [p for p in word.paragraphs if p.text.strip() and _is_content(p.text)]
    if len(alone) != 1:
        raise Refused(
            _("The template must hold the field {{ inhalt }} exactly once, alone in a paragraph."),
            remedy=_("The paper is put in the place of that paragraph."),
        )


def _is_content(text: str) -> bool:
    match = _FIELD.fullmatch(text.strip())
    return match is not None and match[1].casefold() == CONTENT


def _paragraphs(word: Word) -> Iterator[Any]:
    """All paragraphs: body, tables within tables, headers and footers."""
    places: list[Any] = [word]
    for section in word.sections:
        places += [section.header, section.footer, section.first_page_header,
                   section.first_page_footer]  # fmt: skip
    while places:
        place = places.pop(0)
        yield from place.paragraphs
        for table in place.tables:
            places += [cell for row in table.rows for cell in row.cells]


def _replace(paragraph: Any, values: dict[str, str]) -> None:
    """Fill the fields; a field may be torn over several runs, the first one keeps its look."""
    runs = paragraph.runs
    text = "".join(run.text for run in runs)
    filled = _FIELD.sub(lambda match: values[match[1].casefold()], text)
    for number, run in enumerate(runs):
        run.text = filled if number == 0 else ""


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(24), Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    normal: Any = word.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)


def _head(word: Word, document: Document) -> None:
    if document.sender or document.kicker:
        line = word.add_paragraph(" · ".join(filter(None, [document.sender, document.kicker])))
        line.runs[0].font.bold = True
    word.add_heading(document.title, 0).alignment = WD_ALIGN_PARAGRAPH.LEFT
    Writer(word).facts(document.cover)


def _properties(word: Word, document: Document) -> None:
    core = word.core_properties
    core.title, core.author = document.title[:255], document.sender[:255]
    core.language = document.language
    fonts = word.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if fonts is not None:
        language = fonts.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            fonts.append(language)
        language.set(qn("w:val"), "de-DE" if document.language == "de" else document.language)


def _bytes(book: Word) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
