"""The heat map: demand and supply per role and quarter, and who asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.ui import components as ui
from leitstand.planning import policy
from leitstand.planning.queries.heat import Heat, HeatCell, HeatRow, heat
from leitstand.planning.web.pages import crumbs, number, quarter_name, reader, tabs

YEARS = (1, 2, 4)
FULL, TIGHT = 1.0, 0.85


@dataclass(frozen=True)
class Shown:
    """A cell of the heat map in words; ``kind`` is its class."""

    text: str
    word: str
    kind: str
    url: str
    current: bool


def capacity(request: HttpRequest) -> HttpResponse:
    """Role by quarter: how much of what is there is asked for."""
    actor, level = reader(request)
    years = _years(request.GET.get("jahre", ""))
    found = heat(level, years)
    chosen = _chosen(found, request.GET)
    context = {
        "title": _("Utilisation"), "crumbs": crumbs(_("Utilisation")),
        "tabs": tabs(actor, "capacity"),
        "spans": [ui.Link(_years_label(n), f"?jahre={n}", n == years) for n in YEARS],
        "heads": [quarter_name(one) for one in found.span],
        "rows": [(row.role.name, _shown(found, row, years, chosen)) for row in found.rows],
        "table": _table(found), "tiles": _tiles(found), "gaps": _gaps(found),
        "chosen": _projects(found, chosen), "notes": _notes(found, may_keep=policy.may_keep(actor)),
        "empty": not found.rows, "may_keep": policy.may_keep(actor),
        "no_supply": not any(cell.supply for row in found.rows for cell in row.cells),
    }  # fmt: skip
    return render(request, "planning/capacity.html", context)


def _years(text: str) -> int:
    return int(text) if text in {str(n) for n in YEARS} else 2


def _years_label(count: int) -> str:
    return ngettext("%(n)d year", "%(n)d years", count) % {"n": count}


def _chosen(found: Heat, given: Mapping[str, str]) -> tuple[HeatRow, int] | None:
    for row in found.rows:
        if row.role.code == given.get("rolle"):
            for place, quarter in enumerate(found.span):
                if f"{quarter.year}-{quarter.number}" == given.get("quartal"):
                    return row, place
    return None


def _state(cell: HeatCell) -> tuple[str, str, str]:
    """Text, word and class of a cell; the word says in full what the colour shows."""
    if cell.demand < 0.05:
        return "–", _("nothing asked for"), "none"
    if cell.load is None:
        return _("no staff"), _("overloaded"), "over"
    text = f"{number(cell.load * 100)} %"
    if cell.load > FULL + 0.005:
        return text, _("overloaded"), "over"
    return (text, _("tight"), "tight") if cell.load > TIGHT else (text, _("free"), "free")


def _shown(
    found: Heat, row: HeatRow, years: int, chosen: tuple[HeatRow, int] | None
) -> list[Shown]:
    cells = []
    for place, (quarter, cell) in enumerate(zip(found.span, row.cells, strict=True)):
        text, word, kind = _state(cell)
        query: dict[str, str | int] = {
            "jahre": years,
            "rolle": row.role.code,
            "quartal": f"{quarter.year}-{quarter.number}",
        }
        url = f"?{urlencode(query)}#vorhaben" if cell.projects else ""
        current = chosen is not None and chosen[0] is row and chosen[1] == place
        cells.append(Shown(text, word, kind, url, current))
    return cells


def _table(found: Heat) -> ui.DataTable:
    columns = [
        ui.Column("quarter", _("Quarter"), nowrap=True),
        ui.Column("demand", _("Asked for (PT)"), numeric=True),
        ui.Column("supply", _("There for projects (PT)"), numeric=True),
        ui.Column("missing", _("Missing (PT)"), numeric=True),
        ui.Column("load", _("Utilisation")),
    ]
    groups = [ui.Group(row.role.name, _lines(found, row)) for row in found.rows]
    return ui.DataTable(
        _("Demand and supply in person days (PT)"), columns, groups=groups, id="figures",
        on_phone="scroll",
    )  # fmt: skip


def _lines(found: Heat, row: HeatRow) -> list[ui.Row]:
    kinds: dict[str, ui.Kind] = {
        "over": "danger",
        "tight": "warning",
        "free": "success",
        "none": "neutral",
    }
    lines = []
    for quarter, cell in zip(found.span, row.cells, strict=True):
        text, word, kind = _state(cell)
        badge = ui.Badge(word if text == "–" else f"{text} {word}", kinds[kind])
        name = quarter_name(quarter)
        lines.append(ui.Row(
            [name, number(cell.demand), number(cell.supply), number(cell.over), ui.Cell(badge=badge)],
            label=name,
        ))  # fmt: skip
    return lines


def _tiles(found: Heat) -> list[ui.Tile]:
    over = [(row, cell) for row in found.rows for cell in row.cells if _state(cell)[2] == "over"]
    missing: dict[str, float] = {}
    for row, cell in over:
        missing[row.role.name] = missing.get(row.role.name, 0.0) + cell.over
    worst = max(missing, key=lambda name: missing[name], default="")
    total = sum(missing.values())
    return [
        ui.Tile(_("Overloaded role quarters"), len(over),
                _("of %(n)d") % {"n": len(found.rows) * len(found.span)},
                kind="danger" if over else "success"),
        ui.Tile(_("Person days missing"), number(total), worst and _("most: %(role)s") % {"role": worst}),
        ui.Tile(_("Projects without place"), len(found.gaps), _("see below what is missing"), "#fehlt",
                kind="warning" if found.gaps else "success"),
        ui.Tile(_("Efforts estimated from the size"), found.estimated),
    ]  # fmt: skip


_WHY = {
    "no_effort": lambda: _("neither efforts per role nor a size"),
    "no_roles": lambda: _("no role is known to which the effort could fall"),
    "no_period": lambda: _("no start or neither end nor due date"),
}


def _gaps(found: Heat) -> ui.DataTable | None:
    if not found.gaps:
        return None
    rows = [
        ui.Row(
            [
                ui.Cell(gap.project.title, reverse("portfolio:project", args=[gap.project.id]),
                        note=gap.project.number),
                gap.project.unit,
                ui.Cell(_WHY[gap.why](), reverse("portfolio:edit", args=[gap.project.id])),
            ],
            label=gap.project.title,
        )
        for gap in found.gaps
    ]  # fmt: skip
    columns = [ui.Column("project", _("Project")), ui.Column("unit", _("Unit")),
               ui.Column("why", _("What is missing"))]  # fmt: skip
    return ui.DataTable(_("Projects without place"), columns, rows, id="missing")


def _projects(found: Heat, chosen: tuple[HeatRow, int] | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    row, place = chosen
    cell = row.cells[place]
    rows = []
    for key, days in cell.projects:
        one = found.projects[key]
        rows.append(ui.Row(
            [ui.Cell(one.title, reverse("portfolio:project", args=[key]), note=one.number), one.unit,
             one.phase_label, number(days, 1)],
            label=one.title,
        ))  # fmt: skip
    columns = [ui.Column("project", _("Project")), ui.Column("unit", _("Unit")),
               ui.Column("phase", _("Phase")), ui.Column("days", _("Person days"), numeric=True)]  # fmt: skip
    title = _("%(role)s in %(quarter)s: who asks for it") % {
        "role": row.role.name, "quarter": quarter_name(found.span[place])
    }  # fmt: skip
    text = _("%(demand)s person days are asked for, %(supply)s are there for projects.") % {
        "demand": number(cell.demand), "supply": number(cell.supply)
    }  # fmt: skip
    return {"title": title, "text": text, "table": ui.DataTable(title, columns, rows, id="chosen")}


def _notes(found: Heat, *, may_keep: bool) -> list[str]:
    terms = found.supply.terms
    known = {row.role.id: row.role.name for row in found.rows}
    without = [
        name
        for key, name in known.items()
        if key in found.supply.days and not terms.background.get(key)
    ]
    notes = [
        _("Counted are requested, planned and running projects; ideas and paused ones are not."),
        _("Of the working days of a position %(absence)s %% go off for leave, illness and training, "
          "and then the role's work besides projects.")
        % {"absence": found.supply.basis.absence_percent},
    ]  # fmt: skip
    if without and may_keep:
        text = _(
            "No work besides projects is stated for: %(roles)s. Their capacity looks too large."
        )
        notes.append(text % {"roles": ", ".join(without)})
    if found.hidden:
        text = ngettext(
            "%(n)d project above your level of confidentiality is not counted.",
            "%(n)d projects above your level of confidentiality are not counted.", found.hidden,
        )  # fmt: skip
        notes.append(text % {"n": found.hidden})
    return notes
