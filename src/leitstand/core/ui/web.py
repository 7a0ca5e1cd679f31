"""Error handlers of Django, shown as pages of the kit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, what: str, remedy: str) -> HttpResponse:
    context = {
        "what": what,
        "remedy": remedy,
        "status": status,
        "request_id": getattr(request, "request_id", ""),
    }
    return render(request, "ui/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Page for a request that cannot be understood."""
    return _page(
        request, 400, _("The request could not be understood."), _("Go back and try again.")
    )


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Page for a refused request."""
    return _page(request, 403, _("You may not open this page."), _("Ask your digital unit."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Page for a form that was open too long or came from elsewhere."""
    return _page(
        request,
        403,
        _("The form has expired or was sent from another page."),
        _("Go back, load the page again and send the form once more. Allow cookies."),
    )


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Page for an unknown address."""
    return _page(
        request,
        404,
        _("There is nothing at this address, or it is not open to you."),
        _("Check the address, use the search or begin at the start page."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Page for an internal error."""
    return _page(
        request,
        500,
        _("Something went wrong on our side. Nothing was changed."),
        _("Try again. If it happens again, tell your IT service desk the number below."),
    )
