"""XML of unknown origin, read as a stream of events; document types are refused.

Without a document type there are no entities, so neither expansion (billion laughs)
nor external references can occur. Names come without their prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol
from xml.parsers import expat

from leitstand.core.tables.archive import damaged, hostile

_LONGEST_TOKEN = 4_000_000
_DEEPEST = 200


class Handler(Protocol):
    """What `scan` calls: element opened, closed, text between."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Character data, possibly in several pieces."""


def scan(chunks: Iterable[bytes], handler: Handler) -> None:
    """Reads a document to its end. `Refused` if it is malformed or carries a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = _local(handler)
    parser.CharacterDataHandler = handler.text
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise hostile()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged() from error


def _refuse_doctype(*_declaration: object) -> None:
    raise hostile()


def _local(
    handler: Handler,
) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
    """Handlers that get names without prefix; nesting deeper than any real file is refused."""
    known: dict[str, str] = {}
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise hostile()
        local = known.get(name)
        if local is None:
            local = known.setdefault(name, name.rpartition(":")[2])
            if len(known) > 2_000:
                raise hostile()
        handler.start(local, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(known[name])

    return start, end


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """An attribute by its name without prefix."""
    if name in attributes:
        return attributes[name]
    ending = f":{name}"
    return next((value for key, value in attributes.items() if key.endswith(ending)), None)
