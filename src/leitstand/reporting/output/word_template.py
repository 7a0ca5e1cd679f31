"""A paper poured into a city's own DOCX.

A template is an ordinary Word document with named fields: ``{{ titel }}`` in any text, or a content
control whose tag or title is the field's name. ``inhalt`` stands once, alone in a paragraph or as a
content control of its own: the paper is put there. Field names that do not exist are named, all at
once; content controls of other names are left as they are and told.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.document import Document as Word
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.parts.document import DocumentPart
from docx.parts.hdrftr import FooterPart, HeaderPart
from docx.text.paragraph import Paragraph

from leitstand.core.base.errors import Refused
from leitstand.core.base.papers import Document
from leitstand.reporting.output.word import properties, saved
from leitstand.reporting.output.word_blocks import Writer
from leitstand.reporting.output.written import Written, prepared

CONTENT = "inhalt"
FIELDS = ("titel", "untertitel", "absender", "stand", "status", CONTENT)
"""Fields of every template; those of the cover sheet come on top, by their names."""
_FIELD = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_MOST = 50 * 1024 * 1024
_PLACEHOLDER = {"placeholdertext", "platzhaltertext"}
Names = Collection[str]


@dataclass(frozen=True)
class Inspected:
    """Fields that a template uses, and content controls in it that are no fields."""

    fields: tuple[str, ...]
    other_controls: tuple[str, ...] = ()


def inspect(data: bytes, own: Names = ()) -> Inspected:
    """Look whether a template fits; ``own`` are names of further fields. Raises ``Refused``."""
    word = _opened(data)
    known = {_key(name) for name in (*FIELDS, *own)}
    used = _check(word, known, sorted(known))
    others = [name for control in _controls(word) if (name := _name(control, known, False))]
    return Inspected(tuple(sorted(used)), tuple(dict.fromkeys(others)))


def into_template(document: Document, template: bytes | Path, own: Names = ()) -> Written:
    """The document poured into a template; raises ``Refused`` if it does not fit.

    ``own`` are names of fields that may stay empty.
    """
    document, remarks = prepared(document)
    word = _opened(template if isinstance(template, bytes) else template.read_bytes())
    values = {_key(name): "" for name in own} | _values(document)
    _check(word, set(values), field_names(document, own))
    properties(word, document)
    for control in _controls(word):
        name = _name(control, set(values), True)
        if name and name != CONTENT:
            _fill_control(control, values[name])
    for paragraph in list(_paragraphs(word)):
        if not _is_content(_text(paragraph)):
            _replace(paragraph, values)
    place = _place(word)
    Writer(word, before=place).add(document.blocks)
    place._p.getparent().remove(place._p)
    return Written(saved(word), remarks)


def field_names(document: Document, own: Names = ()) -> list[str]:
    """The fields that a template of this document may have."""
    found: dict[str, str] = {}
    for name in (*FIELDS, *(name for name, _text in document.cover), *own):
        found.setdefault(_key(name), name)
    return sorted(found.values(), key=str.casefold)


def _key(name: str) -> str:
    """How names of fields are compared; tags of content controls may have no blanks."""
    return " ".join(name.replace("_", " ").casefold().split())


def _values(document: Document) -> dict[str, str]:
    own = {
        "titel": document.title, "untertitel": document.kicker, "absender": document.sender,
        "stand": document.day.strftime("%d.%m.%Y"), "status": document.state, CONTENT: "",
    }  # fmt: skip
    return own | {_key(name): text for name, text in document.cover}


# --- is it a template ----------------------------------------------------------------------------


def _opened(data: bytes) -> Word:
    """The template, if it is one: not too large unpacked, without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            sizes = {info.filename: info.file_size for info in packed.infolist()}
            types = packed.read("[Content_Types].xml") if sum(sizes.values()) <= _MOST else b""
        if sum(sizes.values()) > _MOST:
            raise Refused(
                _("The template is larger than 50 MB when unpacked."),
                remedy=_("Make its pictures smaller."),
            )
        if any("vbaproject" in name.casefold() for name in sizes) or b"macroEnabled" in types:
            raise Refused(
                _("The template holds macros."),
                remedy=_("Save it as a Word document without macros (DOCX)."),
            )
        return docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, SyntaxError, KeyError, ValueError,
            NotImplementedError, OSError) as problem:  # fmt: skip
        raise Refused(
            _("The template is not a Word document (DOCX), or it is damaged."),
            remedy=_("Open it in your word processor and save it as DOCX."),
        ) from problem


