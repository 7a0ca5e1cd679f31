"""Starting Django for a command, with clear words when the instance is not configured."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

from leitstand.conf import ConfigError
from leitstand.core.cli.failure import Failure


def start_django() -> None:
    """Configure logging and Django; raises ``ConfigError`` for a wrong environment.

    Files that the process creates are open to its own user alone.
    """
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")
    import django
    from django.conf import settings

    config = settings.CONFIG
    configure_logging(config.log_format, config.log_level)
    try:
        (config.data / "tmp").mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigError(
            f"LEITSTAND_DATA ({config.data}) cannot be written: {problem.strerror}. "
            "Choose a folder that this user may write."
        ) from None
    django.setup()


def pool_connections() -> None:
    """Keep a pool of connections to PostgreSQL from now on (for processes that serve)."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.close()
        connection.settings_dict["OPTIONS"]["pool"] = settings.CONNECTION_POOL


def run_with_django(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run a command with Django; expected errors become one line (``Failure``)."""
    start_django()
    from django.db import DatabaseError, InterfaceError

    from leitstand.core.base.errors import DomainError

    try:
        return int(run(args))
    except (DatabaseError, InterfaceError) as problem:
        raise database_failure(problem) from problem
    except DomainError as problem:
        raise Failure(problem.text) from problem


def database_failure(problem: Exception) -> Failure:
    """Return the one line for a database error; addresses and passwords are not repeated."""
    text = " ".join(str(problem).split())[:300]
    low = text.lower()
    if "no such table" in low or ("relation" in low and "does not exist" in low):
        return Failure("the database is not up to date; run: leitstand migrate")
    if "disk is full" in low or "no space left" in low:
        return Failure("the disk of the database is full; nothing was changed. Free some space.")
    if "disk i/o error" in low:
        return Failure("the disk of the database is full or broken; nothing was changed.")
    if "database is locked" in low:
        return Failure("the database is busy with another program; try again in a moment.")
    if "connection" in low and ("failed" in low or "refused" in low or "closed" in low):
        return Failure(f"the database cannot be reached: {text}")
    return Failure(f"the database did not answer as expected: {text}")


def configure_logging(form: str, level: str) -> None:
    """Send all log lines to stderr: one JSON object per line, or readable with ``console``."""
    import logging

    from leitstand.core.base.middleware import shown_text

    def hide(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {name: shown_text(v) if isinstance(v, str) else v for name, v in line.items()}

    shared: list[Processor] = [
        hide,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if form == "console"
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()  # noqa: TID251 - the place where structlog is set up
    root.handlers[:] = [handler]
    root.setLevel(level)
    _log_what_nobody_caught()
    for noisy in ("httpx", "httpcore", "huey", "django.request"):
        logging.getLogger(noisy).setLevel("WARNING")  # noqa: TID251


def _log_what_nobody_caught() -> None:
    """Let uncaught exceptions of all threads appear as log lines like any other."""
    log = structlog.get_logger("leitstand.crash")

    def main_thread(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("uncaught exception", exc_info=(kind, problem, trace))

    def other_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            main_thread(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = main_thread
    threading.excepthook = other_thread
