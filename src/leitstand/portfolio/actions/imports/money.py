"""Amounts in a list → budget lines and fundings; what a list cannot say is refused, not guessed.

A list holds sums per year, the portfolio lines. A sum is written where one line holds it, or
none does yet; where several lines make it up, only a list without a change is accepted.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.tables.numbers import Style, group, style_of, unit_factor
from leitstand.core.tables.problems import ValueProblem
from leitstand.portfolio.actions.imports.linking import parts_of
from leitstand.portfolio.models import BudgetLine, Funding, ImportRow, ImportRun
from leitstand.portfolio.tables.money import (
    ACCOUNT,
    GRANT,
    KIND,
    OF_FUNDING,
    SOURCE,
    YEAR,
    amount_name,
    amount_of,
    is_money,
    without_year,
)

Fail = Callable[[str, str], None]
_KINDS = tuple(str(kind) for kind in BudgetLine.Kind)
_PLANNED = ("planned", *_KINDS)
_FIELDS = ("planned", "committed", "spent")
_SAMPLE = 2000
_OWN_MONEY = frozenset(
    ("haushalt", "eigenmittel", "städtischer haushalt", "kommunaler haushalt", "eigene mittel",
     "kommunale mittel", "haushaltsmittel", "kernhaushalt", "stadt", "keine", "nein")
)  # fmt: skip


def is_asked(names: Iterable[str]) -> bool:
    """Whether a mapping speaks of money at all."""
    return any(map(is_money, names))


def reading_of(run: ImportRun) -> tuple[dict[str, Decimal], dict[str, Style]]:
    """By field: the factor that its heading announces, and how ambiguous numbers are written."""
    places = {name: int(index) for index, name in run.mapping.items() if is_money(name)}
    factors = {name: unit_factor(without_year(str(run.titles[i]))) for name, i in places.items()}
    styles: dict[str, Style] = {}
    if places:
        raws = list(
            islice(ImportRow.objects.filter(run=run).values_list("raw", flat=True), _SAMPLE)
        )
        styles = {
            name: style_of(raw[index] for raw in raws if index < len(raw))
            for name, index in places.items()
        }
    return factors, styles


@dataclass
class Held:
    """What projects hold already: budget lines and fundings by project."""

    lines: dict[uuid.UUID, list[BudgetLine]] = field(default_factory=lambda: defaultdict(list))
    fundings: dict[uuid.UUID, list[Funding]] = field(default_factory=lambda: defaultdict(list))

    def values(self, project: uuid.UUID) -> dict[str, str]:
        """The sums as a list shows them, by field."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        lines = self.lines.get(project, [])
        for line in lines:
            sums[amount_name(line.kind, line.year)] += line.planned
            for name in _FIELDS:
                sums[amount_name(name, line.year)] += getattr(line, name)
        found = {name: text_of(amount) for name, amount in sums.items()}
        accounts = {line.account for line in lines}
        if len(accounts) == 1:
            found[ACCOUNT] = accounts.pop()
        fundings = self.fundings.get(project, [])
        if fundings:
            found[SOURCE] = "; ".join(one.programme_name for one in fundings)
            found[GRANT] = text_of(sum((one.amount for one in fundings), Decimal()))
        return found


def load(projects: Iterable[uuid.UUID]) -> Held:
    """Load what these projects hold."""
    held = Held()
    for part in parts_of(list(projects)):
        for line in BudgetLine.objects.filter(project__in=part).order_by("year", "kind", "pk"):
            held.lines[line.project_id].append(line)
        for one in Funding.objects.filter(project__in=part).order_by("programme_name", "pk"):
            held.fundings[one.project_id].append(one)
    return held


def text_of(amount: Decimal) -> str:
    """An amount as staging rows keep it."""
    return format(Decimal(amount), ".2f")


