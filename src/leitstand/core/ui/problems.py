"""Errors as pages: what is wrong, where, how to mend it; nobody's input is lost."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from leitstand.core.base.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    Unavailable,
)
from leitstand.core.ui.components import DiffField

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
_SECRET = ("password", "csrfmiddlewaretoken", "secret", "token", "otp", "credential")
_ONE_TIME = "code"  # of a second factor; elsewhere a field of this name is an ordinary one


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the store is busy, gone or full, so that the same request may work later."""
    if isinstance(error, (OperationalError, InterfaceError, Unavailable)):
        return True
    return isinstance(error, OSError) and error.errno in _FULL


def page(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page for an expected error: a `DomainError`, a store that does not answer."""
    if is_unavailable(error) or not isinstance(error, DomainError):
        return unavailable(request, error)
    if isinstance(error, Conflict) and not _by_htmx(request):
        return conflict(request, error)
    return error_page(request, error.status, _title(error), error.text, **_details(request, error))


def _title(error: DomainError) -> str:
    if isinstance(error, NotAllowed):
        return _("You may not do this")
    if isinstance(error, NotFound):
        return _("Not found")
    if isinstance(error, Refused):
        return _("Not accepted")
    return _("This did not work")


def _details(request: HttpRequest, error: DomainError) -> dict[str, Any]:
    if isinstance(error, Refused):
        return {"where": error.where, "remedy": error.remedy}
    if isinstance(error, NotAllowed):
        return {"login_url": login_url(request)}
    if isinstance(error, Invalid):
        listed = [text for texts in error.errors.values() for text in texts]
        remedy = _("Go back, correct the entries and send them again.")
        return {"problems": listed[1:], "remedy": remedy}
    return {}


def login_url(request: HttpRequest) -> str:
    """Where an anonymous reader logs in to come back here; empty for others."""
    if getattr(getattr(request, "user", None), "is_authenticated", False):
        return ""
    try:
        return reverse("account_login") + "?" + urlencode({"next": request.get_full_path()})
    except NoReverseMatch:
        return ""


def error_page(
    request: HttpRequest, status: int, title: str, text: str, **details: Any
) -> HttpResponse:
    """`ui/error.html` with the request's number; for htmx a message on the page instead."""
    if _by_htmx(request):
        return toast(text or title, status)
    context = {
        "title": title,
        "text": text,
        "request_id": getattr(request, "request_id", ""),
        **details,
    }
    return render(request, "ui/error.html", context, status=status)


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def toast(text: str, status: int) -> HttpResponse:
    """An error among the page's messages, where a whole page would land inside a cell."""
    body = render_to_string("ui/toast.html", {"text": text})
    response = HttpResponse(body, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = ".ls-toasts", "beforeend"
    return response


# --- two people edit one object ---------------------------------------------------------------


def _raw(value: object) -> str:
    """A value as a form would post it."""
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value)


def differences(error: Conflict) -> list[DiffField]:
    """The fields in which the two versions differ. The radio buttons post the values
    themselves, so the answer is an ordinary form for the same address."""
    labels = getattr(error, "labels", {})
    return [
        DiffField(
            name=name,
            label=labels.get(name, name),
            mine=mine,
            theirs=error.theirs.get(name),
            mine_value=_raw(mine),
            theirs_value=_raw(error.theirs.get(name)),
        )
        for name, mine in error.mine.items()
        if _raw(mine) != _raw(error.theirs.get(name))
    ]


def conflict(request: HttpRequest, error: Conflict, **details: Any) -> HttpResponse:
    """Both versions side by side. `details` may replace `fields`, `cancel_url`,
    `object_title`, `mine_label`, `theirs_label`."""
    fields: Sequence[DiffField] = details.pop("fields", None) or differences(error)
    names = {field.name for field in fields} | {"version"}
    context = {
        "text": error.text,
        "fields": fields,
        "version": error.version,
        "action": request.get_full_path(),
        "kept": [entry for entry in _posted(request) if entry[0] not in names],
        "cancel_url": request.get_full_path(),
        **details,
    }
    return render(request, "ui/conflict.html", context, status=error.status)


# --- the store does not answer ----------------------------------------------------------------


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, without secrets."""
    if request.method != "POST":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in _SECRET)
        and not (name == _ONE_TIME and request.path.startswith("/konto/"))
        for value in values
    ]


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """503 with the posted entries kept. Asks nothing of the store: it may be gone, therefore
    no context processors run."""
    entries = _posted(request)
    text = error.text if isinstance(error, Unavailable) else ""
    if _by_htmx(request):
        response = toast(
            text or _("The data store does not answer at the moment. Nothing has been saved."), 503
        )
    else:
        context = {
            "text": text,
            "entries": entries,
            "shown": [entry for entry in entries if entry[1] and not entry[0].startswith("_")],
            "files": bool(request.FILES) if request.method == "POST" else False,
            "action": request.get_full_path(),
            "csrf_token": get_token(request),
            "request_id": getattr(request, "request_id", ""),
        }
        response = HttpResponse(render_to_string("ui/unavailable.html", context), status=503)
    response["Retry-After"] = "10"
    return response


def refused_by_django(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """403 raised by Django or a library."""
    text = str(error) or _("You do not have the permission for this page.")
    return error_page(request, 403, _("You may not do this"), text, login_url=login_url(request))
