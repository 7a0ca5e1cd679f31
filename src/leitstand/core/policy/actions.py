"""The only writers of role assignments."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.models import Account
from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy import grants, registry
from leitstand.core.policy.models import RoleAssignment

ASSIGN = "policy.assign"
_LAST_ADMIN = gettext_lazy(
    "The last administrator cannot be removed. Appoint another one first, for the whole city "
    "and without an end."
)


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
    authority.require(actor, ASSIGN, citywide=True)
    if role not in registry.roles:
        raise Invalid(_("Unknown role: %(role)s.") % {"role": role}, field="role")
    if valid_from and valid_until and valid_until < valid_from:
        raise Invalid(_("The end lies before the beginning."), field="valid_until")
    ends = valid_until is not None or (valid_from is not None and valid_from > clock.today())
    if role == "admin" and unit is None and ends:
        _keep_an_admin(account=account)
    found = RoleAssignment.objects.select_for_update(of=("self",)).select_related("unit")
    before = found.filter(account=account, role=role, unit=unit).first()
    old = _facts(before) if before else {}
    assignment, _created = RoleAssignment.objects.update_or_create(
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
    _record("policy.role.assigned", assignment, actor, old, _facts(assignment))
    _forget(account.id)
    return assignment


@transaction.atomic
def withdraw_role(assignment_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a role away; the last administrator cannot be removed."""
    authority.require(actor, ASSIGN, citywide=True)
    assignment = (
        RoleAssignment.objects.select_related("account", "unit").filter(pk=assignment_id).first()
    )
    if assignment is None:
        raise NotFound
    if assignment.role == "admin" and assignment.unit_id is None:
        _keep_an_admin(account=assignment.account)
    _record("policy.role.withdrawn", assignment, actor, _facts(assignment), {})
    account_id = assignment.account_id
    assignment.delete()
    _forget(account_id)


def _forget(account_id: uuid.UUID) -> None:
    """Drop cached grants now and, because another thread may have cached them anew before the
    commit, once more after it."""
    grants.forget(account_id)
    transaction.on_commit(lambda: grants.forget(account_id))


def _lasting_admins() -> QuerySet[RoleAssignment]:
    """Administrators of the whole city, today and without end, who can log in and act."""
    admins = RoleAssignment.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=clock.today()),
        Q(account__person=None) | Q(account__person__active=True),
        role="admin",
        unit=None,
        account__is_active=True,
        valid_until=None,
    )
    if settings.CONFIG.oidc is None:  # then a password is the only way in
        admins = admins.exclude(account__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return admins


def objection_to_disabling(account_id: uuid.UUID) -> Any:
    """Return a text if the account is the last administrator's, else ``""``."""
    holders = set(
        _lasting_admins().select_for_update(of=("self",)).values_list("account_id", flat=True)
    )
    return _LAST_ADMIN if holders == {account_id} else ""


def objection_to_departure(person_id: uuid.UUID) -> Any:
    """Return a text if the person is the last administrator, else ``""``."""
    account = Account.objects.filter(person_id=person_id).only("pk").first()
    return objection_to_disabling(account.pk) if account else ""


def _keep_an_admin(*, account: Account) -> None:
    if text := objection_to_disabling(account.id):
        raise Invalid(text)


def _facts(assignment: RoleAssignment) -> dict[str, Any]:
    """Return what the trail says of an assignment; empty values are left out."""
    facts = {
        "role": assignment.role,
        "unit": assignment.unit.name if assignment.unit else None,
        "with_subunits": assignment.with_subunits,
        "valid_from": str(assignment.valid_from or ""),
        "valid_until": str(assignment.valid_until or ""),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _record(
    type_: str, assignment: RoleAssignment, actor: Actor, old: dict[str, Any], new: dict[str, Any]
) -> None:
    """Record what was and what is; the role and its unit are always named."""
    always = {"role", "unit"}
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="account",
            object_id=assignment.account_id,
            changes={
                name: [old.get(name), new.get(name)]
                for name in {**old, **new}
                if name in always or old.get(name) != new.get(name)
            },
            personal={"username": assignment.account.username},
            unit_id=assignment.unit_id,
        )
    )
