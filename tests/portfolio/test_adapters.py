"""Published lists of others: a city's digital agenda and the UK's major projects."""

from __future__ import annotations

import argparse
import csv
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.base.errors import Refused
from leitstand.portfolio.adapters import digitale_agenda, gmpp
from leitstand.portfolio.models import FieldOfAction, Goal, Project

REFERENCE = os.environ.get("LEITSTAND_REFERENCE_DATA", "")
needs_reference = pytest.mark.skipif(
    not REFERENCE, reason="LEITSTAND_REFERENCE_DATA does not name the folder of the reference data"
)
AGENDA = """\
handlungsfeld;projekt;unterstuetzt
Moderner Arbeitsplatz;Telefonie;moderne Verwaltung, Effizienz
Moderner Arbeitsplatz;Mobile Geräte;
Bildung;Tablets, Tafeln und WLAN;Effizienz
"""
MAJOR = """\
year,id,name,dept,rag,start,end,wlc
2014,,Rail Link (formerly RL2),DfT,Amber/Red,2010-05-31,2018-09-01,56.5
2015,,rail  link,DfT,Red,2010-05-31,2019-09-01,60
2014,,Old Computer,HMRC,Green,2011-01-01,2013-12-31,7
2015,,Secret,MoD,Exempt under Section 26,,,
2015,,Backwards,MoD,Reset,2019-01-01,2018-01-01,1
"""


def run(what: str, path: Path) -> int:
    """Run the command in this process."""
    from leitstand.portfolio.commands import imports

    parser = argparse.ArgumentParser()
    imports.configure(parser)
    return imports.run(parser.parse_args([what, str(path)]))


def reference(*parts: str) -> Path:
    """A file of the reference data; skips if this machine's set lacks it."""
    path = Path(REFERENCE).joinpath("portfolio", *parts)
    if not path.is_file():
        pytest.skip(f"the reference data has no {'/'.join(parts)}")
    return path


def rows_of(path: Path, delimiter: str) -> list[dict[str, str]]:
    """The rows of a CSV file as they stand."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source, delimiter=delimiter))


def test_an_agenda_becomes_projects_fields_and_goals(
    tmp_path: Path, db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text(AGENDA, encoding="utf-8")
    assert run("digitale-agenda", path) == 0
    assert Project.objects.count() == 3
    phone = Project.objects.get(title="Telefonie")
    assert [f.name for f in phone.fields_of_action.all()] == ["Moderner Arbeitsplatz"]
    assert {g.name for g in phone.goals.all()} == {"moderne Verwaltung", "Effizienz"}
    assert Goal.objects.count() == 2
    assert run("digitale-agenda", path) == 0
    assert capsys.readouterr().out.endswith("\n0 Vorhaben angelegt\n")


def test_major_projects_are_joined_over_the_years(tmp_path: Path, db: None) -> None:
    path = tmp_path / "gmpp.csv"
    path.write_text(MAJOR, encoding="utf-8")
    assert run("gmpp", path) == 0
    assert Project.objects.count() == 4
    rail = Project.objects.get(external_key="rail link")
    assert (rail.source_status, rail.light, rail.end) == ("Red", "red", date(2019, 9, 1))
    assert rail.phase == "running"
    assert Project.objects.get(title="Old Computer").phase == "done"
    secret = Project.objects.get(title="Secret")
    assert (secret.light, secret.start) == ("grey", None)
    backwards = Project.objects.get(title="Backwards")
    assert (backwards.start, backwards.end) == (None, date(2018, 1, 1))


@pytest.mark.parametrize("adapter", [digitale_agenda, gmpp], ids=["agenda", "gmpp"])
def test_another_file_is_refused_with_the_columns_it_lacks(adapter: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        adapter.read(path)
    assert adapter.COLUMNS[0] in caught.value.text


@pytest.mark.parametrize("adapter", [digitale_agenda, gmpp], ids=["agenda", "gmpp"])
def test_bytes_that_are_no_text_are_refused(adapter: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(Refused):
        adapter.read(path)


@needs_reference
def test_the_digital_agenda_as_published(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    path = reference("karlsruhe", "digitale_agenda_2022.csv")
    published = rows_of(path, ";")
    assert run("digitale-agenda", path) == 0
    assert Project.objects.count() == len(published) == 30
    assert FieldOfAction.objects.exclude(code="?").count() == 7
    projects = {p.external_key: p for p in Project.objects.all()}
    for number, row in enumerate(published, start=1):
        project = projects[str(number)]
        assert project.title == row["projekt"]
        assert [f.name for f in project.fields_of_action.all()] == [row["handlungsfeld"]]
        goals = {part.strip().casefold() for part in row["unterstuetzt"].split(",")} - {""}
        assert {g.name.casefold() for g in project.goals.all()} == goals
    before = list(Project.objects.order_by("pk").values_list("pk", "version", "updated_at"))
    assert run("digitale-agenda", path) == 0
    assert capsys.readouterr().out.endswith("\n0 Vorhaben angelegt\n")
    assert list(Project.objects.order_by("pk").values_list("pk", "version", "updated_at")) == before


def joined(name: str) -> str:
    """The name under which the data's README joins a project over the years."""
    return " ".join(re.sub(r"\([^)]*\)", " ", name).casefold().split())


@needs_reference
def test_the_major_projects_as_published(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    path = reference("gmpp", "gmpp_2014_2020.csv")
    published = rows_of(path, ",")
    assert len(published) == 1064
    latest = {joined(row["name"]): row for row in sorted(published, key=lambda r: int(r["year"]))}
    assert run("gmpp", path) == 0
    projects = {p.external_key: p for p in Project.objects.select_related("lead_unit")}
    assert set(projects) == {key[:80] for key in latest}
    lights = {
        "green": "green",
        "amber/green": "green",
        "amber": "yellow",
        "amber/red": "red",
        "red": "red",
    }
    for key, row in latest.items():
        project = projects[key[:80]]
        start, end = row["start"], row["end"]
        if start and end and end < start:
            start = ""
        assert (project.start or "") == (date.fromisoformat(start) if start else "")
        assert (project.end or "") == (date.fromisoformat(end) if end else "")
        assert project.source_status == row["rag"].strip()[:80]
        assert project.light == lights.get(row["rag"].strip().casefold(), "grey")
        assert project.lead_unit.name.casefold() == row["dept"].strip().casefold()
    assert run("gmpp", path) == 0
    assert capsys.readouterr().out.endswith("\n0 Vorhaben angelegt\n")
