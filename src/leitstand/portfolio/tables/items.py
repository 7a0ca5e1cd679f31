"""Columns of everything that belongs to a project, by kind."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import (
    BudgetLine,
    Funding,
    MandatoryConsultation,
    Obstacle,
    ProjectPerson,
    Risk,
    WaitingTime,
)

_T = ColumnType


def _title(label: Any = None) -> Column:
    return Column(
        "title", label or _("Title"), _T.TEXT, required=True, max_length=300, aliases=("Titel",)
    )


def _date(name: str, label: Any, *aliases: str, required: bool = False) -> Column:
    return Column(name, label, _T.DATE, required=required, aliases=aliases)


def _money(name: str, label: Any, *aliases: str) -> Column:
    return Column(name, label, _T.MONEY, unit="€", minimum=0, aliases=aliases)


def _choice(name: str, label: Any, choices: Any, *aliases: str, required: bool = True) -> Column:
    return Column(
        name, label, _T.CHOICE, choices=choices, required=required, groupable=True, aliases=aliases
    )


def _table(kind: str, label: Any, label_plural: Any, *columns: Column) -> Table:
    """A table of parts; its key is the whole row, because parts have no number of their own."""
    key = tuple(column.name for column in columns if column.required)
    return Table(kind=kind, label=label, label_plural=label_plural, columns=columns, key=key)


_EFFORT = Column(
    "effort_days", _("Effort"), _T.DECIMAL, unit="PT", minimum=0, aliases=("Aufwand PT", "Aufwand")
)
_NOTE = Column("note", _("Note"), _T.TEXT, max_length=300, aliases=("Notiz", "Bemerkung"))

_TABLES = (
    _table(
        "participation", _("Participating unit"), _("Participating units"),
        Column("unit", _("Unit"), _T.UNIT, required=True, source="unit__name",
               aliases=("Organisationseinheit", "Beteiligte")),
        Column("note", _("Contribution"), _T.TEXT, max_length=200, aliases=("Beitrag",)),
    ),
    _table(
        "person", _("Person"), _("People"),
        Column("person", _("Person"), _T.PERSON, required=True,
               source="person__family_name"),
        _choice("role", _("Role"), ProjectPerson.Role.choices, "Rolle"),
    ),
    _table(
        "milestone", _("Milestone"), _("Milestones"),
        _title(),
        _date("due", _("Due"), "Fällig", "Termin", required=True),
        _date("done_on", _("Done on"), "Erledigt am"),
        Column("public", _("Public"), _T.BOOLEAN, aliases=("Öffentlich",)),
    ),
    _table(
        "work-package", _("Work package"), _("Work packages"),
        _title(),
        _date("start", _("Start"), "Beginn"),
        _date("end", _("End"), "Ende"),
        _EFFORT,
        Column("done", _("Done"), _T.BOOLEAN, aliases=("Erledigt",)),
    ),
    _table(
        "effort", _("Effort per role"), _("Effort per role"),
        Column("skill", _("Role"), _T.REFERENCE, required=True, source="skill__name",
               aliases=("Rolle",)),
        Column("effort_days", _("Effort"), _T.DECIMAL, unit="PT", minimum=0, required=True,
               aliases=("Aufwand PT",)),
    ),
    _table(
        "budget", _("Budget line"), _("Budget"),
        Column("year", _("Year"), _T.INTEGER, required=True, minimum=2000, maximum=2100,
               aliases=("Jahr",)),
        _choice("kind", _("Kind"), BudgetLine.Kind.choices, "Art"),
        _money("planned", _("Planned"), "Ansatz"),
        _money("committed", _("Committed"), "Verfügt"),
        _money("spent", _("Spent"), "Ausgegeben"),
        Column("account", _("Budget item"), _T.TEXT, max_length=60, aliases=("Haushaltsstelle",)),
    ),
    _table(
        "funding", _("Funding"), _("Funding"),
        Column("programme_name", _("Funding programme"), _T.TEXT, required=True, max_length=200,
               aliases=("Förderprogramm",)),
        _money("amount", _("Amount"), "Betrag"),
        Column("rate", _("Funding rate"), _T.PERCENT, unit="%", minimum=0, maximum=100,
               aliases=("Förderquote",)),
        _choice("state", _("State"), Funding.State.choices, "Stand", required=False),
        _date("deadline", _("Deadline"), "Frist"),
    ),
    _table(
        "consultation", _("Mandatory consultation"), _("Mandatory consultations"),
        _choice("kind", _("Kind"), MandatoryConsultation.Kind.choices, "Art"),
        _date("due", _("Due"), "Frist"),
        _choice("state", _("State"), MandatoryConsultation.State.choices, "Stand",
                required=False),
        _date("done_on", _("Done on"), "Erledigt am"),
        _NOTE,
    ),
    _table(
        "waiting", _("Waiting time"), _("Waiting times"),
        _choice("kind", _("Kind"), WaitingTime.Kind.choices, "Art"),
        _date("start", _("Start"), "Beginn", required=True),
        _date("end", _("End"), "Ende", required=True),
        _NOTE,
    ),
    _table(
        "risk", _("Risk"), _("Risks"),
        _title(),
        Column("probability", _("Probability (1–5)"), _T.INTEGER, required=True, minimum=1,
               maximum=5, aliases=("Wahrscheinlichkeit",)),
        Column("impact", _("Impact (1–5)"), _T.INTEGER, required=True, minimum=1, maximum=5,
               aliases=("Auswirkung",)),
        Column("measure", _("Measure"), _T.LONGTEXT, aliases=("Maßnahme",)),
        _choice("state", _("State"), Risk.State.choices, "Stand", required=False),
    ),
    _table(
        "obstacle", _("Obstacle"), _("Obstacles"),
        _choice("kind", _("Kind"), Obstacle.Kind.choices, "Art"),
        _title(_("What holds the project up")),
        _date("since", _("Since"), "Seit"),
        _date("resolved_on", _("Resolved on"), "Behoben am"),
    ),
    _table(
        "decision", _("Decision"), _("Decisions"),
        _title(),
        _date("decided_on", _("Decided on"), "Datum"),
        Column("body", _("Body"), _T.TEXT, max_length=200, aliases=("Gremium",)),
        Column("reference", _("Paper no."), _T.TEXT, max_length=80, aliases=("Vorlage",)),
        Column("text", _("Text"), _T.LONGTEXT),
    ),
    _table(
        "document", _("Document"), _("Documents"),
        _title(),
        Column("url", _("Address (link)"), _T.TEXT, max_length=600),
    ),
    _table(
        "partner", _("External partner"), _("External partners"),
        Column("name", _("Name"), _T.TEXT, required=True, max_length=200),
        Column("role", _("Role"), _T.TEXT, max_length=200, aliases=("Rolle",)),
        Column("contact", _("Contact"), _T.TEXT, max_length=300, aliases=("Kontakt",)),
    ),
)  # fmt: skip

ITEM_TABLES: dict[str, Table] = {table.kind: table for table in _TABLES}
