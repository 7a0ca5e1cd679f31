"""Columns of a project list that speak of money: amounts by year and kind, and who pays.

An office's list has "Kosten 2026 (T€)", "davon investiv" or "Fördergeber" beside each project;
the portfolio keeps budget lines and fundings. These columns exist for the import only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table, Text
from leitstand.portfolio.models import BudgetLine
from leitstand.portfolio.tables.projects import PROJECTS

FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST = 999_999_999_999
YEAR, KIND, ACCOUNT = "budget_year", "budget_kind", "budget_account"
SOURCE, GRANT = "funding_source", "funding_amount"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_NAME = re.compile(r"budget_(planned|investment|operating|follow_up|committed|spent)(?:_(20\d\d))?")

_AMOUNTS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "planned": (
        PROJECTS["budget_planned"].label,
        ("Budget", "Gesamtbudget", "Projektbudget", "Kosten", "Gesamtkosten", "Projektkosten",
         "Plankosten", "Geplante Kosten", "Geschätzte Kosten", "Kostenschätzung", "Ansatz",
         "Haushaltsansatz", "Haushaltsmittel", "Mittel", "Mittelbedarf", "Finanzbedarf",
         "Sachmittel", "Betrag", "Plan"),
    ),
    "investment": (
        _("Planned: investment"),
        ("Investition", "Investitionen", "Investitionskosten", "investiv", "davon investiv",
         "Ansatz investiv"),
    ),
    "operating": (
        _("Planned: operating expense"),
        ("konsumtiv", "davon konsumtiv", "Ansatz konsumtiv", "Sachaufwand", "Aufwand konsumtiv"),
    ),
    "follow_up": (_("Planned: follow-up cost"), ("Folgekosten", "Jährliche Folgekosten")),
    "committed": (_("Committed budget"), ("Verfügt", "Gebunden", "Mittelbindung", "Beauftragt")),
    "spent": (
        _("Spent budget"),
        ("Ausgaben", "Ausgegeben", "Verausgabt", "Ist-Kosten", "Istkosten", "Mittelabfluss"),
    ),
}  # fmt: skip
_BESIDE = (
    Column(
        YEAR, _("Year of the budget"), ColumnType.INTEGER, minimum=FIRST_YEAR, maximum=LAST_YEAR,
        aliases=("Haushaltsjahr", "Budgetjahr", "Jahr"),
    ),
    Column(
        KIND, _("Kind of cost"), ColumnType.CHOICE, choices=BudgetLine.Kind.choices,
        aliases=("Kostenart", "Mittelart", "investiv/konsumtiv", "Art der Kosten"),
        choice_aliases=(
            ("investiv", "investment"), ("invest", "investment"), ("Investition", "investment"),
            ("Finanzhaushalt", "investment"), ("konsumtiv", "operating"),
            ("Ergebnishaushalt", "operating"), ("Aufwand", "operating"),
            ("Folgekosten", "follow_up"),
        ),
    ),
    Column(
        ACCOUNT, _("Budget item"), ColumnType.TEXT, max_length=60,
        aliases=("Haushaltsstelle", "Kostenstelle", "PSP-Element", "Sachkonto", "Kontierung",
                 "Buchungsstelle", "Produktsachkonto"),
    ),
    Column(
        SOURCE, _("Source of the funding"), ColumnType.TEXT, max_length=200,
        aliases=("Fördergeber", "Förderprogramm", "Mittelherkunft", "Finanzierung", "Geldgeber",
                 "Finanzierungsquelle", "Fördermittelgeber", "Quelle der Mittel"),
    ),
    Column(
        GRANT, _("Funding amount"), ColumnType.MONEY, unit="€", minimum=0, maximum=MOST,
        aliases=("Fördermittel", "Fördersumme", "Förderbetrag", "Zuwendung", "Förderung",
                 "davon Fördermittel", "davon Förderung"),
    ),
)  # fmt: skip
OF_FUNDING = frozenset((SOURCE, GRANT))


def amount_of(name: str) -> tuple[str, int | None] | None:
    """What an amount's column holds and of which year, if the column's name says it."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return found[1], int(found[2]) if found[2] else None


def amount_name(what: str, year: int | None = None) -> str:
    """Name of the column of an amount: ``budget_spent_2026``."""
    return f"budget_{what}" if year is None else f"budget_{what}_{year}"


def is_money(name: str) -> bool:
    """Whether a field of the import belongs to budget lines or fundings, not to the project."""
    return amount_of(name) is not None or name in {column.name for column in _BESIDE}


@lru_cache(maxsize=1024)
def column_of(name: str) -> Column | None:
    """The column of a field of the import, of the project or of its money."""
    amount = amount_of(name)
    if amount is not None:
        return _amount(*amount)
    return next((column for column in (*_BESIDE, *PROJECTS) if column.name == name), None)


def _amount(what: str, year: int | None) -> Column:
    label, aliases = _AMOUNTS[what]
    if year is not None:
        label = format_lazy("{label} {year}", label=label, year=year)
        aliases = tuple(f"{alias} {year}" for alias in aliases)
        aliases += (str(year),) if what == "planned" else ()
    return Column(
        amount_name(what, year), label, ColumnType.MONEY, unit="€", minimum=0, maximum=MOST,
        aliases=aliases,
    )  # fmt: skip


def import_table(titles: Iterable[str] = ()) -> Table:
    """All fields that a list may fill; amounts also by the years that its headings name."""
    years = sorted({int(year) for title in titles for year in _YEAR.findall(title or "")})
    amounts = [_amount(what, year) for year in (None, *years) for what in _AMOUNTS]
    own = tuple(column for column in PROJECTS.columns if column.name != "budget_planned")
    return replace(PROJECTS, columns=(*own, *amounts, *_BESIDE))


def without_year(title: str) -> str:
    """A heading without its year: "Kosten in T€ 2026" announces thousands, too."""
    return " ".join(_YEAR.sub(" ", title).split())
