"""Inquiries: the table as of a day, columns, differences, and who may ask about what."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.papers import Mark, Table
from leitstand.core.base.report_sections import ReportFrame
from leitstand.reporting.commands import reports as command
from leitstand.reporting.models import Report
from leitstand.reporting.queries import inquiries
from leitstand.reporting.queries.inquiries import Inquiry
from tests.portfolio.making import make_item, make_project
from tests.portfolio.rollouts.making import make_rollout
from tests.portfolio.views import SECRET, TODAY, World, words
from tests.reporting.structure import check_structure
from tests.reporting.test_four_pages import pages_before_the_annex

SYSTEM = Actor.system("test")
README = Path(__file__).parents[2] / "README.md"
REFERENCE = os.environ.get("LEITSTAND_REFERENCE_DATA", "")


def table_of(asked: Inquiry, level: int = 1, **options: Any) -> Table:
    frame = ReportFrame(SYSTEM, TODAY, level, **options)
    blocks = [block for section in inquiries.build(frame, asked) for block in section.blocks]
    (table,) = [block for block in blocks if isinstance(block, Table)]
    return table


def rollout(world: World, title: str = "E-Akte", **values: Any) -> Any:
    from leitstand.portfolio.actions.rollouts.members import add_units

    row = make_rollout(world.units["10"], title, **values)
    add_units(row.pk, actor=SYSTEM, unit_ids=[world.units[c].pk for c in ("10", "11", "20")])
    return row


def test_projects_with_reasons_as_of_today(world: World) -> None:
    make_item("obstacle", world.open, kind="capacity", title="Stelle unbesetzt")
    table = table_of(Inquiry("Wo stehen wir?", "projects"))
    rows = {row[0].text: row for row in table.rows}
    assert world.open.title in rows and SECRET not in rows
    heads = [column.title for column in table.columns]
    assert "Stelle unbesetzt" in rows[world.open.title][heads.index("Gründe")].text
    chosen = table_of(Inquiry("", "projects", ("progress", "unit")))
    assert [column.title for column in chosen.columns] == ["Vorhaben", "Fortschritt", "Zuständig"]
    for wrong in (
        Inquiry("", "projects", ("gibtesnicht",)),
        Inquiry("", "rollout:x"),
        Inquiry("", ""),
    ):
        with pytest.raises(Invalid):
            table_of(wrong)


def test_an_empty_selection_gives_an_empty_table(world: World) -> None:
    assert table_of(Inquiry("", "projects"), selection="phase=paused").rows == ()


def test_a_rollout_is_asked_unit_by_unit(world: World) -> None:
    row = rollout(world)
    table = table_of(Inquiry("Wo steht die E-Akte?", f"rollout:{row.pk}"))
    assert [line[0].text for line in table.rows] == ["Hauptamt", "Personalamt", "Kämmerei"]
    hidden = rollout(world, "Geheim", confidentiality=3)
    with pytest.raises(Invalid):
        table_of(Inquiry("", f"rollout:{hidden.pk}"))
    titles = [title for _code, title in inquiries.sources(ReportFrame(SYSTEM, TODAY, 1))]
    assert "E-Akte" in titles and "Geheim" not in titles


def test_differences_are_marked(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """New, changed and dropped out rows, against what the same question gave before."""
    asked = Inquiry("", "projects", ("title", "progress"))
    now = table_of(asked, level=1)
    gone = make_project(world.units["10"], "Längst vorbei")
    frame = ReportFrame(SYSTEM, TODAY, 1)
    _columns, read, _shares = inquiries._about_projects(frame, asked)
    old = read()
    changed = {key: row for key, row in old.items() if key != world.done.pk}
    cell = changed[world.open.pk][1]
    changed[world.open.pk] = (changed[world.open.pk][0], type(cell)("10 %", 10))
    gone.delete()
    monkeypatch.setattr(inquiries, "_earlier", lambda _frame, _read: changed)
    table = table_of(asked, since=TODAY - timedelta(days=30))
    by_title = {row[0].text: row for row in table.rows}
    assert len(table.rows) == len(now.rows) + 1
    assert by_title[world.done.title][0].mark is Mark.NEW
    assert by_title["Längst vorbei"][0].mark is Mark.GONE
    assert by_title[world.open.title][1].mark is Mark.CHANGED
    assert by_title[world.open.title][1].text == "40 %\nzuvor: 10 %"


def test_a_clerk_answers_saves_and_asks_again(world: World, staff: Client) -> None:
    row = rollout(world)
    first = words(staff.get("/berichte/anfrage/").content.decode())
    assert "Worum geht es in der Anfrage?" in first and "E-Akte" in first
    address = f"/berichte/anfrage/?quelle=rollout:{row.pk}"
    form = staff.get(address).content.decode()
    assert 'value="1" selected' in form and 'value="Sachstand: E-Akte"' in form
    assert "Stichtag" in staff.get(address).content.decode()
    data = {
        "title": "Stand der E-Akte", "question": "Wo steht die E-Akte in jedem Amt?",
        "day": "2026-11-20", "unit": str(world.units["10"].pk), "confidentiality": "1",
        "columns": ["unit", "state", "reasons"], "cover": "neutral", "reference": "2026/0657",
    }  # fmt: skip
    assert staff.post(address, {**data, "columns": ["gibtesnicht"]}).status_code == 422
    public = staff.post(address, {**data, "confidentiality": "0"})
    assert public.status_code == 422 and "vertraulicher" in words(public.content.decode())
    assert staff.post(address, data).status_code == 302
    report = Report.objects.get()
    page = words(staff.get(f"/berichte/{report.pk}/").content.decode())
    for text in ("Antwort auf eine Anfrage", "Wo steht die E-Akte", "Personalamt", "2026/0657"):
        assert text in page
    assert staff.get(f"/berichte/{report.pk}/bearbeiten/").status_code == 200
    assert staff.get(f"/berichte/{report.pk}/texte/").status_code == 200
    again = staff.get(f"/berichte/anfrage/?nach={report.pk}").content.decode()
    assert "Stand der E-Akte" in again and "Wo steht die E-Akte" in again
    for wrong in ("quelle=rollout:x", "quelle=unsinn"):
        assert staff.get(f"/berichte/anfrage/?{wrong}").status_code == 422


def test_who_may_answer(world: World, client_of: Any) -> None:
    for role, status in (("unit-head", 200), ("member", 403), ("councillor", 403), ("", 403)):
        assert client_of(role, world.units["10"]).get("/berichte/anfrage/").status_code == status
    assert Client().get("/berichte/anfrage/").status_code in (302, 403)


def run(*given: str) -> int:
    parser = ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(["create", "--kind", "inquiry", *given]))


def test_the_command_names_what_does_not_exist(world: World, tmp_path: Path, capsys: Any) -> None:
    rollout(world)
    assert run("--rollout", "Telefonie", "--level", "internal", "--out", str(tmp_path)) == 1
    assert "E-Akte" in capsys.readouterr().err
    assert run("--columns", "title,quatsch", "--out", str(tmp_path)) == 1
    assert "quatsch" in capsys.readouterr().err
    assert (
        run(
            "--rollout",
            "e-akte",
            "--level",
            "internal",
            "--format",
            "pdf,xlsx",
            "--out",
            str(tmp_path),
        )
        == 0
    )


@pytest.mark.skipif(not REFERENCE, reason="LEITSTAND_REFERENCE_DATA is not set")
def test_the_real_tables_become_papers(world: World, tmp_path: Path, fixed_today: None) -> None:
    """The inquiry on a real E-Akte table and a report on a real Digitale Agenda, both as PDF/UA."""
    from leitstand.portfolio.commands import imports

    decided = tmp_path / "zuordnung.json"
    decided.write_text('{"Stadtkämmerei": "neu"}')
    folder = Path(REFERENCE) / "portfolio" / "karlsruhe"
    for kind, name in (
        ("digitale-agenda", "digitale_agenda_2022.csv"),
        ("eakte", "eakte_2025-0657.csv"),
    ):
        parser = ArgumentParser()
        imports.configure(parser)
        more = ["--mapping", str(decided)] if kind == "eakte" else []
        assert imports.run(parser.parse_args([kind, str(folder / name), *more])) == 0
    told = re.findall(r"^\./leitstand report (create .*)$", README.read_text(), re.MULTILINE)
    assert len(told) == 2
    for line in told:  # the README's own commands
        parser = ArgumentParser()
        command.configure(parser)
        args = parser.parse_args(line.replace("--out papiere", f"--out {tmp_path}").split())
        assert command.run(args) == 0
    found = {path.name: path.read_bytes() for path in tmp_path.glob("*.pdf")}
    check_structure(found["inquiry-2026-11-20.pdf"], "Sachstand: E-Akte")
    title = "Sachstandsbericht Digitalisierung, Stand 20.11.2026"
    check_structure(found["sachstand-2026-11-20.pdf"], title)
    assert pages_before_the_annex(found["sachstand-2026-11-20.pdf"]) <= 4
    table = table_of(Inquiry("", inquiries.named(ReportFrame(SYSTEM, TODAY, 1), "E-Akte")))
    assert len(table.rows) == 48
    states = [row[1].text for row in table.rows]
    assert states.count("eingeführt") == 36
    assert date(2026, 11, 20) == TODAY
