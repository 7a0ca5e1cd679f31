"""What was known of the projects of a closed round: as of its day, or what the round has frozen.

Nothing of today goes in. The versions answer for days of the record; before it, for rounds that
were imported or held earlier, only the frozen rows, plans frozen by then, and earlier rounds do.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.history import past
from leitstand.portfolio.domain.facts import FrozenPlan, ProjectFacts
from leitstand.portfolio.models import Baseline, RoundResult, StatusRound
from leitstand.portfolio.queries.facts import facts_of, last_reports
from leitstand.portfolio.queries.rounds import results


@dataclass(frozen=True)
class Known:
    """Facts of a round's projects by id, their number and title then; ``on`` is its day.

    ``frozen`` says that only the frozen rows are known: plan, phase and progress, nothing else.
    """

    on: date
    facts: Mapping[uuid.UUID, ProjectFacts]
    names: Mapping[uuid.UUID, tuple[str, str]]
    frozen: bool


def known_in(row: StatusRound, actor: Actor) -> Known:
    """What was known in the round, over the projects that the actor may see now and then."""
    rows = list(results(row, actor))
    names = {one.project_ref: (one.number, one.title) for one in rows}
    on, begin = min(row.as_of, clock.today()), past.first_day()
    if begin is not None and begin <= on:
        with past.as_of(on):
            return Known(on, facts_of(list(names), on, before=row.pk), names, frozen=False)
    return Known(on, _frozen(row, rows, on), names, frozen=True)


def _frozen(
    row: StatusRound, rows: Collection[RoundResult], on: date
) -> dict[uuid.UUID, ProjectFacts]:
    keys = [one.project_ref for one in rows]
    plans, reports = _plans(keys, on), last_reports(keys, on, row.pk)
    imported = row.opened_at is None  # a source that knows no progress
    return {
        one.project_ref: ProjectFacts(
            on=on, phase=one.phase, start=one.start, end=one.end,
            progress=None if imported else one.progress, baseline=plans.get(one.project_ref),
            last_status=reports.get(one.project_ref),
        )
        for one in rows
    }  # fmt: skip


def _plans(keys: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, FrozenPlan]:
    """The newest baseline frozen by then, else the first plan that an earlier round froze."""
    earlier = RoundResult.objects.filter(
        project_ref__in=keys, round__as_of__lt=on, end__isnull=False,
        round__state=StatusRound.State.CLOSED,
    )  # fmt: skip
    found: dict[uuid.UUID, FrozenPlan] = {}
    for key, title, start, end in earlier.order_by("-round__as_of").values_list(
        "project_ref", "round__title", "start", "end"
    ):
        found[key] = FrozenPlan(title, start, end)
    frozen = Baseline.objects.filter(project__in=keys, frozen_on__lte=on).order_by("number")
    for key, title, start, end in frozen.values_list("project_id", "name", "start", "end"):
        found[key] = FrozenPlan(title, start, end)
    return found
