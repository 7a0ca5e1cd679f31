"""What changed besides projects: strategy, indicators, rollouts, the organisation.

Both days are read like any page of their day; what is hidden on one of them is in no difference.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit, UnitKind
from leitstand.core.policy.grants import grants
from leitstand.core.tables import values
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio import policy_rollouts
from leitstand.portfolio.models import (
    FieldOfAction,
    Goal,
    Indicator,
    IndicatorValue,
    Programme,
    Rollout,
    RolloutCell,
    RolloutObstacle,
    RolloutStep,
    RolloutUnit,
    Wave,
)
from leitstand.portfolio.queries.differences import (
    ADDED,
    CHANGED,
    REMOVED,
    Line,
    at_day,
    changed_values,
)
from leitstand.portfolio.tables import FIELDS, GOALS, PROGRAMMES
from leitstand.portfolio.tables.indicators import INDICATORS, VALUES
from leitstand.portfolio.tables.rollouts import CELLS, MEMBERS, OBSTACLES, ROLLOUTS, STEPS, WAVES

_T = ColumnType
UNITS = Table(
    kind="unit",
    label=_("Unit"),
    label_plural=_("Organisation"),
    key=("code",),
    columns=(
        Column("code", _("Code"), _T.TEXT),
        Column("name", _("Name"), _T.TEXT),
        Column("short_name", _("Short name"), _T.TEXT),
        Column("kind", _("Kind"), _T.CHOICE, choices=UnitKind.choices),
        Column("parent", _("Unit above"), _T.TEXT, source="parent__name"),
        Column("active_from", _("Exists since"), _T.DATE),
        Column("active_to", _("Exists until"), _T.DATE),
    ),
)
Row = Mapping[str, Any]
Rows = dict[Any, Row]


@dataclass(frozen=True)
class Other:
    """What happened to one object between the two days; ``sort`` is the kind of its table."""

    id: uuid.UUID
    sort: str
    number: str
    title: str
    kind: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class _Part:
    """Rows that belong to an object: which, by what, and the columns that name one."""

    model: Any
    table: Table
    owner: str
    named_by: tuple[str, ...]


@dataclass(frozen=True)
class Sort:
    """A kind of object that is compared; ``shown`` gives what the actor sees on the day read.

    ``number`` and ``title`` are the columns that name one; without a number it is "".
    """

    table: Table
    model: Any
    number: str
    title: str
    shown: Callable[[Actor], QuerySet[Any]]
    parts: tuple[_Part, ...] = ()
    left_out: frozenset[str] = frozenset()


def _all(model: Any) -> Callable[[Actor], QuerySet[Any]]:
    return lambda _actor: model._default_manager.all()


def _units(actor: Actor) -> QuerySet[OrgUnit]:
    seen = actor.is_system or grants(actor, "org.view")
    return OrgUnit.objects.all() if seen else OrgUnit.objects.none()


SORTS = (
    Sort(FIELDS, FieldOfAction, "code", "name", _all(FieldOfAction)),
    Sort(GOALS, Goal, "code", "name", _all(Goal)),
    Sort(PROGRAMMES, Programme, "code", "name", _all(Programme)),
    Sort(
        INDICATORS, Indicator, "code", "name", _all(Indicator),
        (_Part(IndicatorValue, VALUES, "indicator_id", ("day",)),),
    ),
    Sort(
        ROLLOUTS, Rollout, "", "title", policy_rollouts.visible,
        (
            _Part(RolloutStep, STEPS, "rollout_id", ("title",)),
            _Part(Wave, WAVES, "rollout_id", ("title",)),
            _Part(RolloutUnit, MEMBERS, "rollout_id", ("unit",)),
            _Part(RolloutCell, CELLS, "member__rollout_id", ("unit", "step")),
            _Part(RolloutObstacle, OBSTACLES, "member__rollout_id", ("kind", "title")),
        ),
        frozenset({"project"}),  # it may be hidden
    ),
    Sort(UNITS, OrgUnit, "code", "name", _units),
)  # fmt: skip


@dataclass(frozen=True)
class _State:
    rows: Rows
    parts: tuple[Rows, ...]
    there: frozenset[Any]


def between(actor: Actor, first: date, last: date) -> list[Other]:
    """Differences between the ends of the two days, kind by kind and by number; the number of
    queries depends on the kinds alone."""
    found: list[Other] = []
    for sort in SORTS:
        states = [_state(sort, actor, day) for day in (first, last)]
        found += sorted(_differences(sort, *states), key=lambda one: (one.number, one.title))
    return found


def _state(sort: Sort, actor: Actor, day: date) -> _State:
    with at_day(day):
        shown = sort.shown(actor)
        rows = _rows(shown, sort.table, sort.left_out, number=sort.number, title=sort.title)
        keys = list(rows)
        parts = tuple(
            _rows(
                part.model._default_manager.filter(**{f"{part.owner}__in": keys}), part.table,
                owner=part.owner,
            )
            for part in sort.parts
        )  # fmt: skip
        there = frozenset(sort.model._default_manager.values_list("pk", flat=True))
    return _State(rows, parts, there)


def _rows(
    rows: QuerySet[Any], table: Table, left_out: frozenset[str] = frozenset(), **more: str
) -> Rows:
    """Key → values by column name; ``more`` under names with a leading underscore."""
    paths = {column.name: column.source for column in table if column.name not in left_out}
    paths |= {f"_{name}": path for name, path in more.items() if path}
    found = rows.order_by().values_list("pk", *paths.values())
    return {key: dict(zip(paths, row, strict=True)) for key, *row in found}


def _differences(sort: Sort, before: _State, after: _State) -> Iterator[Other]:
    lines: dict[Any, list[Line]] = {}
    for part, old, new in zip(sort.parts, before.parts, after.parts, strict=True):
        for owner, line in _part_lines(part, old, new):
            lines.setdefault(owner, []).append(line)
    for key, row in after.rows.items():
        if key not in before.there:
            yield _other(sort, key, row, ADDED)
        elif key in before.rows:
            own = changed_values(sort.table, "", "", before.rows[key], row)
            if changed := [*own, *lines.get(key, ())]:
                yield _other(sort, key, row, CHANGED, changed)
    for key, row in before.rows.items():
        if key not in after.there:
            yield _other(sort, key, row, REMOVED)


def _other(sort: Sort, key: Any, row: Row, kind: str, lines: Sequence[Line] = ()) -> Other:
    return Other(key, sort.table.kind, row.get("_number", ""), row["_title"], kind, tuple(lines))


def _part_lines(part: _Part, before: Rows, after: Rows) -> Iterator[tuple[Any, Line]]:
    label = str(part.table.label)
    both = before.keys() | after.keys()
    for key in sorted(both, key=lambda one: _name(part, after.get(one) or before[one])):
        old, new = before.get(key), after.get(key)
        row = new or old or {}
        name = _name(part, row)
        if old is None or new is None:
            yield row["_owner"], Line(label, name, "", name if old else "", name if new else "")
            continue
        for line in changed_values(part.table, label, name, old, new):
            yield row["_owner"], line


def _name(part: _Part, row: Row) -> str:
    texts = (values.show(part.table.column(name), row.get(name)) for name in part.named_by)
    return ", ".join(filter(None, texts))
