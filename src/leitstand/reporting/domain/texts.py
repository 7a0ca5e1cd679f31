"""Texts of a paper as every format can hold them."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Thing = TypeVar("Thing")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85")


def clean(text: str) -> str:
    """The text without characters that XML and PDF refuse; all line ends become line feeds."""
    return _FORBIDDEN.sub("", _BREAKS.sub("\n", text))


def cleaned(thing: Thing) -> Thing:
    """A frozen dataclass (or tuple) with every text in it cleaned."""
    return _cleaned(thing)  # type: ignore[no-any-return]


def _cleaned(thing: Any) -> Any:
    if type(thing) is str:
        return clean(thing)
    if isinstance(thing, tuple):
        return tuple(_cleaned(one) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        values = {f.name: getattr(thing, f.name) for f in fields(thing)}
        changed = {name: new for name, old in values.items() if (new := _cleaned(old)) is not old}
        return replace(thing, **changed) if changed else thing
    return thing


def paragraphs(text: str) -> list[str | tuple[str, ...]]:
    """An editor's text in its parts: paragraphs as texts, lists as tuples of their items.

    An empty line ends a part; lines that begin with "- " or "• " are items.
    """
    parts: list[str | tuple[str, ...]] = []
    for chunk in re.split(r"\n\s*\n", clean(text).strip()):
        lines: list[str] = []
        items: list[str] = []
        for line in chunk.split("\n"):
            item = re.match(r"\s*[-•–]\s+(.*)", line)
            if item:
                items.append(item[1].strip())
            elif items and line.strip():
                items[-1] += f" {line.strip()}"
            elif line.strip():
                lines.append(line.strip())
        if lines:
            parts.append("\n".join(lines))
        if items:
            parts.append(tuple(items))
    return parts
