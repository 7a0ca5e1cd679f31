"""All status reports of a project, and one of them with its reasons and comments."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.base.models import Level
from leitstand.core.comments.queries import thread
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.models import LightDimension, StatusReport
from leitstand.portfolio.queries.rounds import reports_of, visible_report
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.project import crumbs
from leitstand.portfolio.web.rounds import wording


def reports(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """The newest report first; whoever sees the project sees them."""
    actor = reader(request)
    project = policy.get_visible(actor, project_id)
    rows = list(reports_of(project, actor))
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
    url = reverse("portfolio:report", args=[row.pk])
    return ui.Row((
        ui.Cell(row.as_of, note=asked, url=url), ui.Cell(badge=wording.light_badge(row.light)), *cells,
        f"{row.progress} %", words,
    ))  # fmt: skip


def report(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """One report: every light as it was proposed and set, the words, comments on it."""
    actor = reader(request)
    row = visible_report(actor, report_id)
    if row is None:
        raise NotFound
    listing = reverse("portfolio:reports", args=[row.project_id])
    title = _("Status report as of %(day)s") % {"day": f"{row.as_of:%d.%m.%Y}"}
    context = {
        "title": title, "project": row.project, "report": row, "facts": _facts(row, actor),
        "badge": wording.light_badge(row.light), "lights": wording.set_lights(row),
        "thread": thread(actor, "status-report", row),
        "crumbs": [*crumbs(row.project, _("Status reports"))[:-1],
                   ui.Link(_("Status reports"), listing), ui.Link(title)],
    }  # fmt: skip
    return render(request, "portfolio/rounds/report.html", context)


def _facts(row: StatusReport, actor: Actor) -> list[tuple[str, object]]:
    """Who reported is for colleagues, not for everybody who may see the project."""
    facts: list[tuple[str, object]] = [(_("Reported"), row.created_at)]
    if row.round:
        facts.append((_("Status round"), row.round.title))
    way = str(StatusReport.Way(row.way).label)
    inside = grants(actor, policy.VIEW).level_in(row.project.lead_unit_id) >= Level.INTERNAL
    if row.person and (inside or actor.is_system):
        way = f"{row.person}, {way}"
    facts += [(_("By"), way), (_("Progress"), f"{row.progress} %")]
    return facts
