"""SQL functions that the two databases spell differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, FloatField, Func, IntegerField, TextField, Value
from django.db.models.functions import Cast

Sql = tuple[str, Any]


class Part(Func):
    """A part of a moment (microseconds since 1970) in UTC: year, month, day, hour, minute, second."""

    output_field = IntegerField()
    _CODES = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}

    def __init__(self, moment: Any, part: str) -> None:
        self.part = part
        super().__init__(moment)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """``strftime`` over whole seconds, rounded down also before 1970."""
        code = self._CODES[self.part].replace("%", "%%")
        floor = "({0} - ((({0} %%%% 1000000) + 1000000) %%%% 1000000)) / 1000000"
        inner = floor.format("%(expressions)s").replace("%%%%", "%%")
        return _repeated(self, compiler, f"CAST(strftime('{code}', {inner}, 'unixepoch') AS integer)", 2)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """``extract``, with whole seconds."""
        template = (
            f"floor(extract({self.part} FROM to_timestamp(%(expressions)s / 1000000.0)"
            " AT TIME ZONE 'UTC'))::int"
        )
        return _repeated(self, compiler, template, 1)


class Fraction(Func):
    """The part of a second of a moment, 0 to below 1."""

    output_field = FloatField()
    template = "((%(expressions)s %%%% 1000000) / 1000000.0)"


class DayNumber(Func):
    """Days since 1970 of a moment, in UTC."""

    output_field = IntegerField()
    template = "FLOOR(%(expressions)s / 86400000000.0)"


class DayTime(Func):
    """Microseconds since midnight (UTC) of a moment."""

    output_field = IntegerField()
    template = "((%(expressions)s %%%% 86400000000 + 86400000000) %%%% 86400000000)"


class _Json(Func):
    """A value inside a JSON column; ``steps`` are names and places in lists."""

    def __init__(self, column: Any, steps: Sequence[str | int]) -> None:
        self.steps = tuple(steps)
        super().__init__(column)

    @property
    def _sqlite_path(self) -> str:
        parts = (f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in self.steps)
        return "$" + "".join(parts)

    @property
    def _postgres_path(self) -> list[str]:
        return [str(step) for step in self.steps]

    def _compiled(self, compiler: Any, template: str, path: Any) -> Sql:
        """Fill ``{c}`` with the column and ``%s`` with the path, wherever they stand."""
        sql, params = compiler.compile(self.source_expressions[0])
        filled: list[Any] = []
        pieces = template.split("{c}")
        for number, piece in enumerate(pieces):
            filled += [path] * piece.count("%s")
            if number < len(pieces) - 1:
                filled += params
        return template.replace("{c}", sql), filled


class JsonText(_Json):
    """The value as text; objects and lists are none."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """Truth values are 1 and 0 in SQLite: they are written out."""
        template = (
            "CASE json_type({c}, %s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
            "WHEN 'object' THEN NULL WHEN 'array' THEN NULL "
            "ELSE CAST(json_extract({c}, %s) AS text) END"
        )
        return self._compiled(compiler, template, self._sqlite_path)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """By ``#>>``."""
        template = (
            "CASE WHEN jsonb_typeof({c} #> %s::text[]) IN ('object', 'array') THEN NULL "
            "ELSE {c} #>> %s::text[] END"
        )
        return self._compiled(compiler, template, self._postgres_path)


class JsonNumber(_Json):
    """The value if it is a number, else NULL."""

    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """By ``json_extract``."""
        template = (
            "CASE WHEN json_type({c}, %s) IN ('integer', 'real') "
            "THEN CAST(json_extract({c}, %s) AS real) END"
        )
        return self._compiled(compiler, template, self._sqlite_path)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """By ``#>>`` and a cast that the check guards."""
        template = (
            "CASE WHEN jsonb_typeof({c} #> %s::text[]) = 'number' "
            "THEN ({c} #>> %s::text[])::double precision END"
        )
        return self._compiled(compiler, template, self._postgres_path)


class Compare(Func):
    """``left operator right`` as a condition."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, left: Any, operator: str, right: Any) -> None:
        super().__init__(left, right, template="(%(expressions)s)", arg_joiner=f" {operator} ")


def _repeated(function: Func, compiler: Any, template: str, times: int) -> Sql:
    """Compile with the one argument at each of ``times`` places."""
    sql, params = compiler.compile(function.source_expressions[0])
    return template.replace("%(expressions)s", sql), list(params) * times


def constant(value: Any) -> Any:
    """A bound parameter; of text it is said that it is text, which PostgreSQL does not guess."""
    return Cast(Value(value), TextField()) if isinstance(value, str) else Value(value)


class NotZero(Func):
    """NULL instead of zero: what is divided by it is NULL, not an error."""

    template = "NULLIF(%(expressions)s, 0)"
    output_field = FloatField()


class Remainder(Func):
    """The remainder of two real numbers, with the sign of the first."""

    output_field = FloatField()

    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(left, right)

    def as_sql(self, compiler: Any, connection: Any, *names: Any, **extra: Any) -> Sql:
        """``x - y * trunc(x / y)``."""
        (left, first), (right, second) = (compiler.compile(one) for one in self.source_expressions)
        whole = "CAST({0} / NULLIF({1}, 0) AS bigint)"
        if connection.vendor == "postgresql":
            whole = "trunc({0} / NULLIF({1}, 0))"
        text = f"({left} - {right} * {whole.format(left, right)})"
        return text, [*first, *second, *first, *second]


class IsNull(Func):
    """Whether a value is NULL."""

    output_field = BooleanField()
    conditional = True
    template = "(%(expressions)s) IS NULL"


class Position(Func):
    """Where the second text begins in the first, from 1 on; 0 if nowhere. Case counts."""

    output_field = IntegerField()
    template = "INSTR(%(expressions)s)"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        """By ``strpos``."""
        return self.as_sql(compiler, connection, template="STRPOS(%(expressions)s)")


class EndsWith(Func):
    """Whether the first text ends with the second."""

    output_field = BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, *names: Any, **extra: Any) -> Sql:
        """By the last characters; an empty second text always fits."""
        (whole, first), (part, second) = (compiler.compile(one) for one in self.source_expressions)
        text = f"(length({part}) = 0 OR substr({whole}, length({whole}) - length({part}) + 1) = {part})"
        return text, [*second, *first, *first, *second, *second]
