"""Asking for background work, and cancelling it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority, clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.jobs import wake
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.registry import job_kinds

VIEW = "jobs.view"


def enqueue(kind: str, *, actor: Actor, next_url: str = "", **args: Any) -> Job:
    """Write a job in the caller's transaction; the worker is woken after the commit.

    ``args`` must be JSON values; ``next_url`` is where the progress page leads at the end.
    """
    job_kinds[kind]
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            args=args,
            owner_id=actor.account_id,
            actor_kind=actor.kind,
            scopes=None if actor.scopes is None else sorted(actor.scopes),
            next_url=next_url,
        )
        transaction.on_commit(lambda: wake.wake(job.id))
    return job


def visible_job(job_id: uuid.UUID, *, actor: Actor) -> Job:
    """Return one's own job, or any with ``jobs.view``; raises ``NotFound`` otherwise."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound
    if actor.is_system or (job.owner_id is not None and job.owner_id == actor.account_id):
        return job
    try:
        authority.require(actor, VIEW, citywide=True)
    except NotAllowed:
        raise NotFound from None
    return job


@transaction.atomic
def cancel(job_id: uuid.UUID, *, actor: Actor) -> Job:
    """Ask a job to stop; one that waits stops at once, a running one at its next step."""
    visible_job(job_id, actor=actor)
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.is_finished:
        return job
    job.cancel_requested = True
    if job.state == Job.State.QUEUED:
        job.state = Job.State.CANCELLED
        job.message = _("Cancelled before it began.")
        job.finished_at = clock.now()
    job.save(update_fields=["cancel_requested", "state", "message", "finished_at", "updated_at"])
    if job.state == Job.State.CANCELLED:
        ended = job_kinds[job.kind].ended if job.kind in job_kinds else None
        if ended:
            ended(job)
    return job
