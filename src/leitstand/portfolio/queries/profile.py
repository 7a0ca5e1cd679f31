"""Everything that the profile of one project shows, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy
from leitstand.portfolio.actions.items import ITEM_KINDS
from leitstand.portfolio.domain.dependencies import Span, late_days
from leitstand.portfolio.domain.effort import Effort, effort_of
from leitstand.portfolio.domain.money import Excess, excess
from leitstand.portfolio.models import (
    Baseline,
    BaselineMilestone,
    Dependency,
    FieldOfAction,
    Funding,
    Goal,
    MandatoryConsultation,
    Phase,
    Project,
    ProjectPerson,
)
from leitstand.portfolio.queries.efforts import by_size

CLOSED = (Phase.DONE, Phase.CANCELLED)
_ALSO = {
    "participation": ("unit",),
    "person": ("person", "person__unit"),
    "effort": ("skill",),
    "document": ("file",),
}
_ROLE_ORDER = Case(
    *(When(role=role, then=place) for place, role in enumerate(ProjectPerson.Role.values))
)


@dataclass(frozen=True)
class Tie:
    """A dependency as the reader may see it; ``title`` is empty for a hidden project."""

    id: uuid.UUID
    project_id: uuid.UUID | None
    title: str
    number: str
    before: bool
    kind: str
    lag_days: int
    note: str
    late_days: int


@dataclass(frozen=True)
class YearOfMoney:
    """Budget of a year in euro, all kinds of cost together."""

    year: int
    planned: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def excess(self) -> Excess | None:
        """By how much more was spent or committed than planned."""
        return excess(self.planned, self.committed, self.spent)


@dataclass(frozen=True)
class Abilities:
    """What the reader may do with the project."""

    change: bool
    delete: bool
    freeze: bool
    publish: bool


@dataclass(frozen=True)
class Profile:
    """One project with its parts by kind, as one actor may see it."""

    project: Project
    parts: Mapping[str, Sequence[Any]]
    fields_of_action: Sequence[tuple[uuid.UUID, str]]
    goals: Sequence[tuple[uuid.UUID, str]]
    ties: Sequence[Tie]
    baselines: Sequence[Baseline]
    may: Abilities
    today: date
    by_size: Mapping[str, Decimal]

    @property
    def baseline(self) -> Baseline | None:
        """The newest baseline."""
        return self.baselines[-1] if self.baselines else None

    @property
    def slip_days(self) -> int | None:
        """Days by which the end lies after the newest baseline's; negative means earlier."""
        frozen, end = self.baseline, self.project.end
        if frozen is None or frozen.end is None or end is None:
            return None
        return (end - frozen.end).days

    @property
    def closed(self) -> bool:
        """Whether the project is over."""
        return self.project.phase in CLOSED

    @property
    def overdue(self) -> bool:
        """Whether the due date has passed and the project goes on."""
        due = self.project.due
        return bool(due and due < self.today and not self.closed)

    @property
    def years(self) -> list[YearOfMoney]:
        """Budget by year."""
        found: dict[int, list[Decimal]] = {}
        for line in self.parts["budget"]:
            sums = found.setdefault(line.year, [Decimal(0)] * 3)
            for place, name in enumerate(("planned", "committed", "spent")):
                sums[place] += getattr(line, name)
        return [YearOfMoney(year, *sums) for year, sums in sorted(found.items())]

    @property
    def funding(self) -> Decimal:
        """Third-party money that has been granted, in euro."""
        granted = (Funding.State.GRANTED, Funding.State.ACCOUNTED)
        rows = [row.amount for row in self.parts["funding"] if row.state in granted]
        return sum(rows, Decimal(0))

    @property
    def effort(self) -> Effort | None:
        """Person days, entered per role or estimated from the size."""
        days = [row.effort_days for row in self.parts["effort"]]
        return effort_of(self.project.size, days, self.by_size)

    @property
    def overdue_consultations(self) -> list[MandatoryConsultation]:
        """Mandatory consultations that should have been over by now."""
        return [row for row in self.parts["consultation"] if is_overdue(row, self.today)]

    def people(self, role: str) -> list[Any]:
        """The people in one role."""
        return [row.person for row in self.parts["person"] if row.role == role]


def is_overdue(consultation: MandatoryConsultation, today: date) -> bool:
    """Whether a consultation is late on the day."""
    states = MandatoryConsultation.State
    waiting = consultation.state in (states.OPEN, states.REQUESTED)
    return bool(waiting and consultation.due and consultation.due < today)


def load(actor: Actor, project_id: uuid.UUID) -> Profile:
    """Return the profile, or raise ``NotFound`` if the project is missing or hidden."""
    project: Any = (
        policy.visible(actor)
        .filter(pk=project_id)
        .select_related("lead_unit", "programme")
        .annotate(may_change=Exists(policy.changeable(actor).filter(pk=OuterRef("pk"))))
        .first()
    )
    if project is None:
        raise NotFound
    named = _strategy(project)
    return Profile(
        project=project,
        parts={kind.code: list(part_rows(project, kind.code)) for kind in ITEM_KINDS},
        fields_of_action=[(pk, name) for sort, pk, name in named if sort == "field"],
        goals=[(pk, name) for sort, pk, name in named if sort == "goal"],
        ties=ties_of(actor, project),
        baselines=list(project.baselines.order_by("number")),
        may=abilities(actor, project, change=project.may_change),
        today=clock.today(),
        by_size=by_size(),
    )


