"""Creates, changes and deletes entities; each with an event in the trail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model

from leitstand.core.base import events
from leitstand.core.base.errors import NotAllowed
from leitstand.core.base.models import Level
from leitstand.core.org.models import OrgUnit, Person
from leitstand.sensing import models as m
from leitstand.sensing.actions import removing, sending
from leitstand.sensing.domain.bodies import Draft, value_of
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.models.entities import StandardEntity
from leitstand.sensing.policy import MODELS, Caller, require_change, visible
from leitstand.sensing.queries.columns import COLUMNS, RELATIONS

_LEVELS = {"public": Level.PUBLIC, "internal": Level.INTERNAL, "confidential": Level.CONFIDENTIAL}
Pending = list[tuple[int, Draft]]
"""Values below new Datastreams: written after the entities."""


def create(caller: Caller, draft: Draft) -> int:
    """Create an entity with everything inline; returns its id.

    All entities or none; then their values.
    """
    if draft.kind.name == "Observation":
        return _send(caller, draft)
    _refuse_station(caller)
    pending: Pending = []
    with transaction.atomic():
        row = _create(caller, draft, pending)
    for datastream, value in pending:
        _send(caller, value, datastream)
    return int(row.pk)


def _refuse_station(caller: Caller) -> None:
    if caller.station is not None:
        raise NotAllowed("A station's token sends values; it changes no entities.")


def _send(caller: Caller, draft: Draft, datastream: int | None = None) -> int:
    """Write a value; a Datastream or feature given inline is created first."""
    stream = draft.one.get("Datastream", datastream)
    if stream is None:
        raise RequestError("is missing", where="Datastream")
    feature = draft.one.get("FeatureOfInterest")
    pending: Pending = []
    with transaction.atomic():
        if isinstance(stream, Draft):
            _refuse_station(caller)
            stream = int(_create(caller, stream, pending).pk)
        if isinstance(feature, Draft):
            sending.streams(caller, [stream])
            feature = int(_save(caller, feature, {}, []).pk)
    for place, value in pending:
        _send(caller, value, place)
    return sending.send_one(caller, stream, value_of(draft.values), feature).id


def _create(caller: Caller, draft: Draft, pending: Pending, **given: Any) -> Any:
    """Create one entity: what it needs first, then itself, then what hangs on it."""
    kind = draft.kind
    single: dict[str, Any] = dict(given)
    for relation in kind.relations.values():
        if relation.many or RELATIONS[kind.name, relation.name] in given:
            continue
        target = draft.one.get(relation.name)
        if target is None:
            raise RequestError("is missing", where=_inside(draft, relation.name))
        single[RELATIONS[kind.name, relation.name]] = _reach(caller, relation.target, target, pending)
    row = _save(caller, draft, single, _touched(kind.name, single))
    for name, targets in draft.many.items():
        _attach(caller, draft, row, name, targets, pending)
    return row


def _inside(draft: Draft, name: str) -> str:
    return f"{draft.where}.{name}" if draft.where else name


def _reach(caller: Caller, target: str, draft: Draft | int, pending: Pending) -> Any:
    """The related entity: linked or created."""
    if isinstance(draft, Draft):
        return _create(caller, draft, pending)
    row = visible(caller, target).filter(pk=draft).first()
    if row is None:
        raise RequestError(f"there is no {target}({draft})", where=target)
    return row


def _touched(kind: str, single: Mapping[str, Any]) -> list[m.Thing]:
    thing = single.get("thing")
    return [thing] if kind in ("Datastream", "HistoricalLocation") and thing else []


def _save(caller: Caller, draft: Draft, single: dict[str, Any], touched: list[m.Thing]) -> Any:
    kind = draft.kind.name
    values = _columns(kind, draft.values)
    if kind == "Thing":
        unit, level = _place_of(caller, draft.values.get("properties") or {})
        values |= {"unit": unit, "confidentiality": level}
    row: Any = MODELS[kind](**values, **single)
    require_change(caller, [row] if kind == "Thing" else touched)
    row.save()
    _record("created", caller, row, {name: [None, value] for name, value in draft.values.items()})
    return row


def _columns(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {COLUMNS[kind][name].field: value for name, value in values.items()}


def _place_of(caller: Caller, properties: Mapping[str, Any]) -> tuple[OrgUnit, int]:
    """Unit and level of a new Thing: as its properties say, else the account's unit and internal."""
    word = properties.get("confidentiality", "internal")
    if word not in _LEVELS:
        raise RequestError("is one of public, internal, confidential", where="properties.confidentiality")
    code = properties.get("unit")
    if code is not None:
        unit = OrgUnit.objects.filter(code=str(code)[:100]).first()
        if unit is None:
            raise RequestError("there is no unit with this code", where="properties.unit")
        return unit, _LEVELS[word]
    own = Person.objects.filter(pk=caller.actor.person_id or uuid.UUID(int=0)).values("unit")
    unit = OrgUnit.objects.filter(pk__in=own).first() or OrgUnit.objects.order_by("path").first()
    if unit is None:
        raise RequestError("there is no unit yet that could hold the station")
    return unit, _LEVELS[word]


