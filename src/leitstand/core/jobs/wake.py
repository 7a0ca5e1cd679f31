"""huey only wakes the worker; what is to be done stands in the table of jobs."""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING

import structlog
from django.conf import settings

if TYPE_CHECKING:
    from huey import SqliteHuey

log = structlog.get_logger("leitstand.jobs")


@functools.cache
def bell() -> SqliteHuey:
    """Return the process's huey; messages are signed with the instance's secret."""
    from huey import SqliteHuey  # loaded by whoever rings or listens, not by every command
    from huey.serializer import SignedSerializer

    folder = settings.CONFIG.data
    folder.mkdir(parents=True, exist_ok=True)
    huey = SqliteHuey(
        "leitstand",
        filename=str(folder / "wake.db"),
        results=False,
        serializer=SignedSerializer(secret=settings.SECRET_KEY),
        fsync=False,
        timeout=5,
    )
    _register_tasks(huey)
    return huey


def _register_tasks(huey: SqliteHuey) -> None:
    from huey import crontab

    @huey.task(name="leitstand.run")
    def run(job_id: str) -> None:
        from leitstand.core.jobs import running

        running.run_job(uuid.UUID(job_id))

    @huey.periodic_task(crontab(minute="*"), name="leitstand.minute")
    def minute() -> None:
        from leitstand.core.jobs import running

        running.every_minute()

    huey.ring = run


def wake(job_id: uuid.UUID) -> None:
    """Ring for a job; a bell that fails is only logged, the minute's round finds the job."""
    try:
        bell().ring(str(job_id))
    except Exception:
        log.exception("the worker could not be woken; the job waits for the next round")
