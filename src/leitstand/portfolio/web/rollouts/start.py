"""Rollouts on the start page and on the page of their project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy, policy_rollouts
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries.rollouts.boards import Board, boards
from leitstand.portfolio.web.rollouts import wording
from leitstand.portfolio.web.rollouts.frame import address, share_text

MOST = 5


def section(actor: Actor) -> dict[str, Any] | None:
    """Unfinished rollouts: how far, when finished at this pace, how many are held up."""
    if not grants(actor, policy.VIEW):
        return None
    rows = policy_rollouts.visible(actor).order_by("due", "title")
    found = boards(rows.select_related("lead_unit")[: MOST * 2])
    open_ones = [b for b in found.values() if b.affected and len(b.finished) < len(b.affected)]
    if not open_ones:
        return None
    return {"id": "rollouts", "lines": lines(open_ones[:MOST]), "all_url": address("rollouts")}


def of_project(actor: Actor, project: Project) -> list[dict[str, Any]]:
    """The visible rollouts of a project."""
    rows = policy_rollouts.visible(actor).filter(project=project)
    return lines(list(boards(rows.select_related("lead_unit")).values()))


def lines(found: Sequence[Board]) -> list[dict[str, Any]]:
    """One line per rollout."""
    return [
        {
            "title": board.rollout.title,
            "url": address("rollout", board.rollout.pk),
            "share": share_text(len(board.finished), len(board.affected)),
            "live": len(board.finished),
            "units": len(board.affected),
            "forecast": wording.short(board),
            "notes": _notes(board),
        }
        for board in found
    ]


def _notes(board: Board) -> str:
    waiting = [m for m in board.affected if m.state != "done"]
    late = sum(m.is_late(board.today) for m in waiting)
    blocked = sum(bool(m.obstacles) for m in waiting)
    said = []
    if late:
        said.append(_("late: %(number)d") % {"number": late})
    if blocked:
        said.append(_("held up: %(number)d") % {"number": blocked})
    return " · ".join(said)
