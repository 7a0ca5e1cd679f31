"""Scenarios: list, making, changing, "what if", computing, comparing, adopting."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from leitstand.core.jobs import actions as jobs
from leitstand.core.policy.grants import require
from leitstand.core.ui import components as ui
from leitstand.core.ui.editing import ask, edit
from leitstand.planning import policy
from leitstand.planning.actions import scenarios as actions
from leitstand.planning.models import Scenario
from leitstand.planning.queries.results import result_of
from leitstand.planning.web.pages import crumbs, number, reader, tabs
from leitstand.planning.web.scenario_forms import AdoptForm, ChangeForm, ScenarioForm
from leitstand.planning.web.scenario_view import context_of


def _home() -> str:
    return reverse("planning:scenarios")


def _address(row: Any) -> str:
    return reverse("planning:scenario", args=[row.pk])


def _planner(request: HttpRequest) -> tuple[Actor, int]:
    actor, level = reader(request)
    require(actor, policy.SCENARIO, citywide=True)
    return actor, level


def _way(row: Scenario | None, *more: Any) -> list[ui.Link]:
    found = [ui.Link(_("Scenarios"), _home())]
    if row is not None:
        found.append(ui.Link(row.title, _address(row) if more else ""))
    return crumbs(*found, *more)


def scenarios(request: HttpRequest) -> HttpResponse:
    """All scenarios that the reader sees, with what came out."""
    actor, _level = reader(request)
    rows = [_line(row) for row in policy.visible(actor).select_related("owner__person", "job")]
    new = [ui.Action(_("New scenario"), reverse("planning:scenario_new"), "primary", "add")]
    columns = [
        ui.Column("title", _("Scenario")), ui.Column("owner", _("Made by")),
        ui.Column("state", _("State")), ui.Column("late", _("Late"), numeric=True),
        ui.Column("posts", _("Computed extra demand (FTE)"), numeric=True),
        ui.Column("at", _("Computed"), nowrap=True),
    ]  # fmt: skip
    may = policy.may_plan(actor)
    table = ui.DataTable(
        _("Scenarios"), columns, rows, id="scenarios", select_name="s", select_form="compare",
        empty_title=_("There are no scenarios yet"),
        empty_text=_("A scenario says which projects can be finished with the staff there is, which "
                     "are late and why, and what more posts would change."),
        empty_actions=new if may else (),
    )  # fmt: skip
    context = {"title": _("Scenarios"), "crumbs": crumbs(_("Scenarios")), "table": table,
               "tabs": tabs(actor, "scenarios"), "actions": new if may and rows else [],
               "several": len(rows) > 1, "compare_url": reverse("planning:compare")}  # fmt: skip
    return render(request, "planning/scenarios.html", context)


def _line(row: Scenario) -> ui.Row:
    found = result_of(row)
    late = str(len(found.late)) if found else ""
    extra = (
        number(found.half_posts, 1) if found and found.raw.get("extra") else ("0" if found else "")
    )
    cells = [
        ui.Cell(row.title, _address(row), note="" if row.shared else _("only for you")),
        row.owner.display_name if row.owner else "", ui.Cell(badge=badge(row)), late, extra,
        row.computed_at or "",
    ]  # fmt: skip
    return ui.Row(cells, key=str(row.pk) if found else "", label=row.title)


def badge(row: Scenario) -> ui.Badge:
    """How far the computation is."""
    if row.job is not None and not row.job.is_finished:
        return ui.Badge(_("is being computed"), "info")
    if row.adopted_on:
        return ui.Badge(_("adopted"), "success")
    if row.computed_at:
        return ui.Badge(_("computed"), "success")
    if row.job is not None and row.job.state == "failed":
        return ui.Badge(_("failed"), "danger")
    return ui.Badge(_("not computed"), "neutral")


def scenario_new(request: HttpRequest) -> HttpResponse:
    """Make a scenario and have it computed."""
    actor, level = _planner(request)
    title = _("New scenario")

    def save(given: dict[str, Any]) -> Scenario:
        row = actions.create_scenario(actor=actor, values=_values(given))
        return actions.start(row.pk, actor=actor)

    return edit(
        request, lambda data: ScenarioForm(level, data), save, title=title, back=_address,
        cancel_url=_home(), crumbs=_way(None, title), submit=_("Save and compute"),
    )  # fmt: skip


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "version"}


def _mine(request: HttpRequest, scenario_id: uuid.UUID) -> tuple[Actor, Scenario]:
    """A scenario that the actor may change; raises ``NotFound`` or ``NotAllowed``."""
    actor, _level = _planner(request)
    row = policy.get_scenario(actor, scenario_id)
    if row.owner_id != actor.account_id:
        raise NotAllowed(_("Only who made a scenario changes it. Make a copy of your own."))
    return actor, row


def scenario_page(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """What came out, or how far the computation is."""
    actor, _level = reader(request)
    row = policy.get_scenario(actor, scenario_id)
    running = row.job is not None and not row.job.is_finished
    if request.headers.get("HX-Request"):
        if not running:
            response = HttpResponse(status=204)
            response["HX-Redirect"] = _address(row)
            return response
        part: dict[str, Any] = {"job": row.job, "poll_url": _address(row),
                   "title": _("Computing the scenario"),
                   "cancel_url": reverse("planning:scenario_cancel", args=[row.pk])}  # fmt: skip
        return render(request, "ui/job.html", part)
    mine = policy.may_plan(actor) and row.owner_id == actor.account_id
    context = {
        **context_of(row), "title": row.title, "scenario": row, "badge": badge(row),
        "running": running, "job": row.job, "mine": mine, "poll_url": _address(row),
        "cancel_url": reverse("planning:scenario_cancel", args=[row.pk]) if mine else "",
        "actions": _actions(actor, row, mine, running), "crumbs": _way(row),
        "job_title": _("Computing the scenario"), "changes": _changes(row, mine),
    }  # fmt: skip
    return render(request, "planning/scenario.html", context)


def _actions(actor: Actor, row: Scenario, mine: bool, running: bool) -> list[ui.Action]:
    def to(name: str) -> str:
        return reverse(f"planning:{name}", args=[row.pk])

    found = []
    if mine and not running:
        found.append(
            ui.Action(
                _("Compute anew") if row.computed_at else _("Compute"),
                to("scenario_compute"),
                "primary",
                post=True,
            )
        )
        found.append(ui.Action(_("What if?"), to("scenario_change")))
        found.append(ui.Action(_("Edit"), to("scenario_edit")))
        if row.computed_at:
            found.append(ui.Action(_("Adopt as baseline"), to("scenario_adopt")))
        found.append(ui.Action(_("Remove"), to("scenario_remove"), "tertiary"))
    if policy.may_plan(actor):
        found.append(ui.Action(_("Copy"), to("scenario_copy"), post=True))
    return found


def _changes(row: Scenario, mine: bool) -> ui.DataTable | None:
    rows = []
    for one in row.changes.all():
        value = f"{one.day:%d.%m.%Y}" if one.day else one.number or ""
        url = reverse("planning:change_remove", args=[row.pk, one.pk]) if mine else ""
        rows.append(ui.Row([one.project, one.get_kind_display(), str(value),
                            ui.Cell(_("take back"), url) if url else ""], label=str(one)))  # fmt: skip
    columns = [ui.Column("project", _("Project")), ui.Column("kind", _("What is changed")),
               ui.Column("value", _("Value")), ui.Column("remove", _("Action"))]  # fmt: skip
    return ui.DataTable(_("What if?"), columns, rows, id="changes") if rows else None


def scenario_edit(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Change title, level, what is planned."""
    actor, row = _mine(request, scenario_id)
    level, title = policy.level(actor), _("Edit")

    def make(data: Any) -> ScenarioForm:
        now = policy.get_scenario(actor, scenario_id)
        start = {name: getattr(now, name) for name in (*actions.FIELDS, "version")}
        return ScenarioForm(level, data, initial=start)

    def save(given: dict[str, Any]) -> Scenario:
        version = given.get("version") or 0
        return actions.change_scenario(
            scenario_id, actor=actor, version=version, values=_values(given)
        )

    return edit(request, make, save, title=title, back=_address, cancel_url=_address(row),
                crumbs=_way(row, title))  # fmt: skip


