"""What traffic lights and their rules add to the kernel's registries."""

from __future__ import annotations

import functools

from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.ui.registry import STEERING, NavEntry, navigation
from leitstand.portfolio import policy


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    events.register(("portfolio.status_rule.changed", _("Status rule changed")))
    navigation.add(
        "portfolio.status_rules",
        NavEntry(
            _("Status rules"), "portfolio:status_rules", order=42,
            permission=policy.STATUS_RULES, group=STEERING, prefixes=("/ampelregeln/",),
        ),
    )  # fmt: skip
    _register_pages()


def _register_pages() -> None:
    from leitstand.portfolio.queries import changes, light_words  # they load models
    from leitstand.portfolio.tables.status_rules import STATUS_RULES

    change_formats.add(
        "status-rule",
        ChangeFormat(
            STATUS_RULES.label,
            functools.partial(changes.lines, STATUS_RULES),
            light_words.rule_name,
        ),
    )
