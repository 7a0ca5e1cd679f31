"""Raw cells of a staging row → values of project fields, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.tables.columns import ColumnType
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.mapping import PERIOD
from leitstand.core.tables.numbers import Style
from leitstand.core.tables.periods import parse_period
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.sheets import column_letters
from leitstand.core.tables.values import is_blank, is_erase, parse, plain_text
from leitstand.portfolio.actions.imports import money
from leitstand.portfolio.actions.imports.references import References, is_nobody
from leitstand.portfolio.models import ImportRun, Light
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.tables.money import amount_name, amount_of, column_of, is_money

_END_OF_SPAN = {"end", "due"}
_NEVER_EMPTY = {"title", "lead_unit", "phase", "confidentiality"}
_IDENTITY = {"number", "version"}
_EMPTIED: dict[str, Any] = {"light": Light.GREY.value, "published": False, "progress": 0}
_MOST_REMEMBERED = 50_000
_UNKNOWN = object()
KIND_OF_NAME = {
    "lead_unit": "units", "participating_units": "units", "lead": "people", "sponsor": "people",
    "programme": "programme", "fields_of_action": "fields_of_action", "goals": "goals",
}  # fmt: skip


@dataclass
class Parsed:
    """A parsed row: field values as JSON; problems as field name → (cell's text, error).

    ``names`` are the texts of cells that name units, people or strategy, ``left_out`` those of
    them that nobody knows.
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


class RowParser:
    """Parses raw cells by the chosen mapping."""

    def __init__(self, run: ImportRun, references: References) -> None:
        self.mapping = {int(index): name for index, name in run.mapping.items()}
        self.titles = run.titles
        self.references = references
        self._places = {name: index for index, name in self.mapping.items()}
        self._factors, self._styles = money.reading_of(run)
        self._taken: dict[tuple[str, str], dict[str, Any] | ValueProblem] = {}

    def __call__(self, raw: list[Any]) -> Parsed:
        """Return the parsed row; empty cells are left out, a lone dash empties the field."""
        parsed = Parsed()
        for index, name in self.mapping.items():
            cell = raw[index] if index < len(raw) else None
            if is_blank(cell):
                continue
            if name in KIND_OF_NAME:
                parsed.names[name] = plain_text(cell) if not isinstance(cell, str) else cell
            try:
                parsed.values.update(self._meaning(name, cell))
            except ValueProblem as problem:
                parsed.problems[name] = (plain_text(cell), self.error(name, str(problem.text)))
        for name in [name for name in parsed.values if parsed.values[name] is _UNKNOWN]:
            del parsed.values[name]
            parsed.left_out[name] = self.references.with_hint(name, parsed.names[name])
        return parsed

    def error(self, name: str, text: str) -> dict[str, str]:
        """Return an error of a field with its place in the file, if the file has the field."""
        index = self._places.get(name)
        if index is None and name in (PROJECTS.period or ()):
            index = self._places.get(PERIOD)
        amount = amount_of(name)
        if index is None and amount:
            index = self._places.get(amount_name(amount[0]))
        if index is None:
            column = column_of(name)
            label = str(column.label) if column is not None else ""
            return {"column": label, "cell": "", "text": text}
        title = self.titles[index] if index < len(self.titles) else ""
        letters = column_letters(index)
        return {"column": title or letters, "cell": letters, "text": text}

    def _meaning(self, name: str, cell: Any) -> dict[str, Any]:
        """Return the fields that a cell fills; short texts recur, so their meaning is kept."""
        if not isinstance(cell, str) or len(cell) > 80:
            return self._take(name, cell)
        key = (name, cell)
        known = self._taken.get(key)
        if known is None:
            known = self._try(name, cell)
            if len(self._taken) < _MOST_REMEMBERED:
                self._taken[key] = known
        if isinstance(known, ValueProblem):
            raise known
        return known

    def _try(self, name: str, cell: Any) -> dict[str, Any] | ValueProblem:
        try:
            return self._take(name, cell)
        except ValueProblem as problem:
            return problem

    def _take(self, name: str, cell: Any) -> dict[str, Any]:
        if is_erase(cell):
            return _emptied(name)
        if name == PERIOD:
            period = parse_period(cell)
            return {**_day("start", period.start), **_day("end", period.end)}
        value = self._value(name, cell)
        if value is None:
            return {}
        if isinstance(value, PartialDate):
            return _day(name, value)
        if name in {"lead", "sponsor"} and is_nobody(str(value)):
            return {}
        resolved = self._resolved(name, value)
        return {name: _UNKNOWN if resolved is None else resolved}

    def _value(self, name: str, cell: Any) -> Any:
        column = column_of(name) or PROJECTS[name]
        if not is_money(name):
            return parse(column, cell)
        style, factor = self._styles.get(name), self._factors.get(name)
        value = parse(column, cell, style=style or Style.GERMAN, factor=factor or Decimal(1))
        return money.text_of(value) if isinstance(value, Decimal) else value

    def _resolved(self, name: str, value: Any) -> Any:
        """Return names as references; ``None`` if they are unknown and left out."""
        refs = self.references
        match name:
            case "lead_unit":
                return refs.unit(value)
            case "participating_units":
                return refs.unit_list(value)
            case "lead" | "sponsor":
                return refs.person(value)
            case "programme":
                return refs.named(name, value)
            case "fields_of_action" | "goals":
                return refs.named_list(name, value)
            case "progress" | "version" | "confidentiality":
                return int(value)
        return value


def _day(name: str, value: PartialDate | None) -> dict[str, Any]:
    """Return the day meant: the first of the span for a start, the last for an end."""
    if value is None:
        return {}
    day = value.last if name in _END_OF_SPAN else value.first
    found = {name: day.isoformat()}
    if name in {"start", "end"}:
        found[f"{name}_precision"] = str(value.precision)
    return found


def _emptied(name: str) -> dict[str, Any]:
    """Return what a lone dash does to a field; raises ``ValueProblem`` where it may not."""
    if name in _NEVER_EMPTY:
        raise ValueProblem(_("This field cannot be emptied."))
    if name in _IDENTITY:
        return {}
    if name == PERIOD:
        return {**_emptied("start"), **_emptied("end")}
    kind = (column_of(name) or PROJECTS[name]).type
    if kind is ColumnType.DATE:
        precision = {f"{name}_precision": str(Precision.DAY)} if name != "due" else {}
        return {name: None, **precision}
    if kind is ColumnType.REFERENCES:
        return {name: []}
    if kind in {ColumnType.PERSON, ColumnType.REFERENCE}:
        return {name: {}}
    if kind is ColumnType.MONEY:
        return {name: money.text_of(Decimal())}
    return {name: _EMPTIED.get(name, "")}
