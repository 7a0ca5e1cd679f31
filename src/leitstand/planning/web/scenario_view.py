"""What the page of a scenario shows: figures, late projects with reasons, posts, curve, roadmap."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.ui import components as ui
from leitstand.core.ui.timeline import Bar, Milestone, Timeline
from leitstand.planning.models import Scenario
from leitstand.planning.queries.digests import SUPPLY, differing, digests
from leitstand.planning.queries.results import ProjectPlan, Result, result_of
from leitstand.planning.queries.what_if import translation_of
from leitstand.planning.web import words
from leitstand.planning.web.pages import number


def context_of(row: Scenario) -> dict[str, Any]:
    """Everything below the head; nothing if it was not computed yet."""
    found = result_of(row)
    if found is None:
        return {"result": None}
    return {
        "result": found, "tiles": _tiles(found), "late": [_late(found, one) for one in found.late],
        "posts": _posts(found), "cost": cost_lines(found), "curve": _curve(found),
        "roadmap": _roadmap(found), "plan": _plan(found), "faults": _faults(found),
        "gaps": found.raw["gaps"], "stale": stale(row, found), "method": _method(found),
    }  # fmt: skip


def stale(row: Scenario, found: Result) -> str:
    """Whether the data have changed since the result was computed, in a sentence."""
    told = translation_of(row)
    if told.weeks.start != found.start:
        return _("The plan was computed in an earlier week. Compute it anew for today's state.")
    changed = differing(row.state, digests(told))
    if not changed:
        return ""
    titles = {one.id: one.title for one in found.projects}
    names = [titles.get(key, key) for key in changed if key != SUPPLY]
    parts = []
    if names:
        text = ngettext("%(n)d project: %(names)s", "%(n)d projects: %(names)s", len(names))
        parts.append(text % {"n": len(names), "names": ", ".join(names[:5])})
    if SUPPLY in changed:
        parts.append(_("positions or costs"))
    text = _("Since then these have changed: %(what)s. The plan belongs to the state before.")
    return text % {"what": "; ".join(parts)}


def _tiles(found: Result) -> list[ui.Tile]:
    late = found.late
    law = sum(one.by_law for one in late)
    extra = found.raw.get("extra")
    tiles = [
        ui.Tile(_("Late projects"), len(late), _("of %(n)d planned") % {"n": len(found.projects)},
                kind="danger" if late else "success"),
        ui.Tile(_("Cannot be staffed"), len(found.left), _("not even later"),
                kind="danger" if found.left else "success"),
        ui.Tile(_("After a date by law"), law, kind="danger" if law else "success"),
        ui.Tile(_("Weeks late altogether"), number(sum(one.late for one in late))),
    ]  # fmt: skip
    if extra:
        cost = max(extra["cost"], default=0)
        note = (
            _("up to %(cost)s € a year") % {"cost": number(cost)}
            if found.raw["costed"]
            else _("no costs known")
        )
        tiles.append(ui.Tile(_("Computed extra demand (FTE)"), number(found.half_posts, 1), note))
    return tiles


def _link(one: ProjectPlan) -> str:
    if one.project_id:
        return reverse("portfolio:project", args=[one.project_id])
    return reverse("portfolio:rollout", args=[one.rollout_id]) if one.rollout_id else ""


def _late(found: Result, one: ProjectPlan) -> dict[str, Any]:
    by = _("by law") if one.by_law else _("self-set")
    said = _("Done on %(end)s, due on %(due)s (%(by)s): %(weeks)s late.") % {
        "end": words.day(one.end), "due": words.day(one.due) if one.due else "", "by": by,
        "weeks": words.weeks(one.late),
    }  # fmt: skip
    relief = ""
    if one.still_late is not None:
        relief = _("In time with the extra posts.") if not one.still_late else _(
            "With the extra posts still %(weeks)s late: more staff alone does not help.") % {
                "weeks": words.weeks(one.still_late)}  # fmt: skip
    return {"title": one.title, "url": _link(one), "said": said, "relief": relief,
            "reasons": words.reasons(found, one), "number": one.id}  # fmt: skip


def _posts(found: Result) -> ui.DataTable | None:
    extra = found.raw.get("extra")
    if not extra or not extra["grant"]:
        return None
    first = found.start.year
    years = max(len(row) for row in extra["grant"].values())
    rows = [
        ui.Row(
            [found.raw["roles"].get(role, role), *(words.posts(count) for count in row)], label=role
        )
        for role, row in extra["grant"].items()
    ]
    total = [sum(row[y] for row in extra["grant"].values() if y < len(row)) for y in range(years)]
    footer = [ui.Row([_("All roles"), *(words.posts(count) for count in total)])]
    if found.raw["costed"]:
        footer.append(
            ui.Row([_("Cost in euro"), *(number(cost) for cost in extra["cost"][:years])])
        )
    columns = [ui.Column("role", _("Role")),
               *(ui.Column(f"y{y}", str(first + y), numeric=True) for y in range(years))]  # fmt: skip
    return ui.DataTable(_("Computed extra demand in FTE"), columns, [*rows, *footer], id="posts")


def cost_lines(found: Result) -> list[str]:
    """What the extra demand is, what it is not, and what it costs."""
    extra = found.raw.get("extra")
    if not extra:
        return []
    lines = [
        _(
            "This is a computed extra demand. It follows from the efforts, dates and positions "
            "entered here and does not replace the assessment of positions (Stellenbemessung); "
            "it says nothing about people."
        ),
    ]
    if extra["late"]:
        text = ngettext(
            "%(n)d project stays late with any number of posts, because its date has passed or "
            "its waiting times and steps take longer.",
            "%(n)d projects stay late with any number of posts, because their dates have passed "
            "or their waiting times and steps take longer.",
            extra["late"],
        )  # fmt: skip
        lines.append(text % {"n": extra["late"]})
    if found.raw["uncosted"]:
        text = _("No cost is known for: %(roles)s; the mean of the others is taken.")
        lines.append(text % {"roles": ", ".join(found.raw["uncosted"])})
    return lines


def _curve(found: Result) -> ui.DataTable | None:
    points = found.raw["curve"]
    if not points:
        return None
    whole = found.half_posts
    rows = [
        ui.Row([f"{number(100 * one['share'])} %", number(whole * one["share"], 1), str(one["late"]),
                number(one["lateness"]), str(one["benefit"]),
                number(one["cost"]) if found.raw["costed"] else "–"], label=str(one["share"]))
        for one in points
    ]  # fmt: skip
    columns = [
        ui.Column("share", _("Granted")), ui.Column("posts", _("about FTE"), numeric=True),
        ui.Column("late", _("Late projects"), numeric=True),
        ui.Column("weeks", _("Weeks late altogether"), numeric=True),
        ui.Column("benefit", _("Benefit points in time"), numeric=True),
        ui.Column("cost", _("Cost in all years in euro"), numeric=True),
    ]  # fmt: skip
    return ui.DataTable(_("If only a part of the posts is granted"), columns, rows, id="curve")


def _roadmap(found: Result) -> Timeline:
    def bar(one: ProjectPlan) -> Bar:
        due = [Milestone(one.due, _("due"))] if one.due and one.due >= found.start else []
        kind = "danger" if one.late else "running"
        said = f"{words.day(one.start)} – {words.day(one.end)}"
        return Bar(
            one.id, one.title, one.start, one.end, _link(one), kind, milestones=due, title=said
        )

    shown = sorted(found.projects, key=lambda one: (one.rollout, one.start, one.title))
    return Timeline([bar(one) for one in shown], _("Plan as a roadmap"), today=clock.today())


def _plan(found: Result) -> ui.DataTable:
    rows = [
        ui.Row([ui.Cell(one.title, _link(one)), one.start, one.end, one.due or "", _late_cell(one)],
               label=one.title)
        for one in sorted(found.projects, key=lambda one: (one.start, one.title))
    ]  # fmt: skip
    columns = [ui.Column("project", _("Project")), ui.Column("start", _("Start"), nowrap=True),
               ui.Column("end", _("End"), nowrap=True), ui.Column("due", _("Due"), nowrap=True),
               ui.Column("late", _("Late"))]  # fmt: skip
    return ui.DataTable(_("The plan as a table"), columns, rows, id="plan")


def _late_cell(one: ProjectPlan) -> ui.Cell:
    if one.due is None:
        return ui.Cell(badge=ui.Badge(_("no date"), "neutral"))
    if one.late:
        return ui.Cell(badge=ui.Badge(words.weeks(one.late), "danger"))
    return ui.Cell(badge=ui.Badge(_("in time"), "success"))


def _faults(found: Result) -> ui.DataTable | None:
    by_id = {one.id: one for one in found.projects}
    ids = found.raw["ids"]
    rows = []
    for key, title, text in words.faults(found):
        url = _link(by_id[key]) if key in by_id else (
            reverse("portfolio:project", args=[ids[key]]) if key in ids else "")  # fmt: skip
        rows.append(ui.Row([ui.Cell(title, url), text], label=title))
    columns = [ui.Column("project", _("Project")), ui.Column("text", _("What stands in the way"))]
    return (
        ui.DataTable(_("What could not be planned or kept"), columns, rows, id="faults")
        if rows
        else None
    )


def _method(found: Result) -> list[str]:
    answer = found.raw["answer"]
    lines = [
        _("Every plan shown here was checked by an independent part of the programme."),
        _("The planner looked for %(seconds)s seconds. Efforts of %(n)d projects "
          "are estimated from the size.")
        % {"seconds": number(answer["seconds"], 1), "n": found.raw["estimated"]},
    ]  # fmt: skip
    if found.raw["effortless"]:
        text = _("Without effort, so only in the calendar: %(names)s.")
        lines.append(text % {"names": ", ".join(found.raw["effortless"])})
    if found.raw["hidden"]:
        text = ngettext("%(n)d project above the level of this scenario is not planned.",
                        "%(n)d projects above the level of this scenario are not planned.",
                        found.raw["hidden"])  # fmt: skip
        lines.append(text % {"n": found.raw["hidden"]})
    if answer["solver"] in ("missing", "killed", "out_of_time", "refuted"):
        lines.append(_("The additional solver gave no better plan; the own plan stands."))
    return lines