def part_rows(project: Project, kind: str) -> QuerySet[Any]:
    """The parts of one kind; milestones carry ``frozen_due`` of the newest baseline."""
    rows: Any = getattr(project, ITEM_KINDS[kind].relation).select_related(*_ALSO.get(kind, ()))
    if kind == "person":
        return rows.order_by(_ROLE_ORDER, "person__family_name")  # type: ignore[no-any-return]
    if kind == "milestone":
        newest = BaselineMilestone.objects.filter(
            milestone_id=OuterRef("pk"), baseline__project=OuterRef("project")
        )
        latest = newest.order_by("-baseline__number").values("due")[:1]
        return rows.annotate(frozen_due=Subquery(latest))  # type: ignore[no-any-return]
    return rows  # type: ignore[no-any-return]


def _strategy(project: Project) -> list[tuple[str, uuid.UUID, str]]:
    """Fields of action and goals in one query."""
    fields = FieldOfAction.objects.filter(projects=project).order_by()
    goals = Goal.objects.filter(projects=project).order_by()
    return sorted(
        fields.annotate(sort=Value("field"))
        .values_list("sort", "pk", "name")
        .union(goals.annotate(sort=Value("goal")).values_list("sort", "pk", "name")),
        key=lambda row: (row[0], row[2].casefold()),
    )


def ties_of(actor: Actor, project: Project) -> list[Tie]:
    """Dependencies in both directions; hidden projects without name, but with their delay."""
    seen = policy.visible(actor)
    rows: Any = (
        Dependency.objects.filter(Q(predecessor=project) | Q(successor=project))
        .select_related("predecessor", "successor")
        .annotate(
            shown=Exists(seen.filter(pk=OuterRef("predecessor_id")))
            & Exists(seen.filter(pk=OuterRef("successor_id"))),
        )
        .order_by(F("predecessor__number"), F("successor__number"))
    )
    return [_tie(row, project) for row in rows]


def _tie(row: Any, project: Project) -> Tie:
    before = row.successor_id == project.pk
    other = row.predecessor if before else row.successor
    first, second = (Span(end_of.start, end_of.end) for end_of in (row.predecessor, row.successor))
    return Tie(
        id=row.pk,
        project_id=other.pk if row.shown else None,
        title=other.title if row.shown else "",
        number=other.number if row.shown else "",
        before=before,
        kind=row.kind,
        lag_days=row.lag_days,
        note=row.note if row.shown else "",
        late_days=late_days(row.kind, row.lag_days, first, second),
    )


def abilities(actor: Actor, project: Project, *, change: bool) -> Abilities:
    """What the actor may do with a project that she sees; asks nothing of the store."""

    def holds(permission: str) -> bool:
        level = grants(actor, permission).level_in(project.lead_unit_id)
        return actor.is_system or level >= project.confidentiality

    return Abilities(
        change=change,
        delete=holds(policy.DELETE),
        freeze=change or holds(policy.BASELINE),
        publish=holds(policy.PUBLISH),
    )


def why_visible(actor: Actor, profile: Profile) -> str:
    """Name the rule by which the actor sees the project."""
    project = profile.project
    grant = grants(actor, policy.VIEW)
    level = project.get_confidentiality_display()
    if grant.city_level >= project.confidentiality:
        text = _("Your role sees projects of the whole city up to this level (%(level)s).")
        return text % {"level": level}
    if grant.level_in(project.lead_unit_id) >= project.confidentiality:
        return _("You hold a role in the unit that leads the project.")
    units = [row.unit_id for row in profile.parts["participation"]]
    if any(grant.level_in(unit) >= project.confidentiality for unit in units):
        return _("You hold a role in a unit that takes part in the project.")
    return _("You are the project's lead, deputy or sponsor.")


def why_unchangeable(actor: Actor, project: Project) -> str:
    """Say what the actor lacks to change the project."""
    reason = policy_grants.why(
        actor, policy.CHANGE, unit_id=project.lead_unit_id, level=project.confidentiality
    )
    return reason.text


def next_steps(profile: Profile) -> list[tuple[str, str]]:
    """What a young project still lacks, as (target, text).

    The target is ``edit``, ``baseline`` or the kind of part to be added.
    """
    project, parts = profile.project, profile.parts
    if project.phase not in (Phase.IDEA, Phase.REQUESTED, Phase.PLANNED):
        return []
    steps = [
        (not project.need, "edit", _("Describe the need: what is to become better, and for whom?")),
        (not profile.people("lead"), "person", _("Name the project lead.")),
        (not profile.goals, "edit", _("Choose the goals that the project serves.")),
        (not project.size, "edit", _("Estimate the size (S, M, L, XL); it gives a first effort.")),
        (not parts["milestone"], "milestone", _("Set the first milestone.")),
        (not parts["budget"], "budget", _("Enter the money needed per year.")),
        (not parts["consultation"], "consultation", _("Note who must be consulted.")),
    ]
    return [(target, text) for missing, target, text in steps if missing]
