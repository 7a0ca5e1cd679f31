"""Import of past status reports as closed rounds: one round per day of the source."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.portfolio.actions.rounds.setup import record, require
from leitstand.portfolio.domain.backtest import Report
from leitstand.portfolio.models import Phase, Project, RoundResult, StatusReport, StatusRound


@dataclass(frozen=True)
class Imported:
    """Rounds that were made and were there already, reports in them, rows without a project."""

    rounds: int
    same: int
    reports: int
    unknown: int


@transaction.atomic
def import_history(reports: Iterable[Report], *, actor: Actor, title: str) -> Imported:
    """Make a closed round of every day that the reports speak of; ``title`` names the source.

    A report finds its project by the key of the source. The light is the mapped one, the source's
    own scale is kept as the summary. A round that is there already is left as it is: importing
    twice changes nothing. Raises ``NotAllowed`` unless the actor manages rounds.
    """
    require(actor)
    by_day: dict[date, list[Report]] = defaultdict(list)
    for report in reports:
        by_day[report.on].append(report)
    projects = {row.external_key: row for row in _projects(by_day.values())}
    made = same = written = unknown = 0
    for day in sorted(by_day):
        name = f"{title} {day.year}"
        if StatusRound.objects.filter(title=name, as_of=day).exists():
            same += 1
            continue
        known = [(projects[r.key[:80]], r) for r in by_day[day] if r.key[:80] in projects]
        unknown += len(by_day[day]) - len(known)
        written += _write(name, day, known, actor)
        made += 1
    return Imported(made, same, written, unknown)


def _projects(parts: Iterable[Sequence[Report]]) -> Iterable[Project]:
    keys = {report.key[:80] for part in parts for report in part}
    return Project.objects.filter(external_key__in=keys).select_related("lead_unit")


def _write(title: str, day: date, known: Sequence[tuple[Project, Report]], actor: Actor) -> int:
    row = StatusRound(
        title=title, as_of=day, opens_on=day, due_on=day, state=StatusRound.State.CLOSED,
        closed_at=clock.now(),
    )  # fmt: skip
    row.save(force_insert=True)
    told: Mapping[uuid.UUID, tuple[Project, Report]] = {p.pk: (p, r) for p, r in known}
    reports = [
        StatusReport(
            project=project, round=row, as_of=day, way=StatusReport.Way.IMPORT, light=report.light,
            summary=report.original,
        )
        for project, report in told.values()
    ]  # fmt: skip
    StatusReport.objects.bulk_create(reports, batch_size=500)
    results = [_result(row, project, report) for project, report in told.values()]
    RoundResult.objects.bulk_create(results, batch_size=500)
    record("imported", row, actor, {"count": [None, len(reports)]})
    return len(reports)


def _result(row: StatusRound, project: Project, report: Report) -> RoundResult:
    """What the source said then; dates in the wrong order are left out as in the project."""
    start = report.start
    if start and report.end and report.end < start:
        start = None
    return RoundResult(
        round=row, project_ref=project.pk, number=project.number, title=project.title,
        lead_unit=project.lead_unit, unit_name=project.lead_unit.name,
        confidentiality=project.confidentiality, phase=Phase.RUNNING, start=start, end=report.end,
        progress=0, reported=True, light=report.light, summary=report.original,
    )  # fmt: skip
