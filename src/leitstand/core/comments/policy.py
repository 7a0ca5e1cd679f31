"""Who may write and remove comments; who sees one is a matter of its object alone."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.base.kinds import resource_kinds
from leitstand.core.comments.registry import commentables
from leitstand.core.org.models import Person
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants
from leitstand.core.policy.registry import Permission

WRITE = "comments.write"
MODERATE = "comments.moderate"


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(WRITE, _("Write comments"), _("Comments on what the person may see.")),
            Permission(MODERATE, _("Remove comments"), _("Removes comments of others.")),
        ],
        {
            "admin": [],
            "digital-unit": [WRITE, MODERATE],
            "project-lead": [WRITE],
            "unit-head": [WRITE, MODERATE],
            "member": [WRITE],
        },
    )


def seen(actor: Actor, kind: str, object_id: uuid.UUID) -> Any:
    """The object if the actor sees it now; ``NotFound`` for everything else."""
    if kind not in commentables:
        raise NotFound
    found = resource_kinds[kind].find(actor, object_id)
    if found is None:
        raise NotFound
    return found


def person_sees(person: Person, kind: str, object_id: uuid.UUID) -> bool:
    """Whether the person's account, if she has one, sees the object now."""
    account = Account.objects.filter(person=person, is_active=True, person__active=True).first()
    if account is None:
        return False
    return resource_kinds[kind].find(of_account(account), object_id) is not None


def may_moderate(actor: Actor, kind: str, thing: Any) -> bool:
    """Whether the actor may remove other people's comments on the object."""
    about = commentables[kind]
    level = grants(actor, MODERATE).level_in(about.unit_id(thing))
    return actor.is_system or level >= about.level(thing)
