"""Columns of the project."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.tables.columns import Choice, Column, ColumnType, Table
from leitstand.portfolio.models import DueKind, Light, Phase, Size


def levels() -> list[Choice]:
    """Confidentiality levels as choices; values are text because files carry text."""
    return [(str(value), label) for value, label in Level.choices]


def _words(**meanings: str) -> tuple[tuple[str, str], ...]:
    """Pairs (word, value) from ``value="word, word"``."""
    return tuple(
        (word.strip(), value) for value, words in meanings.items() for word in words.split(",")
    )


_PHASE_WORDS = _words(
    idea="Projektidee, Vorschlag, Skizze, Bedarf gemeldet",
    requested="Antrag, Antrag gestellt, in Genehmigung, in Abstimmung",
    planned="in Planung, Planung, Vorbereitung, in Vorbereitung, vorgesehen, Konzeption",
    running="läuft, laufend, in Umsetzung, Umsetzung, gestartet, in Arbeit, in Bearbeitung, aktiv, "
    "begonnen, Einführung, in Einführung, Realisierung, Pilot, Pilotbetrieb",
    paused="ruht, ruhend, zurückgestellt, unterbrochen, angehalten, on hold",
    done="erledigt, fertig, fertiggestellt, umgesetzt, beendet, eingeführt, abgenommen, Betrieb, "
    "im Betrieb, Regelbetrieb, produktiv",
    cancelled="gestoppt, verworfen, eingestellt, gestrichen, abgelehnt, storniert, entfallen",
)
_DUE_WORDS = _words(
    law="Gesetz, per Gesetz, gesetzliche Frist", self_set="intern, eigene Frist, selbst"
)
_LIGHT_WORDS = _words(
    green="im Plan, planmäßig, g, 1", yellow="kritisch beobachten, verzögert, ge, 2",
    red="kritisch, gefährdet, r, 3", grey="grau, keine, nicht bewertet, weiß",
)  # fmt: skip

PROJECTS = Table(
    kind="project",
    label=_("Project"),
    label_plural=_("Projects"),
    key=("number", "external_key"),
    period=("start", "end"),
    order=("number",),
    columns=(
        Column(
            "number", _("Identifier"), ColumnType.TEXT, editable=False, max_length=20,
            aliases=("Kennung", "Projektkennung", "Leitstand-Kennung"),
        ),
        Column(
            "external_key", _("Own number"), ColumnType.TEXT, max_length=80, visible=False,
            aliases=("Nr.", "Nr", "lfd. Nr.", "Nummer", "Projektnummer", "ID", "Projekt-ID"),
            help=_("The number that the project has in your own list."),
        ),
        Column(
            "title", _("Title"), ColumnType.TEXT, required=True, max_length=300,
            aliases=(
                "Projekttitel", "Projektname", "Projektbezeichnung", "Projekt", "Vorhaben",
                "Maßnahme", "Bezeichnung", "Name", "Digitalisierungsprojekt",
            ),
        ),
        Column(
            "lead_unit", _("Lead unit"), ColumnType.UNIT, required=True, groupable=True,
            source="lead_unit__name",
            aliases=(
                "Federführung", "Federführendes Amt", "Amt", "Fachbereich", "Dienststelle",
                "Organisationseinheit", "Zuständigkeit", "Dezernat", "FB", "Fachamt", "Zuständiges Amt",
                "Verantwortliches Amt", "Amt/FB", "Referat", "Abteilung", "Bereich", "OE",
            ),
        ),
        Column(
            "participating_units", _("Participating units"), ColumnType.REFERENCES,
            sortable=False, visible=False,
            aliases=("Beteiligte", "Beteiligte Ämter", "Beteiligte Stellen", "Beteiligung"),
        ),
        Column(
            "phase", _("Phase"), ColumnType.CHOICE, choices=Phase.choices, groupable=True,
            choice_aliases=_PHASE_WORDS,
            aliases=("Status", "Projektstatus", "Stand", "Umsetzungsstand", "Projektphase"),
        ),
        Column(
            "programme", _("Programme"), ColumnType.REFERENCE, groupable=True,
            source="programme__name", visible=False, aliases=("Programm", "Dachprojekt"),
        ),
        Column(
            "fields_of_action", _("Fields of action"), ColumnType.REFERENCES, groupable=True,
            sortable=False, visible=False,
            aliases=("Handlungsfeld", "Handlungsfelder", "Leitthema", "Themenfeld"),
        ),
        Column(
            "goals", _("Goals"), ColumnType.REFERENCES, sortable=False, visible=False,
            aliases=("Ziele", "Ziel", "Strategisches Ziel", "Strategische Ziele", "unterstützt"),
        ),
        Column(
            "lead", _("Project lead"), ColumnType.PERSON, sortable=False,
            aliases=("Projektleitung", "Projektleiter", "Projektleiterin", "Ansprechpartner",
                     "Ansprechpartner*in", "Ansprechpartner/in", "Ansprechperson",
                     "Verantwortlich", "Leitung", "PL"),
        ),
        Column(
            "sponsor", _("Sponsor"), ColumnType.PERSON, sortable=False, visible=False,
            aliases=("Auftraggeber", "Auftraggeberin", "Auftraggebende Stelle"),
        ),
        Column(
            "start", _("Start"), ColumnType.DATE,
            aliases=("Beginn", "Start", "Projektstart", "Projektbeginn", "Von", "Startdatum",
                     "Laufzeit von", "Zeitraum von", "Laufzeit Beginn", "Zeitraum Beginn"),
        ),
        Column(
            "end", _("End"), ColumnType.DATE,
            aliases=("Ende", "Projektende", "Bis", "Enddatum", "Abschluss", "geplantes Ende",
                     "Laufzeit bis", "Zeitraum bis", "Laufzeit Ende", "Zeitraum Ende"),
        ),
        Column(
            "due", _("Due date"), ColumnType.DATE, visible=False,
            aliases=("Frist", "Termin", "Fällig", "Fälligkeit", "Stichtag"),
        ),
        Column(
            "due_kind", _("Kind of due date"), ColumnType.CHOICE, choices=DueKind.choices,
            choice_aliases=_DUE_WORDS, visible=False, groupable=True, aliases=("Fristart", "Art der Frist"),
        ),
        Column(
            "due_basis", _("Legal basis of the due date"), ColumnType.TEXT, max_length=300,
            visible=False, sortable=False,
            aliases=("Rechtsgrundlage der Frist", "Rechtsgrundlage", "Grundlage der Frist"),
        ),
        Column(
            "size", _("Size"), ColumnType.CHOICE, choices=Size.choices, groupable=True,
            visible=False, aliases=("Größe", "Projektgröße", "T-Shirt-Größe", "Umfang"),
        ),
        Column(
            "progress", _("Progress"), ColumnType.PERCENT, unit="%", minimum=0, maximum=100,
            aliases=("Fortschritt", "Fertigstellungsgrad", "Umsetzungsgrad", "erledigt in %"),
        ),
        Column(
            "light", _("Traffic light"), ColumnType.CHOICE, choices=Light.choices, groupable=True,
            choice_aliases=_LIGHT_WORDS,
            aliases=("Ampel", "Ampelstatus", "Projektampel"),
        ),
        Column(
            "light_note", _("Reason for the light"), ColumnType.LONGTEXT, visible=False,
            sortable=False, aliases=("Erläuterung zur Ampel", "Begründung", "Bemerkung zur Ampel"),
        ),
        Column(
            "source_status", _("Status in the source"), ColumnType.TEXT, visible=False,
            max_length=80, aliases=("Quellstatus",),
        ),
        Column(
            "need", _("Need"), ColumnType.LONGTEXT, visible=False, sortable=False,
            aliases=("Bedarf", "Ausgangslage", "Anlass", "Problem"),
        ),
        Column(
            "summary", _("Short description"), ColumnType.LONGTEXT, visible=False, sortable=False,
            aliases=("Kurzbeschreibung", "Beschreibung", "Inhalt", "Projektbeschreibung",
                                   "Bemerkungen", "Bemerkung", "Anmerkungen", "Anmerkung"),
        ),
        Column(
            "confidentiality", _("Confidentiality"), ColumnType.CHOICE, choices=levels,
            visible=False, groupable=True, aliases=("Vertraulichkeit", "Vertraulichkeitsstufe"),
        ),
        Column(
            "published", _("Published"), ColumnType.BOOLEAN, visible=False, editable=False,
            aliases=("Veröffentlicht", "öffentlich sichtbar"),
        ),
        Column(
            "public_text", _("Text for the public"), ColumnType.LONGTEXT, visible=False,
            sortable=False, aliases=("Öffentliche Beschreibung", "Text für die Öffentlichkeit"),
        ),
        Column(
            "public_contact", _("Contact for the public"), ColumnType.TEXT, visible=False,
            max_length=300, sortable=False, aliases=("Kontakt", "Öffentlicher Kontakt"),
        ),
        Column(
            "budget_planned", _("Planned budget"), ColumnType.MONEY, unit="€", editable=False,
            importable=False, filterable=False, sortable=False, visible=False,
        ),
        Column(
            "version", _("Version"), ColumnType.INTEGER, editable=False, filterable=False,
            sortable=False, visible=False,
        ),
    ),
)  # fmt: skip
