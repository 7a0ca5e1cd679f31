"""Who sees working groups, meetings and tasks, and who may change them."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed, NotFound
from leitstand.core.base.models import Level
from leitstand.core.history import past
from leitstand.core.org.models import Person
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.bygone import also_now
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.portfolio import policy
from leitstand.portfolio.models import ActionItem, GroupMember, Meeting, WorkingGroup

VIEW = "portfolio.group.view"
MANAGE = "portfolio.group.manage"


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(
                VIEW,
                _("See working groups"),
                _("Sees working groups up to the role's level."),
                "read",
            ),
            Permission(
                MANAGE, _("Manage working groups"), _("Sets up working groups and their meetings.")
            ),
        ],
        {
            "admin": [VIEW],
            "digital-unit": [VIEW, MANAGE],
            "project-lead": [VIEW],
            "unit-head": [VIEW, MANAGE],
            "member": [VIEW],
            "auditor": [VIEW],
        },
    )


def writes(actor: Actor) -> bool:
    """Whether the actor's session or token may change anything; nobody changes a past day."""
    return not past.is_past() and (actor.scopes is None or "write" in actor.scopes)


def _belongs(person_id: uuid.UUID) -> Q:
    """Groups that the person is a member of, herself or through her unit."""
    member = GroupMember.objects.filter(group=OuterRef("pk"))
    unit = Person.objects.filter(pk=person_id).values("unit")
    return Q(Exists(member.filter(person=person_id))) | Q(Exists(member.filter(unit__in=unit)))


def visible(actor: Actor, queryset: QuerySet[WorkingGroup] | None = None) -> QuerySet[WorkingGroup]:
    """Return the working groups that the actor may see; the only read path."""
    groups = WorkingGroup.objects.all() if queryset is None else queryset
    if actor.is_system:
        return groups
    grant = grants(actor, VIEW)
    clause = by_role = predicate(grant, unit="unit_id", level="confidentiality")
    if actor.person_id and grant:
        clause |= Q(lead=actor.person_id) | _belongs(actor.person_id)
    return also_now(groups, clause, by_role).filter(clause)


def manageable(actor: Actor) -> QuerySet[WorkingGroup]:
    """Return the visible groups that the actor manages: as their lead, or by role."""
    groups = visible(actor)
    if actor.is_system:
        return groups
    clause = predicate(grants(actor, MANAGE), unit="unit_id", level="confidentiality")
    if actor.person_id and writes(actor):
        clause |= Q(lead=actor.person_id)
    return groups.filter(clause)


def writable(actor: Actor) -> QuerySet[WorkingGroup]:
    """Return the visible groups whose minutes the actor may write."""
    groups = visible(actor)
    if actor.is_system:
        return groups
    clause = Q(pk__in=manageable(actor).values("pk"))
    if actor.person_id and writes(actor):
        member = GroupMember.objects.filter(group=OuterRef("pk"), person=actor.person_id)
        clause |= Q(Exists(member))
    return groups.filter(clause)


def get_group(actor: Actor, group_id: uuid.UUID) -> WorkingGroup:
    """Return the group or raise ``NotFound``, whether it is missing or hidden."""
    group = visible(actor).filter(pk=group_id).select_related("unit", "lead").first()
    if group is None:
        raise NotFound
    return group


def get_meeting(actor: Actor, meeting_id: uuid.UUID) -> Meeting:
    """Return the meeting with its group or raise ``NotFound``."""
    meeting = (
        Meeting.objects.filter(pk=meeting_id, group__in=visible(actor))
        .select_related("group__unit", "group__lead")
        .first()
    )
    if meeting is None:
        raise NotFound
    return meeting


def may_manage(actor: Actor, group: WorkingGroup) -> bool:
    """Whether the actor manages the group."""
    return manageable(actor).filter(pk=group.pk).exists()


def may_write(actor: Actor, group: WorkingGroup) -> bool:
    """Whether the actor may write the group's minutes."""
    return writable(actor).filter(pk=group.pk).exists()


def require_manage(actor: Actor, group: WorkingGroup) -> None:
    """Raise ``NotAllowed`` with the reason unless the actor manages the group."""
    if not may_manage(actor, group):
        raise NotAllowed(
            policy_grants.why(
                actor, MANAGE, unit_id=group.unit_id, level=group.confidentiality
            ).text
        )


def require_write(actor: Actor, group: WorkingGroup) -> None:
    """Raise ``NotAllowed`` unless the actor may write the group's minutes."""
    if not may_write(actor, group):
        raise NotAllowed(_("Only the lead and the members of the working group may do this."))


def require_level(actor: Actor, unit_id: uuid.UUID, level: int) -> None:
    """Raise ``NotAllowed`` unless the actor may set up a group of this level in the unit."""
    policy_grants.require(actor, MANAGE, unit_id, level)


# --- tasks --------------------------------------------------------------------------------


def visible_tasks(actor: Actor) -> QuerySet[ActionItem]:
    """Return the tasks that the actor may see: own ones, and those of visible meetings or projects.

    A task of a meeting is as protected as its group, whatever project it names.
    """
    tasks = ActionItem.objects.all()
    if actor.is_system:
        return tasks
    clause = Q(meeting__group__in=visible(actor))
    clause |= Q(meeting=None, project__in=policy.visible(actor))
    if actor.person_id:
        clause |= _own(actor.person_id)
    return also_now(tasks, clause, Q(pk__in=[])).filter(clause)


def _own(person_id: uuid.UUID) -> Q:
    return Q(responsible=person_id, responsible__active=True) | Q(
        created_by=person_id, created_by__active=True
    )


def changeable_tasks(actor: Actor) -> QuerySet[ActionItem]:
    """Return the tasks that the actor may change: own ones, and those of what she manages."""
    tasks = visible_tasks(actor)
    if actor.is_system:
        return tasks
    if not writes(actor):
        return tasks.none()
    clause = Q(meeting__group__in=manageable(actor))
    clause |= Q(meeting=None, project__in=policy.changeable(actor))
    if actor.person_id:
        clause |= _own(actor.person_id)
    return tasks.filter(clause)


def get_task(actor: Actor, task_id: uuid.UUID) -> ActionItem:
    """Return the task or raise ``NotFound``, whether it is missing or hidden."""
    task = (
        visible_tasks(actor)
        .filter(pk=task_id)
        .select_related("responsible__unit", "meeting__group", "project__lead_unit", "created_by")
        .first()
    )
    if task is None:
        raise NotFound
    return task


def require_task(actor: Actor, task: ActionItem) -> None:
    """Raise ``NotAllowed`` unless the actor may change the task."""
    if not changeable_tasks(actor).filter(pk=task.pk).exists():
        raise NotAllowed(
            _("Only the person responsible, who gave the task and who leads its group may do this.")
        )


def may_create_tasks(actor: Actor) -> bool:
    """Whether the actor may give tasks that hang on no meeting."""
    grant = grants(actor, policy.CREATE)
    return (
        actor.is_system or max(grant.city_level, *grant.unit_levels.values(), -1) >= Level.INTERNAL
    )
