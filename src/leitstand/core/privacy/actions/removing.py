"""Deleting rows together with their versions, and versions of what was deleted long ago."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.deletion import Collector
from django.db.models.functions import Cast

from leitstand.core.history import actions as history
from leitstand.core.history import tracked
from leitstand.core.history.tracked import Tracked


def remove_rows(rows: models.QuerySet[Any]) -> int:
    """Delete rows, what hangs on them, and every version of both; returns how many rows.

    Call it inside a transaction; ``ProtectedError`` if something else still points to them.
    """
    found = list(rows)
    collector = Collector(using=DEFAULT_DB_ALIAS)
    collector.collect(found)
    gone = list(_versions(collector))
    collector.delete()
    for model, keys in gone:
        history.forget(model, keys)
    return len(found)


def _versions(collector: Collector) -> Iterator[tuple[Any, list[Any]]]:
    """Tracked models of what is about to go, with keys."""
    going: list[tuple[Any, list[Any]]] = [
        (model, [row.pk for row in rows]) for model, rows in collector.data.items()
    ]
    going += [
        (rows.model, list(rows.values_list("pk", flat=True))) for rows in collector.fast_deletes
    ]
    return ((model, keys) for model, keys in going if tracked.find(model._meta.db_table) and keys)


@dataclass(frozen=True)
class Former:
    """Objects that were deleted before a moment and of which versions are kept.

    Counted and listed like a queryset; a key is ``<table>:<key of the object>``.
    """

    before: datetime

    def count(self) -> int:
        """How many they are: one query over all tables."""
        text = models.CharField()
        parts = [
            rows.order_by().values(key=Cast("object_id", text)).distinct()
            for _of, rows in self._found()
        ]
        return parts[0].union(*parts[1:], all=True).count() if parts else 0

    def values_list(self, *_names: str, flat: bool = True) -> Iterator[str]:
        """Their keys."""
        for of, rows in self._found():
            yield from (f"{of.table}:{key}" for key in rows.values_list("object_id", flat=True))

    def _found(self) -> Iterator[tuple[Tracked, Any]]:
        for of in tracked.everything():
            rows = of.period._default_manager.filter(removed=True, valid_to__lt=self.before)
            there = of.model._base_manager.values("pk")
            yield of, rows.exclude(object_id__in=there).order_by("object_id").distinct()


def forget_former(keys: Sequence[str]) -> int:
    """Remove all versions of the objects with these keys; returns how many objects."""
    tables: dict[str, list[Any]] = defaultdict(list)
    for key in keys:
        table, _colon, of_object = key.partition(":")
        tables[table].append(of_object)
    for table, found in tables.items():
        of = tracked.find(table)
        if of is not None:
            history.forget(of.model, [of.model._meta.pk.to_python(key) for key in found])
    return len(keys)
