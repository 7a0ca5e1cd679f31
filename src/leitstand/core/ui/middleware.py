"""Turns expected errors of views into pages."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from leitstand.core.base.errors import DomainError
from leitstand.core.ui import problems


class Uploads:
    """Reads uploads before anybody else does, so that a refusal becomes a page: the check of the
    form's token reads them too, and what it raises would be an internal error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Answer with the reason if a file is too large or the disk is full."""
        if request.content_type != "multipart/form-data" or request.path.startswith("/api/"):
            return None
        try:
            request.POST  # noqa: B018 - parses the request
        except DomainError as error:
            while request.read(1 << 16):  # a browser listens once it has sent everything
                pass
            return problems.page(request, error)
        return None


class ErrorPages:
    """Innermost middleware. The API answers its own errors; everything unexpected goes on to
    Django and ends in `web.server_error`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; a redirect that htmx would follow into a table cell becomes one
        of the whole page."""
        response = self.get_response(request)
        if response.status_code in (301, 302, 303) and request.headers.get("HX-Request") == "true":
            moved = HttpResponse(status=204)
            moved["HX-Redirect"] = response["Location"]
            return moved
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for a `DomainError`, a refusal or a store that does not answer."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, DomainError) or problems.is_unavailable(error):
            return problems.page(request, error)
        if isinstance(error, PermissionDenied):
            return problems.refused_by_django(request, error)
        return None
