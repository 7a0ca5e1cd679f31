"""Rows as JSON that no database has coloured, and back.

A row is an object of column names (``lead_unit_id``). Dates and moments are ISO 8601, moments in
UTC with microseconds and ``Z``; decimals and UUIDs are strings, bytes are base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.functions import Collate

_CHUNK = 2000


def line(value: Any) -> bytes:
    """Return the one JSON form of a value: sorted keys, no blanks, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def rows(
    model: type[models.Model],
    left_out: frozenset[str] = frozenset(),
    json_value: Callable[[Any], Any] | None = None,
) -> Generator[dict[str, Any], None, None]:
    """Yield all rows of a table in the order of its primary key, without loading them at once.

    ``json_value`` is applied to the values of JSON columns.
    """
    fields = [f for f in model._meta.concrete_fields if f.attname not in left_out]
    names = [field.attname for field in fields]
    encoders = [_encoder(field, json_value) for field in fields]
    queryset = model._base_manager.order_by(*_order(model)).values_list(*names)
    found: Any = queryset.iterator(chunk_size=_CHUNK)
    with closing(found):
        for values in found:
            yield {
                name: None if value is None else encode(value)
                for name, encode, value in zip(names, encoders, values, strict=True)
            }


def _order(model: type[models.Model]) -> list[Any]:
    """Return the primary key; texts are compared by code point, whatever the database's locale."""
    key = model._meta.pk
    if isinstance(key, models.CharField) and connection.vendor == "postgresql":
        return [Collate("pk", "C")]
    return ["pk"]


def _encoder(
    field: models.Field[Any, Any], json_value: Callable[[Any], Any] | None
) -> Callable[[Any], Any]:
    if target(field).get_internal_type() == "JSONField":
        return json_value or (lambda value: value)
    return encode_value


def encode_value(value: Any) -> Any:
    """Return the JSON form of one column's value; raises ``TypeError`` for an unknown type."""
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat(timespec="microseconds")
        return text.replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"no neutral form for {type(value).__name__}")


def target(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """Return the field that a foreign key points to, at the end of the chain."""
    while field.remote_field is not None and hasattr(field, "target_field"):
        field = field.target_field
    return field


def decoder(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return the function from the JSON form to what the database driver takes."""
    end = target(field)
    kind = end.get_internal_type()

    def prepare(value: Any) -> Any:
        if kind == "JSONField":
            if value is None and field.null:
                return None
            return connection.ops.adapt_json_value(value, getattr(end, "encoder", None))
        if value is None:
            return None
        if kind == "BinaryField":
            value = base64.b64decode(value, validate=True)
        elif kind == "DurationField":
            value = timedelta(microseconds=value)
        return end.get_db_prep_value(end.to_python(value), connection)

    return prepare


def insert(model: type[models.Model], batch: Sequence[dict[str, Any]]) -> None:
    """Insert rows as they are: no signals, no automatic time stamps, no defaults."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    prepare = [(field.attname, decoder(field)) for field in fields]
    values = [[decode(row[name]) for name, decode in prepare] for row in batch]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
