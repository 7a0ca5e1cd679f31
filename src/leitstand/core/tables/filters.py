"""One filter of a list: from the query string to a value, from the value to a predicate.

| kind | in the query string | value |
|---|---|---|
| TEXT | ``title=akte`` | str, contained, upper and lower case alike |
| CHOICE | ``phase=idea&phase=done``, ``size=-`` (none) | tuple of str, "" for none |
| OBJECT | ``programme=<uuid>``, ``programme=-`` (none) | tuple of UUID or None |
| UNIT | the same, sub-units included | tuple of UUID or None |
| DAYS | ``start_from=2026-01-01``, ``start_to=…`` | (first day or None, last day or None) |
| NUMBERS | ``progress_from=10``, ``progress_to=…`` | (least or None, most or None) |
| YES_NO | ``published=yes`` or ``no`` | bool |
| FLAG | ``late=yes`` | True |
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeAlias

from django.db.models import F, Q
from django.db.models.lookups import Contains
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.org.queries import subtree_ids
from leitstand.core.tables.columns import Choices, Text
from leitstand.core.tables.datetext import parse_date
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.sql import Fold, fold

Where: TypeAlias = Callable[[Any, Actor], Q]
NONE = "-"
MOST_VALUES = 60
LONGEST = 200
_TRUE = frozenset({"yes", "ja", "1", "true", "on"})
_FALSE = frozenset({"no", "nein", "0", "false", "off"})


class Kind(StrEnum):
    """What a filter takes; see the table above."""

    TEXT = "text"
    CHOICE = "choice"
    OBJECT = "object"
    UNIT = "unit"
    DAYS = "days"
    NUMBERS = "numbers"
    YES_NO = "yes_no"
    FLAG = "flag"

    @property
    def is_range(self) -> bool:
        """Whether the filter has two parameters, from and to."""
        return self in (Kind.DAYS, Kind.NUMBERS)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. ``path`` is the ORM path compared; ``where(value, actor)`` stands in for it."""

    name: str
    label: Text
    kind: Kind
    path: str = ""
    choices: Choices | None = None
    where: Where | None = None

    def parameters(self) -> tuple[str, ...]:
        """The names under which the filter stands in a query string."""
        if self.kind.is_range:
            return (f"{self.name}_from", f"{self.name}_to")
        return (self.name,)

    def choice_list(self) -> tuple[tuple[str, Text], ...]:
        """The choices, computed anew if they are a function."""
        if self.choices is None:
            return ()
        return tuple(self.choices() if callable(self.choices) else self.choices)

    def read(self, data: Mapping[str, Sequence[str]]) -> tuple[Any, list[str]]:
        """(value or None, the texts that could not be used)."""
        if self.kind.is_range:
            return self._read_range(data)
        texts = list(dict.fromkeys(t.strip() for t in data.get(self.name, ()) if t.strip()))
        read = _READERS[self.kind]
        values, bad = [], texts[MOST_VALUES:]
        for text in texts[:MOST_VALUES]:
            value = read(self, text)
            if value is _BAD:
                bad.append(text)
            else:
                values.append(value)
        if not values:
            return None, bad
        if self.kind in (Kind.CHOICE, Kind.OBJECT, Kind.UNIT):
            return tuple(values), bad
        return values[-1], bad

    def _read_range(self, data: Mapping[str, Sequence[str]]) -> tuple[Any, list[str]]:
        ends: list[Any] = []
        bad: list[str] = []
        for name, last in zip(self.parameters(), (False, True), strict=True):
            text = next((t.strip() for t in reversed(data.get(name, ())) if t.strip()), "")
            value = _read_end(self.kind, text, last=last) if text else None
            if value is _BAD:
                bad.append(text)
                value = None
            ends.append(value)
        return (tuple(ends) if ends != [None, None] else None), bad

    def pairs(self, value: Any) -> list[tuple[str, str]]:
        """The value as (parameter, text) pairs; `read` gives the same value back."""
        if self.kind.is_range:
            names = self.parameters()
            return [
                (name, _plain(end))
                for name, end in zip(names, value, strict=True)
                if end is not None
            ]
        if self.kind in (Kind.YES_NO, Kind.FLAG):
            return [(self.name, "yes" if value else "no")]
        if self.kind is Kind.TEXT:
            return [(self.name, value)]
        return [(self.name, NONE if part in (None, "") else str(part)) for part in value]

    def predicate(self, value: Any, actor: Actor) -> Q:
        """The rows that the filter lets through."""
        if self.where is not None:
            return self.where(value, actor)
        return _PREDICATES[self.kind](self.path, value)


