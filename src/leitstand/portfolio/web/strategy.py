"""Pages on which the strategy is kept: programmes, fields of action, goals, roles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.core.policy import grants as policy_grants
from leitstand.core.ui.components import Action, Cell, Column, DataTable, Group, Link, Row
from leitstand.portfolio import policy
from leitstand.portfolio.actions import strategy as actions
from leitstand.portfolio.actions.strategy import STRATEGY_KINDS, StrategyKind
from leitstand.portfolio.queries.strategy import Strategy, overview
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.measured import number
from leitstand.portfolio.web.wording import day_text


def _may_change(actor: Actor) -> bool:
    try:
        actions.require(actor)
    except NotAllowed:
        return False
    return True


def _home() -> str:
    return reverse("portfolio:strategy")


def _crumbs(title: str = "") -> list[Link]:
    links = [Link(_("Strategy"), _home() if title else "")]
    return [*links, Link(title)] if title else links


@login_required
def strategy(request: HttpRequest) -> HttpResponse:
    """The whole strategy with the number of projects to each entry."""
    actor = actor_of(request)
    policy_grants.require(actor, policy.VIEW)
    change = _may_change(actor)
    found = overview(actor)
    context = {
        "title": _("Strategy"),
        "crumbs": _crumbs(),
        "parts": [
            ("ziele", _("Fields of action and goals"), _goal_table(found, change),
             _adders(change, "field-of-action", "goal")),
            ("programme", _("Programmes"), _programme_table(found, change),
             _adders(change, "programme")),
            ("kennzahlen", _("Indicators of the strategy"), _indicator_table(found, change),
             [*_adders(change, "indicator"), *_values_import(change, found)]),
            ("rollen", _("Roles for planning"), _skill_table(found, change),
             _adders(change, "skill")),
        ],
    }  # fmt: skip
    return render(request, "portfolio/strategy.html", context)


def _adders(change: bool, *kinds: str) -> list[Action]:
    if not change:
        return []
    return [
        Action(
            _("Add %(what)s") % {"what": STRATEGY_KINDS[kind].table.label},
            reverse("portfolio:strategy_add", args=[kind]),
            icon="add",
        )
        for kind in kinds
    ]


def _values_import(change: bool, found: Strategy) -> list[Action]:
    if not change or not found.indicators:
        return []
    return [Action(_("Import values"), reverse("portfolio:indicator_values_import"))]


# --- tables -------------------------------------------------------------------------------


def _columns(change: bool, *columns: Column) -> list[Column]:
    return [*columns, Column("actions", _("Actions"), nowrap=True)] if change else list(columns)


def _cells(change: bool, kind: str, row: Any, *cells: Any) -> list[Any]:
    return [*cells, Cell(text=_links(kind, row))] if change else list(cells)


def _links(kind: str, row: Any) -> SafeString:
    """Ways to the pages that change and delete an entry."""
    parts = []
    for name, icon, text in (
        ("strategy_edit", "edit", _("Edit")),
        ("strategy_delete", "delete", _("Delete")),
    ):
        parts.append(
            format_html(
                '<a class="kern-btn kern-btn--tertiary pf-act" href="{}">'
                '<span class="kern-icon kern-icon--{}" aria-hidden="true"></span>'
                '<span class="kern-sr-only">{}: {}</span></a>',
                reverse(f"portfolio:{name}", args=[kind, row.pk]), icon, text, row,
            )
        )  # fmt: skip
    return format_html("{}{}", *parts)


def _page(name: str, row: Any) -> str:
    """Address of an entry's own page, "" where there is none."""
    try:
        return reverse(f"portfolio:{name}", args=[row.pk])
    except NoReverseMatch:
        return ""


def _goal_table(found: Strategy, change: bool) -> DataTable:
    groups = [
        Group(
            f"{field.code} {field.name}",
            [
                Row(
                    _cells(
                        change, "goal", goal,
                        Cell(f"{goal.code} {goal.name}", url=_page("goal", goal)),
                        goal.target_date, found.projects.get(goal.pk, 0),
                    ),
                    label=goal.name,
                )
                for goal in found.goals.get(field.pk, ())
            ] or [Row(_cells(False, "goal", field, _("No goals yet"), "", "",
                             *([""] if change else [])))],
            count=len(found.goals.get(field.pk, ())),
            note=_field_note(found, field, change),
        )
        for field in found.fields
    ]  # fmt: skip
    columns = _columns(
        change,
        Column("name", _("Goal")),
        Column("target_date", _("Target date")),
        Column("projects", _("Projects"), numeric=True),
    )
    return DataTable(
        _("Goals by field of action"), columns, groups=groups, id="tabelle-ziele",
        empty_title=_("No fields of action yet"),
    )  # fmt: skip


def _field_note(found: Strategy, field: Any, change: bool) -> SafeString | str:
    count = _("%(n)d projects") % {"n": found.projects.get(field.pk, 0)}
    return format_html("{} {}", count, _links("field-of-action", field)) if change else count


