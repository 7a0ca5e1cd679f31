"""Milestones as iCalendar, read back by a small reader of RFC 5545."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.icalendar import Occasion, escape, fold, write
from tests.portfolio.making import make_item, make_project
from tests.portfolio.views import SECRET, World, body, hide


def unfold(data: bytes) -> list[str]:
    """The content lines of a stream (RFC 5545, 3.1)."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
    return data.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")[:-1]


def text(value: str) -> str:
    """A TEXT value read back (3.3.11)."""
    result, rest = "", iter(value)
    for char in rest:
        if char != "\\":
            assert char not in ";,"
            result += char
            continue
        following = next(rest)
        result += "\n" if following in "nN" else following
    return result


def events(data: bytes) -> list[dict[str, str]]:
    lines = unfold(data)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[1] == "VERSION:2.0"
    assert lines[-1] == "END:VCALENDAR"
    found: list[dict[str, str]] = []
    for line in lines:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and line != "END:VEVENT":
            found[-1][name] = value
    return found


# --- the format -----------------------------------------------------------------------------------


@given(st.text(max_size=400))
def test_any_text_survives_escaping_and_folding(raw: str) -> None:
    wanted = "".join(
        c for c in raw.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c >= " "
    )
    wanted = wanted.replace("\x7f", "").encode("utf-8", "replace").decode()
    stamp = datetime(2026, 11, 20, 12, tzinfo=UTC)
    data = b"".join(write("Liste", [Occasion("1@x", date(2026, 12, 1), raw, stamp)]))
    (event,) = events(data)
    assert text(event["SUMMARY"]) == wanted


def test_lines_are_folded_between_characters() -> None:
    folded = fold("SUMMARY:" + "ä€😀" * 60)
    assert all(len(line) <= 75 for line in folded.split(b"\r\n"))
    assert folded.replace(b"\r\n ", b"").decode() == "SUMMARY:" + "ä€😀" * 60 + "\r\n"
    assert fold("x" * 75) == b"x" * 75 + b"\r\n"
    assert fold("x" * 76) == b"x" * 75 + b"\r\n x\r\n"


def test_a_line_break_cannot_smuggle_an_event() -> None:
    assert escape("a\r\nEND:VEVENT\rb\x00") == "a\\nEND:VEVENT\\nb"


@pytest.mark.parametrize("day", [date.min, date(2026, 2, 28), date(2028, 2, 29), date.max])
def test_all_days_are_whole_days(day: date) -> None:
    stamp = datetime(2026, 1, 1, tzinfo=UTC)
    (event,) = events(b"".join(write("x", [Occasion("1", day, "T", stamp)])))
    assert event["DTSTART;VALUE=DATE"] == day.isoformat().replace("-", "")
    assert event["DTSTAMP"] == "20260101T000000Z"


# --- over HTTP ------------------------------------------------------------------------------------


def test_milestones_of_the_selection(staff: Any, world: World) -> None:
    make_item(
        "milestone", world.done, title="Ende", due=date(2025, 12, 31), done_on=date(2025, 12, 30)
    )
    response = staff.get("/meilensteine.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(body(response))
    assert [text(event["SUMMARY"]) for event in found] == [
        "Ende (erreicht) – Alte Registratur", "Abnahme; Stufe 1 – Übergabe der E-Akte",
    ]  # fmt: skip
    assert found[1]["DTSTART;VALUE=DATE"] == "20261201"
    assert found[1]["DTEND;VALUE=DATE"] == "20261202"
    assert found[1]["URL"].endswith(f"/vorhaben/{world.open.id}/")
    assert len({event["UID"] for event in found}) == 2
    assert len(events(body(staff.get("/meilensteine.ics?phase=running")))) == 1
    assert AuditEvent.objects.filter(type="portfolio.exported").count() == 2


def test_milestones_of_one_project_keep_their_uid(staff: Any, world: World) -> None:
    url = f"/vorhaben/{world.open.id}/meilensteine.ics"
    (before,) = events(body(staff.get(url)))
    milestone = world.open.milestones.get()
    milestone.due, milestone.version = date(2027, 1, 5), 2
    milestone.save()
    (after,) = events(body(staff.get(url)))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")
    assert after["DTSTART;VALUE=DATE"] == "20270105"


def test_hidden_milestones_stay_hidden(staff: Any, client_of: Any, world: World) -> None:
    hide(world)
    assert SECRET.encode() not in body(staff.get("/meilensteine.ics")).replace(b"\r\n ", b"")
    assert staff.get(f"/vorhaben/{world.secret.id}/meilensteine.ics").status_code == 404
    head = client_of("unit-head", world.units["20"])
    assert len(events(body(head.get(f"/vorhaben/{world.secret.id}/meilensteine.ics")))) == 2


def test_a_project_without_milestones_is_an_empty_calendar(staff: Any, unit_tree: Any) -> None:
    project = make_project(unit_tree["10"], "Leer")
    assert events(body(staff.get(f"/vorhaben/{project.id}/meilensteine.ics"))) == []
