"""Import of units and people: through the pages, with real files."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.org.actions import import_people, import_units
from leitstand.core.org.models import OrgUnit, Person

SYSTEM = Actor.system("test")
UNITS = """code;name;short_name;kind;parent_code;email;active_from
40.1;Schulverwaltung;;division;40;schule@stadt.example;2021-01-01
0;Stadt;Stadt;city;;;1975-01-01
40;Schulamt;Amt 40;department;0;;01.01.1990
"""
GERMAN = """Organisationsplan der Stadt;;;
Kennziffer;Bezeichnung;Art;Übergeordnet
0;Stadt;Stadt;
I;Dezernat I;Dezernat;0
10;Fachbereich Zentrales;Fachbereich;I
"""
PEOPLE = """Vorname;Nachname;E-Mail;Amt;Funktion
Änne;Müller-Lüdenscheidt;aenne@stadt.example;10;Amtsleitung
Karl;Klöbner;;10.1;Sachbearbeitung
"""


def upload(
    client: Any, name: Any, text: Any, filename: Any = "liste.csv", encoding: Any = "utf-8"
) -> Any:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    file = SimpleUploadedFile(filename, data)
    return client.post(reverse(f"administration:{name}_import"), {"file": file})


def take_over(client: Any, name: Any, preview: Any, **more: Any) -> Any:
    import html
    import re

    rows = html.unescape(re.search(r'name="rows" value="([^"]*)"', preview).group(1))
    return client.post(reverse(f"administration:{name}_import"), {"rows": rows, **more})


def test_units_in_any_order_with_preview_first(client_of: Any) -> None:
    client = client_of("admin")
    preview = upload(client, "units", UNITS).content.decode()
    assert "3 neue Einträge" in preview
    assert not OrgUnit.objects.exists()
    done = take_over(client, "units", preview)
    assert done.headers["Location"] == reverse("administration:units")
    found = {u.code: (u.kind, u.parent and u.parent.code) for u in OrgUnit.objects.all()}
    assert found == {
        "0": ("city", None), "40": ("department", "0"), "40.1": ("division", "40"),
    }  # fmt: skip


def test_german_headers_title_row_and_words(client_of: Any) -> None:
    client = client_of("admin")
    preview = upload(client, "units", GERMAN, encoding="cp1252").content.decode()
    assert "3 neue Einträge" in preview, preview
    take_over(client, "units", preview)
    assert OrgUnit.objects.get(code="10").kind == "department"
    assert OrgUnit.objects.get(code="10").parent.code == "I"


def test_importing_again_updates_instead_of_doubling(db: Any) -> None:
    import_units(_rows(UNITS), actor=SYSTEM)
    events = AuditEvent.objects.count()
    again = import_units(_rows(UNITS), actor=SYSTEM)
    assert (again.created, again.changed, again.unchanged) == ([], [], 3)
    assert AuditEvent.objects.count() == events
    changed = UNITS.replace("Schulverwaltung", "Schulen").replace(";40;schule", ";0;schule")
    result = import_units(_rows(changed), actor=SYSTEM)
    assert result.changed == ["40.1 Schulen"]
    unit = OrgUnit.objects.get(code="40.1")
    assert (unit.name, unit.parent.code) == ("Schulen", "0")


def _rows(text: Any) -> Any:
    import csv

    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


BAD = """code;name;kind;parent_code;email;active_from
0;Stadt;city;;;
1;;department;0;;
2;Amt;planet;0;;
3;Amt;department;77;;
4;Amt;department;0;keine-adresse;
5;Amt;department;0;;32.13.2020
6;Amt;department;0;;
6;Amt doppelt;department;0;;
7;Kreis A;department;8;;
8;Kreis B;department;7;;
9;Amt;department;9;;
"""


def test_every_bad_row_is_named_and_nothing_is_stored(client_of: Any) -> None:
    client = client_of("admin")
    page = upload(client, "units", BAD).content.decode()
    result = import_units(_rows(BAD), actor=SYSTEM, dry_run=True)
    assert {(p.row, p.field) for p in result.problems} == {
        (3, "name"), (4, "kind"), (5, "parent_code"), (6, "email"), (7, "active_from"),
        (9, "code"), (10, "parent_code"), (11, "parent_code"), (12, "parent_code"),
    }  # fmt: skip
    assert result.created == ["0 Stadt", "6 Amt"]
    assert "Nicht alle Zeilen" in page
    with pytest.raises(Invalid) as refusal:
        import_units(_rows(BAD), actor=SYSTEM)
    assert len(refusal.value.errors[""]) == 9
    assert not OrgUnit.objects.exists()
    take_over(client, "units", page, skip="1")
    assert set(OrgUnit.objects.values_list("code", flat=True)) == {"0", "6"}


def test_people_are_created_and_found_again(client_of: Any, unit_tree: Any) -> None:
    client = client_of("digital-unit")
    preview = upload(client, "people", PEOPLE).content.decode()
    assert "2 neue Einträge" in preview
    take_over(client, "people", preview)
    moved = PEOPLE.replace("aenne@stadt.example;10;", "AENNE@stadt.example;20;")
    preview = upload(client, "people", moved).content.decode()
    assert "1 Eintrag ändert sich" in preview
    assert "1 Eintrag bleibt unverändert" in preview
    take_over(client, "people", preview)
    assert Person.objects.count() == 2
    assert Person.objects.get(email="aenne@stadt.example").unit == unit_tree["20"]


def test_namesakes_stay_two_people(unit_tree: Any) -> None:
    rows = [
        {"given_name": "Eva", "family_name": "Kern", "email": "e1@x.de", "unit_code": "10"},
        {"given_name": "Eva", "family_name": "Kern", "email": "e2@x.de", "unit_code": "10"},
    ]
    import_people(rows, actor=SYSTEM)
    assert Person.objects.count() == 2


def test_bad_people_are_named(unit_tree: Any) -> None:
    rows = [
        {"given_name": "A", "family_name": "", "unit_code": "10"},
        {"given_name": "B", "family_name": "B", "unit_code": "nix"},
        {"given_name": "C", "family_name": "C", "unit_code": "10", "email": "kaputt"},
        {"given_name": "D", "family_name": "D", "unit_code": "10", "email": "d@x.de"},
        {"given_name": "E", "family_name": "E", "unit_code": "10", "email": "D@x.de"},
    ]
    result = import_people(rows, actor=SYSTEM, dry_run=True)
    assert [(p.row, p.field) for p in sorted(result.problems, key=lambda p: p.row)] == [
        (2, "family_name"), (3, "unit_code"), (4, "email"), (6, "email"),
    ]  # fmt: skip
    assert not Person.objects.exists()


def test_excel_with_numeric_codes(client_of: Any, unit_tree: Any) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Vorname", "Name", "Amt"])
    sheet.append(["Uwe", "Zahl", 10])
    sheet.append(["Ute", "Komma", 10.1])
    out = io.BytesIO()
    book.save(out)
    client = client_of("admin")
    page = upload(client, "people", out.getvalue(), "leute.xlsx").content.decode()
    assert "2 neue Einträge" in page, page
    take_over(client, "people", page)
    assert set(Person.objects.values_list("family_name", "unit__code")) == {
        ("Zahl", "10"), ("Komma", "10.1"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "leer"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04kaputt", ""),
        (b"\x7fELF\x02\x01", "Programm"),
        (b"a;b;c\n1;2;3\n", "fehlt eine Spalte"),
    ],
    ids=["empty", "pdf", "zip", "program", "other columns"],
)
def test_hostile_or_wrong_files_are_refused_with_a_reason(
    client_of: Any, data: Any, text: Any
) -> None:
    page = upload(client_of("admin"), "units", data)
    assert page.status_code == 200
    body = page.content.decode()
    assert "id_file-error" in body
    assert text in body
    assert not OrgUnit.objects.exists()


@pytest.mark.parametrize("rows", ["", "{", "[1,2]", '[{"row":"x"}]', "[" * 100_000, "null"])
def test_a_damaged_form_is_refused(client_of: Any, rows: Any) -> None:
    answer = client_of("admin").post(reverse("administration:units_import"), {"rows": rows})
    assert answer.status_code == 422
    assert not OrgUnit.objects.exists()


def test_nobody_imports_without_the_right(client_of: Any, account: Any) -> None:
    client = client_of("member")
    assert upload(client, "units", UNITS).status_code == 403
    with pytest.raises(NotAllowed):
        import_units(_rows(UNITS), actor=Actor.anonymous())


def test_rights_on_one_unit_bound_the_import(unit_tree: Any, account: Any) -> None:
    from leitstand.core.accounts.identity import of_account

    actor = of_account(account("digital-unit", unit_tree["1"]))
    rows = [
        {"code": "10.9", "name": "Darf", "kind": "Abteilung", "parent_code": "10"},
        {"code": "20.9", "name": "Darf nicht", "kind": "Abteilung", "parent_code": "20"},
    ]
    result = import_units(rows, actor=actor, dry_run=True)
    assert result.created == ["10.9 Darf"]
    assert [p.row for p in result.problems] == [3]
