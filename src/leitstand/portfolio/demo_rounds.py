"""Two status rounds of the demo city: one that is closed, one that is open."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from leitstand.core.base.actor import Actor
from leitstand.core.history.tracked import telling
from leitstand.core.org.models import Person
from leitstand.portfolio.actions.rounds.answering import Answer, give_report
from leitstand.portfolio.actions.rounds.closing import close_round
from leitstand.portfolio.actions.rounds.sending import make_requests
from leitstand.portfolio.actions.rounds.setup import create_round, open_round
from leitstand.portfolio.actions.rounds.substituting import name_substitute
from leitstand.portfolio.models import StatusReport, StatusRound

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
    handed_in = datetime.combine(closed.opens_on + timedelta(days=3), time(9), UTC)
    with telling(handed_in):
        for place, request in enumerate(requests):
            if place % _SILENT:
                text = request.project.light_note or request.project.summary
                give_report(
                    request.pk, actor=Actor.system("demo"), way=StatusReport.Way.IMPORT,
                    version=request.version, answer=Answer(summary=text[:600]),
                )  # fmt: skip
    close_round(closed.pk, actor=actor)
    _substitutes(folder, actor)
    _opened(
        actor, "Status 4. Quartal 2026", date(2026, 11, 30), date(2026, 11, 18), date(2026, 12, 4),
        "Bitte melden Sie den Stand zum Ende des Monats.",
    )  # fmt: skip


def _substitutes(folder: Path, actor: Actor) -> None:
    """Who answers for whom, by full names."""
    people = {str(person): person for person in Person.objects.all()}
    with (folder / "substitutions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
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
