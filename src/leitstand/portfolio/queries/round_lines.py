"""What a round has brought so far, or what a closed one has frozen, in one shape."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.models import Light, LightDimension, Project, StatusReport, StatusRound
from leitstand.portfolio.queries.rounds import readable, results


@dataclass(frozen=True)
class Line:
    """A project in a round; ``lights`` maps dimensions to (light, trend).

    ``report`` is its report, if there is one and the project still exists.
    """

    project: uuid.UUID
    number: str
    title: str
    unit: str
    phase: str
    start: date | None
    end: date | None
    progress: int
    reported: bool
    light: str
    lights: Mapping[str, Sequence[str]]
    summary: str
    outlook: str
    report: uuid.UUID | None


def lines(row: StatusRound, actor: Actor) -> list[Line]:
    """The projects of a round that the actor may see; a fixed number of queries."""
    if row.state == StatusRound.State.CLOSED:
        return _frozen(row, actor)
    return _so_far(row, actor)


def _frozen(row: StatusRound, actor: Actor) -> list[Line]:
    """As the closed round has frozen them; the texts beside them come from the report."""
    kept = _newest(row, actor, policy.visible(actor), "id", "project_id", "round_id", "outlook")
    return [
        Line(
            one.project_ref, one.number, one.title, one.unit_name, one.phase, one.start, one.end,
            one.progress, one.reported, one.light, one.lights, one.summary,
            report.outlook if (report := kept.get(one.project_ref)) else "",
            report.pk if report else None,
        )
        for one in results(row, actor)
    ]  # fmt: skip


def _so_far(row: StatusRound, actor: Actor) -> list[Line]:
    """Everything that is asked for, with the newest report of this round."""
    seen = policy.visible(actor)
    given = _newest(row, actor, seen)
    asked = row.requests.filter(project__in=seen).select_related("project__lead_unit")
    return [_live(one.project, given.get(one.project_id)) for one in asked]


def _newest(
    row: StatusRound, actor: Actor, projects: Any, *names: str
) -> dict[uuid.UUID, StatusReport]:
    """Project → its last report of the round; only ``names`` are read, or all with the lights."""
    rows = readable(actor, row.reports.filter(project__in=projects)).order_by("pk")
    rows = rows.only(*names) if names else rows.prefetch_related("lights")
    return {report.project_id: report for report in rows}


def _live(project: Project, report: StatusReport | None) -> Line:
    lights = {light.dimension: (light.light, light.trend) for light in report.lights.all()} if report else {}
    return Line(
        project.pk, project.number, project.title, project.lead_unit.name, project.phase,
        project.start, project.end, project.progress, report is not None,
        report.light if report else Light.GREY, lights, report.summary if report else "",
        report.outlook if report else "", report.pk if report else None,
    )  # fmt: skip


def count_lights(found: Iterable[Line]) -> Counter[str]:
    """How many reported projects have which light."""
    return Counter(line.light for line in found if line.reported)


def rows(found: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """Lines by the names of the columns of ``tables.rounds.RESULTS``."""
    for line in found:
        yield {
            "number": line.number, "title": line.title, "unit": line.unit, "phase": line.phase,
            "start": line.start, "end": line.end, "progress": line.progress,
            "reported": line.reported, "light": line.light if line.reported else None,
            "summary": line.summary, "outlook": line.outlook, **_by_dimension(line),
        }  # fmt: skip


def _by_dimension(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in LightDimension.values:
        light, trend = line.lights.get(name, (None, None))
        found |= {name: light, f"{name}_trend": trend or None}
    return found
