"""Step 2: parse every staging row, find its project, and say what the import would do."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.models import Level
from leitstand.core.org.queries import living_units
from leitstand.core.tables.columns import ColumnType
from leitstand.core.tables.dates import Precision
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import parse
from leitstand.portfolio.actions.imports import money
from leitstand.portfolio.actions.imports.creating import new_names
from leitstand.portfolio.actions.imports.headings import Headings
from leitstand.portfolio.actions.imports.known import Known, load_known
from leitstand.portfolio.actions.imports.money import Held
from leitstand.portfolio.actions.imports.parsing import KIND_OF_NAME, Parsed, RowParser
from leitstand.portfolio.actions.imports.references import References, fold
from leitstand.portfolio.actions.imports.rights import Rights
from leitstand.portfolio.actions.imports.shown import shown
from leitstand.portfolio.actions.imports.world import world
from leitstand.portfolio.actions.projects import check as check_rules
from leitstand.portfolio.actions.projects import check_public
from leitstand.portfolio.models import ImportRow, ImportRun, Phase
from leitstand.portfolio.tables.money import column_of

CHUNK = 500
Verdict = ImportRow.Verdict
Step = Callable[[int, int, str], None]
_NEW: dict[str, Any] = {
    "phase": Phase.IDEA.value, "progress": 0, "confidentiality": int(Level.INTERNAL),
    "published": False, "lead_unit": None,
}  # fmt: skip
_FINER = [Precision.YEAR, Precision.QUARTER, Precision.MONTH, Precision.DAY]
_KEPT = {"rows", "sheets", "remembered", "headings"}
_NOBODY = uuid.UUID(int=0)
_TEXTS = {ColumnType.TEXT, ColumnType.LONGTEXT}


class Checker:
    """Decides the verdict of each row against the projects that the actor may see."""

    def __init__(self, run: ImportRun, actor: Actor) -> None:
        self.references = References(run.options)
        self.parse = RowParser(run, self.references)
        self.known: Known = load_known(actor, self.references)
        self.headings = Headings(run)
        self.held = Held()
        self.asks_money = money.is_asked(run.mapping.values())
        if self.asks_money:
            self.held = money.load(self.known.values)
            for project, values in self.known.values.items():
                values.update(self.held.values(project))
        self.rights = Rights(actor)
        self.default_unit = _living(run.options.get("default_unit") or "")
        self.seen: dict[str, int] = {}
        self.skipped: dict[str, set[str]] = {}
        self._failed: set[str] = set()

    def __call__(self, row: ImportRow) -> None:
        """Fill ``parsed``, ``errors``, ``diff``, ``verdict``, ``project_id``, ``chosen``.

        A choice that the person has made is kept while the verdict stays the same.
        """
        before, chosen = row.verdict, row.chosen
        self._failed = set()
        if row.number in self.headings:
            _pass_over(row)
            return
        parsed = self.parse(row.raw)
        self.headings.lend(row.number, parsed, self.references)
        row.parsed, row.errors, row.diff = parsed.values, [], {}
        row.project_id = self._find(row, parsed)
        self._check_twice(row)
        self._take_problems(row, parsed)
        version = row.parsed.pop("version", None)
        if row.project_id is None:
            self._judge_new(row)
        else:
            self._judge_known(row, row.project_id, version)
        if row.errors:
            row.verdict = Verdict.ERROR
        row.chosen = row.verdict not in {Verdict.ERROR, Verdict.CONFLICT}
        if before == row.verdict and row.verdict != Verdict.ERROR:
            row.chosen = chosen

    def _fail(self, row: ImportRow, name: str, text: str) -> None:
        row.errors.append(self.parse.error(name, text))

    def _find(self, row: ImportRow, parsed: Parsed) -> uuid.UUID | None:
        values = parsed.values
        number = values.pop("number", None)
        if number:
            if fold(number) not in self.known.by_number:
                text = _(
                    "There is no project %(number)s that you may see. Leave the cell empty to "
                    "create a new project."
                )
                self._fail(row, "number", text % {"number": number})
                self._failed = {"title", "lead_unit"}
            return self.known.by_number.get(fold(number))
        key = values.get("external_key")
        if key and fold(key) in self.known.by_key:
            return self.known.by_key[fold(key)]
        unit = values.get("lead_unit")
        found = self.known.called(values.get("title", ""), unit, keyed=bool(key))
        if len(found) > 1:
            numbers = ", ".join(sorted(self.known.numbers[key] for key in found))
            text = _(
                "Several projects have this title: %(numbers)s. Say in a column “Identifier” which "
                "one is meant."
            )
            self._fail(row, "title", text % {"numbers": numbers})
        return found[0] if len(found) == 1 else None

    def _check_twice(self, row: ImportRow) -> None:
        """The same project in two rows: which one would count?"""
        title = fold(row.parsed.get("title", ""))
        key = fold(row.parsed.get("external_key") or "")
        identity = (
            str(row.project_id) if row.project_id else f"key {key}" if key else f"title {title}"
        )
        if identity == "title ":
            return
        first = self.seen.setdefault(identity, row.number)
        if first != row.number:
            text = _("The same project already stands in row %(row)d.") % {"row": first}
            self._fail(
                row, "number" if row.project_id else "external_key" if key else "title", text
            )

    def _take_problems(self, row: ImportRow, parsed: Parsed) -> None:
        """A cell that says what stands in the project already is no problem, even if it could
        not be entered today: a unit that has ended, a name that two people share."""
        old = self.known.values[row.project_id] if row.project_id else {}
        there = {name for name, cell in parsed.names.items() if self._says(old, name, cell)}
        for name in there:
            row.parsed.pop(name, None)
        for name, (_cell, error) in parsed.problems.items():
            if name not in there:
                row.errors.append(error)
        for name in parsed.left_out.keys() - there:
            self.skipped.setdefault(KIND_OF_NAME[name], set()).add(parsed.left_out[name][:200])
        self._failed |= set(parsed.problems)

    def _says(self, old: Mapping[str, Any], name: str, cell: str) -> bool:
        """Whether a cell names what stands in the project already."""
        text = shown(name, old, self.references) if old else ""
        return bool(text) and _folded(text) == _folded(cell)

    def _settle_money(self, row: ImportRow, project: uuid.UUID | None) -> None:
        """Give amounts their year and see whether they fit what is there."""
        if not self.asks_money:
            return
        old = self.known.values[project] if project else {}
        money.settle(row.parsed, old, lambda name, text: self._fail(row, name, text))
        changed = {n: v for n, v in row.parsed.items() if old.get(n) != v}
        try:
            money.plan(project or _NOBODY, changed, copy.deepcopy(self._of(project)))
        except ValueProblem as problem:
            self._fail(row, str(problem.code), str(problem.text))

    def _of(self, project: uuid.UUID | None) -> Held:
        """What one project holds."""
        if project is None:
            return Held()
        held = self.held
        return Held(
            {project: held.lines.get(project, [])}, {project: held.fundings.get(project, [])}
        )

    def _judge_new(self, row: ImportRow) -> None:
        self._settle_money(row, None)
        if self.default_unit and "lead_unit" not in row.parsed and "lead_unit" not in self._failed:
            row.parsed["lead_unit"] = {"id": self.default_unit}
        missing = [n for n in ("title", "lead_unit") if not row.parsed.get(n)]
        for name in missing:
            if name not in self._failed:
                self._fail(row, name, _("This is missing."))
        if not missing:
            self._check_rules(row, None, _NEW, row.parsed)
        row.diff = self._diff({}, row.parsed)
        row.verdict = Verdict.NEW

    def _judge_known(self, row: ImportRow, project: uuid.UUID, version: int | None) -> None:
        old = self.known.values[project]
        self._settle_money(row, project)
        self._withdraw_if_protected(row.parsed, old)
        for name in list(row.parsed):
            if not name.endswith("_precision") and not _differs(name, old, row.parsed):
                row.parsed.pop(name)
                row.parsed.pop(f"{name}_precision", None)
        row.diff = self._diff(old, row.parsed)
        row.parsed["_version"] = self.known.versions[project]
        if row.diff:
            self._check_rules(row, project, old, row.parsed)
        if not row.diff:
            row.verdict = Verdict.SAME
        elif version and version != self.known.versions[project]:
            row.verdict = Verdict.CONFLICT
        else:
            row.verdict = Verdict.CHANGED

    def _diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return field name → [text before, text after] for all new values."""
        refs = self.references
        return {
            name: [shown(name, old, refs), shown(name, new, refs)]
            for name in new
            if not name.endswith("_precision")
        }

    @staticmethod
    def _withdraw_if_protected(new: dict[str, Any], old: Mapping[str, Any]) -> None:
        """A published project that becomes internal is withdrawn, and the preview says so."""
        if new.get("confidentiality", 0) > Level.PUBLIC and old["published"]:
            new.setdefault("published", False)

    def _check_rules(
        self,
        row: ImportRow,
        project: uuid.UUID | None,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> None:
        rules = [check_rules]
        if new.get("published") and not old["published"]:
            rules.append(check_public)
        for rule in rules:
            try:
                rule({**old, **new})
            except Invalid as problem:
                for name, texts in problem.errors.items():
                    for text in texts:
                        self._fail(row, name, text)
        for name, text in self.rights.objections(project, old, new):
            self._fail(row, name, text)


def _pass_over(row: ImportRow) -> None:
    """A heading between the projects is none itself."""
    row.parsed, row.errors, row.diff, row.project_id = {}, [], {}, None
    row.verdict, row.chosen = Verdict.HEADING, False


def _living(unit_id: str) -> str:
    """Return the id unless the unit has ended in the meantime."""
    return unit_id if unit_id and living_units().filter(pk=unit_id).exists() else ""


def _folded(text: str) -> list[str]:
    """Return a text as a list of names to compare with another."""
    return sorted(fold(part) for part in text.replace("\n", ";").split(";") if part.strip())


def _differs(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = old.get(name), new[name]
    if isinstance(after, list):
        return _keys(before or []) != _keys(after)
    if (before or None) != (after or None):
        column = column_of(name)
        return not (before and column and column.type in _TEXTS and parse(column, before) == after)
    if f"{name}_precision" not in new or not after:
        return False
    finer = _FINER.index(Precision(new[f"{name}_precision"]))
    return finer > _FINER.index(Precision(old[f"{name}_precision"]))


def _keys(refs: Iterable[Mapping[str, str]]) -> set[str]:
    return {ref.get("id") or f"new:{ref.get('new')}" for ref in refs}


def check_rows(run: ImportRun, actor: Actor, step: Step) -> ImportRun:
    """Check all rows in small transactions and open the preview."""
    before = world(actor)
    checker = Checker(run, actor)
    total = ImportRow.objects.filter(run=run).count()
    done, last = 0, -1
    named: dict[str, set[str]] = {}
    while rows := list(
        ImportRow.objects.filter(run=run, number__gt=last).order_by("number")[:CHUNK]
    ):
        for row in rows:
            checker(row)
        _write(rows)
        _collect(named, rows)
        done, last = done + len(rows), rows[-1].number
        step(done, total, "")
    extra: dict[str, Any] = {
        "world": before,
        "new_objects": {kind: sorted(names) for kind, names in named.items()},
        "skipped": {kind: sorted(names) for kind, names in checker.skipped.items()},
        "unknown_units": sorted(checker.references.unknown_units),
    }
    _summarise(run, extra)
    return run


def _collect(named: dict[str, set[str]], rows: list[ImportRow]) -> None:
    """Add what the rows would create."""
    fine = [row for row in rows if row.verdict != Verdict.ERROR]
    for kind, names in new_names(fine).items():
        named.setdefault(kind, set()).update(names)


def recheck(run: ImportRun, rows: Iterable[ImportRow], actor: Actor) -> bool:
    """Whether the rows mean today what the preview has shown; nothing is written."""
    checker = Checker(run, actor)
    for row in rows:
        seen = (row.verdict, row.project_id, row.parsed, row.diff)
        checker(row)
        if (row.verdict, row.project_id, row.parsed, row.diff) != seen:
            return False
    return True


def _write(rows: list[ImportRow]) -> None:
    """Write the verdicts with one prepared statement per chunk (bulk_update is far slower)."""
    cast = "::jsonb" if connection.vendor == "postgresql" else ""
    sql = (
        f"UPDATE portfolio_importrow SET parsed=%s{cast}, errors=%s{cast}, diff=%s{cast}, "  # noqa: S608
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


@transaction.atomic
def _summarise(run: ImportRun, extra: Mapping[str, Any]) -> None:
    """Open the preview, unless the person has discarded the import in the meantime."""
    now = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if now.state != ImportRun.State.CHECKING:
        return
    found = ImportRow.objects.filter(run=run).values_list("verdict").annotate(n=Count("pk"))
    counts: dict[str, Any] = dict(found.order_by())
    kept = {k: v for k, v in run.counts.items() if k in _KEPT}
    run.counts = {**kept, **counts, **extra}
    run.state = ImportRun.State.PREVIEW
    run.version = now.version + 1
    run.save()
