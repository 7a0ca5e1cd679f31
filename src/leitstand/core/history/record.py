"""Since when what is known: tables that are tracked later have a shorter past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Min
from django.utils import timezone

from leitstand.core.base import actions
from leitstand.core.history import past, tracked

_SINCE = "history.since."


def begin(table: str) -> None:
    """Remember since when a table is tracked; what is remembered stays."""
    if not actions.recall(_SINCE + table):
        actions.remember_now(_SINCE + table)


def first_day(labels: Iterable[str] = ()) -> date | None:
    """The first day of which projects, and objects of the models named, are known.

    A kind is known since it is tracked, or since its first version: a backup brings versions from
    before this installation began to track.
    """
    known = past.first_day()
    if known is None:
        return None
    return max([known, *filter(None, map(_first_of, labels))])


def _first_of(label: str) -> date | None:
    of = next(of for of in tracked.everything() if of.model._meta.label == label)
    with past.present():
        first = of.period._default_manager.aggregate(first=Min("valid_from"))["first"]
        told = actions.recall(_SINCE + of.table)
    starts = [moment for moment in (first, told and datetime.fromisoformat(told)) if moment]
    return timezone.localdate(min(starts)) if starts else None
