"""Changed fields of a rollout's events in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.changes import Line
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio.models import CellState
from leitstand.portfolio.queries import changes as words
from leitstand.portfolio.tables import rollouts as tables

PARTS = {"step": tables.STEPS, "wave": tables.WAVES, "obstacle": tables.OBSTACLES}


def of_rollout(changes: Mapping[str, Any]) -> list[Line]:
    """Lines of an event: fields by their labels; cells as "unit: step"."""
    part = str(words.pair(changes.get("part"))[1] or "")
    table = PARTS.get(part, tables.ROLLOUTS)
    found = [Line(_("Kind"), "", str(table.label))] if part in PARTS else []
    for name, change in changes.items():
        before, after = words.pair(change)
        if name == "part" or before == after:
            continue
        if name in table:
            found += words.lines(table, {name: change})
        elif name in tables.MEMBERS:
            found += words.lines(tables.MEMBERS, {name: change})
        else:
            label = {"units": _("Units"), "which": _("Entry")}.get(name, name)
            found.append(Line(label, _state(before), _state(after)))
    return found


def _state(text: Any) -> str:
    """A recorded cell ("planned 2027-01-01/2027-02-01 =2027-01-05/") in words; others as is."""
    parts = str(text or "").split(" ")
    if not parts or parts[0] not in CellState.values:
        return str(text or "")
    said = [str(CellState(parts[0]).label)]
    for span in parts[1:]:
        label = _("actual") if span.startswith("=") else _("planned")
        days = [_day(day) for day in span.removeprefix("=").split("/") if day]
        said.append(f"{label} {' – '.join(dict.fromkeys(days))}")
    return ", ".join(said)


def _day(text: str) -> str:
    try:
        return text_of(date.fromisoformat(text))
    except ValueError:
        return text
