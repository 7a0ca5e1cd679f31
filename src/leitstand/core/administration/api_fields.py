"""Schemas made from models and columns: what a table declares once is the API's field, too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Schema
from pydantic import Field, create_model

from leitstand.core.administration.api_types import (
    LARGEST,
    Day,
    Flag,
    Given,
    Number,
    Ref,
    amount,
    choices_of,
    text,
    whole,
)
from leitstand.core.base.errors import Invalid
from leitstand.core.tables.columns import Column, Table

Fields = dict[str, Any]


def field_of(model: type[models.Model], name: str) -> Any:
    """The model's field; raises ``FieldDoesNotExist`` for an unknown name."""
    return model._meta.get_field(name)


def given_type(field: Any, column: Column | None = None) -> Any:
    """The type of a value that is sent for a model field; null only where the field allows it."""
    kind = _given(field, column)
    return kind | None if field.null else kind


def _given(field: Any, column: Column | None) -> Any:
    if isinstance(field, models.ManyToManyField):
        return list[uuid.UUID]
    if isinstance(field, models.ForeignKey):
        return uuid.UUID
    if field.choices:
        return choices_of(field)
    if isinstance(field, models.BooleanField):
        return Flag
    if isinstance(field, models.DateField):
        return Day
    if isinstance(field, models.DecimalField):
        low, high = _bounds(column)
        return amount(field.max_digits, field.decimal_places, low, high)
    if isinstance(field, models.IntegerField):
        low, high = LARGEST[field.get_internal_type()]
        own_low, own_high = _bounds(column)
        return whole(low if own_low is None else own_low, high if own_high is None else own_high)
    return text(field.max_length, required=not field.blank)


def _bounds(column: Column | None) -> tuple[Any, Any]:
    if column is None:
        return None, None
    low, high = column.minimum, column.maximum
    return None if low is None else int(low), None if high is None else int(high)


def shown_type(field: Any) -> Any:
    """The type of a value that is answered."""
    kind = _shown(field)
    return kind | None if field.null else kind


def _shown(field: Any) -> Any:
    if isinstance(field, models.ManyToManyField):
        return list[Ref]
    if isinstance(field, models.ForeignKey):
        return Ref
    if field.choices:
        return choices_of(field)
    for kind, shown in _SHOWN:
        if isinstance(field, kind):
            return shown
    return str


_SHOWN: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.BooleanField, bool),
    (models.DateTimeField, datetime),
    (models.DateField, Day),
    (models.DecimalField, Number),
    (models.IntegerField, int),
    (models.UUIDField, uuid.UUID),
)


def _title(table: Table, name: str) -> Fields:
    """The column's label (English) and help as title and description."""
    if name not in table:
        return {}
    column = table[name]
    with override("en"):
        said = {"title": str(column.label)}
        help_text = f"{column.help}".strip()
        return said | ({"description": help_text} if help_text else {})


def _column(table: Table, name: str) -> Column | None:
    """The column of this name; precisions of dates, for example, have none."""
    return table[name] if name in table else None  # noqa: SIM401 - a table is no mapping


def shown(
    name: str, model: type[models.Model], table: Table, names: Iterable[str], **more: Any
) -> type[Schema]:
    """The schema of an answered object: id, version, the named fields, then ``more``."""
    fields: Fields = {"id": (uuid.UUID, ...), "version": (int, ...)}
    for field in names:
        kind = shown_type(field_of(model, field))
        fields[field] = (kind, Field(..., **_title(table, field)))
    return create_model(name, __base__=Schema, **(fields | more))


def to_create(
    name: str, model: type[models.Model], table: Table, names: Iterable[str]
) -> type[Given]:
    """The schema of a new object; what the model has no default for is required."""
    fields: Fields = {}
    for field in names:
        model_field = field_of(model, field)
        kind = given_type(model_field, _column(table, field))
        optional = model_field.blank or model_field.null or model_field.has_default()
        fields[field] = (
            kind,
            _absent(table, field) if optional else Field(..., **_title(table, field)),
        )
    return create_model(name, __base__=Given, **fields)


def to_change(
    name: str, model: type[models.Model], table: Table, names: Iterable[str]
) -> type[Given]:
    """The schema of a change: everything may be left out and then stays as it is."""
    fields: Fields = {}
    for field in names:
        kind = given_type(field_of(model, field), _column(table, field))
        fields[field] = (kind, _absent(table, field))
    return create_model(name, __base__=Given, **fields)


def _absent(table: Table, name: str) -> Any:
    """A field that may be left out; no default appears in the description, for there is none."""
    return Field(default_factory=lambda: None, **_title(table, name))


def values_of(payload: Schema, model: type[models.Model]) -> dict[str, Any]:
    """What was sent, as model field values: ids become objects.

    Raises ``Invalid`` with the field's name for an id that does not exist.
    """
    return objects_of(payload.model_dump(exclude_unset=True), model)


def objects_of(sent: Mapping[str, Any], model: type[models.Model]) -> dict[str, Any]:
    """The same for values that are at hand already."""
    found: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in sent.items():
        field = field_of(model, name)
        if not field.is_relation or value is None:
            found[name] = value
            continue
        wanted = value if isinstance(value, list) else [value]
        rows = field.related_model._default_manager.in_bulk(wanted)
        if len(rows) < len(set(wanted)):
            errors[name] = [_("There is no such object.")]
        found[name] = [rows[pk] for pk in dict.fromkeys(wanted) if pk in rows]
        if not isinstance(value, list):
            found[name] = rows.get(value)
    if errors:
        raise Invalid(errors)
    return found


def ref(row: Any) -> dict[str, Any] | None:
    """Another object as id and full name; ``None`` for none."""
    if row is None:
        return None
    name = getattr(row, "name", None) or getattr(row, "title", None) or str(row)
    return {"id": row.pk, "name": name}


def shape(row: Any, names: Iterable[str], **more: Any) -> dict[str, Any]:
    """An object as its ``shown`` schema takes it; related rows must have been loaded."""
    found: dict[str, Any] = {"id": row.pk, "version": row.version}
    for name in names:
        field = field_of(type(row), name)
        value = getattr(row, name)
        if isinstance(field, models.ManyToManyField):
            found[name] = [ref(other) for other in value.all()]
        else:
            found[name] = ref(value) if field.is_relation else value
    return found | more


def related(names: Iterable[str], model: type[models.Model]) -> list[str]:
    """The foreign keys among the names, for ``select_related``."""
    return [name for name in names if isinstance(field_of(model, name), models.ForeignKey)]


def by_id(rows: Mapping[Any, Any], keys: Iterable[Any]) -> list[Any]:
    """Rows in the order of the keys; what has vanished meanwhile is left out."""
    return [rows[key] for key in keys if key in rows]
