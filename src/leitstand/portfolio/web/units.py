"""Pages of a unit, a programme, a field of action, a goal, and the whole strategy."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.history import past
from leitstand.core.org.models import UnitKind
from leitstand.core.policy.grants import grants
from leitstand.core.tables.query import Query
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.models import FieldOfAction, Goal, Programme, Project
from leitstand.portfolio.queries import goals as strategy_queries
from leitstand.portfolio.queries import indicators, units
from leitstand.portfolio.queries import measured as measured_queries
from leitstand.portfolio.queries import projects as project_queries
from leitstand.portfolio.queries.projects import PROJECT_LIST
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import cells, measured, shares
from leitstand.portfolio.web.filtering import reader

MOST = 50
_COLUMNS = ("lead_unit", "phase", "start", "end", "progress", "light")


def some_projects(
    projects: QuerySet[Project], caption: Any, *, id: str, leave_out: Sequence[str] = ()
) -> ui.DataTable:
    """The first 50 of some projects by end, late ones marked; 3 queries."""
    columns = PROJECTS.pick([name for name in _COLUMNS if name not in leave_out])
    ordered = projects.order_by(F("end").asc(nulls_last=True), "number")[:MOST]
    rows = list(project_queries.rows(ordered, (), columns))
    picked = Project.objects.filter(pk__in=[row["id"] for row in rows])
    late = set(picked.filter(project_queries.is_late()).values_list("pk", flat=True))
    heads = [ui.Column("title", PROJECTS["title"].label)]
    heads += [ui.Column(c.name, c.label, numeric=c.type.is_number) for c in columns]
    drawn = []
    for row in rows:
        is_late = row["id"] in late
        shown = [cells.cell(c, row) for c in columns]
        title = cells.title_cell(row, late=is_late)
        drawn.append(ui.Row([title, *shown], kind="danger" if is_late else ""))
    return ui.DataTable(
        caption, heads, drawn, id=id, caption_visible=True, empty_title=_("No projects"),
        empty_text=_("No project that you may see belongs here."),
    )  # fmt: skip


def _more(query: Query, total: int) -> list[ui.Action]:
    """Links to the same selection in the list and on the roadmap."""
    if not total:
        return []
    return [
        ui.Action(
            _("All in the table (%(number)d)") % {"number": total},
            query.url(reverse("portfolio:list"), selection_only=True),
        ),
        ui.Action(_("Roadmap"), query.url(reverse("portfolio:roadmap"), selection_only=True)),
    ]


def _picture(query: Query, projects: QuerySet[Project]) -> dict[str, Any]:
    found = indicators.overall(projects)
    rest = []
    if found.ideas:
        rest.append(_("ideas: %(number)d") % {"number": found.ideas})
    if found.cancelled:
        rest.append(_("cancelled: %(number)d") % {"number": found.cancelled})
    return {
        "figures": found,
        "tiles": shares.tiles(found, query, {}),
        "bar": shares.bar(found, query, {}),
        "uncounted": ", ".join(rest),
        "actions": _more(query, found.total),
    }


# --- unit -----------------------------------------------------------------------------------------


def unit(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Projects, people, programmes and history of a unit."""
    actor = reader(request)
    found = units.unit_view(unit_id, actor)
    query = Query(PROJECT_LIST).having(lead_unit=(found.unit.id,))
    context = {
        "unit": found.unit,
        "kind": found.unit.get_kind_display(),
        "below": [
            ui.Link(one.name, reverse("portfolio:unit", args=[one.id])) for one in found.below
        ],
        "leads": some_projects(found.leads, _("Leads"), id="leads"),
        "participates": some_projects(found.participates, _("Takes part"), id="participates"),
        "programmes": _programmes(found, query),
        "people": _people_table(found) if found.people is not None else None,
        "periods": _periods(found),
        "changes": _changes(found),
        "crumbs": [
            *(ui.Link(one.name, reverse("portfolio:unit", args=[one.id])) for one in found.above),
            ui.Link(found.unit.name),
        ],
        **_picture(query, found.leads),
    }
    return render(request, "portfolio/unit.html", context)


def _programmes(found: units.UnitView, query: Query) -> ui.DataTable:
    counted = [s for s in indicators.per_programme(found.leads) if s.figures.total]
    return shares.table(
        _("Programmes"), _("Programme"), counted, query, id="programmes", page="programme"
    )


def _people_table(found: units.UnitView) -> ui.DataTable:
    columns = (
        ui.Column("name", _("Name")),
        ui.Column("function", _("Function")),
        ui.Column("unit", _("Unit")),
        ui.Column("leads", _("Leads projects"), numeric=True),
    )
    address = reverse("portfolio:list")
    rows = [
        ui.Row((
            str(person), person.function, person.unit.name,
            ui.Cell(
                number,
                url=Query(PROJECT_LIST).having(lead=(person.id,)).url(address) if number else "",
            ),
        ))
        for person, number in found.people or ()
    ]  # fmt: skip
    return ui.DataTable(
        _("People"), columns, rows, id="people", caption_visible=True,
        empty_title=_("No people entered"),
    )  # fmt: skip


def _kind(code: str) -> Any:
    return UnitKind(code).label if code in UnitKind.values else code


