"""Steps, waves and obstacles: added, changed, removed; a conflict shows both versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.actions.rollouts import parts as actions
from leitstand.portfolio.actions.rollouts.parts import PART_KINDS, PartKind
from leitstand.portfolio.queries.rollouts import parts as queries
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.rollouts.frame import Place, place

HOMES = {"step": "rollout_steps", "wave": "rollout_waves", "obstacle": "rollout_obstacles"}
OWN = ("step", "wave")


def _kind(code: str) -> PartKind:
    if code not in PART_KINDS:
        raise NotFound
    return PART_KINDS[code]


def _form(kind: PartKind, data: Any = None, row: Any = None) -> TableForm:
    initial = {} if row else {"position": 99, "min_days": 1, "max_days": 1, "weight": 1}
    return TableForm(
        tuple(kind.table), kind.model, data, row=row,
        initial={name: value for name, value in initial.items() if name in kind.table},
    )  # fmt: skip


def _page(at: Place, kind: PartKind, form: TableForm, title: str, back: str) -> HttpResponse:
    context = {
        **at.context(title, HOMES[kind.code]),
        "form": form, "submit_label": _("Save"), "cancel_url": back, "preline": at.rollout.title,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(at.request, "portfolio/edit.html", context, status=status)


@login_required
def steps(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """The steps in order with their durations."""
    at = place(request, rollout_id)
    found = queries.steps(at.rollout)
    columns = [
        ui.Column("title", _("Step")), ui.Column("kind", _("Kind")),
        ui.Column("days", _("Duration")), ui.Column("weight", _("Share of the work"), numeric=True),
    ]  # fmt: skip
    rows = []
    for step in found:
        url = at.url("rollout_part_edit", "step", step.pk) if at.may_change else ""
        rows.append(ui.Row((
            ui.Cell(step.title, url=url, note=step.note), step.get_kind_display(),
            ui.Cell(duration_text(step), note=_("by size") if step.by_size else ""), step.weight,
        )))  # fmt: skip
    actions_: list[ui.Action] = []
    if at.may_change:
        actions_ = [ui.Action(_("Add step"), at.url("rollout_part_add", "step"), icon="add")]
    context = at.context(
        _("Steps"), "rollout_steps", actions=actions_,
        table=ui.DataTable(_("Steps"), columns, rows, id="steps"),
        note=_("Durations are calendar days. They serve planning and the forecast; change them to "
               "what your city has seen."),
    )  # fmt: skip
    return render(request, "portfolio/rollouts/table.html", context)


def duration_text(step: Any) -> str:
    """Least and most days in words."""
    if not step.max_days:
        return _("without end")
    if step.min_days == step.max_days:
        number = step.min_days
        return ngettext("%(days)d day", "%(days)d days", number) % {"days": number}
    return _("%(least)d to %(most)d days") % {"least": step.min_days, "most": step.max_days}


@login_required
def add(request: HttpRequest, rollout_id: uuid.UUID, kind: str) -> HttpResponse:
    """A new step or wave."""
    part_kind = _kind(kind)
    if kind not in OWN:
        raise NotFound
    at = place(request, rollout_id, change=True)
    return _add(at, part_kind, at.url(HOMES[kind]), {})


@login_required
def add_obstacle(request: HttpRequest, rollout_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """A new obstacle of a unit."""
    at = place(request, rollout_id)
    policy_rollouts.require_settable(at.actor, rollout_id, row_id)
    back = at.url("rollout_unit", row_id)
    return _add(at, PART_KINDS["obstacle"], back, {"member_id": row_id})


def _add(at: Place, kind: PartKind, back: str, owner: dict[str, Any]) -> HttpResponse:
    request = at.request
    form = _form(kind, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_part(
                kind.code, at.rollout.pk, actor=at.actor, values=form.values(), **owner
            )
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return _page(at, kind, form, _("Add %(what)s") % {"what": kind.table.label}, back)


def _found(at: Place, kind: PartKind, part_id: uuid.UUID) -> tuple[Any, str]:
    """The part and the page to go back to, for those who may change it."""
    row = queries.part(kind.code, at.rollout, part_id)
    if kind.code == "obstacle":
        policy_rollouts.require_settable(at.actor, at.rollout.pk, row.member_id)
        return row, at.url("rollout_unit", row.member_id)
    policy_rollouts.require_change(at.actor, at.rollout.pk)
    return row, at.url(HOMES[kind.code])


@login_required
def edit(
    request: HttpRequest, rollout_id: uuid.UUID, kind: str, part_id: uuid.UUID
) -> HttpResponse:
    """Change a part; a conflict shows both versions."""
    at, part_kind = place(request, rollout_id), _kind(kind)
    row, back = _found(at, part_kind, part_id)
    form = _form(part_kind, merged(request.POST) if request.method == "POST" else None, row)
    title = _("Edit: %(what)s") % {"what": part_kind.table.label}
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            actions.change_part(
                kind, rollout_id, part_id, actor=at.actor, version=form.version, values=values
            )
        except Conflict:
            fresh = _form(part_kind, row=queries.part(kind, at.rollout, part_id))
            found = conflict.context(form, fresh, object_title=str(row), cancel_url=back)
            return conflict.page(request, found) if found else redirect(back)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {
        **at.context(title, HOMES[kind]), "form": form, "cancel_url": back,
        "remove_url": at.url("rollout_part_remove", kind, part_id),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rollouts/part_edit.html", context, status=status)


@login_required
def remove(
    request: HttpRequest, rollout_id: uuid.UUID, kind: str, part_id: uuid.UUID
) -> HttpResponse:
    """Remove a part after a question."""
    at, part_kind = place(request, rollout_id), _kind(kind)
    row, back = _found(at, part_kind, part_id)
    problem = ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.remove_part(
                kind, rollout_id, part_id, actor=at.actor,
                version=int(version) if version.isascii() and version.isdigit() else 0,
            )  # fmt: skip
        except (Conflict, Invalid) as error:
            problem = error.text
        else:
            messages.success(request, _("“%(title)s” has been removed.") % {"title": row})
            return redirect(back)
    lines = [_("Remove “%(name)s”?") % {"name": row}]
    if kind == "step":
        lines.append(_("States and days of all units in this step go with it."))
    return removal(at, _("Remove: %(what)s") % {"what": part_kind.table.label}, lines, row, back,
                   problem=problem, current=HOMES[kind])  # fmt: skip


def removal(
    at: Place, title: str, lines: list[str], row: Any, back: str, *, problem: str, current: str,
    form: Any = None,
) -> HttpResponse:  # fmt: skip
    """The question before something is removed; it carries the version that is asked about."""
    context = {
        **at.context(title, current), "lines": lines, "problem": problem, "row": row,
        "cancel_url": back, "form": form,
    }  # fmt: skip
    status = 409 if problem else 200
    return render(at.request, "portfolio/rollouts/remove.html", context, status=status)
