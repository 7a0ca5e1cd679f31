"""Sections of the start page: reports that are due, papers that the reader follows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.reporting.queries import tracking as read
from leitstand.reporting.web.council_words import state_badge
from leitstand.reporting.web.papers import address

_SHORT = 6


def due(actor: Actor) -> dict[str, Any] | None:
    """Reports to the council that are due."""
    lines = read.due_for(actor)
    return _section(lines, _("Reports to the council"), "council-reports") if lines else None


def followed(actor: Actor) -> dict[str, Any] | None:
    """What becomes of the papers that the reader follows."""
    lines = read.lines(actor, read.trackings(actor, followed=True)[:_SHORT])
    return _section(lines, _("My papers in the council"), "council-followed") if lines else None


def _section(lines: list[read.Line], title: str, key: str) -> dict[str, Any]:
    return {
        "title": title, "id": key,
        "lines": [
            {"paper": line.tracking.paper, "url": address(line.tracking.paper_id),
             "badge": state_badge(line.tracking.state), "due": line.tracking.next_report,
             "late": line.late}
            for line in lines
        ],
    }  # fmt: skip
