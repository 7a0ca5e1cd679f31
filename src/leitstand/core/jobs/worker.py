"""The worker process."""

from __future__ import annotations

import threading
import time
import uuid

import structlog
from django.db import close_old_connections, connection

from leitstand.core.jobs import running, wake

log = structlog.get_logger("leitstand.worker")
LOOK_S = 1.0


class Listener:
    """Rings for jobs of web processes on other machines, which cannot reach this one's bell."""

    def __init__(self) -> None:
        self._rung: set[uuid.UUID] = set()

    def look(self) -> None:
        """Ring once for each job that has begun to wait since the last look."""
        close_old_connections()
        found = running.waiting()
        for job_id in found - self._rung:
            wake.wake(job_id)
        self._rung = found
        close_old_connections()


def _listen() -> None:
    listener = Listener()
    while True:
        time.sleep(LOOK_S)
        try:
            listener.look()
        except Exception as problem:  # noqa: BLE001 - the database comes back, so does the ear
            log.warning("waiting jobs could not be looked up", problem=str(problem)[:300])


def work(threads: int = 2) -> None:
    """Run jobs until SIGTERM or SIGINT; takes over what a killed worker left."""
    running.take_over()
    running.every_minute()
    consumer = wake.bell().create_consumer(
        workers=threads, periodic=True, initial_delay=0.05, max_delay=0.5, backoff=1.3,
        check_worker_health=True,
    )  # fmt: skip
    if connection.vendor == "postgresql":
        threading.Thread(target=_listen, name="listen", daemon=True).start()
    log.info("worker started", threads=threads)
    consumer.run()
