"""Columns of rollouts, their steps, waves, units, cells and obstacles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import CellState, DueKind, Obstacle, StepKind, UnitSize

_T = ColumnType


def _levels() -> list[tuple[str, Any]]:
    return [(str(value), label) for value, label in Level.choices]


ROLLOUTS = Table(
    kind="rollout",
    label=_("Rollout"),
    label_plural=_("Rollouts"),
    key=("title",),
    columns=(
        Column("title", _("Title"), _T.TEXT, required=True, max_length=300),
        Column("description", _("Description"), _T.LONGTEXT),
        Column("project", _("Project"), _T.REFERENCE, source="project__title",
               help=_("Its lead may change the rollout.")),
        Column("lead_unit", _("Lead unit"), _T.UNIT, required=True, source="lead_unit__name"),
        Column("confidentiality", _("Confidentiality"), _T.CHOICE, choices=_levels, required=True),
        Column("start", _("Start"), _T.DATE,
               help=_("The pace is counted from this day; if empty, from the first known day.")),
        Column("due", _("To be finished by"), _T.DATE),
        Column("due_kind", _("Kind of date"), _T.CHOICE, choices=DueKind.choices),
        Column("due_basis", _("Legal basis"), _T.TEXT, max_length=300),
    ),
)  # fmt: skip

STEPS = Table(
    kind="rollout-step",
    label=_("Step"),
    label_plural=_("Steps"),
    key=("title",),
    columns=(
        Column("position", _("Position"), _T.INTEGER, minimum=1, maximum=999, required=True),
        Column("title", _("Title"), _T.TEXT, required=True, max_length=120),
        Column("kind", _("Kind"), _T.CHOICE, choices=StepKind.choices, required=True,
               help=_("A unit counts as finished once its go-live day is done.")),
        Column("min_days", _("At least (days)"), _T.INTEGER, minimum=0, maximum=999,
               required=True, help=_("Calendar days.")),
        Column("max_days", _("At most (days)"), _T.INTEGER, minimum=0, maximum=999,
               required=True),
        Column("by_size", _("Depends on the size of the unit"), _T.BOOLEAN,
               help=_("A small unit then takes the least, a large one the most time.")),
        Column("weight", _("Share of the work"), _T.INTEGER, minimum=0, maximum=100),
        Column("note", _("Note"), _T.TEXT, max_length=300),
    ),
)  # fmt: skip

WAVES = Table(
    kind="rollout-wave",
    label=_("Wave"),
    label_plural=_("Waves"),
    key=("title",),
    columns=(
        Column("title", _("Title"), _T.TEXT, required=True, max_length=120),
        Column("start", _("Start"), _T.DATE),
        Column("go_live", _("Go-live day"), _T.DATE),
        Column("capacity", _("Capacity (units)"), _T.INTEGER, minimum=1, maximum=999,
               help=_("How many units the central team can take on in this wave.")),
    ),
)  # fmt: skip

MEMBERS = Table(
    kind="rollout-unit",
    label=_("Unit of the rollout"),
    label_plural=_("Units of the rollout"),
    key=("unit",),
    columns=(
        Column("unit", _("Unit"), _T.UNIT, required=True, editable=False, source="unit__name"),
        Column("wave", _("Wave"), _T.REFERENCE, source="wave__title"),
        Column("size", _("Size"), _T.CHOICE, choices=UnitSize.choices, required=True),
        Column("affected", _("Takes part"), _T.BOOLEAN,
               help=_("A unit that does not take part counts nowhere; say why.")),
        Column("reason", _("Reason"), _T.TEXT, max_length=300),
        Column("note", _("Note"), _T.TEXT, max_length=500),
    ),
)  # fmt: skip

CELLS = Table(
    kind="rollout-cell",
    label=_("State of a step"),
    label_plural=_("States of the steps"),
    key=("unit", "step"),
    columns=(
        Column("unit", _("Unit"), _T.TEXT, editable=False, source="member__unit__name"),
        Column("step", _("Step"), _T.TEXT, editable=False, source="step__title"),
        Column("state", _("State"), _T.CHOICE, choices=CellState.choices, required=True),
        Column("planned_start", _("Planned start"), _T.DATE),
        Column("planned_end", _("Planned end"), _T.DATE),
        Column("actual_start", _("Actual start"), _T.DATE),
        Column("actual_end", _("Actual end"), _T.DATE),
    ),
)

OBSTACLES = Table(
    kind="rollout-obstacle",
    label=_("Obstacle"),
    label_plural=_("Obstacles"),
    key=("kind", "title"),
    columns=(
        Column("kind", _("Kind"), _T.CHOICE, choices=Obstacle.Kind.choices, required=True),
        Column("title", _("Title"), _T.TEXT, required=True, max_length=300),
        Column("since", _("Since"), _T.DATE),
        Column("resolved_on", _("Resolved on"), _T.DATE),
    ),
)
TEMPLATES = Table(
    kind="rollout-template",
    label=_("Rollout template"),
    label_plural=_("Rollout templates"),
    key=("name",),
    columns=(
        Column("name", _("Name"), _T.TEXT, required=True, max_length=200),
        Column("description", _("Description"), _T.LONGTEXT),
    ),
)

PAIR = "pair"
"""A column of a file that holds two additional services in one, such as "ja ja"."""
_OFFICE = ("Dienststelle", "Amt", "Fachamt", "Organisationseinheit", "Einheit", "Referat", "OE",
           "Fachbereich", "Amt/Dienststelle", "Name")  # fmt: skip
_STEP_ALIASES: dict[str, tuple[str, ...]] = {
    StepKind.TECHNICAL: ("techn_anbindung", "Technische Anbindung", "techn. Anbindung", "Technik"),
    StepKind.GO_LIVE: ("e_akte", "E-Akte", "Stand", "Status", "Stichtag", "Go-live", "Einführung",
                       "eingeführt am", "Eingeführt", "Produktivstart"),
    StepKind.TRAINING: ("Schulung", "Schulungen"),
    StepKind.MEETING: ("Auftakt", "Auftaktgespräch", "Kick-off"),
}  # fmt: skip


def office_table(steps: Sequence[tuple[str, str]]) -> Table:
    """Columns under which a list of offices may tell a rollout's state.

    ``steps`` are (title, kind) in order; the column of the n-th is ``step_<n>``. A kind's other
    names help only its first step.
    """
    seen: set[str] = set()
    columns = [
        Column("unit", _("Unit"), _T.UNIT, required=True, aliases=_OFFICE),
        Column("wave", _("Wave"), _T.TEXT, max_length=120, aliases=("Welle", "Rolloutwelle")),
        Column("size", _("Size"), _T.CHOICE, choices=UnitSize.choices, aliases=("Größe",),
               choice_aliases=(("klein", "S"), ("mittel", "M"), ("groß", "L"))),
        Column("note", _("Note"), _T.TEXT, max_length=500, aliases=("Bemerkung", "Anmerkung")),
    ]  # fmt: skip
    for number, (title, kind) in enumerate(steps, start=1):
        aliases = () if kind in seen else _STEP_ALIASES.get(kind, ())
        seen.add(kind)
        columns.append(Column(f"step_{number}", title, _T.TEXT, aliases=aliases))
    if sum(kind == StepKind.EXTRA for _title, kind in steps) == 2:
        titles = [title for title, kind in steps if kind == StepKind.EXTRA]
        columns.append(
            Column(PAIR, " + ".join(titles), _T.TEXT,
                   aliases=("e_umlauf_und_e_posteingang", " und ".join(titles)))
        )  # fmt: skip
    return Table("rollout-office", _("Office"), _("Offices"), tuple(columns), key=("unit",))
