"""Units × steps: who is where; the same table with boxes for changing many cells at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from leitstand.core.comments.queries import thread
from leitstand.core.ui import components as ui
from leitstand.core.ui.datatable import badge, text_of
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.models import CellState, Obstacle, UnitSize
from leitstand.portfolio.queries.rollouts.boards import Board, Cell, Member, board
from leitstand.portfolio.web.rollouts import wording
from leitstand.portfolio.web.rollouts.frame import (
    UNIT_STATES,
    Place,
    place,
    share_text,
    state_cell,
    unit_badge,
)

BOX = "zelle"


def matrix(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Every unit with the state of every step, filtered; a card per unit on the phone."""
    at = place(request, rollout_id)
    found = board(at.rollout)
    form, chosen = selection(request, found)
    shown = [member for member in found.members if chosen(member)]
    context = at.context(
        at.rollout.title, "rollout",
        tiles=tiles(found), table=table(at, found, shown), filter=form, reset_url=request.path,
        count=share_text(len(shown), len(found.members)), forecast=wording.short(found),
        actions=_actions(at, request), has_units=bool(found.members),
        thread=thread(at.actor, "rollout", at.rollout),
    )  # fmt: skip
    return render(request, "portfolio/rollouts/matrix.html", context)


def _actions(at: Place, request: HttpRequest) -> list[ui.Action]:
    found = []
    if policy_rollouts.settable(at.actor, at.rollout).exists():
        query = request.META.get("QUERY_STRING", "")
        url = at.url("rollout_cells") + (f"?{query}" if query else "")
        found.append(ui.Action(_("Change states"), url, "primary", "edit"))
    if at.may_change:
        found += [
            ui.Action(_("Add units"), at.url("rollout_units"), icon="add"),
            ui.Action(_("Settings"), at.url("rollout_settings")),
        ]
    found.append(ui.Action(_("Download"), at.url("rollout_export", "xlsx"), icon="download"))
    return found


def tiles(found: Board) -> list[ui.Tile]:
    """The figures above the table."""
    late = sum(m.is_late(found.today) for m in found.affected if m.state != "done")
    blocked = sum(bool(m.obstacles) for m in found.affected if m.state != "done")
    out = len(found.members) - len(found.affected)
    return [
        ui.Tile(_("gone live"), share_text(len(found.finished), len(found.affected)),
                _("%(number)d do not take part") % {"number": out} if out else ""),
        ui.Tile(_("in progress"), sum(m.state == "running" for m in found.affected)),
        ui.Tile(_("late"), late, kind="warning" if late else "neutral"),
        ui.Tile(_("Held up"), blocked, kind="warning" if blocked else "neutral"),
    ]  # fmt: skip


# --- filter ---------------------------------------------------------------------------------------


def selection(request: HttpRequest, found: Board) -> tuple[forms.Form, Any]:
    """The filter form and a predicate over members; values that do not exist select nothing."""
    directorates = sorted(
        {m.directorate for m in found.members if m.directorate}, key=lambda d: d[1]
    )
    form = forms.Form(request.GET, auto_id="f-%s")
    offers: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("dezernat", _("Directorate"), [(str(key), name) for key, name in directorates]),
        ("welle", _("Wave"), [*((str(w.pk), w.title) for w in found.waves), ("-", _("no wave"))]),
        ("zustand", _("State"), [*UNIT_STATES.items(), ("late", _("late"))]),
        ("hemmnis", _("Obstacle"), [("*", _("any")), *Obstacle.Kind.choices]),
    ]
    form.fields["q"] = forms.CharField(label=_("Unit"), required=False)
    for name, label, choices in offers:
        form.fields[name] = forms.ChoiceField(
            label=label, choices=[("", _("all")), *choices], required=False, widget=LongSelect
        )
    asked = {name: request.GET.get(name, "").strip() for name in form.fields}

    def fits(member: Member) -> bool:
        return (
            asked["q"].casefold() in f"{member.code} {member.name}".casefold()
            and asked["dezernat"] in ("", str(member.directorate[0]) if member.directorate else "")
            and asked["welle"] in ("", str(member.wave_id) if member.wave_id else "-")
            and (asked["zustand"] in ("", member.state)
                 or (asked["zustand"] == "late" and member.is_late(found.today)))
            and (asked["hemmnis"] in ("", *(o.kind for o in member.obstacles))
                 or (asked["hemmnis"] == "*" and bool(member.obstacles)))
        )  # fmt: skip

    return form, fits


