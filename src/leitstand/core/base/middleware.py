"""The frame of every request: request id, Server-Timing, security headers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from leitstand.core.base import ids, metrics

log = structlog.get_logger("leitstand.request")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


_hidden: list[str] = []


def hide_rest_of(prefix: str) -> None:
    """Keep what follows ``prefix`` in a path out of the logs, because it opens something."""
    if prefix not in _hidden:
        _hidden.append(prefix)


def shown_path(path: str) -> str:
    """The path as the logs may hold it."""
    return next((f"{prefix}…" for prefix in _hidden if path.startswith(prefix)), path)


def shown_text(text: str) -> str:
    """A line of a log without what follows such a prefix: libraries name paths, too."""
    for prefix in _hidden:
        if prefix in text:
            text = re.sub(re.escape(prefix) + r"[^\s\"'<>]*", f"{prefix}…", text)
    return text


class QueryClock:
    """Counts queries and the seconds spent in them during one request."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Run one query under the clock (the interface of ``connection.execute_wrapper``)."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


class RequestFrame:
    """Outermost middleware: gives the request an id, times it and sets security headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; ``Server-Timing`` durations are milliseconds."""
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.fullmatch(given) else ids.uuid7().hex  # type: ignore[attr-defined]
        clock, started = QueryClock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            response = self.get_response(request)
        seconds = time.perf_counter() - started
        self._dress(request, response, clock, seconds)
        metrics.observe(request, response.status_code, seconds)
        log.info(
            "request",
            method=request.method,
            path=shown_path(request.path),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            queries=clock.count,
            request_id=request.request_id,  # type: ignore[attr-defined]
        )
        return response

    @staticmethod
    def _dress(
        request: HttpRequest, response: HttpResponse, clock: QueryClock, seconds: float
    ) -> None:
        response["Server-Timing"] = (
            f'app;dur={seconds * 1000:.1f}, db;dur={clock.seconds * 1000:.1f};desc="{clock.count}"'
        )
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        response.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        # Only a user who has been looked up: asking here could fail with the database.
        if getattr(getattr(request, "_cached_user", None), "is_authenticated", False):
            response.setdefault("Cache-Control", "private, no-cache")
