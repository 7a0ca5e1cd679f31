"""What needs, working groups and tasks add to the kernel's registries."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.ui.registry import NavEntry, StartSection, navigation, start_sections
from leitstand.portfolio import policy_intake


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    events.register(
        ("portfolio.need.filed", _("Need filed")),
        ("portfolio.need.changed", _("Need changed")),
        ("portfolio.need.taken", _("Need taken on")),
        ("portfolio.need.assessed", _("Need estimated")),
        ("portfolio.need.asked", _("Question to the department")),
        ("portfolio.need.noted", _("Note on the need")),
        ("portfolio.need.replied", _("Reply of the department")),
        ("portfolio.need.decided", _("Need decided on")),
        ("portfolio.need.reopened", _("Advice case opened again")),
        ("portfolio.need.tied", _("Overlap noted")),
        ("portfolio.need.untied", _("Overlap removed")),
    )
    navigation.add(
        "portfolio.needs",
        NavEntry(_("Needs"), "portfolio:needs", 32, policy_intake.VIEW, prefixes=("/bedarfe/",)),
    )
    resource_kinds.add(
        "need",
        ResourceKind("need", _("Need"), _find_need, lambda need: str(need.title), _need_url),
    )
    _register_pages()


def _register_pages() -> None:
    from leitstand.portfolio.queries import changes_together
    from leitstand.portfolio.web import start_together  # they load models not ready before

    change_formats.add("need", ChangeFormat(_("Need"), changes_together.of_need))
    start_sections.add(
        "portfolio.needs", StartSection(8, "portfolio/start/needs.html", start_together.needs)
    )


def _find_need(actor: Actor, need_id: uuid.UUID) -> Any | None:
    return policy_intake.visible(actor).filter(pk=need_id).select_related("case").first()


def _need_url(need: Any) -> str:
    return reverse("portfolio:need", args=[need.id])
