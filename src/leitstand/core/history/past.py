"""Reading a past day: inside ``as_of(day)`` every SELECT on a tracked table is answered from its
versions.

A wrapper around the connection puts a ``WITH "portfolio_project" AS (…)`` in front of the
statement for each tracked table that it names; such a name hides the table of the same name. So
every query of every feature reads the past without knowing of it. Writing to tracked tables is
refused meanwhile.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Exists, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import clock
from leitstand.core.base.errors import NotAllowed
from leitstand.core.history import copies, tracked

_NAME = re.compile(r'"([a-z0-9_]+)"')
_SOURCE = re.compile(r'\b(FROM|JOIN) "([a-z0-9_]+)"')
_TARGET = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"([^"]+)"', re.I)
_READS = re.compile(r"[\s(]*SELECT\b", re.I)
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)
_began: ContextVar[datetime | None] = ContextVar("began", default=None)

READ_ONLY = _("You are looking at a past day. What was then cannot be changed; go back to today.")


class PastIsReadOnly(NotAllowed):
    """Somebody tried to change what was."""

    code = "past_read_only"

    def __init__(self) -> None:
        super().__init__(READ_ONLY)


def end_of(day: date) -> datetime:
    """The moment at which the day ends in the city (UTC); days at a change of summer time have
    23 or 25 hours. A fixed present day (``LEITSTAND_TODAY``) lasts at least until now: whoever
    changes something in the demo finds it under that day."""
    following = datetime.combine(day + timedelta(days=1), time.min)
    end = timezone.make_aware(following, timezone.get_default_timezone()).astimezone(UTC)
    return max(end, clock.now()) if day == clock.present_day() else end


def day_shown() -> date | None:
    """The past day that is being read, or None for the present."""
    return clock.past_day()


def is_past() -> bool:
    """Whether a past day is being read."""
    return clock.past_day() is not None


def moment() -> datetime | None:
    """The moment up to which versions count, not included; None for the present."""
    return _moment.get()


@contextmanager
def as_of(day: date, *, whole: bool = False) -> Iterator[None]:
    """Read the state at the end of ``day``; ``clock.today()`` is that day meanwhile.

    ``whole`` announces statements over all projects rather than over one, see ``copies``.
    """
    with at_moment(end_of(day), day, whole=whole):
        yield


@contextmanager
def at_moment(until: datetime, day: date, *, whole: bool = False) -> Iterator[None]:
    """Read the state just before ``until``; ``day`` is what ``clock.today()`` answers."""
    token = _moment.set(until)
    try:
        with clock.standing_at(day), copies.scope(whole), connection.execute_wrapper(_answer):
            yield
    finally:
        _moment.reset(token)


@contextmanager
def present() -> Iterator[None]:
    """Read the present inside a past day: who may do what is decided by today's roles."""
    token = _moment.set(None)
    try:
        with clock.standing_at(None):
            yield
    finally:
        _moment.reset(token)


def carried(chunks: Iterable[Any]) -> Iterator[Any]:
    """Produce every chunk of a stream in the state in which this was called: a download is
    written after its view has returned."""
    until, day = _moment.get(), clock.past_day()
    return iter(chunks) if until is None or day is None else _carried(iter(chunks), until, day)


def _carried(source: Iterator[Any], until: datetime, day: date) -> Iterator[Any]:
    nothing = object()
    while True:
        with at_moment(until, day):
            chunk = next(source, nothing)
        if chunk is nothing:
            return
        yield chunk


def first_day() -> date | None:
    """The first day of which everything is known; None if nothing has been recorded."""
    with present():
        starts = [
            found
            for of in tracked.everything()
            if of.model._meta.label in tracked.LEADING
            and (found := of.period._default_manager.aggregate(first=Min("valid_from"))["first"])
        ]
    _began.set(min(starts, default=None))
    return timezone.localdate(min(starts)) if starts else None


# --- statements -----------------------------------------------------------------------------------


