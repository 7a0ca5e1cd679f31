"""Counters that all processes share: rate limits hold whichever process answers."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client

from leitstand.core.base import counters
from leitstand.core.base.models import Counter

SHARED = {"default": {"BACKEND": "leitstand.core.base.counters.SharedCache"}}


@pytest.fixture
def shared(settings: Any) -> Any:
    settings.CACHES = SHARED
    return caches["default"]


@pytest.mark.django_db
def test_what_a_cache_promises(shared: Any) -> None:
    assert shared.get("a", 7) == 7
    assert shared.add("a", [1.5, 2], 60)
    assert not shared.add("a", 9, 60)
    assert shared.get("a") == [1.5, 2]
    shared.set("a", True, 60)
    assert shared.get("a") is True
    assert shared.touch("a", 60)
    assert shared.delete("a")
    assert not shared.delete("a")
    assert not shared.touch("a", 60)
    with pytest.raises(ValueError):
        shared.incr("a")
    shared.set("n", 1, 60)
    assert shared.incr("n", 2) == 3
    shared.set("old", 1, -1)
    assert shared.get("old") is None
    assert shared.add("old", 2, 60), "what has run out does not count"
    shared.set("old", 1, -1)
    assert counters.forget_old() == 1
    shared.clear()
    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_adds_and_none_is_lost(shared: Any) -> None:
    shared.set("n", 0, 60)
    won: list[bool] = []

    def work() -> None:
        try:
            won.append(caches["default"].add("once", 1, 60))
            caches["default"].incr("n")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(won) == 1
    assert shared.get("n") == 4


@pytest.mark.django_db(transaction=True)
def test_failed_log_ins_count_across_processes(shared: Any, account: Any) -> None:
    """They stand in the database, so the fifth failure closes the account at every process."""
    who = account("member")
    for number in range(6):
        answer = Client().post("/konto/anmelden/", {"login": who.username, "password": f"falsch-{number}"})
        assert answer.status_code == 200
    assert Counter.objects.filter(key__contains="login_failed").count() == 2
    right = Client(headers={"accept-language": "de"}).post(
        "/konto/anmelden/", {"login": who.username, "password": "Kirschkern-weit-spucken-7"}
    )
    assert "Zu viele" in right.content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_is_cheap(shared: Any) -> None:
    begun = time.perf_counter()
    for number in range(50):
        shared.add(f"k{number}", 1, 60)
        shared.get(f"k{number}")
    assert (time.perf_counter() - begun) / 50 < 0.05
