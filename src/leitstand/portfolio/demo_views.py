"""Saved views of the demo city, through the product's own actions."""

from __future__ import annotations

import csv
from pathlib import Path

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.core.saved.actions import save_view, start_with

_AUDIENCES = {"alle": "all", "nur ich": "private"}


def load(folder: Path, actor: Actor) -> None:
    """Save the views of ``views.csv`` for their accounts; ``actor`` is not asked for rights."""
    with (folder / "views.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    owners = {account.username: account for account in Account.objects.select_related("person")}
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    for row in rows:
        owner = of_account(owners[row["Konto"]])
        unit = units.get(row["Für"])
        view = save_view(
            actor=owner,
            page=row["Seite"],
            name=row["Name"],
            query=row["Abfrage"],
            audience="unit" if unit else _AUDIENCES[row["Für"]],
            unit=unit,
        )
        if row["Start"] == "ja":
            start_with(view.pk, actor=owner)
