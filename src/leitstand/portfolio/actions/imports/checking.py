"""Step 2: parse every staging row, find its project, and say what the import would do."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.tables.columns import ColumnType
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.mapping import PERIOD
from leitstand.core.tables.periods import parse_period
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.sheets import column_letters
from leitstand.core.tables.values import is_blank, is_erase, parse
from leitstand.portfolio import policy
from leitstand.portfolio.actions.imports.known import Known, load_known
from leitstand.portfolio.actions.imports.references import References, fold
from leitstand.portfolio.actions.imports.shown import shown
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.tables import PROJECTS

CHUNK = 500
Verdict = ImportRow.Verdict
Step = Callable[[int, int, str], None]
_END_OF_SPAN = {"end", "due"}


@dataclass
class Parsed:
    """A parsed row: field values as JSON, errors as texts with their column."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)


class RowParser:
    """Parses raw cells by the chosen mapping."""

    def __init__(self, run: ImportRun, references: References) -> None:
        self.mapping = {int(index): name for index, name in run.mapping.items()}
        self.titles = run.titles
        self.references = references
        self.default_unit = run.options.get("default_unit") or ""
        self._taken: dict[tuple[str, Any], dict[str, Any] | ValueProblem] = {}

    def __call__(self, raw: list[Any]) -> Parsed:
        """Return the parsed row; empty cells are left out, a lone dash empties the field."""
        parsed = Parsed()
        for index, name in self.mapping.items():
            cell = raw[index] if index < len(raw) else None
            if is_blank(cell):
                continue
            try:
                parsed.values.update(self._meaning(name, cell))
            except ValueProblem as problem:
                parsed.errors.append(self._error(index, str(problem.text)))
        if "lead_unit" not in parsed.values and self.default_unit:
            parsed.values["lead_unit"] = {"id": self.default_unit}
        _check_period(parsed)
        return parsed

    def _error(self, index: int, text: str) -> dict[str, str]:
        title = self.titles[index] if index < len(self.titles) else ""
        return {"column": title or column_letters(index), "cell": column_letters(index), "text": text}

    def _meaning(self, name: str, cell: Any) -> dict[str, Any]:
        """Return the fields that a cell fills; short texts recur, so their meaning is kept."""
        key = (name, cell) if isinstance(cell, str) and len(cell) < 80 else None
        known = self._taken.get(key) if key else None
        if isinstance(known, ValueProblem):
            raise known
        if known is not None:
            return known
        values: dict[str, Any] = {}
        try:
            self._take(values, name, cell)
        except ValueProblem as problem:
            if key and len(self._taken) < 50_000:
                self._taken[key] = problem
            raise
        if key and len(self._taken) < 50_000:
            self._taken[key] = values
        return values

    def _take(self, values: dict[str, Any], name: str, cell: Any) -> None:
        if name == PERIOD:
            period = parse_period(cell)
            _put_date(values, "start", period.start)
            _put_date(values, "end", period.end)
            return
        column = PROJECTS[name]
        if is_erase(cell) and not column.required:
            values[name] = _empty(column.type)
            return
        value = parse(column, cell)
        if value is None:
            return
        if isinstance(value, PartialDate):
            _put_date(values, name, value)
        else:
            values[name] = self._resolved(name, value)

    def _resolved(self, name: str, value: Any) -> Any:
        refs = self.references
        match name:
            case "lead_unit":
                return refs.unit(value)
            case "participating_units":
                return refs.unit_list(value)
            case "lead" | "sponsor":
                return refs.person(value) or {}
            case "programme":
                return refs.named(name, value) or {}
            case "fields_of_action" | "goals":
                return refs.named_list(name, value)
            case "progress" | "version" | "confidentiality":
                return int(value)
        return value


def _put_date(values: dict[str, Any], name: str, value: PartialDate | None) -> None:
    """Store the day meant: the first of the span for a start, the last for an end."""
    if value is None:
        return
    day = value.last if name in _END_OF_SPAN else value.first
    values[name] = day.isoformat()
    if name in {"start", "end"}:
        values[f"{name}_precision"] = str(value.precision)


