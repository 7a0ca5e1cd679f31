"""What planning adds to the kernel's registries."""

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
from leitstand.core.privacy.registry import KeptRecord, kept_records
from leitstand.core.ui.registry import STEERING, NavEntry, navigation
from leitstand.planning import jobs, policy


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.planning.queries import changes  # it loads models not ready before

    policy.register()
    jobs.register()
    events.register(
        ("planning.supply.created", _("Planning: entry created")),
        ("planning.supply.changed", _("Planning: entry changed")),
        ("planning.supply.removed", _("Planning: entry removed")),
        ("planning.scenario.created", _("Scenario made")),
        ("planning.scenario.changed", _("Scenario changed")),
        ("planning.scenario.removed", _("Scenario removed")),
        ("planning.scenario.adopted", _("Plan of the scenario adopted")),
    )
    navigation.add(
        "planning",
        NavEntry(_("Planning"), "planning:capacity", 45, policy.VIEW, STEERING, ("/planung/",)),
    )
    for code, label in (
        ("position", _("Post")), ("role", _("Basis of a role")), ("cost", _("Cost of a grade")),
        ("restriction", _("Time without new staff")), ("basis", _("Basis of the planning")),
    ):  # fmt: skip
        words = functools.partial(changes.lines, code)
        change_formats.add(f"supply-{code}", ChangeFormat(label, words))
    change_formats.add(
        "scenario", ChangeFormat(_("Scenario"), functools.partial(changes.lines, "scenario"))
    )
    resource_kinds.add(
        "scenario",
        ResourceKind(
            code="scenario", label=_("Scenario"), find=_find, title=str,
            url=lambda row: reverse("planning:scenario", args=[row.pk]),
        ),
    )  # fmt: skip
    kept_records.add(
        "planning.scenarios",
        KeptRecord(
            "planning.scenarios", _("Whose scenario it is"),
            _("A scenario stays until its owner removes it; the name goes with the account's."),
            frozenset({"planning.scenario"}),
        ),
    )  # fmt: skip
    api_registry.add("/planning", "leitstand.planning.api.capacity:router")
    demo_data.add("planning", DemoData(160, _load_demo))


def _find(actor: Actor, scenario_id: uuid.UUID) -> Any | None:
    return policy.visible(actor).filter(pk=scenario_id).first()


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.planning import demo  # the importers are needed only here

    demo.load(folder, actor)
