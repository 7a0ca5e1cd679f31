"""Types of the API's values: strict, bounded, and described as they are checked.

JSON has numbers, texts and truth values; none of them is taken for another.
"""

from __future__ import annotations

import re
import uuid
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.db import models
from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

T = TypeVar("T")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LARGEST = {
    "PositiveSmallIntegerField": (0, 32_767),
    "SmallIntegerField": (-32_768, 32_767),
    "PositiveIntegerField": (0, 2_147_483_647),
    "IntegerField": (-2_147_483_648, 2_147_483_647),
}


def _iso_day(value: Any) -> Any:
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD")
    if not isinstance(value, str | date):
        raise ValueError("a day is a text YYYY-MM-DD")
    return value


def _json_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a number is expected")
    return Decimal(str(value))


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("true and false are no choices here")  # Python takes false for 0
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("this must not be empty")
    return value


Day = Annotated[date, BeforeValidator(_iso_day)]
Flag = Annotated[bool, Strict()]
Number = Annotated[float, PlainSerializer(float, return_type=float)]
"""A decimal number going out; amounts have at most 14 digits, which a JSON number holds exactly."""


def text(limit: int | None = None, *, required: bool = False) -> Any:
    """A text without NUL (which PostgreSQL refuses), at most ``limit`` characters."""
    bounds = StringConstraints(max_length=limit, min_length=1 if required else None)
    kind: Any = Annotated[str, bounds, Field(pattern=r"^[^\x00]*$")]
    return Annotated[kind, AfterValidator(_not_blank)] if required else kind


def whole(low: int, high: int) -> Any:
    """A whole number in bounds."""
    return Annotated[int, Strict(), Field(ge=low, le=high)]


def amount(digits: int, places: int, low: int | None = 0, high: int | None = None) -> Any:
    """A decimal number given as a JSON number; more decimal places than stored are rounded."""
    unit = Decimal(1).scaleb(-places)
    limit = 10 ** (digits - places)
    schema = {"type": "number", "exclusiveMaximum": limit}
    schema |= {} if low is None else {"minimum": low}
    schema |= {} if high is None else {"maximum": high}
    bounds = Field(ge=low, le=high, lt=limit, gt=None if low is not None else -limit)
    rounded = AfterValidator(lambda value: value.quantize(unit, ROUND_HALF_UP))
    return Annotated[
        Decimal, BeforeValidator(_json_number), bounds, rounded, WithJsonSchema(schema)
    ]


class Given(Schema):
    """Base of everything that is sent: a name that does not exist is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Ref(Schema):
    """Another object: its id and its name."""

    id: uuid.UUID
    name: str


class Page(Schema, Generic[T]):
    """One page of a list; ``next`` is the cursor of the following one, or null at the end."""

    items: list[T]
    next: str | None
    total: int


class Problem(Schema):
    """An error (RFC 9457); ``title`` is a sentence for people, ``code`` is for programs."""

    type: str
    title: str
    status: int
    code: str
    errors: dict[str, list[str]] | None = None
    current_version: int | None = None
    theirs: dict[str, Any] | None = None
    where: str | None = None
    remedy: str | None = None
    request_id: str | None = None


def choices_of(field: models.Field[Any, Any]) -> Any:
    """The machine values of a field with choices; with "" if it may be left open."""
    values = [value for value, _label in field.flatchoices]
    if field.blank and field.empty_strings_allowed and "" not in values:
        values.append("")
    return Annotated[Literal[tuple(values)], BeforeValidator(_no_truth_value)]
