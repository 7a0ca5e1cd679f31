"""The Sachstandsbericht: what may be in it, of which moment, and what it says."""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser, Namespace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.papers import Document, Heading, Shares, Table
from leitstand.core.history import reading
from leitstand.reporting.commands import reports as command
from leitstand.reporting.domain.content import from_json, to_json
from leitstand.reporting.output import html
from leitstand.reporting.queries import documents
from leitstand.reporting.queries.building import build
from tests.portfolio.making import make_item, make_project
from tests.portfolio.views import SECRET, TODAY, World

SYSTEM = Actor.system("test")


def made(level: int = 1, **options: Any) -> Document:
    with translation.override("de"):
        return documents.sachstand(SYSTEM, day=options.pop("day", TODAY), level=level, **options)


def text_of(document: Document) -> str:
    return html.write(document).data.decode()


def tables(document: Document) -> dict[str, Table]:
    return {one.caption: one for one in document.blocks if isinstance(one, Table)}


def test_a_report_has_its_sections_and_figures(world: World) -> None:
    make_item(
        "milestone", world.open, title="Pilot", due=date(2026, 9, 1), done_on=date(2026, 9, 5)
    )
    make_item("budget", world.open, year=2026, kind="investment", planned=1000, spent=250)
    make_item("obstacle", world.open, kind="capacity", title="Stelle unbesetzt")
    document = made()
    heads = [one.text for one in document.blocks if isinstance(one, Heading) and one.level == 1]
    assert heads[0] == "Auf einen Blick"
    assert heads[-1] == "Anlage: Regeln der Ampeln"
    assert "Termine: Soll und Ist" in heads and "Mittel" in heads
    (bar,) = [one for one in document.blocks if isinstance(one, Shares)]
    counted = {part.label: part.value for part in bar.parts}
    assert sum(counted.values()) == 2  # the idea is not counted
    assert counted["abgeschlossen"] == 1
    money = tables(document)["Mittel: Soll und Ist"].rows
    assert ("2026", 1000.0, 250.0) in [(r[0].text, r[1].value, r[3].value) for r in money]
    reached = tables(document)["Erreichte Meilensteine"].rows
    assert [cell.text for cell in reached[0]][0::2] == ["Pilot", "01.09.2026"]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_what_is_confidential_beyond_the_level_is_nowhere(world: World, level: int) -> None:
    """Not even as a number: the secret project has money, dates and people of its own."""
    make_item("milestone", world.secret, title="Falkenhorst", due=TODAY, done_on=TODAY)
    text = text_of(made(level, long=True))
    for trace in (SECRET, "Falkenhorst", world.secret.number, "987.654", "2031"):
        assert trace not in text, trace
    assert world.open.title in text
    assert (world.done.title in text) == (level >= 1)


def test_confidential_projects_of_other_units_stay_out_at_any_level(world: World) -> None:
    assert SECRET not in text_of(made(3, long=True))


def test_resolutions_and_what_became_of_them(world: World) -> None:
    from leitstand.core.base.actor import Actor
    from leitstand.core.history import actions as history
    from leitstand.reporting.actions import tracking
    from leitstand.reporting.models import Paper, ResolutionTracking, TrackedProject

    for name, level in (("Offenes WLAN", 0), ("Nichtöffentliche Sache", 1)):
        paper = Paper.objects.create(name=name, reference="2026/0100", confidentiality=level)
        row = ResolutionTracking.objects.create(paper=paper, progress="Ausschreibung läuft")
    TrackedProject.objects.create(tracking=row, project=world.done)
    found = tables(made(0))["Beschlüsse und was daraus wurde"].rows
    assert [line[0].text for line in found] == ["Offenes WLAN (2026/0100)"]
    assert len(tables(made(1))["Beschlüsse und was daraus wurde"].rows) == 2
    chosen = tables(made(1, selection="phase=done"))["Beschlüsse und was daraus wurde"].rows
    assert [line[0].text for line in chosen] == ["Nichtöffentliche Sache (2026/0100)"]
    with history.happened(datetime(2026, 9, 1, tzinfo=UTC)):
        pass  # all this was known by then
    with history.happened(datetime(2026, 11, 1, tzinfo=UTC)):
        tracking.change(row.pk, actor=Actor.system("test"), version=1, values={"progress": "Vergeben"})
    for day, said in ((date(2026, 10, 1), "Ausschreibung läuft"), (date(2026, 11, 20), "Vergeben")):
        lines = tables(made(1, day=day))["Beschlüsse und was daraus wurde"].rows
        [late] = [line for line in lines if line[0].text.startswith("Nichtöffentliche")]
        assert late[3].text == said, day


