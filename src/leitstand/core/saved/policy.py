"""Who finds a saved view, who may share and change one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants
from leitstand.core.policy.registry import Permission
from leitstand.core.saved.models import SavedView
from leitstand.core.saved.registry import pages

SHARE = "saved.share"


def register() -> None:
    """Register the permission and its holders."""
    registry.register(
        [
            Permission(
                SHARE,
                _("Share saved views"),
                _(
                    "Offers own views to a unit or to everybody; each reader sees only what she may."
                ),
            )
        ],
        {"digital-unit": [SHARE], "unit-head": [SHARE]},
    )


def units_of(actor: Actor) -> set[Any]:
    """The unit of the actor's person and those above it."""
    if actor.person_id is None:
        return set()
    paths = Person.objects.filter(pk=actor.person_id, active=True, unit__isnull=False)
    path = paths.values_list("unit__path", flat=True).first() or ""
    return {part for part in path.split("/") if part}


def visible(actor: Actor) -> QuerySet[SavedView]:
    """The actor's own views, and those shared with her, of pages that are open to her."""
    views = SavedView.objects.all()
    if actor.is_system:
        return views
    if actor.account_id is None:
        return views.none()
    everybody = SavedView.Audience.ALL
    shared = Q(audience=everybody) | Q(unit_id__in=units_of(actor))
    opened = [code for code, page in pages.items() if grants(actor, page.permission)]
    return views.filter(Q(account_id=actor.account_id) | shared, page__in=opened)


def get(actor: Actor, view_id: Any) -> SavedView:
    """The view if the actor finds it; ``NotFound`` for everything else."""
    found = visible(actor).filter(pk=view_id).select_related("account", "unit").first()
    if found is None:
        raise NotFound
    return found


def may_change(actor: Actor, view: SavedView) -> bool:
    """Its owner; a shared one also whoever may share with all."""
    if actor.is_system or view.account_id == actor.account_id:
        return True
    return view.audience != SavedView.Audience.PRIVATE and grants(actor, SHARE).city_level >= 0


def may_share(actor: Actor, audience: str, unit: OrgUnit | None) -> bool:
    """Whether the actor may offer a view to this audience."""
    if actor.is_system or audience == SavedView.Audience.PRIVATE:
        return True
    grant = grants(actor, SHARE)
    if audience == SavedView.Audience.ALL:
        return grant.city_level >= 0
    return unit is not None and grant.level_in(unit.pk) >= 0
