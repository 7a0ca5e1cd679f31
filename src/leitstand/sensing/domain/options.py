"""Query options: ``$filter``, ``$expand`` with options of its own, and the rest (9.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from leitstand.sensing.domain import expressions
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS, Kind
from leitstand.sensing.domain.tree import Node

DEFAULT_TOP, LARGEST_TOP, DEEPEST_EXPAND, MOST_EXPANDS = 100, 10_000, 3, 20


@dataclass(frozen=True)
class Options:
    """What a request asks for; ``top`` is ``None`` if it says nothing.

    ``raw`` holds the options as they were written.
    """

    filter: Node | None = None
    filter_text: str = ""
    orderby: tuple[tuple[Node, bool], ...] = ()
    select: tuple[str, ...] = ()
    expand: tuple[Expand, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    token: str = ""
    form: str = ""
    raw: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Most entities on one page."""
        return DEFAULT_TOP if self.top is None else min(self.top, LARGEST_TOP)


@dataclass(frozen=True)
class Expand:
    """A relation to be written out, with options for its entities."""

    relation: str
    options: Options


def parse(query: str, kind: Kind) -> Options:
    """Return the options of a raw query string; raises ``RequestError`` with option and position."""
    found: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        _note(found, unquote_plus(name), unquote_plus(value))
    return _options(found, kind, 0)


def _note(found: dict[str, str], name: str, value: str) -> None:
    if name in found:
        raise RequestError("given twice", where=name)
    if name not in _READERS and name != "$expand":
        raise RequestError("there is no such option", where=name)
    if "\x00" in value:
        raise RequestError("the character U+0000 is not allowed", where=name)
    found[name] = value


def _options(found: dict[str, str], kind: Kind, depth: int) -> Options:
    options = Options(raw=tuple(found.items()))
    for name, value in found.items():
        try:
            if name == "$expand":
                options = replace(options, expand=_expands(value, kind, depth + 1))
            else:
                options = _READERS[name](options, value)
        except RequestError as problem:
            raise problem.inside(name) from None
    _check_select(options, kind)
    return options


def _check_select(options: Options, kind: Kind) -> None:
    known = {"id", "@iot.id", "@iot.selfLink", *kind.properties, *kind.relations}
    for name in options.select:
        if name.split("/")[0] not in known:
            raise RequestError(f"{kind.name} has no “{name}”", where="$select")


def _filter(options: Options, text: str) -> Options:
    return replace(options, filter=expressions.parse(text), filter_text=text)


def _order(options: Options, text: str) -> Options:
    return replace(options, orderby=expressions.parse_order(text))


def _select(options: Options, text: str) -> Options:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise RequestError("names of properties are missing")
    return replace(options, select=names)


def _top(options: Options, text: str) -> Options:
    return replace(options, top=_whole(text))


def _skip(options: Options, text: str) -> Options:
    return replace(options, skip=_whole(text))


def _count(options: Options, text: str) -> Options:
    if text not in {"true", "false"}:
        raise RequestError("true or false is needed", at=1)
    return replace(options, count=text == "true")


def _token(options: Options, text: str) -> Options:
    return replace(options, token=text)


def _format(options: Options, text: str) -> Options:
    if text != "dataArray":
        raise RequestError("only dataArray is known")
    return replace(options, form=text)


_READERS = {
    "$filter": _filter, "$orderby": _order, "$select": _select, "$top": _top, "$skip": _skip,
    "$count": _count, "$skiptoken": _token, "$resultFormat": _format,
}  # fmt: skip


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RequestError(f"“{text}” is no whole number from 0 on", at=1)
    return int(text)


def _expands(text: str, kind: Kind, depth: int) -> tuple[Expand, ...]:
    if depth > DEEPEST_EXPAND:
        raise RequestError(f"more than {DEEPEST_EXPAND} levels")
    merged: dict[str, Options] = {}
    for number, (part, at) in enumerate(pieces(text, ",")):
        if number >= MOST_EXPANDS:
            raise RequestError(f"more than {MOST_EXPANDS} relations")
        one = _expand(part.strip(), kind, depth, at)
        before = merged.get(one.relation)
        merged[one.relation] = _merge(before, one.options) if before else one.options
    return tuple(Expand(name, options) for name, options in merged.items())


def _merge(first: Options, second: Options) -> Options:
    """``Datastreams/Sensor,Datastreams/Observations`` expands both below Datastreams."""
    return replace(first, expand=(*first.expand, *second.expand))


def _expand(text: str, kind: Kind, depth: int, at: int) -> Expand:
    end = min([place for mark in "(/" if (place := text.find(mark)) >= 0], default=len(text))
    name, rest = text[:end].strip(), text[end:]
    relation = kind.relations.get(name)
    if relation is None:
        raise RequestError(f"{kind.name} has no relation “{name}”", at=at)
    target = KINDS[relation.target]
    if rest.startswith("/"):
        return Expand(name, Options(expand=_expands(rest[1:], target, depth + 1)))
    if rest and not rest.endswith(")"):
        raise RequestError("“)” is missing", at=at + len(text))
    found: dict[str, str] = {}
    for part, _ in pieces(rest[1:-1], ";"):
        option, _, value = part.partition("=")
        _note(found, option.strip(), value)
    return Expand(name, _options(found, target, depth))


def pieces(text: str, mark: str) -> Iterator[tuple[str, int]]:
    """Split at ``mark`` outside of parentheses and quotes; yields text and position from 1 on."""
    depth, quoted, start = 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == mark and depth == 0:
            yield text[start:place], start + 1
            start = place + 1
    if text[start:].strip():
        yield text[start:], start + 1
