"""Conditions of ``$filter`` as Django's ``Q``."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from leitstand.sensing.domain.expressions import COMPARISONS
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS, Kind
from leitstand.sensing.domain.tree import Binary, Call, Literal, Node, Not, Path, Several
from leitstand.sensing.domain.tree import Exists as Any_
from leitstand.sensing.policy import MODELS, Caller, clause, visible
from leitstand.sensing.queries import functions as sql
from leitstand.sensing.queries.columns import BACK
from leitstand.sensing.queries.terms import Scope, Term, as_number, as_text, numeric, term

_SQL = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_TURNED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}


def condition(caller: Caller, node: Node, kind: Kind, variable: str = "") -> Q:
    """Return the condition over entities of ``kind``; raises ``RequestError`` with the position.

    What is reached through other entities counts only if the caller may see it.
    """
    if isinstance(node, Binary) and node.operator in {"and", "or"}:
        parts = [condition(caller, part, kind, variable) for part in (node.left, node.right)]
        return reduce(and_ if node.operator == "and" else or_, parts)
    if isinstance(node, Not):
        return ~condition(caller, node.operand, kind, variable)
    if isinstance(node, Any_):
        return _any(caller, node, kind, variable)
    scope = Scope(kind, variable=variable, passed=set())
    found, many = _simple(node, scope)
    if not many:
        return found
    for prefix in sorted(scope.passed or ()):
        found &= clause(caller, prefix)
    rows = MODELS[kind.name]._default_manager.filter(found)
    return Q(pk__in=rows.values("pk"))


def _any(caller: Caller, node: Any_, kind: Kind, variable: str) -> Q:
    steps = node.path.steps[1:] if variable else node.path.steps
    if variable and node.path.steps[0] != variable:
        raise RequestError(f"“{node.path.steps[0]}” is not known inside any()", at=node.at)
    relation = kind.relations.get(str(steps[0])) if len(steps) == 1 else None
    if relation is None or not relation.many:
        raise RequestError("any() needs a relation to several entities", at=node.at)
    rows = visible(caller, relation.target).filter(
        condition(caller, node.condition, KINDS[relation.target], node.variable)
    )
    return Q(Exists(rows.filter(**{BACK[kind.name, relation.name]: OuterRef("pk")})))


def _simple(node: Node, scope: Scope) -> tuple[Q, bool]:
    """A condition without logic; whether it passes a to-many relation."""
    if isinstance(node, Binary) and node.operator in COMPARISONS:
        left, right = term(node.left, scope), term(node.right, scope)
        return compare(left, node.operator, right, node.at), left.many or right.many
    if isinstance(node, Binary) and node.operator == "in" and isinstance(node.right, Several):
        left = term(node.left, scope)
        items = [term(item, scope) for item in node.right.items]
        found = [compare(left, "eq", item, node.at) for item in items]
        return reduce(or_, found, Q(pk__in=[])), left.many
    if isinstance(node, Call) and node.name in _CONDITIONS:
        given = [term(argument, scope) for argument in node.arguments]
        return _CONDITIONS[node.name](node, given), any(one.many for one in given)
    if isinstance(node, Literal) and node.kind == "bool":
        return (Q() if node.value else Q(pk__in=[])), False
    if isinstance(node, Path):
        one = term(node, scope)
        return compare(one, "eq", Term("bool", value=True), node.at), one.many
    if isinstance(node, Call) and node.name.startswith(("geo.", "st_")):
        raise RequestError("geographic functions are not offered yet", at=node.at, status=501)
    raise RequestError("a condition is needed here, not a value", at=node.at)


def compare(left: Term, operator: str, right: Term, at: int) -> Q:
    """Return the comparison of two terms, by what they are."""
    if "null" in (left.type, right.type):
        return _null(left if right.type == "null" else right, operator, at)
    if left.value is not None and right.value is None:  # the constant belongs on the right
        return compare(right, _TURNED.get(operator, operator), left, at)
    if "period" in (left.type, right.type) or (left.type, right.type) == ("instant", "instant"):
        return _moments(left, operator, right, at)
    if left.type == "result":
        return _result(left, operator, right, at)
    if left.type == "date" or right.type == "date":
        return _plain(_day(left, at), operator, _day(right, at))
    return _values(left, operator, right, at)


def _null(one: Term, operator: str, at: int) -> Q:
    if operator not in {"eq", "ne"}:
        raise RequestError("null can only be compared by eq and ne", at=at)
    if one.type == "result":
        found = Q(_null_of(one.expression), _null_of(sql.JsonText(F(one.field), ())))
    elif one.type == "null":
        found = Q()
    else:
        found = Q(_null_of(as_text(one)))
    return found if operator == "eq" else ~found


def _null_of(expression: Any) -> Any:
    return sql.IsNull(expression)


def _plain(left: Any, operator: str, right: Any) -> Q:
    return Q(sql.Compare(left, _SQL[operator], right))


def _moments(left: Term, operator: str, right: Term, at: int) -> Q:
    """Instants and periods: one is greater if it begins where the other has ended."""
    for one in (left, right):
        if one.type not in {"instant", "period"}:
            raise RequestError("a time can only be compared with a time", at=at)
    first, first_stop = left.expression, left.stop or left.expression
    second, second_stop = right.expression, right.stop or right.expression
    if operator in {"eq", "ne"}:
        same = _plain(first, "eq", second) & _plain(first_stop, "eq", second_stop)
        return same if operator == "eq" else ~same
    if operator in {"gt", "ge"}:
        return _plain(first, operator, second_stop)
    return _plain(first_stop, operator, second)


def _number_of(value: Any) -> float | None:
    """A text as a number, if it is one."""
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _result(left: Term, operator: str, right: Term, at: int) -> Q:
    """A result may be a number or anything else; a text that is a number means both."""
    if right.type == "bool":
        text = sql.constant("true" if right.value else "false")
        return _plain(as_text(left), operator, text)
    if right.type == "text":
        found = _plain(as_text(left), operator, right.expression)
        number = _number_of(right.value)
        if number is None:
            return found
        return found | _plain(left.expression, operator, sql.constant(number))
    if numeric(right):
        return _plain(left.expression, operator, as_number(right))
    raise RequestError("a result can be compared with a number, a text or a truth value", at=at)


def _day(one: Term, at: int) -> Any:
    if one.type == "date":
        return one.expression
    if one.type == "instant":
        return sql.DayNumber(one.expression)
    raise RequestError("a day can only be compared with a day", at=at)


def _values(left: Term, operator: str, right: Term, at: int) -> Q:
    if left.type == "id":
        value = right.value
        if right.type == "text" and (value is None or not (value.isascii() and value.isdigit())):
            return Q(pk__in=[]) if operator == "eq" else ~Q(pk__in=[])
        wanted = sql.constant(int(value)) if right.type == "text" else as_number(right)
        return _plain(left.expression, operator, wanted)
    if right.type == "bool" and left.type in {"json", "bool"}:
        return _plain(as_text(left), operator, sql.constant("true" if right.value else "false"))
    if left.type == "json" and right.type == "number":
        return _plain(as_number(left), operator, right.expression)
    if left.type in {"text", "json"} and right.type in {"text", "json", "result"}:
        return _plain(as_text(left), operator, as_text(right))
    if (numeric(left) and numeric(right)) or left.type == right.type:
        return _plain(as_number(left), operator, as_number(right))
    raise RequestError(f"{left.type} cannot be compared with {right.type}", at=at)


def _texts(node: Call, given: list[Term]) -> list[Any]:
    for one in given:
        if one.type not in {"text", "json", "result"}:
            raise RequestError(f"“{node.name}” needs text", at=node.at)
    return [as_text(one) for one in given]


def _contains(node: Call, given: list[Term]) -> Q:
    whole, part = _texts(node, given)
    return Q(sql.Compare(sql.Position(whole, part), ">", sql.constant(0)))


def _startswith(node: Call, given: list[Term]) -> Q:
    whole, part = _texts(node, given)
    return Q(sql.Compare(sql.Position(whole, part), "=", sql.constant(1)))


def _endswith(node: Call, given: list[Term]) -> Q:
    return Q(sql.EndsWith(*_texts(node, given)))


def _temporal(parts: Callable[[Any, Any, Any, Any], list[Q]]) -> Callable[[Call, list[Term]], Q]:
    def made(node: Call, given: list[Term]) -> Q:
        for one in given:
            if one.type not in {"instant", "period"}:
                raise RequestError(f"“{node.name}” needs times", at=node.at)
        left, right = given
        return reduce(
            and_,
            parts(
                left.expression, left.stop or left.expression,
                right.expression, right.stop or right.expression,
            ),
        )  # fmt: skip

    return made


_CONDITIONS: dict[str, Callable[[Call, list[Term]], Q]] = {
    "substringof": lambda node, given: _contains(node, given[::-1]),
    "contains": _contains, "startswith": _startswith, "endswith": _endswith,
    "before": _temporal(lambda a, b, c, d: [_plain(b, "lt", c)]),
    "after": _temporal(lambda a, b, c, d: [_plain(a, "gt", d)]),
    "meets": _temporal(lambda a, b, c, d: [_plain(b, "eq", c) | _plain(a, "eq", d)]),
    "during": _temporal(lambda a, b, c, d: [_plain(a, "ge", c), _plain(b, "le", d)]),
    "overlaps": _temporal(lambda a, b, c, d: [_plain(a, "le", d), _plain(b, "ge", c)]),
    "starts": _temporal(lambda a, b, c, d: [_plain(a, "eq", c)]),
    "finishes": _temporal(lambda a, b, c, d: [_plain(b, "eq", d)]),
}  # fmt: skip
