"""OParl 1.1 objects as they are met in practice, read tolerantly.

Source: OParl 1.1 (https://oparl.org). Missing fields are empty, wrong types are left out and
listed, an object without an address of its own is skipped and listed. Persons and memberships are
not read at all: what the council decided is public, who its members are is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

LONGEST_ADDRESS = 600
_YEARS = range(1900, 2201)
ROLES = {
    "entscheidung": "decision", "beschluss": "decision", "beschlussfassung": "decision",
    "kenntnisnahme": "information", "information": "information", "unterrichtung": "information",
    "vorberatung": "preparation", "beratung": "consultation", "anhörung": "hearing",
    "empfehlung": "preparation", "stellungnahme": "hearing",
}  # fmt: skip
"""Roles of a consultation by their first words; all others are kept as text and listed."""

_KINDS = (
    ("anfrage", "inquiry"), ("antrag", "motion"), ("anregung", "motion"),
    ("beschlussvorlage", "resolution"), ("beschluss", "resolution"),
    ("informationsvorlage", "report"), ("mitteilung", "report"), ("bericht", "report"),
    ("information", "report"), ("kenntnis", "report"), ("stellungnahme", "report"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was not as the standard says: what, at which field, what stood there."""

    kind: str
    field: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """What all objects have: address, when it was changed over there, whether it is withdrawn."""

    address: str
    modified: datetime | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Organization(Item):
    """A committee, a parliamentary group, an office."""

    name: str
    short_name: str
    type_text: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Meeting(Item):
    """A meeting of a committee."""

    name: str
    start: datetime | None
    end: datetime | None
    place: str
    cancelled: bool
    organization: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AgendaItem(Item):
    """A point of a meeting's agenda; ``public`` is unknown where the server is silent."""

    meeting: str
    consultation: str
    number: str
    position: int
    name: str
    public: bool | None
    result: str
    resolution: str


@dataclass(frozen=True, slots=True)
class Paper(Item):
    """A paper: motion, inquiry, resolution, report."""

    name: str
    reference: str
    date: date | None
    type_text: str
    organization: str
    originator: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Consultation(Item):
    """That a committee deals with a paper in a meeting."""

    paper: str
    meeting: str
    agenda_item: str
    organization: str
    authoritative: bool | None
    role: str


Note = Callable[[Finding], None]
Parser = Callable[["Fields"], Iterator[Item]]


def kind_of_paper(text: str) -> str:
    """The kind that a type in words means: motion, inquiry, resolution, report, other."""
    low = text.lower()
    return next((kind for word, kind in _KINDS if word in low), "other")


def kind_of_role(text: str) -> str:
    """The kind of a consultation's role; "" for one that is not known."""
    words = text.lower().replace("/", " ").split()
    return ROLES.get(words[0], "") if words else ""


def is_address(text: str) -> bool:
    """Whether a text is a web address that can be stored and linked."""
    if not text.startswith(("http://", "https://")) or len(text) > LONGEST_ADDRESS:
        return False
    return text.isprintable() and not any(sign in text for sign in ' "<>\\')


def type_of(raw: Any) -> str:
    """The kind of an object by its ``type``, whatever version of the standard: "Paper"; or ""."""
    found = raw.get("type") if isinstance(raw, Mapping) else None
    return found.rstrip("/").rpartition("/")[2] if isinstance(found, str) else ""


def parse(raw: Any, kind: str, note: Note) -> list[Item]:
    """The object and what is embedded in it, flat; [] for one that cannot be used.

    ``kind`` is what the list should hold; an object that says something else about itself counts
    as that.
    """
    if not isinstance(raw, Mapping):
        note(Finding("no_object", kind, _short(raw), ""))
        return []
    own = type_of(raw)
    parser = _PARSERS.get(own) or _PARSERS.get(kind)
    if (own and own not in _PARSERS) or parser is None:
        note(Finding("other_type", "type", own or kind, _short(raw.get("id"))))
        return []
    fields = Fields(raw, note)
    if not fields.address:
        note(Finding("no_id", own or kind, _short(raw.get("id")), ""))
        return []
    return list(parser(fields))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else repr(value)
    return _storable(text)[:120]


def _storable(text: str) -> str:
    """The text without what no database keeps: NUL and half of a surrogate pair."""
    return "".join(sign for sign in text if sign != "\x00" and not "\ud800" <= sign <= "\udfff")


