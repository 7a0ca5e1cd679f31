"""Errors of the JSON API as problem documents (RFC 9457), and pages for everything else."""

from __future__ import annotations

import sys
from typing import Any

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import HttpError, ValidationError

from leitstand.core.base.errors import Conflict, DomainError, Invalid, NotFound, Refused
from leitstand.core.ui import problems, web

PROBLEM = "application/problem+json"
log = structlog.get_logger("leitstand.api")


class PreconditionRequired(DomainError):
    """A change without ``If-Match``: it could overwrite what somebody else has just saved."""

    code = "precondition_required"
    status = 428

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy(
                "Send the version that you have read in the header If-Match, for example "
                'If-Match: "3".'
            )
        )


class WrongMediaType(DomainError):
    """A body that is not what the end point takes."""

    code = "wrong_media_type"
    status = 415


class Unreadable(DomainError):
    """A body that is no JSON."""

    code = "unreadable"
    status = 400


def problem(status: int, code: str, title: str, **more: Any) -> HttpResponse:
    """Return an RFC 9457 problem document."""
    body = {"type": f"urn:leitstand:problem:{code}", "title": title, "status": status}
    body |= {"code": code, **more}
    content = orjson.dumps(body, default=_plain)
    return HttpResponse(content, status=status, content_type=PROBLEM)


def _plain(value: Any) -> Any:
    """Model objects by id, everything else as Django writes it."""
    if hasattr(value, "pk"):
        return str(value.pk)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return DjangoJSONEncoder().default(value)


def domain(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer an expected error."""
    more: dict[str, Any] = {}
    if isinstance(error, Invalid):
        more["errors"] = error.errors
    if isinstance(error, Refused):
        more.update(where=error.where, remedy=error.remedy)
    if not isinstance(error, Conflict):
        return problem(error.status, error.code, error.text, **more)
    more.update(current_version=error.version, theirs=error.theirs)
    status = 412 if "If-Match" in request.headers else error.status
    response = problem(status, error.code, error.text, **more)
    response["ETag"] = f'"{error.version}"'
    return response


def validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that does not fit the description."""
    errors: dict[str, list[str]] = {}
    for item in error.errors:
        place = [str(part) for part in item["loc"][1:]]
        # The name of a body's parameter is ours and says nothing to the caller.
        name = ".".join(place[1:] if item["loc"][0] == "body" else place)
        errors.setdefault(name, []).append(item["msg"])
    return problem(422, "invalid", _("The request does not fit the description."), errors=errors)


def authentication(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a request without a valid token."""
    title = _("A valid access token is needed.")
    response = problem(401, "unauthenticated", title)
    response["WWW-Authenticate"] = "Bearer"
    return response


def http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer an error of the framework; a body that cannot be read among them."""
    cause = error.__cause__
    if isinstance(cause, DomainError):
        return domain(request, cause)
    if isinstance(cause, SuspiciousOperation):
        return suspicious(request, cause)
    return problem(error.status_code, "http", str(error))


def suspicious(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer what Django does not even read."""
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("The request is too large."))
    return problem(400, "bad_request", _("The request could not be read"))


def missing(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer Django's 404 in the words of a hidden or missing object."""
    return domain(request, NotFound())


def database(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer while the store is busy or gone."""
    title = _("The database is busy or cannot be reached. Please try again.")
    response = problem(503, "unavailable", title)
    response["Retry-After"] = "5"
    return response


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log what nobody expected and answer with the number of the request."""
    if problems.is_unavailable(error):
        return database(request, error)
    number = getattr(request, "request_id", "")
    log.error("api", exc_info=error, path=request.path, request_id=number)
    title = _("The fault is ours. It has been recorded; nothing of this request was saved.")
    return problem(500, "internal", title, request_id=number)


def not_allowed(response: HttpResponse) -> HttpResponse:
    """Turn the framework's 405 into a problem document."""
    answer = problem(405, "method", _("This method is not possible here."))
    answer["Allow"] = response["Allow"]
    return answer


# --- Django's error handlers -----------------------------------------------------------------


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    if _is_api(request):
        return problem(400, "bad_request", _("The request could not be read"))
    return web.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if _is_api(request):
        title = _("There is no end point at this address; see /api/v1/docs.")
        return problem(404, "not_found", title)
    return web.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the store does not answer before the API is reached."""
    if _is_api(request):
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and problems.is_unavailable(error):
            return database(request, error)
        title = _("The fault is ours. It has been recorded; nothing of this request was saved.")
        number = getattr(request, "request_id", "")
        return problem(500, "internal", title, request_id=number)
    return web.server_error(request)
