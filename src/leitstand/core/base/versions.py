"""Two people change one row: lock it, compare versions, and lose nobody's text."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import models

from leitstand.core.base.errors import Conflict, NotFound

Row = TypeVar("Row", bound=models.Model)
Pair = tuple[Any, Any]


def locked(model: type[Row], key: uuid.UUID) -> Row:
    """Return the row, locked until the transaction ends; ``NotFound`` if it is gone."""
    rows = model._default_manager.select_for_update(of=("self",))
    row = rows.filter(pk=key).first()
    if row is None:
        raise NotFound
    return row


def check_version(
    row: Any,
    version: int,
    text: Any,
    *,
    theirs: Mapping[str, Any] | None = None,
    mine: Mapping[str, Any] | None = None,
) -> None:
    """Raise ``Conflict`` with ``text`` and both versions unless the row still has ``version``."""
    if row.version != version:
        raise Conflict(text, theirs=theirs or {}, mine=mine or {}, version=row.version)


def changed(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    differ: Callable[[Any, Any], bool] = operator.ne,
) -> dict[str, Pair]:
    """Return the fields of ``new`` that really differ, as (old, new)."""
    return {name: (old[name], value) for name, value in new.items() if differ(old[name], value)}
