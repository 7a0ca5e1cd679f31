"""Columns of indicators and of their measured values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.figures import indicator_sources
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import Indicator

_NUMBER = ColumnType.DECIMAL


def _sources() -> list[tuple[str, Any]]:
    return [(source.code, source.label) for source in indicator_sources]


INDICATORS = Table(
    kind="indicator",
    label=_("Indicator"),
    label_plural=_("Indicators"),
    key=("code",),
    columns=(
        Column("code", _("Code"), ColumnType.TEXT, required=True, max_length=40,
               aliases=("Kürzel", "Nr.")),
        Column("name", _("Name"), ColumnType.TEXT, required=True, max_length=300,
               aliases=("Kennzahl",)),
        Column("goal", _("Goal"), ColumnType.REFERENCE, source="goal__name", aliases=("Ziel",)),
        Column("programme", _("Programme"), ColumnType.REFERENCE, source="programme__name",
               aliases=("Programm",)),
        Column("unit_label", _("Unit of the values"), ColumnType.TEXT, max_length=40,
               help=_("Written behind every value, for example % or days."), aliases=("Einheit",)),
        Column("direction", _("Direction"), ColumnType.CHOICE,
               choices=Indicator.Direction.choices, aliases=("Richtung",)),
        Column("baseline_value", _("Value at the beginning"), _NUMBER, aliases=("Ausgangswert",)),
        Column("baseline_date", _("Day of the beginning"), ColumnType.DATE,
               aliases=("Ausgangsdatum",)),
        Column("target_value", _("Target value"), _NUMBER, aliases=("Zielwert",)),
        Column("target_date", _("Target date"), ColumnType.DATE, aliases=("Zieldatum",)),
        Column("source", _("Where values come from"), ColumnType.CHOICE, choices=_sources,
               help=_("Not set: people enter the values."), aliases=("Quelle",)),
        Column("description", _("How it is measured"), ColumnType.LONGTEXT,
               aliases=("Beschreibung", "Messvorschrift")),
    ),
)  # fmt: skip
INDICATOR_CODE = Column("indicator", _("Code of the indicator"), ColumnType.TEXT, required=True,
                        aliases=("Kennzahl", "Kürzel"))  # fmt: skip
VALUES = Table(
    kind="indicator-value",
    label=_("Measured value"),
    label_plural=_("Measured values"),
    key=("day",),
    order=("day",),
    columns=(
        Column("day", _("Day"), ColumnType.DATE, required=True, aliases=("Datum", "Stichtag")),
        Column("value", _("Value"), _NUMBER, required=True, aliases=("Wert",)),
        Column("note", _("Note"), ColumnType.TEXT, max_length=300, aliases=("Bemerkung",)),
    ),
)  # fmt: skip
VALUES_OF_ALL = replace(VALUES, columns=(INDICATOR_CODE, *VALUES))
VALUES_OF_ONE = replace(VALUES, columns=(replace(INDICATOR_CODE, required=False), *VALUES))
"""Files of values: of all indicators, or of one, which need not be named."""
