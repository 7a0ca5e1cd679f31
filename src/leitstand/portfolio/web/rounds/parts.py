"""The parts of a round's page: what is missing, what was reported, reminders, lead units."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.actions.rounds import reminding
from leitstand.portfolio.models import Light, LightDimension, StatusRequest, StatusRound
from leitstand.portfolio.queries import rounds as queries
from leitstand.portfolio.queries.round_lines import Line, count_lights
from leitstand.portfolio.web.exports import FORMATS
from leitstand.portfolio.web.rounds import wording
from leitstand.portfolio.web.rounds.reminders import reminder_part

State = StatusRound.State
_SHOWN = (Light.RED, Light.YELLOW, Light.GREEN)


def tiles(row: StatusRound, found: Sequence[Line]) -> list[ui.Tile]:
    """Asked, answered, missing, and the lights that were reported."""
    asked, answered = len(found), sum(line.reported for line in found)
    missing = _("without a report") if row.state == State.CLOSED else _("still missing")
    shown = [
        ui.Tile(_("asked"), asked), ui.Tile(_("answered"), answered),
        ui.Tile(missing, asked - answered, kind="warning" if asked > answered else "neutral"),
    ]  # fmt: skip
    counts = count_lights(found)
    if answered:
        shown += [
            ui.Tile(light.label, counts[light], kind=wording.KINDS[light]) for light in _SHOWN
        ]
    return shown


def parts(
    row: StatusRound, actor: Actor, found: Sequence[Line], *, manage: bool
) -> list[dict[str, Any]]:
    """What the page shows below the figures, in its order."""
    shown = []
    if row.state == State.OPEN:
        if row.requests.exists():
            shown.append(_missing(row, actor, queries.missing(row, actor), manage=manage))
        else:
            shown.append(_preparing())
    if row.state != State.PLANNED:
        shown.append(_results(row, found))
    return [*shown, *reminder_part(row), _units(row, actor)]


def _units(row: StatusRound, actor: Actor) -> dict[str, Any]:
    units = queries.progress_by_unit(row, actor)
    columns = (ui.Column("unit", _("Lead unit")),
               ui.Column("answered", _("answered"), numeric=True, nowrap=True))  # fmt: skip
    rows = [
        ui.Row((u.name, _("%(n)d of %(all)d") % {"n": u.answered, "all": u.asked})) for u in units
    ]
    table = ui.DataTable(_("By lead unit"), columns, rows, id="einheiten", on_phone="scroll",
                         empty_title=_("Nobody has been asked yet"))  # fmt: skip
    return {"title": _("By lead unit"), "table": table}


# --- what is missing ----------------------------------------------------------------------


def _preparing() -> dict[str, Any]:
    """An open round whose requests are not there yet, or that found nothing to ask for."""
    table = ui.DataTable(
        _("Still missing"), (ui.Column("project", _("Project")),), [], id="fehlende",
        empty_title=_("Nobody has been asked yet"),
        empty_text=_("Requests and e-mails are being prepared; load the page again in a moment. If "
                     "it stays empty, no started or planned project lies in the round's selection."),
    )  # fmt: skip
    return {"title": _("Still missing"), "table": table, "note": ""}


def _missing(
    row: StatusRound, actor: Actor, lines: Sequence[StatusRequest], *, manage: bool
) -> dict[str, Any]:
    """Who has not answered; what became of the e-mails is said once if it is the same for all.

    Names are for colleagues, not for everybody who may see a project.
    """
    states = reminding.mail_states(row, lines) if manage else {}
    same = set(states.values()) if len(states) > 1 else set()
    note = _("E-mails: %(state)s") % {"state": next(iter(same))} if len(same) == 1 else ""
    with_mail = bool(states) and not note
    columns = [
        ui.Column("project", _("Project")), ui.Column("unit", _("Lead unit")),
        ui.Column("person", _("Who answers")),
        *([ui.Column("mail", _("E-mail"))] if with_mail else []),
    ]  # fmt: skip
    reach = grants(actor, policy.VIEW)
    rows = [
        _missing_row(
            row, line, states if with_mail else None, manage,
            named=actor.is_system or reach.level_in(line.project.lead_unit_id) >= Level.INTERNAL,
        )
        for line in lines
    ]  # fmt: skip
    table = ui.DataTable(_("Still missing"), columns, rows, id="fehlende",
                         empty_title=_("Everybody has answered"))  # fmt: skip
    if manage and lines:
        call = _("A click on a project reports on behalf of whoever is asked.")
        note = f"{call} {note}".strip()
    return {"title": _("Still missing"), "table": table, "note": note}


def _missing_row(
    row: StatusRound,
    line: StatusRequest,
    states: Mapping[uuid.UUID, str] | None,
    manage: bool,
    *,
    named: bool,
) -> ui.Row:
    who = ui.Cell(str(line.person) if named else "—") if line.person else ui.Cell(
        badge=ui.Badge(_("nobody responsible"), "warning")
    )  # fmt: skip
    url = reverse("portfolio:round_for_others", args=[row.pk, line.pk]) if manage else ""
    project = ui.Cell(line.project.title, url=url, note=line.project.number)
    cells = [project, line.project.lead_unit.name, who]
    if states is not None:
        cells.append(states.get(line.person_id, "") if line.person_id else "")
    return ui.Row(cells)


# --- what was reported --------------------------------------------------------------------


def _results(row: StatusRound, found: Sequence[Line]) -> dict[str, Any]:
    """The frozen result, or what has come in so far."""
    closed = row.state == State.CLOSED
    title = _("Result") if closed else _("Reported so far")
    columns = (
        ui.Column("project", _("Project")), ui.Column("light", _("Traffic light")),
        ui.Column("unit", _("Lead unit")), *(ui.Column(d.value, d.label) for d in LightDimension),
        ui.Column("progress", _("Progress"), numeric=True),
    )  # fmt: skip
    lines = [_result_row(line) for line in found if closed or line.reported]
    table = ui.DataTable(title, columns, lines, id="ergebnis", on_phone="scroll",
                         empty_title=_("No report yet"))  # fmt: skip
    downloads = [
        ui.Link(form.upper(), reverse("portfolio:round_export", args=[row.pk, form]))
        for form in FORMATS
    ]
    note = _("Frozen when the round was closed.") if closed else ""
    return {"title": title, "table": table, "note": note, "downloads": downloads if lines else []}


def _result_row(line: Line) -> ui.Row:
    lights = [
        wording.trend_text(*line.lights[d]) if d in line.lights else "—"
        for d in LightDimension.values
    ]
    badge = wording.light_badge(line.light) if line.reported else ui.Badge(_("no report"))
    url = reverse("portfolio:project", args=[line.project])
    if line.report:
        url = reverse("portfolio:report", args=[line.report])
    title = ui.Cell(line.title, note=line.number, url=url)
    return ui.Row((title, ui.Cell(badge=badge), line.unit, *lights, f"{line.progress} %"))
