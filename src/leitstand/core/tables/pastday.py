"""Files that show a past day: each row says so, and no import takes them for the present."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from leitstand.core.history import past
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.mapping import normalised
from leitstand.core.tables.problems import Refused, fill

AS_OF = Column(
    "as_of", _("State in Leitstand of the day"), ColumnType.DATE, editable=False,
    aliases=("Stand in Leitstand vom", "State in Leitstand of the day"),
)  # fmt: skip
HINT = _(
    "This file shows a past day; see the last column. Leitstand does not import it while that "
    "column is there."
)
RowData = Mapping[str, object]


def stamped(
    columns: Sequence[Column], rows: Iterable[RowData]
) -> tuple[tuple[Column, ...], Iterable[RowData]]:
    """The same columns and rows; while a past day is looked at with that day in a last column."""
    day = past.day_shown()
    if day is None:
        return tuple(columns), rows
    return (*columns, AS_OF), _with(rows, day)


def _with(rows: Iterable[RowData], day: date) -> Iterator[RowData]:
    for row in rows:
        yield {**row, AS_OF.name: day}


def refuse(titles: Iterable[str]) -> None:
    """Raise ``Refused`` for the header of a file that shows a past day."""
    names = {normalised(name) for name in AS_OF.aliases}
    found = next((title for title in titles if normalised(title) in names), None)
    if found is not None:
        raise Refused(
            fill(_("The file shows the state of a past day: it has the column “{column}”."), column=found),
            remedy=_(
                "Imported, old values would replace newer ones. Download the state of today and "
                "change that, or remove the column if the old values shall hold again."
            ),
            code="past_day",
        )  # fmt: skip
