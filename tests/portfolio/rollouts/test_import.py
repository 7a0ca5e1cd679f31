"""Lists of offices: the published E-Akte table, own fictitious rows, bad files."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.commands import imports
from leitstand.portfolio.models import Rollout, RolloutUnit
from leitstand.portfolio.queries.rollouts.boards import board
from tests.portfolio.rollouts.making import Rolling, make_rollout

HEAD = "dienststelle,techn_anbindung,e_akte,e_umlauf_und_e_posteingang\n"
ROWS = (
    "Hafenamt,ja,eingeführt,ja ja\n"
    "Amt für Brücken und Wege,ja,eingeführt,ja Einführung in Planung\n"
    "Ortsverwaltung Oberau,ja,in Planung,ja\n"
    "Ortsverwaltung Unterau,nein,in Planung,\n"
)
REFERENCE = os.environ.get("LEITSTAND_REFERENCE_DATA", "")


@pytest.fixture
def run(tmp_path: Path, capsys: Any) -> Callable[..., tuple[int, str, str]]:
    """Import a text or bytes as a file; returns exit code, stdout, stderr."""
    import argparse

    def call(content: str | bytes, *words: str) -> tuple[int, str, str]:
        file = tmp_path / "liste.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        parser = argparse.ArgumentParser()
        imports.configure(parser)
        code = imports.run(parser.parse_args(["eakte", str(file), *words]))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def states(rollout: Rollout) -> dict[str, list[str]]:
    found = board(rollout)
    return {m.name: [c.state if c else "" for c in m.cells] for m in found.members}


@pytest.mark.django_db
def test_the_first_import_creates_rollout_and_offices(run: Any) -> None:
    code, out, err = run(HEAD + ROWS)
    assert code == 0, err
    assert "4 als neue Einheit angelegt" in out
    assert "2 von 4 eingeführt, 2 in Planung" in out
    rollout = Rollout.objects.get()
    assert rollout.code == "e-akte"
    found = states(rollout)
    # Auftakt, Aktenplan, Berechtigungen, Technik, Schulung, Stichtag, Betreuung, Umlauf, Posteingang
    assert found["Hafenamt"] == ["done"] * 6 + ["running", "done", "done"]
    assert found["Amt für Brücken und Wege"][-2:] == ["done", "planned"]
    assert (
        found["Ortsverwaltung Oberau"] == ["open"] * 3 + ["done", "open", "planned"] + ["open"] * 3
    )
    assert found["Ortsverwaltung Unterau"][3] == "open"
    member = RolloutUnit.objects.get(unit__name="Ortsverwaltung Oberau")
    assert "ja" in member.note
    assert "nicht zuzuordnen" in member.note
    assert "Zeile 4 (Ortsverwaltung Oberau)" in err


@pytest.mark.django_db
def test_a_dry_run_leaves_nothing(run: Any) -> None:
    code, out, _err = run(HEAD + ROWS, "--dry-run")
    assert code == 0
    assert "2 von 4 eingeführt" in out
    assert not Rollout.objects.exists()
    assert not OrgUnit.objects.exists()


@pytest.mark.django_db
def test_importing_again_updates_and_takes_nothing_back(run: Any, fixed_today: None) -> None:
    run(HEAD + ROWS)
    code, out, _err = run(HEAD + ROWS)
    assert (code, out.splitlines()[0]) == (0, "4 unverändert")
    run(HEAD + ROWS.replace("Unterau,nein,in Planung", "Unterau,ja,eingeführt"))
    found = states(Rollout.objects.get())
    assert found["Ortsverwaltung Unterau"][5] == "done"
    code, out, err = run(HEAD + ROWS)
    assert "4 unverändert" in out
    assert "dies bleibt" in err
    assert states(Rollout.objects.get()) == found


def test_known_offices_are_matched_and_similar_ones_proposed(run: Any, rolling: Rolling) -> None:
    text = HEAD + "hauptamt,ja,eingeführt,\nKämmerai,ja,in Planung,\n"
    code, out, err = run(text)
    assert code == 1
    assert "Zeile 3" in err
    assert "„Kämmerei“" in err
    assert "1 zu entscheiden" in out
    assert rolling.cell("10").state == "open"


def test_decisions_come_from_a_file(run: Any, rolling: Rolling, tmp_path: Path) -> None:
    decided = tmp_path / "entschieden.json"
    decided.write_text(
        '{"Kämmerai": "20", "Zoo": "neu", "Stadtpark": "auslassen"}', encoding="utf-8"
    )
    text = HEAD + "Kämmerai,ja,eingeführt,\nZoo,,in Planung,\nStadtpark,,in Planung,\n"
    code, out, err = run(text, "--mapping", str(decided))
    assert code == 0, err
    assert rolling.cell("20").state == "done"
    assert OrgUnit.objects.filter(name="Zoo").exists()
    assert not OrgUnit.objects.filter(name="Stadtpark").exists()
    assert "1 ausgelassen" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("dienststelle;status\nHauptamt;ja\n", "fehlen diese Spalten"),
        ("", "leer"),
        (HEAD, "keine Zeilen"),
        (b"PK\x03\x04nonsense", "beschädigt"),
        (b"\x00\x01\x02\x03" * 50, "keine Tabelle"),
        (HEAD + "Hauptamt,ja,eingeführt,\nHAUPTAMT,ja,in Planung,\n", "Zeile 3: „HAUPTAMT“ steht schon in Zeile 2"),
        (HEAD + "Hauptamt,ja,vielleicht,\n", "Zeile 2: Stichtag: „vielleicht“"),
        (HEAD + "Hauptamt,ja,eingeführt,ja vielleicht\n", "„ja vielleicht“"),
        (HEAD + ",ja,eingeführt,\n", "Zeile 2: Die Dienststelle fehlt"),
    ],
)  # fmt: skip
def test_bad_files_say_what_and_where(
    run: Any, rolling: Rolling, content: str | bytes, said: str
) -> None:
    code, _out, err = run(content)
    assert code == 1
    assert said in err
    assert rolling.cell("10").state == "open"


def test_other_encodings_are_read(run: Any, rolling: Rolling) -> None:
    text = HEAD + "Kämmerei,ja,eingeführt,\n"
    code, _out, err = run(text.encode("cp1252"))
    assert code == 0, err
    assert rolling.cell("20").state == "done"


def test_a_known_day_stays(run: Any, rolling: Rolling) -> None:
    rolling.set("10", state="done", actual_end=date(2026, 3, 2))
    run(HEAD + "Hauptamt,ja,eingeführt,\n")
    assert str(rolling.cell("10").actual_end) == "2026-03-02"
    run(HEAD + "Hauptamt,ja,in Planung,\n")
    assert rolling.cell("10").state == "done"


def test_two_rollouts_need_a_name(run: Any, rolling: Rolling) -> None:
    make_rollout(rolling.units["20"], "E-Akte zwei")
    code, _out, err = run(HEAD + "Hauptamt,ja,eingeführt,\n")
    assert code == 1
    assert "--rollout" in err
    assert run(HEAD + "Hauptamt,ja,eingeführt,\n", "--rollout", "E-Akte")[0] == 0


@pytest.mark.django_db
@pytest.mark.skipif(not REFERENCE, reason="LEITSTAND_REFERENCE_DATA is not set")
def test_the_published_table(run: Any) -> None:
    file = Path(REFERENCE) / "portfolio" / "karlsruhe" / "eakte_2025-0657.csv"
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    counts = Counter(row["e_akte"] for row in rows)
    code, out, err = run(file.read_bytes())
    assert code == 0, err
    assert f"{len(rows)} als neue Einheit angelegt" in out
    assert (
        f"{counts['eingeführt']} von {len(rows)} eingeführt, {counts['in Planung']} in Planung"
        in out
    )
    found = board(Rollout.objects.get())
    both = [m for m in found.members if [c.state for c in m.cells[-2:] if c] == ["done", "done"]]
    assert len(both) == sum(row["e_umlauf_und_e_posteingang"] == "ja ja" for row in rows)
    single = {"ja", "Einführung in Planung"}
    noted = [m for m in found.members if m.note]
    assert len(noted) == sum(row["e_umlauf_und_e_posteingang"] in single for row in rows)
    technical = [m for m in found.members if m.cells[3] and m.cells[3].state == "done"]
    assert len(technical) == sum(row["techn_anbindung"] == "ja" for row in rows)
