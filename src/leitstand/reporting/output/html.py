"""HTML: one file that stands alone, and its body for the preview inside the product."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape

from leitstand.core.base.papers import (
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Kind,
    Mark,
    Note,
    Shares,
    Table,
)
from leitstand.reporting.output.written import (
    Written,
    footer,
    image_format,
    mark_words,
    part_text,
    prepared,
)

_STYLE = settings.PACKAGE / "reporting" / "static" / "reporting" / "paper.css"
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0; background: #e6eaef; }}
{style}</style>
</head>
<body>
<main class="paper">
{body}
<p class="paper-foot">{footer}</p>
</main>
</body>
</html>
"""
_WIDTH = 1000
_MEDIA = {"jpg": "image/jpeg", "svg": "image/svg+xml"}


def write(document: Document) -> Written:
    """The document as one HTML file: no script, no address outside itself."""
    document, remarks = prepared(document)
    page = _PAGE.format(
        language=escape(document.language), title=escape(document.title),
        style=_STYLE.read_text(encoding="utf-8"), body=_body(document, 1),
        footer=escape(footer(document)),
    )  # fmt: skip
    return Written(page.encode(), remarks)


def body(document: Document, top: int = 2) -> str:
    """The inside of the preview, as safe HTML; the title is a heading of level ``top``."""
    return _body(prepared(document)[0], top)


def _body(document: Document, top: int) -> str:
    blocks = [_item(block, top) for block in document.blocks]
    return render_to_string(
        "reporting/paper/body.html", {"paper": document, "blocks": blocks, "top": f"h{top}"}
    )


def _item(block: Block, top: int) -> dict[str, Any]:
    """A block with what the template cannot work out."""
    item: dict[str, Any] = {"block": block, "kind": type(block).__name__.lower()}
    if isinstance(block, Heading):
        item["tag"] = f"h{min(block.level + top, 6)}"
    elif isinstance(block, Table):
        item["rows"] = _rows(block)
    elif isinstance(block, Shares):
        item |= _shares(block)
    elif isinstance(block, Note):
        item["tone"] = block.tone or "plain"
    elif isinstance(block, Figure):
        form = image_format(block.data)
        data = base64.b64encode(block.data).decode()
        item["source"] = f"data:{_MEDIA.get(form, f'image/{form}')};base64,{data}"
    return item


def _rows(table: Table) -> list[dict[str, Any]]:
    words, last = mark_words(), len(table.rows) - 1
    kinds = [column.kind for column in table.columns]
    return [
        {
            "total": table.total and number == last,
            "cells": [_cell(cell, kind, words) for cell, kind in zip(row, kinds, strict=True)],
        }
        for number, row in enumerate(table.rows)
    ]


def _cell(cell: Cell, kind: Kind, words: dict[str, str]) -> dict[str, Any]:
    return {
        "text": cell.text, "tone": cell.tone, "number": kind is not Kind.TEXT,
        "mark": words.get(cell.mark, ""), "gone": cell.mark is Mark.GONE,
    }  # fmt: skip


def _shares(block: Shares) -> dict[str, Any]:
    total = sum(part.value for part in block.parts) or 1
    texts = [part_text(block, part) for part in block.parts]
    parts, x = [], 0.0
    for part, text in zip(block.parts, texts, strict=True):
        width = _WIDTH * part.value / total
        parts.append(
            {"x": f"{x:.1f}", "width": f"{max(width - 2, 0):.1f}", "tone": part.tone or "plain",
             "text": text}
        )  # fmt: skip
        x += width
    return {"alt": f"{block.caption}: {'; '.join(texts)}", "parts": parts}
