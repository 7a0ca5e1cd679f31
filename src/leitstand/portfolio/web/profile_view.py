"""What the profile's template shows: facts, pictures and tables from the read model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.numbers import group
from leitstand.core.ui import datatable, timeline
from leitstand.core.ui.components import Action, Badge, Cell, Column, DataTable, Kind, Link, Row
from leitstand.core.ui.timescale import Zoom
from leitstand.portfolio.models import (
    Baseline,
    Dependency,
    DueKind,
    Light,
    Phase,
    Project,
    ProjectPerson,
)
from leitstand.portfolio.queries import history
from leitstand.portfolio.queries.baselines import Difference
from leitstand.portfolio.queries.profile import (
    Profile,
    Tie,
    next_steps,
    why_unchangeable,
    why_visible,
)
from leitstand.portfolio.web.sections import sections

PHASE_KINDS: dict[str, Kind] = {
    Phase.RUNNING: "info", Phase.DONE: "success", Phase.PAUSED: "warning",
    Phase.CANCELLED: "neutral",
}  # fmt: skip
LIGHT_KINDS: dict[str, Kind] = {
    Light.GREEN: "success", Light.YELLOW: "warning", Light.RED: "danger",
}  # fmt: skip


def context(actor: Actor, profile: Profile) -> dict[str, Any]:
    """Everything for ``portfolio/profile.html``."""
    project = profile.project
    parts = sections(profile)
    steps = next_steps(profile) if profile.may.change else []
    return {
        "title": project.title,
        "project": project,
        "profile": profile,
        "badges": badges(profile),
        "actions": _actions(profile),
        "facts": facts(profile),
        "groups": parts,
        "anchors": _anchors(parts),
        "picture": picture(profile),
        "money": money_table(profile),
        "ties": tie_table(profile),
        "tie_add": reverse("portfolio:dependency_add", args=[project.pk]),
        "steps": [(_step_url(project, target), text) for target, text in steps],
        "history": history.entries(actor, project.pk, limit=5, shorten=200),
        "why_visible": why_visible(actor, profile),
        "why_unchangeable": "" if profile.may.change else why_unchangeable(actor, project),
        "public_url": _public_url(project),
        "sheet": sheet(profile),
    }


def day_text(day: date | None, precision: str = Precision.DAY) -> str:
    """A day as exactly as it is known: 31.12.2027, 12/2027, Q2 2027, 2027."""
    return PartialDate(day, Precision(precision)).show() if day else ""


def period_text(project: Project) -> str:
    """The period in one line, "" if neither end is known."""
    start = day_text(project.start, project.start_precision)
    end = day_text(project.end, project.end_precision)
    if start and end:
        return start if start == end else f"{start} – {end}"
    if start:
        return _("from %(day)s") % {"day": start}
    return _("until %(day)s") % {"day": end} if end else ""


def euro(amount: Decimal) -> str:
    """An amount in whole euro if it has no cents: 1.234 €."""
    return f"{group(amount, 2 if amount % 1 else 0)} €"


def days_text(days: int) -> str:
    """In words: 12 days later, 3 days earlier, as planned."""
    if not days:
        return _("as planned")
    if days > 0:
        return ngettext("%(days)d day later", "%(days)d days later", days) % {"days": days}
    return ngettext("%(days)d day earlier", "%(days)d days earlier", -days) % {"days": -days}


# --- head ---------------------------------------------------------------------------------


def badges(profile: Profile) -> list[Badge]:
    """Phase, light, level, publication, due date: each in words."""
    project = profile.project
    found = [
        Badge(project.get_phase_display(), PHASE_KINDS.get(project.phase, "neutral")),
        Badge(
            _("Traffic light: %(light)s") % {"light": project.get_light_display()},
            LIGHT_KINDS.get(project.light, "neutral"),
        ),
        Badge(
            project.get_confidentiality_display(),
            "warning" if project.confidentiality >= Level.CONFIDENTIAL else "neutral",
            "visibility-off" if project.confidentiality >= Level.CONFIDENTIAL else "",
        ),
    ]
    if project.published:
        found.append(Badge(_("published"), "neutral", "visibility"))
    if profile.overdue:
        found.append(Badge(_("due date passed"), "danger"))
    late = len(profile.overdue_consultations)
    if late:
        text = ngettext("%(n)d consultation overdue", "%(n)d consultations overdue", late)
        found.append(Badge(text % {"n": late}, "danger"))
    return found


def due_badge(project: Project) -> Badge | None:
    """By law or self-set, told apart in words and colour."""
    if not project.due:
        return None
    if project.due_kind == DueKind.LAW:
        return Badge(_("by law"), "warning")
    if project.due_kind == DueKind.SELF_SET:
        return Badge(_("self-set"), "neutral")
    return Badge(_("origin not stated"), "neutral")


def _actions(profile: Profile) -> list[Action]:
    project = profile.project
    found = []
    if profile.may.change:
        found.append(Action(_("Edit"), _url("edit", project), "primary", "edit"))
    copy = reverse("portfolio:sketch") + f"?vorlage={project.pk}"
    found.append(Action(_("Copy as sketch"), copy, "secondary", "content-copy"))
    found.append(Action(_("Baselines"), _url("baseline", project), "secondary", "calendar-today"))
    if profile.may.delete:
        found.append(Action(_("Delete"), _url("delete", project), "tertiary", "delete"))
    return found


def _url(name: str, project: Project) -> str:
    return reverse(f"portfolio:{name}", args=[project.pk])


def _step_url(project: Project, target: str) -> str:
    if target == "edit":
        return _url("edit", project)
    return reverse("portfolio:item_add", args=[project.pk, target])


def _public_url(project: Project) -> str:
    if not project.published:
        return ""
    try:
        return reverse("public:project", args=[project.pk])
    except NoReverseMatch:
        return ""


def _anchors(parts: Sequence[tuple[str, str, list[Any]]]) -> list[Link]:
    links = [Link(_("Overview"), "#ueberblick")]
    for code, label, group_ in parts:
        links.append(Link(label, f"#{code}", count=sum(part.count for part in group_) or None))
        if code == "plan":
            links.append(Link(_("Dependencies"), "#abhaengigkeiten"))
    return [*links, Link(_("History"), "#verlauf")]


# --- facts --------------------------------------------------------------------------------


def facts(profile: Profile) -> list[tuple[str, Any]]:
    """The key facts as (label, value)."""
    project, roles = profile.project, ProjectPerson.Role
    effort = profile.effort
    return [
        (_("Identifier"), _identifier(project)),
        (_("Lead unit"), project.lead_unit.name),
        (_("Project lead"), _names(profile, roles.LEAD, roles.DEPUTY)),
        (_("Sponsor"), _names(profile, roles.SPONSOR)),
        (_("Programme"), project.programme.name if project.programme else ""),
        (_("Fields of action"), ", ".join(name for _pk, name in profile.fields_of_action)),
        (_("Goals"), format_html_join("\n", "{}", ((name,) for _pk, name in profile.goals))),
        (_("Period"), period_text(project)),
        (_("Baseline"), _baseline(profile)),
        (_("Due date"), _due(profile)),
        (_("Size"), project.get_size_display()),
        (_("Effort"), _effort(effort.days, effort.estimated) if effort else ""),
        (_("Progress"), f"{project.progress} %"),
    ]


def _identifier(project: Project) -> str:
    own = project.external_key
    return f"{project.number} ({_('own number')}: {own})" if own else project.number


def _names(profile: Profile, *roles: str) -> str:
    return ", ".join(str(person) for role in roles for person in profile.people(role))


def _baseline(profile: Profile) -> str:
    frozen, slip = profile.baseline, profile.slip_days
    if frozen is None:
        return ""
    text = f"{frozen.name}: {day_text(frozen.start)} – {day_text(frozen.end)}"
    if slip is None:
        return text
    return f"{text}\n{_('End today')}: {days_text(slip)}"


def _due(profile: Profile) -> SafeString | str:
    project = profile.project
    mark = due_badge(project)
    if mark is None or project.due is None:
        return ""
    late = ""
    if project.end and project.end > project.due:
        days = (project.end - project.due).days
        text = ngettext(
            "The project ends %(days)d day after it.", "The project ends %(days)d days after it.",
            days,
        )  # fmt: skip
        late = text % {"days": days}
    notes = "\n".join(text for text in (project.due_basis, late) if text)
    return format_html(
        "{} {}{}",
        day_text(project.due),
        datatable.badge(mark.text, mark.kind),
        format_html("\n{}", notes) if notes else "",
    )


def _effort(days: Decimal, estimated: bool) -> str:
    text = _("%(days)s PT") % {"days": group(days)}
    return f"{text} ({_('estimated from the size')})" if estimated else text


# --- pictures and tables ------------------------------------------------------------------


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
        Row([str(year.year), euro(year.planned), euro(year.committed), euro(year.spent)])
        for year in years
    ]
    sums = [
        euro(sum((getattr(year, name) for year in years), Decimal(0)))
        for name in ("planned", "committed", "spent")
    ]
    footer = Row([_("Total"), *sums])
    return DataTable(_("Planned, committed and spent per year"), columns, rows, footer=footer, id="tabelle-mittel",
                     on_phone="scroll")  # fmt: skip


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
            cells.append(Cell(text=_untie(profile.project, tie)))
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


def _untie(project: Project, tie: Tie) -> SafeString:
    url = reverse("portfolio:dependency_remove", args=[project.pk, tie.id])
    return format_html(
        '<a class="kern-btn kern-btn--tertiary pf-act" href="{}">'
        '<span class="kern-icon kern-icon--delete" aria-hidden="true"></span>'
        '<span class="kern-sr-only">{}: {}</span></a>',
        url,
        _("Remove"),
        tie.title or _("another project"),
    )


def baseline_table(
    project: Project, rows: Sequence[Baseline], chosen: Baseline | None
) -> DataTable:
    """All baselines with the slip of the present end."""
    url = _url("baseline", project)
    drawn = []
    for row in reversed(rows):
        slip = (project.end - row.end).days if project.end and row.end else None
        drawn.append(
            Row(
                [
                    Cell(text=row.name, url=f"{url}?plan={row.number}", note=row.reason),
                    row.frozen_on,
                    f"{day_text(row.start)} – {day_text(row.end)}",
                    "" if slip is None else days_text(slip),
                ],
                kind="info" if row == chosen else "",
            )
        )
    columns = [
        Column("name", _("Baseline")),
        Column("frozen_on", _("Frozen on")),
        Column("period", _("Period")),
        Column("slip", _("End today")),
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


# --- paper --------------------------------------------------------------------------------

_SHEET_ROWS = 6


def sheet(profile: Profile) -> dict[str, Any]:
    """The one-page sheet for paper: the most pressing lines of each kind, the rest counted."""
    today, parts = profile.today, profile.parts
    milestones = sorted(parts["milestone"], key=lambda row: (bool(row.done_on), row.due))
    risks = sorted(
        (row for row in parts["risk"] if row.state != "closed"),
        key=lambda row: -row.probability * row.impact,
    )
    waiting = [row for row in parts["consultation"] if row.state in ("open", "requested")]
    return {
        "printed_on": date_format(today, "SHORT_DATE_FORMAT"),
        "milestones": sorted(milestones[:_SHEET_ROWS], key=lambda row: row.due),
        "milestones_more": len(milestones) - _SHEET_ROWS,
        "risks": risks[:4],
        "risks_more": len(risks) - 4,
        "obstacles": [row for row in parts["obstacle"] if not row.resolved_on][:4],
        "consultations": waiting[:5],
        "consultations_more": len(waiting) - 5,
        "decisions": parts["decision"][:3],
        "ties": profile.ties[:4],
        "units": ", ".join(row.unit.name for row in parts["participation"][:6]),
        "years": [(str(y.year), euro(y.planned), euro(y.committed), euro(y.spent))
                  for y in profile.years[:6]],
        "funding": euro(profile.funding) if profile.funding else "",
    }  # fmt: skip
