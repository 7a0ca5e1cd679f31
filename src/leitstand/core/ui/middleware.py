"""Turns expected errors into pages that say what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Conflict, DomainError, NotAllowed, Refused, Unavailable

log = structlog.get_logger("leitstand.errors")
_HIDDEN = {"csrfmiddlewaretoken", "password", "password1", "password2"}


class ErrorPages:
    """Innermost middleware: sees the view's exceptions first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return a page for expected errors and for a database that is busy or gone."""
        if isinstance(problem, NotAllowed) and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if isinstance(problem, Unavailable):
            return unavailable(request, problem.text)
        if isinstance(problem, DomainError):
            return page(request, problem)
        if isinstance(problem, OperationalError | InterfaceError) or _is_gone(problem):
            log.warning("database unavailable", error=str(problem))
            return unavailable(
                request, _("The database is busy or cannot be reached. Please try again.")
            )
        return None


def _is_gone(problem: Exception) -> bool:
    name = type(problem).__name__
    return isinstance(problem, DatabaseError) and "full" in str(problem) or name == "PoolTimeout"


def page(request: HttpRequest, problem: DomainError) -> HttpResponse:
    """Return the error page of a domain error."""
    context: dict[str, Any] = {
        "what": problem.text,
        "status": problem.status,
        "request_id": getattr(request, "request_id", ""),
    }
    if isinstance(problem, Refused):
        context.update(where=problem.where, remedy=problem.remedy)
    if isinstance(problem, Conflict):
        context["remedy"] = _("Load the page again and repeat your change.")
    return render(request, "ui/error.html", context, status=problem.status)


def unavailable(request: HttpRequest, text: str) -> HttpResponse:
    """Return the 503 page that keeps the posted input, so that it can be sent again."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _HIDDEN
        for value in values
    ]
    context = {
        "what": text,
        "kept": kept,
        "action": request.get_full_path(),
        "request_id": getattr(request, "request_id", ""),
    }
    response = render(request, "ui/unavailable.html", context, status=503)
    response["Retry-After"] = "5"
    return response
