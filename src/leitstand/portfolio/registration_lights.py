"""What traffic lights and their rules add to the kernel's registries."""

from __future__ import annotations

import functools
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.ui.registry import STEERING, NavEntry, navigation
from leitstand.portfolio import policy


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    events.register(
        ("portfolio.status_rule.changed", _("Status rule changed")),
        ("portfolio.indicator.measured", _("Value of the indicator changed")),
    )
    navigation.add(
        "portfolio.status_rules",
        NavEntry(
            _("Status rules"), "portfolio:status_rules", order=42,
            permission=policy.STATUS_RULES, group=STEERING, prefixes=("/ampelregeln/",),
        ),
    )  # fmt: skip
    demo_data.add("portfolio.lights", DemoData(120, _load_demo))
    _register_pages()


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo_lights  # the importers are needed only here

    demo_lights.load(folder, actor)


def _register_pages() -> None:
    from leitstand.portfolio.queries import changes, indicator_sources, light_words  # load models
    from leitstand.portfolio.queries.changes_measured import of_indicator
    from leitstand.portfolio.tables.indicators import INDICATORS
    from leitstand.portfolio.tables.status_rules import STATUS_RULES

    indicator_sources.register()
    change_formats.add("indicator", ChangeFormat(INDICATORS.label, of_indicator))

    change_formats.add(
        "status-rule",
        ChangeFormat(
            STATUS_RULES.label,
            functools.partial(changes.lines, STATUS_RULES),
            light_words.rule_name,
        ),
    )
