"""A whole office's round trip: export, change cells in the spreadsheet, import with a diff."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from leitstand.core.base.actor import Actor
from leitstand.portfolio.models import FieldOfAction, Goal, Programme, Project
from tests.core.tables.files import ods, ods_cell, ods_row, ods_text
from tests.portfolio.importing import confirm, preview, rows, text_of, ticked, upload, verdicts
from tests.portfolio.making import lead, make_item, make_person, make_project

SYSTEM = Actor.system("test")
Office = tuple[Client, dict[str, Project]]


@pytest.fixture
def office(client_of: Callable[..., Client], unit_tree: dict[str, Any]) -> Office:
    """The office of the digital unit and its projects, with everything that a row can hold."""
    unit = unit_tree["10"]
    programme = Programme.objects.create(code="DV", name="Digitale Verwaltung", lead_unit=unit)
    field = FieldOfAction.objects.create(code="B", name="Bildung, Jugend; Sport", position=1)
    goals = [
        Goal.objects.create(code=f"Z{n}", name=f"Ziel {n}, mit Komma", field_of_action=field)
        for n in (1, 2)
    ]
    person = make_person(unit, "Anna", "Berg", email="berg@example.org")
    full = make_project(
        unit, "E-Akte", external_key="0815", need='Bedarf: "Papier"\r\nviel\r\n', summary="= 1 + 1",
        phase="running", programme=programme, fields_of_action=[field], goals=goals, size="XL",
        start=date(2026, 1, 1), start_precision="quarter", end=date(2027, 12, 31),
        end_precision="year", due=date(2027, 1, 1), due_kind="law", due_basis="§ 2b UStG",
        progress=45, light="yellow", light_note="- knapp", source_status="Amber",
        confidentiality=0, published=True, public_text="Für alle\n\nda", public_contact="a@example.org",
    )  # fmt: skip
    lead(full, person)
    make_item("participation", full, unit=unit_tree["11"])
    make_item("participation", full, unit=unit_tree["20"])
    bare = make_project(unit_tree["20"], "Haushalt")
    lead(bare, person, "sponsor")
    third = make_project(unit, "Portal", start=date(2026, 5, 17), phase="planned", progress=10)
    return client_of("digital-unit"), {"full": full, "bare": bare, "third": third}


def exported(client: Client, form: str = "xlsx", query: str = "") -> bytes:
    """The list as the office downloads it."""
    answer = client.get(f"/vorhaben/export.{form}{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def edited(content: bytes, change: Callable[[Any, dict[str, int], dict[str, int]], None]) -> bytes:
    """The workbook after somebody has worked in it: sheet, column by title, row by title."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    columns = {str(cell.value).partition(" (")[0]: cell.column for cell in sheet[1]}
    lines = {str(sheet.cell(n, columns["Titel"]).value): n for n in range(2, sheet.max_row + 1)}
    change(sheet, columns, lines)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods(content: bytes) -> bytes:
    """The same sheet as LibreOffice saves it."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]

    def cell(value: Any) -> str:
        if isinstance(value, datetime):
            return ods_cell("date", date_value=value.date().isoformat())
        if isinstance(value, int | float):
            return ods_cell("float", value=value)
        return ods_text("" if value is None else str(value))

    return ods("".join(ods_row(*(cell(c.value) for c in line)) for line in sheet.iter_rows()))


@pytest.mark.parametrize("form", ["xlsx", "csv", "ods"])
def test_an_untouched_export_changes_nothing(office: Office, form: str) -> None:
    client, _projects = office
    content = as_ods(exported(client)) if form == "ods" else exported(client, form)
    run = preview(client, content, f"vorhaben.{form}")
    differences = {n: (row.verdict, row.diff, row.errors) for n, row in rows(run).items()}
    assert differences == dict.fromkeys((2, 3, 4), ("same", {}, []))


def test_exactly_the_changed_cells_are_shown_and_taken(office: Office) -> None:
    client, projects = office

    def change(sheet: Any, column: dict[str, int], line: dict[str, int]) -> None:
        sheet.cell(line["E-Akte"], column["Fortschritt"]).value = 0.6
        sheet.cell(line["E-Akte"], column["Ende"]).value = "30.06.2028"
        sheet.cell(line["E-Akte"], column["Beteiligte"]).value = "Kämmerei"
        sheet.cell(line["E-Akte"], column["Rechtsgrundlage der Frist"]).value = "-"
        sheet.cell(line["Haushalt"], column["Auftraggeber"]).value = None
        sheet.cell(line["Portal"], column["Titel"]).value = "Bürgerportal"

    run = preview(client, edited(exported(client), change))
    found = {row.raw[0]: row.diff for row in rows(run).values()}
    assert found == {
        projects["full"].number: {
            "progress": ["45 %", "60 %"],
            "end": ["2027", "30.06.2028"],
            "participating_units": ["Kämmerei; Personalamt", "Kämmerei"],
            "due_basis": ["§ 2b UStG", ""],
        },
        projects["bare"].number: {},
        projects["third"].number: {"title": ["Portal", "Bürgerportal"]},
    }
    shown = text_of(client.get(f"/import/{run.pk}/"))
    assert "Fortschritt: 45 % → 60 %" in shown
    assert "2 Vorhaben übernehmen" in shown
    untouched = {key: Project.objects.get(pk=projects[key].pk) for key in ("bare",)}
    confirm(client, run)
    assert run.state == "done"
    full = Project.objects.get(pk=projects["full"].pk)
    assert (full.progress, full.end, full.end_precision) == (60, date(2028, 6, 30), "day")
    assert [p.unit.name for p in full.participations.all()] == ["Kämmerei"]
    assert (full.due_basis, full.due, full.start_precision) == ("", date(2027, 1, 1), "quarter")
    assert full.need == 'Bedarf: "Papier"\r\nviel\r\n'
    for project in untouched.values():
        again = Project.objects.get(pk=project.pk)
        assert (again.version, again.updated_at) == (project.version, project.updated_at)
    assert verdicts(preview(client, exported(client))) == {2: "same", 3: "same", 4: "same"}


def test_what_was_changed_here_since_the_export_is_a_conflict(office: Office) -> None:
    from leitstand.portfolio.actions.projects import change_project

    client, projects = office
    content = exported(client)
    for key in ("full", "third"):
        change_project(
            projects[key].pk, actor=SYSTEM, version=1, values={"progress": 99, "light_note": "neu"}
        )

    def change(sheet: Any, column: dict[str, int], line: dict[str, int]) -> None:
        sheet.cell(line["E-Akte"], column["Titel"]).value = "E-Akte 2"
        sheet.cell(line["Haushalt"], column["Titel"]).value = "Haushalt 2"

    run = preview(client, edited(content, change))
    found = {row.raw[0]: row for row in rows(run).values()}
    full, third = found[projects["full"].number], found[projects["third"].number]
    assert (full.verdict, full.chosen) == ("conflict", False)
    assert full.diff["title"] == ["E-Akte", "E-Akte 2"]
    assert full.diff["progress"] == ["99 %", "45 %"]
    assert third.verdict == "conflict"
    page = client.get(f"/import/{run.pk}/")
    assert "2 Vorhaben wurden hier seit Ihrem Export geändert" in text_of(page)
    bare = str(found[projects["bare"].number].number)
    assert ticked(page.content.decode()) == [bare]

    confirm(client, run, ticks=[int(bare), full.number])
    assert run.state == "done"
    titles = {p.number: (p.title, p.progress) for p in Project.objects.all()}
    assert titles[projects["full"].number] == ("E-Akte 2", 45)
    assert titles[projects["third"].number] == ("Portal", 99)
    assert titles[projects["bare"].number][0] == "Haushalt 2"


def test_a_changed_project_that_the_file_leaves_alone_is_no_conflict(office: Office) -> None:
    client, projects = office
    header = "Kennung;Version;Titel;Federführung\n"
    Project.objects.filter(pk=projects["third"].pk).update(version=7)
    line = f"{projects['third'].number};1;Portal;Hauptamt\n"
    assert verdicts(preview(client, (header + line).encode(), "x.csv")) == {2: "same"}


def test_the_selection_is_exported_and_new_rows_become_projects(office: Office) -> None:
    client, projects = office
    content = exported(client, query="?phase=running")

    def change(sheet: Any, column: dict[str, int], line: dict[str, int]) -> None:
        assert set(line) == {"E-Akte"}
        sheet.cell(3, column["Titel"]).value = "Ganz neu"
        sheet.cell(3, column["Federführung"]).value = "Personalamt"

    run = preview(client, edited(content, change))
    assert verdicts(run) == {2: "same", 3: "new"}
    confirm(client, run)
    assert Project.objects.get(title="Ganz neu").lead_unit.code == "11"
    assert Project.objects.count() == 4
    assert projects["bare"].version == 1


def test_csv_from_the_office_s_excel(office: Office) -> None:
    """Excel saves cp1252 with semicolons and takes the apostrophes for text."""
    client, projects = office
    text = exported(client, "csv").decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    place = table[0].index("Kurzbeschreibung")
    line = next(row for row in table if row[0] == projects["third"].number)
    line[place] = "Käse – für alle"
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(table)
    run = preview(client, out.getvalue().encode("cp1252"), "vorhaben.csv")
    found = {row.raw[0]: row.diff for row in rows(run).values()}
    assert found.pop(projects["third"].number) == {"summary": ["", "Käse – für alle"]}
    assert set(map(str, found.values())) == {"{}"}


def test_what_cannot_be_entered_today_stays_where_it_stands(
    office: Office, unit_tree: dict[str, Any]
) -> None:
    """A second Anna Berg, a unit of the same name: untouched rows must not become errors."""
    from leitstand.core.org.actions import create_unit

    client, projects = office
    make_person(unit_tree["11"], "Anna", "Berg")
    create_unit(actor=SYSTEM, code="21", kind="department", name="Kämmerei", parent=unit_tree["2"])
    run = preview(client, exported(client))
    assert verdicts(run) == {2: "same", 3: "same", 4: "same"}

    def change(sheet: Any, column: dict[str, int], line: dict[str, int]) -> None:
        sheet.cell(line["Portal"], column["Projektleitung"]).value = "Anna Berg"

    wrong = preview(client, edited(exported(client), change))
    found = {row.raw[0]: row.verdict for row in rows(wrong).values()}
    assert found[projects["third"].number] == "error"


def test_hidden_projects_are_in_no_export(office: Office, unit_tree: dict[str, Any]) -> None:
    client, _projects = office
    make_project(unit_tree["10"], "Geheimes Haus", confidentiality=3)
    for form in ("xlsx", "csv", "json"):
        assert b"Geheimes" not in exported(client, form)


def test_our_own_export_goes_straight_to_the_preview(office: Office) -> None:
    client, _projects = office
    content = exported(client)
    hints = [str(row[0].value) for row in load_workbook(io.BytesIO(content))["Hinweise"].rows]
    assert "Die Spalte „Budgetansatz“ wird berechnet und nicht importiert." in hints
    run = upload(client, content)
    assert run.state == "preview"
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert f"/import/{run.pk}/?zuordnung" in page
