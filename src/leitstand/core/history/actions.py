"""Keeping the versions right: triggers in place, the present recorded, objects forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from leitstand.core.base import clock
from leitstand.core.history import record, tracked, triggers
from leitstand.core.history.tracked import Tracked


def install(using: str = DEFAULT_DB_ALIAS, plan: Any = None) -> int:
    """Put missing or outdated triggers in place and record what they have missed; how many.

    Django rebuilds tables on SQLite and drops their triggers meanwhile, so this follows every
    ``migrate``. It asks one question if all is well.
    """
    if using != DEFAULT_DB_ALIAS or not _tables_exist():
        return 0
    found, made = _found(), 0
    with transaction.atomic():
        for of in tracked.everything():
            want = {trigger.name: trigger for trigger in triggers.wanted(of, connection.vendor)}
            have = {name for name, table in found.items() if table == of.table}
            if have == set(want):
                continue
            if not have:
                record.begin(of.table)
            for name in have - set(want):
                _drop(name, of.table)
            for name in set(want) - have:
                _run(*want[name].statements)
                made += 1
            reconcile(of)
    return made


@transaction.atomic
def repair() -> None:
    """Put missing triggers in place and record what was changed past them."""
    install()
    for of in tracked.everything():
        if _deviations(of):
            reconcile(of)


def missing() -> list[str]:
    """Tables whose triggers are not what the program wants."""
    found = _found()
    return [
        of.table
        for of in tracked.everything()
        if {name for name, table in found.items() if table == of.table}
        != {trigger.name for trigger in triggers.wanted(of, connection.vendor)}
    ]


def deviating() -> list[str]:
    """Tables whose open versions differ from their rows."""
    return [of.table for of in tracked.everything() if any(_deviations(of))]


def reconcile(of: Tracked) -> None:
    """Make the open versions equal to the present rows, from now on; set-based."""
    vendor = connection.vendor
    opened = triggers.open_end(vendor)
    now = triggers.POSTGRES_NOW if vendor == "postgresql" else triggers.SQLITE_NOW
    true, false = ("true", "false") if vendor == "postgresql" else ("1", "0")
    later = "greatest" if vendor == "postgresql" else "max"
    here = f'FROM "{of.table}" t WHERE t."{of.key}" = p."{of.key}"'
    _run(
        f'UPDATE "{of.periods}" AS p SET "valid_to" = {later}({now}, "valid_from"), '  # noqa: S608
        f'"removed" = CASE WHEN EXISTS (SELECT 1 {here}) THEN {false} ELSE {true} END '
        f'WHERE "valid_to" = {opened} AND NOT EXISTS (SELECT 1 {here}{_and_same(of)})',
        f'INSERT INTO "{of.periods}" ({triggers.listed(of.columns)}, "valid_from", "valid_to", '  # noqa: S608
        f'"removed") SELECT {triggers.listed(of.columns, "t.")}, {now}, {opened}, {false} '
        f'FROM "{of.table}" t WHERE NOT EXISTS (SELECT 1 FROM "{of.periods}" p '
        f'WHERE p."{of.key}" = t."{of.key}" AND p."valid_to" = {opened})',
    )


@contextmanager
def happened(moment: datetime) -> Iterator[None]:
    """Let everything that is written in the block count as told at ``moment`` (demo data, old
    states that are loaded later); moments must rise from block to block.

    The moment must lie more than an hour ago: that tells the block's versions from older ones.
    """
    fresh = clock.now() - timedelta(hours=1)
    with transaction.atomic():
        with tracked.telling(moment):
            yield
        for of in tracked.everything():
            rows = of.period._default_manager
            rows.filter(valid_from__gte=fresh).update(valid_from=moment)
            rows.filter(valid_to__gte=fresh, valid_to__lt=tracked.OPEN_END).update(valid_to=moment)
            rows.filter(valid_from=moment, valid_to=moment, removed=False).delete()
        for once in tracked.written_once():
            for name in once.moments:
                told = once.model._default_manager.filter(**{f"{name}__gte": fresh})
                told.update(**{name: moment})


@transaction.atomic
def told_before(model: Any, key: Any, moment: datetime, values: Mapping[str, Any]) -> None:
    """Say what was known of an object before ``moment`` (demo data, old states): its first
    version is divided there; call it with falling moments. Names are those of columns."""
    of = tracked.of(model)
    rows = of.period._default_manager.filter(object_id=key)
    first: Any = rows.order_by("valid_from", "period_id").first()
    if first is None or not first.valid_from < moment < first.valid_to:
        raise ValueError(f"{of.table}: nothing is known of {key} before {moment}")
    rows.filter(pk=first.pk).update(valid_from=moment)
    first.pk, first.valid_to, first.removed = None, moment, False
    for name, value in values.items():
        setattr(first, name, value)
    first.save(force_insert=True)


@transaction.atomic
def told_since(model: Any, key: Any, moment: datetime) -> None:
    """Let nothing be known of an object before ``moment``; the first version begins there."""
    rows = tracked.of(model).period._default_manager.filter(object_id=key)
    rows.filter(valid_to__lte=moment).delete()
    rows.filter(valid_from__lt=moment).update(valid_from=moment)


@transaction.atomic
def forget(model: Any, ids: Collection[uuid.UUID | int]) -> int:
    """Remove all versions of objects (data protection, retention); how many."""
    of = tracked.of(model)
    count, _each = of.period._default_manager.filter(object_id__in=list(ids)).delete()
    return int(count)


def _and_same(of: Tracked) -> str:
    return f" AND {triggers.same(of, 't', 'p', connection.vendor)}" if of.telling else ""


def _deviations(of: Tracked) -> list[Any]:
    opened = triggers.open_end(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT 1 FROM "{of.table}" t WHERE NOT EXISTS (SELECT 1 FROM "{of.periods}" p '  # noqa: S608
            f'WHERE p."{of.key}" = t."{of.key}" AND p."valid_to" = {opened}'
            f"{_and_same(of)}) "
            f'UNION ALL SELECT 1 FROM "{of.periods}" p WHERE p."valid_to" = {opened} '
            f'AND NOT EXISTS (SELECT 1 FROM "{of.table}" t WHERE t."{of.key}" = p."{of.key}") '
            "LIMIT 1"
        )
        return list(cursor.fetchall())


# --- catalogue ------------------------------------------------------------------------------------


def _tables_exist() -> bool:
    """Whether all tables are there: not while a database stops at an older state."""
    names = set(connection.introspection.table_names())
    return all({of.table, of.periods} <= names for of in tracked.everything())


def _found() -> dict[str, str]:
    """Triggers of the history that are there: name → table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
            )
        else:
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        return {name: table for name, table in cursor.fetchall() if triggers.MARK in name}


def _drop(name: str, table: str) -> None:
    if connection.vendor == "postgresql":
        _run(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"', f'DROP FUNCTION IF EXISTS "{name}"()')
    else:
        _run(f'DROP TRIGGER IF EXISTS "{name}"')


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