def _attach(
    caller: Caller, draft: Draft, row: Any, name: str, targets: list[Draft | int], pending: Pending
) -> None:
    """Link or create what hangs on a new entity."""
    kind = draft.kind.name
    relation = draft.kind.relations[name]
    if relation.target == "Observation":
        if kind != "Datastream":
            raise RequestError("values are sent to a Datastream", where=_inside(draft, name))
        pending += [(row.pk, one) for one in targets if isinstance(one, Draft)]
        return
    way = RELATIONS[kind, name]
    if way in ("locations", "things"):
        rows = [_reach(caller, relation.target, one, pending) for one in targets]
        if way == "locations" and kind == "Thing":
            locate(row, rows)
        else:
            _link(caller, row, way, rows)
        return
    back = {"Thing": "thing", "Sensor": "sensor", "ObservedProperty": "observed_property"}.get(kind)
    for one in targets:
        if not isinstance(one, Draft) or back is None:
            raise RequestError("only new entities can be given here", where=_inside(draft, name))
        _create(caller, one, pending, **{back: row})


def _link(caller: Caller, row: Any, way: str, rows: list[Any]) -> None:
    """HistoricalLocation–Locations, and Location–Things, which moves the Things."""
    if way == "locations":
        row.locations.set(rows)
        return
    require_change(caller, rows)
    for thing in rows:
        locate(thing, [row])


def locate(thing: m.Thing, locations: list[m.Location]) -> None:
    """Give a Thing its Locations and note it as HistoricalLocation (8.2.3)."""
    thing.locations.set(locations)
    if locations:
        past = m.HistoricalLocation(thing=thing, time=sending.now())
        past.save()
        past.locations.set(locations)


def _record(what: str, caller: Caller, row: StandardEntity, changes: Mapping[str, Any]) -> None:
    thing = row if isinstance(row, m.Thing) else getattr(row, "thing", None)
    events.record(
        events.Event(
            f"sensing.entity.{what}", caller.actor, type(row).__name__.lower(), row.uid,
            str(row)[:200], changes={name: pair for name, pair in changes.items() if _small(pair)},
            level=thing.confidentiality if thing else Level.INTERNAL,
            unit_id=thing.unit_id if thing else None,
        )
    )  # fmt: skip


def _small(pair: Any) -> bool:
    return len(str(pair)) < 5000


def affected(row: Any) -> list[m.Thing]:
    """Things that a change of this entity changes, too."""
    if isinstance(row, m.Thing):
        return [row]
    if isinstance(row, m.Datastream | m.HistoricalLocation):
        return [row.thing]
    found = m.Thing.objects
    if isinstance(row, m.Location):
        rows: Iterable[m.Thing] = found.filter(locations=row)
    elif isinstance(row, m.Sensor):
        rows = found.filter(datastreams__sensor=row).distinct()
    elif isinstance(row, m.ObservedProperty):
        rows = found.filter(datastreams__observed_property=row).distinct()
    else:
        rows = found.filter(datastreams__features=row).distinct()
    return list(rows)


@transaction.atomic
def change(caller: Caller, row: Any, draft: Draft) -> None:
    """Change members and links of an entity (10.3); raises ``RequestError``, ``NotAllowed``."""
    _refuse_station(caller)
    kind = draft.kind.name
    if kind == "Observation":
        raise RequestError("values are corrected by sending them again", status=405)
    row = MODELS[kind]._default_manager.select_for_update().get(pk=row.pk)
    require_change(caller, affected(row))
    changes: dict[str, list[Any]] = {}
    for name, value in draft.values.items():
        column = COLUMNS[kind][name].field
        if (before := getattr(row, column)) != value:
            changes[name] = [before, value]
            setattr(row, column, value)
    _relink(caller, row, draft)
    if changes:
        row.version += 1
        row.save()
    if changes or draft.one or draft.many:
        _record("changed", caller, row, changes)


def _relink(caller: Caller, row: Any, draft: Draft) -> None:
    for name, target in draft.one.items():
        way, relation = RELATIONS[draft.kind.name, name], draft.kind.relations[name]
        found = _reach(caller, relation.target, target, [])
        if relation.target == "Thing":
            require_change(caller, [found])
        setattr(row, way, found)
    if draft.one:
        row.save()
    for name, targets in draft.many.items():
        way, relation = RELATIONS[draft.kind.name, name], draft.kind.relations[name]
        rows = [_reach(caller, relation.target, one, []) for one in targets]
        if way not in ("locations", "things"):
            raise RequestError("set this relation at its other end", where=name)
        if isinstance(row, m.Thing):
            locate(row, rows)
        else:
            _link(caller, row, way, rows)


@transaction.atomic
def remove(caller: Caller, row: Model) -> None:
    """Delete an entity and what the standard's cascades take with it (10.4)."""
    _refuse_station(caller)
    if isinstance(row, m.Observation):
        require_change(caller, [m.Thing.objects.get(datastreams=row.datastream_id)])
        removing.value(row)
        return
    if not isinstance(row, StandardEntity):
        raise TypeError(type(row).__name__)
    require_change(caller, affected(row))
    _record("deleted", caller, row, {})
    removing.entity(row)


