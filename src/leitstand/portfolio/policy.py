"""Who may see and do what in the portfolio: permissions as data, one SQL predicate."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.base.models import Level
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.bygone import also_now
from leitstand.core.policy.grants import Grant, grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.portfolio.models import Participation, Project, ProjectPerson

VIEW = "portfolio.project.view"
CREATE = "portfolio.project.create"
CHANGE = "portfolio.project.change"
DELETE = "portfolio.project.delete"
PUBLISH = "portfolio.project.publish"
STRATEGY = "portfolio.strategy.change"
IMPORT = "portfolio.import"
PRIORITY = "portfolio.priority.change"
BASELINE = "portfolio.baseline.freeze"
STATUS_RULES = "portfolio.status_rules.change"
ROUNDS = "portfolio.round.manage"

PUBLIC_TEXTS = frozenset({"public_text", "public_contact"})
"""What the public reads of a published project; changing it is publishing."""

LEADING = (ProjectPerson.Role.LEAD, ProjectPerson.Role.DEPUTY)
INSIDERS = (*LEADING, ProjectPerson.Role.SPONSOR)


def register() -> None:
    """Register permissions and their holders."""
    everyone = [VIEW]
    registry.register(
        [
            Permission(VIEW, _("See projects"), _("Sees projects up to the role's level."), "read"),
            Permission(CREATE, _("Create projects"), _("Sketches projects in the own unit.")),
            Permission(CHANGE, _("Change projects"), _("Changes projects and their parts.")),
            Permission(DELETE, _("Delete projects"), _("Deletes projects; the trail stays.")),
            Permission(PUBLISH, _("Publish projects"), _("Shows projects on the public page.")),
            Permission(STRATEGY, _("Change the strategy"), _("Keeps programmes, fields, goals.")),
            Permission(IMPORT, _("Import projects"), _("Imports projects from spreadsheets.")),
            Permission(PRIORITY, _("Set priorities"), _("Keeps criteria and scores.")),
            Permission(BASELINE, _("Freeze baselines"), _("Freezes the plan as a baseline.")),
            Permission(
                STATUS_RULES, _("Change status rules"),
                _("Sets the thresholds from which traffic lights are proposed."),
            ),
            Permission(
                ROUNDS, _("Manage status rounds"),
                _("Opens rounds, reminds, reports on behalf of others, closes."), citywide=True,
            ),
        ],
        {
            "admin": everyone,
            "digital-unit": [
                VIEW, CREATE, CHANGE, DELETE, PUBLISH, STRATEGY, IMPORT, PRIORITY, BASELINE,
                STATUS_RULES, ROUNDS,
            ],
            "project-lead": [VIEW, CREATE],
            "unit-head": [VIEW, CREATE, CHANGE, BASELINE],
            "member": [VIEW, CREATE],
            "auditor": everyone,
            "councillor": everyone,
            "emergency": everyone,
        },
    )  # fmt: skip


def _reach(grant: Grant) -> Q:
    """Predicate over level and lead unit, widened to participating units."""
    clause = predicate(grant, unit="lead_unit_id", level="confidentiality")
    for value in sorted(set(grant.unit_levels.values())):
        if value > grant.city_level:
            joined = Participation.objects.filter(
                project=OuterRef("pk"), unit_id__in=grant.units_at(value)
            )
            clause |= Q(confidentiality__lte=value) & Q(Exists(joined))
    return clause


def _involved(person_id: uuid.UUID, roles: tuple[str, ...]) -> Q:
    involved = ProjectPerson.objects.filter(
        project=OuterRef("pk"), person_id=person_id, person__active=True, role__in=roles
    )
    return Q(Exists(involved))


def is_insider(actor: Actor, project: Project) -> bool:
    """Whether the actor's person leads, deputises or sponsors the project."""
    if actor.person_id is None:
        return False
    clause = _involved(actor.person_id, INSIDERS)
    return Project.objects.filter(clause, pk=project.pk).exists()


