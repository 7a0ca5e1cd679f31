"""Status rounds of the demo city: one that is closed, one that is open; who stands in for whom."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from leitstand.core.base.actor import Actor
from leitstand.core.history.past import as_of
from leitstand.core.history.tracked import telling
from leitstand.core.org.models import Person
from leitstand.portfolio.actions.rounds.answering import Answer, give_report
from leitstand.portfolio.actions.rounds.closing import close_round
from leitstand.portfolio.actions.rounds.sending import make_requests
from leitstand.portfolio.actions.rounds.setup import create_round, open_round
from leitstand.portfolio.actions.rounds.substituting import name_substitute
from leitstand.portfolio.domain.lights import Dimension
from leitstand.portfolio.models import Project, StatusReport, StatusRequest, StatusRound

Way = StatusReport.Way
CLOSED = date(2026, 10, 15)
_SILENT = 9  # every ninth request of the closed round stays without an answer


def load(folder: Path, actor: Actor) -> None:
    """Make the rounds once; a second start finds them."""
    if StatusRound.objects.exists():
        return
    closed = _opened(
        actor, "Status 3. Quartal 2026", date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 14),
        "Grundlage des Berichts an den Digitalausschuss im November.",
    )  # fmt: skip
    requests = closed.requests.exclude(person=None).select_related("project").order_by("pk")
    for place, request in enumerate(requests):
        if place % _SILENT:
            text = request.project.light_note or request.project.summary
            told = _moment(date(2026, 10, 1) + timedelta(days=place % 9), minute=place % 60)
            _give(request, Actor.system("demo"), Way.IMPORT, Answer(summary=text[:600]), told)
    _date(closed, date(2026, 10, 1))
    _substitutes(folder, actor)
    running = _opened(
        actor, "Status 4. Quartal 2026", date(2026, 11, 30), date(2026, 11, 18), date(2026, 12, 4),
        "Bitte melden Sie den Stand zum Ende des Monats.",
    )  # fmt: skip
    _answers(folder, running)
    _date(running, date(2026, 11, 18))


def close_first(actor: Actor) -> None:
    """Close the first round, once the projects' past is told: it freezes what was known then."""
    row = StatusRound.objects.order_by("as_of")[0]
    with as_of(CLOSED):
        then = list(Project.objects.select_related("lead_unit"))
    close_round(row.pk, actor=actor, projects=then)
    _date(row, date(2026, 10, 1), CLOSED)


def _give(request: StatusRequest, actor: Actor, way: str, answer: Answer, told: datetime) -> None:
    """A report that came in at a moment."""
    with telling(told):
        give_report(request.pk, actor=actor, way=way, version=request.version, answer=answer)
    StatusRequest.objects.filter(pk=request.pk).update(answered_at=told)


def _date(row: StatusRound, opened: date, closed: date | None = None) -> None:
    """Let the round have been opened and closed on its days."""
    moments = {"opened_at": _moment(opened), "closed_at": _moment(closed) if closed else None}
    StatusRound.objects.filter(pk=row.pk).update(**moments)


def _moment(day: date, minute: int = 0) -> datetime:
    return datetime.combine(day, time(9, minute), ZoneInfo(settings.TIME_ZONE))


def _answers(folder: Path, row: StatusRound) -> None:
    """What has come in so far, in the names of those who were asked."""
    requests = {
        request.project.external_key: request
        for request in row.requests.exclude(person=None).select_related("project", "person")
    }
    for place, one in enumerate(_rows(folder / "round_reports.csv")):
        request = requests[one["project"]]
        lights = {Dimension(one["dimension"]): (one["light"], one["reason"])} if one["light"] else {}
        who = Actor(kind="user", name=str(request.person), person_id=request.person_id)
        answer = Answer(
            unchanged=not lights, lights=lights, summary=one["summary"], outlook=one["outlook"],
            progress=int(one["progress"]) if one["progress"] else None,
        )  # fmt: skip
        _give(request, who, Way.LINK, answer, _moment(date(2026, 11, 18 + place % 2), 3 * place))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _substitutes(folder: Path, actor: Actor) -> None:
    """Who answers for whom, by full names."""
    people = {str(person): person for person in Person.objects.all()}
    for row in _rows(folder / "substitutions.csv"):
        name_substitute(
            actor=actor, person=people[row["person"]], substitute=people[row["substitute"]],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_until=date.fromisoformat(row["valid_until"]),
        )  # fmt: skip


def _opened(
    actor: Actor, title: str, as_of: date, opens: date, due: date, message: str
) -> StatusRound:
    values = {"title": title, "as_of": as_of, "opens_on": opens, "due_on": due, "message": message}
    row = create_round(actor=actor, values=values)
    open_round(row.pk, actor=actor)
    make_requests(row)
    row.refresh_from_db()
    return row