def scenario_change(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Add a "what if" and compute anew."""
    actor, row = _mine(request, scenario_id)
    title = _("What if?")

    def save(given: dict[str, Any]) -> Scenario:
        actions.add_change(scenario_id, actor=actor, values=given)
        return actions.start(scenario_id, actor=actor)

    return edit(request, lambda data: ChangeForm(row, data, start=request.GET.get("vorhaben", "")), save,
                title=title, back=_address, cancel_url=_address(row), crumbs=_way(row, title),
                submit=_("Change and compute"))  # fmt: skip


def change_remove(
    request: HttpRequest, scenario_id: uuid.UUID, change_id: uuid.UUID
) -> HttpResponse:
    """Take a "what if" back and compute anew."""
    actor, row = _mine(request, scenario_id)
    one = row.changes.filter(pk=change_id).first()
    if one is None:
        raise NotFound
    title = _("Take the change back")

    def do() -> None:
        actions.remove_change(scenario_id, change_id, actor=actor)
        actions.start(scenario_id, actor=actor)

    return ask(request, do, title=title, lines=[str(one)], back=_address(row),
               done=_("Taken back; the scenario is computed anew."), crumbs=_way(row, title))  # fmt: skip


def scenario_remove(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Ask, then remove."""
    actor, row = _mine(request, scenario_id)
    title = _("Remove")
    if request.method == "POST":
        try:
            actions.remove_scenario(scenario_id, actor=actor, version=row.version)
        except Conflict as problem:
            messages.warning(request, problem.text)
            return redirect(_address(row))
        messages.success(request, _("Removed."))
        return redirect(_home())
    return ask(request, lambda: None, title=title, lines=[row.title, _("This cannot be undone.")],
               back=_address(row), done="", crumbs=_way(row, title))  # fmt: skip


def scenario_compute(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Have it computed in the background."""
    actor, row = _mine(request, scenario_id)
    if request.method == "POST":
        actions.start(scenario_id, actor=actor)
    return redirect(_address(row))


def scenario_cancel(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Stop the computation."""
    actor, row = _mine(request, scenario_id)
    if request.method == "POST" and row.job is not None:
        jobs.cancel(row.job.pk, actor=actor)
    return redirect(_address(row))


def scenario_copy(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """A copy of one's own."""
    actor, _level = _planner(request)
    row = policy.get_scenario(actor, scenario_id)
    if request.method == "POST":
        row = actions.copy_scenario(scenario_id, actor=actor)
        messages.success(request, _("This is your copy. Change it and compute it."))
    return redirect(_address(row))


def scenario_adopt(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Make the plan the periods of the projects and freeze them."""
    actor, row = _mine(request, scenario_id)
    found = result_of(row)
    if found is None:
        raise Invalid(_("Compute the scenario first."))
    title = _("Adopt as baseline")
    form = AdoptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.adopt(scenario_id, actor=actor, version=row.version,
                                  reason=form.cleaned_data["reason"])  # fmt: skip
        except DomainError as problem:
            form.add_error(None, problem.text)
        else:
            messages.success(
                request,
                _("%(n)d projects have the periods of this plan now, each "
                "frozen as a baseline.")
                % {"n": count},
            )
            return redirect(_address(row))
    projects = sum(one.project_id is not None for one in found.projects)
    context = {
        "title": title, "form": form, "cancel_url": _address(row), "crumbs": _way(row, title),
        "confirm_label": title, "action": "", "danger": True,
        "lines": [_("%(n)d projects get the start and end of this plan. Each is frozen as "
                    "a new baseline with your reason. Rollouts keep their waves.") % {"n": projects}],
    }  # fmt: skip
    return render(
        request, "ui/confirm.html", context, status=422 if form.is_bound and form.errors else 200
    )


def compare(request: HttpRequest) -> HttpResponse:
    """Scenarios side by side: what differs between them."""
    actor, _level = reader(request)
    keys = _keys(request.GET.getlist("s"))
    rows = [row for row in policy.visible(actor).filter(pk__in=keys) if row.result][:4]
    found = [(row, result) for row in rows if (result := result_of(row))]
    columns = [
        ui.Column("what", _("What")),
        *(ui.Column(f"s{n}", row.title) for n, (row, _r) in enumerate(found)),
    ]
    lines: list[tuple[Any, list[Any]]] = [
        (_("Late projects"), [str(len(r.late)) for _row, r in found]),
        (_("Cannot be staffed"), [str(len(r.left)) for _row, r in found]),
        (_("of them after a date by law"), [str(sum(p.by_law for p in r.late)) for _row, r in found]),
        (_("Weeks late altogether"), [number(sum(p.late for p in r.late)) for _row, r in found]),
        (_("Computed extra demand (FTE)"), [number(r.half_posts, 1) for _row, r in found]),
        (_("Cost of it in all years"), [_cost(r.raw) for _row, r in found]),
        (_("Changes"), [", ".join(map(str, row.changes.all())) or "–" for row, _r in found]),
    ]  # fmt: skip
    table = ui.DataTable(_("Scenarios side by side"), columns,
                         [ui.Row([label, *cells], label=str(label)) for label, cells in lines],
                         id="compare")  # fmt: skip
    context = {"title": _("Compare scenarios"), "crumbs": _way(None, _("Compare scenarios")),
               "table": table if len(found) > 1 else None, "home": _home(),
               "projects": _differing(found) if len(found) > 1 else None}  # fmt: skip
    return render(request, "planning/compare.html", context)


def _keys(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts[:10]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _cost(raw: Any) -> str:
    extra = raw.get("extra")
    if not extra or not raw.get("costed"):
        return "–"
    return f"{number(sum(extra['cost']))} €"


def _differing(found: list[tuple[Scenario, Any]]) -> ui.DataTable:
    plans = [{one.id: one for one in result.projects} for _row, result in found]
    titles = {key: one.title for plan in plans for key, one in plan.items()}
    rows = []
    for key, title in sorted(titles.items(), key=lambda pair: pair[1]):
        ends = [plan[key].end if key in plan else None for plan in plans]
        if len(set(ends)) == 1:
            continue
        cells = [
            ui.Cell(f"{end:%d.%m.%Y}" if end else _("not planned"),
                    note=_("late") if key in plan and plan[key].late else "")
            for end, plan in zip(ends, plans, strict=True)
        ]  # fmt: skip
        rows.append(ui.Row([title, *cells], label=title))
    columns = [
        ui.Column("project", _("Project")),
        *(ui.Column(f"s{n}", row.title) for n, (row, _r) in enumerate(found)),
    ]
    return ui.DataTable(_("Projects that end on other days"), columns, rows, id="ends",
                        empty_title=_("All projects end on the same days"))  # fmt: skip