def settle(values: dict[str, Any], old: Mapping[str, Any], fail: Fail) -> None:
    """Give every amount of a row its year and kind; ``old`` are the project's sums and dates."""
    year, kind = values.pop(YEAR, None), values.pop(KIND, None)
    for name in [name for name in values if amount_of(name) and amount_of(name)[1] is None]:  # type: ignore[index]
        amount, what = values.pop(name), amount_of(name)[0]  # type: ignore[index]
        by_year = _total(values, what) if year is None else None
        if by_year is not None and by_year != Decimal(amount):
            fail(
                name, _("This is not the sum of the years: %(sum)s €.") % {"sum": group(by_year, 2)}
            )
        if by_year is not None or (year is None and _total(old, what) == Decimal(amount)):
            continue
        meant = _year(values, old, year)
        if meant is None:
            text = _(
                "The project has amounts of several years. Say in a column “Year” which is meant."
            )
            fail(name, text)
        elif values.setdefault(amount_name(what, meant), amount) != amount:
            fail(name, _("Two columns give an amount for %(year)d.") % {"year": meant})
    if kind:
        for name in [n for n in values if (amount_of(n) or ("",))[0] == "planned"]:
            values.setdefault(amount_name(kind, amount_of(name)[1]), values.pop(name))  # type: ignore[index]
    _split(values, fail)
    _drop_nothing(values, old)
    _settle_funding(values, old)
    if ACCOUNT in values and not any(map(amount_of, (*values, *old))):
        del values[ACCOUNT]


def _split(values: dict[str, Any], fail: Fail) -> None:
    """A sum beside its kinds ("davon investiv"): the rest is operating expense."""
    for name in [n for n in values if (amount_of(n) or ("",))[0] == "planned"]:
        year = amount_of(name)[1]  # type: ignore[index]
        names = [amount_name(kind, year) for kind in _KINDS]
        kinds = [Decimal(values[one]) for one in names if one in values]
        if not kinds:
            continue
        rest = Decimal(values.pop(name)) - sum(kinds)
        operating = amount_name("operating", year)
        if rest < 0 or (rest and operating in values):
            fail(
                name, _("The kinds of cost do not add up to the sum of %(year)d.") % {"year": year}
            )
        elif rest:
            values[operating] = text_of(rest)


def _total(old: Mapping[str, Any], what: str) -> Decimal | None:
    """Sum over all years, as the export shows it; None if there is nothing."""
    found = [Decimal(old[n]) for n in old if (amount_of(n) or ("",))[0] == what]
    return sum(found, Decimal()) if found else None


def _year(values: Mapping[str, Any], old: Mapping[str, Any], said: int | None) -> int | None:
    """The year said, else the only one of the project, else that of its start, else this year."""
    if said is not None:
        return said
    held = {amount_of(name)[1] for name in old if amount_of(name)}  # type: ignore[index]
    if held:
        return held.pop() if len(held) == 1 else None
    start = values.get("start") or old.get("start")
    return int(str(start)[:4]) if start else clock.today().year


def _drop_nothing(values: dict[str, Any], old: Mapping[str, Any]) -> None:
    """An amount of nought where there is none says nothing."""
    for name in [n for n in values if amount_of(n) or n == GRANT]:
        if name not in old and not Decimal(values[name] or 0):
            del values[name]


def _settle_funding(values: dict[str, Any], old: Mapping[str, Any]) -> None:
    source = values.get(SOURCE)
    if source and " ".join(source.casefold().split()) in _OWN_MONEY:
        source = values.pop(SOURCE) and None
    if source and GRANT not in values and SOURCE not in old:
        planned = [Decimal(values[n]) for n in values if (amount_of(n) or ("",))[0] in _PLANNED]
        values[GRANT] = text_of(sum(planned, Decimal()))
    if values.get(GRANT) and not source and SOURCE not in old:
        values[SOURCE] = _("Funding")


@dataclass
class Plan:
    """Rows to add and rows to change, as models whose new values are set already."""

    fresh: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)

    def extend(self, other: Plan) -> None:
        """Take in what another project needs."""
        self.fresh += other.fresh
        self.changed += other.changed

    def of(self, model: type[Any]) -> Plan:
        """The part that concerns one model."""
        return Plan(
            [row for row in self.fresh if isinstance(row, model)],
            [row for row in self.changed if isinstance(row, model)],
        )