def visible(actor: Actor, queryset: QuerySet[Project] | None = None) -> QuerySet[Project]:
    """Return the projects that the actor may see; the only read path.

    Of a past day: those that she might have seen then and may see now, by today's roles.
    """
    projects = Project.objects.all() if queryset is None else queryset
    if actor.is_system:
        return projects
    grant = grants(actor, VIEW)
    clause = _reach(grant)
    if actor.person_id and grant:
        clause |= _involved(actor.person_id, INSIDERS)
    by_role = predicate(grant, unit="lead_unit_id", level="confidentiality")
    return also_now(projects, clause, by_role).filter(clause)


def changeable(actor: Actor, queryset: QuerySet[Project] | None = None) -> QuerySet[Project]:
    """Return the projects that the actor may change: by role, or because she leads them."""
    projects = visible(actor, queryset)
    if actor.is_system:
        return projects
    clause = predicate(grants(actor, CHANGE), unit="lead_unit_id", level="confidentiality")
    may_write = actor.scopes is None or "write" in actor.scopes
    if actor.person_id and may_write and grants(actor, CREATE):
        clause |= _involved(actor.person_id, LEADING)
    return projects.filter(clause)


def may_score(actor: Actor) -> QuerySet[Project]:
    """Return the visible projects whose priority the actor may set."""
    projects = visible(actor)
    if actor.is_system:
        return projects
    return projects.filter(
        predicate(grants(actor, PRIORITY), unit="lead_unit_id", level="confidentiality")
    )


def published() -> QuerySet[Project]:
    """Return what everybody may see on the public page."""
    return Project.objects.filter(published=True, confidentiality=Level.PUBLIC)


def can(actor: Actor, permission: str, project: Project) -> bool:
    """Whether the actor may do ``permission`` with the project: the same predicates, one row."""
    if permission == VIEW:
        return visible(actor).filter(pk=project.pk).exists()
    if permission == CHANGE:
        return changeable(actor).filter(pk=project.pk).exists()
    if permission == BASELINE and changeable(actor).filter(pk=project.pk).exists():
        return True
    if not visible(actor).filter(pk=project.pk).exists():
        return False
    level = grants(actor, permission).level_in(project.lead_unit_id)
    return actor.is_system or level >= project.confidentiality


def get_visible(actor: Actor, project_id: uuid.UUID) -> Project:
    """Return the project or raise ``NotFound``, whether it is missing or hidden."""
    project = visible(actor).filter(pk=project_id).select_related("lead_unit", "programme").first()
    if project is None:
        raise NotFound
    return project


def require(actor: Actor, permission: str, project: Project) -> None:
    """Raise ``NotFound`` for a hidden project, ``NotAllowed`` with the reason otherwise."""
    if can(actor, permission, project):
        return
    if not visible(actor).filter(pk=project.pk).exists():
        raise NotFound
    reason = policy_grants.why(
        actor, permission, unit_id=project.lead_unit_id, level=project.confidentiality
    )
    raise NotAllowed(reason.text)


def require_level(actor: Actor, permission: str, unit_id: uuid.UUID, level: int) -> None:
    """Raise ``NotAllowed`` unless the actor may handle ``level`` in the unit."""
    policy_grants.require(actor, permission, unit_id, level)


def may_lower(actor: Actor, project: Project) -> bool:
    """Whether the actor may lower the level: by role at the present level, not as its lead."""
    level = grants(actor, CHANGE).level_in(project.lead_unit_id)
    return actor.is_system or level >= project.confidentiality


def require_lowering(actor: Actor, project: Project) -> None:
    """Raise ``NotAllowed`` unless the actor may lower the project's level."""
    if not may_lower(actor, project):
        raise NotAllowed(
            _(
                "Lowering the confidentiality level takes a role that changes projects of this "
                "level in this unit; leading the project is not enough."
            )
        )
