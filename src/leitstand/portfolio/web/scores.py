"""Scores of projects: one in its table cell, or all criteria of a project on one page."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.ui import components as ui
from leitstand.core.ui import datatable
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio import policy
from leitstand.portfolio.actions.priority import set_score
from leitstand.portfolio.domain.priority import HIGHEST, Criterion
from leitstand.portfolio.models import PriorityScore, Project
from leitstand.portfolio.queries import matrix as queries
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.matrix import in_words, score_cell


def score(request: HttpRequest, project_id: uuid.UUID, criterion_id: uuid.UUID) -> HttpResponse:
    """Show or take one score; ``?abbrechen`` gives the cell back as it is."""
    actor = reader(request)
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.PRIORITY, project)
    c = next((one for one in queries.criteria() if one.id == criterion_id), None)
    if c is None:
        raise NotFound
    row = PriorityScore.objects.filter(project=project, criterion_id=criterion_id).first()
    partial = request.headers.get("HX-Request") == "true"
    form = _score_form(c, row, request.POST if request.method == "POST" else None, partial)
    form.auto_id = f"s{project_id.hex[-6:]}{criterion_id.hex[-6:]}-%s"
    if request.method == "POST" and form.is_valid():
        return _take(form, project, c, row, actor, partial=partial)
    if "abbrechen" in request.GET:
        return _cell(project, c) if partial else HttpResponseRedirect(reverse("portfolio:matrix"))
    return _score_page(request, form, project, c, partial=partial)


def score_field(c: Criterion, score: int | None) -> forms.ChoiceField:
    """The select of one score."""
    scale = range(2) if c.must else range(HIGHEST + 1)
    choices = [("", _("not scored")), *((str(n), in_words(c, n)) for n in scale)]
    return forms.ChoiceField(
        label=c.name, help_text=c.help, choices=choices, required=False, widget=LongSelect,
        initial="" if score is None else str(score),
    )  # fmt: skip


def _score_form(c: Criterion, row: PriorityScore | None, data: Any, partial: bool) -> forms.Form:
    form = forms.Form(data)
    form.fields["score"] = score_field(c, row.score if row else None)
    form.fields["score"].widget.attrs["data-focus"] = ""
    if not partial:
        form.fields["note"] = forms.CharField(
            label=_("Reason"), max_length=300, required=False, initial=row.note if row else ""
        )
    return form


def _take(
    form: forms.Form,
    project: Project,
    c: Criterion,
    row: PriorityScore | None,
    actor: Actor,
    *,
    partial: bool,
) -> HttpResponse:
    chosen = form.cleaned_data["score"]
    note = form.cleaned_data.get("note", row.note if row else "")
    set_score(
        project.pk,
        uuid.UUID(str(c.id)),
        actor=actor,
        score=int(chosen) if chosen else None,
        note=note,
    )
    if not partial:
        return HttpResponseRedirect(reverse("portfolio:matrix"))
    answer = _cell(project, c)
    answer["HX-Refresh"] = "true"  # one score moves points and places of the whole ranking
    return answer


def _cell(project: Project, c: Criterion) -> HttpResponse:
    row = PriorityScore.objects.filter(project=project, criterion_id=uuid.UUID(str(c.id))).first()
    shown = score_cell(project.pk, c, row.score if row else None, row.note if row else "", may=True)
    return HttpResponse(datatable.cell(shown, row_label=project.title, column_label=c.name))


def _score_page(
    request: HttpRequest, form: forms.Form, project: Project, c: Criterion, *, partial: bool
) -> HttpResponse:
    here, back = request.path, reverse("portfolio:matrix")
    context = {
        "form": form, "bound": form["score"], "action": here, "version": "",
        "title": _("Score: %(criterion)s") % {"criterion": c.name},
        "preline": project.number, "subline": project.title, "submit_label": _("Save"),
        "cancel_url": back, "cancel_cell": f"{here}?abbrechen",
        "crumbs": [ui.Link(_("Priorities"), back), ui.Link(project.title)],
    }  # fmt: skip
    template = "portfolio/cell_edit.html" if partial else "ui/form_page.html"
    return render(request, template, context)


# --- all criteria of one project ------------------------------------------------------------------


def assess(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Every criterion with score and reason; only what differs is written, all or nothing."""
    actor = reader(request)
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.PRIORITY, project)
    known = queries.criteria()
    rows = {row.criterion_id: row for row in PriorityScore.objects.filter(project=project)}
    form = _assess_form(known, rows, request.POST if request.method == "POST" else None)
    back = reverse("portfolio:matrix")
    if request.method == "POST" and form.is_valid():
        _write(form, known, project, actor)
        return HttpResponseRedirect(back)
    context = {
        "form": form, "title": _("Score the project"), "preline": project.number,
        "subline": project.title, "submit_label": _("Save"), "cancel_url": back,
        "crumbs": [ui.Link(_("Priorities"), back), ui.Link(project.title)],
    }  # fmt: skip
    return render(request, "ui/form_page.html", context)


def _assess_form(
    known: list[Criterion], rows: dict[uuid.UUID, PriorityScore], data: Any
) -> forms.Form:
    form = forms.Form(data)
    widths: dict[str, str] = {}
    for c in known:
        row = rows.get(uuid.UUID(str(c.id)))
        form.fields[f"score-{c.id}"] = score_field(c, row.score if row else None)
        form.fields[f"note-{c.id}"] = forms.CharField(
            label=_("Reason: %(criterion)s") % {"criterion": c.name}, max_length=300,
            required=False, initial=row.note if row else "",
        )  # fmt: skip
        widths |= {f"score-{c.id}": "half", f"note-{c.id}": "half"}
    form.widths = widths  # type: ignore[attr-defined]
    return form


@transaction.atomic
def _write(form: forms.Form, known: list[Criterion], project: Project, actor: Actor) -> None:
    for c in known:
        text = form.cleaned_data[f"score-{c.id}"]
        set_score(
            project.pk, uuid.UUID(str(c.id)), actor=actor,
            score=int(text) if text else None, note=form.cleaned_data[f"note-{c.id}"],
        )  # fmt: skip
