"""Frame of the JSON API: authentication, errors, description, reference page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import orjson
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer

from leitstand import __version__
from leitstand.core.accounts import identity
from leitstand.core.administration import api_description, api_errors, api_registry
from leitstand.core.administration.api_docs import ReferencePage
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, NotAllowed

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})


class BearerToken(HttpBearer):
    """Bearer tokens; sets ``request.actor``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the token's actor or ``None``; a token for reading changes nothing at all."""
        actor = identity.of_token(token, request)
        if actor is None:
            return None
        request.actor = actor  # type: ignore[attr-defined]
        if request.method not in SAFE and "write" not in (actor.scopes or ()):
            raise NotAllowed(_("This access token may only read."))
        return actor


def session_reader(request: HttpRequest) -> Actor | None:
    """Let a logged-in browser read; writing needs a bearer token (no CSRF by API).

    Whoever sends a token is judged by it alone.
    """
    if "Authorization" in request.headers:
        return None
    actor = identity.actor_of(request)
    return actor if request.method in SAFE and actor.account_id else None


class StrictParser(Parser):
    """Takes JSON as RFC 8259 has it: no NaN, no lone surrogates, no other media type."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body; errors travel as cause of the framework's own."""
        if request.content_type not in JSON_TYPES:
            raise api_errors.WrongMediaType(
                gettext_lazy("Send JSON with Content-Type: application/json.")
            )
        try:
            body: dict[str, Any] = orjson.loads(request.body)
        except orjson.JSONDecodeError as problem:
            text = gettext_lazy("The body is not JSON.")
            raise api_errors.Unreadable(f"{text} ({problem})") from None
        return body


class FastRenderer(BaseRenderer):
    """Writes JSON with orjson: UTF-8 as it is, days and UUIDs as texts."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the body; lazy texts are written in the reader's language."""
        return orjson.dumps(data, default=str)


class LeitstandAPI(NinjaAPI):
    """The API of one instance."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description in English, with the errors that all operations share."""
        with override("en"):
            return api_description.complete(super().get_openapi_schema(**options))

    def _get_urls(self) -> list[Any]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _with_problem_for_405(pattern.callback)
        return patterns


def _with_problem_for_405(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        return api_errors.not_allowed(response) if response.status_code == 405 else response

    return answer


def build_api() -> NinjaAPI:
    """Return the API with its error handlers and the routers that were registered."""
    api = LeitstandAPI(
        title="Leitstand",
        version=__version__,
        description=api_description.INTRODUCTION,
        auth=[BearerToken(), session_reader],
        docs=ReferencePage(),
        docs_url="/docs",
        urls_namespace="api",
        parser=StrictParser(),
        renderer=FastRenderer(),
    )
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
    for prefix, router in api_registry.routers():
        api.add_router(prefix, router)
    return api


_HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (Exception, api_errors.unexpected),
    (DomainError, api_errors.domain),
    (ValidationError, api_errors.validation),
    (AuthenticationError, api_errors.authentication),
    (HttpError, api_errors.http),
    (Http404, api_errors.missing),
    (SuspiciousOperation, api_errors.suspicious),
    (OperationalError, api_errors.database),
    (InterfaceError, api_errors.database),
)