class Fields:
    """The fields of one object, each with the type that the standard gives it."""

    def __init__(self, raw: Mapping[str, Any], note: Note) -> None:
        self.raw, self._note = raw, note
        self.address = self._own_address()

    def _own_address(self) -> str:
        found = self.raw.get("id")
        return found if isinstance(found, str) and is_address(found) else ""

    def note(self, kind: str, field: str, value: Any) -> None:
        """List something that was not as it should be."""
        self._note(Finding(kind, field, _short(value), self.address))

    def text(self, name: str, longest: int) -> str:
        """A text, cut to what can be stored; numbers count as texts."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.note("wrong_type", name, value)
            return ""
        if not isinstance(value, str):
            self.note("wrong_type", name, value)
        text = _storable(str(value)).strip()
        if len(text) > longest:
            self.note("too_long", name, text)
        return text[:longest]

    def flag(self, name: str) -> bool | None:
        """True, False, or None where nothing usable stands."""
        value = self.raw.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.note("wrong_type", name, value)
        return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower())

    def whole(self, name: str) -> int:
        """A whole number from 0 to 9,999; 0 where nothing usable stands."""
        value = self.raw.get(name)
        if value is None:
            return 0
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000:
            return value
        self.note("wrong_type", name, value)
        return 0

    def moment(self, name: str) -> datetime | None:
        """A moment with its offset; one without an offset is taken as UTC and listed."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.note("wrong_type", name, value)
            return None
        if found.year not in _YEARS:
            self.note("wrong_type", name, value)
            return None
        if found.tzinfo is None:
            self.note("no_offset", name, "")
            found = found.replace(tzinfo=UTC)
        return found.astimezone(UTC)

    def day(self, name: str) -> date | None:
        """A day; a moment counts as its day."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            found = date.fromisoformat(value[:10])
        except (TypeError, ValueError):
            self.note("wrong_type", name, value)
            return None
        return found if found.year in _YEARS else None

    def link(self, name: str) -> str:
        """The address of another object, given or embedded; the first of several."""
        value = self.raw.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, Mapping):
            value = value.get("id")
        if value is None or value == "":
            return ""
        if isinstance(value, str) and is_address(value):
            return value
        self.note("wrong_type", name, value)
        return ""

    def embedded(self, name: str) -> list[Any]:
        """Embedded objects; one alone counts as a list, bare addresses are listed as missing."""
        value = self.raw.get(name)
        if value is None:
            return []
        found = value if isinstance(value, list) else [value]
        inside = [part for part in found if isinstance(part, Mapping)]
        for part in found:
            if not isinstance(part, Mapping):
                self.note("not_embedded", name, part)
        return inside

    def files(self, *names: str) -> tuple[tuple[str, str], ...]:
        """Title and address of files."""
        found = []
        for name in names:
            for raw in self.embedded(name):
                inner = Fields(raw, self._note)
                address = inner.link("accessUrl") or inner.link("downloadUrl")
                title = inner.text("name", 300) or inner.text("fileName", 300)
                if address:
                    found.append((title, address))
        return tuple(found)

    def base(self) -> tuple[str, datetime | None, bool]:
        """The fields of ``Item``."""
        return self.address, self.moment("modified"), self.flag("deleted") is True


def _organization(fields: Fields) -> Iterator[Item]:
    yield Organization(
        *fields.base(), name=fields.text("name", 300), short_name=fields.text("shortName", 100),
        type_text=fields.text("organizationType", 100) or fields.text("classification", 100),
        start=fields.day("startDate"), end=fields.day("endDate"),
    )  # fmt: skip


def _meeting(fields: Fields) -> Iterator[Item]:
    yield Meeting(
        *fields.base(), name=fields.text("name", 300), start=fields.moment("start"),
        end=fields.moment("end"), place=_place(fields), cancelled=fields.flag("cancelled") is True,
        organization=fields.link("organization"),
        files=fields.files("invitation", "resultsProtocol", "verbatimProtocol", "auxiliaryFile"),
    )  # fmt: skip
    for raw in fields.embedded("agendaItem"):
        for item in parse(raw, "AgendaItem", fields._note):
            inside = isinstance(item, AgendaItem) and not item.meeting
            yield replace(item, meeting=fields.address) if inside else item  # type: ignore[call-arg]


def _place(fields: Fields) -> str:
    raw = fields.raw.get("location")
    if not isinstance(raw, Mapping):
        return ""
    inner = Fields(raw, fields._note)
    parts = (inner.text("room", 150), inner.text("description", 300))
    return ", ".join(part for part in parts if part)[:300]


def _agenda_item(fields: Fields) -> Iterator[Item]:
    yield AgendaItem(
        *fields.base(), meeting=fields.link("meeting"), consultation=fields.link("consultation"),
        number=fields.text("number", 40), position=fields.whole("order"),
        name=fields.text("name", 1000), public=fields.flag("public"),
        result=fields.text("result", 1000), resolution=fields.text("resolutionText", 20_000),
    )  # fmt: skip


def _paper(fields: Fields) -> Iterator[Item]:
    yield Paper(
        *fields.base(), name=fields.text("name", 1000), reference=fields.text("reference", 100),
        date=fields.day("date"), type_text=fields.text("paperType", 200),
        organization=fields.link("underDirectionOf"),
        originator=fields.link("originatorOrganization"),
        files=fields.files("mainFile", "auxiliaryFile"),
    )  # fmt: skip
    for raw in fields.embedded("consultation"):
        for item in parse(raw, "Consultation", fields._note):
            inside = isinstance(item, Consultation) and not item.paper
            yield replace(item, paper=fields.address) if inside else item  # type: ignore[call-arg]


def _consultation(fields: Fields) -> Iterator[Item]:
    role = fields.text("role", 200)
    if role and not kind_of_role(role):
        fields.note("unknown_role", "role", role)
    yield Consultation(
        *fields.base(), paper=fields.link("paper"), meeting=fields.link("meeting"),
        agenda_item=fields.link("agendaItem"), organization=fields.link("organization"),
        authoritative=fields.flag("authoritative"), role=role,
    )  # fmt: skip


_PARSERS: dict[str, Parser] = {
    "Organization": _organization,
    "Meeting": _meeting,
    "AgendaItem": _agenda_item,
    "Paper": _paper,
    "Consultation": _consultation,
}
KINDS = tuple(_PARSERS)
