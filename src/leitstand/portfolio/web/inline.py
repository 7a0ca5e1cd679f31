"""One value of a project changed in its table cell; without JavaScript an ordinary page."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.ui import datatable
from leitstand.core.ui.components import Link
from leitstand.portfolio import policy
from leitstand.portfolio.actions.projects import change_project
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries import projects as queries
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import cells
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm


def value_form(
    column: Column, data: QueryDict | None = None, row: Project | None = None
) -> TableForm:
    """The form of one column; a choice that cannot be empty must be made."""
    form = TableForm([column], Project, data, row=row)
    field = form.fields[column.name]
    field.widget.attrs["data-focus"] = ""
    if isinstance(field, forms.ChoiceField) and column.type is ColumnType.CHOICE:
        choices: Any = field.choices
        field.required = all(value for value, _label in choices)
    return form


def edit(request: HttpRequest, project_id: uuid.UUID, name: str) -> HttpResponse:
    """Show or take the value; ``?abbrechen`` gives the cell back as it is."""
    actor = reader(request)
    if name not in cells.INLINE:
        raise NotFound
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.CHANGE, project)
    column = PROJECTS[name]
    partial = request.headers.get("HX-Request") == "true"
    if request.method != "POST":
        if "abbrechen" in request.GET:
            return _cell(project, column) if partial else HttpResponseRedirect(_back(request))
        return _form_page(request, project, column, value_form(column, row=project))
    form = value_form(column, request.POST, project)
    if form.is_valid() and _save(form, project, actor, column):
        return _cell(project, column) if partial else HttpResponseRedirect(_back(request))
    return _form_page(request, project, column, form)


def _save(form: TableForm, project: Project, actor: Actor, column: Column) -> bool:
    """Whether it was saved; otherwise the form says why, with the other person's value."""
    try:
        change_project(project.pk, actor=actor, version=form.version, values=form.values())
    except Invalid as refusal:
        texts = [text for part in refusal.errors.values() for text in part]
        form.add_error(column.name, ValidationError(texts))
    except Conflict:
        theirs = cells.text(column, _row(project, column)[column.name]) or _("(empty)")
        text = _("Somebody else has saved “%(value)s” here. Save again to replace it with yours.")
        form.add_error(column.name, ValidationError(text % {"value": theirs}))
    return not form.errors


def _row(project: Project, column: Column) -> dict[str, Any]:
    one = Project.objects.filter(pk=project.pk)
    return next(queries.rows(one, [project.pk], [column]))


def _cell(project: Project, column: Column) -> HttpResponse:
    """What the cell holds after saving or cancelling."""
    row = _row(project, column)
    inner = datatable.cell(
        cells.cell(column, row, edit=True), row_label=row["title"], column_label=column.label
    )
    return HttpResponse(inner)


def _back(request: HttpRequest) -> str:
    return reverse("portfolio:list")


def _form_page(
    request: HttpRequest, project: Project, column: Column, form: TableForm
) -> HttpResponse:
    """The editor; after a conflict it carries the newest version."""
    here = request.path
    form.auto_id = f"edit-{project.pk.hex[-8:]}-%s"
    version = Project.objects.values_list("version", flat=True).get(pk=project.pk)
    context = {
        "form": form,
        "bound": form[column.name],
        "action": here,
        "version": version if form.is_bound else project.version,
        "title": _("Change %(column)s") % {"column": column.label},
        "preline": project.number,
        "subline": project.title,
        "submit_label": _("Save"),
        "cancel_url": _back(request),
        "cancel_cell": f"{here}?abbrechen",
        "crumbs": [Link(_("Projects"), _back(request)), Link(project.title)],
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "portfolio/cell_edit.html", context)
    return render(request, "ui/form_page.html", context)
