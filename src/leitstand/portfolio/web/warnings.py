"""Pages of early warnings: what comes, one warning, entering, changing, settling, deleting."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.early import Coming
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.comments.queries import thread
from leitstand.core.policy import grants as policy_grants
from leitstand.core.ui import components as ui
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio import policy, policy_warnings
from leitstand.portfolio.actions import warnings as actions
from leitstand.portfolio.models import EarlyWarning
from leitstand.portfolio.queries import choices
from leitstand.portfolio.queries import warnings as queries
from leitstand.portfolio.tables.warnings import TOUCHED, WARNINGS
from leitstand.portfolio.web import conflict, fields
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged

KIND = "art"


def _home() -> str:
    return reverse("portfolio:warnings")


def _address(row: EarlyWarning) -> str:
    return reverse("portfolio:warning", args=[row.pk])


def _crumbs(title: str, row: EarlyWarning | None = None) -> list[ui.Link]:
    links = [ui.Link(_("What comes"), _home())]
    if row is not None:
        links.append(ui.Link(row.title, _address(row)))
    return [*links, ui.Link(title)]


# --- what comes -----------------------------------------------------------------------------------


def outlook(request: HttpRequest) -> HttpResponse:
    """All early warnings by day, those whose lead time has begun first."""
    actor = reader(request)
    kinds = queries.kinds()
    asked = request.GET.get(KIND, "")
    kind = asked if asked in kinds else ""
    found = queries.outlook(actor, kind)
    tabs = [ui.Link(_("All"), _home(), current=not kind)]
    tabs += [
        ui.Link(label, f"{_home()}?{KIND}={value}", current=value == kind)
        for value, label in kinds.items()
    ]
    context = {"tabs": tabs, "table": _table(found), "actions": _adders(actor)}
    return render(request, "portfolio/warnings.html", context)


def _adders(actor: Actor) -> list[ui.Action]:
    if not policy_grants.grants(actor, policy_warnings.CHANGE):
        return []
    return [ui.Action(_("Enter a warning"), reverse("portfolio:warning_add"), "primary", "add")]


def _table(found: queries.Outlook) -> ui.DataTable:
    groups = [
        ui.Group(label, [_row(one) for one in some], note=note)
        for label, some, note in (
            (_("Lead time has begun"), found.now, _("Somebody should be at it.")),
            (_("Later"), found.later, ""),
        )
        if some
    ]
    columns = [
        ui.Column("title", _("What comes?")),
        ui.Column("day", _("Day")),
        ui.Column("kind", _("Kind")),
        ui.Column("touches", _("Touches")),
        ui.Column("source", _("Source")),
    ]
    return ui.DataTable(
        _("Early warnings"), columns, groups=groups, id="outlook", empty_title=_("Nothing comes"),
        empty_text=_("Enter laws, ends of contracts and of support, and calls for funding."),
    )  # fmt: skip


def _row(one: Coming) -> ui.Row:
    late = one.day < clock.today()
    kinds = queries.kinds()
    return ui.Row(
        (
            ui.Cell(one.title, url=one.url),
            ui.Cell(text_of(one.day), note=left(one.day)),
            kinds.get(one.kind, one.kind), _links(one.touches), one.source,
        ),
        label=one.title, kind="danger" if late else "",
    )  # fmt: skip


def _links(touches: Sequence[tuple[str, str]]) -> Any:
    return format_html_join(
        ", ", '<a class="ls-cell-link" href="{}">{}</a>', [(url, title) for title, url in touches]
    )


def left(day: date) -> str:
    """How long it is until a day, in words."""
    days = (day - clock.today()).days
    if days < 0:
        text = ngettext("passed %(n)d day ago", "passed %(n)d days ago", -days)
        return text % {"n": -days}
    if days < 60:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    months = round(days / 30.4)
    return ngettext("in %(n)d month", "in %(n)d months", months) % {"n": months}


# --- one warning ----------------------------------------------------------------------------------


def warning(request: HttpRequest, warning_id: uuid.UUID) -> HttpResponse:
    """What a warning means, what it touches, where it comes from."""
    actor = reader(request)
    row = policy_warnings.get_visible(actor, warning_id)
    change = policy_warnings.changeable(actor).filter(pk=row.pk).exists()
    context = {
        "warning": row,
        "left": left(row.day),
        "facts": _facts(row, queries.touched_by(actor, row)),
        "actions": _actions(row) if change else [],
        "settle_url": reverse("portfolio:warning_settle", args=[row.pk]) if change else "",
        "crumbs": [ui.Link(_("What comes"), _home()), ui.Link(row.title)],
        "thread": thread(actor, "early-warning", row),
    }
    return render(request, "portfolio/warning.html", context)


def _actions(row: EarlyWarning) -> list[ui.Action]:
    return [
        ui.Action(_("Change"), reverse("portfolio:warning_edit", args=[row.pk]), icon="edit"),
        ui.Action(_("Delete"), reverse("portfolio:warning_delete", args=[row.pk]), "tertiary",
                  "delete"),
    ]  # fmt: skip


def _facts(row: EarlyWarning, touches: Sequence[tuple[str, str]]) -> list[tuple[Any, Any]]:
    lead = ngettext("%(n)d day", "%(n)d days", row.lead_days) % {"n": row.lead_days}
    facts = [
        (_("Kind"), row.get_kind_display()), (_("Day"), row.day), (_("Lead time"), lead),
        (_("Watched by"), row.unit.name), (_("Touches"), _links(touches)),
        (_("Source"), row.source_text), (_("Settled on"), row.settled_on),
        (_("Confidentiality"), row.get_confidentiality_display()),
    ]  # fmt: skip
    return [(label, value) for label, value in facts if value]


# --- entering and changing ------------------------------------------------------------------------


def _form(actor: Actor, data: Any = None, row: EarlyWarning | None = None) -> TableForm:
    offer = choices.units_where(actor, policy_warnings.CHANGE, row.unit if row else None)
    start = actions.touched(row, actor) if row else {"lead_days": 180}
    form = TableForm(tuple(WARNINGS), EarlyWarning, data, row=row, initial=start,
                     offers={"unit": offer})  # fmt: skip
    for column in TOUCHED:
        form.fields[column.name] = fields.ColumnField(
            column, label=column.label, help_text=column.help
        )
    return form


def _touched_in(form: TableForm) -> dict[str, str]:
    return {column.name: form.cleaned_data[column.name] or "" for column in TOUCHED}


def add(request: HttpRequest) -> HttpResponse:
    """Enter a warning."""
    actor = reader(request)
    policy_grants.require(actor, policy_warnings.CHANGE)
    form = _form(actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create_warning(actor=actor, values=form.values(), **_touched_in(form))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(row))
    title = _("Enter a warning")
    return _show(request, form, title, _crumbs(title), _home())


def edit(request: HttpRequest, warning_id: uuid.UUID) -> HttpResponse:
    """Change a warning; a conflict shows both versions."""
    actor = reader(request)
    row = policy_warnings.get_visible(actor, warning_id)
    policy_warnings.require_change(actor, row)
    form = _form(actor, merged(request.POST) if request.method == "POST" else None, row)
    title = _("Change the warning")
    if request.method == "POST" and form.is_valid():
        names = set(form.changed_names()) - {column.name for column in TOUCHED}
        try:
            actions.change_warning(warning_id, actor=actor, version=form.version,
                                   values=form.values(names), **_touched_in(form))  # fmt: skip
        except Conflict:
            fresh = _form(actor, None, policy_warnings.get_visible(actor, warning_id))
            found = conflict.context(form, fresh, object_title=row.title, cancel_url=_address(row),
                                     crumbs=_crumbs(title, row))  # fmt: skip
            return conflict.page(request, found) if found else redirect(_address(row))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(row))
    return _show(request, form, title, _crumbs(title, row), _address(row))


@require_POST
def settle(request: HttpRequest, warning_id: uuid.UUID) -> HttpResponse:
    """Mark as settled, or open again."""
    row = actions.settle_warning(
        warning_id, actor=reader(request), settled=request.POST.get("settled") == "1"
    )
    messages.success(request, _("Saved."))
    return redirect(_address(row))


def delete(request: HttpRequest, warning_id: uuid.UUID) -> HttpResponse:
    """Delete a warning after a question."""
    actor = reader(request)
    row = policy_warnings.get_visible(actor, warning_id)
    policy_warnings.require_change(actor, row)
    if request.method == "POST":
        actions.delete_warning(warning_id, actor=actor)
        messages.success(request, _("“%(title)s” has been deleted.") % {"title": row})
        return redirect(_home())
    title = _("Delete the warning")
    context = {
        "title": title, "lines": [_("Delete “%(name)s”?") % {"name": row}], "danger": True,
        "action": request.path, "confirm_label": _("Delete"), "cancel_url": _address(row),
        "crumbs": _crumbs(title, row),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


def _show(
    request: HttpRequest, form: TableForm, title: str, crumbs: list[ui.Link], cancel_url: str
) -> HttpResponse:
    context = {"title": title, "form": form, "crumbs": crumbs, "cancel_url": cancel_url}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/edit.html", context, status=status)


# --- start page -----------------------------------------------------------------------------------


def start_section(actor: Actor) -> dict[str, Any] | None:
    """Warnings whose lead time has begun, the next ones first."""
    if not policy_grants.grants(actor, policy.VIEW):
        return None
    today = clock.today()
    found = [one for one in queries.outlook(actor, start=True).now if one.day >= today]
    if not found:
        return None
    return {
        "title": _("Early warnings"), "id": "warnings", "number": len(found), "all_url": _home(),
        "lines": [
            {"url": one.url, "title": one.title, "day": one.day,
             "left": left(one.day), "touches": _touched_in_short(one)}
            for one in found[:6]
        ],
    }  # fmt: skip


def _touched_in_short(one: Coming) -> str:
    """The first thing that a warning touches and how many more; nothing twice."""
    names = [title for title, _url in one.touches if title != one.title]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(number)d more") % {"first": names[0], "number": len(names) - 1}
