"""Writers of dependencies across projects; a circle is refused and named."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
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
def change_dependency(
    dependency_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Dependency:
    """Change ``kind``, ``lag_days`` or ``note``; which projects are tied stays as it is.

    Raises ``NotFound``, ``NotAllowed``, ``Invalid``, and ``Conflict`` with both versions if
    somebody has changed the dependency since ``version``. The note of a dependency on a hidden
    project is not open to the actor and cannot be changed.
    """
    refuse_unstorable(values)
    row, seen = _changeable(dependency_id, actor)
    allowed = {"kind", "lag_days", "note"} if len(seen) == 2 else {"kind", "lag_days"}
    if set(values) - allowed:
        raise NotFound
    old = {name: getattr(row, name) for name in values}
    text = _("Somebody else has changed this dependency in the meantime.")
    versions.check_version(row, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return row
    for name, (_old, value) in changed.items():
        setattr(row, name, value.strip() if name == "note" else value)
    row.version += 1
    _check_values(row)
    row.save()
    shown = {name: list(pair) for name, pair in changed.items() if name != "note"}
    _record("changed", row, actor, shown)
    return row


@transaction.atomic
def remove_dependency(dependency_id: uuid.UUID, *, actor: Actor) -> None:
    """Untie two projects; the actor may change at least one, the other may be hidden from her."""
    row, _seen = _changeable(dependency_id, actor)
    _record("removed", row, actor)
    row.delete()


def _changeable(dependency_id: uuid.UUID, actor: Actor) -> tuple[Dependency, list[Project]]:
    """The dependency, locked, and those of its two ends that the actor sees."""
    row = versions.locked(Dependency, dependency_id)
    seen = list(policy.visible(actor).filter(pk__in=[row.predecessor_id, row.successor_id]))
    if not seen:
        raise NotFound
    _require_change(actor, *seen)
    return row, seen


def _require_change(actor: Actor, *projects: Project) -> None:
    if not any(policy.can(actor, policy.CHANGE, project) for project in projects):
        policy.require(actor, policy.CHANGE, projects[-1])


def _check(row: Dependency, actor: Actor) -> None:
    if row.predecessor_id == row.successor_id:
        raise Invalid(_("A project cannot depend on itself."), field="other")
    pair = Dependency.objects.filter(predecessor=row.predecessor, successor=row.successor)
    if pair.exists():
        raise Invalid(_("This dependency already exists."), field="other")
    _check_values(row)
    edges = Dependency.objects.values_list("predecessor_id", "successor_id")
    path = path_between(edges, row.successor_id, row.predecessor_id)
    if path:
        raise Invalid(
            _("This would close a circle: %(circle)s. Untie one of these first.")
            % {"circle": _named([row.predecessor_id, *path], actor)},
            field="other",
        )


def _check_values(row: Dependency) -> None:
    if not -3650 <= row.lag_days <= 3650:
        raise Invalid(_("The lag lies between −3650 and 3650 days."), field="lag_days")
    try:
        row.clean_fields(exclude=["predecessor", "successor"])
    except ValidationError as problem:
        raise Invalid(problem.message_dict) from None


def _named(ids: list[uuid.UUID], actor: Actor) -> str:
    """Titles along the circle; what the actor may not see stays nameless."""
    rows: QuerySet[Project, Any] = policy.visible(actor).filter(pk__in=ids)
    titles = dict(rows.values_list("pk", "title"))
    return " → ".join(titles.get(pk) or _("another project") for pk in ids)


def _record(
    what: str, row: Dependency, actor: Actor, changed: Mapping[str, Any] | None = None
) -> None:
    """One event on each side; the other side is named by id, because not every reader may
    know it. The note is left out: it may speak of the other side."""
    fields = {"kind": _pair(what, row.kind)} if changed is None else changed
    events.record(
        *(
            event(
                f"portfolio.dependency.{what}",
                project,
                actor,
                {side: _pair(what, str(other)), **fields},
            )
            for project, side, other in (
                (row.predecessor, "successor", row.successor_id),
                (row.successor, "predecessor", row.predecessor_id),
            )
        )
    )


def _pair(what: str, value: str) -> list[str | None]:
    return [value, None] if what == "removed" else [None, value]
