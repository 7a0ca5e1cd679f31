"""A stored query string of a list: what of it is understood, and its words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from leitstand.core.saved.selection import PLAIN
from leitstand.core.tables.query import ListSpec, Query, read
from leitstand.core.ui.filterform import Options, active_filters


def of_text(spec: ListSpec, query: str, own: Collection[str] = ()) -> Query:
    """The query of a stored text; ``problems`` name what is no longer understood.

    ``own`` are parameters of the page besides.
    """
    data: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        data.setdefault(name, []).append(value)
    return read(spec, data, other=(*own, PLAIN, "stand"))


def problems(spec: ListSpec, query: str, own: Collection[str] = ()) -> Sequence[Any]:
    """What of a stored text is no longer understood."""
    return of_text(spec, query, own).problems


def words(found: Query, choices: Mapping[str, Options]) -> list[str]:
    """What a query selects and how it shows that, in words."""
    table = found.spec.table
    said = [str(link.label) for link in active_filters(found, choices, "")]
    if found.group:
        said.append(f"{_('Group by')}: {table[found.group].label}")
    if found.sort:
        labels = ", ".join(str(table[name].label) for name, _down in found.sort)
        said.append(f"{_('Order by')}: {labels}")
    if found.columns:
        shown = ", ".join(str(table[name].label) for name in found.columns)
        said.append(f"{_('Columns')}: {shown}")
    return said
