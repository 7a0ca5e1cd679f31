"""Background jobs: claimed once, cancelled, taken over, failed with a text."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from leitstand.core.accounts.identity import of_account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.jobs import actions, lives, registry, running, wake
from leitstand.core.jobs.models import Job

SYSTEM = Actor.system("test")


@pytest.fixture
def kind() -> Any:
    """Register a kind of job for one test: ``kind(work)`` returns its name."""
    names = []

    def make(work: Any, ended: Any = None) -> Any:
        name = f"test.{uuid.uuid4().hex}"
        registry.register(name, "Testauftrag", work, ended=ended)
        names.append(name)
        return name

    yield make
    for name in names:
        registry.job_kinds._items.pop(name)


@pytest.fixture(autouse=True)
def rings(monkeypatch: Any) -> Any:
    """Collect rings instead of waking a worker."""
    heard = []
    monkeypatch.setattr(wake, "wake", heard.append)
    return heard


def stale(job: Any, **values: Any) -> None:
    old = clock.now() - 2 * running.STALE_AFTER
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, heartbeat=old, **{"attempt": 1, **values}
    )


def fresh(job: Any) -> Any:
    return Job.objects.get(pk=job.pk)


def test_a_job_runs_and_leaves_its_result(db: Any, kind: Any) -> Any:
    def work(run: Any) -> Any:
        for done in range(5):
            run.step(done, 5, f"Schritt {done}")
        return {"summe": run.args["a"] + 1}

    job = actions.enqueue(kind(work), actor=SYSTEM, a=41)
    running.run_job(job.id)
    job = fresh(job)
    assert (job.state, job.result, job.attempt) == ("done", {"summe": 42}, 1)
    assert job.finished_at
    assert job.worker.startswith(f"{socket.gethostname()}:{os.getpid()}:")
    running.run_job(job.id)
    assert fresh(job).attempt == 1


def test_a_job_is_written_with_its_action_or_not_at_all(db: Any, kind: Any) -> None:
    name = kind(lambda run: None)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.enqueue(name, actor=SYSTEM)
        raise RuntimeError
    assert not Job.objects.exists()
    with pytest.raises(LookupError):
        actions.enqueue("gibt.es.nicht", actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_woken_after_the_commit(kind: Any, rings: Any) -> None:
    name = kind(lambda run: None)
    with transaction.atomic():
        job = actions.enqueue(name, actor=SYSTEM)
        assert rings == []
    assert rings == [job.id]


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_a_job_once(kind: Any) -> None:
    runs = []
    job = actions.enqueue(kind(lambda run: runs.append(run.attempt)), actor=SYSTEM)
    barrier, problems = threading.Barrier(4), []

    def work() -> None:
        barrier.wait(10)
        try:
            running.run_job(job.id)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if connection.vendor == "sqlite":
        # the shared memory of the tests has no waiting lock; who loses there does not run at all
        problems = [p for p in problems if "locked" not in str(p)]
    assert not problems
    if not runs:
        running.run_job(job.id)
    assert runs == [1]
    assert fresh(job).state == "done"


def test_a_waiting_job_is_cancelled_at_once(db: Any, kind: Any) -> None:
    ended = []
    job = actions.enqueue(kind(lambda run: None, ended=ended.append), actor=SYSTEM)
    actions.cancel(job.id, actor=SYSTEM)
    assert fresh(job).state == "cancelled"
    assert fresh(job).finished_at
    assert [j.pk for j in ended] == [job.pk]
    running.run_job(job.id)
    assert fresh(job).state == "cancelled"
    assert actions.cancel(job.id, actor=SYSTEM).state == "cancelled"


def test_a_running_job_stops_at_its_next_step(db: Any, kind: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "_STEP_SECONDS", 0.0)
    reached = []

    def work(run: Any) -> None:
        for done in range(10):
            reached.append(done)
            if done == 3:
                actions.cancel(run.job.id, actor=SYSTEM)
            run.step(done, 10)

    job = actions.enqueue(kind(work), actor=SYSTEM)
    running.run_job(job.id)
    assert fresh(job).state == "cancelled"
    assert reached == [0, 1, 2, 3]


def test_expected_errors_are_told_and_others_get_a_number(db: Any, kind: Any) -> None:
    def domain(run: Any) -> None:
        raise Invalid("Zeile 7 ist falsch.")

    def bug(run: Any) -> None:
        raise ZeroDivisionError("geheime Einzelheit")

    told = actions.enqueue(kind(domain), actor=SYSTEM)
    hidden = actions.enqueue(kind(bug), actor=SYSTEM)
    for job in (told, hidden):
        running.run_job(job.id)
        assert fresh(job).state == "failed"
    assert fresh(told).error == "Zeile 7 ist falsch."
    assert "geheime" not in fresh(hidden).error
    assert hidden.id.hex[-8:] in fresh(hidden).error


def test_a_kind_that_is_gone_fails_instead_of_hanging(db: Any, kind: Any) -> None:
    job = actions.enqueue(kind(lambda run: None), actor=SYSTEM)
    Job.objects.update(kind="abgeschafft")
    running.run_job(job.id)
    assert fresh(job).state == "failed"


def test_what_a_dead_worker_left_is_queued_again_and_rung_for(
    db: Any, kind: Any, rings: Any
) -> None:
    job = actions.enqueue(kind(lambda run: {"versuch": run.attempt}), actor=SYSTEM)
    stale(job)
    assert running.requeue_stale() == 1
    assert fresh(job).state == "queued"
    assert rings[-1] == job.id
    running.run_job(job.id)
    assert fresh(job).result == {"versuch": 2}


def test_a_living_heart_is_left_alone(db: Any, kind: Any) -> None:
    job = actions.enqueue(kind(lambda run: None), actor=SYSTEM)
    stale(job)
    just = clock.now() - running.STALE_AFTER + timedelta(seconds=5)
    Job.objects.filter(pk=job.pk).update(heartbeat=just)
    assert running.requeue_stale() == 0
    assert fresh(job).state == "running"


def test_after_three_attempts_a_job_fails_with_a_text(db: Any, kind: Any) -> None:
    ended = []
    job = actions.enqueue(kind(lambda run: None, ended=ended.append), actor=SYSTEM)
    stale(job, attempt=running.MAX_ATTEMPTS)
    running.requeue_stale()
    assert fresh(job).state == "failed"
    assert fresh(job).error
    assert len(ended) == 1


def test_a_cancelled_job_of_a_dead_worker_ends_cancelled(db: Any, kind: Any) -> None:
    job = actions.enqueue(kind(lambda run: None), actor=SYSTEM)
    stale(job, cancel_requested=True)
    running.requeue_stale()
    assert fresh(job).state == "cancelled"


def test_the_overtaken_worker_writes_nothing_any_more(db: Any, kind: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "_STEP_SECONDS", 0.0)

    def work(run: Any) -> None:
        Job.objects.filter(pk=run.job.pk).update(attempt=2)  # another worker has taken over
        run.step(1, 2)

    job = actions.enqueue(kind(work), actor=SYSTEM)
    running.run_job(job.id)
    job = fresh(job)
    assert (job.state, job.progress, job.attempt) == ("running", 0, 2)


@pytest.fixture
def workers() -> Any:
    """Names of workers: dead, alive, of another machine, of another container, and without."""
    folder, here = lives._folder(), f"{lives.host()}:{os.getpid()}"
    (folder / "dead0000").touch()
    with (folder / "alive000").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield {
            "gone": f"{here}:dead0000",
            "alive": f"{here}:alive000",
            "own": lives.own_name(),
            "elsewhere": f"other-machine:{os.getpid()}:dead0000",
            "container of the same name": f"{here}:unknown0",
            "no name": "",
        }


@pytest.mark.parametrize(
    "which", ["gone", "alive", "own", "elsewhere", "container of the same name", "no name"]
)
def test_a_starting_worker_takes_back_what_is_surely_dead(
    db: Any, kind: Any, workers: Any, which: Any
) -> None:
    job = actions.enqueue(kind(lambda run: None), actor=SYSTEM)
    Job.objects.filter(pk=job.pk).update(
        state="running", heartbeat=clock.now(), attempt=1, worker=workers[which]
    )
    running.take_over()
    assert fresh(job).state == ("queued" if which == "gone" else "running")
    assert not (lives._folder() / "dead0000").exists()
    assert (lives._folder() / "alive000").exists()


def test_everybody_sees_her_own_jobs(client_of: Any, kind: Any) -> None:
    owner, other, admin = client_of("member"), client_of("member"), client_of("admin")
    job = actions.enqueue(kind(lambda run: None), actor=of_account(owner.account))
    url = reverse("administration:job", args=[job.id])
    assert owner.get(url).status_code == 200
    assert admin.get(url).status_code == 200
    assert other.get(url).status_code == 404
    cancel = reverse("administration:job_cancel", args=[job.id])
    assert other.post(cancel).status_code == 404
    assert fresh(job).state == "queued"
    here = reverse("administration:jobs")
    assert "Testauftrag" in owner.get(here).content.decode()
    assert "Testauftrag" not in other.get(here + "?alle=1").content.decode()
    assert "Testauftrag" not in admin.get(here).content.decode()
    assert "Testauftrag" in admin.get(here + "?alle=1").content.decode()
    with pytest.raises(NotFound):
        actions.visible_job(job.id, actor=Actor.anonymous())
    assert owner.post(cancel).status_code == 302
    assert fresh(job).state == "cancelled"


def test_the_page_shows_progress_and_then_where_to_go(client_of: Any, kind: Any) -> None:
    owner = client_of("member")
    job = actions.enqueue(
        kind(lambda run: None), actor=of_account(owner.account), next_url="/ziel/"
    )
    url = reverse("administration:job", args=[job.id])
    Job.objects.filter(pk=job.pk).update(state="running", progress=3, total=7, message="Zeilen")
    page = owner.get(url).content.decode()
    assert "<progress" in page
    assert "3 von 7" in page
    part = owner.get(url, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    Job.objects.filter(pk=job.pk).update(state="done")
    assert 'href="/ziel/"' in owner.get(url).content.decode()
    Job.objects.filter(pk=job.pk).update(state="failed", error="Kein <b>Platz</b>")
    assert "Kein &lt;b&gt;Platz" in owner.get(url).content.decode()


def test_a_round_that_fails_does_not_stop_the_others(db: Any, kind: Any) -> None:
    ran = []
    before = dict(running.minute_rounds._items)
    running.minute_rounds.add("test.bad", lambda: 1 / 0)
    running.minute_rounds.add("test.good", lambda: ran.append(1))
    try:
        running.every_minute()
    finally:
        running.minute_rounds._items = before
    assert ran == [1]