def _programme_table(found: Strategy, change: bool) -> DataTable:
    rows = [
        Row(
            _cells(
                change, "programme", row,
                Cell(row.name, url=_page("programme", row), note=row.code),
                f"{day_text(row.start)} – {day_text(row.end)}" if row.start or row.end else "",
                str(row.lead_unit or ""), found.projects.get(row.pk, 0),
            ),
            label=row.name,
        )
        for row in found.programmes
    ]  # fmt: skip
    columns = _columns(
        change,
        Column("name", _("Programme")),
        Column("period", _("Period")),
        Column("lead_unit", _("Lead unit")),
        Column("projects", _("Projects"), numeric=True),
    )
    return DataTable(_("List of programmes"), columns, rows, id="tabelle-programme",
                     empty_title=_("No programmes yet"))  # fmt: skip


def _indicator_table(found: Strategy, change: bool) -> DataTable:
    rows = [
        Row(
            _cells(
                change, "indicator", row,
                Cell(row.name, url=_page("indicator", row), note=row.code),
                str(row.goal or row.programme or ""),
                number(row.target_value, row.unit_label), row.target_date,
            ),
            label=row.name,
        )
        for row in found.indicators
    ]  # fmt: skip
    columns = _columns(
        change,
        Column("name", _("Indicator")),
        Column("of", _("Goal or programme")),
        Column("target", _("Target value")),
        Column("target_date", _("Target date")),
    )
    return DataTable(_("List of indicators"), columns, rows, id="tabelle-kennzahlen",
                     empty_title=_("No indicators yet"), empty_text=_(
                         "Say by which numbers the city will see that a goal is reached."
                     ))  # fmt: skip


def _skill_table(found: Strategy, change: bool) -> DataTable:
    rows = [Row(_cells(change, "skill", row, row.name, row.code)) for row in found.skills]
    columns = _columns(change, Column("name", _("Role")), Column("code", _("Code")))
    return DataTable(_("List of roles"), columns, rows, id="tabelle-rollen",
                     empty_title=_("No roles yet"))  # fmt: skip


# --- forms --------------------------------------------------------------------------------


def _kind(code: str) -> StrategyKind:
    if code not in STRATEGY_KINDS:
        raise NotFound
    return STRATEGY_KINDS[code]


def _row(kind: StrategyKind, entry_id: uuid.UUID) -> Any:
    row = kind.model._default_manager.filter(pk=entry_id).first()
    if row is None:
        raise NotFound
    return row


def _form(kind: StrategyKind, data: Any = None, row: Any = None) -> TableForm:
    return TableForm(tuple(kind.table), kind.model, data, row=row)


def _show(request: HttpRequest, kind: StrategyKind, form: TableForm, title: str) -> HttpResponse:
    context = {"title": title, "form": form, "crumbs": _crumbs(title),
               "cancel_url": _home()}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/edit.html", context, status=status)


@login_required
def strategy_add(request: HttpRequest, kind: str) -> HttpResponse:
    """Create an entry."""
    actor = actor_of(request)
    actions.require(actor)
    strategy_kind = _kind(kind)
    form = _form(strategy_kind, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_entry(kind, actor=actor, values=form.values())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_home())
    title = _("Add %(what)s") % {"what": strategy_kind.table.label}
    return _show(request, strategy_kind, form, title)


@login_required
def strategy_edit(request: HttpRequest, kind: str, entry_id: uuid.UUID) -> HttpResponse:
    """Change an entry; a conflict shows both versions."""
    actor = actor_of(request)
    actions.require(actor)
    strategy_kind = _kind(kind)
    row = _row(strategy_kind, entry_id)
    form = _form(strategy_kind, merged(request.POST) if request.method == "POST" else None, row)
    title = _("Edit: %(what)s") % {"what": strategy_kind.table.label}
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            actions.change_entry(kind, entry_id, actor=actor, version=form.version, values=values)
        except Conflict:
            fresh = _form(strategy_kind, row=_row(strategy_kind, entry_id))
            found = conflict.context(form, fresh, object_title=str(row), cancel_url=_home(),
                                     crumbs=_crumbs(title))  # fmt: skip
            if found is not None:
                return conflict.page(request, found)
            return redirect(_home())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_home())
    return _show(request, strategy_kind, form, title)


@login_required
def strategy_delete(request: HttpRequest, kind: str, entry_id: uuid.UUID) -> HttpResponse:
    """Delete an entry that nothing uses, after a question."""
    actor = actor_of(request)
    actions.require(actor)
    row = _row(_kind(kind), entry_id)
    problems: Sequence[str] = ()
    if request.method == "POST":
        try:
            actions.delete_entry(kind, entry_id, actor=actor)
        except Invalid as error:
            problems = [error.text]
        else:
            messages.success(request, _("“%(title)s” has been deleted.") % {"title": row})
            return redirect(_home())
    title = _("Delete: %(what)s") % {"what": _kind(kind).table.label}
    context = {
        "title": title,
        "lines": [_("Delete “%(name)s”?") % {"name": row}],
        "problems": problems,
        "action": request.path,
        "confirm_label": _("Delete"),
        "danger": True,
        "cancel_url": _home(),
        "crumbs": _crumbs(title),
    }
    status = 422 if problems else 200
    return render(request, "portfolio/strategy_delete.html", context, status=status)
