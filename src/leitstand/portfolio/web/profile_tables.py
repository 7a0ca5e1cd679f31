"""Picture and tables of a profile: schedule, money, dependencies, baselines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.ui import timeline
from leitstand.core.ui.components import Badge, Cell, Column, DataTable, Kind, Row
from leitstand.core.ui.timescale import Zoom
from leitstand.portfolio.domain.money import Excess
from leitstand.portfolio.models import Baseline, Dependency, Project
from leitstand.portfolio.queries.baselines import Difference
from leitstand.portfolio.queries.profile import Profile, Tie
from leitstand.portfolio.web.wording import day_text, days_text, euro, excess_text


def picture(profile: Profile) -> timeline.Timeline | None:
    """Project, work packages and waiting times in time; the tables below hold the same."""
    project, frozen = profile.project, profile.baseline
    milestones = [
        timeline.Milestone(row.due, row.title, done=bool(row.done_on))
        for row in profile.parts["milestone"]
    ]
    rows = [
        timeline.Bar(
            id="project",
            label=_("Whole project"),
            start=project.start,
            end=project.end,
            kind=project.phase,
            baseline_start=frozen.start if frozen else None,
            baseline_end=frozen.end if frozen else None,
            progress=project.progress,
            milestones=milestones,
        )
    ]
    rows += [
        timeline.Bar(id=str(row.pk), label=row.title, start=row.start, end=row.end,
                     kind="done" if row.done else "planned")
        for row in profile.parts["work-package"] if row.start or row.end
    ]  # fmt: skip
    rows += [
        timeline.Bar(
            id=str(row.pk), start=row.start, end=row.end, kind="paused",
            label=_("Waiting: %(kind)s") % {"kind": row.get_kind_display()},
        )
        for row in profile.parts["waiting"]
    ]  # fmt: skip
    if len(rows) == 1 and not (project.start or project.end or milestones):
        return None
    return timeline.Timeline(
        rows, _("Timeline of the project"), id="zeitplan", today=profile.today, zoom=_zoom(rows)
    )


def _zoom(rows: Sequence[timeline.Bar]) -> Zoom:
    """So coarse that the whole time is seen at once."""
    days = [day for row in rows for day in (row.start, row.end) if day]
    return "years" if days and (max(days) - min(days)).days > 640 else "quarters"


def _kind(found: Excess | None) -> Any:
    if found is None:
        return ""
    return "danger" if found.spent else "warning"


def money_table(profile: Profile) -> DataTable | None:
    """Planned, committed and spent per year with the sum."""
    years = profile.years
    if not years:
        return None
    columns = [
        Column("year", _("Year")),
        Column("planned", _("Planned"), numeric=True, nowrap=True),
        Column("committed", _("Committed"), numeric=True, nowrap=True),
        Column("spent", _("Spent"), numeric=True, nowrap=True),
    ]
    rows = [
        Row(
            [
                Cell(str(year.year), note=excess_text(year.excess)),
                euro(year.planned), euro(year.committed), euro(year.spent),
            ],
            kind=_kind(year.excess),
        )
        for year in years
    ]  # fmt: skip
    sums = [
        euro(sum((getattr(year, name) for year in years), Decimal(0)))
        for name in ("planned", "committed", "spent")
    ]
    footer = Row([_("Total"), *sums])
    caption = _("Planned, committed and spent per year")
    return DataTable(caption, columns, rows, footer=footer, id="tabelle-mittel", on_phone="scroll")


def tie_table(profile: Profile) -> DataTable:
    """Dependencies; what the reader may not see has no name and no link."""
    change = profile.may.change
    columns = [
        Column("other", _("Project")),
        Column("direction", _("Relation")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
    ]
    columns += [Column("actions", _("Actions"), nowrap=True)] if change else []
    rows = []
    for tie in profile.ties:
        cells: list[Any] = [
            _other(tie),
            _("must come first") if tie.before else _("waits for this project"),
            _tie_kind(tie),
            Cell(badge=_tie_state(tie)),
        ]
        if change:
            cells.append(Cell(text=_tie_acts(profile.project, tie)))
        rows.append(Row(cells))
    return DataTable(_("Dependencies"), columns, rows, id="tabelle-abhaengigkeiten")


def _other(tie: Tie) -> Cell:
    if tie.project_id is None:
        return Cell(text=_("another project"))
    url = reverse("portfolio:project", args=[tie.project_id])
    return Cell(text=f"{tie.number} {tie.title}", url=url, note=tie.note)


def _tie_kind(tie: Tie) -> str:
    text = str(Dependency.Kind(tie.kind).label)
    if not tie.lag_days:
        return text
    days = ngettext("%(days)+d day", "%(days)+d days", tie.lag_days) % {"days": tie.lag_days}
    return f"{text}, {days}"


def _tie_state(tie: Tie) -> Badge:
    if not tie.late_days:
        return Badge(_("kept"), "success")
    text = ngettext("violated by %(days)d day", "violated by %(days)d days", tie.late_days)
    return Badge(text % {"days": tie.late_days}, "danger")


def _tie_acts(project: Project, tie: Tie) -> SafeString:
    acts = (("edit", "edit", _("Edit")), ("remove", "delete", _("Remove")))
    return format_html_join(
        "",
        '<a class="kern-btn kern-btn--tertiary pf-act" href="{}">'
        '<span class="kern-icon kern-icon--{}" aria-hidden="true"></span>'
        '<span class="kern-sr-only">{}: {}</span></a>',
        (
            (
                reverse(f"portfolio:dependency_{name}", args=[project.pk, tie.id]),
                icon,
                label,
                tie.title or _("another project"),
            )
            for name, icon, label in acts
        ),
    )


def baseline_table(
    project: Project, rows: Sequence[Baseline], chosen: Baseline | None
) -> DataTable:
    """All baselines with the slip of the present end."""
    url = reverse("portfolio:baseline", args=[project.pk])
    drawn = []
    for row in reversed(rows):
        slip = (project.end - row.end).days if project.end and row.end else None
        drawn.append(
            Row(
                [
                    Cell(text=row.name, url=f"{url}?plan={row.number}", note=row.reason),
                    row.frozen_on,
                    f"{day_text(row.start)} – {day_text(row.end)}",
                    "" if slip is None else days_text(slip) if slip else _("none"),
                ],
                kind="info" if row == chosen else "",
            )
        )
    columns = [
        Column("name", _("Baseline")),
        Column("frozen_on", _("Frozen on")),
        Column("period", _("Period")),
        Column("slip", _("Deviation from the baseline")),
    ]
    return DataTable(
        _("Baselines"), columns, drawn, id="tabelle-basisplaene",
        empty_title=_("No baseline yet"),
        empty_text=_("A baseline keeps the plan as it is agreed now, so that later changes show."),
    )  # fmt: skip


def comparison_table(lines: Sequence[Difference]) -> DataTable:
    """Frozen and present dates side by side."""
    rows = []
    for line in lines:
        if line.now is None and line.frozen is not None:
            state: Any = Badge(_("taken out"), "neutral")
        elif line.frozen is None and line.now is not None:
            state = Badge(_("added since"), "info")
        elif line.days is None:
            state = None
        else:
            kind: Kind = "danger" if line.days > 0 else "success"
            state = Badge(days_text(line.days), kind)
        rows.append(Row([line.title, line.frozen, line.now, line.done_on,
                         Cell(badge=state) if state else ""]))  # fmt: skip
    columns = [
        Column("what", _("What")),
        Column("frozen", _("Baseline")),
        Column("now", _("Today's plan")),
        Column("done", _("Done on")),
        Column("days", _("Difference")),
    ]
    return DataTable(_("Comparison"), columns, rows, id="tabelle-vergleich")
