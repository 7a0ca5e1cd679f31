"""All status reports of a project: lights with trend, words, reasons for deviating."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.models import LightDimension, StatusReport
from leitstand.portfolio.queries.rounds import reports_of
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.project import crumbs
from leitstand.portfolio.web.rounds import wording


def reports(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """The newest report first; whoever sees the project sees them."""
    project = policy.get_visible(reader(request), project_id)
    rows = list(reports_of(project))
    columns = (
        ui.Column("as_of", _("State as of"), nowrap=True),
        ui.Column("light", _("Traffic light")),
        *(ui.Column(d.value, d.label) for d in LightDimension),
        ui.Column("progress", _("Progress"), numeric=True),
        ui.Column("words", _("State and outlook")),
    )
    table = ui.DataTable(
        _("Status reports"), columns, [_line(row) for row in rows], id="meldungen",
        empty_title=_("No status report yet"),
        empty_text=_("The first one comes with the next status round."),
    )  # fmt: skip
    title = _("Status reports")
    context = {"title": title, "project": project, "table": table, "crumbs": crumbs(project, title)}
    return render(request, "portfolio/rounds/reports.html", context)


def _line(row: StatusReport) -> ui.Row:
    lights = {light.dimension: light for light in row.lights.all()}
    cells = [
        ui.Cell(
            wording.trend_text(lights[d].light, lights[d].trend), note=lights[d].deviation
        ) if d in lights else "—"
        for d in LightDimension.values
    ]  # fmt: skip
    words = " ".join(filter(None, [row.summary, row.outlook])) or "—"
    asked = row.round.title if row.round else StatusReport.Way(row.way).label
    return ui.Row((
        ui.Cell(row.as_of, note=asked), ui.Cell(badge=wording.light_badge(row.light)), *cells,
        f"{row.progress} %", words,
    ))  # fmt: skip