def _check(word: Word, known: Names, shown: Iterable[str]) -> set[str]:
    """The fields used; refuses unknown and unclosed ones, and none or two places for the paper."""
    texts = [_text(paragraph) for paragraph in _paragraphs(word)]
    found = [name for text in texts for name in _FIELD.findall(text)]
    if wrong := sorted({name for name in found if _key(name) not in known}):
        text = _("The template has fields that do not exist: %(names)s.")
        names = ", ".join(_suggested(name, known) for name in wrong)
        remedy = _("These exist: %(names)s.") % {"names": ", ".join(shown)}
        raise Refused(text % {"names": names}, remedy=remedy)
    if broken := [text for text in texts if "{{" in _FIELD.sub("", text)]:
        raise Refused(
            _("A field is not closed: %(text)s") % {"text": broken[0][:80]},
            remedy=_("Write a field with two braces on both sides: {{ titel }}."),
        )
    controls = [name for one in _controls(word) if (name := _name(one, known, True))]
    places = [text for text in _own_texts(word) if _is_content(text)]
    if len(places) + controls.count(CONTENT) != 1 or sum(_key(n) == CONTENT for n in found) != len(
        places
    ):
        raise Refused(
            _("The template must hold the field {{ inhalt }} exactly once, alone in a paragraph."),
            remedy=_("The paper is put in the place of that paragraph."),
        )
    return {_key(name) for name in found} | set(controls)


def _suggested(name: str, known: Names) -> str:
    near = difflib.get_close_matches(_key(name), known, n=1)
    return _("%(name)s (do you mean %(near)s?)") % {"name": name, "near": near[0]} if near else name


def _is_content(text: str) -> bool:
    match = _FIELD.fullmatch(text.strip())
    return match is not None and _key(match[1]) == CONTENT


# --- parts of it ---------------------------------------------------------------------------------


def _roots(word: Word) -> Iterator[Any]:
    """Body, headers and footers as they are; none is made by looking."""
    for part in word.part.package.iter_parts():
        if isinstance(part, DocumentPart | HeaderPart | FooterPart):
            yield part.element


def _paragraphs(word: Word) -> Iterator[Any]:
    """All paragraphs, also those in tables, text boxes and content controls."""
    for root in _roots(word):
        for element in root.iter(qn("w:p")):
            yield Paragraph(element, None)  # type: ignore[arg-type]


def _own_texts(word: Word) -> list[str]:
    """Texts of the paragraphs that stand in the body itself."""
    return [_text(paragraph) for paragraph in word.paragraphs]


def _controls(word: Word) -> list[Any]:
    return [element for root in _roots(word) for element in root.iter(qn("w:sdt"))]


def _name(control: Any, known: Names, wanted: bool) -> str:
    """The field that a content control is, or (not ``wanted``) the name of one that is none."""
    names = [
        value
        for kind in ("w:tag", "w:alias")
        if (held := control.find(f"{qn('w:sdtPr')}/{qn(kind)}")) is not None
        and (value := held.get(qn("w:val")))
    ]
    found = next((_key(name) for name in names if _key(name) in known), "")
    if wanted:
        return found
    return "" if found or not names else names[0]


def _pieces(paragraph: Any) -> list[Any]:
    """The texts of the paragraph itself, without those of text boxes within it."""
    element = paragraph._p
    return [
        piece
        for piece in element.iter(qn("w:t"))
        if next(piece.iterancestors(qn("w:p"))) is element
    ]


def _text(paragraph: Any) -> str:
    return "".join(piece.text or "" for piece in _pieces(paragraph))


# --- filling -------------------------------------------------------------------------------------


def _replace(paragraph: Any, values: Mapping[str, str]) -> None:
    """Fill the fields; one may be torn over several runs, the first of them keeps its look."""
    pieces = _pieces(paragraph)
    for match in reversed(list(_FIELD.finditer(_text(paragraph)))):
        start, end, begin = match.start(), match.end(), 0
        value = values[_key(match[1])]
        for piece in pieces:
            text = piece.text or ""
            low, high = max(start - begin, 0), min(end - begin, len(text))
            begin += len(text)
            if low < high:
                piece.text = text[:low] + value + text[high:]
                piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                value = ""
    for piece in pieces:
        _break_lines(piece)


def _break_lines(piece: Any) -> None:
    lines = (piece.text or "").split("\n")
    piece.text = lines[0]
    for line in reversed(lines[1:]):
        more, end = deepcopy(piece), OxmlElement("w:br")
        more.text = line
        piece.addnext(more)
        piece.addnext(end)


def _fill_control(control: Any, value: str) -> None:
    """Put the value in the place of a content control's own text, in its look."""
    shown = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    if shown is not None:
        shown.getparent().remove(shown)
    held = control.find(qn("w:sdtContent"))
    for style in list(held.iter(qn("w:rStyle"))):
        if style.get(qn("w:val"), "").casefold() in _PLACEHOLDER:
            style.getparent().remove(style)
    pieces = list(held.iter(qn("w:t")))
    if not pieces:
        place = next(held.iter(qn("w:p")), held)
        run, piece = OxmlElement("w:r"), OxmlElement("w:t")
        run.append(piece)
        place.append(run)
        pieces = [piece]
    pieces[0].text = value
    pieces[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for piece in pieces[1:]:
        piece.text = ""
    _break_lines(pieces[0])


def _place(word: Word) -> Any:
    """The paragraph before which the paper is put; it is removed afterwards."""
    for paragraph in word.paragraphs:
        if _is_content(_text(paragraph)):
            return paragraph
    control = next(one for one in _controls(word) if _name(one, {CONTENT}, True))
    element = OxmlElement("w:p")
    outer = control if control.getparent().tag != qn("w:p") else control.getparent()
    outer.addprevious(element)
    outer.getparent().remove(outer)
    return Paragraph(element, word._body)
