"""Views of the kit: Django's error handlers and the gallery of components.

A project's root URL configuration sets `handler400`, `handler403`, `handler404` and
`handler500` to the functions of these names here.
"""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from leitstand.core.ui import gallery as samples
from leitstand.core.ui import problems


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with sample data."""
    return render(request, "ui/gallery.html", samples.context(request))


def gallery_edit(request: HttpRequest) -> HttpResponse:
    """The sample cell that is edited in place; nothing is stored."""
    value = request.POST.get("progress", "40")
    context = {"form": samples.CellForm({"progress": value}), "value": value}
    context |= {"title": "Fortschritt ändern", "submit_label": "Speichern"}
    if not request.headers.get("HX-Request"):
        return render(request, "ui/gallery_edit.html", context)
    showing = request.method == "POST" or "abbrechen" in request.GET
    template = "ui/gallery_cell.html" if showing else "ui/gallery_cell_edit.html"
    return render(request, template, context)


def gallery_job(request: HttpRequest) -> HttpResponse:
    """The sample job, as a page asks for it again and again: by now it is done."""
    job = {"state": "done", "message": "1.000 Zeilen übernommen"}
    return render(request, "ui/job.html", {"job": job, "title": "Übernahme", "done_url": "/"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old or came from elsewhere."""
    return problems.error_page(
        request,
        403,
        _("The form has expired"),
        _("For your safety a form is valid only in the session in which it was opened."),
        remedy=_(
            "Open the form again and send it once more. Cookies must be allowed for this site."
        ),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that cannot be read."""
    return problems.error_page(
        request,
        400,
        _("The request could not be read"),
        _("The browser sent something that this site does not understand."),
        remedy=_("Go back to the page before and try again."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 for refusals outside of views."""
    return problems.error_page(
        request,
        403,
        _("You may not do this"),
        _("You do not have the permission for this page."),
        login_url=problems.login_url(request),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problems.error_page(
        request,
        404,
        _("Not found"),
        _("There is no page at this address, or it is not open to you."),
        where=request.path,
        remedy=_("Check the address, or begin at the start page."),
        login_url=problems.login_url(request),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the store does not answer. Renders without context processors, since
    one of them may be what failed."""
    error = sys.exc_info()[1]
    if problems.is_unavailable(error):
        return problems.unavailable(request, error)
    if request.headers.get("HX-Request") == "true":
        return problems.toast(_("Something went wrong here"), 500)
    context = {
        "title": _("Something went wrong here"),
        "text": _("The fault is ours. It has been recorded; nothing of this request was saved."),
        "remedy": _(
            "Try again. If it happens once more, tell your administration the number below."
        ),
        "request_id": getattr(request, "request_id", ""),
    }
    return HttpResponse(render_to_string("ui/error.html", context), status=500)
