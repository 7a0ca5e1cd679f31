"""What the pages of the organisation show: tables, facts and histories as view models."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.administration.choices import INDENT
from leitstand.core.history import past
from leitstand.core.org import queries
from leitstand.core.org.actions import structure
from leitstand.core.org.models import OrgChange, OrgUnit, Person, UnitKind
from leitstand.core.ui.components import (
    Action,
    Badge,
    Cell,
    Column,
    DataTable,
    HistoryEntry,
    Link,
    Row,
)

_NIL = uuid.UUID(int=0)
_KINDS = {
    OrgChange.Kind.CREATED: lambda change: _("created"),
    OrgChange.Kind.RENAMED: lambda change: _("renamed"),
    OrgChange.Kind.MOVED: lambda change: (
        _("moved below %(unit)s") % {"unit": change.target.name}
        if change.target
        else _("moved to the top of the tree")
    ),
    OrgChange.Kind.MERGED: lambda change: (
        _("merged into %(unit)s") % {"unit": change.target.name if change.target else ""}
    ),
    OrgChange.Kind.DISSOLVED: lambda change: _("dissolved"),
}


def crumbs(*more: tuple[Any, str]) -> Sequence[Link]:
    """Return the breadcrumb below the list of units."""
    return [
        Link(_("Organisation"), reverse("administration:units")),
        *(Link(label, url) for label, url in more),
    ]


def tree_page(day: date | None, *, changeable: bool) -> dict[str, Any]:
    """Return the context of the tree, or by the chronicle of a ``day`` before the record."""
    nodes = queries.tree(on=day)
    kinds = {str(kind): str(kind.label) for kind in UnitKind}
    pattern = reverse("administration:unit", args=[_NIL])
    rows = [
        Row(
            [
                Cell(_in_its_place(node, pattern.replace(str(_NIL), str(node.id)))),
                node.code,
                kinds.get(node.kind, node.kind),
                node.short_name,
            ],
            label=node.name,
        )
        for node in nodes
    ]
    return {
        "title": _("Organisation"),
        "before": day,
        "begins": past.first_day() if day else None,
        "count": len(nodes),
        "actions": _tree_actions() if changeable else [],
        "table": DataTable(
            caption=_("Units"),
            columns=[
                Column("name", _("Unit")),
                Column("code", _("Unit code"), nowrap=True),
                Column("kind", _("Kind")),
                Column("short", _("Short name")),
            ],
            rows=rows,
            empty_title=_("There are no units yet."),
            empty_text=_("Import them from a table, or create the first one."),
            empty_actions=_tree_actions() if changeable else [],
        ),
    }


def _in_its_place(node: queries.TreeNode, url: str) -> SafeString:
    """Return the linked name, moved to the right by its depth."""
    return format_html(
        '{}<a class="ls-cell-link" href="{}">{}</a>', INDENT * node.depth, url, node.name
    )


def _tree_actions() -> list[Action]:
    return [
        Action(_("New unit"), reverse("administration:unit_new"), "primary", "add"),
        Action(_("Import units"), reverse("administration:units_import")),
    ]


def unit_page(unit: OrgUnit, *, changeable: bool) -> dict[str, Any]:
    """Return the context of one unit's page."""
    people = [] if past.is_past() else list(unit.people.filter(active=True))
    children = list(unit.children.filter(active_to=None))
    changes = list(unit.unit_changes.select_related("target").order_by("-on", "-created_at"))
    return {
        "title": unit.name,
        "unit": unit,
        "crumbs": crumbs((unit.name, "")),
        "badge": Badge(_("ended"), "warning") if unit.active_to else None,
        "actions": _unit_actions(unit) if changeable and unit.active_to is None else [],
        "facts": _facts(unit),
        "children": [Link(c.name, reverse("administration:unit", args=[c.id])) for c in children],
        "people": None if past.is_past() else people_table(people, changeable=changeable),
        "history": [_entry(change) for change in changes],
        "periods": _periods(unit),
        "obstacles": structure.obstacles_to_end(unit) if changeable else [],
    }


def _facts(unit: OrgUnit) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("Unit code"), unit.code),
        (_("Kind"), unit.get_kind_display()),
        (_("Short name"), unit.short_name),
        (_("Belongs to"), unit.parent.name if unit.parent else _("nothing (top of the tree)")),
        (_("E-mail"), unit.email),
        (_("Exists since"), unit.active_from),
    ]
    if unit.active_to:
        facts.append((_("Ended on"), unit.active_to))
    if unit.successor:
        facts.append((_("Merged into"), unit.successor.name))
    return facts


def _unit_actions(unit: OrgUnit) -> list[Action]:
    names = [
        (_("Rename"), "unit_rename"),
        (_("Move"), "unit_move"),
        (_("Merge"), "unit_merge"),
        (_("Dissolve"), "unit_dissolve"),
    ]
    below = reverse("administration:unit_new") + f"?unter={unit.id}"
    return [
        *(
            Action(label, reverse(f"administration:{name}", args=[unit.id]))
            for label, name in names
        ),
        Action(_("New sub-unit"), below, icon="add"),
    ]


def _entry(change: OrgChange) -> HistoryEntry:
    text = _KINDS[OrgChange.Kind(change.kind)](change)
    return HistoryEntry(at=change.on, who="", text=text, reason=change.reason)


def _periods(unit: OrgUnit) -> DataTable:
    kinds = dict(UnitKind.choices)
    rows = [
        Row(
            [
                period.valid_from,
                Cell(period.valid_to or ("" if past.is_past() else _("today"))),
                period.name,
                Cell(kinds.get(period.kind, period.kind)),
                Cell(period.parent.name if period.parent else ""),
            ]
        )
        for period in unit.periods.select_related("parent").order_by("-valid_from")
    ]
    return DataTable(
        caption=_("What was true when"),
        columns=[
            Column("from", _("From")),
            Column("to", _("To (exclusive)")),
            Column("name", _("Name")),
            Column("kind", _("Kind")),
            Column("parent", _("Belongs to")),
        ],
        rows=rows,
        id="periods",
    )


def people_table(people: Sequence[Person], *, changeable: bool) -> DataTable:
    """Return the table of people; names lead to the form if one may change them."""
    rows = [
        Row(
            [
                Cell(
                    f"{person.family_name}, {person.given_name}".rstrip(", "),
                    reverse("administration:person", args=[person.id]) if changeable else "",
                ),
                person.function,
                Cell(str(person.unit)),
                person.email,
                Cell("") if person.active else Cell(badge=Badge(_("inactive"), "warning")),
            ]
        )
        for person in people
    ]
    return DataTable(
        caption=_("People"),
        columns=[
            Column("name", _("Name")),
            Column("function", _("Function")),
            Column("unit", _("Unit")),
            Column("email", _("E-mail")),
            Column("state", _("Condition")),
        ],
        rows=rows,
        id="people",
        empty_title=_("Nobody is entered here."),
        empty_text=_("People are entered one by one or imported from a table."),
    )
