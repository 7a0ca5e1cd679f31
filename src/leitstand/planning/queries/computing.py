"""One computation: plan, reasons, extra posts, curve; tells how far it is and can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from leitstand.planning.domain import questions
from leitstand.planning.domain.model import (
    Answer,
    CurvePoint,
    Grant,
    cost,
    half_post_years,
    total_lateness,
)
from leitstand.planning.domain.why import why_late
from leitstand.planning.queries.results import left_out, pack
from leitstand.planning.queries.translate import Translation

Step = Callable[[int, int, str], None]
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_EXPLAINED = 60


class Refuted(RuntimeError):
    """The checker refuted the planner's own plan: a fault of the programme, never shown as a plan."""


def _sound(answer: Answer) -> Answer:
    if answer.violations:
        raise Refuted(f"{len(answer.violations)} violations, first {answer.violations[0]}")
    return answer


def computed(told: Translation, seconds: int, step: Step) -> dict[str, Any]:
    """The whole result; every plan in it has passed the checker."""
    problem = told.problem

    def report(first: int, last: int, text: str) -> Callable[[float, int], bool]:
        state = {"at": first}

        def told_now(_seconds: float, _best: int) -> bool:
            state["at"] = min(last, state["at"] + 1)
            step(state["at"], 100, text)  # raises if somebody has cancelled
            return True

        return told_now

    step(5, 100, _("Planning with the staff there is"))
    answer = _sound(
        questions.schedule(
            problem, seconds / 2, report=report(5, 35, _("Planning with the staff there is"))
        )
    )
    late = sorted((one for one in answer.lateness if one.late > 0), key=lambda one: -one.late)
    step(40, 100, _("Looking for the reasons"))
    whys = [why_late(problem, answer.plan, one.project) for one in late[:MOST_EXPLAINED]]
    extra, curve = None, []
    if late or any(fault.left_out for fault in answer.faults):
        text = _("Looking for the fewest extra posts")
        step(50, 100, text)
        extra = _sound(questions.extra_staff(problem, seconds, report=report(50, 85, text)))
        step(90, 100, _("Comparing what a part of the posts would do"))
        curve = [_point(told, extra.plan.grant, share, seconds / 10) for share in SHARES]
    return pack(told, answer, whys, extra, curve)


def _point(told: Translation, whole: Grant, share: float, seconds: float) -> CurvePoint:
    """The best plan found for a part of the posts; what finds no place at all counts as late."""
    problem = told.problem
    grant = {role: row for role, years in whole.items() if any(row := part_of(years, share))}
    answer = _sound(questions.schedule(problem, seconds, grant=grant))
    lost = left_out(answer, {task.id: task.project for task in problem.tasks})
    late = {one.project for one in answer.lateness if one.late} | lost
    benefit = sum(one.benefit for one in problem.projects if one.id not in late)
    return CurvePoint(
        share, half_post_years(grant), cost(problem, grant), len(late),
        total_lateness(answer.lateness), benefit, answer.plan,
    )  # fmt: skip


def part_of(years: Sequence[int], share: float) -> tuple[int, ...]:
    """That share of every year in whole half posts; a post once there stays."""
    row: list[int] = []
    for count in years:
        row.append(max(int(count * share + 0.5), *row[-1:], 0))
    return tuple(row)
