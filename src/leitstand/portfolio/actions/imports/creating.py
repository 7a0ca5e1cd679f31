"""Creates the units, people, programmes, fields and goals that a confirmed import names."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.org import actions as org
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import PersonFinder, UnitFinder
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.models import FieldOfAction, Goal, ImportRow, ImportRun, Programme

_STRATEGY: dict[str, type[Any]] = {
    "fields_of_action": FieldOfAction,
    "programme": Programme,
    "goals": Goal,
}


@dataclass
class Created:
    """Ids of created objects by kind and folded name; ``counts`` says how many of each."""

    ids: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def resolve(self, kind: str, ref: dict[str, str]) -> uuid.UUID | None:
        """Return the id of a reference, created or existing; ``None`` for an empty one."""
        if not ref:
            return None
        if "id" in ref:
            return uuid.UUID(ref["id"])
        return self.ids[kind, fold(ref["new"])]

    def note(self, kind: str, name: str, identifier: uuid.UUID) -> None:
        """Remember a created object."""
        self.ids[kind, fold(name)] = identifier
        self.counts[kind] = self.counts.get(kind, 0) + 1


def create_missing(run: ImportRun, rows: list[ImportRow], actor: Actor) -> Created:
    """Create what the chosen rows name and the database does not yet hold."""
    wanted = _wanted(rows)
    created = Created()
    _units(wanted.get("units", {}), created, actor)
    fallback = OrgUnit.objects.filter(active_to=None).order_by("path").first()
    for text, unit_ref in wanted.get("people", {}).items():
        unit_id = created.resolve("units", unit_ref) if unit_ref else None
        unit = OrgUnit.objects.get(pk=unit_id) if unit_id else fallback
        _person(text, unit, created, actor)
    for kind in ("fields_of_action", "programme", "goals"):
        _strategy(kind, wanted.get(kind, {}), created, actor)
    return created


def _wanted(rows: list[ImportRow]) -> dict[str, dict[str, Any]]:
    """Return the new names by kind; people carry the lead unit of the first row that names them."""
    wanted: dict[str, dict[str, Any]] = {}
    for row in rows:
        values = row.parsed
        for kind, refs in (
            ("units", [values.get("lead_unit"), *(values.get("participating_units") or [])]),
            ("people", [values.get("lead"), values.get("sponsor")]),
            ("programme", [values.get("programme")]),
            ("fields_of_action", values.get("fields_of_action") or []),
            ("goals", values.get("goals") or []),
        ):
            for ref in refs:
                if ref and "new" in ref:
                    wanted.setdefault(kind, {}).setdefault(ref["new"], values.get("lead_unit"))
    return wanted


def _units(names: Iterable[str], created: Created, actor: Actor) -> None:
    find = UnitFinder()
    root = OrgUnit.objects.filter(active_to=None, parent=None).order_by("code").first()
    taken = set(OrgUnit.objects.values_list("code", flat=True))
    for name in names:
        found = find(name)
        if found is None:
            found = org.create_unit(
                actor=actor, kind="department", code=_code(name, taken), name=name, parent=root
            )
        created.note("units", name, found.id)


def _code(name: str, taken: set[str]) -> str:
    """Return a free code: the number or short form that the name begins with, else initials."""
    match = re.match(r"^\s*(?:amt|fb|fachbereich|abt\.?|abteilung)?\s*([0-9][0-9.\-/]*)", name, re.I)
    words = re.findall(r"\w+", name)
    base = match.group(1) if match else "".join(word[0] for word in words).upper()[:8] or "OE"
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    taken.add(code)
    return code


def _person(text: str, unit: OrgUnit | None, created: Created, actor: Actor) -> None:
    found = PersonFinder()(text)
    if found is None and unit is not None:
        family, comma, given = text.partition(",")
        if not comma:
            given, _blank, family = text.strip().rpartition(" ")
        found = org.create_person(
            actor=actor, given_name=given.strip(), family_name=family.strip(), unit=unit
        )
    if found:
        created.note("people", text, found.id)


def _strategy(kind: str, names: Iterable[str], created: Created, actor: Actor) -> None:
    model = _STRATEGY[kind]
    found = {fold(name): key for key, name in model.objects.values_list("pk", "name")}
    taken = set(model.objects.values_list("code", flat=True))
    for name in names:
        key = found.get(fold(name))
        if key is None:
            key = _create(model, name, taken, actor)
        created.note(kind, name, key)


def _create(model: type[Any], name: str, taken: set[str], actor: Actor) -> uuid.UUID:
    values: dict[str, Any] = {"name": name, "code": _code(name, taken)}
    if model is Goal:
        values["field_of_action"] = _unsorted_field(actor)
    if model is FieldOfAction:
        values["position"] = len(taken)
    row = model.objects.create(**values)
    events.record(
        events.Event(
            type="portfolio.strategy.created",
            actor=actor,
            object_kind=model._meta.model_name or "",
            object_id=row.pk,
            object_title=name,
            level=0,
        )
    )
    return row.pk  # type: ignore[no-any-return]


def _unsorted_field(actor: Actor) -> FieldOfAction:
    """Goals that come without a field of action hang on this one until somebody sorts them."""
    name = _("Not yet assigned")
    row, _created = FieldOfAction.objects.get_or_create(
        code="?", defaults={"name": name, "position": 999}
    )
    return row
