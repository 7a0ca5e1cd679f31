"""Pages and files that are the same for every visitor, so that caches may keep them.

A visitor's page holds no token and sets no cookie. What a person logged in reads is her own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from leitstand.core.accounts.identity import actor_of

MAX_AGE = 60
"""Seconds for which a cache may answer without asking; so long an unpublished thing lingers."""


def publicly(
    request: HttpRequest,
    template: str,
    values: dict[str, Any],
    *,
    last_modified: datetime | None = None,
) -> HttpResponseBase:
    """Draw a page; for visitors with ETag and ``Cache-Control: public``."""
    if actor_of(request).account_id is not None:
        return render(request, template, values)
    # Without the token that Django offers every template: it differs with each request.
    response = render(request, template, {**values, "csrf_token": ""})
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return cacheable(request, response, last_modified=last_modified)


def cacheable(
    request: HttpRequest, response: HttpResponse, *, last_modified: datetime | None = None
) -> HttpResponseBase:
    """The response with ETag, or 304 if the reader has it.

    ``Last-Modified`` informs only: when something is withdrawn, the newest of what remains is
    older than before, and comparing times would serve the withdrawn page on.
    """
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    if last_modified:
        response["Last-Modified"] = http_date(last_modified.timestamp())
    return get_conditional_response(request, etag=etag, response=response) or response


@dataclass(frozen=True)
class Publisher:
    """Who publishes, and under which licence; empty where nothing is stated."""

    name: str = ""
    licence_name: str = ""
    licence_url: str = ""


_publisher: Callable[[], Publisher] = Publisher


def install_publisher(ask: Callable[[], Publisher]) -> None:
    """Let the shell say who publishes."""
    global _publisher
    _publisher = ask


def publisher() -> Publisher:
    """Who publishes what features publish."""
    return _publisher()
