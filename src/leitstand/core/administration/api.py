"""Frame of the JSON API: authentication, problem+json, paging; the kernel's own routers."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from leitstand import __version__
from leitstand.core.accounts import identity
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, DomainError, Invalid, Refused

PROBLEM = "application/problem+json"


class BearerToken(HttpBearer):
    """Bearer tokens; sets ``request.actor``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the token's actor or ``None``."""
        actor = identity.of_token(token, request)
        if actor:
            request.actor = actor  # type: ignore[attr-defined]
        return actor


def session_reader(request: HttpRequest) -> Actor | None:
    """Let a logged-in browser read; writing needs a bearer token (no CSRF by API)."""
    actor = identity.actor_of(request)
    safe = request.method in {"GET", "HEAD", "OPTIONS"}
    return actor if safe and actor.account_id else None


def build_api() -> NinjaAPI:
    """Return the API with its error handlers and the kernel's routers."""
    from leitstand.core.administration import api_registry

    api = NinjaAPI(
        title="Leitstand",
        version=__version__,
        auth=[BearerToken(), session_reader],
        docs_url="/docs",
        urls_namespace="api",
    )
    api.add_exception_handler(DomainError, _domain)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(AuthenticationError, _authentication)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(OperationalError, _database)
    api.add_exception_handler(InterfaceError, _database)
    for prefix, router in api_registry.routers():
        api.add_router(prefix, router)
    return api


def problem(status: int, code: str, title: str, **more: Any) -> HttpResponse:
    """Return an RFC 9457 problem document."""
    import orjson

    body = {"type": f"urn:leitstand:problem:{code}", "title": title, "status": status, **more}
    return HttpResponse(orjson.dumps(body), status=status, content_type=PROBLEM)


def _domain(request: HttpRequest, error: Any) -> HttpResponse:
    more: dict[str, Any] = {"code": error.code}
    if isinstance(error, Invalid):
        more["errors"] = error.errors
    if isinstance(error, Conflict):
        more.update(current_version=error.version)
    if isinstance(error, Refused):
        more.update(where=error.where, remedy=error.remedy)
    return problem(error.status, error.code, error.text, **more)


def _validation(request: HttpRequest, error: Any) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for item in error.errors:
        name = ".".join(str(part) for part in item["loc"][1:])
        errors.setdefault(name, []).append(item["msg"])
    return problem(422, "invalid", _("The request does not fit the description."), errors=errors)


def _authentication(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(401, "unauthenticated", _("A valid access token is needed."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, "http", str(error))


def _database(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(
        503, "unavailable", _("The database is busy or cannot be reached. Please try again.")
    )
    response["Retry-After"] = "5"
    return response
