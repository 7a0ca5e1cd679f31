"""Tables that are exported only: what ties projects together, and columns around parts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import Dependency

PROJECT_NUMBER = Column(
    "project_number", _("Identifier of the project"), ColumnType.TEXT, editable=False
)
PROJECT_TITLE = Column("project_title", _("Project"), ColumnType.TEXT, editable=False)
IDENTIFIER = Column("id", _("Identifier"), ColumnType.TEXT, editable=False)
VERSION = Column("version", _("Version"), ColumnType.INTEGER, editable=False)

DEPENDENCIES = Table(
    kind="dependency",
    label=_("Dependency"),
    label_plural=_("Dependencies"),
    key=("predecessor", "successor"),
    columns=(
        Column("predecessor", _("Predecessor"), ColumnType.TEXT),
        Column("predecessor_title", _("Title of the predecessor"), ColumnType.TEXT),
        Column("successor", _("Successor"), ColumnType.TEXT),
        Column("successor_title", _("Title of the successor"), ColumnType.TEXT),
        Column("kind", _("Kind"), ColumnType.CHOICE, choices=Dependency.Kind.choices,
               required=True),
        Column("lag_days", _("Lag in days"), ColumnType.INTEGER, minimum=-3650, maximum=3650,
               required=True, help=_("Calendar days between the two; a minus lets them overlap.")),
        Column("note", _("Note"), ColumnType.TEXT, max_length=300),
    ),
)  # fmt: skip
BASELINES = Table(
    kind="baseline",
    label=_("Baseline"),
    label_plural=_("Baselines"),
    key=("project_number", "number"),
    columns=(
        PROJECT_NUMBER,
        PROJECT_TITLE,
        Column("number", _("Number"), ColumnType.INTEGER),
        Column("name", _("Name"), ColumnType.TEXT),
        Column("frozen_on", _("Frozen on"), ColumnType.DATE),
        Column("start", _("Start"), ColumnType.DATE),
        Column("end", _("End"), ColumnType.DATE),
        Column("reason", _("Reason"), ColumnType.TEXT),
    ),
)
SCORES = Table(
    kind="priority-score",
    label=_("Priority score"),
    label_plural=_("Priority scores"),
    key=("project_number", "criterion"),
    columns=(
        PROJECT_NUMBER,
        PROJECT_TITLE,
        Column("criterion", _("Criterion"), ColumnType.TEXT),
        Column("weight", _("Weight"), ColumnType.INTEGER),
        Column("score", _("Score"), ColumnType.INTEGER),
        Column("note", _("Note"), ColumnType.TEXT),
    ),
)
