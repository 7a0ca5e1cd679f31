"""Which projects a round asks for, and who answers for each of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet

from leitstand.core.base.models import Level
from leitstand.core.org.queries import subtree_ids
from leitstand.portfolio.models import Phase, Project, ProjectPerson, StatusRound

Role = ProjectPerson.Role
ORDER = (Role.LEAD, Role.DEPUTY, Role.DIGITAL_COORDINATOR, Role.SPONSOR)
"""Who is asked, the first that a project has."""
ASKED = (Phase.REQUESTED, Phase.PLANNED, Phase.RUNNING, Phase.PAUSED)


def projects_of(row: StatusRound) -> QuerySet[Project]:
    """Started and planned projects, of the round's programme and below its unit if it has any."""
    found = Project.objects.filter(phase__in=ASKED)
    if row.programme_id:
        found = found.filter(programme_id=row.programme_id)
    if row.unit_id:
        found = found.filter(lead_unit_id__in=subtree_ids([row.unit_id]))
    return found


def entitled() -> Q:
    """Roles that may speak for a project: a coordinator only up to the level internal."""
    open_enough = Q(project__confidentiality__lte=Level.INTERNAL)
    insiders = Q(role__in=(Role.LEAD, Role.DEPUTY, Role.SPONSOR))
    return Q(person__active=True) & (insiders | (Q(role=Role.DIGITAL_COORDINATOR) & open_enough))


def responsible(
    projects: QuerySet[Project] | Collection[uuid.UUID],
) -> dict[uuid.UUID, uuid.UUID]:
    """Project → person who is asked; projects without one are missing. One query."""
    rows = ProjectPerson.objects.filter(entitled(), project__in=projects, role__in=ORDER)
    found: dict[uuid.UUID, tuple[int, str, uuid.UUID]] = {}
    for project, person, role, name in rows.values_list(
        "project_id", "person_id", "role", "person__family_name"
    ):
        place = (ORDER.index(Role(role)), name, person)
        if project not in found or place < found[project]:
            found[project] = place
    return {project: place[2] for project, place in found.items()}


def speaks_for(person_id: uuid.UUID, project_id: uuid.UUID) -> bool:
    """Whether the person still has a role in the project that may answer for it."""
    rows = ProjectPerson.objects.filter(entitled(), person_id=person_id, project_id=project_id)
    return rows.filter(role__in=ORDER).exists()
