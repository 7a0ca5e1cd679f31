"""Whether anything has changed that a preview depends on."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Count, Max, Sum

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit, Person
from leitstand.portfolio.actions.imports import rights
from leitstand.portfolio.models import (
    BudgetLine,
    FieldOfAction,
    Funding,
    Goal,
    Participation,
    Programme,
    Project,
    ProjectPerson,
)

_MODELS: tuple[type[Any], ...] = (
    Project, Participation, ProjectPerson, OrgUnit, Person, Programme, FieldOfAction, Goal,
    BudgetLine, Funding,
)  # fmt: skip


def world(actor: Actor) -> str:
    """Return a digest that differs if projects, units, people, strategy or rights were changed.

    A digest, because the numbers would tell of hidden projects. Counts and versions stand beside
    the times, because a transaction may commit later than another with a younger time.
    """
    facts = []
    for model in _MODELS:
        found = model._default_manager.aggregate(
            rows=Count("pk"), versions=Sum("version"), last=Max("updated_at")
        )
        facts.append(f"{found['rows']}/{found['versions']}/{found['last']}")
    text = " ".join([*facts, rights.digest(actor)])
    return hashlib.sha256(text.encode()).hexdigest()
