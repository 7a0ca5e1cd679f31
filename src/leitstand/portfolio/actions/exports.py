"""Record that somebody has taken data out: exports belong to the trail like changes."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from leitstand.core.base import events
from leitstand.core.base.actor import Actor


@transaction.atomic
def record_export(table: str, form: str, *, actor: Actor, selection: Mapping[str, str]) -> None:
    """Record an export of ``table`` as ``form`` (csv, xlsx, json, ics).

    The selection may name people and search words, therefore it stands in the personal part.
    """
    events.record(
        events.Event(
            type="portfolio.exported",
            actor=actor,
            object_kind="export",
            object_title=table,
            changes={"table": [None, table], "format": [None, form]},
            personal={"selection": dict(selection)},
        )
    )