class _Bad:
    """The mark of a text that means nothing here."""


_BAD = _Bad()


def _read_text(of: Filter, text: str) -> Any:
    return clean(text) or _BAD


def _read_choice(of: Filter, text: str) -> Any:
    if text == NONE:
        return ""
    return text if any(text == value for value, _label in of.choice_list()) else _BAD


def _read_object(of: Filter, text: str) -> Any:
    if text == NONE:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return _BAD


def _read_yes_no(of: Filter, text: str) -> Any:
    word = text.casefold()
    return True if word in _TRUE else False if word in _FALSE else _BAD


def _read_flag(of: Filter, text: str) -> Any:
    return True if text.casefold() in _TRUE else _BAD


_READERS: dict[Kind, Callable[[Filter, str], Any]] = {
    Kind.TEXT: _read_text,
    Kind.CHOICE: _read_choice,
    Kind.OBJECT: _read_object,
    Kind.UNIT: _read_object,
    Kind.YES_NO: _read_yes_no,
    Kind.FLAG: _read_flag,
}


def clean(text: str) -> str:
    """A text without control characters (PostgreSQL takes no NUL), cut at 200 characters."""
    return "".join(char for char in text if char.isprintable()).strip()[:LONGEST]


def _read_end(kind: Kind, text: str, *, last: bool) -> Any:
    if kind is Kind.DAYS:
        return _read_day(text, last=last)
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return _BAD
    return number if number.is_finite() and abs(number) < Decimal(10) ** 12 else _BAD


def _read_day(text: str, *, last: bool) -> date | _Bad:
    try:
        found = parse_date(text[:40])
    except (ValueProblem, ValueError, OverflowError):
        return _BAD
    return found.last if last else found.first


def _plain(end: date | Decimal) -> str:
    return end.isoformat() if isinstance(end, date) else format(end, "f")


def contains(path: str, text: str) -> Q:
    """Rows whose text at ``path`` contains ``text``, German upper and lower case alike."""
    return Q(Contains(Fold(F(path)), fold(text)))


def _one_of(path: str, values: tuple[Any, ...]) -> Q:
    known = [value for value in values if value is not None]
    clause = Q(**{f"{path}__in": known}) if known else Q()
    return clause | Q(**{f"{path}__isnull": True}) if None in values else clause


def _in_units(path: str, values: tuple[uuid.UUID | None, ...]) -> Q:
    found = subtree_ids([value for value in values if value is not None])
    rest = (None,) if None in values else ()
    return _one_of(path, (*found, *rest)) if found or rest else Q(pk__in=[])


def _between(path: str, value: tuple[Any, Any]) -> Q:
    clause = Q()
    if value[0] is not None:
        clause &= Q(**{f"{path}__gte": value[0]})
    if value[1] is not None:
        clause &= Q(**{f"{path}__lte": value[1]})
    return clause


_PREDICATES: dict[Kind, Callable[[str, Any], Q]] = {
    Kind.TEXT: contains,
    Kind.CHOICE: _one_of,
    Kind.OBJECT: _one_of,
    Kind.UNIT: _in_units,
    Kind.DAYS: _between,
    Kind.NUMBERS: _between,
    Kind.YES_NO: lambda path, value: Q(**{path: value}),
}

YES_OR_NO: tuple[tuple[str, Text], ...] = (("yes", _("yes")), ("no", _("no")))
