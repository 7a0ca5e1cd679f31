"""Values of an import as people read them in the preview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from leitstand.core.tables.columns import ColumnType
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.values import show
from leitstand.portfolio.actions.imports.references import References
from leitstand.portfolio.tables.money import column_of


def shown(name: str, values: Mapping[str, Any], references: References) -> str:
    """Return the German text of the column ``name`` of JSON values."""
    value = values.get(name)
    if value is None or value == "" or value == {} or value == []:
        return ""
    if isinstance(value, dict):
        return references.label(value)
    if isinstance(value, list):
        return "; ".join(sorted(references.label(ref) for ref in value))
    column = column_of(name)
    if column is None:
        return str(value)
    if column.type is ColumnType.DATE:
        precision = Precision(values.get(f"{name}_precision") or Precision.DAY)
        return PartialDate(date.fromisoformat(value), precision).show()
    if column.type is ColumnType.CHOICE:
        return show(column, str(value))
    return show(column, value)
