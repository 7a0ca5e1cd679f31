"""What all tests share: a small city, accounts by role, clients."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from leitstand.core.base.actor import Actor
from tests.scenes import TEST_SETTINGS, scene

PASSWORD = "Kirschkern-weit-spucken-7"
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def _clean_state(settings: Any) -> Iterator[None]:
    """No cached grants, rate limits or site row from one test to the next; cheap passwords."""
    from leitstand.core.policy import grants
    from leitstand.shell import context

    for name, value in TEST_SETTINGS.items():
        setattr(settings, name, value)
    grants.forget()
    context.forget_site()
    cache.clear()
    yield
    grants.forget()
    context.forget_site()


def _without_sqlite_triggers(empty: Any, operations: Any, statements: Any) -> None:
    with operations.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            empty(operations, statements)
        finally:
            for _, text in triggers:
                cursor.execute(text)


def _without_postgres_triggers(empty: Any, operations: Any, statements: Any) -> None:
    with operations.connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'audit\\_%' AND relkind='r'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for verb in ("DISABLE", "ENABLE"):
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")
            if verb == "DISABLE":
                empty(operations, statements)


@pytest.fixture(autouse=True, scope="session")
def _emptying_passes_the_trail() -> Iterator[None]:
    """Let tests with real transactions empty the tables, whose triggers forbid it."""
    from django.db import connection

    passing = {"sqlite": _without_sqlite_triggers, "postgresql": _without_postgres_triggers}
    operations = type(connection.ops)
    around, empty = passing[connection.vendor], operations.execute_sql_flush
    operations.execute_sql_flush = lambda self, sql: around(empty, self, sql)  # type: ignore[method-assign]
    yield
    operations.execute_sql_flush = empty  # type: ignore[method-assign]


def plant_units() -> dict[str, Any]:
    """Eight units by code, through the actions: city > 1 (10 (10.1, 10.2), 11), 2 (20)."""
    from leitstand.core.org.actions import create_unit

    plan = [
        ("0", "", "city", "Stadt Musterhausen"),
        ("1", "0", "directorate", "Dezernat I"),
        ("10", "1", "department", "Hauptamt"),
        ("10.1", "10", "division", "Organisation"),
        ("10.2", "10", "division", "Zentrale Dienste"),
        ("11", "1", "department", "Personalamt"),
        ("2", "0", "directorate", "Dezernat II"),
        ("20", "2", "department", "Kämmerei"),
    ]
    units: dict[str, Any] = {}
    for code, parent, kind, name in plan:
        units[code] = create_unit(
            actor=SYSTEM, code=code, kind=kind, name=name, parent=units.get(parent),
            active_from=date(2020, 1, 1),
        )  # fmt: skip
    return units


_unit_tree_scene, unit_tree = scene("unit_tree", plant_units)


def accounts_named(prefix: str = "") -> Callable[..., Any]:
    """``make("unit-head", unit)`` creates an account with this role; ``""`` means none."""
    from leitstand.core.accounts.actions import create_account
    from leitstand.core.policy.actions import assign_role

    numbers = itertools.count(1)

    def make(role: str = "", unit: Any = None, **values: Any) -> Any:
        number = next(numbers)
        name = values.pop("username", f"{prefix}{role or 'niemand'}-{number}")
        made = create_account(
            actor=SYSTEM,
            username=name,
            email=values.pop("email", f"{name}@example.org"),
            password=values.pop("password", PASSWORD),
            person=values.pop("person", None),
        )
        if role:
            assign_role(made, role, actor=SYSTEM, unit=unit, **values)
        return made

    return make


@pytest.fixture
def account(db: None) -> Callable[..., Any]:
    """``account("unit-head", unit)`` creates an account with this role; ``""`` means none."""
    return accounts_named()


@pytest.fixture
def client_of(account: Callable[..., Any]) -> Callable[..., Client]:
    """``client_of("admin")`` is a browser logged in as a new account of this role.

    The account is ``client.account``; pages come in German.
    """

    def make(role: str = "", unit: Any = None, **values: Any) -> Client:
        client = Client(headers={"accept-language": "de"})
        client.account = account(role, unit, **values)  # type: ignore[attr-defined]
        client.force_login(client.account)  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def api_client(account: Callable[..., Any]) -> Callable[..., Client]:
    """``api_client("digital-unit", scope="write")`` sends a bearer token with every request."""
    from leitstand.core.accounts.actions import create_token
    from leitstand.core.base import clock

    def make(role: str = "", unit: Any = None, *, scope: str = "write") -> Client:
        owner = account(role, unit)
        _, text = create_token(
            owner, actor=SYSTEM, name="test", scope=scope,
            expires_at=clock.now() + timedelta(days=1),
        )  # fmt: skip
        client = Client(headers={"authorization": f"Bearer {text}"})
        client.account = owner  # type: ignore[attr-defined]
        return client

    return make
