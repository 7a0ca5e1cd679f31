"""Pages of lists: ``?limit&cursor`` → ``{"items", "next", "total"}``."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import Field

from leitstand.core.base.errors import Invalid

_CURSOR = re.compile(r"(\d{1,9})\.([0-9a-f]{32})")


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(100, ge=1, le=500, description=gettext_noop("at most so many items"))
    cursor: str | None = Field(
        None,
        pattern=f"^{_CURSOR.pattern}$",
        description=gettext_noop("“next” of the page before; leave out for the first page"),
    )


def page(
    keys: Iterable[Any], paging: Paging, shape: Callable[[Sequence[Any]], list[Any]]
) -> dict[str, Any]:
    """Return one page of the objects whose ``keys`` are given in order.

    The cursor names the last object that the reader has seen, so nothing is left out or repeated
    if others are added before it; if that object is gone, its place counts. ``shape`` turns keys
    into items.
    """
    ordered = list(keys)
    first = _after(ordered, paging.cursor)
    part = ordered[first : first + paging.limit]
    end = first + len(part)
    following = f"{end}.{part[-1].hex}" if part and end < len(ordered) else None
    return {"items": shape(part) if part else [], "next": following, "total": len(ordered)}


def _after(ordered: list[uuid.UUID], cursor: str | None) -> int:
    if not cursor:
        return 0
    found = _CURSOR.fullmatch(cursor)
    if not found:
        raise Invalid("The cursor is not one that this list has given.", field="cursor")
    place, last = int(found[1]), uuid.UUID(found[2])
    if 0 < place <= len(ordered) and ordered[place - 1] == last:
        return place
    try:
        return ordered.index(last) + 1
    except ValueError:
        return min(place, len(ordered))
