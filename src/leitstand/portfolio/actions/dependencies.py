"""Writers of dependencies across projects; a circle is refused and named."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio import policy
from leitstand.portfolio.actions.locking import one_at_a_time
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.domain.dependencies import path_between
from leitstand.portfolio.models import Dependency, Project


@transaction.atomic
def add_dependency(
    *,
    actor: Actor,
    predecessor_id: uuid.UUID,
    successor_id: uuid.UUID,
    kind: str = Dependency.Kind.FS,
    lag_days: int = 0,
    note: str = "",
) -> Dependency:
    """Tie two projects; the actor must see both and may change at least one of them.

    Raises ``NotFound``, ``NotAllowed``, or ``Invalid`` for a circle (named without hidden
    projects), a second tie of the same pair and values out of range.
    """
    predecessor = policy.get_visible(actor, predecessor_id)
    successor = policy.get_visible(actor, successor_id)
    _require_change(actor, predecessor, successor)
    refuse_unstorable({"note": note})
    one_at_a_time("portfolio.dependencies")
    row = Dependency(
        predecessor=predecessor, successor=successor, kind=kind, lag_days=lag_days,
        note=note.strip(),
    )  # fmt: skip
    _check(row, actor)
    row.save(force_insert=True)
    _record("added", row, actor)
    return row


@transaction.atomic
def remove_dependency(dependency_id: uuid.UUID, *, actor: Actor) -> None:
    """Untie two projects; the actor may change at least one, the other may be hidden from her."""
    row = (
        Dependency.objects.select_related("predecessor", "successor")
        .filter(pk=dependency_id)
        .first()
    )
    if row is None:
        raise NotFound
    seen = policy.visible(actor).filter(pk__in=[row.predecessor_id, row.successor_id])
    if not seen.exists():
        raise NotFound
    _require_change(actor, *seen)
    _record("removed", row, actor)
    row.delete()


def _require_change(actor: Actor, *projects: Project) -> None:
    if not any(policy.can(actor, policy.CHANGE, project) for project in projects):
        policy.require(actor, policy.CHANGE, projects[-1])


def _check(row: Dependency, actor: Actor) -> None:
    if row.predecessor_id == row.successor_id:
        raise Invalid(_("A project cannot depend on itself."), field="other")
    pair = Dependency.objects.filter(predecessor=row.predecessor, successor=row.successor)
    if pair.exists():
        raise Invalid(_("This dependency already exists."), field="other")
    if not -3650 <= row.lag_days <= 3650:
        raise Invalid(_("The lag lies between −3650 and 3650 days."), field="lag_days")
    try:
        row.clean_fields(exclude=["predecessor", "successor"])
    except ValidationError as problem:
        raise Invalid(problem.message_dict) from None
    edges = Dependency.objects.values_list("predecessor_id", "successor_id")
    path = path_between(edges, row.successor_id, row.predecessor_id)
    if path:
        raise Invalid(
            _("This would close a circle: %(circle)s. Untie one of these first.")
            % {"circle": _named([row.predecessor_id, *path], actor)},
            field="other",
        )


def _named(ids: list[uuid.UUID], actor: Actor) -> str:
    """Titles along the circle; what the actor may not see stays nameless."""
    rows: QuerySet[Project, Any] = policy.visible(actor).filter(pk__in=ids)
    titles = dict(rows.values_list("pk", "title"))
    return " → ".join(titles.get(pk) or _("another project") for pk in ids)


def _record(what: str, row: Dependency, actor: Actor) -> None:
    """One event on each side; the other side is named by id, because not every reader may
    know it."""
    events.record(
        *(
            event(
                f"portfolio.dependency.{what}",
                project,
                actor,
                {side: _pair(what, str(other)), "kind": _pair(what, row.kind)},
            )
            for project, side, other in (
                (row.predecessor, "successor", row.successor_id),
                (row.successor, "predecessor", row.predecessor_id),
            )
        )
    )


def _pair(what: str, value: str) -> list[str | None]:
    return [None, value] if what == "added" else [value, None]
