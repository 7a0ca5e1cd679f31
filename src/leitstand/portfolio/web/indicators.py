"""Indicators of the selected projects; every figure opens the list that it counts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leitstand.core.tables.query import Query
from leitstand.core.ui import components as ui
from leitstand.portfolio.domain.money import excess
from leitstand.portfolio.queries import indicators as queries
from leitstand.portfolio.queries.projects import listed
from leitstand.portfolio.web import shares
from leitstand.portfolio.web.filtering import tidy, view
from leitstand.portfolio.web.listing import count_text
from leitstand.portfolio.web.wording import excess_text


def projects(request: HttpRequest) -> HttpResponse:
    """Done, started, planned over all and by programme, field and department; money; sizes."""
    asked = view(request, "indicators")
    moved = tidy(asked)
    if moved is not None:
        return moved
    found, query = listed(asked.query, asked.actor), asked.query
    figures = queries.overall(found)
    context = asked.context(_("Indicators")) | {
        "count": count_text(figures.total, query),
        "figures": figures,
        "tiles": [*shares.tiles(figures, query, {}), *_warnings(found, query)],
        "bar": shares.bar(figures, query, {}),
        "ideas_url": shares.link(query, {}, "ideas"),
        "cancelled_url": shares.link(query, {}, "cancelled"),
        "programmes": shares.table(
            _("By programme"), _("Programme"), queries.per_programme(found), query,
            id="by-programme", page="programme",
        ),
        "fields": shares.table(
            _("By field of action"), _("Field of action"), queries.per_field(found), query,
            id="by-field", page="field",
        ),
        "departments": shares.table(
            _("By department"), _("Department"), queries.per_department(found), query,
            id="by-department", page="unit",
        ),
        "money": _money(found, query),
        "sizes": _sizes(found, query),
    }  # fmt: skip
    return render(request, "portfolio/indicators.html", context)


def _warnings(found: Any, query: Query) -> list[ui.Tile]:
    late, risk = queries.number_late(found), queries.number_at_risk(found)
    return [
        ui.Tile(
            _("late"), late, _("end or a milestone has passed"), shares.link(query, {"late": True}),
            kind="warning" if late else "neutral",
        ),
        ui.Tile(
            _("dates by law at risk"), risk, _("passed, before the planned end, or without an end"),
            shares.link(query, {"law_at_risk": True}), kind="danger" if risk else "neutral",
        ),
    ]  # fmt: skip


def _money(found: Any, query: Query) -> ui.DataTable:
    years = queries.money(found)
    columns = (
        ui.Column("year", _("Year")),
        ui.Column("planned", _("Planned in €"), numeric=True),
        ui.Column("committed", _("Committed in €"), numeric=True),
        ui.Column("spent", _("Spent in €"), numeric=True),
        ui.Column("projects", _("Projects"), numeric=True),
    )
    rows = [
        ui.Row((
            ui.Cell(
                str(line.year),
                note=excess_text(excess(line.planned, line.committed, line.spent)),
            ),
            line.planned, line.committed, line.spent,
            ui.Cell(
                line.projects, url=shares.link(query, {"budget_year": (line.year, line.year)})
            ),
        ))
        for line in years
    ]  # fmt: skip
    return ui.DataTable(
        _("Money by year"), columns, rows, id="money", caption_visible=True,
        empty_title=_("No money planned"),
        empty_text=_("Enter budget lines in the projects; their sums stand here."),
    )  # fmt: skip


def _sizes(found: Any, query: Query) -> ui.DataTable:
    columns = (ui.Column("size", _("Size")), ui.Column("number", _("Projects"), numeric=True))
    rows = [
        ui.Row((
            label or _("not given"),
            ui.Cell(number, url=shares.link(query, {"size": (size,)}) if number else ""),
        ))
        for size, label, number in queries.per_size(found)
    ]  # fmt: skip
    return ui.DataTable(_("By size"), columns, rows, id="sizes", caption_visible=True)
