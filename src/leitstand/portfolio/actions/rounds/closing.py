"""Closing freezes what a round has brought, in one set-based step."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, versions
from leitstand.core.base.actor import Actor
from leitstand.core.notify.actions.outbox import withdraw
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.actions.rounds.sending import notice_keys
from leitstand.portfolio.actions.rounds.setup import record, require
from leitstand.portfolio.models import (
    Light,
    Project,
    RoundResult,
    StatusReport,
    StatusRequest,
    StatusRound,
)


@transaction.atomic
def close_round(
    round_id: uuid.UUID, *, actor: Actor, projects: Iterable[Project] = ()
) -> StatusRound:
    """Close an open round: every project that was asked for is frozen as it stands.

    Whoever has not answered is marked so and gets no light. Closing twice is no error.
    ``projects`` are states to be frozen in place of today's, for a round that is told afterwards.
    """
    require(actor)
    _wait_for_answers(round_id)
    row = versions.locked(StatusRound, round_id)
    if row.state == StatusRound.State.CLOSED:
        return row
    if row.state != StatusRound.State.OPEN:
        raise RoundEnded(_("Only an open round can be closed."))
    number = _freeze(row, {project.pk: project for project in projects})
    row.state, row.closed_at = StatusRound.State.CLOSED, clock.now()
    row.version += 1
    row.save()
    record("closed", row, actor, {"count": [None, number]})
    withdraw(notice_keys(row))
    return row


def _wait_for_answers(round_id: uuid.UUID) -> None:
    """Answers that are being stored are frozen too; those that come now find the round ended.

    Locked before the round, as an answer locks its request before it looks at the round.
    """
    rows = StatusRequest.objects.select_for_update(of=("self",)).filter(round_id=round_id)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _freeze(row: StatusRound, told: Mapping[uuid.UUID, Project]) -> int:
    reports: dict[uuid.UUID, StatusReport] = {}
    for report in row.reports.prefetch_related("lights").order_by("pk"):
        reports[report.project_id] = report
    asked = row.requests.values("project_id")
    projects = Project.objects.filter(pk__in=asked).select_related("lead_unit")
    results = [
        _result(row, told.get(project.pk, project), reports.get(project.pk)) for project in projects
    ]
    RoundResult.objects.bulk_create(results, batch_size=500)
    return len(results)


def _result(row: StatusRound, project: Project, report: StatusReport | None) -> RoundResult:
    lights = (
        {light.dimension: [light.light, light.trend] for light in report.lights.all()}
        if report
        else {}
    )
    return RoundResult(
        round=row, project_ref=project.pk, number=project.number, title=project.title,
        lead_unit=project.lead_unit, unit_name=project.lead_unit.name,
        confidentiality=project.confidentiality, phase=project.phase, start=project.start,
        end=project.end, progress=project.progress, reported=report is not None,
        light=report.light if report else Light.GREY, lights=lights,
        summary=report.summary if report else "",
    )  # fmt: skip
