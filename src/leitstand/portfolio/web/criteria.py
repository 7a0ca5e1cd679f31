"""Pages on which the criteria of prioritisation are kept."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.ui.components import Link
from leitstand.portfolio.actions import priority as actions
from leitstand.portfolio.models import PriorityCriterion
from leitstand.portfolio.tables.priority import CRITERIA
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged


def _home() -> str:
    return reverse("portfolio:matrix") + "#criteria"


def _crumbs(title: str) -> list[Link]:
    return [Link(_("Priorities"), reverse("portfolio:matrix")), Link(title)]


def _row(criterion_id: uuid.UUID) -> PriorityCriterion:
    row = PriorityCriterion.objects.filter(pk=criterion_id).first()
    if row is None:
        raise NotFound
    return row


def _form(data: Any = None, row: PriorityCriterion | None = None) -> TableForm:
    start = None if row else {"weight": 1, "position": PriorityCriterion.objects.count() + 1}
    return TableForm(tuple(CRITERIA), PriorityCriterion, data, row=row, initial=start)


def _show(request: HttpRequest, form: TableForm, title: str) -> HttpResponse:
    context = {"title": title, "form": form, "crumbs": _crumbs(title), "cancel_url": _home()}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/edit.html", context, status=status)


def add(request: HttpRequest) -> HttpResponse:
    """Create a criterion."""
    actor = reader(request)
    actions.require_city_wide(actor)
    form = _form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_criterion(actor=actor, **form.values())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_home())
    return _show(request, form, _("Add a criterion"))


def edit(request: HttpRequest, criterion_id: uuid.UUID) -> HttpResponse:
    """Change a criterion; a conflict shows both versions."""
    actor = reader(request)
    actions.require_city_wide(actor)
    row = _row(criterion_id)
    form = _form(merged(request.POST) if request.method == "POST" else None, row)
    title = _("Change the criterion")
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_criterion(criterion_id, actor=actor, version=form.version, **form.values())
        except Conflict:
            found = conflict.context(form, _form(row=_row(criterion_id)), object_title=row.name,
                                     cancel_url=_home(), crumbs=_crumbs(title))  # fmt: skip
            return conflict.page(request, found) if found else redirect(_home())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_home())
    return _show(request, form, title)


def delete(request: HttpRequest, criterion_id: uuid.UUID) -> HttpResponse:
    """Delete a criterion that no project has been scored for, after a question."""
    actor = reader(request)
    actions.require_city_wide(actor)
    row = _row(criterion_id)
    problems: list[str] = []
    if request.method == "POST":
        try:
            actions.delete_criterion(criterion_id, actor=actor)
        except Invalid as error:
            problems = [error.text]
        else:
            messages.success(request, _("“%(title)s” has been deleted.") % {"title": row})
            return redirect(_home())
    title = _("Delete the criterion")
    context = {
        "title": title, "lines": [_("Delete “%(name)s”?") % {"name": row}], "problems": problems,
        "action": request.path, "confirm_label": _("Delete"), "danger": True,
        "cancel_url": _home(), "crumbs": _crumbs(title),
    }  # fmt: skip
    return render(
        request, "portfolio/strategy_delete.html", context, status=422 if problems else 200
    )
