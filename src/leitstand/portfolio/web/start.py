"""Sections and figures of the start page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.visits import last_visit
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import grants
from leitstand.core.tables.query import Query
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.queries import cockpit, indicators, start
from leitstand.portfolio.queries.projects import PROJECT_LIST
from leitstand.portfolio.web import cells, shares
from leitstand.portfolio.web.warnings import left


def _address(**filters: Any) -> str:
    return Query(PROJECT_LIST).having(**filters).url(reverse("portfolio:list"))


def tiles(actor: Actor) -> Sequence[ui.Tile]:
    """Done, started, planned and late over everything that the person sees."""
    if not grants(actor, policy.VIEW):
        return ()
    visible, query = policy.visible(actor), Query(PROJECT_LIST)
    whole = indicators.overall(visible)
    if not whole.total:
        return ()
    number = indicators.number_late(visible)
    late = ui.Tile(
        _("late"), number, _("end or a milestone has passed"), _address(late=True),
        kind="warning" if number else "neutral",
    )  # fmt: skip
    return (*shares.tiles(whole, query, {}), late)


def begin(actor: Actor) -> dict[str, Any] | None:
    """Ways to new projects; at length while there is none."""
    may_import, may_create = grants(actor, policy.IMPORT), grants(actor, policy.CREATE)
    may_see = bool(grants(actor, policy.VIEW))
    if not (may_see or may_import or may_create):
        return None
    empty = start.is_empty(actor)
    if empty and not may_see:
        return None
    bring = [ui.Action(_("Import a spreadsheet"), reverse("portfolio:imports"),
                       "primary" if empty else "secondary")] if may_import else []  # fmt: skip
    sketch = [ui.Action(_("New sketch"), reverse("portfolio:sketch"),
                        "secondary" if empty else "primary", "" if empty else "add")
              ] if may_create else []  # fmt: skip
    actions = [*bring, *sketch] if empty else [*sketch, *bring]
    return {"actions": actions, "empty": empty} if empty or actions else None


def _lines(briefs: Sequence[start.Brief]) -> list[dict[str, Any]]:
    return [
        {
            "project": brief,
            "url": cells.pattern("project").format(brief.id),
            "badge": cells.phase_badge(brief.phase),
        }
        for brief in briefs
    ]


def mine(actor: Actor) -> dict[str, Any] | None:
    """The person's own open projects."""
    if actor.person_id is None or not grants(actor, policy.VIEW):
        return None
    briefs, number = start.mine(actor)
    if not briefs:
        return None
    return {"title": _("My projects"), "lines": _lines(briefs), "number": number,
            "all_url": _address(mine=True), "id": "mine"}  # fmt: skip


def late(actor: Actor) -> dict[str, Any] | None:
    """What is late, and why."""
    if not grants(actor, policy.VIEW):
        return None
    briefs, number = start.late(actor)
    if not briefs:
        return None
    narrowed = cockpit.is_narrowed(actor)
    title = _("Late in your area, and why") if narrowed else _("Late, and why")
    return {"title": title, "lines": _lines(briefs), "number": number,
            "all_url": _address(late=True), "id": "late"}  # fmt: skip


def _dated(rows: Sequence[start.Dated | start.Awaited]) -> list[dict[str, Any]]:
    return [{"entry": row, "url": cells.pattern("project").format(row.project)} for row in rows]


def milestones(actor: Actor) -> dict[str, Any] | None:
    """Milestones of the next 30 days."""
    if not grants(actor, policy.VIEW):
        return None
    rows = start.next_milestones(actor)
    return {"title": _("Milestones in the next 30 days"), "lines": _dated(rows),
            "id": "milestones"} if rows else None  # fmt: skip


def consultations(actor: Actor) -> dict[str, Any] | None:
    """Overdue mandatory consultations."""
    if not grants(actor, policy.VIEW):
        return None
    rows, number = start.overdue_consultations(actor)
    return {"title": _("Overdue mandatory consultations"), "lines": _dated(rows),
            "number": number, "id": "consultations"} if rows else None  # fmt: skip


def due(actor: Actor) -> dict[str, Any] | None:
    """Dates by law that come near or have passed."""
    if not grants(actor, policy.VIEW):
        return None
    rows, number = start.due_by_law(actor)
    passed = sum(row.due < clock.today() for row in rows)
    title = _("Dates by law: passed, and in the next six months") if passed else _(
        "Dates by law in the next six months"
    )  # fmt: skip
    lines = [line | {"note": left(line["entry"].due)} for line in _dated(rows)]
    return {"title": title, "lines": lines, "number": number, "id": "due"} if rows else None


def decisions(actor: Actor) -> dict[str, Any] | None:
    """Decisions that the person's projects wait for."""
    if not grants(actor, policy.VIEW):
        return None
    rows, number = start.awaited_decisions(actor)
    return {"title": _("Decisions awaited"), "lines": _dated(rows), "number": number,
            "id": "decisions"} if rows else None  # fmt: skip


def changed(actor: Actor) -> dict[str, Any] | None:
    """What has changed since the last visit; nothing on the first one."""
    since = last_visit(actor.account_id)
    if since is None or not grants(actor, policy.VIEW):
        return None
    rows, number = cockpit.changed_since(actor, since)
    lines = [
        {
            "project": row,
            "url": cells.pattern("project").format(row.id),
            "badge": cells.phase_badge(row.phase),
        }
        for row in rows
    ]
    return {"title": _("Changed projects"), "since": since, "lines": lines, "number": number,
            "id": "changed"}  # fmt: skip
