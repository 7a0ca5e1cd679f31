"""Everything that the portfolio adds to the kernel's registries."""

from __future__ import annotations

import functools
import uuid
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration import api_registry
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.org.registry import DissolutionGuard, dissolution_guards
from leitstand.core.saved.registry import ViewPage
from leitstand.core.saved.registry import pages as saved_pages
from leitstand.core.ui.registry import (
    STEERING,
    NavEntry,
    Place,
    StartSection,
    TileSource,
    navigation,
    public_sections,
    start_sections,
    tiles,
)
from leitstand.portfolio import (
    jobs,
    policy,
    policy_groups,
    policy_intake,
    registration_lights,
    registration_past,
    registration_together,
)
from leitstand.portfolio.actions import organisation

_ROUTERS = (
    ("/projects", "projects:router"),
    ("/projects", "plan:of_project"),
    ("/projects", "priorities:of_project"),
    ("/projects", "items:router"),
    ("", "plan:across"),
    ("/priorities", "priorities:across"),
    ("/projects", "lights:of_project"),
    ("/status-rules", "lights:router"),
    ("/early-warnings", "warnings:router"),
    ("", "strategy:router"),
    ("/indicators", "measured:router"),
    ("/size-efforts", "efforts:router"),
    ("/imports", "imports:router"),
    ("/exports", "exports:router"),
    ("/changes", "changes:router"),
    ("", "rollouts:router"),
)


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    policy.register()
    policy_intake.register()
    policy_groups.register()
    jobs.register()
    for prefix, router in _ROUTERS:
        api_registry.add(prefix, f"leitstand.portfolio.api.{router}")
    events.register(
        ("portfolio.project.created", _("Project created")),
        ("portfolio.project.changed", _("Project changed")),
        ("portfolio.project.deleted", _("Project deleted")),
        ("portfolio.item.added", _("Entry added to the project")),
        ("portfolio.item.changed", _("Entry of the project changed")),
        ("portfolio.item.removed", _("Entry removed from the project")),
        ("portfolio.dependency.added", _("Dependency added")),
        ("portfolio.dependency.changed", _("Dependency changed")),
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
    _register_rollouts()
    _register_views()
    registration_together.register()
    registration_lights.register()
    _register_change_formats()
    navigation.add(
        "portfolio.strategy",
        NavEntry(_("Strategy"), "portfolio:strategy", 40, policy.STRATEGY, group=STEERING),
    )
    dissolution_guards.add(
        "portfolio", DissolutionGuard(organisation.objection, organisation.hand_over)
    )
    demo_data.add("portfolio", DemoData(100, _load_demo))
    demo_data.add("portfolio-history", DemoData(900, _load_demo_history))
    demo_data.add("rollouts", DemoData(150, _load_demo_rollouts))
    demo_data.add("saved-views", DemoData(170, _load_demo_views))
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


def _register_rollouts() -> None:
    """Rollouts: events of the trail, navigation, kind of resource."""
    events.register(
        ("portfolio.rollout.created", _("Rollout created")),
        ("portfolio.rollout.changed", _("Rollout changed")),
        ("portfolio.rollout.deleted", _("Rollout deleted")),
        ("portfolio.rollout.units_added", _("Units added to the rollout")),
        ("portfolio.rollout.unit_changed", _("Unit of the rollout changed")),
        ("portfolio.rollout.unit_removed", _("Unit taken out of the rollout")),
        ("portfolio.rollout.waves_assigned", _("Waves of the rollout assigned")),
        ("portfolio.rollout.cells_set", _("States of the rollout set")),
        ("portfolio.rollout.part_added", _("Entry added to the rollout")),
        ("portfolio.rollout.part_changed", _("Entry of the rollout changed")),
        ("portfolio.rollout.part_removed", _("Entry removed from the rollout")),
        ("portfolio.rollout.exported", _("Rollout exported")),
        ("portfolio.rollout.template_created", _("Rollout template created")),
        ("portfolio.rollout.template_changed", _("Rollout template changed")),
        ("portfolio.rollout.template_deleted", _("Rollout template deleted")),
    )
    navigation.add(
        "portfolio.rollouts",
        NavEntry(_("Rollouts"), "portfolio:rollouts", 23, policy.VIEW, prefixes=("/rollouts/",)),
    )
    from leitstand.portfolio.actions.rollouts import organisation as rollout_units
    from leitstand.portfolio.web.rollouts import start as rollout_start

    dissolution_guards.add(
        "rollouts", DissolutionGuard(rollout_units.objection, rollout_units.hand_over)
    )
    start_sections.add(
        "portfolio.rollouts",
        StartSection(25, "portfolio/start/rollouts.html", rollout_start.section, Place.PROGRESS),
    )
    resource_kinds.add(
        "rollout",
        ResourceKind(
            code="rollout",
            label=_("Rollout"),
            find=_find_rollout,
            title=lambda rollout: str(rollout.title),
            url=lambda rollout: reverse("portfolio:rollout", args=[rollout.id]),
        ),
    )


def _find_rollout(actor: Actor, rollout_id: uuid.UUID) -> Any | None:
    from leitstand.portfolio import policy_rollouts

    return policy_rollouts.visible(actor).filter(pk=rollout_id).first()


def _register_change_formats() -> None:
    """How the audit trail words the events of the portfolio."""
    from leitstand.portfolio.queries import changes  # it loads models not ready before
    from leitstand.portfolio.queries.rollouts import changes as rollout_changes

    formats = {
        "project": ChangeFormat(_("Project"), changes.of_project),
        "import": ChangeFormat(_("Import"), changes.of_import),
        "export": ChangeFormat(_("Exported list"), changes.of_export, changes.export_title),
        "rollout": ChangeFormat(_("Rollout"), rollout_changes.of_rollout),
        "rollout-template": ChangeFormat(_("Rollout template"), rollout_changes.of_rollout),
        "priority-criterion": ChangeFormat(_("Criterion"), changes.of_project),
    }
    for kind, table in changes.TABLES.items():
        formats[kind] = ChangeFormat(table.label, functools.partial(changes.lines, table))
    for kind, form in formats.items():
        change_formats.add(kind, form)


_NAVIGATION = (
    # roadmap, board, priorities and key figures are views of the same list: tabs on each of them
    ("list", _("Projects"), 10, "",
     ("/vorhaben/", "/roadmap/", "/board/", "/prioritaeten/", "/kennzahlen/", "/import/")),
    ("goals", _("Goals"), 30, STEERING, ("/ziele/", "/handlungsfelder/", "/programme/")),
)  # fmt: skip
_SECTIONS = (
    ("begin", 5, "begin", Place.FIRST),
    ("mine", 15, "projects", Place.WAITING),
    ("decisions", 18, "awaited", Place.WAITING),
    ("late", 20, "projects", Place.LATE),
    ("consultations", 22, "dated", Place.LATE),
    ("changed", 30, "changed", Place.CHANGED),
    ("milestones", 40, "dated", Place.AHEAD),
    ("due", 42, "dated", Place.AHEAD),
)


def _register_views() -> None:
    """Navigation, figures and sections of the start page."""
    for name, label, order, group, prefixes in _NAVIGATION:
        navigation.add(
            f"portfolio.{name}",
            NavEntry(label, f"portfolio:{name}", order, policy.VIEW, group, prefixes),
        )
    registration_past.register()
    navigation.add(
        "portfolio.public",
        NavEntry(
            _("Published projects"), "public:projects", 90, policy.VIEW,
            prefixes=("/oeffentlich/",), public=True,
        ),
    )  # fmt: skip
    from leitstand.portfolio.web import public, start  # they load models not ready before

    public_sections.add(
        "portfolio", StartSection(10, "portfolio/public_start.html", public.start_section)
    )
    _register_saved_pages()
    tiles.add("portfolio", TileSource(10, start.tiles))
    for name, order, template, place in _SECTIONS:
        start_sections.add(
            f"portfolio.{name}",
            StartSection(order, f"portfolio/start/{template}.html", getattr(start, name), place),
        )


def _register_saved_pages() -> None:
    """Views of the project list and the list of needs can be saved under a name."""
    from leitstand.core.saved.reading import problems  # all these load models not ready before
    from leitstand.portfolio.queries.intake import NEED_LIST
    from leitstand.portfolio.queries.projects import PROJECT_LIST
    from leitstand.portfolio.web import filtering, intake

    for code, label, own in (
        ("list", _("Table"), ()),
        ("roadmap", _("Roadmap"), ("zoom", "show", "flat")),
        ("board", _("Board"), ()),
        ("matrix", _("Priorities"), ("x", "y")),
        ("indicators", _("Indicators"), ()),
    ):
        page = ViewPage(
            label, f"portfolio:{code}", policy.VIEW,
            problems=functools.partial(problems, PROJECT_LIST, own=own),
            words=functools.partial(filtering.words, own=own),
        )  # fmt: skip
        saved_pages.add(code, page)
    needs = ViewPage(
        _("Needs"), "portfolio:needs", policy_intake.VIEW,
        problems=functools.partial(problems, NEED_LIST), words=intake.words,
    )  # fmt: skip
    saved_pages.add("needs", needs)


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo  # the importers are needed only here

    demo.load(folder, actor)


def _load_demo_rollouts(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo_rollouts

    demo_rollouts.load(folder, actor)


def _load_demo_views(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo_views

    demo_views.load(folder, actor)


def _load_demo_history(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo

    demo.load_history(folder, actor)


def _find(actor: Actor, project_id: uuid.UUID) -> Any | None:
    return policy.visible(actor).filter(pk=project_id).first()


def _url(project: Any) -> str:
    return reverse("portfolio:project", args=[project.id])
