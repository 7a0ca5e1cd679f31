"""The priority matrix: ranking with all inputs, a bubble chart, scores changed in place."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.ui import components as ui
from leitstand.core.ui import matrix
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio.actions.priority import keeps_criteria
from leitstand.portfolio.domain.priority import HIGHEST, Criterion, Ranked
from leitstand.portfolio.queries import matrix as queries
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import cells
from leitstand.portfolio.web.filtering import View, tidy, view
from leitstand.portfolio.web.listing import count_text

PER_PAGE = 25
_REST = "rest"


def projects(request: HttpRequest) -> HttpResponse:
    """The ranking of the selected projects."""
    asked = view(request, "matrix", own=("x", "y", _REST))
    moved = tidy(asked)
    if moved is not None:
        return moved
    found = queries.priorities(asked.query, asked.actor)
    ranked = [one for one in found.ranking if one.is_ranked]
    page = Paginator(ranked, PER_PAGE).get_page(asked.query.page)
    rest = Paginator(_waiting(found), PER_PAGE).get_page(asked.own.get(_REST))
    x, y = _axes(asked, found.criteria)
    keeps = keeps_criteria(asked.actor)
    context = asked.context(_("Priorities")) | {
        "count": count_text(len(found.subjects), asked.query),
        "criteria": _criteria_table(found.criteria, change=keeps),
        "actions": _actions(keeps),
        "ranking": _ranking(found, list(page.object_list)),
        "page": page,
        "failed": _failed(found),
        "unscored": _unscored(found, rest),
        "rest": rest,
        "axes": _axes_form(found.criteria, x, y) if x and y else None,
        "picture": _picture(found, list(page.object_list), x, y) if x and y and ranked else None,
    }
    return render(request, "portfolio/matrix.html", context)


def _actions(keeps: bool) -> list[ui.Action]:
    if not keeps:
        return []
    return [ui.Action(_("Add a criterion"), reverse("portfolio:criterion_add"), icon="add")]


# --- tables ---------------------------------------------------------------------------------------


def _criteria_table(criteria: Sequence[Criterion], *, change: bool) -> ui.DataTable:
    """Every criterion with its weight and its share in the result, and ways to change it."""
    whole = sum(c.weight for c in criteria if not c.must)
    columns = [
        ui.Column("name", _("Criterion")),
        ui.Column("kind", _("Kind")),
        ui.Column("weight", _("Weight"), numeric=True),
        ui.Column("share", _("Share in the result"), numeric=True),
        ui.Column("help", _("Explanation")),
        *([ui.Column("actions", _("Actions"), nowrap=True)] if change else []),
    ]
    rows = []
    for c in criteria:
        share = f"{round(100 * c.weight / whole)} %" if whole and not c.must else ""
        kind = _("must criterion") if c.must else _("weighted criterion")
        weight = "" if c.must else c.weight
        ways = [ui.Cell(_ways(c))] if change else []
        rows.append(ui.Row((c.name, kind, weight, share, c.help, *ways)))
    return ui.DataTable(
        _("Criteria"), columns, rows, id="criteria", caption_visible=True,
        empty_title=_("No criteria yet"),
        empty_text=_("Define must criteria and weighted criteria; then score the projects."),
    )  # fmt: skip


def _ways(c: Criterion) -> SafeString:
    """Links to the pages that change and delete a criterion."""
    pages = (
        ("criterion_edit", "edit", _("Edit")),
        ("criterion_delete", "delete", _("Delete")),
    )
    return format_html_join(
        "",
        '<a class="kern-btn kern-btn--tertiary pf-act" href="{}">'
        '<span class="kern-icon kern-icon--{}" aria-hidden="true"></span>'
        '<span class="kern-sr-only">{}: {}</span></a>',
        [(reverse(f"portfolio:{name}", args=[c.id]), icon, text, c.name)
         for name, icon, text in pages],
    )  # fmt: skip


def _ranking(found: queries.Priorities, shown: Sequence[Ranked]) -> ui.DataTable:
    weighted = [c for c in found.criteria if not c.must]
    columns = [
        ui.Column("title", PROJECTS["title"].label),
        ui.Column("place", _("Place")),
        ui.Column("points", _("Points")),
        *(ui.Column("criterion", f"{c.name} (×{c.weight})") for c in weighted),
        ui.Column("must", _("Must criteria")),
        ui.Column("span", _("Possible places")),
        ui.Column("complete", _("Scored")),
    ]
    rows = [_ranked_row(found, one, weighted) for one in shown]
    return ui.DataTable(
        _("Ranking"), columns, rows, id="ranking", caption_visible=True, on_phone="scroll",
        empty_title=_("No project has been scored"),
        empty_text=_("Score a project below; the ranking follows by itself."),
    )  # fmt: skip


def _ranked_row(found: queries.Priorities, one: Ranked, weighted: Sequence[Criterion]) -> ui.Row:
    span = str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"
    missing = ", ".join(c.name for c in one.open)
    complete = _("%(scored)d of %(all)d") % {"scored": one.scored, "all": len(weighted)}
    return ui.Row((
        _title(found.subjects[one.id]),
        str(one.place),
        f"{one.points:.1f}".replace(".", ","),
        *(_score(found, one.id, c) for c in weighted),
        _("not judged: %(names)s") % {"names": missing} if missing else _("all met"),
        span,
        _assess_cell(found, one.id, complete),
    ))  # fmt: skip


def _title(subject: queries.Subject) -> ui.Cell:
    address = cells.pattern("project").format(subject.id)
    return ui.Cell(subject.title, url=address, note=f"{subject.number} · {subject.unit}")


def _assess_cell(found: queries.Priorities, project: uuid.UUID, text: str) -> Any:
    """A text that opens the page with all scores of a project, for those who may score."""
    if project not in found.changeable:
        return text
    return ui.Cell(text, url=reverse("portfolio:assess", args=[project]))


def _score(found: queries.Priorities, project: uuid.UUID, c: Criterion) -> ui.Cell:
    score, note = found.scores.get((project, c.id), (None, ""))  # type: ignore[arg-type]
    return score_cell(project, c, score, note, may=project in found.changeable)


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
    columns = (
        ui.Column("title", PROJECTS["title"].label),
        ui.Column("phase", PROJECTS["phase"].label),
        ui.Column("why", _("Not met")),
        ui.Column("points", _("Points (0–100)")),
    )
    rows = []
    for one in found.ranking:
        if not one.failed:
            continue
        notes = [found.scores[one.id, c.id][1] for c in one.failed]  # type: ignore[index]
        why = ui.Cell(", ".join(c.name for c in one.failed), note="; ".join(filter(None, notes)))
        subject = found.subjects[one.id]
        points = f"{one.points:.1f}".replace(".", ",")
        badge = ui.Cell(badge=cells.phase_badge(subject.phase))
        rows.append(
            ui.Row(
                (_title(subject), badge, why, _assess_cell(found, one.id, points)), kind="danger"
            )
        )
    return ui.DataTable(
        _("Must criterion not met"), columns, rows, id="failed", caption_visible=True,
        on_phone="pairs",
    )


def _waiting(found: queries.Priorities) -> list[Ranked]:
    """Projects that nobody has scored."""
    return [one for one in found.ranking if not one.is_ranked and not one.failed]


def _unscored(found: queries.Priorities, shown: Page[Ranked]) -> ui.DataTable:
    """One page of the projects that nobody has scored."""
    columns = (
        ui.Column("title", PROJECTS["title"].label),
        ui.Column("phase", PROJECTS["phase"].label),
        ui.Column("scores", _("Scores")),
    )
    rows = []
    for one in shown:
        subject = found.subjects[one.id]
        text = _("score now") if one.id in found.changeable else _("none")
        badge = ui.Cell(badge=cells.phase_badge(subject.phase))
        rows.append(ui.Row((_title(subject), badge, _assess_cell(found, one.id, text))))
    title = _("Not yet scored (%(number)d)") % {"number": shown.paginator.count}
    return ui.DataTable(
        title, columns, rows, id="unscored", caption_visible=True, on_phone="pairs"
    )


# --- picture --------------------------------------------------------------------------------------


def _axes(asked: View, criteria: Sequence[Criterion]) -> tuple[Criterion | None, Criterion | None]:
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
    places: dict[tuple[int, int], list[Ranked]] = defaultdict(list)
    for one in shown:
        across, up = (found.scores.get((one.id, c.id)) for c in (x, y))  # type: ignore[arg-type]
        if across is not None and up is not None:
            places[across[0], up[0]].append(one)
    bubbles = []
    for (across_score, up_score), together in places.items():
        for nth, one in enumerate(together):
            right, above = _beside(nth, len(together))
            subject = found.subjects[one.id]
            bubbles.append(matrix.Bubble(
                across_score + right, up_score + above, subject.title, one.place,
                subject.size / 2, subject.phase,
            ))  # fmt: skip
    return matrix.Matrix(
        bubbles,
        _("%(up)s against %(across)s") % {"up": y.name, "across": x.name},
        f"{x.name} (0–{HIGHEST})",
        f"{y.name} (0–{HIGHEST})",
        split_x=HIGHEST / 2,
        split_y=HIGHEST / 2,
    )


def _beside(nth: int, number: int) -> tuple[float, float]:
    """Projects with the same scores stand in a ring round their point, so that all are seen."""
    if number == 1:
        return 0.0, 0.0
    angle = 2 * math.pi * nth / number
    radius = min(0.12 + 0.03 * number, 0.4)
    return radius * math.cos(angle), radius * math.sin(angle)
