"""What the portfolio itself can measure: shares of projects, units that have gone live."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.figures import IndicatorSource, Scope, indicator_sources
from leitstand.portfolio import policy, policy_rollouts
from leitstand.portfolio.models import CellState, Project, RolloutCell, StepKind
from leitstand.portfolio.queries import indicators


def register() -> None:
    """Fill the registry; called once when Django is ready."""
    for code, label, part in (
        ("portfolio.done", _("Share of completed projects (%)"), "done"),
        ("portfolio.started", _("Share of started projects (%)"), "started"),
        ("portfolio.planned", _("Share of planned projects (%)"), "planned"),
    ):
        indicator_sources.add(code, IndicatorSource(code, label, _share(part)))
    live = IndicatorSource(
        "portfolio.rollout", _("Share of units that have gone live in rollouts (%)"), _live
    )
    indicator_sources.add(live.code, live)


def _projects(actor: Actor, scope: Scope) -> QuerySet[Project]:
    found = policy.visible(actor)
    if scope.goal_id:
        found = found.filter(goals=scope.goal_id)
    if scope.programme_id:
        found = found.filter(programme=scope.programme_id)
    return found


def _share(part: str) -> Callable[[Actor, Scope], float | None]:
    def value(actor: Actor, scope: Scope) -> float | None:
        found = indicators.overall(_projects(actor, scope))
        return 100 * getattr(found, part) / found.counted if found.counted else None

    return value


def _live(actor: Actor, scope: Scope) -> float | None:
    """Units that went live among those affected, over rollouts that the actor sees."""
    rollouts = policy_rollouts.visible(actor)
    if scope.goal_id or scope.programme_id:
        rollouts = rollouts.filter(project__in=_projects(actor, scope).values("pk"))
    cells = RolloutCell.objects.filter(
        member__rollout__in=rollouts.order_by().values("pk"), member__affected=True,
        step__kind=StepKind.GO_LIVE,
    ).exclude(state=CellState.NOT_NEEDED)  # fmt: skip
    whole = cells.count()
    return 100 * cells.filter(state=CellState.DONE).count() / whole if whole else None
