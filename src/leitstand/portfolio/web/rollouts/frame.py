"""What all pages of one rollout share: the reader, tabs, crumbs, words for states."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.actor import Actor
from leitstand.core.ui import components as ui
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.models import CellState, Rollout
from leitstand.portfolio.queries.rollouts.boards import Cell
from leitstand.portfolio.web.filtering import reader

STATE_KINDS: dict[str, ui.Kind] = {
    CellState.PLANNED: "neutral",
    CellState.RUNNING: "info",
    CellState.DONE: "success",
}
UNIT_STATES: dict[str, Any] = {
    "done": gettext_lazy("gone live"),
    "running": gettext_lazy("in progress"),
    "planned": gettext_lazy("planned"),
    "open": gettext_lazy("open"),
    "out": gettext_lazy("does not take part"),
}
UNIT_KINDS: dict[str, ui.Kind] = {"done": "success", "running": "info"}


@dataclass(frozen=True)
class Place:
    """One request for one rollout."""

    request: HttpRequest
    actor: Actor
    rollout: Rollout
    may_change: bool

    def url(self, name: str, *more: Any) -> str:
        """Address of another page of this rollout."""
        return address(name, self.rollout.pk, *more)

    def context(self, title: Any, current: str, **more: Any) -> dict[str, Any]:
        """Title, crumbs and tabs; ``current`` is the page's own URL name."""
        crumbs = [ui.Link(_("Rollouts"), reverse("portfolio:rollouts"))]
        if current == "rollout":
            crumbs.append(ui.Link(self.rollout.title))
        else:
            crumbs += [ui.Link(self.rollout.title, self.url("rollout")), ui.Link(title)]
        return {
            "rollout": self.rollout,
            "title": title,
            "crumbs": crumbs,
            "tabs": self._tabs(current),
            "may_change": self.may_change,
            **more,
        }

    def _tabs(self, current: str) -> list[ui.Link]:
        pages: list[tuple[str, Any]] = [
            ("rollout", _("Who is where")),
            ("rollout_waves", _("Waves")),
            ("rollout_progress", _("Progress and forecast")),
            ("rollout_obstacles", _("Obstacles")),
            ("rollout_difference", _("Two dates compared")),
        ]
        if self.may_change:
            pages += [("rollout_steps", _("Steps")), ("rollout_import", _("Import"))]
        return [ui.Link(label, self.url(name), name == current) for name, label in pages]


def address(name: str, *args: Any) -> str:
    """Address of a page of the portfolio."""
    return reverse(f"portfolio:{name}", args=args)


def place(request: HttpRequest, rollout_id: uuid.UUID, *, change: bool = False) -> Place:
    """The rollout for its reader; with ``change`` for those alone who may change it."""
    actor = reader(request)
    if change:
        rollout = policy_rollouts.require_change(actor, rollout_id)
        return Place(request, actor, rollout, True)
    rollout = policy_rollouts.get_visible(actor, rollout_id)
    return Place(request, actor, rollout, policy_rollouts.may_change(actor, rollout))


def state_cell(cell: Cell | None, today: date, *, mark: Any = "") -> ui.Cell:
    """A cell's state in words with colour; underneath its days."""
    if cell is None:
        return ui.Cell("")
    state = CellState(cell.state)
    note = days_text(cell)
    kind = STATE_KINDS.get(state)
    if cell.is_late(today):
        kind, note = "warning", f"{note} · {_('late')}" if note else _("late")
    badge = ui.Badge(state.label, kind) if kind else None
    return ui.Cell(str(state.label), badge=badge, note=note)


def days_text(cell: Cell) -> str:
    """The day that matters in the state: when it was done, since when it runs, when it is due."""
    if cell.state == CellState.DONE:
        return text_of(cell.actual_end) if cell.actual_end else _("day not known")
    if cell.state == CellState.RUNNING:
        begun = (
            _("since %(day)s") % {"day": text_of(cell.actual_start)} if cell.actual_start else ""
        )
        due = _("until %(day)s") % {"day": text_of(cell.planned_end)} if cell.planned_end else ""
        return " ".join(filter(None, (begun, due)))
    if cell.state in (CellState.PLANNED, CellState.OPEN):
        days = [cell.planned_start, cell.planned_end]
        shown = list(dict.fromkeys(text_of(day) for day in days if day))
        return " – ".join(shown)
    return ""


def state_text(cell: Any) -> str:
    """State and days of a cell (or of a row with the same fields) in one line."""
    parts = [str(CellState(cell.state).label)]
    for label, first, last in (
        (_("planned"), cell.planned_start, cell.planned_end),
        (_("actual"), cell.actual_start, cell.actual_end),
    ):
        if first or last:
            span = " – ".join(dict.fromkeys(text_of(day) for day in (first, last) if day))
            parts.append(f"{label} {span}")
    return ", ".join(parts)


def unit_badge(state: str) -> ui.Badge:
    """State of a unit in words with its colour."""
    return ui.Badge(UNIT_STATES[state], UNIT_KINDS.get(state, "neutral"))


def share_text(number: int, total: int) -> str:
    """In words: 31 of 48."""
    return _("%(number)d of %(total)d") % {"number": number, "total": total}


def links(actions: Sequence[tuple[Any, str, str]]) -> list[ui.Action]:
    """Actions from (label, address, icon)."""
    return [ui.Action(label, url, icon=icon) for label, url, icon in actions]
