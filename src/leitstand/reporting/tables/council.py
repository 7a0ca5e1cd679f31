"""Columns of the council's lists: papers, tracked resolutions, meetings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.reporting.models import PaperKind, ResolutionTracking

_LEVELS = [(str(level.value), level.label) for level in (Level.PUBLIC, Level.INTERNAL)]


def _shown(name: str, label: object, kind: ColumnType) -> Column:
    """A column that is computed: it can be read and exported, not filtered and not sorted."""
    return Column(name, label, kind, filterable=False, sortable=False, editable=False)  # type: ignore[arg-type]


PAPERS = Table(
    kind="council-paper",
    label=_("Paper"),
    label_plural=_("Papers"),
    key=("reference",),
    order=("-date", "-reference"),
    columns=(
        Column("reference", _("Number of the paper"), ColumnType.TEXT),
        Column("name", _("Title"), ColumnType.TEXT),
        Column("kind", _("Kind of paper"), ColumnType.CHOICE, choices=PaperKind.choices),
        _shown("type_text", _("Kind as the city calls it"), ColumnType.TEXT),
        Column("date", _("Date"), ColumnType.DATE),
        _shown("submitted_by", _("Submitted by"), ColumnType.TEXT),
        Column("state", _("State"), ColumnType.CHOICE, source="tracking__state",
               choices=ResolutionTracking.State.choices),
        Column("next_report", _("Next report by"), ColumnType.DATE, source="tracking__next_report"),
        Column("confidentiality", _("Confidentiality"), ColumnType.CHOICE, choices=_LEVELS,
               filterable=False),
        _shown("withdrawn_on", _("Withdrawn on"), ColumnType.DATE),
        _shown("address", _("Address in the council information system"), ColumnType.TEXT),
    ),
)  # fmt: skip

RESOLUTIONS = Table(
    kind="council-resolution",
    label=_("Tracked resolution"),
    label_plural=_("Tracked resolutions"),
    key=("reference",),
    order=("next_report",),
    columns=(
        Column("reference", _("Number of the paper"), ColumnType.TEXT, source="paper__reference"),
        Column("paper", _("Paper"), ColumnType.TEXT, source="paper__name"),
        Column("kind", _("Kind of paper"), ColumnType.CHOICE, source="paper__kind",
               choices=PaperKind.choices),
        Column("decided_on", _("Decided on"), ColumnType.DATE),
        _shown("resolution", _("Resolution"), ColumnType.LONGTEXT),
        Column("state", _("State"), ColumnType.CHOICE, choices=ResolutionTracking.State.choices),
        _shown("progress", _("How far it is"), ColumnType.LONGTEXT),
        Column("next_report", _("Next report by"), ColumnType.DATE),
        _shown("overdue", _("Report overdue"), ColumnType.BOOLEAN),
        Column("unit", _("Carried out by"), ColumnType.UNIT, source="unit__name"),
        _shown("projects", _("Projects"), ColumnType.REFERENCES),
        Column("planned", _("Planned"), ColumnType.MONEY, unit="€", filterable=False,
               sortable=False, editable=False),
        Column("spent", _("Spent"), ColumnType.MONEY, unit="€", filterable=False, sortable=False,
               editable=False),
    ),
)  # fmt: skip

MEETINGS = Table(
    kind="council-meeting",
    label=_("Meeting"),
    label_plural=_("Meetings and deadlines"),
    key=("name",),
    order=("start",),
    columns=(
        Column("name", _("Meeting"), ColumnType.TEXT),
        Column("committee", _("Committee"), ColumnType.REFERENCE, source="organization__name"),
        Column("start", _("Day"), ColumnType.DATE),
        _shown("begins", _("Begins at"), ColumnType.TEXT),
        _shown("ends", _("Ends at"), ColumnType.TEXT),
        Column("place", _("Venue"), ColumnType.TEXT),
        Column("cancelled", _("Called off"), ColumnType.BOOLEAN),
        _shown("report", _("Report until"), ColumnType.DATE),
        _shown("decision", _("Proposed resolution until"), ColumnType.DATE),
        _shown("motion", _("Motion until"), ColumnType.DATE),
        _shown("inquiry", _("Inquiry until"), ColumnType.DATE),
        Column("confidentiality", _("Confidentiality"), ColumnType.CHOICE, choices=_LEVELS,
               filterable=False),
        _shown("address", _("Address in the council information system"), ColumnType.TEXT),
    ),
)  # fmt: skip
DEADLINE_COLUMNS = {
    "report": "report", "resolution": "decision", "motion": "motion", "inquiry": "inquiry",
}  # fmt: skip
"""Kind of paper → column of its last day."""
