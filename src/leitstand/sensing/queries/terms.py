"""Values of a filter as Django expressions: properties, constants, functions, sums.

A :class:`Term` carries its type, so that ``result gt '3'`` compares numbers and
``phenomenonTime lt 2026-01-01`` compares moments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, TextField
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import (
    Cast,
    Ceil,
    Coalesce,
    Concat,
    Floor,
    Length,
    Lower,
    Round,
    StrIndex,
    Substr,
    Trim,
    Upper,
)  # fmt: skip

from leitstand.core.base import clock
from leitstand.sensing.domain import times
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS, Kind
from leitstand.sensing.domain.tree import Binary, Call, Literal, Node, Path
from leitstand.sensing.policy import TO_THING
from leitstand.sensing.queries import functions as sql
from leitstand.sensing.queries.columns import COLUMNS, RELATIONS

_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999


@dataclass(frozen=True)
class Term:
    """An expression and its type; ``stop`` is the end of a period, ``value`` a constant's value.

    ``field`` and ``steps`` say where JSON lies; ``many`` whether a to-many relation was passed.
    """

    type: str
    expression: Any = None
    stop: Any = None
    value: Any = None
    field: str = ""
    steps: tuple[str | int, ...] = ()
    many: bool = False


@dataclass
class Scope:
    """Where names are looked up; collects the ways to Things that the filter passes."""

    kind: Kind
    prefix: str = ""
    variable: str = ""
    passed: set[str] | None = None


def term(node: Node, scope: Scope) -> Term:
    """Return the expression of a value."""
    if isinstance(node, Literal):
        return _constant(node)
    if isinstance(node, Path):
        return _path(node, scope)
    if isinstance(node, Call):
        return _call(node, scope)
    if isinstance(node, Binary) and node.operator in _OPERATORS:
        return _combined(node, scope)
    raise RequestError("a value is needed here, not a condition", at=node.at)


def _constant(node: Literal) -> Term:
    if node.kind == "period":
        start, stop = node.value
        return Term("period", sql.constant(start), sql.constant(stop), node.value)
    if node.kind == "geography":
        raise RequestError("geographic functions are not offered yet", at=node.at, status=501)
    if node.kind == "time":
        parts = [float(part) for part in node.value.split(":")]
        seconds = sum(part * 60**power for part, power in zip(parts, (2, 1, 0), strict=False))
        return Term("time", sql.constant(round(seconds * times.SECOND)))
    return Term(node.kind, sql.constant(node.value), value=node.value)


def _path(node: Path, scope: Scope) -> Term:
    steps = list(node.steps)
    if scope.variable:
        if steps[0] != scope.variable:
            raise RequestError(f"“{steps[0]}” is not known inside any()", at=node.at)
        del steps[0]
    kind, prefix, many = scope.kind, scope.prefix, False
    while steps and (relation := kind.relations.get(str(steps[0]))):
        prefix += RELATIONS[kind.name, relation.name] + "__"
        kind, many = KINDS[relation.target], many or relation.many
        if many and scope.passed is not None and kind.name in TO_THING:
            scope.passed.add(prefix + TO_THING[kind.name])
        del steps[0]
    if not steps:
        raise RequestError("a property is missing at the end of the path", at=node.at)
    name, rest = steps[0], tuple(steps[1:])
    if name in {"id", "@iot.id"} and not rest:
        return Term("id", F(prefix + "id"), many=many)
    return _property(kind, prefix, str(name), rest, many, node.at)


def _property(
    kind: Kind, prefix: str, name: str, rest: tuple[str | int, ...], many: bool, at: int
) -> Term:
    column = COLUMNS[kind.name].get(name)
    if column is None:
        raise RequestError(f"{kind.name} has no “{name}” to compare with", at=at)
    field = prefix + column.field
    if rest and column.type not in {"json", "result"}:
        raise RequestError(f"“{name}” has no parts", at=at)
    if column.type == "period":
        return Term("period", F(field), Coalesce(F(prefix + column.stop), F(field)), many=many)
    if column.type == "result" and not rest:
        return Term("result", F(field), field=prefix + "other", many=many)
    if column.type in {"json", "result"}:
        field = prefix + "other" if column.type == "result" else field
        return Term("json", field=field, steps=rest, many=many)
    return Term(column.type, F(field), many=many)


def as_text(one: Term) -> Any:
    """The term as an expression of text."""
    if one.type in {"json", "result"}:
        return sql.JsonText(F(one.field), one.steps)
    return one.expression


def as_number(one: Term) -> Any:
    """The term as an expression of a number."""
    if one.type == "json":
        return sql.JsonNumber(F(one.field), one.steps)
    return one.expression


def numeric(one: Term) -> bool:
    """Whether the term can be taken as a number."""
    return one.type in {"number", "json", "result", "id"}


_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%%"}
_LENGTHS = {("instant", "duration"), ("period", "duration"), ("duration", "duration")}


def _combined(node: Binary, scope: Scope) -> Term:
    left, right = term(node.left, scope), term(node.right, scope)
    many = left.many or right.many
    if (left.type, right.type) in _LENGTHS and node.operator in {"add", "sub"}:
        first = CombinedExpression(left.expression, _OPERATORS[node.operator], right.expression)
        if left.type != "period":
            return Term(left.type, first, many=many)
        second = CombinedExpression(left.stop, _OPERATORS[node.operator], right.expression)
        return Term("period", first, second, many=many)
    if (left.type, right.type, node.operator) == ("instant", "instant", "sub"):
        return Term("duration", CombinedExpression(left.expression, "-", right.expression), many=many)
    if not (numeric(left) and numeric(right)):
        raise RequestError(f"“{node.operator}” does not fit its operands", at=node.at)
    if node.operator in {"div", "mod"} and right.value == 0:
        raise RequestError("division by zero", at=node.at)
    return Term("number", _arithmetic(node.operator, left, right), many=many)


def _arithmetic(operator: str, left: Term, right: Term) -> Any:
    first, second = (Cast(as_number(one), FloatField()) for one in (left, right))
    if operator == "div":
        return CombinedExpression(first, "/", sql.NotZero(second), output_field=FloatField())
    if operator == "mod":  # the same on both databases: x - y * trunc(x / y)
        return sql.Remainder(first, second)
    return CombinedExpression(first, _OPERATORS[operator], second, output_field=FloatField())


def _call(node: Call, scope: Scope) -> Term:
    build = _FUNCTIONS.get(node.name)
    if build is None:
        if node.name.startswith(("geo.", "st_")):
            raise RequestError("geographic functions are not offered yet", at=node.at, status=501)
        raise RequestError("a value is needed here, not a condition", at=node.at)
    given = [term(argument, scope) for argument in node.arguments]
    made = build(node, given)
    return Term(made.type, made.expression, made.stop, made.value, many=any(one.many for one in given))


def _text(build: Callable[..., Any], type_: str = "text") -> Callable[[Call, list[Term]], Term]:
    def made(node: Call, given: list[Term]) -> Term:
        for one in given:
            if one.type not in {"text", "json", "result"}:
                raise RequestError(f"“{node.name}” needs text", at=node.at)
        return Term(type_, build(*(as_text(one) for one in given)))

    return made


def _substring(node: Call, given: list[Term]) -> Term:
    numbers = [one.value for one in given[1:]]
    if given[0].type not in {"text", "json", "result"} or not all(
        isinstance(number, int) and 0 <= number < 10_000 for number in numbers
    ):
        raise RequestError("“substring” needs a text and whole numbers from 0 on", at=node.at)
    length = numbers[1] if len(numbers) > 1 else None
    return Term("text", Substr(as_text(given[0]), numbers[0] + 1, length))


def _moment(build: Callable[[Any], Any], type_: str = "number") -> Callable[[Call, list[Term]], Term]:
    def made(node: Call, given: list[Term]) -> Term:
        if given[0].type not in {"instant", "period"}:
            raise RequestError(f"“{node.name}” needs a time", at=node.at)
        return Term(type_, build(given[0].expression))

    return made


def _number(build: Callable[[Any], Any]) -> Callable[[Call, list[Term]], Term]:
    def made(node: Call, given: list[Term]) -> Term:
        if not numeric(given[0]):
            raise RequestError(f"“{node.name}” needs a number", at=node.at)
        return Term("number", build(Cast(as_number(given[0]), FloatField())))

    return made


def _fixed(value: Callable[[], int]) -> Callable[[Call, list[Term]], Term]:
    def made(node: Call, given: list[Term]) -> Term:
        return Term("instant", sql.constant(value()))

    return made


def _now() -> int:
    return times.moment_of(clock.now())


_FUNCTIONS: dict[str, Callable[[Call, list[Term]], Term]] = {
    "length": _text(Length, "number"), "tolower": _text(Lower), "toupper": _text(Upper),
    "trim": _text(Trim), "substring": _substring,
    "concat": _text(lambda a, b: Concat(a, b, output_field=TextField())),
    "indexof": _text(lambda a, b: StrIndex(a, b) - 1, "number"),
    **{
        part: _moment(lambda moment, part=part: sql.Part(moment, part))  # type: ignore[misc]
        for part in ("year", "month", "day", "hour", "minute", "second")
    },
    "fractionalseconds": _moment(sql.Fraction),
    "date": _moment(sql.DayNumber, "date"), "time": _moment(sql.DayTime, "time"),
    "totaloffsetminutes": _moment(lambda moment: sql.constant(0)),
    "now": _fixed(_now), "mindatetime": _fixed(lambda: _EARLIEST),
    "maxdatetime": _fixed(lambda: _LATEST),
    "round": _number(Round), "floor": _number(Floor), "ceiling": _number(Ceil),
}  # fmt: skip
