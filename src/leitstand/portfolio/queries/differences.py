"""What changed between two days: projects that came, went or changed, field by field.

Both states are read like any page of their day, so a difference holds only what the reader may
see on both days and today.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.history import past, tracked
from leitstand.core.tables import values
from leitstand.core.tables.columns import Table
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.query import Query
from leitstand.portfolio import policy
from leitstand.portfolio.actions.items import ITEM_KINDS, ItemKind
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries import projects as read
from leitstand.portfolio.queries.exports import item_rows
from leitstand.portfolio.tables import PROJECTS

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_LEFT_OUT = frozenset({"number", "version", "created_at", "updated_at", "id"})
_LINKS = (Project.fields_of_action.through, Project.goals.through)
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Line:
    """One changed value in words; ``days`` by which a date has moved, if it is one.

    ``part`` names the part of the project and ``label`` the field; an empty label is a part that
    was added or removed as a whole.
    """

    part: str
    title: str
    label: str
    before: str
    after: str
    days: int | None = None


@dataclass(frozen=True)
class Difference:
    """What happened to one project between the two days."""

    id: uuid.UUID
    number: str
    title: str
    unit: str
    programme: str
    kind: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class _State:
    projects: Mapping[uuid.UUID, dict[str, Any]]
    parts: Mapping[str, Rows]


def why_not(first: date, last: date) -> str:
    """Why the two days cannot be compared; "" if they can."""
    today, known = clock.present_day(), past.first_day()
    if known is None:
        return _("Nothing has been recorded yet.")
    if first < min(known, today):  # a fixed day may lie before the record
        return _("Of this day nothing is known. The record begins on %(day)s.") % {
            "day": date_format(known, "j. F Y")
        }
    if first > last:
        return _("The first day lies after the last one.")
    if last > today:
        return _("This day is still to come. Choose today or an earlier day.")
    return ""


def between(
    query: Query, actor: Actor, first: date, last: date, *, only: frozenset[uuid.UUID] | None = None
) -> list[Difference]:
    """Differences between the ends of the two days, by unit and number; the number of queries
    depends on the kinds of parts, not on rows. ``only`` leaves other projects out."""
    touched = _touched(past.end_of(first), past.end_of(last))
    if only is not None:
        touched = {code: some for code, ids in touched.items() if (some := ids & only)}
    kinds = [kind for kind in ITEM_KINDS if kind.code in touched]
    ids = set().union(*touched.values()) if touched else set()
    before, after = (_state(query, actor, day, ids, kinds) for day in (first, last))
    found = list(_differences(before, after, kinds, _existing(first, ids), _existing(last, ids)))
    return sorted(found, key=lambda one: (one.unit, one.number))


def changes_since(
    actor: Actor, moment: datetime, *, limit: int = 10
) -> list[tuple[uuid.UUID, str, str, datetime]]:
    """Visible projects of today that were changed after the moment, the latest first: id, number,
    title, when. Two queries; parts are not looked at."""
    rows = tracked.of(Project).period._default_manager.filter(valid_from__gt=moment)
    latest = dict(rows.values_list("object_id").annotate(last=Max("valid_from")))
    shown = policy.visible(actor).filter(pk__in=latest).values_list("pk", "number", "title")
    found = [(key, number, title, latest[key]) for key, number, title in shown]
    return sorted(found, key=lambda row: row[3], reverse=True)[:limit]


def at_day(day: date) -> AbstractContextManager[None]:
    """Read in the block as of the end of a day."""
    return nullcontext() if day >= clock.present_day() else past.as_of(day)


def _touched(begins: datetime, ends: datetime) -> dict[str, set[uuid.UUID]]:
    """Kind of part ("" = the project itself) → projects with versions that begin or end then."""
    moved = Q(valid_from__gte=begins, valid_from__lt=ends) | Q(valid_to__gte=begins, valid_to__lt=ends)
    found: dict[str, set[uuid.UUID]] = {}
    sources: list[tuple[str, Any, str]] = [("", Project, "object_id")]
    sources += [("", link, "project_id") for link in _LINKS]
    sources += [(kind.code, kind.model, "project_id") for kind in ITEM_KINDS]
    for code, model, key in sources:
        rows = tracked.of(model).period._default_manager.filter(moved)
        ids = set(rows.values_list(key, flat=True).distinct())
        if ids:
            found.setdefault(code, set()).update(ids)
    return found


def _existing(day: date, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of the projects existed, seen or not."""
    with at_day(day):
        return set(Project.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def _state(
    query: Query, actor: Actor, day: date, ids: Iterable[uuid.UUID], kinds: Sequence[ItemKind]
) -> _State:
    with at_day(day):
        found = read.listed(query, actor).filter(pk__in=list(ids))
        keys = list(found.values_list("pk", flat=True))
        rows = {
            row["id"]: row
            for row in read.rows(Project.objects.filter(pk__in=keys), keys, PROJECTS.exported())
        }
        parts = {kind.code: {row["id"]: row for row in item_rows(kind, keys)} for kind in kinds}
    return _State(rows, parts)


def _differences(
    before: _State, after: _State, kinds: Sequence[ItemKind],
    existed: set[uuid.UUID], exist: set[uuid.UUID],
) -> Iterator[Difference]:  # fmt: skip
    numbers = {row["number"]: key for key, row in {**before.projects, **after.projects}.items()}
    lines: dict[uuid.UUID, list[Line]] = {}
    for kind in kinds:
        for number, line in _part_lines(kind, before.parts[kind.code], after.parts[kind.code]):
            lines.setdefault(numbers[number], []).append(line)
    for key, row in after.projects.items():
        if key not in existed:
            yield _difference(key, row, ADDED)
        elif key in before.projects:
            own = changed_values(PROJECTS, "", "", before.projects[key], row)
            changed = [*own, *lines.get(key, ())]
            if changed:
                yield _difference(key, row, CHANGED, changed)
    for key, row in before.projects.items():
        if key not in exist:
            yield _difference(key, row, REMOVED)


def _difference(
    key: uuid.UUID, row: Mapping[str, Any], kind: str, lines: Sequence[Line] = ()
) -> Difference:
    return Difference(
        key, row["number"], row["title"], row["lead_unit"] or "", row["programme"] or "", kind,
        tuple(lines),
    )  # fmt: skip


def _part_lines(kind: ItemKind, before: Rows, after: Rows) -> Iterator[tuple[str, Line]]:
    label = str(kind.table.label)
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        row = new or old or {}
        title = entry_title(kind.table, row)
        if old is None or new is None:
            line = Line(label, title, "", title if old else "", title if new else "")
            yield row["project_number"], line
            continue
        for line in changed_values(kind.table, label, title, old, new):
            yield row["project_number"], line


def entry_title(table: Table, row: Mapping[str, Any]) -> str:
    """What a part is called: the first of its columns that says something."""
    return next((text for column in table if (text := values.show(column, row.get(column.name)))), "")


def changed_values(
    table: Table, part: str, title: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[Line]:
    """The columns in which two states of a row differ, in words."""
    found = []
    for column in table:
        if column.name in _LEFT_OUT or column.name not in old or column.name not in new:
            continue
        then, now = old[column.name], new[column.name]
        if then == now:
            continue
        before, after = values.show(column, then), values.show(column, now)
        if before != after:
            moved = _days(then, now)
            found.append(Line(part, title, str(column.label), before, after, moved))
    return found


def _days(then: Any, now: Any) -> int | None:
    """By how many days a date has moved; None for other values and dates that are new or gone."""
    one, two = (side.date if isinstance(side, PartialDate) else side for side in (then, now))
    return (two - one).days if isinstance(one, date) and isinstance(two, date) else None
