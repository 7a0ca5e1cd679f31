"""The answer when somebody else saved first: both versions, a choice per field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leitstand.portfolio.web.forms import TableForm


def context(form: TableForm, fresh: TableForm, **more: Any) -> dict[str, Any] | None:
    """What the choice shows; ``None`` if both versions hold the same.

    ``form`` is what was sent, ``fresh`` an unsent form over the object as it is now.
    """
    fields = form.differences(fresh)
    if not fields:
        return None
    return {
        "fields": fields,
        "kept": form.kept(fresh),
        "version": fresh.version,
        "text": _("Somebody else has saved while you were writing."),
        **more,
    }


def page(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """The page with the choice."""
    values.setdefault("action", request.path)
    return render(request, "ui/conflict.html", values, status=409)
