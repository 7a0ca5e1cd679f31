"""Starting Django for a command, with clear words when the instance is not configured."""

from __future__ import annotations

import os
import sys

import structlog


def start_django() -> None:
    """Configure logging and Django; raises ``ConfigError`` for a wrong environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")
    import django
    from django.conf import settings

    configure_logging(settings.CONFIG.log_format, settings.CONFIG.log_level)
    (settings.CONFIG.data / "tmp").mkdir(parents=True, exist_ok=True)
    django.setup()


def configure_logging(form: str, level: str) -> None:
    """Send all log lines to stderr: one JSON object per line, or readable with ``console``."""
    import logging

    shared = [
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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "huey", "django.request"):
        logging.getLogger(noisy).setLevel("WARNING")
