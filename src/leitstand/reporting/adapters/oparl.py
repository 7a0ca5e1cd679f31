"""Reading an OParl 1.1 server or a folder of its objects, page by page.

A list ends at the first page that cannot be read; what came before it counts, and the failure is
kept with its address. A server that leads in circles or repeats itself without end is left.
"""

from __future__ import annotations

import json
import lzma
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from django.utils.translation import gettext as _

from leitstand.core.base.outgoing import Limits, Unreachable, get
from leitstand.reporting.domain import oparl
from leitstand.reporting.domain.oparl import Finding, Item

MOST_PAGES = 20_000
MOST_FINDINGS = 200
MOST_FAILURES = 100
STALE_PAGES = 3
"""Pages in a row without a new object after which a list counts as endless."""

QUICK = Limits(connect=5.0, read=8.0, total=12.0, size=4 * 1024 * 1024, redirects=3)
"""For a person who waits for the answer."""

TRIES = 3
PAUSE_S = 2.0
_PORTION = 500
_LARGEST_FILE = 400 * 1024 * 1024
# List in the body → kind of object. The last two only if a server does not embed them.
_LISTS = (("organization", "Organization"), ("meeting", "Meeting"), ("paper", "Paper"))
_EMBEDDED = {"agendaItem": "AgendaItem", "consultation": "Consultation"}
Fetch = Callable[[str], Any]


KINDS = ("silent", "refused", "web_page", "damaged", "no_oparl", "no_list", "endless")
"""Kinds of failures; what to do about each stands in ``queries/oparl.py``."""


class NoUse(Exception):
    """An answer that is no OParl; ``kind`` is one of ``KINDS``, ``hopeless`` if the server does not
    answer at all."""

    def __init__(self, text: str, kind: str, *, hopeless: bool = False) -> None:
        super().__init__(text)
        self.kind, self.hopeless = kind, hopeless


@dataclass(frozen=True)
class Failure:
    """An address that could not be read, and why; ``kind`` is one of ``KINDS``."""

    address: str
    text: str
    kind: str


@dataclass(frozen=True)
class Page:
    """Objects that were read together; ``total`` objects in all, if the server says so."""

    kind: str
    items: Sequence[Item]
    total: int = 0


@dataclass
class Report:
    """What was not as it should be, while reading."""

    failures: list[Failure] = field(default_factory=list)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def note(self, finding: Finding) -> None:
        """Count a finding; of each kind one example is kept."""
        key = (finding.kind, finding.field, finding.value)
        if finding.kind not in ("unknown_role", "other_type"):
            key = (finding.kind, finding.field, "")
        if key not in self.counts and len(self.counts) >= MOST_FINDINGS:
            key = ("more", "", "")
        self.counts[key] += 1
        example = finding.address if key[2] else f"{finding.address} {finding.value}".strip()
        self.examples.setdefault(key, example)

    def fail(self, address: str, text: str, kind: str) -> None:
        """Keep a failure; of very many the first."""
        if len(self.failures) < MOST_FAILURES:
            self.failures.append(Failure(address[:600], text, kind))

    def findings(self) -> list[dict[str, Any]]:
        """All findings as JSON values, frequent ones first."""
        return [
            {"kind": kind, "field": name, "value": value, "count": count,
             "example": self.examples[(kind, name, value)]}
            for (kind, name, value), count in self.counts.most_common()
        ]  # fmt: skip

    def lists_needed(self) -> list[str]:
        """Fields in which a server gave bare addresses instead of embedded objects."""
        return [name for name in _EMBEDDED if self.counts[("not_embedded", name, "")]]


# --- a server -------------------------------------------------------------------------------


def fetch_json(
    url: str, *, limits: Limits | None = None, pause: float = PAUSE_S, tries: int = TRIES
) -> Any:
    """Ask a server for JSON, up to ``tries`` times; raises ``NoUse`` with a text for people."""
    for attempt in range(tries):
        try:
            answer = get(url, accept="application/json", limits=limits)
        except Unreachable as problem:
            if not problem.again or attempt == tries - 1:
                kind = "silent" if problem.silent else "refused"
                raise NoUse(problem.text, kind, hopeless=problem.silent) from None
            time.sleep(pause * (attempt + 1))
        else:
            return _decoded(answer.body)
    raise AssertionError("unreachable")


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        start = body[:200].lstrip().lower()
        if start.startswith((b"<!doctype", b"<html", b"<")):
            raise NoUse(_("The server sends a web page instead of OParl."), "web_page") from None
        if start.startswith((b"{", b"[")):
            raise NoUse(_("The answer is incomplete or damaged."), "damaged") from None
        raise NoUse(_("The answer is not OParl (no JSON)."), "no_oparl") from None


