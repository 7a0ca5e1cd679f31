"""``$expand``: each level is read with one statement for all its parents."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import quote

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from leitstand.sensing.domain.expressions import parse_order
from leitstand.sensing.domain.options import Expand, Options
from leitstand.sensing.domain.schema import KINDS, Kind
from leitstand.sensing.models import Series
from leitstand.sensing.policy import Caller, visible
from leitstand.sensing.queries.columns import BACK, RELATIONS
from leitstand.sensing.queries.filters import condition
from leitstand.sensing.queries.paging import ordered
from leitstand.sensing.queries.writing_out import entity, self_link

_PLAIN = "$()',;=:/@*"
_LATEST = parse_order("phenomenonTime desc")


def with_series(rows: QuerySet[Any], kind: Kind) -> QuerySet[Any]:
    """Datastreams come with what is known of their values."""
    return rows.select_related("series") if kind.name == "Datastream" else rows


def written(
    caller: Caller, base: str, kind: Kind, rows: list[Any], options: Options
) -> list[dict[str, Any]]:
    """Return entities with their expanded relations."""
    found = [entity(base, kind, row, options.select) for row in rows]
    for expand in options.expand:
        relation = kind.relations[expand.relation]
        build = _several if relation.many else _one
        build(caller, base, kind, rows, found, expand)
    return found


def _one(
    caller: Caller, base: str, kind: Kind, rows: list[Any], found: list[dict[str, Any]],
    expand: Expand,
) -> None:  # fmt: skip
    target = KINDS[kind.relations[expand.relation].target]
    column = RELATIONS[kind.name, expand.relation] + "_id"
    keys = {getattr(row, column) for row in rows}
    related = list(with_series(visible(caller, target.name).filter(pk__in=keys), target))
    texts = written(caller, base, target, related, expand.options)
    by_key = {row.id: text for row, text in zip(related, texts, strict=True)}
    for row, text in zip(rows, found, strict=True):
        text.pop(f"{expand.relation}@iot.navigationLink", None)
        text[expand.relation] = by_key.get(getattr(row, column))


def _several(
    caller: Caller, base: str, kind: Kind, rows: list[Any], found: list[dict[str, Any]],
    expand: Expand,
) -> None:  # fmt: skip
    options = expand.options
    target = KINDS[kind.relations[expand.relation].target]
    keys = [row.id for row in rows]
    related = _related(caller, kind, expand, target, keys)
    texts = written(caller, base, target, [row for _, row in related], options)
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for (parent, _), text in zip(related, texts, strict=True):
        groups[parent].append(text)
    counts = _counts(caller, kind, expand, target, keys) if options.count else {}
    for key, text in zip(keys, found, strict=True):
        text.pop(f"{expand.relation}@iot.navigationLink", None)
        if options.count:
            text[f"{expand.relation}@iot.count"] = counts.get(key, 0)
        inside = groups[key]
        text[expand.relation] = inside[: options.size]
        if len(inside) > options.size:
            text[f"{expand.relation}@iot.nextLink"] = _more(base, kind, key, expand)


def _more(base: str, kind: Kind, key: int, expand: Expand) -> str:
    """The address of the entities that the page does not hold, with the same options."""
    options = expand.options
    kept = [f"{name}={quote(text, _PLAIN)}" for name, text in options.raw if name != "$skip"]
    query = "&".join([*kept, f"$skip={options.skip + options.size}"])
    return f"{self_link(base, kind, key)}/{expand.relation}?{query}"


def _all(caller: Caller, kind: Kind, expand: Expand, target: Kind, keys: list[int]) -> QuerySet[Any]:
    rows = visible(caller, target.name)
    if expand.options.filter is not None:
        rows = rows.filter(condition(caller, expand.options.filter, target))
    way = BACK[kind.name, expand.relation]
    found: QuerySet[Any] = rows.annotate(parent=F(f"{way}__pk")).filter(parent__in=keys)
    return found


def _related(
    caller: Caller, kind: Kind, expand: Expand, target: Kind, keys: list[int]
) -> list[tuple[int, Any]]:
    """(parent, entity) pairs in order, one more per parent than a page holds."""
    if _is_latest(kind, expand):
        latest = dict(Series.objects.filter(pk__in=keys).values_list("latest_id", "pk"))
        rows = visible(caller, "Observation").filter(pk__in=latest)
        # one value beyond the page is only told of by the count
        return [(latest[row.id], row) for row in rows]
    options = expand.options
    in_stream = kind.name == "Datastream" and target.name == "Observation"
    order = ordered(_all(caller, kind, expand, target, keys), target, options, in_stream)
    last = options.skip + options.size + 1
    columns: Any = order.rows.query.order_by
    place = Window(RowNumber(), partition_by=F("parent"), order_by=columns)
    rows = order.rows.annotate(place=place).filter(place__gt=options.skip, place__lte=last)
    return [(row.parent, row) for row in with_series(rows, target)]


def _is_latest(kind: Kind, expand: Expand) -> bool:
    """Whether only the latest value of each Datastream is asked for, which is kept at hand."""
    options = expand.options
    plain = options.filter is None and options.top == 1 and not options.skip and not options.expand
    return (
        kind.name == "Datastream" and expand.relation == "Observations" and plain
        and [(str(node), down) for node, down in options.orderby]
        == [(str(node), down) for node, down in _LATEST]
    )  # fmt: skip


def _counts(
    caller: Caller, kind: Kind, expand: Expand, target: Kind, keys: list[int]
) -> dict[int, int]:
    if target.name == "Observation" and kind.name == "Datastream" and expand.options.filter is None:
        return dict(Series.objects.filter(pk__in=keys).values_list("pk", "count"))
    rows = _all(caller, kind, expand, target, keys).order_by()
    return dict(rows.values("parent").annotate(n=Count("pk")).values_list("parent", "n"))
