"""Who may keep the city's Word templates."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants
from leitstand.core.policy.registry import Permission
from leitstand.reporting import policy
from leitstand.reporting.models import PaperTemplate

CHANGE = "reporting.template.change"


def register() -> None:
    """Register the permission and its holders."""
    text = _("Uploads the city's Word templates for papers, takes them away.")
    registry.register(
        [Permission(CHANGE, _("Keep templates of papers"), text, citywide=True)],
        {"admin": [CHANGE], "digital-unit": [CHANGE]},
    )


def may_see(actor: Actor) -> bool:
    """Whether the actor writes papers or keeps templates."""
    return actor.is_system or bool(grants(actor, policy.CHANGE) or grants(actor, CHANGE))


def visible(actor: Actor) -> QuerySet[PaperTemplate]:
    """The templates, for those who write papers or keep templates."""
    rows = PaperTemplate.objects.select_related("file")
    return rows if may_see(actor) else rows.none()


def get_visible(actor: Actor, template_id: uuid.UUID) -> PaperTemplate:
    """The template, or ``NotFound``."""
    row = visible(actor).filter(pk=template_id).first()
    if row is None:
        raise NotFound
    return row
