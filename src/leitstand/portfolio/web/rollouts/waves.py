"""Waves: which units go live together, whether the central team can take them on."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.ui import components as ui
from leitstand.portfolio.actions.rollouts import members as actions
from leitstand.portfolio.models import UnitSize, Wave
from leitstand.portfolio.queries.rollouts.boards import Board, Member, board
from leitstand.portfolio.web.rollouts.frame import Place, place, share_text, unit_badge


@login_required
def waves(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """The waves with their load, and the wave of every unit; saves changed assignments."""
    at = place(request, rollout_id, change=request.method == "POST")
    problem, status = "", 200
    if request.method == "POST":
        try:
            number = actions.assign_waves(rollout_id, actor=at.actor, waves=_wanted(request))
        except (Conflict, Invalid) as error:
            problem, status = error.text, 409
        else:
            text = ngettext(
                "%(number)d unit has another wave.", "%(number)d units have another wave.", number
            )
            messages.success(request, text % {"number": number})
            return redirect(at.url("rollout_waves"))
    found = board(at.rollout)
    actions_ = []
    if at.may_change:
        actions_ = [ui.Action(_("Add wave"), at.url("rollout_part_add", "wave"), icon="add")]
    sent = {key: request.POST[key] for key in request.POST} if problem else {}
    context = at.context(
        _("Waves"), "rollout_waves", table=_waves(at, found), units=_units(at, found, sent),
        actions=actions_, problem=problem,
        plannable=[w for w in found.waves if _plannable(found, w)] if at.may_change else [],
    )  # fmt: skip
    return render(request, "portfolio/rollouts/waves.html", context, status=status)


def _plannable(found: Board, wave: Wave) -> bool:
    """Whether the wave has a day and units that have not gone live."""
    members = [m for m in found.affected if m.wave_id == wave.pk]
    return wave.go_live is not None and any(m.state != "done" for m in members)


def _wanted(request: HttpRequest) -> dict[uuid.UUID, tuple[int, uuid.UUID | None]]:
    """Assignments that the form changes: those that differ from what it was opened with."""
    found: dict[uuid.UUID, tuple[int, uuid.UUID | None]] = {}
    for name, value in request.POST.items():
        if not name.startswith("welle-") or request.POST.get(f"vorher-{name[6:]}") == value:
            continue
        try:
            key, wave = uuid.UUID(name[6:]), uuid.UUID(str(value)) if value else None
        except ValueError:
            continue
        version = str(request.POST.get(f"version-{name[6:]}", ""))
        if version.isascii() and version.isdigit() and len(version) < 9:
            found[key] = (int(version), wave)
    return found


def _waves(at: Place, found: Board) -> ui.DataTable:
    columns = (
        ui.Column("title", _("Wave")), ui.Column("start", _("Start"), nowrap=True),
        ui.Column("go_live", _("Go-live day"), nowrap=True),
        ui.Column("load", _("Units / capacity")), ui.Column("sizes", _("Sizes")),
        ui.Column("live", _("Gone live")),
    )  # fmt: skip
    return ui.DataTable(
        _("Waves and their load"), columns, [_wave(at, found, wave) for wave in found.waves],
        id="waves", empty_title=_("No waves yet"),
        empty_text=_("Add a wave with a go-live day and the number of units that the central "
                     "team can take on."),
    )  # fmt: skip


def _wave(at: Place, found: Board, wave: Wave) -> ui.Row:
    members = [m for m in found.affected if m.wave_id == wave.pk]
    over = wave.capacity is not None and len(members) > wave.capacity
    load = share_text(len(members), wave.capacity) if wave.capacity else str(len(members))
    sizes = Counter(m.size for m in members)
    late = bool(wave.go_live and wave.go_live < found.today
                and any(m.state != "done" for m in members))  # fmt: skip
    url = at.url("rollout_part_edit", "wave", wave.pk) if at.may_change else ""
    return ui.Row((
        ui.Cell(wave.title, url=url), wave.start,
        ui.Cell(wave.go_live, note=_("passed, not finished") if late else ""),
        ui.Cell(load, note=_("above the capacity") if over else ""),
        ", ".join(f"{sizes[size]} {size}" for size in UnitSize.values if sizes[size]),
        share_text(sum(m.state == "done" for m in members), len(members)),
    ), kind="danger" if over else "warning" if late else "")  # fmt: skip


def _units(at: Place, found: Board, sent: dict[str, Any]) -> ui.DataTable:
    columns = (
        ui.Column("unit", _("Unit")), ui.Column("state", _("State")),
        ui.Column("size", _("Size")), ui.Column("day", _("Planned go-live"), nowrap=True),
        ui.Column("wave", _("Wave")),
    )  # fmt: skip
    rows = []
    for member in found.affected:
        if member.state == "done":
            continue
        wave = found.wave(member)
        name = wave.title if wave else ""
        rows.append(ui.Row((
            ui.Cell(member.name, url=at.url("rollout_unit", member.id)),
            ui.Cell(badge=unit_badge(member.state)), UnitSize(member.size).label,
            found.planned_day(member),
            ui.Cell(_select(found, member, sent)) if at.may_change else name,
        )))  # fmt: skip
    return ui.DataTable(
        _("Units that have not gone live"), columns, rows, id="units", caption_visible=True,
        empty_title=_("All units have gone live"),
    )  # fmt: skip


def _select(found: Board, member: Member, sent: dict[str, Any]) -> SafeString:
    """The wave of a unit, with what it was and the version that its reader saw."""
    now = str(member.wave_id or "")
    chosen = sent.get(f"welle-{member.id}", now)
    options = [("", _("no wave")), *((str(w.pk), w.title) for w in found.waves)]
    drawn = format_html_join(
        "", '<option value="{}" {}>{}</option>',
        [(key, "selected" if key == chosen else "", label) for key, label in options],
    )  # fmt: skip
    return format_html(
        '<div class="kern-form-input__select-wrapper"><select class="kern-form-input__select" '
        'name="welle-{0}" aria-label="{1}">{2}</select></div>'
        '<input type="hidden" name="vorher-{0}" value="{3}">'
        '<input type="hidden" name="version-{0}" value="{4}">',
        member.id, _("Wave of %(name)s") % {"name": member.name}, drawn, now, member.version,
    )  # fmt: skip


@login_required
@require_POST
def plan(request: HttpRequest, rollout_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """Plan the steps of a wave's units backwards from its go-live day."""
    at = place(request, rollout_id, change=True)
    try:
        number = actions.plan_wave(rollout_id, part_id, actor=at.actor)
    except Invalid as error:
        messages.error(request, error.text)
    else:
        text = ngettext("%(number)d step planned.", "%(number)d steps planned.", number)
        messages.success(request, text % {"number": number})
    return redirect(at.url("rollout_waves"))
