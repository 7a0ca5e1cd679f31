"""Order and pages: the next page begins after a key and costs as much as the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core import signing
from django.db.models import F, Q, QuerySet

from leitstand.sensing.domain.options import Options
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import Kind
from leitstand.sensing.domain.tree import Node
from leitstand.sensing.queries.functions import Compare, IsNull, constant
from leitstand.sensing.queries.terms import Scope, as_text, term

_SALT = "sensing.page"


@dataclass(frozen=True)
class Order:
    """Annotated sort keys, each descending or not; the entity's key comes last."""

    rows: QuerySet[Any]
    keys: tuple[tuple[str, bool], ...]


def ordered(rows: QuerySet[Any], kind: Kind, options: Options, in_stream: bool = False) -> Order:
    """Sort by ``$orderby``, else by time inside of one Datastream, else by id; NULL comes last."""
    keys: list[tuple[str, bool]] = []
    for place, (node, down) in enumerate(options.orderby):
        name = f"key{place}"
        rows = rows.annotate(**{name: _key(node, kind)})
        keys.append((name, down))
    if not keys and in_stream:
        keys.append(("start", False))
    keys.append(("pk", False))
    columns = [_column(name, down) for name, down in keys]
    return Order(rows.order_by(*columns), tuple(keys))


def _column(name: str, down: bool) -> Any:
    if name in {"pk", "start"}:
        return f"-{name}" if down else name
    return F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)


def _key(node: Node, kind: Kind) -> Any:
    found = term(node, Scope(kind))
    if found.many:
        raise RequestError("a relation to several entities gives no order", at=node.at)
    if found.value is not None:
        raise RequestError("a constant gives no order", at=node.at)
    return found.expression if found.type == "result" else as_text(found)


def after(order: Order, token: str, text: str) -> QuerySet[Any]:
    """Rows behind the key in ``token``; ``text`` is what the token was made for."""
    if not token:
        return order.rows
    try:
        values = signing.loads(token, salt=_SALT + text)
    except signing.BadSignature:
        raise RequestError("not made for this address", where="$skiptoken") from None
    if len(values) != len(order.keys):
        raise RequestError("not made for this address", where="$skiptoken")
    return order.rows.filter(_behind(list(zip(order.keys, values, strict=True))))


def _behind(keys: list[tuple[tuple[str, bool], Any]]) -> Q:
    (name, down), value = keys[0]
    column = F("pk") if name == "pk" else F(name)
    rest = keys[1:]
    if value is None:
        same = Q(IsNull(column))
        return same & _behind(rest) if rest else Q(pk__in=[])
    beyond = Q(Compare(column, "<" if down else ">", constant(value)))
    if name not in {"pk", "start"}:
        beyond |= Q(IsNull(column))
    if not rest:
        return beyond
    return beyond | (Q(Compare(column, "=", constant(value))) & _behind(rest))


def token_of(order: Order, row: Any, text: str) -> str:
    """The token of the page that begins behind ``row``."""
    values = [row.id if name == "pk" else getattr(row, name) for name, _ in order.keys]
    return signing.dumps(values, salt=_SALT + text)


def next_link(address: str, query: str, token: str) -> str:
    """The address of the next page: the same query with the token in place of ``$skip``."""
    dropped = ("$skip=", "%24skip=", "$skiptoken=", "%24skiptoken=")
    kept = [part for part in query.split("&") if part and not part.startswith(dropped)]
    return f"{address}?" + "&".join([*kept, f"$skiptoken={quote(token)}"])
