"""Lists of the API that are filtered and sorted like the pages: by a ``ListSpec``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from leitstand.core.base.errors import Invalid
from leitstand.core.tables.filters import Filter, Kind
from leitstand.core.tables.query import ListSpec, Query, read

PAGING = ("limit", "cursor")
_OF_PAGES = ("group", "columns", "page")  # known to the pages, without meaning here
_YES = ("yes", "ja", "1", "true", "on")
_NO = ("no", "nein", "0", "false", "off")
_UUID_OR_NONE = {
    "type": "string",
    "pattern": "^(-|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$",
}


def asked(request: HttpRequest, spec: ListSpec, *, other: Sequence[str] = PAGING) -> Query:
    """What the query string asks for; ``Invalid`` for whatever a page would leave out.

    ``other`` are parameters that the end point reads itself.
    """
    data = {name: [str(text) for text in texts] for name, texts in request.GET.lists()}
    for name in _OF_PAGES:
        if name in data:
            raise Invalid(_("There is no parameter of this name."), field=name)
    query = read(spec, data, other=tuple(other))
    if query.problems:
        raise Invalid({"": query.problems})
    return query


def parameters_of(spec: ListSpec) -> dict[str, Any]:
    """``openapi_extra`` with the filters, the search and the sorting of a list."""
    with override("en"):
        found = [
            {
                "in": "query",
                "name": name,
                "required": False,
                "description": str(of.label),
                "schema": _schema(of),
            }
            for of in spec.filters.values()
            for name in of.parameters()
        ]
    found += [_search(), _sort(spec)] if spec.search else [_sort(spec)]
    return {"parameters": found}


def _schema(of: Filter) -> dict[str, Any]:
    if of.kind is Kind.CHOICE:
        values = [str(value) for value, _label in of.choice_list()]
        return {"type": "array", "items": {"type": "string", "enum": values}}
    if of.kind in (Kind.OBJECT, Kind.UNIT):
        return {"type": "array", "items": _UUID_OR_NONE}
    if of.kind is Kind.YES_NO:
        return {"type": "string", "enum": [*_YES, *_NO]}
    if of.kind is Kind.FLAG:
        return {"type": "string", "enum": [*_YES]}
    if of.kind is Kind.DAYS:
        return {"type": "string", "examples": ["2027-03-31", "2027-Q1", "2027"]}
    if of.kind is Kind.NUMBERS:
        return {"type": "number"}
    return {"type": "string"}


def _search() -> dict[str, Any]:
    schema = {"type": "string"}
    text = gettext_noop("words that must all occur")
    return {"in": "query", "name": "q", "required": False, "description": text, "schema": schema}


def _sort(spec: ListSpec) -> dict[str, Any]:
    names = "|".join(column.name for column in spec.table.sortable())
    schema = {"type": "string", "pattern": f"^(-?({names})(,-?({names})){{0,2}})?$"}
    text = gettext_noop("columns to sort by; a leading - means descending")
    return {"in": "query", "name": "sort", "required": False, "description": text, "schema": schema}
