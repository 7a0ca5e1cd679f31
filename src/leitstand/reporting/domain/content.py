"""The frozen content of a paper: sections of blocks as JSON, and what editors add to them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from leitstand.core.base import papers
from leitstand.core.base.papers import Block, Bullets, Heading, PageBreak, Paragraph, Words
from leitstand.reporting.domain.texts import paragraphs

_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        papers.Heading, papers.Paragraph, papers.Bullets, papers.Table, papers.Shares,
        papers.Figure, papers.Facts, papers.Note, papers.Words, papers.PageBreak,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """One section as it was frozen."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    annex: bool = False


Editions = tuple[tuple[Section, ...], ...]
"""The same paper several times, the fullest first; each further one says less."""


@dataclass(frozen=True)
class Place:
    """A place for an editor's words: section, slot and what belongs there."""

    slot: str
    label: str
    section: str


def to_json(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Sections as JSON values, for good."""
    return [
        {
            "code": section.code, "title": section.title, "annex": section.annex,
            "blocks": [
                {"kind": type(block).__name__, **msgspec.to_builtins(block)}
                for block in section.blocks
            ],
        }
        for section in sections
    ]  # fmt: skip


def from_json(values: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    """The sections again; raises ``ValueError`` for what is none."""
    return tuple(
        Section(
            str(value["code"]), str(value["title"]),
            tuple(_block(block) for block in value["blocks"]), bool(value.get("annex")),
        )
        for value in values
    )  # fmt: skip


def _block(value: Mapping[str, Any]) -> Block:
    kind = _KINDS.get(str(value.get("kind")))
    if kind is None:
        raise ValueError(f"unknown kind of block {value.get('kind')!r}")
    fields = {name: part for name, part in value.items() if name != "kind"}
    if kind is papers.Figure:
        fields["data"] = base64.b64decode(fields["data"])
        return papers.Figure(**fields)
    found: Block = msgspec.convert(fields, kind)
    return found


def places(sections: Iterable[Section]) -> list[Place]:
    """Every place for words, in the order of the paper."""
    return [
        Place(block.slot, block.label, section.title)
        for section in sections
        for block in section.blocks
        if isinstance(block, Words)
    ]


def composed(sections: Iterable[Section], texts: Mapping[str, str]) -> tuple[Block, ...]:
    """All blocks with headings, the editors' texts in their places; empty places vanish."""
    found: list[Block] = []
    for section in sections:
        blocks = [part for block in section.blocks for part in _with_words(block, texts)]
        if not blocks:
            continue
        if section.annex:
            found.append(PageBreak())
        found += [Heading(section.title), *blocks]
    return tuple(found)


def _with_words(block: Block, texts: Mapping[str, str]) -> list[Block]:
    if not isinstance(block, Words):
        return [block]
    return [
        Bullets(part) if isinstance(part, tuple) else Paragraph(part)
        for part in paragraphs(texts.get(block.slot, ""))
    ]
