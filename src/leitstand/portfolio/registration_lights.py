"""What traffic lights and their rules add to the kernel's registries."""

from __future__ import annotations

import functools
import uuid
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.comments.registry import Commentable, commentables
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.ui.registry import (
    STEERING,
    NavEntry,
    Place,
    StartSection,
    navigation,
    start_sections,
)
from leitstand.portfolio import policy, policy_warnings


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    events.register(
        ("portfolio.status_rule.changed", _("Status rule changed")),
        ("portfolio.size_efforts.changed", _("Effort by size changed")),
        ("portfolio.indicator.measured", _("Value of the indicator changed")),
        ("portfolio.warning.created", _("Early warning entered")),
        ("portfolio.warning.changed", _("Early warning changed")),
        ("portfolio.warning.deleted", _("Early warning deleted")),
        ("portfolio.round.imported", _("Status round imported")),
    )
    navigation.add(
        "portfolio.status_rules",
        NavEntry(
            _("Status rules"), "portfolio:status_rules", order=42,
            permission=policy.STATUS_RULES, group=STEERING, prefixes=("/ampelregeln/",),
        ),
    )  # fmt: skip
    navigation.add(
        "portfolio.warnings",
        NavEntry(
            _("What comes"), "portfolio:warnings", order=28,
            permission=policy.VIEW, group=STEERING, prefixes=("/was-kommt/",),
        ),
    )  # fmt: skip
    navigation.add(
        "portfolio.size_efforts",
        NavEntry(
            _("Effort by size"), "portfolio:size_efforts", order=920,
            permission=policy.STRATEGY, group=_("Administration"),
            prefixes=("/verwaltung/aufwand/",),
        ),
    )  # fmt: skip
    policy_warnings.register()
    demo_data.add("portfolio.lights", DemoData(120, _load_demo))
    _register_pages()


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo_lights  # the importers are needed only here

    demo_lights.load(folder, actor)


def _register_pages() -> None:
    from leitstand.portfolio.queries import changes, indicator_sources, light_words  # load models
    from leitstand.portfolio.queries.changes_measured import of_indicator
    from leitstand.portfolio.tables.efforts import SIZE_EFFORTS
    from leitstand.portfolio.tables.indicators import INDICATORS
    from leitstand.portfolio.tables.status_rules import STATUS_RULES

    indicator_sources.register()
    _register_warnings()
    change_formats.add("indicator", ChangeFormat(INDICATORS.label, of_indicator))
    efforts = functools.partial(changes.lines, SIZE_EFFORTS)
    change_formats.add("size-efforts", ChangeFormat(SIZE_EFFORTS.label, efforts))

    change_formats.add(
        "status-rule",
        ChangeFormat(
            STATUS_RULES.label,
            functools.partial(changes.lines, STATUS_RULES),
            light_words.rule_name,
        ),
    )


def _register_warnings() -> None:
    """Sources, notices, the start page and the trail of early warnings."""
    from leitstand.core.jobs.running import minute_rounds
    from leitstand.portfolio.actions import telling_warnings
    from leitstand.portfolio.queries import changes, warnings
    from leitstand.portfolio.tables.warnings import WARNINGS
    from leitstand.portfolio.web.warnings import start_section

    warnings.register()
    telling_warnings.register()
    minute_rounds.add("portfolio.warnings", telling_warnings.tell_of_warnings)
    start_sections.add(
        "portfolio.warnings",
        StartSection(35, "portfolio/start/warnings.html", start_section, Place.AHEAD),
    )
    change_formats.add(
        "early-warning", ChangeFormat(WARNINGS.label, functools.partial(changes.lines, WARNINGS))
    )
    resource_kinds.add(
        "early-warning",
        ResourceKind(
            code="early-warning", label=_("Early warning"), find=_find_warning,
            title=lambda row: str(row.title),
            url=lambda row: reverse("portfolio:warning", args=[row.pk]),
        ),
    )  # fmt: skip
    commentables.add("early-warning", Commentable(
        lambda row: row.confidentiality, lambda row: row.unit_id
    ))  # fmt: skip


def _find_warning(actor: Actor, warning_id: uuid.UUID) -> Any | None:
    return policy_warnings.visible(actor).filter(pk=warning_id).first()
