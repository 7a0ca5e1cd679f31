"""Whole tables as JSON, streamed: the same columns and values as the downloads of the pages."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from leitstand.core.administration.api_lists import asked, parameters_of
from leitstand.core.base import authority
from leitstand.core.tables.pastday import stamped
from leitstand.core.tables.writing import json_chunks
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.api.reading import reader
from leitstand.portfolio.queries.exports import SOURCES
from leitstand.portfolio.queries.projects import PROJECT_LIST

router = Router(tags=[gettext_noop("Export")])
_ROWS = {"schema": {"type": "array", "items": {"type": "object"}}}


@router.get(
    "/{table}",
    summary=gettext_noop("Export a table"),
    operation_id="export",
    openapi_extra={
        **parameters_of(PROJECT_LIST),
        "responses": {200: {"content": {"application/json": _ROWS}}},
    },
)
def export(request: HttpRequest, table: Literal[tuple(SOURCES)]) -> Any:  # type: ignore[valid-type]
    """All rows of a table over the selected projects; recorded in the audit trail."""
    actor = reader(request)
    if table == "unit":
        authority.require(actor, "org.view")
    query = asked(request, PROJECT_LIST)
    source = SOURCES[table]
    columns, rows = stamped(source.columns, source.load(query, actor, source.columns))
    selection = dict(query.pairs(selection_only=True))
    record_export(table, "json", actor=actor, selection=selection)
    return StreamingHttpResponse(json_chunks(columns, rows), content_type="application/json")
