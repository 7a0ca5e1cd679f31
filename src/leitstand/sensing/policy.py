"""Who may see and change what: one predicate on the Thing for everything that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.base.models import Level
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy import registry
from leitstand.core.policy.grants import grants, predicate
from leitstand.core.policy.registry import Permission
from leitstand.sensing import models as m

VIEW = "sensing.station.view"
CHANGE = "sensing.station.change"

MODELS: dict[str, type[Model]] = {
    "Thing": m.Thing, "Location": m.Location, "HistoricalLocation": m.HistoricalLocation,
    "Datastream": m.Datastream, "Sensor": m.Sensor, "ObservedProperty": m.ObservedProperty,
    "Observation": m.Observation, "FeatureOfInterest": m.FeatureOfInterest,
}  # fmt: skip
TO_THING = {
    "Thing": "", "HistoricalLocation": "thing__", "Datastream": "thing__",
    "Observation": "datastream__thing__",
}  # fmt: skip
"""Way from an entity to the Thing that decides about it."""


@dataclass(frozen=True)
class Caller:
    """Who asks: an actor, or a station by its token (``station`` is the Thing's id)."""

    actor: Actor
    station: int | None = None
    writes: bool = False


def register() -> None:
    """Register permissions and their holders."""
    registry.register(
        [
            Permission(
                VIEW, _("See stations"), _("Sees stations and values up to the role's level."), "read"
            ),
            Permission(
                CHANGE, _("Register stations"),
                _("Registers, changes and deletes stations and series, sends values."),
            ),
        ],
        {
            "admin": [VIEW, CHANGE], "digital-unit": [VIEW, CHANGE], "unit-head": [VIEW, CHANGE],
            "project-lead": [VIEW], "member": [VIEW], "auditor": [VIEW], "councillor": [VIEW],
            "emergency": [VIEW],
        },
    )  # fmt: skip


def clause(caller: Caller, prefix: str = "") -> Q:
    """The predicate over a Thing's unit and level, reached by ``prefix``."""
    if caller.actor.is_system:
        return Q()
    unit, level = f"{prefix}unit_id", f"{prefix}confidentiality"
    found = Q(**{level: Level.PUBLIC})
    found |= predicate(grants(caller.actor, VIEW), unit=unit, level=level)
    if caller.station is not None:
        found |= Q(**{f"{prefix}id": caller.station})
    return found


def things(caller: Caller) -> QuerySet[m.Thing]:
    """Things that the caller may see."""
    return m.Thing.objects.filter(clause(caller))


def visible(caller: Caller, kind: str) -> QuerySet[Any]:
    """Entities of a kind that the caller may see; the only read path."""
    rows: QuerySet[Any] = MODELS[kind]._default_manager.all()
    if caller.actor.is_system:
        return rows
    if kind in ("Thing", "Datastream", "HistoricalLocation"):
        return rows.filter(clause(caller, TO_THING[kind]))
    streams = m.Datastream.objects.filter(clause(caller, "thing__"))
    if kind == "Observation":
        return rows.filter(datastream__in=streams.values("pk"))
    used = _used(caller, kind, streams)
    if grants(caller.actor, CHANGE):
        used |= _unused(kind)
    return rows.filter(used)


def _used(caller: Caller, kind: str, streams: QuerySet[m.Datastream]) -> Q:
    """Entities that a visible Thing or Datastream uses."""
    if kind == "Sensor":
        return Q(pk__in=streams.values("sensor"))
    if kind == "ObservedProperty":
        return Q(pk__in=streams.values("observed_property"))
    if kind == "FeatureOfInterest":
        links = m.Datastream.features.through.objects
        return Q(pk__in=links.filter(datastream__in=streams.values("pk")).values("featureofinterest"))
    here = m.Thing.locations.through.objects.filter(clause(caller, "thing__"))
    once = m.HistoricalLocation.locations.through.objects.filter(
        clause(caller, "historicallocation__thing__")
    )
    return Q(pk__in=here.values("location")) | Q(pk__in=once.values("location"))


def _unused(kind: str) -> Q:
    """Entities that nothing uses: to be seen by whoever may register stations."""
    if kind == "Location":
        here = m.Thing.locations.through.objects.values("location")
        once = m.HistoricalLocation.locations.through.objects.values("location")
        return ~Q(pk__in=here) & ~Q(pk__in=once)
    if kind == "FeatureOfInterest":
        links = m.Datastream.features.through.objects
        return ~Q(pk__in=links.values("featureofinterest"))
    column = "sensor" if kind == "Sensor" else "observed_property"
    return ~Q(pk__in=m.Datastream.objects.values(column))


def may_change(caller: Caller, thing: m.Thing) -> bool:
    """Whether the caller may change the Thing and what hangs on it."""
    level = grants(caller.actor, CHANGE).level_in(thing.unit_id)
    return caller.actor.is_system or level >= thing.confidentiality


def require_change(caller: Caller, touched: list[m.Thing]) -> None:
    """Raise ``NotAllowed`` unless the caller may change all Things that a change touches.

    Of none, the permission must be held anywhere.
    """
    if not touched:
        policy_grants.require(caller.actor, CHANGE)
    for thing in touched:
        if not may_change(caller, thing):
            reason = policy_grants.why(
                caller.actor, CHANGE, unit_id=thing.unit_id, level=thing.confidentiality
            )
            raise NotAllowed(reason.text)


def may_send(caller: Caller, thing: m.Thing) -> bool:
    """Whether the caller may send values into the Thing's Datastreams."""
    if caller.station is not None:
        return caller.writes and caller.station == thing.pk
    return may_change(caller, thing)
