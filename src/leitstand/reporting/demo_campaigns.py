"""Demo data of campaigns, through the actions and the import."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from leitstand.core.administration.imports import read_rows
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.core.tables.values import plain_text
from leitstand.reporting.actions.campaign_import import import_figures
from leitstand.reporting.actions.campaigns import create_campaign
from leitstand.reporting.tables.campaigns import FIGURES


def load(folder: Path, actor: Actor) -> None:
    """Enter the campaigns of ``campaigns.csv``, then import the tables of their figures."""
    with (folder / "campaigns.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    for row in rows:
        campaign = create_campaign(
            actor=actor,
            values={
                "title": row["title"], "purpose": row["purpose"],
                "start": date.fromisoformat(row["start"]),
                "end": date.fromisoformat(row["end"]) if row["end"] else None,
                "unit": OrgUnit.objects.get(code=row["unit"]),
                "confidentiality": int(row["confidentiality"]),
            },
        )  # fmt: skip
        with (folder / row["figures"]).open("rb") as table:
            figures = read_rows(table, FIGURES, plain_text)
        import_figures(campaign.pk, figures, actor=actor)
