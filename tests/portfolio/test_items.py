"""Parts of a project: added, changed and removed, in place and on pages; unhappy input first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.portfolio.making import SYSTEM, form_of, make_item, make_person, make_project, send

IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def project(unit_tree: dict[str, Any]) -> Any:
    return make_project(unit_tree["10"], "Digitaler Bauantrag")


@pytest.fixture
def head(unit_tree: dict[str, Any], client_of: Any) -> Client:
    make_person(unit_tree["10"], "Anna", "Berg", email="anna@example.org")
    make_person(unit_tree["10"], "Anton", "Doppelt", email="anton1@example.org")
    make_person(unit_tree["11"], "Anton", "Doppelt", email="anton2@example.org")
    return client_of("unit-head", unit_tree["10"])  # type: ignore[no-any-return]


def _url(project: Any, kind: str, row: Any = None, end: str = "") -> str:
    middle = f"{row.pk}/{end}" if row else "neu/"
    return f"/vorhaben/{project.pk}/{kind}/{middle}"


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("milestone", {"title": "", "due": "2027"}, "Titel"),
        ("milestone", {"title": "x" * 301, "due": "2027"}, "300"),
        ("milestone", {"title": "x", "due": ""}, "Fällig"),
        ("milestone", {"title": "x", "due": "30.02.2027"}, "Datum"),
        ("milestone", {"title": "x", "due": "demnächst"}, "Datum"),
        ("work-package", {"title": "x", "start": "2028", "end": "2027"}, "Ende"),
        ("work-package", {"title": "x", "effort_days": "-3"}, "0"),
        ("work-package", {"title": "x", "effort_days": "viel"}, "Zahl"),
        ("work-package", {"title": "x", "effort_days": "99999999999"}, "Aufwand"),
        ("waiting", {"kind": "procurement", "start": "2028", "end": "2027"}, "Ende"),
        ("waiting", {"kind": "unfug", "start": "2027", "end": "2028"}, "unfug"),
        ("budget", {"year": "1999", "kind": "investment"}, "2000"),
        ("budget", {"year": "zwanzig", "kind": "investment"}, "Zahl"),
        ("budget", {"year": "2027", "kind": "investment", "planned": "1,2,3"}, "1.234,56"),
        ("budget", {"year": "2027", "kind": "investment", "planned": "-5"}, "0"),
        ("budget", {"year": "2027", "kind": "", "planned": "5"}, "Art"),
        ("funding", {"programme_name": "Bund", "rate": "120 %"}, "100"),
        ("risk", {"title": "x", "probability": "6", "impact": "1"}, "5"),
        ("risk", {"title": "x", "probability": "2,5", "impact": "1"}, "Zahl"),
        ("consultation", {"kind": "staff_council", "due": "99.99.9999"}, "Datum"),
        ("obstacle", {"kind": "other", "title": ""}, "aufhält"),
        ("participation", {"unit": ""}, "Organisationseinheit"),
        ("participation", {"unit": "unfug"}, "unfug"),
        ("person", {"person": "Niemand Bekanntes", "role": "lead"}, "Niemand Bekanntes"),
        ("person", {"person": "Anton Doppelt", "role": "lead"}, "Vorschläge"),
        ("person", {"person": "Anna Berg", "role": ""}, "Rolle"),
        ("effort", {"skill": "", "effort_days": "5"}, "Rolle"),
        ("partner", {"name": ""}, "Name"),
        ("document", {"title": "", "url": "https://example.org"}, "Titel"),
        ("document", {"title": "x", "url": ""}, "Datei"),
        ("document", {"title": "x", "url": "javascript:alert(1)"}, "Adresse"),
        ("document", {"title": "x", "url": "kein link"}, "Adresse"),
    ],
    ids=str,
)
def test_wrong_input_is_refused_with_the_reason_and_kept(
    head: Client, project: Any, kind: str, values: dict[str, str], text: str
) -> None:
    from leitstand.portfolio.actions.items import ITEM_KINDS

    marker = "note" if kind == "waiting" else "measure" if kind == "risk" else ""
    sent = {**values, **({marker: "bleibt stehen"} if marker else {})}
    for headers in ({}, IN_PLACE):
        answer = head.post(_url(project, kind), sent, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == (200 if headers else 422), headers
        assert text in page
        assert "kern-error" in page or "form-errors" in page
        for value in sent.values():
            if value and " " not in value and len(value) < 40 and value not in ("lead", "other"):
                assert value.replace("&", "&amp;") in page, value
    assert not getattr(project, ITEM_KINDS[kind].relation).exists()
    project.refresh_from_db()
    assert project.version == 1


@pytest.mark.parametrize(
    ("kind", "values", "stored"),
    [
        ("milestone", {"title": "Abnahme", "due": "Q2 2027"}, {"due": date(2027, 6, 30)}),
        ("milestone", {"title": "Abnahme", "due": "2027", "public": "on"},
         {"due": date(2027, 12, 31), "public": True}),
        ("work-package", {"title": "Test", "start": "03/2027", "end": "04/2027",
                          "effort_days": "1.234,5"},
         {"start": date(2027, 3, 1), "end": date(2027, 4, 30), "effort_days": Decimal("1234.5")}),
        ("budget", {"year": "2027", "kind": "investment", "planned": "1.234,56 €", "spent": ""},
         {"year": 2027, "planned": Decimal("1234.56"), "spent": Decimal(0)}),
        ("funding", {"programme_name": "Bund", "amount": "250 T€", "rate": "62,5 %", "state": ""},
         {"amount": Decimal(250000), "rate": Decimal("62.5"), "state": "planned"}),
        ("waiting", {"kind": "procurement", "start": "1. Quartal 2027", "end": "31.12.2027"},
         {"start": date(2027, 1, 1), "end": date(2027, 12, 31)}),
        ("risk", {"title": "Ausfall", "probability": "3", "impact": "4", "state": "open"},
         {"probability": 3, "impact": 4, "measure": ""}),
        ("document", {"title": "Auftrag", "url": "https://example.org/a"},
         {"url": "https://example.org/a", "file": None}),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_typed_in_german_is_stored(
    head: Client, project: Any, kind: str, values: dict[str, str], stored: dict[str, Any]
) -> None:
    from leitstand.portfolio.actions.items import ITEM_KINDS

    answer = head.post(_url(project, kind), values)
    assert (answer.status_code, answer["Location"]) == (
        302, f"/vorhaben/{project.pk}/#teil-{kind}",
    )  # fmt: skip
    row = getattr(project, ITEM_KINDS[kind].relation).get()
    assert {name: getattr(row, name) for name in stored} == stored
    opened = form_of(head.get(_url(project, kind, row)).content.decode())
    assert head.post(_url(project, kind, row), opened).status_code == 302
    row.refresh_from_db()
    assert row.version == 1  # saved as shown, nothing has changed
    assert {name: getattr(row, name) for name in stored} == stored


@pytest.mark.parametrize("text", ["Anna Berg", "anna@example.org", " anna  berg ", "Berg, Anna"])
def test_people_are_found_by_name_or_address(head: Client, project: Any, text: str) -> None:
    assert head.post(_url(project, "person"), {"person": text, "role": "lead"}).status_code == 302
    assert str(project.people.get().person) == "Anna Berg"


def test_namesakes_are_told_apart(head: Client, project: Any) -> None:
    page = head.get(_url(project, "person")).content.decode()
    assert "Anton Doppelt (anton2@example.org)" in page
    values = {"person": "Anton Doppelt (anton2@example.org)", "role": "member"}
    assert head.post(_url(project, "person"), values).status_code == 302
    assert project.people.get().person.email == "anton2@example.org"


def test_nothing_is_entered_twice(head: Client, project: Any, unit_tree: dict[str, Any]) -> None:
    values = {"unit": str(unit_tree["20"].pk)}
    assert head.post(_url(project, "participation"), values).status_code == 302
    again = head.post(_url(project, "participation"), values)
    assert again.status_code == 422
    assert "gibt es" in again.content.decode() or "bereits" in again.content.decode()
    assert project.participations.count() == 1


# --- in place -----------------------------------------------------------------------------


def test_in_place_only_the_section_is_answered(head: Client, project: Any) -> None:
    opened = head.get(_url(project, "milestone"), headers=IN_PLACE).content.decode()
    assert opened.strip().startswith("<section")
    assert "<html" not in opened
    saved = head.post(
        _url(project, "milestone"), {"title": "Abnahme", "due": "2027"}, headers=IN_PLACE
    )
    section = saved.content.decode()
    assert saved.status_code == 200
    assert 'id="teil-milestone"' in section
    assert "Abnahme" in section
    assert "<form" not in section
    row = project.milestones.get()
    question = head.get(_url(project, "milestone", row, "entfernen/"), headers=IN_PLACE)
    assert "<form" in question.content.decode()
    assert project.milestones.exists()
    sent = form_of(question.content.decode())
    gone = head.post(_url(project, "milestone", row, "entfernen/"), sent, headers=IN_PLACE)
    assert "Abnahme" not in gone.content.decode()
    assert not project.milestones.exists()
    cancelled = head.get(f"/vorhaben/{project.pk}/teil/milestone/", headers=IN_PLACE)
    assert "<form" not in cancelled.content.decode()


def test_a_conflict_is_shown_in_place_and_on_a_page(
    head: Client, client_of: Any, project: Any
) -> None:
    other = client_of("digital-unit")
    row = make_item("risk", project, title="Ausfall", probability=2, impact=2)
    url = _url(project, "risk", row)
    mine = form_of(head.get(url).content.decode())
    send(other, url, {"measure": "Ihre Maßnahme", "impact": "5"})
    for headers in ({}, IN_PLACE):
        answer = head.post(url, {**mine, "measure": "Meine Maßnahme"}, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == (200 if headers else 409)
        assert "Ihre Maßnahme" in page
        assert "Meine Maßnahme" in page
        assert ("<html" in page) == (not headers)
        choice = form_of(page)
        assert choice["wahl-impact"] == ["theirs"]
    row.refresh_from_db()
    assert (row.measure, row.version) == ("Ihre Maßnahme", 2)
    head.post(url, choice, headers=IN_PLACE)
    row.refresh_from_db()
    assert (row.measure, row.impact, row.version) == ("Meine Maßnahme", 5, 3)


def test_changing_or_removing_what_is_gone_is_not_found(head: Client, project: Any) -> None:
    from leitstand.portfolio.actions.items import remove_item

    row = make_item("milestone", project, title="Weg", due=date(2027, 1, 1))
    opened = form_of(head.get(_url(project, "milestone", row)).content.decode())
    remove_item("milestone", row.pk, actor=SYSTEM, version=1)
    assert head.post(_url(project, "milestone", row), opened).status_code == 404
    assert head.post(_url(project, "milestone", row, "entfernen/")).status_code == 404


def test_who_removes_herself_from_a_hidden_project_ends_at_the_list(
    unit_tree: dict[str, Any], client_of: Any
) -> None:
    from tests.portfolio.making import lead

    person = make_person(unit_tree["20"], "Lea", "Leitung")
    project = make_project(unit_tree["10"], "Streng", confidentiality=3)
    row = lead(project, person)
    client = client_of("project-lead", unit_tree["20"], person=person)
    url = _url(project, "person", row, "entfernen/")
    assert client.post(url, {"version": "1"}, headers=IN_PLACE)["HX-Redirect"] == "/vorhaben/"
    assert client.get(f"/vorhaben/{project.pk}/").status_code == 404


def test_an_ended_unit_stays_where_it_was_entered(
    head: Client, project: Any, unit_tree: dict[str, Any]
) -> None:
    from leitstand.core.org.actions import dissolve_unit

    row = make_item("participation", project, unit=unit_tree["10.2"])
    dissolve_unit(unit_tree["10.2"], actor=SYSTEM)
    answer = send(head, _url(project, "participation", row), {"note": "bis zuletzt"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.unit, row.note) == (unit_tree["10.2"], "bis zuletzt")


# --- documents ----------------------------------------------------------------------------


def _upload(client: Client, project: Any, name: str, content: bytes, **values: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(_url(project, "document"), {"title": "", "url": "", "file": file, **values})


def test_a_file_is_kept_at_the_level_of_its_project(
    unit_tree: dict[str, Any], head: Client
) -> None:
    project = make_project(unit_tree["10"], "Streng", confidentiality=3)
    assert _upload(head, project, "../../Auftrag <1>.txt", b"Inhalt").status_code == 302
    row = project.documents.select_related("file").get()
    assert row.file.confidentiality == 3
    assert row.file.unit_id == unit_tree["10"].pk
    assert "/" not in row.file.name
    page = head.get(f"/vorhaben/{project.pk}/").content.decode()
    assert f"/vorhaben/{project.pk}/dokument/{row.pk}/datei/" in page
    assert "<1>" not in page


@pytest.mark.parametrize(
    ("name", "content"),
    [("leer.pdf", b""), ("seite.html", b"<html><script>alert(1)</script></html>")],
    ids=["empty", "html"],
)
def test_files_that_will_not_do(head: Client, project: Any, name: str, content: bytes) -> None:
    """An empty file is refused; a page with script is handed out as attachment only."""
    answer = _upload(head, project, name, content)
    if not content:
        assert answer.status_code == 422
        assert not project.documents.exists()
        return
    row = project.documents.get()
    handed = head.get(f"/vorhaben/{project.pk}/dokument/{row.pk}/datei/")
    assert handed["Content-Disposition"].startswith("attachment")
    assert handed["Content-Type"] == "application/octet-stream"
    handed.close()


def test_a_file_above_the_limit_leaves_nothing(head: Client, project: Any, settings: Any) -> None:
    from dataclasses import replace

    from leitstand.core.files.models import StoredFile

    settings.CONFIG = replace(settings.CONFIG, max_upload=1000)
    answer = _upload(head, project, "gross.bin", b"x" * 5000)
    assert answer.status_code in (413, 422)
    assert not StoredFile.objects.exists()
    assert not project.documents.exists()


def test_without_the_right_no_byte_is_stored(
    unit_tree: dict[str, Any], client_of: Any, project: Any
) -> None:
    from leitstand.core.files.models import StoredFile

    client = client_of("member", unit_tree["20"])
    assert _upload(client, project, "a.txt", b"Inhalt").status_code == 403
    assert not StoredFile.objects.exists()
