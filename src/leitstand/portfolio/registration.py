"""Everything that the portfolio adds to the kernel's registries."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.org.registry import DissolutionGuard, dissolution_guards
from leitstand.core.ui.registry import NavEntry, navigation
from leitstand.portfolio import jobs, policy
from leitstand.portfolio.actions import organisation


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    policy.register()
    jobs.register()
    events.register(
        ("portfolio.project.created", _("Project created")),
        ("portfolio.project.changed", _("Project changed")),
        ("portfolio.project.deleted", _("Project deleted")),
        ("portfolio.item.added", _("Entry added to the project")),
        ("portfolio.item.changed", _("Entry of the project changed")),
        ("portfolio.item.removed", _("Entry removed from the project")),
        ("portfolio.dependency.added", _("Dependency added")),
        ("portfolio.dependency.removed", _("Dependency removed")),
        ("portfolio.baseline.frozen", _("Baseline frozen")),
        ("portfolio.strategy.created", _("Strategy: entry created")),
        ("portfolio.strategy.changed", _("Strategy: entry changed")),
        ("portfolio.strategy.deleted", _("Strategy: entry deleted")),
        ("portfolio.priority.scored", _("Priority scored")),
        ("portfolio.priority.criterion", _("Priority criterion changed")),
        ("portfolio.import.started", _("Import started")),
        ("portfolio.import.applied", _("Import applied")),
        ("portfolio.import.discarded", _("Import discarded")),
        ("portfolio.exported", _("List exported")),
    )
    navigation.add(
        "portfolio.strategy",
        NavEntry(_("Strategy"), "portfolio:strategy", order=40, permission=policy.VIEW),
    )
    dissolution_guards.add(
        "portfolio", DissolutionGuard(organisation.objection, organisation.hand_over)
    )
    demo_data.add("portfolio", DemoData(100, _load_demo))
    resource_kinds.add(
        "project",
        ResourceKind(
            code="project",
            label=_("Project"),
            find=_find,
            title=lambda project: str(project.title),
            url=_url,
        ),
    )


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo  # the importers are needed only here

    demo.load(folder, actor)


def _find(actor: Actor, project_id: uuid.UUID) -> Any | None:
    return policy.visible(actor).filter(pk=project_id).first()


def _url(project: Any) -> str:
    return reverse("portfolio:project", args=[project.id])