def _empty(kind: ColumnType) -> Any:
    if kind is ColumnType.DATE:
        return None
    if kind is ColumnType.REFERENCES:
        return []
    if kind in {ColumnType.PERSON, ColumnType.REFERENCE}:
        return {}
    return 0 if kind.is_number else ""


def _check_period(parsed: Parsed) -> None:
    start, end = parsed.values.get("start"), parsed.values.get("end")
    if start and end and end < start:
        parsed.errors.append(
            {"column": str(PROJECTS["end"].label), "cell": "", "text": _("The end lies before the start.")}
        )


class Checker:
    """Decides the verdict of each row against the projects that the actor may see."""

    def __init__(self, run: ImportRun, actor: Actor) -> None:
        self.references = References(run.options)
        self.parse = RowParser(run, self.references)
        self.known: Known = load_known(actor, self.references)
        self.actor = actor
        self.may_create = policy.grants(actor, policy.CREATE)
        self.may_publish = bool(policy.grants(actor, policy.PUBLISH))
        self.has_number = bool({"number", "external_key"} & set(run.mapping.values()))
        self.seen: dict[str, int] = {}

    def __call__(self, row: ImportRow) -> None:
        """Fill ``parsed``, ``errors``, ``diff``, ``verdict``, ``project_id``, ``chosen``."""
        parsed = self.parse(row.raw)
        row.parsed, row.errors = parsed.values, parsed.errors
        row.diff, row.chosen = {}, True
        project_id = self._find(parsed)
        row.project_id = project_id
        self._check_twice(row, parsed, project_id)
        self._check_needed(row, project_id)
        if row.errors:
            row.verdict, row.chosen = Verdict.ERROR, False
        elif project_id is None:
            self._judge_new(row)
        else:
            self._judge_known(row, project_id)
        parsed.values.pop("version", None)

    def _find(self, parsed: Parsed) -> uuid.UUID | None:
        values = parsed.values
        number = values.pop("number", None)
        if number:
            found = self.known.by_number.get(fold(number))
            if found is None:
                text = _("There is no project %(number)s that you may see.") % {"number": number}
                label = str(PROJECTS["number"].label)
                parsed.errors.append({"column": label, "cell": "", "text": text})
            return found
        key = values.get("external_key")
        if key:
            return self.known.by_key.get(fold(key))
        return self.known.by_title.get(fold(values.get("title", "")))

    def _check_twice(self, row: ImportRow, parsed: Parsed, project_id: uuid.UUID | None) -> None:
        key = parsed.values.get("external_key") or parsed.values.get("title", "")
        identity = str(project_id) if project_id else fold(key)
        if not identity:
            return
        first = self.seen.setdefault(identity, row.number)
        if first != row.number:
            text = _("The same project already stands in row %(row)d.") % {"row": first}
            row.errors.append({"column": "", "cell": "", "text": text})

    def _check_needed(self, row: ImportRow, project_id: uuid.UUID | None) -> None:
        missing = [] if project_id else [n for n in ("title", "lead_unit") if not row.parsed.get(n)]
        named = {error["column"] for error in row.errors}
        for name in missing:
            label = str(PROJECTS[name].label)
            if not any(error["text"] for error in row.errors if error["column"] in named):
                row.errors.append({"column": label, "cell": "", "text": _("This is missing.")})
        if row.parsed.get("published") and int(row.parsed.get("confidentiality", -1)) > 0:
            text = _("Only a project of the level “public” can be published.")
            row.errors.append({"column": "", "cell": "", "text": text})

    def _judge_new(self, row: ImportRow) -> None:
        unit = row.parsed["lead_unit"].get("id")
        level = int(row.parsed.get("confidentiality", 1))
        reach = self.may_create.level_in(uuid.UUID(unit) if unit else None)
        if not self.actor.is_system and reach < min(level, 1):
            row.errors = [
                {"column": "", "cell": "", "text": _("You may not create projects in this unit.")}
            ]
            row.verdict, row.chosen = Verdict.ERROR, False
            return
        row.verdict = Verdict.NEW

    def _judge_known(self, row: ImportRow, project_id: uuid.UUID) -> None:
        old = self.known.values[project_id]
        given_version = row.parsed.get("version")
        row.diff = {
            name: [shown(name, old.get(name), self.references), shown(name, value, self.references)]
            for name, value in row.parsed.items()
            if name != "version" and not name.endswith("_precision") and _differs(old.get(name), value)
        }
        for name in ("start", "end"):
            if name not in row.diff and _coarser(row.parsed.get(f"{name}_precision")):
                _drop_if_same_span(row, old, name)
        row.parsed["_version"] = self.known.versions[project_id]
        if not row.diff:
            row.verdict = Verdict.SAME
        elif project_id not in self.known.changeable:
            text = _("You may not change this project.")
            row.errors = [{"column": "", "cell": "", "text": text}]
            row.verdict, row.chosen = Verdict.ERROR, False
        elif given_version and given_version != self.known.versions[project_id]:
            row.verdict, row.chosen = Verdict.CONFLICT, False
        else:
            row.verdict = Verdict.CHANGED


