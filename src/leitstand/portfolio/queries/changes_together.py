"""Changed fields of needs, meetings and tasks in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.changes import Line
from leitstand.portfolio.queries.changes import lines, pair
from leitstand.portfolio.tables.intake import CASES, NEEDS
from leitstand.portfolio.tables.meetings import GROUPS, MEETINGS, MINUTES, POINTS, TASKS, WRITTEN

_WORDS = {
    "state_since": _("In this state since"),
    "text": _("Text"),
    "decision_reason": _("Reason"),
    "project": _("Project"),
    "merged_into": _("Merged into"),
    "handling_unit": _("Handling unit"),
    "recommendation": _("Recommendation"),
    "note": _("Note"),
}


def of_need(changes: Mapping[str, Any]) -> list[Line]:
    """Lines of a need's event; ids of other things are left out."""
    known = {name: change for name, change in changes.items() if name in NEEDS}
    found = lines(NEEDS, known)
    more = {name: change for name, change in changes.items() if name in _WORDS}
    for name, change in more.items():
        old, new = (str(part or "") for part in pair(change))
        label = CASES[name].label if name in CASES else _WORDS[name]
        if old != new:
            found.append(Line(str(label), old, new))
    return found


_POINT = _("Point of the agenda")
_TABLES = (TASKS, MEETINGS, GROUPS, POINTS, WRITTEN, MINUTES)


def of_meeting(changes: Mapping[str, Any]) -> list[Line]:
    """Lines of an event about a group, a meeting or a task."""
    found = []
    for name, change in changes.items():
        table = next((table for table in _TABLES if name in table), None)
        if table is not None:
            found += lines(table, {name: change})
            continue
        label = {"point": _POINT, "person": _("Person"), "count": _("How many")}.get(name)
        old, new = (str(part or "") for part in pair(change))
        if label and old != new:
            found.append(Line(str(label), old, new))
    return found
