"""What a table consists of: its columns, declared once per kind of object.

A feature's `tables.py` builds one `Table` per object. From it come the page's
table, filters, sorting, grouping, CSV/XLSX/JSON in both directions, the import
mapping, the API's fields and the labels of forms.

    PROJECTS = Table(
        kind="project",
        label=_("Project"),
        label_plural=_("Projects"),
        columns=(
            Column("external_key", _("Key"), ColumnType.TEXT, max_length=60),
            Column("title", _("Title"), ColumnType.TEXT, required=True, max_length=200,
                   aliases=("Projektbezeichnung", "Vorhaben")),
            Column("start", _("Start"), ColumnType.DATE, aliases=("Beginn",)),
            Column("end", _("End"), ColumnType.DATE, aliases=("Ende",)),
        ),
        period=("start", "end"),
    )
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise
else:
    Text: TypeAlias = object

Choice: TypeAlias = tuple[str, Text]
Choices: TypeAlias = Sequence[Choice] | Callable[[], Sequence[Choice]]
Number: TypeAlias = int | Decimal


class ColumnType(StrEnum):
    """What a column holds; the Python value that `values.parse` gives is named at each."""

    TEXT = "text"  # str, one line
    LONGTEXT = "longtext"  # str, line breaks kept
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # Decimal
    MONEY = "money"  # Decimal, euro, two places
    PERCENT = "percent"  # Decimal, 0-100 (45 % is Decimal("45"))
    DATE = "date"  # values.PartialDate
    BOOLEAN = "boolean"  # bool
    CHOICE = "choice"  # str, the choice's value
    UNIT = "unit"  # str, name or code of an organisational unit; the caller resolves it
    PERSON = "person"  # str, a person's name or e-mail address; the caller resolves it
    REFERENCE = "reference"  # str, name or code of another object; the caller resolves it
    REFERENCES = "references"  # tuple[str, ...], several of them

    @property
    def is_number(self) -> bool:
        """Shown right-aligned, summed, filtered by range."""
        return self in _NUMBERS


_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.MONEY, ColumnType.PERCENT})


class UnknownColumn(LookupError):
    """A table was asked for a column that it does not have: a programming error."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `name` is the machine name: API field, URL parameter, JSON key. `source` is the
    ORM path for filter and sort and defaults to `name`. `unit` is shown after the
    number ("PT", "€"). `choices` is a sequence of (value, label) or a function that
    gives one. `aliases` are other headings under which files carry the column.
    `minimum` and `maximum` bound numbers, in the column's own unit. `choice_aliases`
    are (written form, value) pairs: other words under which files name a choice.
    """

    name: str
    label: Text
    type: ColumnType
    unit: str = ""
    source: str = ""
    choices: Choices | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False
    editable: bool = True
    importable: bool = True
    filterable: bool = True
    sortable: bool = True
    groupable: bool = False
    exported: bool = True
    visible: bool = True
    max_length: int | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    help: Text = ""
    choice_aliases: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"column name {self.name!r} is not an identifier")
        if self.type is ColumnType.CHOICE and self.choices is None:
            raise ValueError(f"column {self.name!r} is a choice without choices")
        if self.choices is not None and not callable(self.choices):
            object.__setattr__(self, "choices", tuple(tuple(choice) for choice in self.choices))
        if not self.source:
            object.__setattr__(self, "source", self.name)

    def choice_list(self) -> tuple[Choice, ...]:
        """The (value, label) pairs, computed anew at each call if `choices` is a function."""
        if self.choices is None:
            return ()
        return tuple(self.choices() if callable(self.choices) else self.choices)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one kind of object, in the order in which they are shown.

    `key` names the columns by which an imported row finds its object. `period` names
    the (start, end) pair that one combined column of a file ("Zeitraum") may fill.
    `order` is the default sorting, a leading "-" means descending.
    """

    kind: str
    label: Text
    label_plural: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("external_key",)
    period: tuple[str, str] | None = None
    order: tuple[str, ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) != len(self.columns):
            raise ValueError(f"table {self.kind!r} names a column twice")
        object.__setattr__(self, "_by_name", by_name)
        for name in (
            *self.key,
            *(self.period or ()),
            *(o.lstrip("-") for o in self.order),
        ):
            self.column(name)

    def column(self, name: str) -> Column:
        """The column of this name; `UnknownColumn` if there is none."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownColumn(f"table {self.kind!r} has no column {name!r}") from None

    def __getitem__(self, name: str) -> Column:
        return self.column(name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def names(self) -> tuple[str, ...]:
        """All column names, in order."""
        return tuple(self._by_name)

    def pick(self, names: Sequence[str]) -> tuple[Column, ...]:
        """The columns of these names in this order; an unknown name raises."""
        return tuple(self.column(name) for name in names)

    def exported(self) -> tuple[Column, ...]:
        """The columns that go into CSV, XLSX and JSON."""
        return tuple(column for column in self.columns if column.exported)

    def importable(self) -> tuple[Column, ...]:
        """The columns that a file may fill."""
        return tuple(column for column in self.columns if column.importable)

    def filterable(self) -> tuple[Column, ...]:
        """The columns that a list may be filtered by."""
        return tuple(column for column in self.columns if column.filterable)

    def sortable(self) -> tuple[Column, ...]:
        """The columns that a list may be sorted by."""
        return tuple(column for column in self.columns if column.sortable)

    def groupable(self) -> tuple[Column, ...]:
        """The columns that a list may be grouped by."""
        return tuple(column for column in self.columns if column.groupable)

    def visible(self) -> tuple[Column, ...]:
        """The columns shown if nobody chose others."""
        return tuple(column for column in self.columns if column.visible)
