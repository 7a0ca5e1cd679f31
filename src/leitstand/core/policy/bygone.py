"""Reading a past day: what may be shown of it is what may be seen today as well."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from leitstand.core.history import past, tracked

M = TypeVar("M", bound=Model)


def also_now(rows: QuerySet[M], clause: Q, by_role: Q) -> QuerySet[M]:
    """Of a past day: those rows that ``clause`` admits today too; of the present: all of them.

    What has been deleted counts as it was last, by ``by_role`` alone: nobody leads it any more.
    """
    if not past.is_past():
        return rows
    of = tracked.of(rows.model)
    now = of.model._default_manager.filter(pk=OuterRef("pk"))
    last = of.period._default_manager.filter(object_id=OuterRef("pk"), removed=True)
    deleted = Q(Exists(last.filter(by_role))) & ~Q(past.ExistsNow(now))
    return rows.filter(Q(past.ExistsNow(now.filter(clause))) | deleted)
