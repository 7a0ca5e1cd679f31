"""Running jobs: claim, heartbeat, cancel, failure, and the round every minute."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, NotAllowed
from leitstand.core.base.registry import Registry
from leitstand.core.jobs import lives, wake
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.registry import job_kinds

log = structlog.get_logger("leitstand.jobs")
STALE_AFTER = timedelta(seconds=45)
MAX_ATTEMPTS = 3
_REST = timedelta(seconds=10)
_STEP_SECONDS = 1.0
minute_rounds: Registry[Callable[[], Any]] = Registry("round")
take_overs: Registry[Callable[[], Any]] = Registry("taking over")
"""What a starting worker does about the work of dead ones, while it can still be told who is dead."""


class Cancelled(Exception):
    """Raised inside a handler when the person has cancelled; roll back and let it pass."""


class Superseded(Exception):
    """Another worker has taken the job over; this one stops without a word."""


class JobRun:
    """What a handler gets: arguments, ``actor`` who asked, and ``step`` to report progress."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.args: dict[str, Any] = job.args
        self.attempt = job.attempt
        self.actor = _actor(job)
        self._last = 0.0

    def step(self, done: int, total: int, message: str = "") -> None:
        """Save progress and heartbeat, at most once a second; raises ``Cancelled`` if asked."""
        moment = time.monotonic()
        if moment - self._last < _STEP_SECONDS and done < total:
            return
        self._last = moment
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.attempt, state=Job.State.RUNNING)
        if not mine.update(
            progress=done, total=total, message=message[:500], heartbeat=clock.now()
        ):
            raise Superseded
        if mine.filter(cancel_requested=True).exists():
            raise Cancelled


def _actor(job: Job) -> Actor:
    """Return who asked for the job; raises ``NotAllowed`` if that account is gone."""
    if job.actor_kind == "system":
        return Actor.system(job.kind)
    owner = job.owner
    if owner is None:
        raise NotAllowed(_("The account that asked for this job no longer exists."))
    return Actor(
        kind="token" if job.actor_kind == "token" else "user",
        name=owner.display_name,
        account_id=owner.id,
        person_id=owner.person_id,
        scopes=None if job.scopes is None else frozenset(job.scopes),
        request_id=job.id.hex,
    )


def _renew_connection() -> None:
    """Drop a connection that is dead or too old; never one that a transaction is using."""
    if not connection.in_atomic_block:
        close_old_connections()


def run_job(job_id: uuid.UUID) -> None:
    """Claim and run one job; returns at once if another worker has it or it is finished."""
    _renew_connection()
    job = _claim(job_id)
    if job is None:
        return
    language = job.owner.language if job.owner else "de"
    started = time.monotonic()
    with translation.override(language):
        state = _work(job)
    log.info("job", kind=job.kind, job=str(job.id), state=state, s=time.monotonic() - started)
    _renew_connection()


def _claim(job_id: uuid.UUID) -> Job | None:
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(of=("self",), skip_locked=False)
            .select_related("owner__person")
            .filter(pk=job_id, state=Job.State.QUEUED)
            .first()
        )
        if job is None:
            return None
        job.state = Job.State.RUNNING
        job.attempt += 1
        job.worker = lives.own_name()
        job.heartbeat = job.started_at = clock.now()
        job.save(
            update_fields=["state", "attempt", "worker", "heartbeat", "started_at", "updated_at"]
        )
    return job


def _work(job: Job) -> str:
    try:
        result = job_kinds[job.kind].work(JobRun(job)) or {}
    except Cancelled:
        return _finish(job, Job.State.CANCELLED, message=_("Cancelled. Nothing was changed."))
    except Superseded:
        return "superseded"
    except DomainError as problem:
        return _finish(job, Job.State.FAILED, error=problem.text)
    except (OperationalError, InterfaceError):
        log.warning("job lost the database", kind=job.kind, job=str(job.id), exc_info=True)
        _renew_connection()
        _give_back([job])
        return "given back"
    except Exception:
        log.exception("job failed", kind=job.kind, job=str(job.id))
        return _finish(job, Job.State.FAILED, error=_internal(job))
    return _finish(job, Job.State.DONE, result=result)


def _internal(job: Job) -> str:
    return _(
        "The work stopped because of an internal error. Nothing was changed. "
        "Tell your IT service desk this number: %(number)s"
    ) % {"number": job.id.hex[-8:]}


def _finish(
    job: Job,
    state: Job.State,
    *,
    message: str = "",
    error: str = "",
    result: dict[str, Any] | None = None,
) -> str:
    values: dict[str, Any] = {"state": state, "finished_at": clock.now(), "error": error}
    if result is not None:
        values["result"] = result
    if message:
        values["message"] = message
    mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)
    if mine.update(**values) and state != Job.State.DONE and job.kind in job_kinds:
        ended = job_kinds[job.kind].ended
        job.refresh_from_db()
        if ended:
            ended(job)
    return str(state)


def requeue_stale() -> int:
    """Queue again what a killed worker left behind; after 3 attempts a job fails with a text.

    Rings for every waiting job, because a ring may have been lost. Returns the number of jobs
    found without a living worker.
    """
    limit = clock.now() - STALE_AFTER
    stale = Q(heartbeat=None) | Q(heartbeat__lt=limit)
    count = _give_back(Job.objects.filter(stale, state=Job.State.RUNNING))
    for job_id in Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True):
        wake.wake(job_id)
    return count


def _give_back(jobs: Iterable[Job]) -> int:
    count = 0
    for job in jobs:
        count += 1
        if job.attempt >= MAX_ATTEMPTS:
            _finish(job, Job.State.FAILED, error=_internal(job))
        elif job.cancel_requested:
            _finish(job, Job.State.CANCELLED, message=_("Cancelled. Nothing was changed."))
        else:
            Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING).update(
                state=Job.State.QUEUED
            )
    return count


def take_over() -> None:
    """At the start of a worker: take back at once what a dead process of this machine ran.

    Jobs of other machines wait until their heartbeat is stale.
    """
    running = Job.objects.filter(state=Job.State.RUNNING)
    _give_back([job for job in running if lives.has_ended(job.worker)])
    for name, work in take_overs.items():
        try:
            work()
        except Exception:
            log.exception("taking over failed", part=name)
    lives.sweep()
    requeue_stale()


def waiting() -> set[uuid.UUID]:
    """Return the jobs that could be run now; one that was just given back rests a little."""
    rested = Q(heartbeat=None) | Q(heartbeat__lt=clock.now() - _REST)
    queued = Job.objects.filter(rested, state=Job.State.QUEUED)
    return set(queued.values_list("pk", flat=True))


def every_minute() -> None:
    """The round every minute: stale jobs and whatever parts of the kernel have registered."""
    _renew_connection()
    requeue_stale()
    for name, work in minute_rounds.items():
        try:
            work()
        except Exception:
            log.exception("round failed", round=name)
    _renew_connection()
