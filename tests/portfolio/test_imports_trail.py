"""What an import creates stands in the trail; a long file does not silence the worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.portfolio.importing import table
from tests.portfolio.making import SYSTEM, make_project


def _created(kind: str) -> list[str]:
    from leitstand.core.audit.models import AuditEvent

    found = AuditEvent.objects.filter(type="portfolio.strategy.created", object_kind=kind)
    return sorted(found.values_list("object_title", flat=True))


def test_the_field_for_goals_without_one_is_recorded(
    unit_tree: dict[str, Any], tmp_path: Path
) -> None:
    from leitstand.portfolio.actions.imports.direct import import_file
    from leitstand.portfolio.models import FieldOfAction

    header = ("Titel", "Federführung", "Ziele")
    rows = [("Eins", "Kämmerei", "Papierlos"), ("Zwei", "Kämmerei", "Barrierefrei")]
    path = tmp_path / "liste.xlsx"
    path.write_bytes(table(*rows, header=header))
    import_file(path, actor=SYSTEM)
    field = FieldOfAction.objects.get()
    assert field.code == "?"
    assert _created("field-of-action") == [str(field)]
    assert _created("goal") == ["Barrierefrei", "Papierlos"]


def test_a_role_that_an_import_of_efforts_names_first_is_recorded(
    unit_tree: dict[str, Any], tmp_path: Path
) -> None:
    from leitstand.portfolio.actions.imports.parts import import_parts

    project = make_project(unit_tree["20"])
    path = tmp_path / "aufwand.csv"
    lines = ["Vorhaben;Rolle;Aufwand", f"{project.number};Projektleitung;12"]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = import_parts("effort", path, actor=SYSTEM)
    assert (result.added, result.errors) == (1, [])
    assert _created("skill") == ["Projektleitung"]


def test_reading_gives_a_sign_of_life_every_thousand_rows(
    unit_tree: dict[str, Any], tmp_path: Path
) -> None:
    from leitstand.core.files.actions import keep_file
    from leitstand.core.jobs.running import Cancelled
    from leitstand.portfolio.actions.imports.staging import read_file
    from leitstand.portfolio.models import ImportRow, ImportRun

    lines = "".join(f"Vorhaben {n};Kämmerei\n" for n in range(3500))
    content = ("Titel;Federführung\n" + lines).encode()
    run = ImportRun.objects.create(file=keep_file([content], actor=SYSTEM, name="liste.csv"))
    signs: list[int] = []

    def step(done: int, total: int, text: str) -> None:
        signs.append(done)
        if len(signs) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_file(run, step)
    assert signs == [0, 0, 0]
    assert not ImportRow.objects.exists()
