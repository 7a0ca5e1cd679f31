"""Creates the units, people, programmes, fields and goals that a confirmed import names."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.org import actions as org
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import PersonFinder, UnitFinder, living_units
from leitstand.core.org.spelling import kind_of
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.actions.strategy import create_entry
from leitstand.portfolio.actions.strategy import require as require_strategy
from leitstand.portfolio.models import FieldOfAction, Goal, ImportRow, Programme

_STRATEGY: dict[str, type[Any]] = {
    "fields_of_action": FieldOfAction,
    "programme": Programme,
    "goals": Goal,
}
_KINDS: dict[type[Any], str] = {
    FieldOfAction: "field-of-action",
    Programme: "programme",
    Goal: "goal",
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

    def note(self, kind: str, name: str, identifier: uuid.UUID, *, fresh: bool) -> None:
        """Remember the object of a name; ``fresh`` if it was created just now."""
        self.ids[kind, fold(name)] = identifier
        self.counts[kind] = self.counts.get(kind, 0) + fresh


def create_missing(named: Mapping[str, dict[str, Any]], actor: Actor) -> Created:
    """Create what ``new_names`` has found, unless the database holds it by now."""
    created = Created()
    _units(named.get("units", {}), created, actor)
    _people(named.get("people", {}), created, actor)
    for kind in ("fields_of_action", "programme", "goals"):
        _strategy(kind, named.get(kind, {}), created, actor)
    return created


def new_names(rows: Iterable[ImportRow]) -> dict[str, dict[str, Any]]:
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
    names = list(names)
    if not names:
        return
    find = UnitFinder()
    root = root_unit(actor)
    taken = {code.casefold() for code in OrgUnit.objects.values_list("code", flat=True)}
    for name in names:
        known = find(name)
        unit = known or new_unit(name, taken, root, actor)
        created.note("units", name, unit.id, fresh=known is None)


def new_unit(name: str, taken: set[str], root: OrgUnit, actor: Actor) -> OrgUnit:
    """Create a unit below ``root`` from its name alone; ``taken`` holds the casefolded codes."""
    return org.create_unit(
        actor=actor, kind=_kind(name), code=_code(name, taken), name=name, parent=root
    )


def root_unit(actor: Actor) -> OrgUnit:
    """Return the unit that new ones hang below; an empty instance gets one."""
    root = OrgUnit.objects.filter(active_to=None, parent=None).order_by("code").first()
    if root is None:
        name = _("City administration")
        root = org.create_unit(actor=actor, kind="city", code="0", name=name)
    return root


def _kind(name: str) -> str:
    """Return the kind that the name's first or last word says, else a department."""
    words = name.split()
    return kind_of(words[0]) or kind_of(words[-1]) or "department"


def _code(name: str, taken: set[str]) -> str:
    """Return a free code: a short name itself, the number that it begins with, else initials."""
    match = re.match(
        r"^\s*(?:amt|fb|fachbereich|abt\.?|abteilung)?\s*([0-9][0-9.\-/]*)", name, re.I
    )
    words = re.findall(r"\w+", name)
    initials = "".join(word[0] for word in words).upper()[:8] or "OE"
    short = name if len(name) <= 12 and " " not in name else ""
    base = short or (match.group(1)[:12] if match else initials)
    code, number = base, 2
    while code.casefold() in taken:
        code, number = f"{base}-{number}", number + 1
    taken.add(code.casefold())
    return code


def _people(wanted: dict[str, dict[str, str] | None], created: Created, actor: Actor) -> None:
    if not wanted:
        return
    find = PersonFinder()
    units = {unit.id: unit for unit in living_units()}
    fallback = min(units.values(), key=lambda unit: unit.path, default=None) or root_unit(actor)
    for text, ref in wanted.items():
        known = find(text)
        unit_id = created.resolve("units", ref) if ref else None
        unit = units.get(unit_id, fallback) if unit_id else fallback
        given, family = _name(text)
        person = known or org.create_person(
            actor=actor, given_name=given, family_name=family, unit=unit
        )
        created.note("people", text, person.id, fresh=known is None)


def _name(text: str) -> tuple[str, str]:
    """Return given and family name of "Anna Berg"."""
    given, _blank, family = text.rpartition(" ")
    return given, family


def _strategy(kind: str, names: Iterable[str], created: Created, actor: Actor) -> None:
    names = list(names)
    if not names:
        return
    require_strategy(actor)
    model = _STRATEGY[kind]
    found = {fold(name): key for key, name in model.objects.values_list("pk", "name")}
    taken = {code.casefold() for code in model.objects.values_list("code", flat=True)}
    for name in names:
        known = found.get(fold(name))
        key = known or _create(model, name, taken, actor)
        created.note(kind, name, key, fresh=known is None)


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
            object_kind=_KINDS[model],
            object_id=row.pk,
            object_title=name,
        )
    )
    return row.pk  # type: ignore[no-any-return]


def _unsorted_field(actor: Actor) -> Model:
    """Goals that come without a field of action hang on this one until somebody sorts them."""
    known = FieldOfAction.objects.filter(code="?").first()
    if known is not None:
        return known
    values = {"code": "?", "name": _("Not yet assigned"), "position": 999}
    return create_entry("field-of-action", actor=actor, values=values)
