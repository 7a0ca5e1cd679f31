"""What all end points of the portfolio share: who reads, which project, how items are paged."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.api_fields import by_id
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.policy.grants import grants, why
from leitstand.portfolio import policy
from leitstand.portfolio.models import Project


def reader(request: HttpRequest) -> Actor:
    """The actor, if she may see projects at all; otherwise ``NotAllowed`` with the reason."""
    actor = actor_of(request)
    if not actor.is_system and not grants(actor, policy.VIEW):
        raise NotAllowed(why(actor, policy.VIEW).text)
    return actor


def visible_project(request: HttpRequest, project_id: uuid.UUID) -> Project:
    """The project; ``NotFound`` whether it is missing or hidden."""
    return policy.get_visible(reader(request), project_id)


def page_of(
    keys: QuerySet[Any], rows: QuerySet[Any], paging: Paging, shape: Callable[[Any], Any]
) -> dict[str, Any]:
    """A page of ``keys`` in their order, each of ``rows`` brought into shape."""
    return page(
        keys.values_list("pk", flat=True),
        paging,
        lambda part: [shape(row) for row in by_id(rows.in_bulk(part), part)],
    )
