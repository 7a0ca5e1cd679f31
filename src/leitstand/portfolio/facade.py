"""What other features may read of the portfolio: sets of ids in, frozen dataclasses out.

The number of queries never depends on the number of ids. Inside ``past.as_of`` everything is
read as of that day. What an actor sees is asked with ``projects_seen`` and ``rollouts_seen``;
the other functions take what they are given.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs

from django.db.models import Sum
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.history import past
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.query import read
from leitstand.core.tables.values import show
from leitstand.portfolio import policy, policy_rollouts
from leitstand.portfolio.domain import lights
from leitstand.portfolio.domain.lights import Reason
from leitstand.portfolio.models import (
    Baseline,
    BudgetLine,
    CellState,
    Decision,
    Light,
    LightDimension,
    Milestone,
    Obstacle,
    Phase,
    Project,
    Rollout,
    StatusReport,
)
from leitstand.portfolio.queries import projects as project_list
from leitstand.portfolio.queries.light_words import rule_help, rule_name, threshold, words
from leitstand.portfolio.queries.lights import current_rules, proposals
from leitstand.portfolio.queries.rollouts.boards import Member, boards
from leitstand.portfolio.queries.rounds import latest_reports
from leitstand.portfolio.tables import PROJECTS

DONE, STARTED, PLANNED = "done", "started", "planned"
_GROUPS = {
    Phase.DONE: DONE, Phase.RUNNING: STARTED, Phase.PAUSED: STARTED, Phase.PLANNED: PLANNED,
    Phase.REQUESTED: PLANNED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecisionState:
    """A decision on a project; ``reference`` is the paper's number."""

    title: str
    decided_on: date | None
    body: str
    reference: str


@dataclass(frozen=True, slots=True)
class ProjectState:
    """A project as of the day that is read.

    ``group`` is done, started, planned, or empty for ideas and what was cancelled. ``light`` and
    its ``causes`` are those of the newest status report by then, else as the rules propose them.
    ``planned_end`` is that of the baseline; ``forecast_end`` is the end, or the day itself if the
    end of an open project has passed.
    """

    id: uuid.UUID
    number: str
    title: str
    phase: str
    phase_label: str
    group: str
    unit_id: uuid.UUID
    unit: str
    level: int
    programme: str
    fields: tuple[str, ...]
    start: date | None
    end: date | None
    end_text: str
    forecast_end: date | None
    planned_end: date | None
    due: date | None
    due_kind: str
    progress: int
    light: str
    light_label: str
    causes: tuple[str, ...]
    standing: str
    outlook: str
    reported_on: date | None
    obstacles: tuple[str, ...]
    decisions: tuple[DecisionState, ...]


