"""The table of projects: filter, sort, group, choose columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.history import past
from leitstand.core.policy.grants import grants
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.query import Query
from leitstand.core.ui import components as ui
from leitstand.core.ui.datatable import text_of
from leitstand.core.ui.widgets import LongSelect
from leitstand.portfolio import policy
from leitstand.portfolio.models import Phase
from leitstand.portfolio.queries import projects as read
from leitstand.portfolio.queries import units
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import bulk, cells
from leitstand.portfolio.web.filtering import View, tidy, view

SELECT_FORM = "bulk"


def projects(request: HttpRequest) -> HttpResponse:
    """The list of projects."""
    asked = view(request, "list")
    moved = tidy(asked)
    if moved is not None:
        return moved
    found = read.one_page(asked.query, asked.actor)
    context = asked.context(_("Projects"))
    context["more"].append((_("Columns, groups, order"), _looks_form(asked.query)))
    context |= {
        "keep": [*asked.own],
        "table": table(asked, found),
        "page": found.page,
        "count": count_text(found.total, asked.query),
        "actions": _actions(asked),
        "quick": _quick(asked),
        "bulk": bulk.start_form(asked.actor) if found.changeable else None,
        "selection": asked.query.url(selection_only=True).removeprefix("?"),
        "total": found.total,
    }
    return render(request, "portfolio/list.html", context)


def count_text(total: int, query: Query) -> str:
    """How many projects the selection holds, in words."""
    number = text_of(total)
    if query.is_narrowed:
        text = ngettext("%(number)s project found", "%(number)s projects found", total)
    else:
        text = ngettext("%(number)s project", "%(number)s projects", total)
    return text % {"number": number}


def _actions(asked: View) -> list[ui.Action]:
    found = []
    if not past.is_past():
        since = asked.query.url(reverse("portfolio:changes"), selection_only=True)
        found.append(ui.Action(_("What has changed"), since))
    if grants(asked.actor, policy.CREATE):
        found.append(ui.Action(_("New sketch"), reverse("portfolio:sketch"), "primary", "add"))
    if grants(asked.actor, policy.IMPORT):
        found.append(ui.Action(_("Import a spreadsheet"), reverse("portfolio:imports")))
    return found


def _quick(asked: View) -> list[ui.Link]:
    """Phases with their numbers, for the selection without its phase."""
    rest = asked.query.having(phase=None)
    counts = read.phase_counts(read.listed(rest, asked.actor))
    chosen = asked.query.filters.get("phase", ())
    links = [ui.Link(_("All"), rest.url(asked.path, asked.own), not chosen, count=sum(counts.values()))]
    return links + [
        ui.Link(
            phase.label,
            rest.having(phase=(str(phase),)).url(asked.path, asked.own),
            chosen == (phase,),
            count=counts[phase],
        )
        for phase in Phase
    ]


# --- table --------------------------------------------------------------------------------------


def shown(query: Query) -> list[Column]:
    """The columns beside the title, which always comes first with the number underneath."""
    return [column for column in query.shown() if column.name not in ("title", "number")]


def table(asked: View, found: read.ProjectPage) -> ui.DataTable:
    """The page's rows as a table, with headings if the list is grouped."""
    columns = shown(asked.query)
    heads = [_head(asked, PROJECTS["title"]), *(_head(asked, column) for column in columns)]
    drawn = [(group, _row(row, columns, found)) for group, row in found.rows]
    options: dict[str, Any] = {"rows": [row for _group, row in drawn]}
    if asked.query.group:
        options = {"groups": _groups(drawn, found, asked.query)}
    return ui.DataTable(
        caption=_("Projects"),
        columns=heads,
        id="projects",
        select_name="id" if found.changeable else "",
        select_form=SELECT_FORM,
        on_phone="pairs",
        **options,
        **_empty(asked),
    )


def _head(asked: View, column: Column) -> ui.Column:
    query = asked.query
    return ui.Column(
        column.name,
        column.label,
        sort_url=query.sorted_by(column.name).url(asked.path, asked.own) if column.sortable else "",
        sort=query.direction(column.name) if column.sortable else "",  # type: ignore[arg-type]
        numeric=column.type.is_number,
        nowrap=column.type is ColumnType.DATE,
    )


def _row(row: dict[str, Any], columns: Sequence[Column], found: read.ProjectPage) -> ui.Row:
    late, may = row["id"] in found.late, row["id"] in found.changeable
    drawn: list[Any] = [cells.title_cell(row, late=late)]
    for column in columns:
        drawn.append(cells.cell(column, row, edit=may and column.name in cells.INLINE))
    return ui.Row(
        drawn,
        key=str(row["id"]) if may else "",
        label=row["title"],
        kind="danger" if late else "",
    )


def _groups(
    drawn: Sequence[tuple[Any, ui.Row]], found: read.ProjectPage, query: Query
) -> list[ui.Group]:
    """Headings with the number of projects over all pages."""
    groups = []
    by_unit = query.group == "lead_unit"
    above = units.parent_names({identity for identity, _row in drawn}) if by_unit else {}
    for identity, members in groupby(drawn, key=lambda pair: pair[0]):
        heading, number = found.groups.get(identity, ("", 0))
        groups.append(
            ui.Group(
                heading or _("not given"),
                [row for _group, row in members],
                count=number,
                note=above.get(identity, ""),
            )
        )
    return groups


def _empty(asked: View) -> dict[str, Any]:
    if asked.query.is_narrowed:
        return {
            "empty_title": _("No project matches the filters"),
            "empty_text": _("Take off a filter, or search for another word."),
            "empty_actions": [ui.Action(_("Reset filters"), asked.reset_url)],
        }
    actions = _actions(asked)[::-1]
    may_import = bool(grants(asked.actor, policy.IMPORT))
    return {
        "empty_title": _("Drop your spreadsheet here") if may_import else _("No projects yet"),
        "empty_text": _(
            "Your own Excel, LibreOffice or CSV list becomes the portfolio: columns are recognised, "
            "nothing is saved before you have seen a preview."
        )
        if may_import
        else _("As soon as projects are entered that you may see, they stand here."),
        "empty_actions": actions,
    }


# --- columns, groups, order -----------------------------------------------------------------------


def _looks_form(query: Query) -> forms.Form:
    """How the list is shown: sent together with the filters."""
    form = forms.Form(auto_id="v-%s")
    none = ("", _("none"))
    groupable = [(c.name, c.label) for c in PROJECTS.groupable()]
    form.fields["group"] = forms.ChoiceField(
        label=_("Group by"), choices=[none, *groupable], widget=LongSelect, initial=query.group
    )
    form.fields["sort"] = forms.ChoiceField(
        label=_("Order by"), choices=_orders(query), widget=LongSelect, initial=_order_word(query)
    )
    form.fields["columns"] = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(c.name, c.label) for c in PROJECTS if c.name not in ("title", "number")],
        widget=forms.CheckboxSelectMultiple(),
        initial=[column.name for column in query.shown()],
    )
    for field in form.fields.values():
        field.required = False
    return form


def _order_word(query: Query) -> str:
    return ",".join(f"-{name}" if down else name for name, down in query.sort)


def _orders(query: Query) -> list[tuple[str, str]]:
    found = [("", _("Identifier"))]
    for column in PROJECTS.sortable():
        found.append((column.name, _("%(column)s, ascending") % {"column": column.label}))
        found.append((f"-{column.name}", _("%(column)s, descending") % {"column": column.label}))
    word = _order_word(query)
    if word and word not in dict(found):
        labels = [str(PROJECTS[name].label) for name, _down in query.sort]
        found.append((word, ", ".join(labels)))
    return found
