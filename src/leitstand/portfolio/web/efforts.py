"""The page of the effort by size."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.ui import components as ui
from leitstand.portfolio.actions.efforts import change_efforts
from leitstand.portfolio.actions.strategy import require
from leitstand.portfolio.models import SizeEfforts
from leitstand.portfolio.queries.efforts import efforts
from leitstand.portfolio.tables.efforts import SIZE_EFFORTS
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged


def _form(data: Any = None) -> TableForm:
    return TableForm(tuple(SIZE_EFFORTS), SizeEfforts, data, row=efforts())


def size_efforts(request: HttpRequest) -> HttpResponse:
    """How many person days each size stands for; a conflict shows both versions."""
    actor = reader(request)
    require(actor)
    title, here = _("Effort by size"), reverse("portfolio:size_efforts")
    crumbs = [ui.Link(_("Start page"), "/"), ui.Link(title)]
    form = _form(merged(request.POST) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            change_efforts(actor=actor, version=form.version, values=values)
        except Conflict:
            found = conflict.context(form, _form(), object_title=title, cancel_url=here,
                                     crumbs=crumbs)  # fmt: skip
            return conflict.page(request, found) if found else redirect(here)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(here)
    context = {"title": title, "form": form, "crumbs": crumbs, "cancel_url": "/"}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/size_efforts.html", context, status=status)