def _coarser(precision: str | None) -> bool:
    return precision is not None and precision != Precision.DAY


def _drop_if_same_span(row: ImportRow, old: dict[str, Any], name: str) -> None:
    """An unchanged day with another precision is a change of precision only; keep it quiet."""
    if old.get(name) == row.parsed.get(name):
        row.parsed.pop(f"{name}_precision", None)
        row.parsed.pop(name, None)


def _differs(old: Any, new: Any) -> bool:
    if isinstance(new, list):
        return _keys(old or []) != _keys(new)
    return bool((old or None) != (new or None))


def _keys(refs: Iterable[dict[str, str]]) -> set[str]:
    return {ref.get("id") or f"new:{ref.get('new')}" for ref in refs}


def check_rows(run: ImportRun, actor: Actor, step: Step) -> ImportRun:
    """Check all rows in small transactions and open the preview."""
    checker = Checker(run, actor)
    total = ImportRow.objects.filter(run=run).count()
    done = 0
    last = -1
    while rows := list(
        ImportRow.objects.filter(run=run, number__gt=last).order_by("number")[:CHUNK]
    ):
        for row in rows:
            checker(row)
        _write(rows)
        done, last = done + len(rows), rows[-1].number
        step(done, total, "")
    _summarise(run, checker)
    return run


def _write(rows: list[ImportRow]) -> None:
    """Write the verdicts with one prepared statement per chunk (bulk_update is far slower)."""
    cast = "::jsonb" if connection.vendor == "postgresql" else ""
    sql = (
        f"UPDATE portfolio_importrow SET parsed=%s{cast}, errors=%s{cast}, diff=%s{cast}, "
        "verdict=%s, project_id=%s, chosen=%s WHERE id=%s"
    )
    adapt = ImportRow._meta.get_field("project").target_field.get_db_prep_value
    values = [
        (
            json.dumps(row.parsed), json.dumps(row.errors), json.dumps(row.diff), row.verdict,
            adapt(row.project_id, connection), row.chosen, row.pk,
        )
        for row in rows
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _summarise(run: ImportRun, checker: Checker) -> None:
    from django.db.models import Count

    found = ImportRow.objects.filter(run=run).values_list("verdict").annotate(n=Count("pk"))
    counts = {verdict: number for verdict, number in found.order_by()}
    run.refresh_from_db()
    run.counts = {**{k: v for k, v in run.counts.items() if k in {"rows", "sheets"}}, **counts}
    run.counts["new_objects"] = {
        kind: sorted(names.values()) for kind, names in checker.references.new.items()
    }
    run.state = ImportRun.State.PREVIEW
    run.version += 1
    run.save()


