"""``leitstand serve``: the web process and the worker, together or one alone."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import structlog

from leitstand.conf import Config, load
from leitstand.core.cli import ports
from leitstand.core.cli.failure import Failure, NotReady

log = structlog.get_logger("leitstand.serve")
# Requests under way get this long after SIGTERM; then the process ends all the same.
GRACE_S = 7
_KILL_AFTER_S = 9
_RESTART_S = (1, 2, 5, 10, 30)
_SETTLED_S = 60


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--only", choices=("web", "worker"), help="run one process alone")
    parser.add_argument("--threads", type=int, default=2, help="jobs at a time (worker)")
    parser.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; a dead worker is started again.

    1 if the port is taken or the database is behind, 3 if there is no database yet.
    """
    config = load()
    if args.parent:
        _end_with(args.parent)
    if args.only == "worker":
        return serve_worker(args.threads)
    if not ports.is_free(config.host, config.port):
        raise Failure(ports.taken_text(config.host, config.port))
    if args.only == "web":
        return serve_web(config)
    return Supervisor(config).run()


def _ready() -> None:
    """Start Django and refuse a database that is not up to date."""
    from leitstand.core.cli.start import pool_connections, run_with_django

    run_with_django(lambda args: _check_database(), argparse.Namespace())
    pool_connections()


def _check_database() -> int:
    from leitstand.core.cli import locks, upgrades
    from leitstand.core.cli.archive import state
    from leitstand.core.history import actions as history

    locks.hold_instance()
    if not state.applied():
        raise NotReady("the database is empty; run: leitstand migrate")
    upgrades.check_database()
    if state.pending() or history.missing():  # without its triggers nothing would be remembered
        raise Failure("the database is not up to date; run: leitstand migrate")
    return 0


def _note_start() -> None:
    """Keep for ``doctor`` since when the web process runs; a busy database is no obstacle."""
    from django.db import DatabaseError

    from leitstand.core.base import actions

    with contextlib.suppress(DatabaseError):
        actions.remember_now(actions.WEB_STARTED)


def serve_worker(threads: int) -> int:
    """Run jobs until told to stop."""
    _ready()
    from leitstand.core.jobs.worker import work

    work(threads)
    return 0


def serve_web(config: Config) -> int:
    """Run the web process; returns when it is told to stop."""
    import uvicorn

    _ready()
    _note_start()
    # uvicorn takes the signals over and hands them back when it is done; that is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        "leitstand.asgi:application",
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=list(config.trusted_proxies),
        timeout_graceful_shutdown=GRACE_S,
        limit_concurrency=512,
        server_header=False,
    )
    return 0


def _end_with(parent: int) -> None:
    """End this process soon after its parent: a killed ``serve`` leaves nothing behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_KILL_AFTER_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def start(only: str) -> subprocess.Popen[bytes]:
    """Start one of the two processes as a child."""
    command = [sys.executable, "-P", "-m", "leitstand", "serve", "--only", only]
    # Its own group: Ctrl-C reaches the parent alone, which then ends both in order.
    return subprocess.Popen([*command, "--parent", str(os.getpid())], start_new_session=True)


class Supervisor:
    """Runs both processes as children; ends when the web process ends, restarts a dead worker."""

    def __init__(self, config: Config, ready: Callable[[], None] | None = None) -> None:
        """``ready`` is called once when the web process is ready to answer."""
        self.config = config
        self._tell = ready
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self._deaths = 0
        self._worker_from = 0.0

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; returns 0 then, else the web process's exit code."""
        from leitstand.core.cli.start import configure_logging

        configure_logging(self.config.log_format, self.config.log_level)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        try:
            self.web = start("web")
            while not self.stopping and self.web.poll() is None:
                self._watch_worker()
                self._watch_web()
                time.sleep(0.1)
        finally:
            code = self._end()
        return 0 if self.stopping else code or 1

    def stop(self, *_: object) -> None:
        """Signal handler: end at the next look."""
        self.stopping = True

    def _watch_web(self) -> None:
        """Tell once that the web process is ready."""
        if self._tell is None or self.worker is None:
            return
        if ports.get(self.config.host, self.config.port, "/readyz")[0] == 200:
            tell, self._tell = self._tell, None
            tell()

    def _watch_worker(self) -> None:
        """Start the worker once the web process answers, and again when it has died."""
        now = time.monotonic()
        if self.worker is None:
            if ports.accepts(self.config.host, self.config.port):
                self.worker, self._worker_from = start("worker"), now
            return
        code = self.worker.poll()
        if code is None:
            return
        if now - self._worker_from > _SETTLED_S:
            self._deaths = 0
        pause = _RESTART_S[min(self._deaths, len(_RESTART_S) - 1)]
        if now - self._worker_from < pause:
            return
        self._deaths += 1
        log.error("the worker has died and is started again", exit_code=code)
        self.worker, self._worker_from = start("worker"), now

    def _end(self) -> int:
        """End both children, with force after :data:`_KILL_AFTER_S`; returns the web's code."""
        children = [child for child in (self.web, self.worker) if child is not None]
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _KILL_AFTER_S
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(5)
        return self.web.returncode if self.web else 1