@dataclass(frozen=True, slots=True)
class YearMoney:
    """Euro of a year, follow-up costs apart."""

    year: int
    planned: Decimal
    committed: Decimal
    spent: Decimal
    follow_up: Decimal


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that was reached."""

    project_id: uuid.UUID
    title: str
    done_on: date
    due: date


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit of a rollout: state of each step, what holds it up, when it goes live."""

    id: uuid.UUID
    code: str
    name: str
    state: str
    state_label: str
    steps: tuple[str, ...]
    live_on: date | None
    reasons: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class RolloutState:
    """A rollout with its units."""

    id: uuid.UUID
    title: str
    unit_id: uuid.UUID
    level: int
    due: date | None
    steps: tuple[str, ...]
    units: tuple[UnitState, ...]


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule of the traffic lights in words."""

    dimension: str
    name: str
    meaning: str
    yellow: str
    red: str


def projects_seen(actor: Actor, selection: str = "") -> tuple[uuid.UUID, ...]:
    """Ids of the visible projects that the list's query string selects, by number.

    Raises ``Invalid`` for a query string that the list does not understand.
    """
    query = read(project_list.PROJECT_LIST, parse_qs(selection))
    if query.problems:
        text = _("The selection is not understood: %(problems)s")
        raise Invalid(text % {"problems": "; ".join(str(one) for one in query.problems)},
                      field="selection")  # fmt: skip
    found = project_list.listed(query, actor).order_by("number")
    return tuple(found.values_list("pk", flat=True))


def rollouts_seen(actor: Actor) -> tuple[uuid.UUID, ...]:
    """Ids of the visible rollouts, by title."""
    return tuple(policy_rollouts.visible(actor).values_list("pk", flat=True))


def sees_project(actor: Actor, project_id: uuid.UUID) -> bool:
    """Whether the actor sees the project."""
    return policy.visible(actor).filter(pk=project_id).exists()


def history_begins() -> date | None:
    """The first day whose state can be read again."""
    return past.first_day()


def project_states(ids: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, ProjectState]:
    """The projects by id, in the order of their numbers."""
    some = list(ids)
    rows = Project.objects.filter(pk__in=some).select_related("lead_unit", "programme")
    reports = latest_reports(some, on)
    proposed = proposals([key for key in some if key not in reports], on)
    fields = project_list._RELATED["fields_of_action"](some)
    plans = _plans(some, on)
    obstacles, decisions = _obstacles(some, on), _decisions(some)
    found = {}
    for row in rows.order_by("number"):
        report = reports.get(row.pk)
        light, causes = _light(row, report, proposed.get(row.pk, {}))
        found[row.pk] = ProjectState(
            id=row.pk, number=row.number, title=row.title, phase=row.phase,
            phase_label=str(Phase(row.phase).label), group=_GROUPS.get(Phase(row.phase), ""),
            unit_id=row.lead_unit_id, unit=row.lead_unit.name, level=row.confidentiality,
            programme=row.programme.name if row.programme else "",
            fields=tuple(fields.get(row.pk, ())), start=row.start, end=row.end,
            end_text=_day(row), forecast_end=_forecast(row, on), planned_end=plans.get(row.pk), due=row.due,
            due_kind=row.due_kind, progress=row.progress, light=light,
            light_label=str(Light(light).label), causes=causes,
            standing=report.summary if report else row.summary,
            outlook=report.outlook if report else "",
            reported_on=report.as_of if report else None,
            obstacles=obstacles.get(row.pk, ()), decisions=decisions.get(row.pk, ()),
        )  # fmt: skip
    return found


def _day(row: Project) -> str:
    day: PartialDate | None = project_list.partial(row.end, row.end_precision)
    return show(PROJECTS["end"], day)


def _forecast(row: Project, on: date) -> date | None:
    if row.end is None or row.phase in project_list.CLOSED:
        return row.end
    return max(row.end, on)


def _light(
    row: Project, report: StatusReport | None, proposed: Mapping[lights.Dimension, lights.Proposal]
) -> tuple[str, tuple[str, ...]]:
    if report is not None:
        bad = [one for one in report.lights.all() if one.light in (Light.RED, Light.YELLOW)]
        bad.sort(key=lambda one: one.light != Light.RED)
        causes = [text for one in bad for text in _said(one)]
        return report.light, tuple(dict.fromkeys(causes))
    causes = [words(reason) for one in proposed.values() for reason in one.reasons]
    own = row.light if row.light != Light.GREY else lights.overall(proposed)
    note = [row.light_note] if row.light_note and row.light == own else []
    return own, tuple(dict.fromkeys([*note, *causes]))


def _said(light: object) -> list[str]:
    """Why a light was set: the reporter's words, else those of the rules."""
    deviation = getattr(light, "deviation", "")
    if deviation:
        return [f"{LightDimension(getattr(light, 'dimension', '')).label}: {deviation}"]
    return [
        words(Reason(**reason)) for reason in getattr(light, "reasons", ()) if _is_reason(reason)
    ]


def _is_reason(kept: object) -> bool:
    return isinstance(kept, dict) and set(kept) <= {"rule", "text_id", "values", "light"}


def _plans(some: list[uuid.UUID], on: date) -> dict[uuid.UUID, date]:
    """The end in the newest baseline that was frozen by then."""
    rows = Baseline.objects.filter(project__in=some, frozen_on__lte=on).order_by("number")
    return {key: end for key, end in rows.values_list("project_id", "end") if end}


def _obstacles(some: list[uuid.UUID], on: date) -> dict[uuid.UUID, tuple[str, ...]]:
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    rows = Obstacle.objects.filter(project__in=some).order_by("since", "title")
    for key, title, since, resolved in rows.values_list(
        "project_id", "title", "since", "resolved_on"
    ):
        if (since is None or since <= on) and (resolved is None or resolved > on):
            found[key] = (*found.get(key, ()), title)
    return found


