"""As whom a job acts; a database that is away for a moment; who hears of waiting jobs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError

from leitstand.core.accounts import sessions
from leitstand.core.accounts.identity import of_account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.jobs import actions, registry, running, wake, worker
from leitstand.core.jobs.models import Job

SYSTEM = Actor.system("test")


@pytest.fixture
def kind() -> Iterator[Any]:
    names = []

    def make(work: Any) -> str:
        name = f"test.{uuid.uuid4().hex}"
        registry.register(name, "Testauftrag", work)
        names.append(name)
        return name

    yield make
    for name in names:
        registry.job_kinds._items.pop(name)


@pytest.fixture(autouse=True)
def rings(monkeypatch: Any) -> list[Any]:
    heard: list[Any] = []
    for module in (running, worker):  # the test's transaction lives in the connection
        monkeypatch.setattr(module, "close_old_connections", lambda: None)
    monkeypatch.setattr(wake, "wake", heard.append)
    return heard


def _run(kind: Any, actor: Actor, *, orphan: bool = False) -> tuple[Any, Job]:
    seen: list[Actor] = []
    job = actions.enqueue(kind(lambda run: seen.append(run.actor)), actor=actor)
    if orphan:
        Job.objects.update(owner=None)
    running.run_job(job.id)
    job.refresh_from_db()
    return (seen[0] if seen else None), job


def test_a_job_whose_account_is_gone_does_not_become_the_products(account: Any, kind: Any) -> None:
    seen, job = _run(kind, of_account(account("member")), orphan=True)
    assert seen is None
    assert (job.state, bool(job.error)) == ("failed", True)
    seen, _job = _run(kind, SYSTEM)
    assert seen.is_system


def test_a_tokens_scopes_hold_in_its_job(account: Any, kind: Any) -> None:
    owner = of_account(account("admin"))
    reads = Actor(
        kind="token", name=owner.name, account_id=owner.account_id, scopes=frozenset({"read"})
    )
    seen, _job = _run(kind, reads)
    assert (seen.kind, seen.scopes) == ("token", {"read"})
    seen, _job = _run(kind, owner)
    assert (seen.kind, seen.scopes) == ("user", None)


@pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
def test_a_database_away_for_a_moment_costs_an_attempt_only(
    db: Any, kind: Any, problem: Any
) -> None:
    def work(run: Any) -> dict[str, Any]:
        if run.attempt == 1:
            raise problem("database is locked")
        return {"attempt": run.attempt}

    job = actions.enqueue(kind(work), actor=SYSTEM)
    running.run_job(job.id)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 1)
    running.run_job(job.id)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"attempt": 2})


def test_a_database_that_stays_away_ends_the_job(db: Any, kind: Any) -> None:
    def work(run: Any) -> None:
        raise OperationalError("database is locked")

    job = actions.enqueue(kind(work), actor=SYSTEM)
    for _ in range(running.MAX_ATTEMPTS):
        running.run_job(job.id)
    job.refresh_from_db()
    assert (job.state, bool(job.error)) == ("failed", True)


def test_a_listener_rings_once_for_each_waiting_job(db: Any, kind: Any, rings: Any) -> None:
    name, listener = kind(lambda run: None), worker.Listener()
    first = Job.objects.create(kind=name, actor_kind="system")  # by a web process elsewhere
    listener.look()
    listener.look()
    assert rings == [first.id]
    just = Job.objects.create(kind=name, actor_kind="system", heartbeat=clock.now())
    listener.look()
    assert rings == [first.id]
    Job.objects.filter(pk=just.pk).update(heartbeat=clock.now() - timedelta(seconds=30))
    listener.look()
    assert rings == [first.id, just.id]


def test_sessions_that_have_run_out_go_once_a_day(client_of: Any) -> None:
    client = client_of("member")
    past = clock.now() - timedelta(hours=1)
    Session.objects.create(session_key="old", session_data="", expire_date=past)
    assert sessions.clear_daily() == 1
    Session.objects.create(session_key="old", session_data="", expire_date=past)
    assert sessions.clear_daily() == 0
    assert client.get("/konto/abmelden/").wsgi_request.user.is_authenticated
