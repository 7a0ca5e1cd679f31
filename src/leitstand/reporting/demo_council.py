"""Demo data of the council: meetings, papers, tracked resolutions, loaded through the actions."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils import timezone

from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.demo.loading import BEGAN
from leitstand.core.history.actions import told_before, told_since
from leitstand.core.org.models import OrgUnit, Person
from leitstand.reporting.actions import council, oparl_sources, tracking
from leitstand.reporting.models import (
    CouncilMeeting,
    Organization,
    Paper,
    ResolutionTracking,
    TrackedProject,
)

Row = dict[str, str]
_KINDS = {
    "Antrag": "motion", "Anfrage": "inquiry", "Beschlussvorlage": "resolution",
    "Informationsvorlage": "report",
}  # fmt: skip
_STATES = {
    "offen": "open", "in Arbeit": "running", "umgesetzt": "done", "abgelehnt": "rejected",
}  # fmt: skip
_LEVELS = {"öffentlich": 0, "intern": 1}


def load(folder: Path, actor: Actor) -> None:
    """Load everything in its order."""
    for row in _rows(folder, "council_meetings"):
        _meeting(row, actor)
    for row in _rows(folder, "council_papers"):
        _paper(row, actor)
    people = {str(person): person for person in Person.objects.all()}
    for row in _rows(folder, "council_resolutions"):
        _resolution(row, actor, people)
    _steps(_rows(folder, "council_steps"))
    for row in _rows(folder, "council_followers"):
        account = Account.objects.get(username=row["Konto"])
        follower = Actor("system", account.username, account_id=account.pk)
        council.follow(_by_number(row).pk, actor=follower, yes=True)
    for row in _rows(folder, "council_sources"):
        oparl_sources.add_source(actor=actor, name=row["Name"], url=row["Adresse"])


def _rows(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%d.%m.%Y").date() if text else None  # noqa: DTZ007 - a day


def _moment(day: str, time: str) -> datetime | None:
    if not time:
        return None
    local = datetime.strptime(f"{day} {time}", "%d.%m.%Y %H:%M")  # noqa: DTZ007 - the city's
    return timezone.make_aware(local)


def _meeting(row: Row, actor: Actor) -> None:
    committee = Organization.objects.filter(name=row["Gremium"]).first()
    committee = committee or council.create_committee(actor=actor, name=row["Gremium"])
    council.create_meeting(
        actor=actor,
        values={
            "name": row["Titel"], "organization": committee, "place": row["Ort"],
            "start": _moment(row["Tag"], row["Beginn"]), "end": _moment(row["Tag"], row["Ende"]),
            "cancelled": row["Abgesagt"] == "ja",
        },
    )  # fmt: skip


def _paper(row: Row, actor: Actor) -> None:
    paper = council.create_paper(
        actor=actor,
        values={
            "name": row["Titel"], "reference": row["Nr."], "kind": _KINDS[row["Art"]],
            "date": _day(row["Datum"]), "originator_text": row["Eingebracht von"],
            "confidentiality": _LEVELS[row["Vertraulichkeit"]], "text": row["Worum es geht"],
        },
    )  # fmt: skip
    meeting = CouncilMeeting.objects.get(name=row["Sitzung"])
    council.add_consultation(paper.pk, actor=actor, meeting=meeting, role=row["Rolle"])


def _by_number(row: Row) -> Paper:
    return Paper.objects.get(reference=row["Nr."])


def _resolution(row: Row, actor: Actor, people: dict[str, Person]) -> None:
    values: dict[str, Any] = {
        "resolution": row["Beschluss"], "decided_on": _day(row["Beschlossen am"]),
        "state": _STATES[row["Stand"]], "progress": row["Wie weit es ist"],
        "next_report": _day(row["Nächster Bericht"]),
        "unit": OrgUnit.objects.get(code=row["Einheit"]),
        "responsible": people[row["Verantwortlich"]],
    }  # fmt: skip
    tracked = tracking.begin(_by_number(row).pk, actor=actor, values=values)
    for number in row["Vorhaben"].split("; "):
        tracking.tie(tracked.pk, actor=actor, project=number)


def _steps(rows: list[Row]) -> None:
    """Tell the course of the resolutions as the file has it."""
    courses: dict[str, list[tuple[date | None, str, str]]] = {}
    for row in rows:
        step = (_day(row["Tag"]), _STATES[row["Stand"]], row["Wie weit es ist"])
        courses.setdefault(row["Nr."], []).append(step)
    for one in ResolutionTracking.objects.select_related("paper"):
        course = courses.get(one.paper.reference) or [(one.decided_on, one.state, one.progress)]
        dated = [(day or clock.today(), state, text) for day, state, text in course]
        tracking.tell_course(one, dated)


def load_history(folder: Path, _actor: Actor) -> None:
    """What was known of the resolutions before: their state and progress up to each next step,
    and nothing before the first."""
    courses: dict[str, list[tuple[datetime, Row]]] = {}
    for row in _rows(folder, "council_steps"):
        day = _day(row["Tag"]) or clock.today()
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        courses.setdefault(row["Nr."], []).append((moment, row))
    for one in ResolutionTracking.objects.select_related("paper"):
        course = sorted(courses.get(one.paper.reference, []), key=lambda step: step[0])
        for (_before, known), (moment, _step) in reversed(list(pairwise(course))):
            values = {"state": _STATES[known["Stand"]], "progress": known["Wie weit es ist"]}
            if moment > BEGAN:
                told_before(ResolutionTracking, one.pk, moment, values)
        if course and course[0][0] > BEGAN:
            told_since(ResolutionTracking, one.pk, course[0][0])
            for tied in TrackedProject.objects.filter(tracking=one):
                told_since(TrackedProject, tied.pk, course[0][0])
