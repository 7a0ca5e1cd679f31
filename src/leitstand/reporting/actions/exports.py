"""Record that somebody has taken data of the council out: exports belong to the trail."""

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
    changes = {"table": [None, table], "format": [None, form]}
    events.record(
        events.Event(
            "reporting.council.exported", actor, "council-export", object_title=table,
            changes=changes, personal={"selection": dict(selection)}, level=0,
        )
    )  # fmt: skip
