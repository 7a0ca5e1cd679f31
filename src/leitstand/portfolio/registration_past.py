"""Which pages and end points of the portfolio show a past day."""

from __future__ import annotations

from leitstand.core.ui.registry import PastPages, past_pages

_PROJECTS = (
    "list", "roadmap", "board", "matrix", "indicators", "goals", "goal", "field", "programme",
    "unit", "project", "history", "baseline", "downloads", "export", "export_part", "lights",
    "reports",
)  # fmt: skip
_ROLLOUTS = (
    "rollouts", "rollout", "rollout_unit", "rollout_waves", "rollout_steps", "rollout_progress",
    "rollout_obstacles", "rollout_export",
)  # fmt: skip
_NAMES: dict[str, tuple[str, ...]] = {
    "projects": _PROJECTS,
    "rollouts": _ROLLOUTS,
    "indicators": ("indicator",),
    "rounds": ("rounds", "round", "round_export", "report"),
    "warnings": ("warnings", "warning"),
    "needs": ("needs", "need", "needs_export"),
    "groups": ("groups", "group", "meeting", "minutes"),
    "tasks": ("task", "tasks"),
    "rules": ("status_rules",),
}
_API: dict[str, tuple[str, ...]] = {
    "projects": (
        "/projects", "/fields", "/goals", "/programmes", "/skills", "/milestones",
        "/dependencies", "/priorities", "/exports",
    ),
    "rollouts": ("/rollouts",),
    "indicators": ("/indicators",),
    "rounds": ("/rounds",),
    "warnings": ("/early-warnings",),
    "needs": ("/needs",),
    "groups": ("/working-groups", "/meetings"),
    "tasks": ("/tasks",),
    "rules": ("/status-rules",),
}  # fmt: skip
_OF: dict[str, tuple[str, ...]] = {
    "rollouts": ("portfolio.Rollout",),
    "indicators": ("portfolio.Indicator",),
    "rounds": ("portfolio.StatusRound",),
    "warnings": ("portfolio.EarlyWarning",),
    "needs": ("portfolio.Need",),
    "groups": ("portfolio.WorkingGroup",),
    "tasks": ("portfolio.ActionItem",),
    "rules": ("portfolio.StatusRule",),
}
"""Kinds that are tracked later than projects in an installation that is older than they are."""


def register() -> None:
    """Fill the registry; called once when Django is ready."""
    from leitstand.portfolio.queries import versions  # it loads models not ready before
    from leitstand.portfolio.queries.rollouts import versions as rollout_versions

    neighbours = {
        "projects": versions.of_projects,
        "rollouts": rollout_versions.neighbours,
        "indicators": versions.of_indicators,
        "rounds": versions.of_rounds,
        "warnings": versions.of_warnings,
        "needs": versions.of_needs,
        "groups": versions.of_groups,
        "tasks": versions.of_tasks,
        "rules": versions.of_rules,
    }
    for code, names in _NAMES.items():
        past_pages.add(
            f"portfolio.{code}",
            PastPages(
                names=frozenset(f"portfolio:{name}" for name in names),
                neighbours=neighbours[code],
                api=_API[code],
                of=_OF.get(code, ()),
            ),
        )
