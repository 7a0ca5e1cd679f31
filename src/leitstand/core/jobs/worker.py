"""The worker process."""

from __future__ import annotations

import structlog

from leitstand.core.jobs import running, wake

log = structlog.get_logger("leitstand.worker")


def work(threads: int = 2) -> None:
    """Run jobs until SIGTERM or SIGINT; takes over what a killed worker left."""
    running.take_over()
    running.every_minute()
    consumer = wake.bell().create_consumer(
        workers=threads, periodic=True, initial_delay=0.05, max_delay=0.5, backoff=1.3,
        check_worker_health=True,
    )  # fmt: skip
    log.info("worker started", threads=threads)
    consumer.run()