class Server:
    """One run over a server: ``pages`` yields what it has, ``report`` what went wrong."""

    def __init__(self, fetch: Fetch = fetch_json, since: datetime | None = None) -> None:
        self.fetch, self.since, self.report = fetch, since, Report()
        self.bodies: list[str] = []
        self._stopped = False

    def pages(self, url: str) -> Iterator[Page]:
        """Everything from a system, a body or a list of bodies."""
        for body in self.bodies_at(url):
            self.bodies.append(str(body.get("name") or "")[:300])
            for name, kind in _LISTS:
                yield from self._list(body, name, kind)
            for name in self.report.lists_needed():
                yield from self._list(body, name, _EMBEDDED[name])

    def bodies_at(self, url: str) -> Iterator[Mapping[str, Any]]:
        """The bodies at an address: of a system, of a list, or the one that stands there."""
        raw = self._get(url)
        if raw is None:
            return
        if oparl.type_of(raw) == "Body":
            yield raw
            return
        target = raw.get("body") if isinstance(raw, Mapping) else None
        found = 0
        for place in target if isinstance(target, list) else [target or url]:
            first = raw if place == url else self._get(str(place))
            for body in self._bodies_in(first, str(place)):
                found += 1
                yield body
        if not found and not self.report.failures:
            self.report.fail(url, _("There is no OParl here: neither a system nor a body."), "no_oparl")

    def _bodies_in(self, first: Any, url: str) -> Iterator[Mapping[str, Any]]:
        if oparl.type_of(first) == "Body":
            yield first
            return
        for _page, data in self._walk(url, first):
            for raw in data:
                body = self._get(raw) if isinstance(raw, str) else raw
                if oparl.type_of(body) == "Body":
                    yield body

    def _get(self, url: str) -> Any:
        """The answer, or None with the failure noted."""
        if self._stopped:
            return None
        try:
            return self.fetch(url)
        except NoUse as problem:
            self._stopped = problem.hopeless
            self.report.fail(url, str(problem), problem.kind)
            return None

    def _list(self, body: Mapping[str, Any], name: str, kind: str) -> Iterator[Page]:
        place = body.get(name)
        if self._stopped:
            return
        if not isinstance(place, str) or not oparl.is_address(place):
            where = str(body.get("id", ""))
            text = _("The body names no list “%(list)s”.") % {"list": name}
            self.report.fail(where, text, "no_list")
            return
        url = _changed_since(place, self.since)
        seen: set[str] = set()
        stale = 0
        for page, data in self._walk(url, self._get(url)):
            items = [item for raw in data for item in oparl.parse(raw, kind, self.report.note)]
            before = len(seen)
            seen.update(item.address for item in items)
            stale = 0 if len(seen) > before else stale + 1
            yield Page(kind, items, _total(page))
            if stale >= STALE_PAGES:
                text = _("The list repeats itself without end; it was left.")
                self.report.fail(url, text, "endless")
                return

    def _walk(self, url: str, first: Any) -> Iterator[tuple[Mapping[str, Any], list[Any]]]:
        """The pages of a list from its first."""
        visited = {url}
        page = first
        while page is not None:
            data = page.get("data") if isinstance(page, Mapping) else None
            if not isinstance(data, list):
                text = _("This is no OParl list: “data” is missing.")
                self.report.fail(url, text, "no_oparl")
                return
            yield page, data
            following = _next(page, url)
            if not following:
                return
            if following in visited or len(visited) >= MOST_PAGES:
                text = _("The pages of the list lead in a circle.")
                self.report.fail(following, text, "endless")
                return
            visited.add(following)
            url, page = following, self._get(following)


def _next(page: Mapping[str, Any], url: str) -> str:
    links = page.get("links")
    found = links.get("next") if isinstance(links, Mapping) else None
    return urljoin(url, found) if isinstance(found, str) and found else ""


def _total(page: Mapping[str, Any]) -> int:
    pagination = page.get("pagination")
    found = pagination.get("totalElements") if isinstance(pagination, Mapping) else None
    return found if isinstance(found, int) and 0 < found < 10_000_000 else 0


def _changed_since(url: str, since: datetime | None) -> str:
    if since is None:
        return url
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query), ("modified_since", since.isoformat(timespec="seconds"))]
    return urlunsplit(parts._replace(query=urlencode(query)))


# --- a folder -------------------------------------------------------------------------------


class Folder:
    """The same from files: ``*.json`` and ``*.json.xz``, each a list, a page or one object."""

    def __init__(self) -> None:
        self.report = Report()
        self.bodies: list[str] = []

    def pages(self, folder: str) -> Iterator[Page]:
        """The objects of all files, in order of their names."""
        files = sorted(
            path for path in Path(folder).iterdir() if path.name.endswith((".json", ".json.xz"))
        )
        if not files:
            text = _("There is no .json or .json.xz file in this folder.")
            self.report.fail(folder, text, "no_oparl")
        for path in files:
            raw = self._content(path)
            for start in range(0, len(raw), _PORTION):
                part = raw[start : start + _PORTION]
                items = [i for entry in part for i in oparl.parse(entry, "", self.report.note)]
                yield Page(path.name, items, len(raw))

    def _content(self, path: Path) -> list[Any]:
        try:
            with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as source:
                body = source.read(_LARGEST_FILE)
            raw = _decoded(body)
        except (OSError, EOFError, lzma.LZMAError, NoUse) as problem:
            self.report.fail(path.name, str(problem) or type(problem).__name__, "damaged")
            return []
        inside = raw.get("data") if isinstance(raw, Mapping) else raw
        return inside if isinstance(inside, list) else [raw]
