"""The queryset side of a table: filter, search, sort, group and page from a query string.

A feature declares one `ListSpec` per list; `read` turns GET parameters into a frozen `Query`,
which knows its own query string, so that the same selection travels from the table to every
other view and export. Whatever a visitor sends is either understood or left out with a text in
`Query.problems`; only code can name an unknown column without being told so by an exception.

Parameters: ``q`` (search), the filters (see `filters`), ``group=phase``, ``sort=-end,title``,
``columns=title,phase``, ``page=2``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable, Expression, OrderBy
from django.db.models.functions import Concat
from django.db.models.lookups import Contains
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.tables.columns import Column, ColumnType, Table, Text
from leitstand.core.tables.filters import Filter, Kind, Where, clean
from leitstand.core.tables.problems import fill
from leitstand.core.tables.sql import Fold, SortKey, fold

M = TypeVar("M", bound=Model)
MOST_PROBLEMS = 8
MOST_SORTS = 3
MOST_WORDS = 8

_KINDS = {
    ColumnType.TEXT: Kind.TEXT,
    ColumnType.LONGTEXT: Kind.TEXT,
    ColumnType.INTEGER: Kind.NUMBERS,
    ColumnType.DECIMAL: Kind.NUMBERS,
    ColumnType.MONEY: Kind.NUMBERS,
    ColumnType.PERCENT: Kind.NUMBERS,
    ColumnType.DATE: Kind.DAYS,
    ColumnType.BOOLEAN: Kind.YES_NO,
    ColumnType.CHOICE: Kind.CHOICE,
    ColumnType.UNIT: Kind.UNIT,
    ColumnType.PERSON: Kind.OBJECT,
    ColumnType.REFERENCE: Kind.OBJECT,
    ColumnType.REFERENCES: Kind.OBJECT,
}
_BY_ID = frozenset({ColumnType.UNIT, ColumnType.REFERENCE})


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a column is found in the database if that does not follow from its name.

    ``path`` is compared by the filter, ``where`` replaces the comparison, ``key`` and ``text``
    are the paths of a group's identity and of its heading; groups follow ``order`` if given, else
    their heading.
    """

    path: str = ""
    where: Where | None = None
    key: str = ""
    text: str = ""
    order: str = ""


@dataclass(frozen=True)
class ListSpec:
    """A list over a table: searched paths, bindings of columns, filters that are no columns.

    Raises `ValueError` for a filterable column of people or references without a binding, and
    `UnknownColumn` for a binding of an unknown column.
    """

    table: Table
    search: tuple[str, ...] = ()
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    extra: tuple[Filter, ...] = ()
    page_size: int = 50
    filters: Mapping[str, Filter] = field(init=False)

    def __post_init__(self) -> None:
        for name in self.bindings:
            self.table.column(name)
        found = [self._filter(column) for column in self.table.filterable()]
        object.__setattr__(self, "filters", {f.name: f for f in (*found, *self.extra)})

    def _filter(self, column: Column) -> Filter:
        bound = self.bindings.get(column.name, Binding())
        many = column.type in (ColumnType.PERSON, ColumnType.REFERENCES)
        if many and bound.where is None:
            raise ValueError(f"column {column.name!r} can only be filtered with a binding")
        path = bound.path or (f"{column.name}_id" if column.type in _BY_ID else column.name)
        return Filter(
            column.name, column.label, _KINDS[column.type], path, column.choices, bound.where
        )

    def order_of(self, name: str) -> Expression | F:
        """The expression by which a column sorts: choices in their own order, texts in German."""
        column = self.table.column(name)
        if column.type is ColumnType.CHOICE:
            cases = [
                When(**{column.source: v, "then": Value(i)})
                for i, (v, _l) in enumerate(column.choice_list())
            ]
            return Case(*cases, output_field=IntegerField())
        if column.type in (ColumnType.DATE, ColumnType.BOOLEAN) or column.type.is_number:
            return F(column.source)
        return SortKey(F(column.source))

    def group_paths(self, name: str) -> tuple[str, str]:
        """(path of the group's identity, path of its heading); the same for choices."""
        column = self.table.column(name)
        bound = self.bindings.get(name, Binding())
        key = bound.key or (f"{name}_id" if column.type in _BY_ID else name)
        return key, bound.text or (column.source if column.type in _BY_ID else key)


