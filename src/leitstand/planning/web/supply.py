"""Positions, what holds per role, costs, times without new staff, the basis of the planning."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.errors import NotFound
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import ask, edit
from leitstand.planning.actions import supply as actions
from leitstand.planning.domain.holidays import STATES
from leitstand.planning.models import GradeCost, Position, Restriction, RoleBasis
from leitstand.planning.queries.supply import basis
from leitstand.planning.web.forms import FORMS, BasisForm
from leitstand.planning.web.pages import crumbs, keeper, number, tabs
from leitstand.portfolio.facade_planning import skills

TITLES: dict[str, tuple[Any, Any]] = {
    "position": (gettext_lazy("New position"), gettext_lazy("Change position")),
    "role": (gettext_lazy("Basis of a role"), gettext_lazy("Basis of a role")),
    "cost": (gettext_lazy("New cost of a grade"), gettext_lazy("Change cost of a grade")),
    "restriction": (
        gettext_lazy("New time without new staff"),
        gettext_lazy("Change time without new staff"),
    ),
}  # fmt: skip


def _address(kind: str, row: Any) -> str:
    return reverse("planning:supply_edit", args=[kind, row.pk])


def supply_page(request: HttpRequest) -> HttpResponse:
    """Everything that planning computes supply from."""
    actor = keeper(request)
    found = basis()
    names = {one.id: one.name for one in skills()}
    context = {
        "title": _("Positions"), "crumbs": crumbs(_("Positions")), "tabs": tabs(actor, "supply"),
        "actions": [
            ui.Action(_("New position"), _new("position"), "primary", "add"),
            ui.Action(_("Import positions"), reverse("planning:positions_import")),
        ],
        "positions": _positions(names), "roles": _roles(names), "costs": _costs(),
        "restrictions": _restrictions(), "basis": _basis(found),
        "basis_actions": [ui.Action(_("Change basis"), reverse("planning:basis"))],
        "no_skills": not names,
    }  # fmt: skip
    return render(request, "planning/supply.html", context)


def _new(kind: str) -> str:
    return reverse("planning:supply_new", args=[kind])


def _positions(names: dict[uuid.UUID, str]) -> ui.DataTable:
    columns = [
        ui.Column("title", _("Post")), ui.Column("unit", _("Unit")), ui.Column("role", _("Role")),
        ui.Column("grade", _("Grade"), nowrap=True), ui.Column("share", _("Share"), numeric=True),
        ui.Column("until", _("Period")), ui.Column("state", _("State")),
    ]  # fmt: skip
    found = Position.objects.select_related("unit")
    rows = [_position(row, names) for row in found]
    return ui.DataTable(
        _("Positions"), columns, rows, id="positions", empty_title=_("There are no positions yet"),
        empty_text=_("Enter the positions that work on projects, or import them from a table."),
        empty_actions=[ui.Action(_("Import positions"), reverse("planning:positions_import"))],
    )  # fmt: skip


def _position(row: Position, names: dict[uuid.UUID, str]) -> ui.Row:
    period = _period(row)
    cells = [
        ui.Cell(row.title, _address("position", row), note=row.number), row.unit.short_name or row.unit.name,
        names.get(row.skill_id, ""), row.grade, number(float(row.share), 2), period, _state(row),
    ]  # fmt: skip
    return ui.Row(cells, label=row.title)


def _period(row: Position) -> str:
    parts = []
    if row.start:
        parts.append(_("from %(day)s") % {"day": f"{row.start:%d.%m.%Y}"})
    if row.end:
        text = _("fixed term until %(day)s") if row.fixed_term else _("until %(day)s")
        parts.append(text % {"day": f"{row.end:%d.%m.%Y}"})
    return ", ".join(parts) or _("permanent")


def _state(row: Position) -> ui.Cell:
    note = _("kw") if row.kw else ""
    if not row.vacant:
        return ui.Cell(badge=ui.Badge(_("filled"), "success"), note=note)
    if row.kw:
        return ui.Cell(badge=ui.Badge(_("falls away"), "danger"), note=note)
    if row.filled_from:
        note = _("from %(day)s") % {"day": f"{row.filled_from:%d.%m.%Y}"}
        return ui.Cell(badge=ui.Badge(_("vacant"), "warning"), note=note)
    return ui.Cell(badge=ui.Badge(_("vacant"), "danger"), note=_("not counted"))


def _roles(names: dict[uuid.UUID, str]) -> ui.DataTable:
    known = {row.skill_id: row for row in RoleBasis.objects.all()}
    rows = []
    for key, name in names.items():
        row = known.get(key)
        url = _address("role", row) if row else f"{_new('role')}?rolle={key}"
        values = (
            [f"{row.background_percent} %", f"{row.mix_percent} %", row.grade]
            if row
            else ["–", "–", ""]
        )
        rows.append(ui.Row([ui.Cell(name, url), *values], label=name))
    columns = [
        ui.Column("role", _("Role")), ui.Column("background", _("Work besides projects"), numeric=True),
        ui.Column("mix", _("Part of efforts without roles"), numeric=True),
        ui.Column("grade", _("Grade of new positions")),
    ]  # fmt: skip
    return ui.DataTable(_("Roles"), columns, rows, id="roles")


def _costs() -> ui.DataTable:
    rows = [
        ui.Row([ui.Cell(row.grade, _address("cost", row)), str(row.year),
                f"{number(float(row.amount))} €"], label=str(row))
        for row in GradeCost.objects.all()
    ]  # fmt: skip
    columns = [ui.Column("grade", _("Grade")), ui.Column("year", _("Year")),
               ui.Column("amount", _("Euro per year"), numeric=True)]  # fmt: skip
    return ui.DataTable(
        _("Costs of a full-time position"), columns, rows, id="costs",
        empty_title=_("There are no costs yet"),
        empty_text=_("Without them plans say how many positions are missing, but not what they cost."),
    )  # fmt: skip


def _restrictions() -> ui.DataTable:
    rows = [
        ui.Row([ui.Cell(row.get_kind_display(), _address("restriction", row)), row.start, row.end,
                row.note], label=str(row))
        for row in Restriction.objects.all()
    ]  # fmt: skip
    columns = [ui.Column("kind", _("Kind")), ui.Column("start", _("From")),
               ui.Column("end", _("Until")), ui.Column("note", _("Note"))]  # fmt: skip
    return ui.DataTable(
        _("Times without new staff"), columns, rows, id="restrictions",
        empty_title=_("There is no hiring freeze and no interim budget"),
        empty_text=_("In such a time no vacant or new position is filled."),
    )  # fmt: skip


def _basis(found: Any) -> list[tuple[Any, Any]]:
    return [
        (_("Federal state"), dict(STATES)[found.state]),
        (_("Absence"), f"{found.absence_percent} %"),
        (_("Months until a post is filled"), found.filling_months),
        (_("Years to plan"), found.years),
        (_("Assumed size"), found.assumed_size or _("none")),
    ]


def _form(kind: str) -> Any:
    form = FORMS.get(kind)
    if form is None:
        raise NotFound
    return form


def _back(_result: Any = None) -> str:
    return reverse("planning:supply")


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "version"}


def entry_new(request: HttpRequest, supply_kind: str) -> HttpResponse:
    """Create an entry; a role may be given by ``?rolle=``."""
    actor = keeper(request)
    form, title = _form(supply_kind), TITLES[supply_kind][0]
    start = {"skill_id": request.GET.get("rolle", "")} if supply_kind == "role" else {}
    return edit(
        request, lambda data: form(data, initial=start),
        lambda given: actions.create_entry(supply_kind, actor=actor, values=_values(given)),
        title=title, back=_back, cancel_url=_back(), crumbs=_crumbs(title),
    )  # fmt: skip


def entry_edit(request: HttpRequest, supply_kind: str, supply_id: uuid.UUID) -> HttpResponse:
    """Change an entry; a conflict shows both versions."""
    actor = keeper(request)
    form, title = _form(supply_kind), TITLES[supply_kind][1]
    kind = actions.kind_of(supply_kind)

    def make(data: Any) -> Any:
        row = _found(kind, supply_id)
        start = {name: getattr(row, "unit_id" if name == "unit" else name) for name in kind.fields}
        return form(data, initial={**start, "version": row.version})

    def save(given: dict[str, Any]) -> Any:
        version = given.get("version") or 0
        return actions.change_entry(
            supply_kind, supply_id, actor=actor, version=version, values=_values(given)
        )

    remove = reverse("planning:supply_remove", args=[supply_kind, supply_id])
    return edit(
        request, make, save, title=title, back=_back, cancel_url=_back(), crumbs=_crumbs(title),
        links=[ui.Link(_("Remove"), remove)],
    )  # fmt: skip


def entry_remove(request: HttpRequest, supply_kind: str, supply_id: uuid.UUID) -> HttpResponse:
    """Ask, then remove an entry."""
    actor = keeper(request)
    _form(supply_kind)
    row = _found(actions.kind_of(supply_kind), supply_id)
    title = _("Remove")
    return ask(
        request,
        lambda: actions.remove_entry(supply_kind, supply_id, actor=actor, version=row.version),
        title=title, lines=[_title(supply_kind, row), _("This cannot be undone.")], back=_back(),
        done=_("Removed."), crumbs=_crumbs(title),
    )  # fmt: skip


def _title(kind: str, row: Any) -> str:
    if kind == "role":
        return next((one.name for one in skills() if one.id == row.skill_id), "")
    return str(row)


def _found(kind: actions.Kind, supply_id: uuid.UUID) -> Any:
    row = kind.model.objects.filter(pk=supply_id).first()
    if row is None:
        raise NotFound
    return row


def _crumbs(title: Any) -> list[ui.Link]:
    return crumbs(ui.Link(_("Positions"), _back()), title)


def basis_edit(request: HttpRequest) -> HttpResponse:
    """Change the basis of the planning."""
    actor = keeper(request)

    def make(data: Any) -> BasisForm:
        row = basis()
        start = {name: getattr(row, name) for name in (*actions.BASIS, "version")}
        return BasisForm(data, initial=start)

    def save(given: dict[str, Any]) -> Any:
        version = given.get("version") or 0
        return actions.change_basis(actor=actor, version=version, values=_values(given))

    title = _("Basis of the planning")
    return edit(
        request, make, save, title=title, back=_back, cancel_url=_back(), crumbs=_crumbs(title)
    )