def test_a_day_to_come_or_before_the_record_is_refused(world: World) -> None:
    for day in (date(2026, 11, 21), date(2001, 1, 1)):
        with pytest.raises(Invalid) as problem:
            made(day=day)
        assert list(problem.value.errors) == ["day"]


def test_a_selection_that_is_not_understood_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        made(selection="gibtesnicht=1")
    assert world.done.title not in text_of(made(selection="phase=running", long=True))


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            made(long=True)
        return len(captured)

    before = queries()
    for number in range(12):
        project = make_project(world.units["10"], f"Vorhaben {number}", phase="running",
                               start=date(2026, 1, 1), end=date(2026, 10, 1))  # fmt: skip
        make_item("decision", project, title="Beschluss", body="Rat", reference="2026/1")
        make_item("obstacle", project, kind="other", title="Warten")
    assert queries() == before


def test_content_survives_as_json(world: World) -> None:
    from leitstand.core.base.report_sections import ReportFrame

    with translation.override("de"):
        (sections,) = build(ReportFrame(SYSTEM, TODAY, 1, long=True))
    assert from_json(to_json(sections)) == sections
    with pytest.raises(ValueError, match="unknown kind"):
        from_json([{"code": "x", "title": "x", "blocks": [{"kind": "Script"}]}])


def test_one_moment_does_not_see_what_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    file = str(tmp_path / "a.db")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("CREATE TABLE t (x)")
    settings = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}}
    own = ConnectionHandler(settings)["default"]
    monkeypatch.setattr(reading, "connection", own)

    def count() -> int:
        with own.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM t")
            return int(cursor.fetchone()[0])

    own.inc_thread_sharing()
    try:
        with django_db_blocker.unblock():
            with reading.one_moment():
                assert count() == 0
                other.execute("INSERT INTO t VALUES (1)")
                assert count() == 0
            assert count() == 1
    finally:
        own.close()
        other.close()


def run(*words: str) -> int:
    parser = ArgumentParser()
    command.configure(parser)
    args: Namespace = parser.parse_args(["create", *words])
    return command.run(args)


def test_the_command_writes_every_format(world: World, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "neu" / "ordner"
    assert run("--level", "internal", "--format", "pdf,html,docx,xlsx", "--out", str(out)) == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"sachstand-2026-11-20.{end}" for end in ("docx", "html", "pdf", "xlsx")]
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_the_command_says_what_is_wrong(world: World, tmp_path: Path, capsys: Any) -> None:
    assert run("--format", "odt", "--out", str(tmp_path)) == 1
    assert "Unbekanntes Format: odt" in capsys.readouterr().err
    template = tmp_path / "vorlage.docx"
    template.write_bytes(b"kein Word")
    assert run("--format", "docx,html", "--template", str(template), "--out", str(tmp_path)) == 1
    captured = capsys.readouterr()
    assert "kein Word-Dokument" in captured.err
    assert captured.out.strip().endswith(".html")
    assert run("--as-of", "2027-01-01", "--out", str(tmp_path)) == 1
    assert "noch kommt" in capsys.readouterr().err
    (tmp_path / "datei").write_text("")
    assert run("--out", str(tmp_path / "datei" / "x")) == 1
