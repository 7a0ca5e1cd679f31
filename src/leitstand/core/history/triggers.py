"""The triggers that write versions: SQL for SQLite (per row) and PostgreSQL (per statement).

Each statement bears the digest of its text in the trigger's name, so that one look into the
catalogue tells whether what is there is what the program wants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from leitstand.core.history.tracked import OPEN_END, Tracked

_OPEN = OPEN_END.strftime("%Y-%m-%d %H:%M:%S")
SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
POSTGRES_NOW = "transaction_timestamp()"
MARK = "_history_"


class Trigger(NamedTuple):
    """One trigger: its name, its table and the statements that make it."""

    name: str
    table: str
    statements: tuple[str, ...]


def wanted(of: Tracked, vendor: str) -> list[Trigger]:
    """The three triggers of a tracked table."""
    texts = _postgres(of) if vendor == "postgresql" else _sqlite(of)
    return [_named(of, verb, parts) for verb, parts in texts.items()]


def _named(of: Tracked, verb: str, parts: tuple[str, ...]) -> Trigger:
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    name = f"{of.table[:36]}{MARK}{verb}_{digest}"
    return Trigger(name, of.table, tuple(part.replace("@name@", name) for part in parts))


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Quoted columns, each with a prefix such as ``NEW.``."""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def open_end(vendor: str) -> str:
    """The open end as SQL."""
    return f"'{_OPEN}+00:00'::timestamptz" if vendor == "postgresql" else f"'{_OPEN}'"


def same(of: Tracked, left: str, right: str, vendor: str) -> str:
    """Condition: two rows tell the same."""
    is_same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    if vendor == "postgresql":
        sides = (f"({listed(of.telling, f'{side}.')})" for side in (left, right))
        return f" {is_same} ".join(sides)
    return " AND ".join(f'{left}."{name}" {is_same} {right}."{name}"' for name in of.telling)


# --- SQLite ---------------------------------------------------------------------------------------


def _sqlite(of: Tracked) -> dict[str, tuple[str, ...]]:
    """Per row. A clock that was set back never makes a version end before it began."""
    opened, columns = open_end("sqlite"), listed(of.columns)
    last = (
        f'(SELECT max("valid_to") FROM "{of.periods}" '  # noqa: S608
        f'WHERE "{of.key}" = NEW."{of.key}" AND "valid_to" < {opened})'
    )

    def close(more: str = "") -> str:
        return (
            f'UPDATE "{of.periods}" SET "valid_to" = max({SQLITE_NOW}, "valid_from"){more} '  # noqa: S608
            f'WHERE "{of.key}" = OLD."{of.key}" AND "valid_to" = {opened};'
        )

    def insert(begins: str) -> str:
        return (
            f'INSERT INTO "{of.periods}" ({columns}, "valid_from", "valid_to", "removed") '  # noqa: S608
            f"VALUES ({listed(of.columns, 'NEW.')}, {begins}, {opened}, 0);"
        )

    changed = f"NOT ({same(of, 'OLD', 'NEW', 'sqlite')})" if of.telling else "0"
    removed = ', "removed" = 1'
    head = f'CREATE TRIGGER "@name@" AFTER {{verb}} ON "{of.table}" '
    return {
        "insert": (head.format(verb="INSERT") + f"BEGIN {insert(SQLITE_NOW)} END",),
        "update": (
            head.format(verb="UPDATE")
            + f"WHEN {changed} BEGIN {close()} {insert(last)} END",
        ),
        "delete": (
            head.format(verb="DELETE") + f"BEGIN {close(removed)} END",
        ),
    }


# --- PostgreSQL -----------------------------------------------------------------------------------


def _postgres(of: Tracked) -> dict[str, tuple[str, ...]]:
    """Per statement, with what it changed as a table: a COPY of thousands of rows is one INSERT.

    Several changes in one transaction have the same moment: only the last of them stays.
    """
    opened, columns = open_end("postgresql"), listed(of.columns)
    target = f'INSERT INTO "{of.periods}" ({columns}, "valid_from", "valid_to", "removed")'
    close = (
        f'UPDATE "{of.periods}" p SET "valid_to" = greatest({POSTGRES_NOW}, p."valid_from")'  # noqa: S608
    )
    here = f'p."{of.key}" = c."{of.key}" AND p."valid_to" = {opened}'
    insert = (
        f"{target} SELECT {listed(of.columns, 'c.')}, {POSTGRES_NOW}, {opened}, false "  # noqa: S608
        "FROM fresh c;"
    )
    update = (
        f'WITH changed AS (SELECT n.* FROM fresh n JOIN stale o ON n."{of.key}" = o."{of.key}" '  # noqa: S608
        f"WHERE NOT ({same(of, 'n', 'o', 'postgresql')})), "
        f'closed AS ({close} FROM changed c WHERE {here} RETURNING p."{of.key}" AS key, '
        f'p."valid_to" AS ended) {target} SELECT {listed(of.columns, "c.")}, '
        f"coalesce(k.ended, {POSTGRES_NOW}), {opened}, false "
        f'FROM changed c LEFT JOIN closed k ON k.key = c."{of.key}"; '
        f'DELETE FROM "{of.periods}" p USING fresh c WHERE p."{of.key}" = c."{of.key}" '
        f'AND p."valid_from" = p."valid_to" AND NOT p."removed";'
        if of.telling
        else ""
    )
    delete = f'{close}, "removed" = true FROM stale c WHERE {here};'
    tables = {
        "insert": ("NEW TABLE AS fresh", insert),
        "update": ("OLD TABLE AS stale NEW TABLE AS fresh", update),
        "delete": ("OLD TABLE AS stale", delete),
    }
    return {
        verb: (
            f'CREATE OR REPLACE FUNCTION "@name@"() RETURNS trigger LANGUAGE plpgsql '
            f"AS $$ BEGIN {body} RETURN NULL; END $$",
            f'CREATE TRIGGER "@name@" AFTER {verb.upper()} ON "{of.table}" '
            f'REFERENCING {given} FOR EACH STATEMENT EXECUTE FUNCTION "@name@"()',
        )
        for verb, (given, body) in tables.items()
    }
