"""One value for many projects: choose, preview, apply; a project changed meanwhile is left out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, DomainError
from leitstand.core.tables import values
from leitstand.core.tables.columns import Column
from leitstand.core.tables.query import read
from leitstand.core.ui import components as ui
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio import policy
from leitstand.portfolio.actions.projects import change_project
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries import projects as queries
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import bulk_publish, cells
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm
from leitstand.portfolio.web.inline import value_form

FIELDS = (
    "phase", "light", "programme", "fields_of_action", "size", "lead_unit", "start", "end",
    "due", "due_kind", "confidentiality",
)  # fmt: skip
MOST = 200


def start_form(actor: Actor) -> forms.Form:
    """The form under the list: which column is to be changed, or whether the public sees them."""
    form = forms.Form(auto_id="b-%s")
    publishing = list(bulk_publish.CHOICES) if bulk_publish.may_publish(actor) else []
    form.fields["field"] = forms.ChoiceField(
        label=_("Change in all selected projects"),
        choices=[*((name, PROJECTS[name].label) for name in FIELDS), *publishing],
        widget=LongSelect,
        required=False,
    )
    return form


@dataclass(frozen=True)
class _Chosen:
    """A selected project with its values, and the version that the preview showed."""

    project: Project
    row: Mapping[str, Any]
    version: int


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Ask for the value, show what will change, change it: one page per step."""
    actor = reader(request)
    name = request.POST.get("field", "")
    back = _back(request)
    publishing = name in dict(bulk_publish.CHOICES) and bulk_publish.may_publish(actor)
    if name not in FIELDS and not publishing:
        return HttpResponseRedirect(back)
    column = PROJECTS["published" if publishing else name]
    chosen, left_out = _chosen(request, actor, column)
    context = {
        "column": column,
        "heading": _("Change several projects"),
        "back": back,
        "field_name": name,
        "left_out": left_out,
        "chosen": chosen,
        "crumbs": [ui.Link(_("Projects"), back), ui.Link(_("Change several projects"))],
    }
    if publishing:
        return bulk_publish.change(request, actor, name, context)
    form = _form(column, request.POST if "step" in request.POST else None)
    if not chosen or not form.is_bound or not form.is_valid():
        return render(request, "portfolio/bulk.html", {**context, "form": form,
                      "table": _preview(column, chosen, None)})  # fmt: skip
    if request.POST.get("step") != "apply":
        return render(request, "portfolio/bulk.html", {
            **context, "form": form, "ready": True, "kept": _kept(request.POST, name),
            "table": _preview(column, chosen, _new_text(form, column)),
        })  # fmt: skip
    done, failed = _apply(chosen, form.values(), actor)
    return render(request, "portfolio/bulk_result.html", {
        **context, "done": done, "table": _failures(failed), "failed": len(failed),
        "text": ngettext("%(number)d project was changed.", "%(number)d projects were changed.",
                         done) % {"number": done},
    })  # fmt: skip


def _back(request: HttpRequest) -> str:
    target = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if own and target.startswith("/") else reverse("portfolio:list")


def _form(column: Column, data: QueryDict | None) -> TableForm:
    form = value_form(column, data)
    if data is None and column.name in ("phase", "light", "confidentiality"):
        form.fields[column.name].initial = None
    return form


def _chosen(request: HttpRequest, actor: Actor, column: Column) -> tuple[list[_Chosen], int]:
    """The selected projects that the actor may change, at most `MOST`, and how many are left out."""
    versions = _versions(request.POST.getlist("row"))
    ids = set(versions) or _ids(request.POST.getlist("id"))
    if request.POST.get("all") and not versions:
        data = parse_qs(request.POST.get("selection", ""))
        query = read(queries.PROJECT_LIST, data)
        ids = set(queries.listed(query, actor).values_list("pk", flat=True))
    found = policy.changeable(actor, Project.objects.filter(pk__in=ids)).order_by("number")
    projects = {project.pk: project for project in found[:MOST]}
    rows = queries.rows(
        Project.objects.filter(pk__in=projects).order_by("number"), list(projects), [column]
    )
    chosen = [
        _Chosen(projects[row["id"]], row, versions.get(row["id"], row["version"])) for row in rows
    ]
    return chosen, len(ids) - len(chosen)


def _ids(texts: Sequence[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _versions(texts: Sequence[str]) -> dict[uuid.UUID, int]:
    """``<id>:<version>`` pairs of the preview; anything else is left out."""
    found: dict[uuid.UUID, int] = {}
    for text in texts:
        key, _colon, version = text.partition(":")
        ids = _ids([key])
        if ids and version.isascii() and version.isdigit() and len(version) < 9:
            found[ids.pop()] = int(version)
    return found


def _kept(data: QueryDict, name: str) -> list[tuple[str, str]]:
    return [(name, text) for text in data.getlist(name)]


def _new_text(form: TableForm, column: Column) -> str:
    value = form.cleaned_data[column.name]
    if isinstance(value, list):
        return "; ".join(str(part) for part in value)
    return values.show(column, value) if value not in (None, "") else ""


def _preview(column: Column, chosen: Sequence[_Chosen], new: str | None) -> ui.DataTable:
    heads = [ui.Column("title", PROJECTS["title"].label), ui.Column("old", _("Now"))]
    if new is not None:
        heads.append(ui.Column("new", _("Afterwards")))
    rows = []
    for one in chosen:
        old = cells.text(column, one.row[column.name])
        line: list[Any] = [cells.title_cell(one.row), old]
        if new is not None:
            line.append(ui.Cell(new or _("(empty)"), note=_("unchanged") if new == old else ""))
        rows.append(ui.Row(line))
    return ui.DataTable(
        _("Selected projects"), heads, rows, id="preview",
        empty_title=_("No project selected"),
        empty_text=_("Go back and tick the projects that you may change."),
    )  # fmt: skip


def _apply(
    chosen: Sequence[_Chosen], new: Mapping[str, Any], actor: Actor
) -> tuple[int, list[tuple[_Chosen, str]]]:
    """Each project in a transaction of its own: one conflict stops nobody else's change."""
    failed, done = [], 0
    for one in chosen:
        try:
            change_project(one.project.pk, actor=actor, version=one.version, values=new)
        except Conflict:
            failed.append((one, _("Somebody else has changed this project in the meantime.")))
        except DomainError as problem:
            failed.append((one, problem.text))
        else:
            done += 1
    return done, failed


def _failures(failed: Sequence[tuple[_Chosen, str]]) -> ui.DataTable:
    rows = [ui.Row([cells.title_cell(one.row), why], kind="warning") for one, why in failed]
    heads = [ui.Column("title", PROJECTS["title"].label), ui.Column("why", _("Reason"))]
    return ui.DataTable(_("Not changed"), heads, rows, id="failed", caption_visible=True)