def _decisions(some: list[uuid.UUID]) -> dict[uuid.UUID, tuple[DecisionState, ...]]:
    found: dict[uuid.UUID, tuple[DecisionState, ...]] = {}
    rows = Decision.objects.filter(project__in=some).order_by("-decided_on", "title")
    columns = ("project_id", "title", "decided_on", "body", "reference")
    for key, title, day, body, reference in rows.values_list(*columns):
        found[key] = (*found.get(key, ()), DecisionState(title, day, body, reference))
    return found


def money_by_year(ids: Collection[uuid.UUID]) -> list[YearMoney]:
    """Planned, committed and spent money of the projects per year."""
    rows = BudgetLine.objects.filter(project__in=list(ids)).order_by("year")
    sums = rows.values_list("year", "kind").annotate(
        all_planned=Sum("planned"), all_committed=Sum("committed"), all_spent=Sum("spent")
    )
    years: dict[int, list[Decimal]] = {}
    for year, kind, planned, committed, spent in sums:
        line = years.setdefault(year, [Decimal(0)] * 4)
        if kind == BudgetLine.Kind.FOLLOW_UP:
            line[3] += planned
        else:
            line[0], line[1], line[2] = line[0] + planned, line[1] + committed, line[2] + spent
    return [YearMoney(year, *line) for year, line in sorted(years.items())]


def milestones_reached(ids: Collection[uuid.UUID], first: date, last: date) -> list[Reached]:
    """Milestones reached from ``first`` to ``last``, the latest first."""
    rows = Milestone.objects.filter(project__in=list(ids), done_on__gte=first, done_on__lte=last)
    values = rows.order_by("-done_on", "title").values_list("project_id", "title", "done_on", "due")
    return [Reached(key, title, done, due) for key, title, done, due in values if done]


def rollout_states(ids: Collection[uuid.UUID]) -> list[RolloutState]:
    """The rollouts with their units, by title."""
    found = boards(list(Rollout.objects.filter(pk__in=list(ids)).select_related("lead_unit")))
    return [
        RolloutState(
            id=key, title=board.rollout.title, unit_id=board.rollout.lead_unit_id,
            level=board.rollout.confidentiality, due=board.rollout.due,
            steps=tuple(step.title for step in board.steps),
            units=tuple(_unit(member) for member in board.members),
        )
        for key, board in found.items()
    ]  # fmt: skip


def _unit(member: Member) -> UnitState:
    labels = {**dict(CellState.choices), "out": _("does not take part")}
    live = member.go_live
    reasons = [one.title or str(Obstacle.Kind(one.kind).label) for one in member.obstacles]
    if member.reason:
        reasons.insert(0, member.reason)
    return UnitState(
        id=member.unit_id, code=member.code, name=member.name, state=member.state,
        state_label=str(labels.get(member.state, member.state)),
        steps=tuple(str(labels[cell.state]) if cell else "" for cell in member.cells),
        live_on=(live.actual_end or live.planned_end) if live else None, reasons=tuple(reasons),
        note=member.note,
    )  # fmt: skip


def light_rules() -> list[RuleWords]:
    """The rules of the traffic lights that hold now and are in use."""
    labels = dict(LightDimension.choices)
    return [
        RuleWords(
            str(labels[rule.dimension]), rule_name(rule.kind), rule_help(rule.kind),
            threshold(rule, lights.YELLOW), threshold(rule, lights.RED),
        )
        for rule in current_rules()
        if rule.active
    ]  # fmt: skip


def day_text(day: date | None) -> str:
    """A day in German form, "–" for none."""
    return day.strftime("%d.%m.%Y") if day else "–"


__all__: Sequence[str] = (
    "DONE", "PLANNED", "STARTED", "DecisionState", "ProjectState", "Reached", "RolloutState",
    "RuleWords", "UnitState", "YearMoney", "day_text", "history_begins", "light_rules",
    "milestones_reached", "money_by_year", "project_states", "projects_seen", "rollout_states",
    "rollouts_seen", "sees_project",
)  # fmt: skip
