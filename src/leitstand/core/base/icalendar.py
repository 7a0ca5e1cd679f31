"""Events as an iCalendar stream (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75


@dataclass(frozen=True, slots=True)
class Occasion:
    """One all-day event; ``uid`` stays the same for ever, ``stamp`` is its last change (aware)."""

    uid: str
    day: date
    summary: str
    stamp: datetime
    description: str = ""
    url: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Appointment:
    """An event with a time; ``start`` and ``end`` are aware and written in UTC."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    stamp: datetime
    place: str = ""
    description: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False


def write(name: str, occasions: Iterable[Occasion | Appointment]) -> Iterator[bytes]:
    """The stream in pieces: lines end with CRLF and are folded at 75 octets (3.1)."""
    head = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Leitstand//DE",
        "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{escape(name)}",
    )  # fmt: skip
    yield b"".join(map(fold, head))
    for occasion in occasions:
        lines = _event(occasion) if isinstance(occasion, Occasion) else _appointment(occasion)
        yield b"".join(map(fold, lines))
    yield fold("END:VCALENDAR")


def _event(one: Occasion) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(one.uid)}"
    yield f"DTSTAMP:{_instant(one.stamp)}"
    yield f"LAST-MODIFIED:{_instant(one.stamp)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTART;VALUE=DATE:{_day(one.day)}"
    if one.day < date.max:
        yield f"DTEND;VALUE=DATE:{_day(one.day + timedelta(days=1))}"
    yield f"SUMMARY:{escape(one.summary)}"
    if one.description:
        yield f"DESCRIPTION:{escape(one.description)}"
    if one.url:
        yield f"URL:{one.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _appointment(one: Appointment) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(one.uid)}"
    yield f"DTSTAMP:{_instant(one.stamp)}"
    yield f"LAST-MODIFIED:{_instant(one.stamp)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTART:{_instant(one.start)}"
    yield f"DTEND:{_instant(one.end)}"
    yield f"SUMMARY:{escape(one.summary)}"
    if one.place:
        yield f"LOCATION:{escape(one.place)}"
    if one.description:
        yield f"DESCRIPTION:{escape(one.description)}"
    if one.url:
        yield f"URL:{one.url}"
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _day(day: date) -> str:
    """Eight digits; strftime writes early years without leading zeros on some systems."""
    return day.isoformat().replace("-", "")


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """TEXT values (3.3.11): backslash, semicolon, comma and line breaks; no other controls."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(char for char in lines if char >= " " and char != "\x7f")


def fold(line: str) -> bytes:
    """A content line of at most 75 octets per piece, never cut inside a character (3.1)."""
    octets = line.encode("utf-8", "replace")
    pieces = []
    start, room = 0, _LONGEST
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _LONGEST - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
