"""What may be asked about projects and about the units of a rollout: columns by code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.papers import Cell, Kind
from leitstand.portfolio.facade import ProjectState, RolloutState, UnitState
from leitstand.reporting.queries import cells

STEP = "step:"


@dataclass(frozen=True)
class Asked:
    """A column of an inquiry; ``usual`` ones are chosen from the start."""

    code: str
    label: Any
    cell: Callable[[Any], Cell]
    kind: Kind = Kind.TEXT
    weight: float = 1.0
    usual: bool = False


def _lines(texts: Sequence[str]) -> Cell:
    return Cell("\n".join(texts) or "–")


def _light(one: ProjectState) -> Cell:
    return Cell(one.light_label, tone=cells.TONES[one.light])


def _causes(one: ProjectState) -> Cell:
    more = [text for text in one.obstacles if not any(text in cause for cause in one.causes)]
    return _lines([*one.causes, *more])


def _percent(one: ProjectState) -> Cell:
    return Cell(f"{one.progress} %", one.progress)


def _unit_state(one: UnitState) -> Cell:
    return Cell(_("introduced") if one.state == "done" else one.state_label)


_PROJECTS: Sequence[Asked] = (
    Asked("number", gettext_lazy("Identifier"), lambda one: Cell(one.number)),
    Asked("title", gettext_lazy("Project"), lambda one: Cell(one.title), weight=2.4, usual=True),
    Asked("unit", gettext_lazy("Responsible"), lambda one: Cell(one.unit), weight=1.6, usual=True),
    Asked("phase", gettext_lazy("Phase"), lambda one: Cell(one.phase_label), usual=True),
    Asked("progress", gettext_lazy("Progress"), _percent, Kind.PERCENT, 0.9),
    Asked("end", gettext_lazy("End"), lambda one: Cell(one.end_text or "–"), usual=True),
    Asked("planned_end", gettext_lazy("Target day"), lambda one: cells.day(one.planned_end), Kind.DATE),
    Asked("light", gettext_lazy("Traffic light"), _light, usual=True),
    Asked("causes", gettext_lazy("Reasons"), _causes, weight=2.8, usual=True),
    Asked("standing", gettext_lazy("Where it stands"), lambda one: Cell(one.standing or "–"), weight=2.8),
    Asked("outlook", gettext_lazy("What comes next"), lambda one: Cell(one.outlook or "–"), weight=2.4),
    Asked("council", gettext_lazy("Council"), lambda one: cells.council(one, 3), weight=1.8),
    Asked("programme", gettext_lazy("Programme"), lambda one: Cell(one.programme or "–"), weight=1.4),
    Asked("fields", gettext_lazy("Field of action"), lambda one: _lines(one.fields), weight=1.4),
)  # fmt: skip
_UNITS: Sequence[Asked] = (
    Asked("unit", gettext_lazy("Unit"), lambda one: Cell(one.name), weight=2.2, usual=True),
    Asked("code", gettext_lazy("Code"), lambda one: Cell(one.code), weight=0.8),
    Asked("state", gettext_lazy("State"), _unit_state, usual=True),
    Asked("live_on", gettext_lazy("Go-live"), lambda one: cells.day(one.live_on), Kind.DATE, usual=True),
)  # fmt: skip
_UNITS_END: Sequence[Asked] = (
    Asked(
        "reasons", gettext_lazy("Reasons"), lambda one: _lines(one.reasons), weight=2.4, usual=True
    ),
    Asked("note", gettext_lazy("Remark"), lambda one: Cell(one.note or "–"), weight=1.6),
)


def of_projects() -> list[Asked]:
    """The columns of projects."""
    return list(_PROJECTS)


def of_rollout(rollout: RolloutState) -> list[Asked]:
    """The columns of a rollout's units; every step is one, named by its title."""
    steps = [
        Asked(f"{STEP}{title}", title, _step(place)) for place, title in enumerate(rollout.steps)
    ]
    return [*_UNITS, *steps, *_UNITS_END]


def _step(place: int) -> Callable[[UnitState], Cell]:
    def cell(one: UnitState) -> Cell:
        return Cell(one.steps[place] or "–")

    return cell


def chosen(offered: Sequence[Asked], codes: Sequence[str]) -> list[Asked]:
    """The columns of these codes in the order of the codes, the usual ones if there are none.

    The first column names the row, so project or unit come first if they were left out.
    """
    known: Mapping[str, Asked] = {one.code: one for one in offered}
    found = [known[code] for code in codes if code in known] or [o for o in offered if o.usual]
    name = known.get("title") or known["unit"]
    if not any(one.code in ("title", "unit") for one in found[:1]):
        found = [name, *(one for one in found if one.code != name.code)]
    return found


def wrong(offered: Sequence[Asked], codes: Sequence[str]) -> str:
    """A text that names unknown codes and those that exist; empty if all are known."""
    known = [one.code for one in offered]
    unknown = [code for code in codes if code not in known]
    if not unknown:
        return ""
    text = _("Unknown columns: %(unknown)s. These exist: %(known)s.")
    return text % {"unknown": ", ".join(unknown), "known": ", ".join(known)}