# --- table ----------------------------------------------------------------------------------------


def table(
    at: Place,
    found: Board,
    shown: Sequence[Member],
    *,
    boxes: frozenset[uuid.UUID] = frozenset(),
    ticked: frozenset[uuid.UUID] = frozenset(),
) -> ui.DataTable:
    """The matrix; ``boxes``: members whose cells get a box, ``ticked``: cells that are ticked."""
    columns = [
        ui.Column("unit", _("Unit")),
        ui.Column("state", _("State")),
        *(ui.Column("step", step.title) for step in found.steps),
    ]
    rows = []
    for member in shown:
        cells: list[Any] = [_head(at, found, member), _state(member)]
        for step, cell in zip(found.steps, member.cells, strict=True):
            if cell and member.id in boxes:
                cells.append(_boxed(cell, f"{member.name}, {step.title}", found, cell.id in ticked))
            else:
                cells.append(state_cell(cell, found.today))
        blocked = bool(member.obstacles) and member.state not in ("done", "out")
        late = member.state != "done" and member.is_late(found.today)
        kind = "danger" if blocked else "warning" if late else ""
        rows.append(ui.Row(cells, label=member.name, kind=kind))  # type: ignore[arg-type]
    return ui.DataTable(
        _("Units and steps"), columns, rows, id="matrix", footer=_totals(found, shown),
        empty_title=_("No unit fits the filter") if found.members else _("No units yet"),
        empty_text=_("Take a filter off.") if found.members
        else _("Add all offices of a level in one step, or import a list."),
        empty_actions=_empty_actions(at) if not found.members else (),
    )  # fmt: skip


def _empty_actions(at: Place) -> list[ui.Action]:
    if not at.may_change:
        return []
    return [
        ui.Action(_("Add units"), at.url("rollout_units"), "primary", "add"),
        ui.Action(_("Import"), at.url("rollout_import")),
    ]


def _head(at: Place, found: Board, member: Member) -> ui.Cell:
    wave = found.wave(member)
    about = [wave.title if wave else "", _size(member)]
    return ui.Cell(
        member.name, url=at.url("rollout_unit", member.id), note=" · ".join(filter(None, about))
    )


def _size(member: Member) -> str:
    return str(UnitSize(member.size).label)


def _state(member: Member) -> ui.Cell:
    note = "; ".join(str(o.get_kind_display()) for o in member.obstacles)
    if member.state == "out":
        note = member.reason
    return ui.Cell(badge=unit_badge(member.state), note=note)


def _boxed(cell: Cell, name: str, found: Board, ticked: bool) -> ui.Cell:
    """A cell whose whole area ticks its box."""
    shown = state_cell(cell, found.today)
    inner = badge(shown.badge.text, shown.badge.kind) if shown.badge else text_of(shown.text)
    mark = format_html(
        '<label class="ro-cell"><input class="ls-box" type="checkbox" name="{}" value="{}:{}" {}>'
        '<span class="kern-sr-only">{}: </span>{}</label>',
        BOX, cell.id, cell.version, "checked" if ticked else "", name, inner,
    )  # fmt: skip
    return ui.Cell(mark, note=shown.note)


def _totals(found: Board, shown: Sequence[Member]) -> ui.Row | None:
    """Per step: how many of the units that need it have done it."""
    counted = [m for m in shown if m.affected]
    if not counted:
        return None
    live = sum(m.state == "done" for m in counted)
    cells: list[Any] = [_("Done"), share_text(live, len(counted))]
    for place_, _step in enumerate(found.steps):
        states = [c.state for m in counted if (c := m.cells[place_])]
        needed = [state for state in states if state != CellState.NOT_NEEDED]
        cells.append(share_text(sum(s == CellState.DONE for s in needed), len(needed)))
    return ui.Row(cells)
