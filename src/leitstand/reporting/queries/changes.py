"""How the audit trail words the events of the council's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.changes import Line
from leitstand.core.base.models import Level
from leitstand.reporting.models import PaperKind, ResolutionTracking
from leitstand.reporting.queries.oparl import count_pairs

_LABELS = {
    "name": _("Title"), "url": _("Address"), "active": _("Is read"), "reference": _("Number of the paper"),
    "date": _("Date"), "kind": _("Kind of paper"), "originator_text": _("Submitted by"),
    "text": _("What it is about"), "confidentiality": _("Confidentiality"),
    "meeting": _("Meeting"), "role": _("Role"), "organization": _("Committee"),
    "start": _("Start"), "end": _("End"), "place": _("Venue"), "cancelled": _("Called off"),
    "resolution": _("Resolution"), "decided_on": _("Decided on"), "state": _("State"),
    "progress": _("How far it is"), "next_report": _("Next report by"),
    "unit": _("Carried out by"), "project": _("Project"),
}  # fmt: skip
_WORDS: dict[str, dict[Any, Any]] = {
    "kind": dict(PaperKind.choices), "state": dict(ResolutionTracking.State.choices),
    "confidentiality": dict(Level.choices),
}  # fmt: skip


def lines(changes: Mapping[str, Any]) -> list[Line]:
    """Changed fields in words."""
    found = []
    kinds = dict(PaperKind.choices)
    for name, pair in changes.items():
        label = _LABELS.get(name) or kinds.get(name)
        if label is None or not isinstance(pair, list) or len(pair) != 2:
            continue
        old, new = (_word(name, value) for value in pair)
        if old != new:
            found.append(Line(str(label), old, new))
    return found


def _word(name: str, value: Any) -> str:
    if value is None:
        return ""
    return str(_WORDS.get(name, {}).get(value, value))


def of_reading(changes: Mapping[str, Any]) -> list[Line]:
    """What a reading brought, or what was changed of a source."""
    counts = {name: pair[1] for name, pair in changes.items() if "." in name}
    if counts:
        return [Line(label, "", text) for label, text in count_pairs(counts)]
    return lines(changes)


def of_export(changes: Mapping[str, Any]) -> list[Line]:
    """In which format a list was exported."""
    pair = changes.get("format")
    form = pair[1] if isinstance(pair, list) and len(pair) == 2 else ""
    return [Line(str(_("Format")), "", str(form).upper())] if form else []
