"""How the audit trail words the events of planning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.changes import Line
from leitstand.core.base.models import Level
from leitstand.planning.domain.holidays import STATES
from leitstand.planning.models import Restriction
from leitstand.planning.tables.supply import POSITIONS

_LABELS = {
    "background_percent": _("Work besides projects in percent"),
    "mix_percent": _("Part of efforts without roles in percent"),
    "year": _("Year"), "amount": _("Euro per year"), "kind": _("Kind"), "state": _("Federal state"),
    "absence_percent": _("Absence in percent"), "filling_months": _("Months until a post is filled"),
    "years": _("Years to plan"), "assumed_size": _("Assumed size"),
    "title": _("Title"), "description": _("Description"), "seconds": _("Seconds to compute"),
    "confidentiality": _("Confidentiality"), "shared": _("Shared"), "ideas": _("With ideas"),
    "paused": _("With paused projects"), "change": _("Change"), "projects": _("Projects"),
    **{column.name: column.label for column in POSITIONS},
}  # fmt: skip
_WORDS: dict[str, dict[Any, Any]] = {
    "kind": dict(Restriction.Kind.choices),
    "state": dict(STATES),
    "confidentiality": dict(Level.choices),
}


def lines(_code: str, changes: Mapping[str, Any]) -> list[Line]:
    """Changed fields in words."""
    found = []
    for name, pair in changes.items():
        if name not in _LABELS or not isinstance(pair, list) or len(pair) != 2:
            continue
        old, new = (_word(name, value) for value in pair)
        if old != new:
            found.append(Line(str(_LABELS[name]), old, new))
    return found


def _word(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(_WORDS.get(name, {}).get(value, value))
