"""Import of a list of offices in the browser: upload, check columns and offices, confirm.

Nothing is kept on the server between the pages: the rows that were read go along in the form.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.errors import Invalid, Refused
from leitstand.core.tables.mapping import guess
from leitstand.core.ui import components as ui
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.actions.rollouts import offices
from leitstand.portfolio.actions.rollouts.office_rows import OfficePlan, OfficeRow
from leitstand.portfolio.adapters import office_list
from leitstand.portfolio.adapters.office_list import OfficeList
from leitstand.portfolio.web.rollouts.frame import Place, place

SHEET = "liste"
VERDICTS: dict[str, tuple[Any, ui.Kind]] = {
    "created": (gettext_lazy("new unit"), "info"),
    "added": (gettext_lazy("added"), "info"),
    "changed": (gettext_lazy("changed"), "info"),
    "same": (gettext_lazy("unchanged"), "neutral"),
    "skipped": (gettext_lazy("left out"), "neutral"),
    "undecided": (gettext_lazy("to be decided"), "warning"),
    "error": (gettext_lazy("faulty"), "danger"),
}


@login_required
def upload(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """The three pages of the import at one address."""
    at = place(request, rollout_id, change=True)
    if request.method != "POST":
        return _start(at)
    try:
        found = _list(at, request)
    except Refused as problem:
        return _start(at, " ".join(filter(None, (problem.text, problem.where, problem.remedy))))
    mapping, decisions = _mapping(at, found, request.POST), _decisions(request.POST)
    if "unit" not in mapping.values():
        problem_text = _("Say which column holds the office.")
        return _preview(at, found, mapping, decisions, problem_text)
    if request.POST.get("step") != "apply":
        return _preview(at, found, mapping, decisions)
    return _apply(at, found, mapping, decisions)


def _start(at: Place, problem: str = "") -> HttpResponse:
    form = forms.Form()
    form.fields["file"] = forms.FileField(
        label=_("List of offices (CSV, XLSX, ODS)"),
        help_text=_("One row per office. Columns may be named after the steps and hold a state "
                    "(ja, eingeführt, in Planung, nein, entfällt) or a day; also wave, size, note."),
    )  # fmt: skip
    context = at.context(_("Import"), "rollout_import", form=form, problem=problem)
    status = 422 if problem else 200
    return render(at.request, "portfolio/rollouts/import.html", context, status=status)


def _list(at: Place, request: HttpRequest) -> OfficeList:
    if SHEET in request.POST:
        return _unpacked(request.POST[SHEET])
    file: Any = request.FILES.get("file")
    if file is None:
        raise Refused(_("Choose a file first."))
    return office_list.read(file, str(file.name), offices.table_of(at.rollout))


def _packed(found: OfficeList) -> str:
    return json.dumps({"titles": found.titles, "rows": found.rows}, ensure_ascii=False)


def _unpacked(text: str) -> OfficeList:
    """The list out of the form; what does not fit was not written by this page."""
    try:
        data = json.loads(text)
        titles = [str(title)[:200] for title in data["titles"]]
        rows = [(int(n), [str(c)[:2000] for c in cells]) for n, cells in data["rows"]]
    except (ValueError, KeyError, TypeError):
        raise Refused(_("The list was lost on the way. Choose the file again.")) from None
    if len(rows) > office_list.MOST_ROWS or len(titles) > office_list.LIMITS.columns:
        raise Refused(_("The list was lost on the way. Choose the file again."))
    return OfficeList(titles, rows)


def _mapping(at: Place, found: OfficeList, data: QueryDict) -> dict[int, str]:
    """What the reader chose per column, at first what the headings say."""
    table = offices.table_of(at.rollout)
    if SHEET not in data:
        return guess(found.titles, table)
    chosen: dict[int, str] = {}
    for index in range(len(found.titles)):
        name = data.get(f"spalte-{index}", "")
        if name in table and name not in chosen.values():
            chosen[index] = name
    return chosen


def _decisions(data: QueryDict) -> dict[str, str]:
    names = [key.removeprefix("stelle-") for key in data if key.startswith("stelle-")]
    found = {fold(str(data.get(f"name-{n}", ""))): str(data.get(f"stelle-{n}", "")) for n in names}
    return {name: choice for name, choice in found.items() if choice}


def _plan(
    at: Place, found: OfficeList, mapping: dict[int, str], decisions: dict[str, str]
) -> OfficePlan:
    if "unit" not in mapping.values():
        return OfficePlan([])
    return offices.plan_offices(
        at.rollout, found.rows, actor=at.actor, mapping=mapping, decisions=decisions
    )


def _apply(
    at: Place, found: OfficeList, mapping: dict[int, str], decisions: dict[str, str]
) -> HttpResponse:
    skip = bool(at.request.POST.get("skip"))
    try:
        plan = offices.import_offices(
            at.rollout.pk, found.rows, actor=at.actor, mapping=mapping, decisions=decisions,
            skip_faulty=skip,
        )  # fmt: skip
    except Invalid:
        problem = _("Nothing has been stored: mend or decide the rows below, or leave them out.")
        return _preview(at, found, mapping, decisions, problem)
    messages.success(at.request, _summary(plan))
    return redirect(at.url("rollout"))


def _summary(plan: OfficePlan) -> str:
    return ", ".join(
        f"{plan.count(key)} {label}" for key, (label, _kind) in VERDICTS.items() if plan.count(key)
    )


def _preview(
    at: Place,
    found: OfficeList,
    mapping: dict[int, str],
    decisions: dict[str, str],
    problem: str = "",
) -> HttpResponse:
    plan = _plan(at, found, mapping, decisions)
    context = at.context(
        _("Check the import"), "rollout_import", problem=problem, sheet=_packed(found),
        columns=_column_fields(at, found, mapping), table=_rows(at, plan, decisions),
        summary=_summary(plan), wrong=len(plan.wrong),
        todo=plan.count("created", "added", "changed"),
    )  # fmt: skip
    status = 422 if problem else 200
    return render(at.request, "portfolio/rollouts/import_preview.html", context, status=status)


def _column_fields(at: Place, found: OfficeList, mapping: dict[int, str]) -> forms.Form:
    """One select per column of the file."""
    table = offices.table_of(at.rollout)
    choices = [("", _("not used")), *((c.name, c.label) for c in table)]
    form = forms.Form(auto_id="c-%s")
    for index, title in enumerate(found.titles):
        if not title and not any(len(cells) > index and cells[index] for _n, cells in found.rows):
            continue
        form.fields[f"spalte-{index}"] = forms.ChoiceField(
            label=title or _("Column %(number)d") % {"number": index + 1}, choices=choices,
            initial=mapping.get(index, ""), required=False, widget=LongSelect,
        )  # fmt: skip
    return form


def _rows(at: Place, plan: OfficePlan, decisions: dict[str, str]) -> ui.DataTable:
    """What every row would do; unknown offices ask for a decision."""
    columns = (
        ui.Column("row", _("Row"), numeric=True), ui.Column("name", _("Office")),
        ui.Column("verdict", _("What happens")), ui.Column("why", _("Remarks")),
    )  # fmt: skip
    titles = dict(at.rollout.steps.values_list("pk", "title"))
    rows = []
    for row in plan.rows:
        label, kind = VERDICTS[row.verdict]
        decided = decisions.get(fold(row.name), "")
        asks = row.verdict == "undecided" or decided
        rows.append(ui.Row((
            str(row.number), ui.Cell(row.name, note=_matched(row)),
            ui.Cell(badge=ui.Badge(label, kind), note=_steps_text(row, titles)),
            ui.Cell(_question(row, decided)) if asks else " ".join([*row.problems, *row.hints]),
        ), kind=kind if kind in ("danger", "warning") else ""))  # fmt: skip
    return ui.DataTable(_("Rows of the list"), columns, rows, id="rows",
                        empty_title=_("No rows yet"))  # fmt: skip


def _matched(row: OfficeRow) -> str:
    if row.unit is None or row.unit.name == row.name:
        return ""
    return _("is “%(name)s”") % {"name": row.unit.name}


def _steps_text(row: OfficeRow, titles: dict[uuid.UUID, str]) -> str:
    if row.verdict not in ("created", "added", "changed"):
        return ""
    return ", ".join(titles[key] for key in row.states if key in titles)


def _question(row: OfficeRow, decided: str) -> SafeString:
    """Which unit an unknown office is: a similar one, a new one, or none of them."""
    options = [
        ("", _("please decide")),
        *((key, _("is “%(name)s”") % {"name": name}) for key, name in row.proposals),
        (offices.NEW, _("create as a new unit")), (offices.SKIP, _("leave out")),
    ]  # fmt: skip
    drawn = format_html_join(
        "", '<option value="{}" {}>{}</option>',
        [(key, "selected" if key == decided else "", text) for key, text in options],
    )  # fmt: skip
    return format_html(
        '<span class="ls-note">{}</span><input type="hidden" name="name-{}" value="{}">'
        '<div class="kern-form-input__select-wrapper"><select class="kern-form-input__select" '
        'name="stelle-{}" aria-label="{}">{}</select></div>',
        " ".join(row.problems), row.number, row.name, row.number,
        _("Decision for %(name)s") % {"name": row.name}, drawn,
    )  # fmt: skip
