"""Columns of early warnings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import EarlyWarning

_LEVELS = [(str(value), label) for value, label in Level.choices]

WARNINGS = Table(
    kind="early-warning",
    label=_("Early warning"),
    label_plural=_("Early warnings"),
    key=("title",),
    columns=(
        Column("kind", _("Kind"), ColumnType.CHOICE, required=True,
               choices=EarlyWarning.Kind.choices),
        Column("title", _("What comes?"), ColumnType.TEXT, required=True, max_length=300),
        Column("day", _("Day"), ColumnType.DATE, required=True),
        Column("lead_days", _("Lead time in days"), ColumnType.INTEGER, minimum=0,
               maximum=3650, help=_("How long before the day the city must begin.")),
        Column("unit", _("Watched by"), ColumnType.UNIT, required=True, source="unit__name"),
        Column("description", _("What it means for the city"), ColumnType.LONGTEXT),
        Column("source_text", _("Source"), ColumnType.TEXT, max_length=300,
               help=_("Law with section, contract number, announcement of the maker.")),
        Column("source_url", _("Address of the source"), ColumnType.TEXT, max_length=600),
        Column("confidentiality", _("Confidentiality"), ColumnType.CHOICE, choices=_LEVELS),
    ),
)  # fmt: skip
TOUCHED = (
    Column("projects", _("Projects touched"), ColumnType.TEXT, max_length=2000,
           help=_("Identifiers, separated by commas, for example P-00001, P-00007.")),
    Column("units", _("Units touched"), ColumnType.TEXT, max_length=2000,
           help=_("Codes of the units, separated by commas.")),
)  # fmt: skip
