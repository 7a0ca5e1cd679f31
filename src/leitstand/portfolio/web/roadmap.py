"""The roadmap: a picture of all selected projects, and an equal table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.ui import components as ui
from leitstand.core.ui import timeline
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio.models import Phase
from leitstand.portfolio.queries import roadmap as queries
from leitstand.portfolio.queries.projects import partial
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import cells
from leitstand.portfolio.web.filtering import View, tidy, view

ZOOMS = ("years", "quarters", "months")


def projects(request: HttpRequest) -> HttpResponse:
    """The roadmap of the selected projects; grouped by programme unless asked otherwise."""
    asked = view(request, "roadmap", own=("zoom", "show", "flat"))
    moved = tidy(asked)
    if moved is not None:
        return moved
    flat = asked.own.get("flat") == "yes"
    grouped = replace(asked.query, group="" if flat else asked.query.group or "programme")
    found = queries.roadmap(grouped, asked.actor)
    as_table = asked.own.get("show") == "table"
    context = asked.context(_("Roadmap")) | {
        "found": len(found.lines),
        "count": _count_text(found),
        "shapes": _shapes(asked, as_table),
        "groupings": _groupings(asked, grouped.group),
        "zooms": _zooms(asked),
        "as_table": as_table,
    }
    if as_table:
        context["table"] = table(found)
    else:
        context["picture"] = picture(found, _zoom(asked))
        context["legend"] = [p for p in Phase if any(line.phase == p for line in found.lines)]
    return render(request, "portfolio/roadmap.html", context)


def _zoom(asked: View) -> Any:
    wanted = asked.own.get("zoom", "")
    return wanted if wanted in ZOOMS else "quarters"


def _count_text(found: queries.Roadmap) -> str:
    """How many projects, each counted once, and why there may be more rows."""
    dated = {line.id: bool(line.start or line.end) for line in found.lines}
    total, undated = len(dated), len(dated) - sum(dated.values())
    text = ngettext("%(number)s project", "%(number)s projects", total)
    text %= {"number": text_of(total)}
    if undated:
        text += _(", of which %(number)s without dates") % {"number": text_of(undated)}
    if len(found.lines) > total:
        text += " – " + _("a project stands in each of its groups")
    return text


def _shapes(asked: View, as_table: bool) -> list[ui.Link]:
    return [
        ui.Link(_("Picture"), asked.url(show=""), current=not as_table),
        ui.Link(_("Table"), asked.url(show="table"), current=as_table),
    ]


def _zooms(asked: View) -> list[ui.Link]:
    labels = (_("Years"), _("Quarters"), _("Months"))
    return [
        ui.Link(label, asked.url(zoom=name), current=_zoom(asked) == name)
        for name, label in zip(ZOOMS, labels, strict=True)
    ]


def _groupings(asked: View, current: str) -> list[ui.Link]:
    own = {key: text for key, text in asked.own.items() if key != "flat"}
    links = [
        ui.Link(
            PROJECTS[name].label,
            replace(asked.query, group=name).url(asked.path, own),
            current=name == current,
        )
        for name in ("programme", "lead_unit", "fields_of_action", "phase")
    ]
    flat = replace(asked.query, group="").url(asked.path, {**own, "flat": "yes"})
    return [*links, ui.Link(_("no groups"), flat, current=not current)]


# --- picture --------------------------------------------------------------------------------------


def picture(found: queries.Roadmap, zoom: Any) -> timeline.Timeline:
    """The whole picture; projects without dates keep their row and get no bar."""
    marks, baselines, nothing = found.marks, found.baselines, (None, None)
    address = cells.pattern("project")
    bars = []
    for line in found.lines:
        base = baselines.get(line.id, nothing)
        key = str(line.id)
        bars.append(
            timeline.Bar(
                key, line.title, line.start, line.end, address.format(key), line.phase,
                base[0], base[1], line.progress,
                [timeline.Milestone(m.due, m.title, m.done)
                 for m in marks.get(line.id, ())],
                group=str(line.group),
            )
        )  # fmt: skip
    return timeline.Timeline(
        bars,
        _("Roadmap of the selected projects"),
        "roadmap",
        links=[
            timeline.Link(str(t.predecessor), str(t.successor), t.late > 0, t.kind)  # type: ignore[arg-type]
            for t in found.ties
        ],
        today=clock.today(),
        groups=_headings(found),
        zoom=zoom,
    )


def _headings(found: queries.Roadmap) -> list[timeline.Group]:
    """The groups in the order of their first project."""
    if not found.groups:
        return []
    return [
        timeline.Group(
            str(key), f"{found.groups[key][0] or _('not given')} ({found.groups[key][1]})"
        )
        for key in dict.fromkeys(line.group for line in found.lines)
        if key in found.groups
    ]


# --- table ----------------------------------------------------------------------------------------


def table(found: queries.Roadmap) -> ui.DataTable:
    """Everything that the picture shows, as text."""
    columns = (
        ui.Column("title", PROJECTS["title"].label),
        ui.Column("unit", PROJECTS["lead_unit"].label),
        ui.Column("phase", PROJECTS["phase"].label),
        ui.Column("start", PROJECTS["start"].label, nowrap=True),
        ui.Column("end", PROJECTS["end"].label, nowrap=True),
        ui.Column("baseline", _("Against the baseline")),
        ui.Column("progress", PROJECTS["progress"].label, numeric=True),
        ui.Column("milestones", _("Milestones")),
        ui.Column("after", _("Depends on")),
    )
    needs = _needs(found)
    day = lru_cache(maxsize=None)(text_of)
    phases = {str(phase): cells.phase_badge(phase) for phase in Phase}
    groups: dict[Any, list[ui.Row]] = defaultdict(list)
    for line in found.lines:
        groups[line.group].append(_row(line, found, needs.get(line.id, ""), phases, day))
    if not found.groups:
        return _data_table(columns, rows=groups.get("", []))
    return _data_table(
        columns,
        groups=[
            ui.Group(found.groups.get(key, ("", 0))[0] or _("not given"), rows)
            for key, rows in groups.items()
        ],
    )


def _data_table(columns: Iterable[ui.Column], **rows: Any) -> ui.DataTable:
    return ui.DataTable(
        _("Roadmap as a table"), tuple(columns), id="roadmap-table", on_phone="cards",
        empty_title=_("No project matches the filters"), **rows,
    )  # fmt: skip


def _row(
    line: queries.Line,
    found: queries.Roadmap,
    needs: str,
    phases: dict[str, Any],
    day: Callable[[date], str],
) -> ui.Row:
    start, end = partial(line.start, line.start_precision), partial(line.end, line.end_precision)
    address = cells.pattern("project").format(line.id)
    marks = "; ".join(
        f"{day(m.due)} {m.title}{' ✓' if m.done else ''}"
        for m in sorted(found.marks.get(line.id, ()))
    )
    return ui.Row(
        (
            ui.Cell(line.title, url=address, note=line.number),
            line.unit,
            ui.Cell(badge=phases[line.phase]),
            start.show() if start else "",
            end.show() if end else "",
            _shift(line.end, found.baselines.get(line.id)),
            f"{line.progress} %",
            marks,
            needs,
        )
    )


def _shift(end: date | None, baseline: tuple[date | None, date | None] | None) -> str:
    """How far the end has moved since the latest baseline."""
    if baseline is None or baseline[1] is None or end is None:
        return ""
    days = (end - baseline[1]).days
    if not days:
        return _("as planned")
    text = ngettext("%(days)d day", "%(days)d days", abs(days)) % {"days": abs(days)}
    return (_("%(days)s later") if days > 0 else _("%(days)s earlier")) % {"days": text}


def _needs(found: queries.Roadmap) -> dict[Any, str]:
    """Project → what it depends on, in words."""
    names = {line.id: f"{line.number} {line.title}" for line in found.lines}
    texts: dict[Any, list[str]] = defaultdict(list)
    for tie in found.ties:
        text = names[tie.predecessor]
        if tie.late:
            late = ngettext("%(days)d day too early", "%(days)d days too early", tie.late)
            text = f"{text} ({late % {'days': tie.late}})"
        texts[tie.successor].append(text)
    return {key: "; ".join(parts) for key, parts in texts.items()}