def _periods(found: units.UnitView) -> ui.DataTable:
    columns = (
        ui.Column("name", _("Name")),
        ui.Column("kind", _("Kind")),
        ui.Column("parent", _("Belonged to")),
        ui.Column("from", _("From"), nowrap=True),
        ui.Column("to", _("Until"), nowrap=True),
    )
    rows = [
        ui.Row((p.name, str(_kind(p.kind)), p.parent.name if p.parent else "", p.valid_from,
                p.valid_to or ("" if past.is_past() else _("today"))))
        for p in found.periods
    ]  # fmt: skip
    return ui.DataTable(
        _("Names and places over time"), columns, rows, id="periods", caption_visible=True
    )


def _changes(found: units.UnitView) -> list[ui.HistoryEntry]:
    entries = []
    for change in found.changes:
        text = f"{change.unit.name}: {change.get_kind_display()}"
        if change.target:
            text += f" → {change.target.name}"
        entries.append(ui.HistoryEntry(change.on, "", text, change.reason))
    return entries


# --- strategy -------------------------------------------------------------------------------------


def strategy(request: HttpRequest) -> HttpResponse:
    """Fields of action with their goals, and programmes, each with its progress."""
    actor = reader(request)
    found = strategy_queries.strategy(actor)
    query = Query(PROJECT_LIST)

    def line(one: Any, name: str, page: str) -> dict[str, Any]:
        figures = found.figures.get(one.id, indicators.Figures())
        return {
            "object": one,
            "url": reverse(f"portfolio:{page}", args=[one.id]),
            "total": figures.total,
            "bar": shares.bar(figures, query, {name: (one.id,)}),
        }

    context = {
        "title": _("Goals and progress"),
        "fields": [
            {
                **line(one, "fields_of_action", "field"),
                "goals": [line(goal, "goals", "goal") for goal in found.goals.get(one.id, ())],
            }
            for one in found.fields
        ],
        "programmes": [line(one, "programme", "programme") for one in found.programmes],
        "actions": _keep(actor, reverse("portfolio:strategy")),
    }
    return render(request, "portfolio/goals.html", context)


def _keep(actor: Actor, url: str) -> list[ui.Action]:
    """The way to change the strategy, for those who keep it."""
    return [ui.Action(_("Change"), url, icon="edit")] if grants(actor, policy.STRATEGY) else []


def _page(
    request: HttpRequest, one: Any, name: str, facts: Sequence[tuple[Any, Any]], **more: Any
) -> dict[str, Any]:
    actor: Actor = reader(request)
    query = strategy_queries.selection(name, one.id)
    kind = {"goals": "goal", "fields_of_action": "field-of-action"}.get(name, name)
    projects = strategy_queries.projects_of(query, actor)
    return {
        "object": one,
        "facts": [(label, value) for label, value in facts if value],
        "table": some_projects(projects, _("Projects"), id="projects"),
        "crumbs": [ui.Link(_("Goals and progress"), reverse("portfolio:goals")), ui.Link(one.name)],
        "changes": _keep(actor, reverse("portfolio:strategy_edit", args=[kind, one.id])),
        **_picture(query, projects),
        **more,
    }


def goal(request: HttpRequest, goal_id: uuid.UUID) -> HttpResponse:
    """One strategic goal."""
    reader(request)
    one = strategy_queries.get(Goal.objects.select_related("field_of_action"), goal_id)
    field_url = reverse("portfolio:field", args=[one.field_of_action_id])
    facts = [(_("Code"), one.code), (_("Target date"), one.target_date)]
    parent = ui.Link(one.field_of_action.name, field_url)
    found = measured_queries.of_goal(reader(request), one.pk)
    context = _page(
        request, one, "goals", facts, parent=parent, preline=_("Goal"), **measured.section(found)
    )
    return render(request, "portfolio/goal.html", context)


def field(request: HttpRequest, field_id: uuid.UUID) -> HttpResponse:
    """One field of action with its goals."""
    reader(request)
    one = strategy_queries.get(FieldOfAction.objects.all(), field_id)
    goals = [
        ui.Link(f"{g.code} {g.name}", reverse("portfolio:goal", args=[g.id]))
        for g in one.goal_set.all()
    ]
    context = _page(
        request, one, "fields_of_action", [(_("Code"), one.code)],
        goals=goals, preline=_("Field of action"),
    )  # fmt: skip
    return render(request, "portfolio/goal.html", context)


def programme(request: HttpRequest, programme_id: uuid.UUID) -> HttpResponse:
    """One programme."""
    reader(request)
    one = strategy_queries.get(Programme.objects.select_related("lead_unit"), programme_id)
    facts = [(_("Code"), one.code), (_("Start"), one.start), (_("End"), one.end)]
    parent = None
    if one.lead_unit:
        parent = ui.Link(one.lead_unit.name, reverse("portfolio:unit", args=[one.lead_unit_id]))
    found = measured_queries.of_programme(reader(request), one.pk)
    context = _page(
        request, one, "programme", facts, parent=parent, preline=_("Programme"),
        **measured.section(found),
    )  # fmt: skip
    return render(request, "portfolio/programme.html", context)
