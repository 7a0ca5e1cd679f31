"""What the profile's template shows: facts, pictures and tables from the read model."""

from __future__ import annotations

from collections.abc import Sequence
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
from leitstand.core.history import past
from leitstand.core.tables.numbers import group
from leitstand.core.ui import datatable
from leitstand.core.ui.components import Action, Badge, Kind, Link
from leitstand.portfolio.models import (
    DueKind,
    Light,
    Phase,
    Project,
    ProjectPerson,
)
from leitstand.portfolio.queries import history, start
from leitstand.portfolio.queries.profile import (
    Profile,
    next_steps,
    why_unchangeable,
    why_visible,
)
from leitstand.portfolio.web.profile_tables import money_table, picture, tie_table
from leitstand.portfolio.web.sections import sections
from leitstand.portfolio.web.wording import day_text, days_text, euro, period_text

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
    why_late = start.why_late(project, profile.parts)
    return {
        "title": project.title,
        "project": project,
        "profile": profile,
        "badges": badges(profile, late=bool(why_late)),
        "why_late": why_late,
        "actions": _actions(profile),
        "facts": facts(profile),
        "groups": parts,
        "anchors": _anchors(parts),
        "picture": picture(profile),
        "money": money_table(profile),
        "ties": tie_table(profile),
        "tie_add": reverse("portfolio:dependency_add", args=[project.pk]),
        "steps": [(_step_url(project, target), text) for target, text in steps],
        "history": history.of_project(actor, project, limit=5, shorten=200),
        "why_visible": why_visible(actor, profile),
        "why_unchangeable": "" if profile.may.change else why_unchangeable(actor, project),
        "public_url": _public_url(project),
        "sheet": sheet(profile),
    }


# --- head ---------------------------------------------------------------------------------


def badges(profile: Profile, *, late: bool = False) -> list[Badge]:
    """Phase, lateness, light, level, publication, due date: each in words."""
    project = profile.project
    found = [
        Badge(project.get_phase_display(), PHASE_KINDS.get(project.phase, "neutral")),
        *([Badge(_("late"), "danger")] if late else []),
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
    waiting = len(profile.overdue_consultations)
    if waiting:
        text = ngettext("%(n)d consultation overdue", "%(n)d consultations overdue", waiting)
        found.append(Badge(text % {"n": waiting}, "danger"))
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
    if not past.is_past():
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
    shift = days_text(slip) if slip else _("none")
    return f"{text}\n{_('Deviation from the baseline')}: {shift}"


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
