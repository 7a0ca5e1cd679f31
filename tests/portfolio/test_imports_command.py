"""``leitstand import``: projects, units and people from files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.org.models import OrgUnit, Person
from leitstand.portfolio.models import ImportRow, ImportRun, Project
from tests.portfolio.importing import HEADER, table
from tests.portfolio.making import make_project


@pytest.fixture
def command(tmp_path: Path) -> Any:
    """``command("projects", bytes, …)`` runs the command on a file of this content."""
    from leitstand.portfolio.commands import imports

    def run(what: str, content: bytes, *words: str, name: str = "liste.xlsx") -> int:
        path = tmp_path / name
        path.write_bytes(content)
        parser = argparse.ArgumentParser()
        imports.configure(parser)
        return imports.run(parser.parse_args([what, str(path), *words]))

    return run


def test_projects_and_the_same_again(
    command: Any, unit_tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    content = table(("E-Akte", "Hauptamt", "läuft", "Q2 2026", None))
    assert command("projects", content) == 0
    assert "1 Vorhaben angelegt" in capsys.readouterr().out
    assert command("projects", content) == 0
    assert capsys.readouterr().out.startswith("0 Vorhaben angelegt")
    assert Project.objects.count() == 1


def test_errors_go_to_stderr_with_their_rows(
    command: Any, unit_tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    content = table(("A", "Hauptamt", "kaputt", None, None), ("B", "Hauptamt", "läuft", None, None))
    assert command("projects", content) == 1
    said = capsys.readouterr()
    assert "Zeile 2: Phase (Zelle C2): " in said.err
    assert [p.title for p in Project.objects.all()] == ["B"]


def test_a_dry_run_leaves_nothing(
    command: Any, unit_tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    header = (*HEADER, "Farbe")
    content = table(("A", "Neues Amt", "läuft", None, None, "blau"), header=header)
    assert command("projects", content, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "1 neu, 0 geändert, 0 unverändert, 0 fehlerhaft\n" in said
    assert "Federführung → Federführung\n" in said
    assert "Farbe → nicht übernommen\n" in said
    assert not Project.objects.exists()
    assert not ImportRun.objects.exists()
    assert not ImportRow.objects.exists()
    assert not OrgUnit.objects.filter(name="Neues Amt").exists()


def test_a_mapping_file_and_a_unit_for_all(
    command: Any, unit_tree: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Worum": "title"}))
    content = table(("E-Akte", "x"), header=("Worum", "Quark"))
    assert command("projects", content, "--mapping", str(mapping)) == 1
    assert "Federführung" in capsys.readouterr().err
    assert command("projects", content, "--mapping", str(mapping), "--unit", "10") == 0
    assert Project.objects.get().lead_unit.code == "10"
    mapping.write_text(json.dumps({"Falsch": "title"}))
    assert command("projects", content, "--mapping", str(mapping)) == 1
    assert "Falsch" in capsys.readouterr().err


def test_conflicts_are_left_alone_and_told(
    command: Any, unit_tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(unit_tree["10"], "E-Akte")
    Project.objects.update(version=5)
    header = ("Kennung", "Version", "Titel")
    assert command("projects", table((project.number, 4, "Anders"), header=header)) == 1
    assert "Zeile 2" in capsys.readouterr().err
    project.refresh_from_db()
    assert project.title == "E-Akte"


def test_units_and_people(command: Any, capsys: pytest.CaptureFixture[str], db: None) -> None:
    units = "Kürzel;Bezeichnung;Art;Übergeordnet\n0;Stadt;Stadt;\n10;Hauptamt;Amt;0\n".encode()
    assert command("units", units, "--dry-run", name="units.csv") == 0
    assert not OrgUnit.objects.exists()
    assert command("units", units, name="units.csv") == 0
    assert "2 angelegt, 0 geändert, 0 unverändert, 0 fehlerhaft" in capsys.readouterr().out
    assert command("units", units, name="units.csv") == 0
    assert "0 angelegt, 0 geändert, 2 unverändert" in capsys.readouterr().out
    people = b"Vorname;Nachname;E-Mail;Organisationseinheit\nAnna;Berg;a@example.org;10\nX;Y;;99\n"
    assert command("people", people, name="people.csv") == 1
    said = capsys.readouterr()
    assert "Zeile 3: " in said.err
    assert "1 fehlerhaft" in said.out
    assert not Person.objects.exists(), "all or nothing"
    assert command("people", people.replace(b"X;Y;;99\n", b""), name="people.csv") == 0
    assert Person.objects.get().unit.code == "10"


def test_a_file_that_is_none_is_one_line(
    command: Any, unit_tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("projects", b"%PDF-1.7 x", name="liste.xlsx") == 1
    assert "PDF" in capsys.readouterr().err
    assert not ImportRun.objects.exists()
