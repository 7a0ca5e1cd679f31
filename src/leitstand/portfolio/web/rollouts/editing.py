"""Many cells at once: choose, look at what will change, apply; a conflict asks cell by cell."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.ui import components as ui
from leitstand.core.ui.components import DiffField
from leitstand.core.ui.widgets import DateInput, LongSelect
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts import cells as actions
from leitstand.portfolio.actions.rollouts import members
from leitstand.portfolio.actions.rollouts.cells import CellChange, CellsChanged
from leitstand.portfolio.models import CellState, RolloutCell, Wave
from leitstand.portfolio.queries.rollouts.boards import Board, Member, board
from leitstand.portfolio.web.rollouts.frame import Place, place, state_text
from leitstand.portfolio.web.rollouts.matrix import BOX, selection, table

DATES = ("planned_start", "planned_end", "actual_start", "actual_end")
NO_WAVE = "-"


@dataclass(frozen=True)
class _Picked:
    """A ticked cell with the version that its reader saw."""

    member: Member
    place: int
    version: int

    @property
    def cell(self) -> Any:
        """The cell as it is now."""
        return self.member.cells[self.place]


def _form(at: Place, found: Board, data: QueryDict | None) -> forms.Form:
    """What to set; an empty field leaves the cells as they are."""
    form = forms.Form(data, auto_id="s-%s")
    keep = ("", _("leave as it is"))
    form.fields["state"] = forms.ChoiceField(
        label=_("State"), choices=[keep, *CellState.choices], required=False, widget=LongSelect
    )
    labels = (_("Planned start"), _("Planned end"), _("Actual start"), _("Actual end"))
    for name, label in zip(DATES, labels, strict=True):
        form.fields[name] = forms.DateField(label=label, required=False, widget=DateInput())
    form.fields["empty"] = forms.BooleanField(label=_("Take all dates away"), required=False)
    if at.may_change:
        waves = [(str(w.pk), w.title) for w in found.waves]
        form.fields["wave"] = forms.ChoiceField(
            label=_("Wave of the units"), choices=[keep, *waves, (NO_WAVE, _("no wave"))],
            required=False, widget=LongSelect,
        )  # fmt: skip
    return form


@login_required
def cells(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """The matrix with boxes; then the preview; then the change: one page per step."""
    at = place(request, rollout_id)
    allowed = frozenset(policy_rollouts.settable(at.actor, at.rollout).values_list("pk", flat=True))
    if not allowed:
        raise NotAllowed(_("You may set the state of your own units only."))
    found = board(at.rollout)
    if request.method != "POST":
        return _grid(request, at, found, allowed)
    form = _form(at, found, request.POST)
    picked = _picked(request.POST, found, allowed)
    if not picked or not form.is_valid() or not _wanted(form):
        if not picked:
            form.add_error(None, _("Tick at least one step in the table."))
        elif form.is_valid():
            form.add_error(None, _("Choose a state, a date or a wave that is to be set."))
        return _grid(request, at, found, allowed, form=form, picked=picked, status=422)
    if request.POST.get("step") != "apply":
        return _preview(request, at, found, form, picked)
    return _apply(request, at, found, form, picked)


def _grid(
    request: HttpRequest,
    at: Place,
    found: Board,
    allowed: frozenset[uuid.UUID],
    *,
    form: forms.Form | None = None,
    picked: Sequence[_Picked] = (),
    status: int = 200,
) -> HttpResponse:
    filtering, fits = selection(request, found)
    ticked = frozenset(one.cell.id for one in picked)
    chosen = {one.member.id for one in picked}
    shown = [m for m in found.members if (fits(m) and m.id in allowed) or m.id in chosen]
    context = at.context(
        _("Change states"), "rollout_cells", filter=filtering, reset_url=request.path,
        table=table(at, found, shown, boxes=allowed, ticked=ticked),
        form=form or _form(at, found, None),
    )  # fmt: skip
    return render(request, "portfolio/rollouts/cells.html", context, status=status)


def _picked(data: QueryDict, found: Board, allowed: frozenset[uuid.UUID]) -> list[_Picked]:
    """The ticked cells of units whose state the reader may set; anything else is left out."""
    versions: dict[str, int] = {}
    for text in data.getlist(BOX):
        key, _colon, version = text.partition(":")
        if version.isascii() and version.isdigit() and len(version) < 9:
            versions[key] = int(version)
    return [
        _Picked(member, number, versions[str(cell.id)])
        for member in found.members
        if member.id in allowed
        for number, cell in enumerate(member.cells)
        if cell and str(cell.id) in versions
    ]


def _wanted(form: forms.Form) -> dict[str, Any]:
    """The cell values and, as ``wave``, the wave that the form sets."""
    cleaned = form.cleaned_data
    found: dict[str, Any] = {}
    if cleaned.get("empty"):
        found.update(dict.fromkeys(DATES))
    if cleaned.get("state"):
        found["state"] = cleaned["state"]
    found.update({name: cleaned[name] for name in DATES if cleaned.get(name)})
    if cleaned.get("wave"):
        found["wave"] = cleaned["wave"]
    return found


def _after(one: _Picked, wanted: Mapping[str, Any]) -> RolloutCell:
    """The cell as it would be."""
    row = RolloutCell(**{name: getattr(one.cell, name) for name in ("state", *DATES)})
    values = {name: value for name, value in wanted.items() if name != "wave"}
    for name, value in actions.completed(row, values).items() if values else ():
        setattr(row, name, value)
    return row


def _preview(
    request: HttpRequest, at: Place, found: Board, form: forms.Form, picked: Sequence[_Picked]
) -> HttpResponse:
    wanted = _wanted(form)
    rows = []
    for one in picked:
        before, after = state_text(one.cell), state_text(_after(one, wanted))
        note = _("unchanged") if before == after else ""
        rows.append(ui.Row((
            ui.Cell(one.member.name, note=found.steps[one.place].title), before,
            ui.Cell(after, note=note),
        )))  # fmt: skip
    columns = (
        ui.Column("unit", _("Unit")),
        ui.Column("old", _("Now")),
        ui.Column("new", _("Afterwards")),
    )
    chosen = {one.member.id: one.member.name for one in picked}
    context = at.context(
        _("Check the change"), "rollout_cells",
        table=ui.DataTable(_("Selected steps"), columns, rows, id="preview"),
        kept=_kept(request.POST), wave=_wave_text(found, wanted),
        wave_units=", ".join(chosen.values()) if "wave" in wanted else "",
        confirm=ngettext("Change %(number)d step", "Change %(number)d steps", len(picked))
        % {"number": len(picked)},
    )  # fmt: skip
    return render(request, "portfolio/rollouts/cells_preview.html", context)


def _kept(
    data: QueryDict, leave_out: Sequence[str] = ("csrfmiddlewaretoken", "step")
) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name in data
        if name not in leave_out
        for text in data.getlist(name)
        if text
    ]


def _wave_text(found: Board, wanted: Mapping[str, Any]) -> str:
    if "wave" not in wanted:
        return ""
    return next((w.title for w in found.waves if str(w.pk) == wanted["wave"]), _("no wave"))


def _apply(
    request: HttpRequest, at: Place, found: Board, form: forms.Form, picked: Sequence[_Picked]
) -> HttpResponse:
    wanted = _wanted(form)
    theirs = {name for name in request.POST if request.POST[name] == "theirs"}
    values = {name: value for name, value in wanted.items() if name != "wave"}
    changes = {
        one.cell.id: CellChange(one.version, values)
        for one in picked
        if f"wahl-{one.cell.id}" not in theirs
    }
    try:
        with transaction.atomic():
            number = (
                actions.set_cells(at.rollout.pk, actor=at.actor, changes=changes)
                if values and changes else 0
            )  # fmt: skip
            moved = _assign(at, picked, wanted)
    except CellsChanged as problem:
        return _conflict(request, at, found, picked, wanted, problem)
    except Invalid as problem:
        for texts in problem.errors.values():
            for text in texts:
                form.add_error(None, text)
        allowed = frozenset(one.member.id for one in picked)
        return _grid(request, at, found, allowed, form=form, picked=picked, status=422)
    text = ngettext("%(number)d step changed.", "%(number)d steps changed.", number)
    more = ngettext(
        "%(number)d unit has another wave.", "%(number)d units have another wave.", moved
    )
    said = [text % {"number": number}] + ([more % {"number": moved}] if moved else [])
    messages.success(request, " ".join(said))
    return redirect(at.url("rollout"))


def _assign(at: Place, picked: Sequence[_Picked], wanted: Mapping[str, Any]) -> int:
    """Put the units of the ticked cells into the wave; the newest assignment holds."""
    if "wave" not in wanted:
        return 0
    wave = None if wanted["wave"] == NO_WAVE else Wave.objects.get(pk=wanted["wave"]).pk
    found = {one.member.id: (one.member.version, wave) for one in picked}
    return members.assign_waves(at.rollout.pk, actor=at.actor, waves=found)


def _conflict(
    request: HttpRequest,
    at: Place,
    found: Board,
    picked: Sequence[_Picked],
    wanted: Mapping[str, Any],
    problem: CellsChanged,
) -> HttpResponse:
    """Both versions of every cell that somebody else has changed; the rest is kept as chosen."""
    newest = {row.pk: row for row in problem.cells}
    fields = [
        DiffField(
            name=f"wahl-{one.cell.id}",
            label=f"{one.member.name}, {found.steps[one.place].title}",
            mine=state_text(_after(one, wanted)),
            theirs=state_text(newest[one.cell.id]),
        )
        for one in picked
        if one.cell.id in newest
    ]
    kept = [pair for pair in _kept(request.POST, ("csrfmiddlewaretoken",)) if pair[0] != BOX]
    kept = [pair for pair in kept if not pair[0].startswith("wahl-")]
    for one in picked:
        row = newest.get(one.cell.id)
        kept.append((BOX, f"{one.cell.id}:{row.version if row else one.version}"))
    context = {
        "fields": fields, "kept": kept, "version": "", "action": request.path,
        "text": _("Somebody else has changed some of these steps. Nothing has been saved yet."),
        "object_title": at.rollout.title, "cancel_url": at.url("rollout"),
        **at.context(at.rollout.title, "rollout_cells"),
    }  # fmt: skip
    return render(request, "ui/conflict.html", context, status=409)
