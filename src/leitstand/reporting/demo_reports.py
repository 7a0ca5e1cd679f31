"""Demo data of reports, made through the actions from the demo city's own figures."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.utils import translation

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.reporting.actions import report_steps, reports
from leitstand.reporting.models import Report
from leitstand.reporting.queries.reports import reading


def load(folder: Path, actor: Actor) -> None:
    """Make the reports of ``reports.csv``; the figures are those of the city on their days."""
    with (folder / "reports.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    units = {row.code: row for row in OrgUnit.objects.all()}
    with translation.override("de"):
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


def _lines(text: str) -> str:
    """A cell's text: "|" stands for a line's end, "||" for a paragraph's."""
    return text.replace(" || ", "\n\n").replace(" | ", "\n")
