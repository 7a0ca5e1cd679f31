"""One unit of a rollout: its steps, obstacles, wave and size; units added and taken out."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.org.models import OrgUnit, UnitKind
from leitstand.core.ui import components as ui
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts import cells as cell_actions
from leitstand.portfolio.actions.rollouts import members as actions
from leitstand.portfolio.actions.rollouts.cells import CellChange, CellsChanged
from leitstand.portfolio.models import RolloutCell, RolloutUnit, UnitSize
from leitstand.portfolio.queries import choices
from leitstand.portfolio.queries.choices import Offer
from leitstand.portfolio.queries.rollouts import parts as part_queries
from leitstand.portfolio.queries.rollouts.boards import Board, Member, board
from leitstand.portfolio.tables import rollouts as tables
from leitstand.portfolio.web import conflict, fields
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.rollouts.frame import Place, place, state_cell, unit_badge
from leitstand.portfolio.web.rollouts.parts import removal

CELL_FIELDS = ("state", "planned_start", "planned_end", "actual_start", "actual_end")


@login_required
def unit(request: HttpRequest, rollout_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """Where the unit is, step by step, and what holds it up."""
    at = place(request, rollout_id)
    found = board(at.rollout)
    member = _member(found, row_id)
    may_set = policy_rollouts.settable(at.actor, at.rollout).filter(pk=row_id).exists()
    wave = found.wave(member)
    facts = [
        (_("Wave"), wave.title if wave else ""),
        (_("Size"), UnitSize(member.size).label),
        (_("Planned go-live"), found.planned_day(member)),
        (_("Progress"), f"{member.progress} %"),
        (_("Note"), member.note),
    ]
    if not member.affected:
        facts.insert(0, (_("Reason"), member.reason))
    context = at.context(
        member.name, "rollout_unit", member=member, facts=facts, badge=unit_badge(member.state),
        steps=_steps(at, found, member, may_set), obstacles=_obstacles(at, member, may_set),
        actions=_actions(at, member, may_set),
    )  # fmt: skip
    return render(request, "portfolio/rollouts/unit.html", context)


def _member(found: Board, row_id: uuid.UUID) -> Member:
    member = next((m for m in found.members if m.id == row_id), None)
    if member is None:
        raise NotFound
    return member


def _actions(at: Place, member: Member, may_set: bool) -> list[ui.Action]:
    found = []
    if may_set:
        found.append(ui.Action(_("Report an obstacle"), at.url("rollout_obstacle_add", member.id),
                               icon="add"))  # fmt: skip
        found.append(ui.Action(_("Change"), at.url("rollout_unit_edit", member.id), icon="edit"))
    if at.may_change:
        found.append(ui.Action(_("Take out of the rollout"), at.url("rollout_unit_remove", member.id),
                               "tertiary", "delete"))  # fmt: skip
    return found


def _steps(at: Place, found: Board, member: Member, may_set: bool) -> ui.DataTable:
    columns = (
        ui.Column("step", _("Step")), ui.Column("state", _("State")),
        ui.Column("planned", _("Planned"), nowrap=True),
        ui.Column("actual", _("Actual"), nowrap=True),
    )  # fmt: skip
    rows = []
    for step, cell in zip(found.steps, member.cells, strict=True):
        if cell is None:
            continue
        url = at.url("rollout_cell", member.id, cell.id) if may_set else ""
        shown = state_cell(cell, found.today)
        rows.append(ui.Row((
            ui.Cell(step.title, url=url), ui.Cell(shown.text, badge=shown.badge),
            _span(cell.planned_start, cell.planned_end), _span(cell.actual_start, cell.actual_end),
        )))  # fmt: skip
    return ui.DataTable(_("Steps"), columns, rows, id="steps", caption_visible=True)


def _span(first: Any, last: Any) -> str:
    return " – ".join(dict.fromkeys(text_of(day) for day in (first, last) if day))


def _obstacles(at: Place, member: Member, may_set: bool) -> ui.DataTable:
    columns = (
        ui.Column("kind", _("Obstacle")), ui.Column("title", _("Title")),
        ui.Column("since", _("Since"), nowrap=True),
        ui.Column("resolved", _("Resolved on"), nowrap=True),
    )  # fmt: skip
    rows = []
    for row in part_queries.obstacles_of(member.id):
        url = at.url("rollout_part_edit", "obstacle", row.pk) if may_set else ""
        rows.append(ui.Row(
            (ui.Cell(row.get_kind_display(), url=url), row.title, row.since, row.resolved_on),
            kind="" if row.resolved_on else "warning",
        ))  # fmt: skip
    return ui.DataTable(
        _("Obstacles"), columns, rows, id="obstacles", caption_visible=True,
        empty_title=_("Nothing holds this unit up"),
    )  # fmt: skip


# --- one cell -------------------------------------------------------------------------------------


@login_required
def cell(
    request: HttpRequest, rollout_id: uuid.UUID, row_id: uuid.UUID, cell_id: uuid.UUID
) -> HttpResponse:
    """State and days of one step of one unit."""
    at = place(request, rollout_id)
    policy_rollouts.require_settable(at.actor, rollout_id, row_id)
    row = part_queries.cell(at.rollout, row_id, cell_id)
    back = at.url("rollout_unit", row_id)
    form = _cell_form(merged(request.POST) if request.method == "POST" else None, row)
    if request.method == "POST" and form.is_valid():
        change = CellChange(form.version, form.values(form.changed_names()))
        try:
            cell_actions.set_cells(rollout_id, actor=at.actor, changes={cell_id: change})
        except CellsChanged:
            fresh = _cell_form(None, part_queries.cell(at.rollout, row_id, cell_id))
            found = conflict.context(form, fresh, object_title=str(row.member), cancel_url=back)
            return conflict.page(request, found) if found else redirect(back)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    title = f"{row.member.unit.name}: {row.step.title}"
    context = {**at.context(title, "rollout_unit"), "form": form, "cancel_url": back}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rollouts/part_edit.html", context, status=status)


def _cell_form(data: Any, row: RolloutCell) -> TableForm:
    return TableForm(tables.CELLS.pick(CELL_FIELDS), RolloutCell, data, row=row)


# --- the unit's place in the rollout --------------------------------------------------------------


@login_required
def edit(request: HttpRequest, rollout_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """Wave, size, whether it takes part, note; a head of office changes the note alone."""
    at = place(request, rollout_id)
    row = policy_rollouts.require_settable(at.actor, rollout_id, row_id)
    back = at.url("rollout_unit", row_id)
    form = _form(at, merged(request.POST) if request.method == "POST" else None, row)
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            actions.change_member(
                rollout_id, row_id, actor=at.actor, version=form.version, values=values
            )
        except Conflict:
            fresh = _form(at, None, RolloutUnit.objects.get(pk=row_id))
            found = conflict.context(form, fresh, object_title=str(row), cancel_url=back)
            return conflict.page(request, found) if found else redirect(back)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    title = _("Edit: %(what)s") % {"what": row.unit.name}
    context = {**at.context(title, "rollout_unit"), "form": form, "cancel_url": back}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rollouts/part_edit.html", context, status=status)


def _form(at: Place, data: Any, row: RolloutUnit) -> TableForm:
    names = ["wave", "size", "affected", "reason", "note"] if at.may_change else ["note"]
    waves = list(at.rollout.waves.all())
    known = {str(wave.pk): wave for wave in waves}
    offer = Offer(
        [(str(w.pk), w.title) for w in waves], lambda ids: [known[i] for i in ids if i in known]
    )
    return TableForm(tables.MEMBERS.pick(names), RolloutUnit, data, row=row, offers={"wave": offer})


@login_required
def remove(request: HttpRequest, rollout_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """Take a unit out, after a question."""
    at = place(request, rollout_id, change=True)
    row = policy_rollouts.require_settable(at.actor, rollout_id, row_id)
    back, problem = at.url("rollout_unit", row_id), ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        number = int(version) if version.isascii() and version.isdigit() else 0
        try:
            actions.remove_member(rollout_id, row_id, actor=at.actor, version=number)
        except Conflict as error:
            problem = error.text
        else:
            messages.success(request, _("“%(title)s” has been removed.") % {"title": row.unit.name})
            return redirect(at.url("rollout"))
    lines = [
        _("Take “%(name)s” out of the rollout?") % {"name": row.unit.name},
        _("All its states, days and obstacles go with it. If it is only not affected, say so "
          "under “Change” instead."),
    ]  # fmt: skip
    return removal(at, _("Take out of the rollout"), lines, row, back, problem=problem,
                   current="rollout_unit")  # fmt: skip


@login_required
def add(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """All units of some kinds, of the whole city or below one unit; or single ones."""
    at = place(request, rollout_id, change=True)
    form = _add_form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        if not chosen["kinds"] and not chosen["units"]:
            form.add_error(None, _("Choose kinds of units or single units."))
        else:
            number = _add(at, chosen)
            text = ngettext("%(number)d unit added.", "%(number)d units added.", number)
            messages.success(request, text % {"number": number})
            return redirect(at.url("rollout"))
    context = {
        **at.context(_("Add units"), "rollout_units"), "form": form, "cancel_url": at.url("rollout"),
        "submit_label": _("Add units"), "preline": at.rollout.title,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def _add_form(data: Any) -> forms.Form:
    form = forms.Form(data)
    form.fields["kinds"] = forms.MultipleChoiceField(
        label=_("Add all units of these kinds"), choices=UnitKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    offer = choices.units()
    form.fields["below"] = fields.ObjectField(
        offer, required=False, label=_("Only below"),
        help_text=_("Leave empty for the whole city."),
    )  # fmt: skip
    form.fields["units"] = fields.ObjectsField(offer, label=_("Single units"))
    return form


def _add(at: Place, chosen: dict[str, Any]) -> int:
    added = []
    below: OrgUnit | None = chosen["below"] or None
    if chosen["kinds"]:
        added += actions.add_level(
            at.rollout.pk, actor=at.actor, kinds=chosen["kinds"], below=below
        )
    if chosen["units"]:
        ids = [unit.pk for unit in chosen["units"]]
        added += actions.add_units(at.rollout.pk, actor=at.actor, unit_ids=ids)
    return len(added)