def plan(project: uuid.UUID, values: Mapping[str, Any], held: Held) -> Plan:
    """What the changed ``values`` of a row mean for lines and fundings; the held rows are changed.

    Raises ``ValueProblem`` (its ``code`` is the field) if a sum cannot be put into one line.
    """
    lines = held.lines.get(project, [])
    touched: dict[int, BudgetLine] = {}
    fresh: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(dict)
    for name in sorted(values):
        amount = amount_of(name)
        if amount is None or amount[1] is None:
            continue
        what, year = amount[0], amount[1]
        line = _line(lines, name, what, year)
        target, number = "planned" if what in _KINDS else what, Decimal(values[name] or 0)
        if line is None:
            fresh[year, what if what in _KINDS else ""][target] = number
        else:
            setattr(line, target, number)
            touched[id(line)] = line
    new = [
        BudgetLine(project_id=project, year=year, kind=kind, **amounts)
        for (year, kind), amounts in _merged(fresh).items()
    ]
    if ACCOUNT in values:
        for line in new or list(touched.values()) or lines:
            line.account = values[ACCOUNT]
            if line in lines:
                touched[id(line)] = line
    found = Plan(list(new), list(touched.values()))
    found.extend(_funding(project, values, held.fundings.get(project, [])))
    for row in found.changed:
        row.version += 1
    return found


def _line(lines: Sequence[BudgetLine], name: str, what: str, year: int) -> BudgetLine | None:
    found = [line for line in lines if line.year == year and what in (*_FIELDS, line.kind)]
    if len(found) > 1:
        text = _(
            "The project has several budget lines in %(year)d. Change them in its profile, or give "
            "one column per kind of cost."
        )
        raise ValueProblem(text % {"year": year}, code=name)
    return found[0] if found else None


def _merged(
    fresh: Mapping[tuple[int, str], dict[str, Decimal]],
) -> dict[tuple[int, str], dict[str, Decimal]]:
    """New lines by year and kind; amounts without a kind go to the only line of their year."""
    merged = {key: dict(amounts) for key, amounts in fresh.items() if key[1]}
    for (year, kind), amounts in fresh.items():
        if kind:
            continue
        same_year = [key for key in merged if key[0] == year]
        if len(same_year) > 1:
            text = _("Say for %(year)d by kind of cost what was spent or committed.")
            name = amount_name(next(iter(amounts)), year)
            raise ValueProblem(text % {"year": year}, code=name)
        key = same_year[0] if same_year else (year, str(BudgetLine.Kind.OPERATING))
        merged.setdefault(key, {}).update(amounts)
    return merged


def _funding(project: uuid.UUID, values: Mapping[str, Any], held: list[Funding]) -> Plan:
    named = OF_FUNDING & values.keys()
    if not named:
        return Plan()
    if len(held) > 1:
        text = _("The project has several fundings. Change them in its profile.")
        raise ValueProblem(text, code=sorted(named)[-1])
    new = not held
    row = Funding(project_id=project) if new else held[0]
    if SOURCE in values:
        row.programme_name = values[SOURCE] or _("Funding")
    if GRANT in values:
        row.amount = Decimal(values[GRANT] or 0)
    return Plan([row], []) if new else Plan([], [row])


def versions_of(held: Held) -> dict[uuid.UUID, frozenset[tuple[uuid.UUID, int]]]:
    """Which lines and fundings in which version each project holds, to compare later."""
    found: dict[uuid.UUID, set[tuple[uuid.UUID, int]]] = defaultdict(set)
    for rows in (held.lines, held.fundings):
        for project, row in _pairs(rows):
            found[project].add((row.pk, row.version))
    return {project: frozenset(rows) for project, rows in found.items()}


def _pairs(rows: Mapping[uuid.UUID, Sequence[Any]]) -> Iterator[tuple[uuid.UUID, Any]]:
    return ((project, row) for project, part in rows.items() for row in part)
