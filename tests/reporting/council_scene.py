"""A council with one motion, followed up, and a project that nobody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.reporting.actions import council, tracking
from leitstand.reporting.models import OparlSource

SYSTEM = Actor.system("test")


@dataclass
class Council:
    """What the tests speak of."""

    committee: Any
    past: Any
    coming: Any
    motion: Any
    internal: Any
    mirrored: Any
    tracking: Any
    source: Any
    link: Any
    consultation: Any
    closed: Any
    closed_motion: Any
    hidden_link: Any


def build(world: Any) -> Council:
    """A motion of a meeting in October, tied to a public and to a secret project."""
    from leitstand.reporting.models import Paper

    committee = council.create_committee(actor=SYSTEM, name="Digitalausschuss")
    meetings = [
        council.create_meeting(actor=SYSTEM, values={
            "name": f"{number}. Sitzung", "organization": committee,
            "start": datetime(2026, month, 15, 15, 0, tzinfo=UTC)})
        for number, month in ((7, 10), (8, 12))
    ]  # fmt: skip
    motion = council.create_paper(actor=SYSTEM, values={
        "name": "E-Akte in allen Ämtern", "reference": "2026/0214", "date": date(2026, 9, 1),
        "kind": "motion", "originator_text": "Fraktion Blau"})  # fmt: skip
    consultation = council.add_consultation(motion.pk, actor=SYSTEM, meeting=meetings[0], role="Entscheidung")
    internal = council.create_paper(actor=SYSTEM, values={
        "name": "Entwurf Sperbernest", "kind": "report", "confidentiality": 1})  # fmt: skip
    closed = council.create_meeting(actor=SYSTEM, values={
        "name": "Klausur Rabenhorst", "organization": committee, "confidentiality": 1,
        "start": datetime(2026, 11, 3, 15, 0, tzinfo=UTC)})  # fmt: skip
    council.add_consultation(motion.pk, actor=SYSTEM, meeting=closed, role="Vorberatung")
    mirrored = Paper.objects.create(name="Gespiegelt", address="https://rat.example/paper/1")
    row = tracking.begin(motion.pk, actor=SYSTEM, values={
        "resolution": "Bis Ende 2027 alle Ämter.", "state": "open",
        "next_report": date(2026, 11, 25)})  # fmt: skip
    link = tracking.tie(row.pk, actor=SYSTEM, project=world.open.number)
    hidden = tracking.tie(row.pk, actor=SYSTEM, project=world.secret.number)
    closed_motion = tracking.begin(internal.pk, actor=SYSTEM, values={
        "state": "running", "progress": "Sperbernest im Bau"})  # fmt: skip
    source = OparlSource.objects.create(name="RIS", url="http://127.0.0.1:1/oparl")
    return Council(committee, meetings[0], meetings[1], motion, internal, mirrored, row, source,
                   link, consultation, closed, closed_motion, hidden)  # fmt: skip
