"""The only writers of role assignments."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.accounts.models import Account
from leitstand.core.base import authority, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy import grants, registry
from leitstand.core.policy.models import RoleAssignment

ASSIGN = "policy.assign"


@transaction.atomic
def assign_role(
    account: Account,
    role: str,
    *,
    actor: Actor,
    unit: OrgUnit | None = None,
    with_subunits: bool = True,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> RoleAssignment:
    """Give an account a role in a unit (``None`` = the whole city); twice is harmless."""
    authority.require(actor, ASSIGN)
    if role not in registry.roles:
        raise Invalid(_("Unknown role: %(role)s.") % {"role": role}, field="role")
    if valid_from and valid_until and valid_until < valid_from:
        raise Invalid(_("The end lies before the beginning."), field="valid_until")
    assignment, created = RoleAssignment.objects.update_or_create(
        account=account,
        role=role,
        unit=unit,
        defaults={
            "with_subunits": with_subunits,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "granted_by": actor.name[:200],
        },
    )
    _record("policy.role.assigned", assignment, actor)
    transaction.on_commit(lambda: grants.forget(account.id))
    return assignment


@transaction.atomic
def withdraw_role(assignment_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a role away; the last administrator cannot be removed."""
    authority.require(actor, ASSIGN)
    assignment = RoleAssignment.objects.select_related("account").filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound
    others = RoleAssignment.objects.filter(role="admin", account__is_active=True)
    if assignment.role == "admin" and not others.exclude(pk=assignment.pk).exists():
        raise Invalid(_("The last administrator cannot be removed. Appoint another one first."))
    _record("policy.role.withdrawn", assignment, actor)
    account_id = assignment.account_id
    assignment.delete()
    transaction.on_commit(lambda: grants.forget(account_id))


def _record(type_: str, assignment: RoleAssignment, actor: Actor) -> None:
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="account",
            object_id=assignment.account_id,
            changes={"role": [None, assignment.role]},
            personal={"username": assignment.account.username},
            unit_id=assignment.unit_id,
        )
    )
