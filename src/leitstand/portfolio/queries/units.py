"""A unit as the portfolio sees it: its projects, people, programmes and its own history."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.base.models import Level
from leitstand.core.history import past
from leitstand.core.org.models import OrgChange, OrgUnit, OrgUnitPeriod, Person, UnitKind
from leitstand.core.org.queries import subtree_ids
from leitstand.core.policy.grants import grants
from leitstand.portfolio import policy
from leitstand.portfolio.models import Participation, Project, ProjectPerson

MOST_PEOPLE = 100


@dataclass(frozen=True)
class UnitView:
    """Everything on a unit's page; projects are visible ones, in no order."""

    unit: OrgUnit
    above: Sequence[OrgUnit]
    below: Sequence[OrgUnit]
    leads: QuerySet[Project]
    participates: QuerySet[Project]
    people: Sequence[tuple[Person, int]] | None
    periods: Sequence[OrgUnitPeriod]
    changes: Sequence[OrgChange]


def unit_view(unit_id: uuid.UUID, actor: Actor) -> UnitView:
    """The unit with everything below it; raises ``NotFound``."""
    unit = OrgUnit.objects.select_related("successor").filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    ids = subtree_ids([unit.id])
    visible = policy.visible(actor)
    joined = Participation.objects.filter(project=OuterRef("pk"), unit_id__in=ids)
    return UnitView(
        unit=unit,
        above=_above(unit),
        below=list(OrgUnit.objects.filter(parent=unit, active_to=None).order_by("code")),
        leads=visible.filter(lead_unit_id__in=ids),
        participates=visible.filter(Exists(joined)).exclude(lead_unit_id__in=ids),
        people=_people(unit, ids, actor),
        periods=list(unit.periods.select_related("parent").order_by("-valid_from")),
        changes=list(
            OrgChange.objects.filter(Q(unit=unit) | Q(target=unit))
            .select_related("unit", "target")
            .order_by("-on", "-created_at")[:50]
        ),
    )


def parent_names(unit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Unit → name of the unit above it, without those directly below the city."""
    rows = OrgUnit.objects.filter(pk__in=unit_ids, parent__isnull=False)
    named = rows.exclude(parent__kind=UnitKind.CITY).values_list("pk", "parent__name")
    return dict(named.order_by())


def _above(unit: OrgUnit) -> list[OrgUnit]:
    """From the root down to the parent."""
    keys = [uuid.UUID(part) for part in unit.path.strip("/").split("/") if part][:-1]
    found = {one.id: one for one in OrgUnit.objects.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _people(unit: OrgUnit, ids: set[uuid.UUID], actor: Actor) -> list[tuple[Person, int]] | None:
    """Active people with the number of visible projects that they lead.

    None for those who may not see internal things of the unit: names are not for councillors.
    None of a past day too: who worked where is not recorded.
    """
    if past.is_past() or grants(actor, policy.VIEW).level_in(unit.id) < Level.INTERNAL:
        return None
    leading = dict(
        ProjectPerson.objects.filter(
            role=ProjectPerson.Role.LEAD, person__unit_id__in=ids, project__in=policy.visible(actor)
        )
        .order_by()
        .values_list("person_id")
        .annotate(number=Count("pk"))
    )
    rows = Person.objects.filter(unit_id__in=ids, active=True).select_related("unit")
    return [(person, leading.get(person.id, 0)) for person in rows[:MOST_PEOPLE]]
