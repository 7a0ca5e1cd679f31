"""Sample data of the gallery page: invented, and shown nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse

from leitstand.core.ui import matrix, stack, timeline
from leitstand.core.ui.components import (
    Action,
    Badge,
    Cell,
    Column,
    DataTable,
    DiffField,
    Group,
    HistoryEntry,
    Link,
    Row,
    Step,
    Tile,
)
from leitstand.core.ui.widgets import DateInput

_PHASES = {
    "running": Badge("laufend", "info"),
    "planned": Badge("geplant", "neutral"),
    "done": Badge("abgeschlossen", "success"),
    "paused": Badge("pausiert", "warning"),
}
_PROJECTS = (
    (
        "P-0001",
        "Einführung der elektronischen Akte, Welle 3",
        "Fachbereich Personal und Organisation",
        "running",
        date(2026, 1, 12),
        date(2027, 6, 30),
        62,
        420_000,
    ),
    (
        "P-0002",
        "Umweltsensorik Innenstadt",
        "Umweltamt",
        "planned",
        date(2026, 9, 1),
        date(2027, 12, 31),
        0,
        185_000,
    ),
    (
        "P-0003",
        "Serviceportal 2.0 mit Bürgerkonto und Postfach",
        "Bürgeramt",
        "running",
        date(2026, 4, 1),
        date(2028, 3, 31),
        35,
        310_000,
    ),
    (
        "P-0004",
        "Zuzugsmeldung ohne Medienbruch",
        "Bürgeramt",
        "done",
        date(2025, 3, 1),
        date(2026, 8, 31),
        100,
        45_000,
    ),
    (
        "P-0005",
        "Straßenverkehrslenkungsinformationssystem",
        "Tiefbauamt",
        "paused",
        date(2026, 2, 1),
        date(2027, 3, 31),
        20,
        98_500,
    ),
    (
        "P-0006",
        "WLAN in allen Bürgerhäusern",
        "Amt für Liegenschaften",
        "planned",
        date(2027, 1, 1),
        None,
        0,
        60_000,
    ),
)


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(
        label="Titel", max_length=200, help_text="So, wie er im Bericht stehen soll."
    )
    start = forms.DateField(label="Beginn", widget=DateInput, required=False)
    end = forms.DateField(label="Ende", widget=DateInput, required=False)
    size = forms.ChoiceField(
        label="Größe", choices=[("", "bitte wählen"), ("S", "klein"), ("L", "groß")]
    )
    summary = forms.CharField(
        label="Kurzbeschreibung", widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    light = forms.ChoiceField(
        label="Ampel",
        choices=[("green", "grün"), ("yellow", "gelb"), ("red", "rot")],
        widget=forms.RadioSelect,
    )
    goals = forms.MultipleChoiceField(
        label="Ziele",
        choices=[("1", "Bürgernähe"), ("2", "Klimaschutz")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Mehrere sind möglich.",
    )
    published = forms.BooleanField(
        label="Öffentlich zeigen", required=False, help_text="Ohne Anmeldung sichtbar."
    )
    document = forms.FileField(label="Unterlage", required=False)

    fieldsets = (("Stammdaten", ("title", "start", "end", "size", "summary")),)
    widths = {"start": "third", "end": "third", "size": "third"}


class FilterForm(forms.Form):
    """A short filter."""

    q = forms.CharField(label="Suchbegriff", required=False)
    phase = forms.ChoiceField(
        label="Phase", choices=[("", "alle"), ("running", "laufend")], required=False
    )
    unit = forms.ChoiceField(
        label="Amt", choices=[("", "alle"), ("33", "Bürgeramt")], required=False
    )


class UploadForm(forms.Form):
    """A list to import."""

    file = forms.FileField(
        label="Ihre Projektliste",
        help_text="Excel, LibreOffice oder CSV, höchstens 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
    )


class CellForm(forms.Form):
    """One value edited in its table cell."""

    progress = forms.IntegerField(
        label="Fortschritt in Prozent",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"data-focus": ""}),
    )


def _row(project: tuple[Any, ...]) -> Row:
    key, title, unit, phase, start, end, progress, budget = project
    edit = reverse("ui:gallery_cell")
    return Row(
        key=key,
        label=title,
        kind="warning" if phase == "paused" else "",
        cells=(
            Cell(title, url="#tabelle", note=key),
            unit,
            Cell(badge=_PHASES[phase]),
            start,
            end,
            Cell(f"{progress} %", edit_url=edit, numeric=True),
            Decimal(budget),
        ),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("title", "Vorhaben", "?sort=-title", "ascending"),
        Column("unit", "Federführung", "?sort=unit"),
        Column("phase", "Phase"),
        Column("start", "Beginn", "?sort=start", nowrap=True),
        Column("end", "Ende", "?sort=end", nowrap=True),
        Column("progress", "Fortschritt", "?sort=progress", numeric=True),
        Column("budget", "Budget in €", "?sort=budget", numeric=True),
    )


def _tables() -> dict[str, DataTable]:
    rows = [_row(project) for project in _PROJECTS]
    footer = Row(("Summe", "", "", "", "", "", Decimal(1_118_500)))
    return {
        "table": DataTable(
            "Laufende Vorhaben",
            _columns(),
            rows,
            id="vorhaben",
            select_name="id",
            footer=footer,
            caption_visible=True,
        ),
        "grouped": DataTable(
            "Vorhaben nach Amt",
            _columns(),
            groups=[
                Group("Bürgeramt", rows[2:4], "#gruppen"),
                Group("Tiefbauamt", rows[4:5], note="1 pausiert"),
            ],
            id="gruppen",
            on_phone="scroll",
        ),
        "empty": DataTable(
            "Leere Liste",
            _columns(),
            empty_title="Noch keine Vorhaben",
            empty_text="Legen Sie eine Skizze an, oder übernehmen Sie Ihre Excel-Liste.",
            empty_actions=(
                Action("Liste übernehmen", "#leer", "primary"),
                Action("Skizze anlegen", "#leer"),
            ),
        ),
    }


def _timeline() -> timeline.Timeline:
    bars = []
    for key, title, unit, phase, start, end, progress, _budget in _PROJECTS:
        bars.append(
            timeline.Bar(
                key,
                title,
                start,
                end,
                "#zeitplan",
                phase,
                date(start.year, start.month, 1),
                date(2027, 4, 30),
                progress,
                [
                    timeline.Milestone(date(2026, 12, 1), "Zwischenbericht", done=phase == "done"),
                    timeline.Milestone(date(2027, 3, 15), "Abnahme"),
                ],
                group="b" if unit == "Bürgeramt" else "x",
            )
        )
    return timeline.Timeline(
        bars,
        "Zeitplan der Vorhaben",
        "zeitplan-bild",
        links=[
            timeline.Link("P-0001", "P-0002", violated=True),
            timeline.Link("P-0004", "P-0003"),
            timeline.Link("P-0005", "P-0006", kind="SS"),
        ],
        today=date(2026, 11, 20),
        groups=[timeline.Group("b", "Bürgeramt"), timeline.Group("x", "Übrige Ämter")],
    )


def _matrix() -> matrix.Matrix:
    places = ((4.2, 3.8), (2.1, 4.5), (3.4, 1.2), (1.0, 2.0), (4.6, 4.4), (2.8, 2.9))
    bubbles = [
        matrix.Bubble(x, y, project[1], number, project[7] / 420_000, project[3])
        for number, ((x, y), project) in enumerate(zip(places, _PROJECTS, strict=True), start=1)
    ]
    return matrix.Matrix(
        bubbles,
        "Nutzen und Aufwand der Vorhaben",
        "Aufwand",
        "Nutzen",
        split_x=2.5,
        split_y=2.5,
        quadrants=("zuerst", "gut planen", "nebenbei", "zurückstellen"),
    )


def _forms() -> dict[str, forms.Form]:
    bound = SampleForm({"title": "", "start": "2027-01-01", "size": "", "goals": ["1"]})
    return {
        "form": SampleForm(auto_id="a_%s"),
        "bound": bound,
        "filter": FilterForm({"phase": "running"}, auto_id="f_%s"),
        "upload": UploadForm(auto_id="u_%s"),
    }


def _small_parts() -> dict[str, Any]:
    return {
        "actions": (
            Action("Neue Skizze", "#", "primary", "add"),
            Action("Herunterladen", "#", icon="download"),
        ),
        "tabs": (
            Link("Tabelle", "#", current=True, count=103),
            Link("Roadmap", "#"),
            Link("Board", "#"),
            Link("Kennzahlen", "#"),
        ),
        "tiles": (
            Tile("Vorhaben", 103, "davon 17 im Verzug", "#"),
            Tile("E-Akte", 62, "28 von 45 Organisationseinheiten", unit="%", kind="success"),
            Tile(
                "Stellenmehrbedarf",
                Decimal("6.5"),
                "4,0 VZÄ sind im Rahmen",
                unit="VZÄ",
                kind="warning",
            ),
            Tile("Überfällige Pflichten", 3, "ältester Termin 01.10.2026", kind="danger"),
        ),
        "steps": (
            Step("Datei wählen", "done", "#"),
            Step("Spalten zuordnen", "current"),
            Step("Prüfen", "todo"),
            Step("Übernehmen", "todo"),
        ),
        "active": (Link("Phase: laufend", "?"),),
        "facts": (
            ("Federführung", "Fachbereich Personal und Organisation"),
            ("Beginn", date(2026, 1, 12)),
            ("Budget", Decimal("420000")),
            ("Pflichttermin", None),
            ("Öffentlich", True),
        ),
    }


def _long_parts() -> dict[str, Any]:
    return {
        "diff_fields": (
            DiffField(
                "title",
                "Titel",
                "Serviceportal 2.0",
                "Serviceportal mit Bürgerkonto",
                "Serviceportal",
            ),
            DiffField("end", "Ende", date(2027, 12, 31), date(2028, 3, 31)),
        ),
        "history": (
            HistoryEntry(
                datetime(2026, 11, 19, 13, 5, tzinfo=UTC),
                "Jana Weber",
                "hat das Vorhaben geändert.",
                "Lieferverzug",
                [("Ende", date(2027, 12, 31), date(2028, 3, 31))],
            ),
            HistoryEntry(
                datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
                "Murat Demir",
                "hat das Vorhaben angelegt.",
            ),
        ),
        "job": {
            "state": "running",
            "progress": 640,
            "total": 1000,
            "message": "Zeilen werden geprüft",
        },
        "shares": (
            stack.Part("abgeschlossen", 31, "done"),
            stack.Part("laufend", 48, "running"),
            stack.Part("geplant", 24, "planned"),
        ),
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything `ui/gallery.html` shows."""
    page = Paginator(range(1, 2001), 100).get_page(request.GET.get("seite", 7))
    crumbs = (Link("Start", "/"), Link("Portfolio", "#"), Link("Komponenten"))
    pictures = {"roadmap": _timeline(), "priorities": _matrix(), "page": page, "crumbs": crumbs}
    return {**_small_parts(), **_long_parts(), **_tables(), **_forms(), **pictures}
