"""The import over HTTP: upload, columns, preview, confirmation, importing the list again."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from leitstand.portfolio.models import ImportMapping, Project, ProjectPerson
from tests.portfolio.importing import (
    check,
    confirm,
    errors,
    load,
    preview,
    rows,
    selects,
    send,
    table,
    text_of,
    ticked,
    upload,
    verdicts,
    work,
)  # fmt: skip
from tests.portfolio.making import lead, make_person, make_project

ClientOf = Callable[..., Client]


@pytest.fixture
def head(client_of: ClientOf, unit_tree: dict[str, Any]) -> Client:
    """The head of the digital unit in her browser."""
    return client_of("digital-unit")


def test_a_list_becomes_projects(head: Client) -> None:
    content = table(
        ("E-Akte", "Hauptamt", "läuft", "01.02.2026", "Q4 2027"),
        ("Bürgerportal", "11", "Idee", 2027, None),
    )
    run = upload(head, content)
    assert run.state == "mapping"
    page = head.get(f"/import/{run.pk}/")
    assert selects(page.content.decode())["column_1"] == "lead_unit"
    assert "5 Spalten" in text_of(page)

    check(head, run)
    shown = text_of(head.get(f"/import/{run.pk}/"))
    assert "Hauptamt · laufend · 01.02.2026 – Q4 2027" in shown
    assert Project.objects.count() == 0

    answer = confirm(head, run)
    assert answer.status_code == 302
    assert "2 Vorhaben angelegt" in text_of(head.get(f"/import/{run.pk}/"))
    act = Project.objects.get(title="E-Akte")
    assert (act.lead_unit.name, act.phase, act.start) == ("Hauptamt", "running", date(2026, 2, 1))
    assert (act.end, act.end_precision) == (date(2027, 12, 31), "quarter")
    portal = Project.objects.get(title="Bürgerportal")
    assert (portal.start, portal.start_precision) == (date(2027, 1, 1), "year")
    assert portal.confidentiality == 1


def test_the_same_list_again_changes_nothing(head: Client) -> None:
    content = table(("E-Akte", "Hauptamt", "läuft", "Q2 2026", "2027"))
    load(head, content)
    again = preview(head, content)
    assert verdicts(again) == {2: "same"}
    assert "unverändert" in text_of(head.get(f"/import/{again.pk}/"))
    answer = confirm(head, again)
    assert answer.status_code == 302
    assert again.state == "preview"
    assert Project.objects.get().version == 1


def test_a_list_without_numbers_finds_its_projects_by_title(head: Client) -> None:
    load(head, table(("E-Akte", "Hauptamt", "Idee", None, None)))
    run = load(head, table(("  e-akte ", "Personalamt", "läuft", None, None)))
    project = Project.objects.get()
    assert (project.lead_unit.name, project.phase, project.version) == ("Personalamt", "running", 2)
    assert run.counts["applied"]["changed"] == 1


def test_a_list_that_gets_numbers_later_finds_its_projects(head: Client) -> None:
    load(head, table(("E-Akte", "Hauptamt", "Idee", None, None)))
    header = ("Nr.", "Titel", "Federführung")
    run = preview(head, table((17, "E-Akte", "Hauptamt"), header=header))
    assert verdicts(run) == {2: "changed"}
    confirm(head, run)
    renamed = preview(head, table((17, "Elektronische Akte", "Hauptamt"), header=header))
    assert rows(renamed)[2].diff == {"title": ["E-Akte", "Elektronische Akte"]}


def test_two_projects_of_one_title_are_told_apart_or_named(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    first = make_project(unit_tree["10"], "Webauftritt")
    second = make_project(unit_tree["11"], "Webauftritt")
    header = ("Titel", "Federführung", "Phase")
    run = preview(
        head,
        table(
            ("Webauftritt", "Hauptamt", "läuft"),
            ("Webauftritt", None, "läuft"),
            header=header,
        ),
    )
    assert rows(run)[2].project_id == first.pk
    assert verdicts(run) == {2: "changed", 3: "error"}
    assert f"{first.number}, {second.number}" in errors(run)[3]
    assert "Kennung" in errors(run)[3]


def test_the_same_project_twice_in_a_list_is_an_error(head: Client) -> None:
    run = preview(
        head,
        table(
            ("E-Akte", "Hauptamt", "Idee", None, None), ("E-AKTE", "Hauptamt", "läuft", None, None)
        ),
    )
    assert verdicts(run) == {2: "new", 3: "error"}
    assert errors(run)[3] == "Titel (Zelle A3): Dasselbe Vorhaben steht bereits in Zeile 2."


def test_errors_say_row_column_and_how_to_mend_it(head: Client) -> None:
    run = preview(
        head,
        table(
            ("Portal", "Hauptmat", "läuft", "irgendwann", None),
            (None, "Hauptamt", "läuft", None, None),
            ("Spät", "Hauptamt", "fertig?", "01.03.2027", "01.02.2027"),
            ("Gut", "Hauptamt", "läuft", None, None),
        ),
    )
    found = errors(run)
    assert (
        "Federführung (Zelle B2): Unbekannte Organisationseinheit „Hauptmat“. Meinten Sie „Hauptamt“?"
        in found[2]
    )
    assert "Beginn (Zelle D2): " in found[2]
    assert found[3] == "Titel (Zelle A3): Diese Angabe fehlt."
    assert "Ende (Zelle E4): Das Ende liegt vor dem Beginn." in found[4]
    page = text_of(head.get(f"/import/{run.pk}/?art=error"))
    assert "3 Zeilen haben Fehler und bleiben weg" in page
    confirm(head, run)
    assert [p.title for p in Project.objects.all()] == ["Gut"]


def test_the_rows_with_errors_can_be_mended_and_imported(head: Client) -> None:
    header = ("Worum geht es", "Federführung", "Beginn")
    content = table(("Portal", "Hauptmat", "01.02.2026"), ("Akte", "Hauptamt", None), header=header)
    run = preview(head, content, column_0="title")
    confirm(head, run)
    answer = head.get(f"/import/{run.pk}/fehler.xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*header, "Fehler"]
    assert "Unbekannte Organisationseinheit" in str(sheet["D2"].value)
    sheet["B2"] = "Hauptamt"
    mended = io.BytesIO()
    book.save(mended)
    # The assignment of "Worum geht es" is known although a column was added.
    again = preview(head, mended.getvalue())
    assert verdicts(again) == {2: "new"}
    confirm(head, again)
    assert Project.objects.get(title="Portal").start == date(2026, 2, 1)


def test_only_ticked_rows_are_taken(head: Client) -> None:
    content = table(*((f"Vorhaben {n}", "Hauptamt", "Idee", None, None) for n in range(60)))
    run = preview(head, content)
    html = head.get(f"/import/{run.pk}/?seite=2").content.decode()
    assert len(ticked(html)) == 10
    answer = head.post(
        f"/import/{run.pk}/uebernehmen/",
        {"shown": ",".join(map(str, range(52, 62))), "row": ["52"], "keep": "seite=2"},
    )
    assert answer["Location"] == f"/import/{run.pk}/?seite=2"
    assert ticked(head.get(answer["Location"]).content.decode()) == ["52"]
    confirm(head, run)
    assert Project.objects.count() == 51


def test_keeping_the_selection_leads_nowhere_else(head: Client) -> None:
    run = preview(head, table(("A", "Hauptamt", "Idee", None, None)))
    answer = head.post(
        f"/import/{run.pk}/uebernehmen/", {"keep": "https://example.org/?art=new&x=1"}
    )
    assert answer["Location"] == f"/import/{run.pk}/"


def test_an_empty_cell_leaves_and_a_dash_empties(head: Client, unit_tree: dict[str, Any]) -> None:
    project = make_project(
        unit_tree["10"], "E-Akte", summary="Text", start=date(2026, 1, 1), size="L", light="red"
    )
    lead(project, make_person(unit_tree["10"]))
    header = (
        "Kennung",
        "Titel",
        "Kurzbeschreibung",
        "Beginn",
        "Größe",
        "Ampel",
        "Projektleitung",
        "Phase",
    )
    blank = preview(head, table((project.number, *[None] * 7), header=header))
    assert verdicts(blank) == {2: "same"}
    run = preview(head, table((project.number, None, "-", "-", "–", "-", "-", "-"), header=header))
    assert "Phase (Zelle H2): Dieses Feld kann nicht geleert werden." in errors(run)[2]
    load(head, table((project.number, None, "-", "-", "–", "-", "-", None), header=header))
    project.refresh_from_db()
    assert (project.summary, project.start, project.size, project.light) == ("", None, "", "grey")
    assert not ProjectPerson.objects.filter(project=project).exists()


def test_the_unit_for_rows_without_one_is_for_new_projects_alone(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    make_project(unit_tree["11"], "Alt")
    header = ("Titel", "Phase")
    run = upload(head, table(("Alt", "läuft"), ("Neu", "läuft"), header=header))
    answer = head.post(f"/import/{run.pk}/zuordnung/", {"column_0": "title", "column_1": "phase"})
    assert answer.status_code == 422
    assert "Federführung" in text_of(answer)
    check(head, run, default_unit=str(unit_tree["10"].pk))
    confirm(head, run)
    assert Project.objects.get(title="Alt").lead_unit == unit_tree["11"]
    assert Project.objects.get(title="Neu").lead_unit == unit_tree["10"]


def test_a_more_exact_date_is_a_change_a_rougher_one_is_none(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    make_project(
        unit_tree["10"], "Grob", start=date(2027, 4, 1), start_precision="quarter",
        end=date(2027, 12, 31), end_precision="year",
    )  # fmt: skip
    make_project(unit_tree["10"], "Genau", start=date(2027, 4, 1), end=date(2027, 12, 31))
    header = ("Titel", "Beginn", "Ende")
    run = preview(
        head,
        table(("Grob", "01.04.2027", "12/2027"), ("Genau", "Q2 2027", "2027"), header=header),
        default_unit=str(unit_tree["10"].pk),
    )
    assert rows(run)[2].diff == {"start": ["Q2 2027", "01.04.2027"], "end": ["2027", "12/2027"]}
    assert verdicts(run) == {2: "changed", 3: "same"}
    confirm(head, run)
    rough = Project.objects.get(title="Grob")
    assert (rough.start_precision, rough.end_precision) == ("day", "month")
    assert rough.start == date(2027, 4, 1)


def test_names_that_nobody_knows_leave_what_is_there(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    project = make_project(unit_tree["10"], "E-Akte")
    lead(project, make_person(unit_tree["10"], "Anna", "Berg"))
    header = ("Titel", "Federführung", "Projektleitung", "Phase")
    run = preview(
        head,
        table(("E-Akte", "Hauptamt", "Frau Carla Unbekannt", "läuft"), header=header),
        missing_people="skip",
    )
    assert rows(run)[2].diff == {"phase": ["Idee", "laufend"]}
    shown = text_of(head.get(f"/import/{run.pk}/"))
    assert "Namen, die Leitstand nicht kennt, bleiben weg" in shown
    assert "Frau Carla Unbekannt" in shown
    confirm(head, run)
    assert ProjectPerson.objects.get(project=project).person.family_name == "Berg"


def test_people_are_found_created_once_and_never_guessed(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    make_person(unit_tree["10"], "Anna", "Berg", email="anna.berg@example.org")
    make_person(unit_tree["11"], "Anna", "Berg", email="berg2@example.org")
    make_person(unit_tree["10"], "Emil", "Kolb")
    header = ("Titel", "Federführung", "Projektleitung")
    run = preview(
        head,
        table(
            ("A", "Hauptamt", "Dr. Emil Kolb (Amt 10)"),
            ("B", "Hauptamt", "Anna Berg"),
            ("C", "Hauptamt", "anna.berg@example.org"),
            ("D", "Hauptamt", "Ina Neu / Uwe Zweit"),
            ("E", "Hauptamt", "Neu, Ina"),
            ("F", "Hauptamt", "N.N."),
            header=header,
        ),
        missing_people="create",
    )
    assert verdicts(run) == {2: "new", 3: "error", 4: "new", 5: "new", 6: "new", 7: "new"}
    assert "Mehrere Personen heißen „Anna Berg“" in errors(run)[3]
    confirm(head, run)
    leads = {p.project.title: str(p.person) for p in ProjectPerson.objects.all()}
    assert leads["A"] == "Emil Kolb"
    assert leads["D"] == "Ina Neu"
    assert "F" not in leads
    assert run.counts["applied"]["people"] == 1


def test_a_first_import_creates_units_people_and_strategy(client_of: ClientOf) -> None:
    from leitstand.core.org.models import OrgUnit, Person
    from leitstand.portfolio.models import FieldOfAction

    client = client_of("digital-unit")
    header = ("Titel", "Amt", "Projektleitung", "Handlungsfeld")
    content = table(
        ("A", "Amt 10 Hauptamt", "Ina Neu", "Bildung, Jugend"),
        ("B", "Stabsstelle Digitales", "Ina Neu", "Bildung, Jugend"),
        ("C", "stabsstelle  digitales", "Udo Alt", "Verkehr"),
        header=header,
    )
    run = preview(client, content)
    shown = text_of(client.get(f"/import/{run.pk}/"))
    assert "Organisationseinheiten: 2, Personen: 2, Handlungsfelder: 3" in shown
    assert Person.objects.count() == 0
    confirm(client, run)
    units = {u.name: (u.code, u.kind) for u in OrgUnit.objects.exclude(parent=None)}
    assert units == {
        "Amt 10 Hauptamt": ("10", "department"),
        "Stabsstelle Digitales": ("SD", "staff_unit"),
    }
    assert Person.objects.count() == 2
    assert FieldOfAction.objects.count() == 3


def test_nothing_is_created_that_was_not_allowed(head: Client) -> None:
    from leitstand.core.org.models import OrgUnit

    before = OrgUnit.objects.count()
    run = upload(head, table(("A", "Neues Amt", "Idee", None, None)))
    check(head, run, missing_units="error")
    assert verdicts(run) == {2: "error"}
    page = text_of(head.get(f"/import/{run.pk}/"))
    assert "Unbekannte Organisationseinheiten (1): Neues Amt" in page
    assert OrgUnit.objects.count() == before


def test_an_assignment_is_remembered_and_forgotten_when_it_no_longer_fits(head: Client) -> None:
    header = ("Worum", "Wer", "Quark")
    first = upload(head, table(("A", "Hauptamt", "x"), header=header))
    check(head, first, column_0="title", column_1="lead_unit", column_2="summary")
    known = upload(head, table(("B", "Hauptamt", "y"), header=header))
    assert known.state == "preview"
    assert known.mapping == {"0": "title", "1": "lead_unit", "2": "summary"}

    memory = ImportMapping.objects.get()
    memory.mapping = {**memory.mapping, "2": "a_field_of_former_times"}
    memory.save()
    unknown = upload(head, table(("C", "Hauptamt", "z"), header=header))
    assert unknown.state == "mapping"
    assert not ImportMapping.objects.exists()


def test_an_assignment_that_needs_a_unit_asks_for_it_again(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    header = ("Worum", "Phase")
    first = upload(head, table(("A", "Idee"), header=header))
    check(head, first, column_0="title", default_unit=str(unit_tree["10"].pk))
    again = upload(head, table(("B", "Idee"), header=header))
    assert again.state == "mapping"
    assert again.mapping["0"] == "title"
    assert "wie beim letzten Mal" in text_of(head.get(f"/import/{again.pk}/"))


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (
            {"column_0": "title", "column_1": "title"},
            "Zwei Spalten sind dem Feld „Titel“ zugeordnet.",
        ),
        ({"column_0": "", "column_1": "lead_unit"}, "welche Spalte den Titel"),
        ({"column_0": "title", "column_1": "erfunden"}, "column_1"),
        ({"column_0": "title", "column_1": "lead_unit", "column_3": "period"}, "entweder"),
    ],
)
def test_an_assignment_that_cannot_work_says_why(
    head: Client, sent: dict[str, str], text: str
) -> None:
    run = upload(head, table(("A", "Hauptamt", "Idee", None, None)))
    values = {"column_2": "phase", "column_4": "end", **sent}
    answer = head.post(f"/import/{run.pk}/zuordnung/", values)
    assert answer.status_code == 422
    assert text in (answer.content.decode() if text.startswith("column") else text_of(answer))
    run.refresh_from_db()
    assert run.state == "mapping"


def test_titles_above_sums_below_and_periods_in_one_cell(head: Client) -> None:
    from tests.core.tables.files import xlsx

    content = xlsx(
        ("Digitalisierung der Stadt Musterhausen",),
        (),
        ("lfd. Nr.", "Maßnahme", "Amt", "Laufzeit", "Kosten"),
        (1, "E-Akte", "Hauptamt", "01/2026 – 12/2027", 1000),
        (2, "Portal", "Personalamt", "ab 2027", 2000),
        ("Summe", None, None, None, 3000),
    )
    load(head, content)
    act = Project.objects.get(external_key="1")
    assert (act.start, act.end) == (date(2026, 1, 1), date(2027, 12, 31))
    assert Project.objects.count() == 2


def test_several_sheets_are_told(head: Client) -> None:
    from openpyxl import Workbook

    from tests.core.tables.files import saved

    book = Workbook()
    book.active.append(["Legende"])
    sheet = book.create_sheet("Projekte 2026")
    sheet.append(["Titel", "Federführung", "Phase"])
    sheet.append(["A", "Hauptamt", "Idee"])
    run = upload(head, saved(book))
    assert run.sheet == "Projekte 2026"
    assert "Gelesen wurde „Projekte 2026“" in text_of(head.get(f"/import/{run.pk}/"))


def test_a_list_in_the_office_s_old_encoding(head: Client) -> None:
    text = "Titel;Federführung;Fortschritt\r\nBürgerbüro;Kämmerei;45,5 %\r\n"
    run = preview(head, text.encode("cp1252"), "liste.csv")
    confirm(head, run)
    project = Project.objects.get()
    assert (project.title, project.lead_unit.name, project.progress) == (
        "Bürgerbüro",
        "Kämmerei",
        45,
    )


def test_a_file_without_rows_ends_the_import_with_a_reason(head: Client) -> None:
    run = upload(head, table())
    assert run.state == "failed"
    page = text_of(head.get(f"/import/{run.pk}/"))
    assert "Überschrift" in page or "Kopfzeile" in page
    assert "Kein Vorhaben wurde geändert." in page


def test_own_imports_are_listed_and_progress_leads_on(head: Client) -> None:
    answer = send(head, table(("A", "Hauptamt", "Idee", None, None)))
    url = answer["Location"]
    waiting = head.get(url).content.decode()
    assert 'hx-get="' + url + 'fortschritt/"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    part = head.get(url + "fortschritt/", headers={"HX-Request": "true"})
    assert 'id="job"' in part.content.decode()
    work()
    ready = head.get(url + "fortschritt/", headers={"HX-Request": "true"})
    assert (ready.status_code, ready["HX-Redirect"]) == (204, url)
    assert head.get(url + "fortschritt/")["Location"] == url
    listed = text_of(head.get("/import/"))
    assert "liste.xlsx" in listed
    assert "Spalten zuzuordnen" in listed or "Spalten" in listed
