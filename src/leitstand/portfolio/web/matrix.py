"""The priority matrix: ranking with all inputs, a bubble chart, scores changed in place."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.ui import components as ui
from leitstand.core.ui import datatable, matrix
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio import policy
from leitstand.portfolio.actions.priority import set_score
from leitstand.portfolio.domain.priority import HIGHEST, Criterion, Ranked
from leitstand.portfolio.models import PriorityScore, Project
from leitstand.portfolio.queries import matrix as queries
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import cells
from leitstand.portfolio.web.filtering import View, reader, tidy, view
from leitstand.portfolio.web.listing import count_text

PER_PAGE = 100


def projects(request: HttpRequest) -> HttpResponse:
    """The ranking of the selected projects."""
    asked = view(request, "matrix", own=("x", "y"))
    moved = tidy(asked)
    if moved is not None:
        return moved
    found = queries.priorities(asked.query, asked.actor)
    ranked = [one for one in found.ranking if one.is_ranked]
    page = Paginator(ranked, PER_PAGE).get_page(asked.query.page)
    x, y = _axes(asked, found.criteria)
    context = asked.context(_("Priorities")) | {
        "count": count_text(len(found.subjects), asked.query),
        "criteria": _criteria_table(found.criteria),
        "ranking": _ranking(found, list(page.object_list)),
        "page": page,
        "failed": _failed(found),
        "unscored": _unscored(found),
        "axes": _axes_form(found.criteria, x, y) if x and y else None,
        "picture": _picture(found, list(page.object_list), x, y) if x and y and ranked else None,
    }
    return render(request, "portfolio/matrix.html", context)


# --- tables ---------------------------------------------------------------------------------------


def _criteria_table(criteria: Sequence[Criterion]) -> ui.DataTable:
    """Every criterion with its weight and its share in the result."""
    whole = sum(c.weight for c in criteria if not c.must)
    columns = (
        ui.Column("name", _("Criterion")),
        ui.Column("kind", _("Kind")),
        ui.Column("weight", _("Weight"), numeric=True),
        ui.Column("share", _("Share in the result"), numeric=True),
        ui.Column("help", _("Explanation")),
    )
    rows = []
    for c in criteria:
        share = f"{round(100 * c.weight / whole)} %" if whole and not c.must else ""
        kind = _("must criterion") if c.must else _("weighted criterion")
        rows.append(ui.Row((c.name, kind, "" if c.must else c.weight, share, c.help)))
    return ui.DataTable(
        _("Criteria"), columns, rows, id="criteria", caption_visible=True,
        empty_title=_("No criteria yet"),
        empty_text=_("Define must criteria and weighted criteria; then score the projects."),
    )  # fmt: skip


def _ranking(found: queries.Priorities, shown: Sequence[Ranked]) -> ui.DataTable:
    columns = [ui.Column("title", PROJECTS["title"].label), ui.Column("place", _("Place"), numeric=True)]
    columns.append(ui.Column("points", _("Points (0–100)"), numeric=True))
    columns += [ui.Column("criterion", _head(c), numeric=True) for c in found.criteria]
    columns.append(ui.Column("span", _("Place if one weight changes")))
    columns.append(ui.Column("complete", _("Scored")))
    rows = [_ranked_row(found, one) for one in shown]
    return ui.DataTable(
        _("Ranking"), columns, rows, id="ranking", caption_visible=True, on_phone="cards",
        empty_title=_("No project has been scored"),
        empty_text=_("Open a project below and enter scores; the ranking follows by itself."),
    )  # fmt: skip


def _head(c: Criterion) -> str:
    return f"{c.name} ({_('must')})" if c.must else f"{c.name} (×{c.weight})"


def _ranked_row(found: queries.Priorities, one: Ranked) -> ui.Row:
    weighted = sum(1 for c in found.criteria if not c.must)
    span = str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"
    missing = ", ".join(c.name for c in one.open)
    complete = _("%(scored)d of %(all)d") % {"scored": one.scored, "all": weighted}
    note = _("open: %(names)s") % {"names": missing} if missing else ""
    return ui.Row((
        _title(found.subjects[one.id]),
        one.place,
        f"{one.points:.1f}".replace(".", ","),
        *(_score(found, one.id, c) for c in found.criteria),
        ui.Cell(span),
        ui.Cell(complete, note=note),
    ))  # fmt: skip


def _title(subject: queries.Subject) -> ui.Cell:
    address = cells.pattern("project").format(subject.id)
    return ui.Cell(subject.title, url=address, note=f"{subject.number} · {subject.unit}")


def _score(found: queries.Priorities, project: uuid.UUID, c: Criterion) -> ui.Cell:
    score, note = found.scores.get((project, c.id), (None, ""))  # type: ignore[arg-type]
    may = project in found.changeable
    return score_cell(project, c, score, note, may=may)


def score_cell(
    project: uuid.UUID, c: Criterion, score: int | None, note: str, *, may: bool
) -> ui.Cell:
    """One score in words, editable for those who may."""
    url = reverse("portfolio:score", args=[project, c.id]) if may else ""
    return ui.Cell(in_words(c, score), edit_url=url, note=note)


def in_words(c: Criterion, score: int | None) -> str:
    """A score as people read it."""
    if score is None:
        return ""
    if c.must:
        return _("met") if score else _("not met")
    return str(score)


def _failed(found: queries.Priorities) -> ui.DataTable:
    """Projects that fail a must criterion, with the reason."""
    columns = [ui.Column("title", PROJECTS["title"].label), ui.Column("why", _("Not met"))]
    columns += [ui.Column("criterion", _head(c), numeric=True) for c in found.criteria]
    rows = []
    for one in found.ranking:
        if one.failed:
            notes = [found.scores[one.id, c.id][1] for c in one.failed]  # type: ignore[index]
            reason = ", ".join(c.name for c in one.failed)
            marks = [_score(found, one.id, c) for c in found.criteria]
            why = ui.Cell(reason, note="; ".join(filter(None, notes)))
            rows.append(ui.Row((_title(found.subjects[one.id]), why, *marks), kind="danger"))
    return ui.DataTable(_("Must criterion not met"), columns, rows, id="failed", caption_visible=True)


def _unscored(found: queries.Priorities) -> ui.DataTable:
    """Projects that nobody has scored; the scores are entered here."""
    columns = [ui.Column("title", PROJECTS["title"].label), ui.Column("phase", PROJECTS["phase"].label)]
    columns += [ui.Column("criterion", _head(c), numeric=True) for c in found.criteria]
    waiting = [one for one in found.ranking if not one.is_ranked and not one.failed]
    rows = []
    for one in waiting[:PER_PAGE]:
        subject = found.subjects[one.id]
        marks = [_score(found, one.id, c) for c in found.criteria]
        rows.append(ui.Row((_title(subject), ui.Cell(badge=cells.phase_badge(subject.phase)), *marks)))
    title = _("Not yet scored (%(number)d)") % {"number": len(waiting)}
    return ui.DataTable(title, columns, rows, id="unscored", caption_visible=True)


# --- picture --------------------------------------------------------------------------------------


def _axes(
    asked: View, criteria: Sequence[Criterion]
) -> tuple[Criterion | None, Criterion | None]:
    """The two criteria of the chart: chosen, else those named effort and benefit, else the
    first two weighted ones; none if there are fewer than two."""
    weighted = [c for c in criteria if not c.must]
    if len(weighted) < 2:
        return None, None
    by_id = {str(c.id): c for c in weighted}
    x = by_id.get(asked.own.get("x", "")) or _named(weighted, "aufwand", "effort") or weighted[0]
    rest = [c for c in weighted if c is not x]
    y = by_id.get(asked.own.get("y", "")) or _named(rest, "nutzen", "benefit") or rest[0]
    return x, y


def _named(criteria: Sequence[Criterion], *words: str) -> Criterion | None:
    return next((c for c in criteria if any(w in c.name.casefold() for w in words)), None)


def _axes_form(criteria: Sequence[Criterion], x: Criterion, y: Criterion) -> forms.Form:
    form = forms.Form(auto_id="axes-%s")
    choices = [(str(c.id), c.name) for c in criteria if not c.must]
    for name, label, chosen in (("x", _("Across"), x), ("y", _("Upwards"), y)):
        form.fields[name] = forms.ChoiceField(
            label=label, choices=choices, widget=LongSelect, initial=str(chosen.id), required=False
        )
    return form


def _picture(
    found: queries.Priorities, shown: Sequence[Ranked], x: Criterion, y: Criterion
) -> matrix.Matrix:
    """Projects with both scores; the number in a bubble is the place in the table."""
    bubbles = []
    for one in shown:
        across, up = (found.scores.get((one.id, c.id)) for c in (x, y))  # type: ignore[arg-type]
        if across is None or up is None:
            continue
        subject = found.subjects[one.id]
        bubbles.append(
            matrix.Bubble(across[0], up[0], subject.title, one.place, subject.size, subject.phase)
        )
    return matrix.Matrix(
        bubbles,
        _("%(up)s against %(across)s") % {"up": y.name, "across": x.name},
        f"{x.name} (0–{HIGHEST})",
        f"{y.name} (0–{HIGHEST})",
        split_x=HIGHEST / 2,
        split_y=HIGHEST / 2,
    )


# --- one score ------------------------------------------------------------------------------------


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
    if partial and "abbrechen" in request.GET:
        return _cell(project, c)
    return _score_page(request, form, project, c, partial=partial)


def _score_form(c: Criterion, row: PriorityScore | None, data: Any, partial: bool) -> forms.Form:
    form = forms.Form(data)
    scale = range(2) if c.must else range(HIGHEST + 1)
    choices = [("", _("not scored")), *((str(n), in_words(c, n)) for n in scale)]
    form.fields["score"] = forms.ChoiceField(
        label=c.name, help_text=c.help, choices=choices, required=False, widget=LongSelect,
        initial="" if row is None else str(row.score),
    )  # fmt: skip
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
        project.pk, uuid.UUID(str(c.id)), actor=actor, score=int(chosen) if chosen else None, note=note
    )
    return _cell(project, c) if partial else HttpResponseRedirect(reverse("portfolio:matrix"))


def _cell(project: Project, c: Criterion) -> HttpResponse:
    row = PriorityScore.objects.filter(project=project, criterion_id=c.id).first()
    shown = score_cell(
        project.pk, c, row.score if row else None, row.note if row else "", may=True
    )
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
