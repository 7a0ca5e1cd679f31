"""A rollout as a file: one row per unit, per step its state and days."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from leitstand.core.base.errors import NotFound
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.portfolio.actions.rollouts.exporting import record_rollout_export
from leitstand.portfolio.models import CellState, UnitSize
from leitstand.portfolio.queries.rollouts.boards import Board, board
from leitstand.portfolio.web.exports import FORMATS, file_response
from leitstand.portfolio.web.rollouts.frame import UNIT_STATES, place

_T = ColumnType
DAYS = ("planned_start", "planned_end", "actual_start", "actual_end")


def export(request: HttpRequest, rollout_id: uuid.UUID, form: str) -> HttpResponseBase:
    """The whole matrix as CSV, XLSX or JSON."""
    at = place(request, rollout_id)
    if form not in FORMATS:
        raise NotFound
    found = board(at.rollout)
    response = file_response(form, at.rollout.title, columns(found), rows(found))
    record_rollout_export(at.rollout, form, actor=at.actor)
    return response


def columns(found: Board) -> list[Column]:
    """Unit, wave, size, state, obstacles; per step the state and four days."""
    first = [
        Column("code", _("Code"), _T.TEXT), Column("unit", _("Unit"), _T.TEXT),
        Column("directorate", _("Directorate"), _T.TEXT), Column("wave", _("Wave"), _T.TEXT),
        Column("size", _("Size"), _T.CHOICE, choices=UnitSize.choices),
        Column("state", _("State"), _T.CHOICE, choices=list(UNIT_STATES.items())),
        Column("progress", _("Progress"), _T.PERCENT),
        Column("reason", _("Reason"), _T.TEXT), Column("note", _("Note"), _T.TEXT),
        Column("obstacles", _("Obstacles"), _T.REFERENCES),
    ]  # fmt: skip
    labels = (_("Planned start"), _("Planned end"), _("Actual start"), _("Actual end"))
    for number, step in enumerate(found.steps, start=1):
        first.append(Column(f"step_{number}", step.title, _T.CHOICE, choices=CellState.choices))
        first += [
            Column(f"step_{number}_{day}", f"{step.title}: {label}", _T.DATE)
            for day, label in zip(DAYS, labels, strict=True)
        ]
    return first


def rows(found: Board) -> Iterator[dict[str, Any]]:
    """One row per unit."""
    for member in found.members:
        wave = found.wave(member)
        row: dict[str, Any] = {
            "code": member.code, "unit": member.name, "size": member.size, "state": member.state,
            "directorate": member.directorate[1] if member.directorate else "",
            "wave": wave.title if wave else "", "progress": member.progress,
            "reason": member.reason, "note": member.note,
            "obstacles": tuple(f"{o.get_kind_display()}: {o.title}" for o in member.obstacles),
        }  # fmt: skip
        for number, cell in enumerate(member.cells, start=1):
            if cell is not None:
                row[f"step_{number}"] = cell.state
                row |= {f"step_{number}_{day}": getattr(cell, day) for day in DAYS}
        yield row
