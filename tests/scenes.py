"""Scenes: what the tests of a module share in the database is written once for all of them.

Most tests begin in the same small city. Building it anew costs more than most tests take, so a
scene is written once for a module, inside a transaction of its own; each test works in a savepoint
on top of it, sees the scene as built, and leaves it so. A module shares a scene only if each of
its tests with a database asks for it and none needs real transactions; otherwise every test
builds its own. What a test gets is a copy: objects that a test has changed do not reach the next.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test.utils import override_settings

TEST_SETTINGS = {
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}
"""No cache that outlives a test, cheap passwords."""


def scene(
    name: str,
    build: Callable[..., Any],
    *needs: str,
    settings: Callable[[], dict[str, Any]] = dict,
    besides: str = "request",
) -> tuple[Any, Any]:
    """Two fixtures, to be assigned in a conftest or module: ``_city, city = scene("city", build)``.

    ``build`` gets the values of the scenes named by ``needs`` and runs under ``settings()``;
    ``besides`` is a fixture that each test gets with the scene.
    """

    def kept(
        request: Any, django_db_setup: None, django_db_blocker: Any, **below: Any
    ) -> Iterator[Any]:
        if None in below.values() or not _shared(request, name):
            yield None
            return
        values = copy.deepcopy([value for (value,) in below.values()])
        undo = transaction.atomic()
        with django_db_blocker.unblock():
            outermost = _stay_open()
            undo.__enter__()
            try:
                with override_settings(**TEST_SETTINGS, **settings()):
                    built = build(*values)
            except BaseException:
                _roll_back(undo, outermost=outermost)
                raise
        yield (built,)
        with django_db_blocker.unblock():
            _roll_back(undo, outermost=outermost)

    def taken(**values: Any) -> Any:
        ready = values[f"_{name}_scene"]
        if ready is not None:
            return copy.deepcopy(ready[0])
        with override_settings(**settings()):
            return build(*(values[need] for need in needs))

    below = [f"_{need}_scene" for need in needs]
    _named(kept, "request", "django_db_setup", "django_db_blocker", *below)
    _named(taken, f"_{name}_scene", "db", besides, *needs)
    return (
        pytest.fixture(scope="module", name=f"_{name}_scene")(kept),
        pytest.fixture(name=name)(taken),
    )


def _shared(request: Any, name: str) -> bool:
    items = [item for item in request.session.items if item.path == request.path]
    return all(name in item.fixturenames and not _real(item) for item in items if _writes(item))


def _writes(item: Any) -> bool:
    return "db" in item.fixturenames or item.get_closest_marker("django_db") is not None


def _real(item: Any) -> bool:
    """Whether the test needs real transactions."""
    marker = item.get_closest_marker("django_db")
    given = marker is not None and marker.kwargs.get("transaction", False)
    return given or not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames)


def _stay_open() -> bool:
    """Closing the connection would lose the scene; of a database in memory it does nothing anyway.

    Returns whether no scene below has seen to it.
    """
    used = vars(connections[DEFAULT_DB_ALIAS])
    if "close" in used:
        return False
    used["close"] = lambda: None
    return True


def _roll_back(block: transaction.Atomic, *, outermost: bool) -> None:
    transaction.set_rollback(True)
    block.__exit__(None, None, None)
    if outermost:
        del vars(connections[DEFAULT_DB_ALIAS])["close"]


def _named(function: Any, *names: str) -> None:
    """Let pytest see these parameters."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    function.__signature__ = inspect.Signature([inspect.Parameter(n, keyword) for n in names])
