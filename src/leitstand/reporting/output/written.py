"""What a writer returns, and what every writer does to a document first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import typst
from django.utils.translation import gettext as _

from leitstand.core.base.papers import Block, Document, Figure, Note, Part, Shares, Tone
from leitstand.reporting.domain.texts import cleaned

_SIGNS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}
_PROBE = b"#image(bytes(json(bytes(sys.inputs.data))), format: sys.inputs.format, width: 10mm)"


@dataclass(frozen=True)
class Written:
    """A finished file; ``remarks`` say what could not be shown as it was given."""

    data: bytes
    remarks: tuple[str, ...] = ()


def prepared(document: Document) -> tuple[Document, tuple[str, ...]]:
    """The document as all formats can hold it, and remarks on what had to be left out.

    A broken picture becomes a box with the text that stands for it.
    """
    remarks: list[str] = []
    blocks = tuple(_checked(block, remarks) for block in document.blocks)
    return cleaned(replace(document, blocks=blocks)), tuple(remarks)


def _checked(block: Block, remarks: list[str]) -> Block:
    if not isinstance(block, Figure) or is_sound(block.data):
        return block
    name = block.caption or block.alt
    remarks.append(_("The picture “%(name)s” is damaged and was left out.") % {"name": name})
    return Note(_("Picture missing: %(name)s") % {"name": name}, block.alt, Tone.YELLOW)


def image_format(data: bytes) -> str:
    """``png``, ``jpg``, ``gif``, ``webp`` or ``svg`` by the first bytes, else ``""``."""
    for sign, name in _SIGNS.items():
        if data.startswith(sign):
            return name
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "svg" if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head else ""


def is_sound(data: bytes) -> bool:
    """Whether the picture can be drawn."""
    form = image_format(data)
    if not form:
        return False
    inputs = {"data": json.dumps(list(data)), "format": form}
    try:
        typst.compile(_PROBE, sys_inputs=inputs, format="svg", ignore_system_fonts=True)
    except typst.TypstError:
        return False
    return True


def as_png(data: bytes) -> bytes:
    """The same picture as PNG, for programs that cannot draw SVG."""
    probe = b"#set page(width: auto, height: auto, margin: 0pt)\n" + _PROBE.replace(
        b"10mm", b"170mm"
    )
    inputs = {"data": json.dumps(list(data)), "format": image_format(data)}
    return typst.compile(probe, sys_inputs=inputs, format="png", ppi=200, ignore_system_fonts=True)


def part_text(shares: Shares, part: Part) -> str:
    """Label, number and share of one part: "done: 22 (22 %)"."""
    total = sum(one.value for one in shares.parts)
    share = round(100 * part.value / total) if total else 0
    return f"{part.label}: {part.value:g} ({share} %)"


def short_title(document: Document, most: int = 90) -> str:
    """The title for running heads."""
    return cut(document.title, most)


def cut(text: str, most: int) -> str:
    """The text in one line, at most so long."""
    line = text.replace("\n", " ")
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def footer(document: Document) -> str:
    """Date of the figures and state, for the foot of every page."""
    day = document.day.strftime("%d.%m.%Y")
    return " · ".join(filter(None, [_("As of %(day)s") % {"day": day}, document.state]))


def mark_words() -> dict[str, str]:
    """The words of the marks."""
    return {"new": _("new"), "changed": _("changed"), "gone": _("dropped out")}


def each(document: Document, kind: type[Block]) -> Iterator[Block]:
    """All blocks of one kind."""
    return (block for block in document.blocks if isinstance(block, kind))
