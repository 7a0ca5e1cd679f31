"""Demo data of reports, made through the actions from the demo city's own figures."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import docx
from django.utils import translation

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.reporting.actions import report_steps, reports, templates
from leitstand.reporting.models import Report
from leitstand.reporting.output.word import saved
from leitstand.reporting.queries.reports import reading


def load(folder: Path, actor: Actor) -> None:
    """Make the reports of ``reports.csv``; the figures are those of the city on their days."""
    with (folder / "reports.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    units = {row.code: row for row in OrgUnit.objects.all()}
    with translation.override("de"):
        templates.add_template(
            actor=actor, name="Mitteilungsvorlage", own_fields="Ortschaftsräte",
            file_name="Mitteilungsvorlage.docx", data=_template(),
        )  # fmt: skip
        for row in rows:
            _one(row, units[row["unit"]], actor)


def _one(row: dict[str, str], unit: OrgUnit, actor: Actor) -> None:
    since = date.fromisoformat(row["since"]) if row["since"] else None
    report = reports.create_report(
        actor=actor,
        values={
            "title": row["title"], "day": date.fromisoformat(row["day"]), "since": since,
            "unit": unit, "confidentiality": int(row["confidentiality"]), "cover": row["cover"],
            "reference": row["reference"],
            "cover_fields": {"Gremium": row["committee"], "Termin": row["meeting"], "Ö/N": "Ö",
                             "Dienststelle": unit.name, "Zuständigkeit": "Kenntnisnahme"},
        },
    )  # fmt: skip
    words = {name: _lines(row[name]) for name in ("overview", "endangered") if row[name]}
    options = [place.slot for place in reading(report).places if place.slot.startswith("options:")]
    if row["option"] and options:
        words[options[0]] = _lines(row["option"])
    reports.set_words(report.pk, actor=actor, words=words, base={})
    if row["state"] == Report.State.RELEASED:
        report_steps.release(report.pk, actor=actor, reason="Freigabe der Oberbürgermeisterin")


def _template() -> bytes:
    """A template as a city has one: head, cover sheet as a table, place for the paper, foot."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "{{ absender }}"
    made.sections[0].footer.paragraphs[0].text = "Stand {{ stand }} · {{ status }}"
    made.add_heading("Mitteilungsvorlage {{ Vorlage Nr. }}", 0)
    names = ("Dienststelle", "Gremium", "Termin", "TOP", "Ö/N", "Zuständigkeit", "Ortschaftsräte")
    table = made.add_table(len(names), 2, "Table Grid")
    for row, name in zip(table.rows, names, strict=True):
        row.cells[0].text, row.cells[1].text = name, f"{{{{ {name} }}}}"
    made.add_heading("{{ titel }}", 1)
    for text in ("{{ Kurzfassung }}", "{{ inhalt }}", "Gesehen und genehmigt:"):
        made.add_paragraph(text)
    return saved(made)


def _lines(text: str) -> str:
    """A cell's text: "|" stands for a line's end, "||" for a paragraph's."""
    return text.replace(" || ", "\n\n").replace(" | ", "\n")
