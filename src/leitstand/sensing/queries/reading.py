"""Answers a resource path with its query options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from leitstand.sensing.domain.options import Options
from leitstand.sensing.domain.paths import ResourcePath, Step
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import SETS
from leitstand.sensing.models import Datastream, Series
from leitstand.sensing.policy import Caller, clause, visible
from leitstand.sensing.queries.columns import BACK
from leitstand.sensing.queries.expanding import with_series, written
from leitstand.sensing.queries.filters import condition
from leitstand.sensing.queries.paging import Order, after, next_link, ordered, token_of
from leitstand.sensing.queries.writing_out import array, self_link, value_of

MISSING = "there is no such entity, or it is not open to you"


@dataclass(frozen=True)
class Place:
    """Where answers live: the service's address and the address asked for."""

    base: str
    address: str
    query: str = ""


def root(base: str, conformance: list[str]) -> dict[str, Any]:
    """The landing page: entity sets and the requirements that are met."""
    return {
        "value": [{"name": name, "url": f"{base}/{name}"} for name in SETS],
        "serverSettings": {"conformance": conformance},
    }


def rows_of(caller: Caller, steps: tuple[Step, ...]) -> tuple[QuerySet[Any], int | None]:
    """Entities that the path leads to, and the key of the entity before the last step.

    Raises 404 for whatever is missing or hidden on the way.
    """
    rows: QuerySet[Any] = visible(caller, steps[0].kind.name)
    parent: int | None = None
    for place, step in enumerate(steps):
        if place:
            before = steps[place - 1]
            parent = _key_of(rows)
            way = BACK[before.kind.name, step.name]
            rows = visible(caller, step.kind.name).filter(**{way: parent})
        if step.key is not None:
            rows = rows.filter(pk=step.key)
    return rows, parent


def _key_of(rows: QuerySet[Any]) -> int:
    key = rows.values_list("pk", flat=True).first()
    if key is None:
        raise RequestError(MISSING, status=404)
    return int(key)


def one(caller: Caller, path: ResourcePath) -> Any:
    """The entity that the path ends at; raises 404."""
    rows, _ = rows_of(caller, path.steps)
    row = with_series(rows, path.kind).first()
    if row is None:
        raise RequestError(MISSING, status=404)
    return row


def answer(caller: Caller, path: ResourcePath, options: Options, place: Place) -> Any:
    """The JSON of a set, an entity, a property or references; ``None`` for a property without value.

    ``$value`` gives the bare value.
    """
    if path.is_set:
        return _set(caller, path, options, place)
    row = one(caller, path)
    if path.ref:
        return {"@iot.selfLink": self_link(place.base, path.kind, row.id)}
    if not path.prop:
        return written(caller, place.base, path.kind, [row], options)[0]
    return _property(path, row, place)


def _property(path: ResourcePath, row: Any, place: Place) -> Any:
    name = path.prop
    if name == "@iot.selfLink":
        value: Any = self_link(place.base, path.kind, row.id)
    else:
        value = value_of(path.kind, row, name)
    for part in path.inner:
        value, name = _part(value, part), part
    if path.value or value is None:
        return value
    return {name: value}


def _part(value: Any, name: str) -> Any:
    if isinstance(value, dict) and name in value:
        return value[name]
    if isinstance(value, list) and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    raise RequestError("there is nothing of this name", where=name, status=404)


def _set(caller: Caller, path: ResourcePath, options: Options, place: Place) -> dict[str, Any]:
    rows, parent = rows_of(caller, path.steps)
    if parent is None and len(path.steps) > 1:
        raise RequestError(MISSING, status=404)
    if options.filter is not None:
        try:
            rows = rows.filter(condition(caller, options.filter, path.kind))
        except RequestError as problem:
            raise problem.inside("$filter") from None
    found: dict[str, Any] = {}
    if options.count:
        found["@iot.count"] = _count(caller, path, options, rows, parent)
    page, more = _page(path, options, rows, place)
    if more:
        found["@iot.nextLink"] = more
    if path.ref:
        found["value"] = [{"@iot.selfLink": self_link(place.base, path.kind, row.id)} for row in page]
    elif options.form == "dataArray":
        found["value"] = array(page, place.base, options.select)
    else:
        found["value"] = written(caller, place.base, path.kind, page, options)
    return found


def _page(
    path: ResourcePath, options: Options, rows: QuerySet[Any], place: Place
) -> tuple[list[Any], str]:
    """Entities of the page, and the address of the next."""
    if options.form and path.kind.name != "Observation":
        raise RequestError("data arrays hold Observations only", where="$resultFormat")
    in_stream = path.kind.name == "Observation" and len(path.steps) > 1
    try:
        order = ordered(rows, path.kind, options, in_stream)
    except RequestError as problem:
        raise problem.inside("$orderby") from None
    made_for = f"{place.address}?{options.filter_text}?{[str(key) for key in options.orderby]}"
    following = with_series(after(order, options.token, made_for), path.kind)
    size = options.size
    if size == 0:
        return [], ""
    skip = 0 if options.token else options.skip
    page = list(_light(following, path, order)[skip : skip + size + 1])
    if len(page) <= size:
        return page, ""
    token = token_of(order, page[size - 1], made_for)
    return page[:size], next_link(place.address, place.query, token)


_VALUE = (
    "id", "datastream_id", "feature_id", "start", "stop", "result_time", "number", "other",
    "quality", "valid_start", "valid_stop", "parameters",
)  # fmt: skip


def _light(rows: QuerySet[Any], path: ResourcePath, order: Order) -> QuerySet[Any]:
    """Values as named tuples, which cost half of what model objects do."""
    if path.kind.name != "Observation":
        return rows
    keys = [name for name, _ in order.keys if name not in {"pk", *_VALUE}]
    return rows.values_list(*_VALUE, *keys, named=True)


def _count(
    caller: Caller, path: ResourcePath, options: Options, rows: QuerySet[Any], parent: int | None
) -> int:
    """The number of entities; of unfiltered values the sum that is kept."""
    if path.kind.name == "Observation" and options.filter is None:
        if len(path.steps) == 1:
            streams = Datastream.objects.filter(clause(caller, "thing__"))
            kept = Series.objects.filter(pk__in=streams.values("pk"))
            return kept.aggregate(n=Sum("count"))["n"] or 0
        if path.steps[-2].kind.name == "Datastream":
            return Series.objects.filter(pk=parent).aggregate(n=Sum("count"))["n"] or 0
    return rows.count()