def _answer(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Run one statement in the past (the interface of ``connection.execute_wrapper``)."""
    until = _moment.get()
    if until is None or not isinstance(sql, str):
        return execute(sql, params, many, context)
    if _READS.match(sql):
        named = {name for name in _NAME.findall(sql) if tracked.known(name)}
        for name in named:
            if copies.is_worth(sql, name, connection.vendor):
                copies.make(name, _shadow(name, "sqlite", until, _is_early(until)))
        return execute(_shadows(named, until) + sql, params, many, context)
    target = _TARGET.match(sql)
    if target and tracked.known(target[1]):
        raise PastIsReadOnly
    return execute(sql, params, many, context)


def _shadows(named: Collection[str], until: datetime) -> str:
    """The WITH clause for the tracked tables that a statement names."""
    if not named:
        return ""
    early, held = _is_early(until), copies.held()
    parts = (
        copies.shadow(held[name])
        if name in held
        else _shadow(name, connection.vendor, until, early)
        for name in sorted(named)
    )
    return f"WITH {', '.join(parts)} "


def _is_early(until: datetime) -> bool:
    """Whether the moment is nearer to the beginning of the record than to its end."""
    began = _began.get()
    return began is not None and until - began < clock.now() - until


@lru_cache(maxsize=4096)
def _shadow(table: str, vendor: str, until: datetime, early: bool) -> str:
    of = tracked.known(table)
    assert of is not None  # noqa: S101 - the caller has just found it
    instant = _instant(vendor, until)
    if isinstance(of, tracked.Lasting):
        return _lasting(of, vendor, instant)
    columns = ", ".join(f'"{column}"' for column in of.columns)
    begun, ended = f"valid_from < {instant}", f"valid_to >= {instant}"
    if vendor == "sqlite":  # its planner cannot tell which of the two is rarer; + forbids an index
        early = early and of.model._meta.label in tracked.LEADING  # others hang on it by index
        begun, ended = (begun, f"+{ended}") if early else (f"+{begun}", ended)
    return (
        f'"{table}" AS {_hint(vendor)}(SELECT {columns} FROM {schema(vendor)}"{of.periods}" '  # noqa: S608
        f"WHERE {begun} AND {ended})"
    )


def _instant(vendor: str, until: datetime) -> str:
    literal = until.strftime("%Y-%m-%d %H:%M:%S")
    return f"'{literal}+00:00'::timestamptz" if vendor == "postgresql" else f"'{literal}'"


def _lasting(of: tracked.Lasting, vendor: str, instant: str) -> str:
    """Rows that were there by the moment; what was filled in later is still empty."""
    columns = ", ".join(
        f'CASE WHEN "{name}" < {instant} THEN "{name}" END AS "{name}"'
        if name in of.later else f'"{name}"'
        for name in of.columns
    )  # fmt: skip
    return (
        f'"{of.table}" AS {_hint(vendor)}(SELECT {columns} FROM {schema(vendor)}"{of.table}" '  # noqa: S608
        f'WHERE "{of.since}" < {instant})'
    )


def _hint(vendor: str) -> str:
    """Let the planner look into the clause; SQLite knows the words since 3.35."""
    known = vendor == "postgresql" or sqlite3.sqlite_version_info >= (3, 35)
    return "NOT MATERIALIZED " if known else ""


def schema(vendor: str) -> str:
    """Prefix that means the real table, also where a name hides it."""
    return "public." if vendor == "postgresql" else "main."


class ExistsNow(Exists):
    """``EXISTS`` over the present tables, also while a past day is being read."""

    def as_sql(self, *args: Any, **options: Any) -> Any:
        """The same statement with the real tables' names."""
        sql, params = super().as_sql(*args, **options)
        prefix = schema(connection.vendor)

        def real(found: re.Match[str]) -> str:
            return f'{found[1]} {prefix}"{found[2]}"' if tracked.known(found[2]) else found[0]

        return _SOURCE.sub(real, sql), params