@dataclass(frozen=True)
class Query:
    """What somebody asked of a list; ``sort`` is (column, descending) pairs.

    ``columns`` empty means those that the table shows by default.
    """

    spec: ListSpec
    search: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    sort: tuple[tuple[str, bool], ...] = ()
    columns: tuple[str, ...] = ()
    page: int = 1
    problems: tuple[Text, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.search or self.filters)

    def shown(self) -> tuple[Column, ...]:
        """The columns to show."""
        return self.spec.table.pick(self.columns) if self.columns else self.spec.table.visible()

    def pairs(self, *, selection_only: bool = False) -> list[tuple[str, str]]:
        """The query string as pairs; ``selection_only`` leaves out how the list is shown."""
        found = [("q", self.search)] if self.search else []
        for name, value in self.filters.items():
            found += self.spec.filters[name].pairs(value)
        if selection_only:
            return found
        found += [("group", self.group)] if self.group else []
        words = [f"-{name}" if descending else name for name, descending in self.sort]
        found += [("sort", ",".join(words))] if words else []
        found += [("columns", ",".join(self.columns))] if self.columns else []
        return found + ([("page", str(self.page))] if self.page > 1 else [])

    def url(
        self,
        path: str = "",
        more: Mapping[str, str] | None = None,
        *,
        selection_only: bool = False,
    ) -> str:
        """``path`` with the query string; ``more`` are further parameters of the page."""
        pairs = [*self.pairs(selection_only=selection_only), *(more or {}).items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path or "?"

    def having(self, **filters: Any) -> Query:
        """The same with these filters set, or taken off where the value is None; page 1.

        An unknown filter raises `LookupError`.
        """
        for name in filters:
            if name not in self.spec.filters:
                raise LookupError(f"list of {self.spec.table.kind!r} has no filter {name!r}")
        merged = {**self.filters, **filters}
        left = {name: value for name, value in merged.items() if value is not None}
        return replace(self, filters=left, page=1, problems=())

    def sorted_by(self, name: str) -> Query:
        """What a click on a column's head asks for: ascending, then descending."""
        self.spec.table.column(name)
        first = self.sort[0] if self.sort else None
        descending = bool(first and first[0] == name and not first[1])
        rest = tuple(pair for pair in self.sort if pair[0] != name)
        return replace(self, sort=((name, descending), *rest)[:MOST_SORTS], page=1, problems=())

    def direction(self, name: str) -> str:
        """`aria-sort` of a column: ascending, descending or none."""
        first = self.sort[0] if self.sort else None
        if first is None or first[0] != name:
            return "none"
        return "descending" if first[1] else "ascending"

    # --- on the database ------------------------------------------------------------------------

    def narrow(self, queryset: QuerySet[M], actor: Actor) -> QuerySet[M]:
        """The rows that search and filters let through; one predicate, no joins that double."""
        for name, value in self.filters.items():
            queryset = queryset.filter(self.spec.filters[name].predicate(value, actor))
        return _search(queryset, self.spec.search, self.search) if self.search else queryset

    def order(self, queryset: QuerySet[M]) -> QuerySet[M]:
        """Sorted as asked, group first; nothing (no date, no text) comes last, ties by key."""
        sort = self.sort or tuple(
            (name.lstrip("-"), name.startswith("-")) for name in self.spec.table.order
        )
        keys = [_direction(self.spec.order_of(name), down) for name, down in sort]
        if self.group:
            keys = [*self._group_order(), *keys]
        return queryset.order_by(*keys, "pk")

    def _group_order(self) -> list[OrderBy]:
        key, text = self.spec.group_paths(self.group)
        if self.spec.table.column(self.group).type is ColumnType.CHOICE:
            return [_direction(self.spec.order_of(self.group), False)]
        own = self.spec.bindings.get(self.group, Binding()).order
        first = _direction(F(own) if own else SortKey(F(text)), False)
        return [first, F(key).asc(nulls_last=True)]

    def keys(self, queryset: QuerySet[M]) -> QuerySet[Any, tuple[Any, Any]]:
        """The rows in order as (primary key, group) pairs.

        With a group of several values (fields of action) a row comes once in each.
        """
        group = F(self.spec.group_paths(self.group)[0]) if self.group else Value("")
        return self.order(queryset).annotate(_group=group).values_list("pk", "_group")

    def groups(self, queryset: QuerySet[M]) -> dict[Any, tuple[str, int]]:
        """Identity → (heading, number of rows) over the whole list, not only one page."""
        if not self.group:
            return {}
        key, text = self.spec.group_paths(self.group)
        column = self.spec.table.column(self.group)
        counted = queryset.order_by().annotate(_group=F(key), _text=F(text))
        rows = counted.values_list("_group", "_text").annotate(number=Count("pk"))
        labels = {str(value): str(label) for value, label in column.choice_list()}
        return {
            identity: (labels.get(str(name), "" if name is None else str(name)), number)
            for identity, name, number in rows
        }


def _direction(expression: Expression | F, descending: bool) -> OrderBy:
    return OrderBy(expression, descending=descending, nulls_last=True)


def _search(queryset: QuerySet[M], paths: Sequence[str], text: str) -> QuerySet[M]:
    """Every word must occur somewhere in the searched texts."""
    parts: list[Combinable] = []
    for path in paths:
        parts += [F(path), Value(" ")]
    whole = Fold(Concat(*parts, output_field=TextField())) if len(parts) > 2 else Fold(parts[0])
    clause = Q()
    for word in fold(text).split()[:MOST_WORDS]:
        clause &= Q(Contains(whole, word))
    return queryset.filter(clause)


# --- reading --------------------------------------------------------------------------------------


def read(
    spec: ListSpec, data: Mapping[str, Sequence[str]], *, other: Collection[str] = ()
) -> Query:
    """The query of GET parameters (name → texts, `dict(request.GET.lists())`).

    ``other`` are parameters that the page knows besides. Nothing raises: what cannot be used is
    named in ``problems`` and left out.
    """
    problems: list[Text] = []
    filters = _read_filters(spec, data, problems)
    known = {"q", "group", "sort", "columns", "page", *other}
    known.update(name for f in spec.filters.values() for name in f.parameters())
    problems += [
        fill(_("“{name}” is unknown here and was left out."), name=_short(name))
        for name in data
        if name not in known
    ]
    return Query(
        spec=spec,
        search=clean(_last(data, "q")),
        filters=filters,
        group=_read_group(spec, _last(data, "group"), problems),
        sort=_read_sort(spec, data.get("sort", ()), problems),
        columns=_read_columns(spec, data.get("columns", ()), problems),
        page=_read_page(_last(data, "page"), problems),
        problems=tuple(problems[:MOST_PROBLEMS]),
    )


def _last(data: Mapping[str, Sequence[str]], name: str) -> str:
    texts = data.get(name, ())
    return texts[-1].strip() if texts else ""


def _short(text: str) -> str:
    shown = clean(text)
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _read_filters(
    spec: ListSpec, data: Mapping[str, Sequence[str]], problems: list[Text]
) -> dict[str, Any]:
    found = {}
    for f in spec.filters.values():
        value, bad = f.read(data)
        if value is not None:
            found[f.name] = value
        problems += [
            fill(_("“{value}” cannot be used for “{filter}” and was left out."),
                 value=_short(text), filter=f.label)
            for text in bad[:MOST_PROBLEMS]
        ]  # fmt: skip
    return found


def _read_group(spec: ListSpec, name: str, problems: list[Text]) -> str:
    if not name or any(column.name == name for column in spec.table.groupable()):
        return name
    problems.append(fill(_("The list cannot be grouped by “{name}”."), name=_short(name)))
    return ""


def _words(texts: Sequence[str]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _read_sort(
    spec: ListSpec, texts: Sequence[str], problems: list[Text]
) -> tuple[tuple[str, bool], ...]:
    sortable = {column.name for column in spec.table.sortable()}
    found: dict[str, bool] = {}
    for word in _words(texts):
        name = word.removeprefix("-")
        if name in sortable:
            found.setdefault(name, word.startswith("-"))
        else:
            problems.append(fill(_("The list cannot be sorted by “{name}”."), name=_short(name)))
    return tuple(found.items())[:MOST_SORTS]


def _read_columns(spec: ListSpec, texts: Sequence[str], problems: list[Text]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in _words(texts):
        if name in spec.table:
            found[name] = None
        else:
            problems.append(fill(_("There is no column “{name}”."), name=_short(name)))
    return tuple(found)


def _read_page(text: str, problems: list[Text]) -> int:
    if not text:
        return 1
    if len(text) <= 9 and text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    problems.append(fill(_("There is no page “{page}”."), page=_short(text)))
    return 1
