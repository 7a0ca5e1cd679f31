"""Word templates of the city: kept, checked, filled, taken away; who may."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from leitstand.core.audit.models import AuditEvent
from leitstand.core.files.models import StoredFile
from leitstand.reporting.models import PaperTemplate, Report
from leitstand.reporting.output import word_template
from tests.portfolio.views import TODAY, World, words
from tests.reporting.papers import document
from tests.reporting.test_output_office import saved, template

HOME = "/berichte/vorlagen/"


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, settings: Any) -> None:
    settings.CONFIG = replace(django_settings.CONFIG, data=tmp_path, today=TODAY)


def control(name: str, text: str = "Klicken Sie hier", *, block: bool = False) -> Any:
    """A content control as a word processor writes it."""
    run = f"<w:r><w:rPr><w:rStyle w:val='PlaceholderText'/></w:rPr><w:t>{text}</w:t></w:r>"
    inner = f"<w:p>{run}</w:p>" if block else run
    return parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val='Feld'/><w:tag w:val='{name}'/>"
        f"<w:showingPlcHdr/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def with_controls() -> bytes:
    made = docx.Document()
    line = made.add_paragraph("Betreff: ")
    line._p.append(control("Titel"))
    other = made.add_paragraph("Bearbeitet von ")
    other._p.append(control("Bearbeitung", "bleibt"))
    made.add_paragraph("{{ Kurzfassung }}")
    made.element.body.insert(3, control("Vorlage_Nr.", block=True))
    made.element.body.insert(4, control("inhalt", block=True))
    made.add_paragraph("Unterschrift")
    return saved(made)


def test_content_controls_are_fields() -> None:
    found = word_template.inspect(with_controls(), ("Vorlage Nr.", "Kurzfassung"))
    assert set(found.fields) == {"titel", "vorlage nr.", "kurzfassung", "inhalt"}
    assert found.other_controls == ("Bearbeitung",)
    cover = (("Vorlage Nr.", "2026/0214"), ("Kurzfassung", "Zeile eins\nZeile zwei"))
    filled = word_template.into_template(document(cover=cover), with_controls())
    made = docx.Document(io.BytesIO(filled.data))
    xml = made.element.xml
    assert "Klicken Sie hier" not in xml and "showingPlcHdr" in xml  # of the one that stays
    assert "2026/0214" in xml and "bleibt" in xml
    texts = [p.text for p in made.paragraphs]
    assert "Zeile eins\nZeile zwei" in texts
    assert texts.index("Auf einen Blick") < texts.index("Unterschrift")


def upload(client: Client, data: bytes, status: int = 302, **values: Any) -> str:
    file = SimpleUploadedFile("Vorlage.docx", data)
    response = client.post(f"{HOME}neu/", {"name": "Ausschussvorlage", "file": file, **values})
    assert response.status_code == status, words(response.content.decode())[:800]
    return words(response.content.decode())


def test_a_template_is_kept_chosen_filled_and_taken_away(world: World, staff: Client) -> None:
    assert "Noch keine Vorlagen" in words(staff.get(HOME).content.decode())
    for data, named in (
        (template("{{ tietel }}", "{{ inhalt }}"), "tietel (meinen Sie titel?)"),
        (template("{{ titel }}"), "genau einmal"),
        (template("{{ titel", "{{ inhalt }}"), "nicht geschlossen"),
        (b"kein Word", "kein Word-Dokument"),
        (b"PK\x03\x04" + b"\0" * (11 << 20), "größer als 10 MB"),
    ):
        assert named in upload(staff, data, 422)
    assert "inhalt" in upload(staff, template("{{ Ortschaftsrat }}", "{{ inhalt }}"), 422)
    assert not PaperTemplate.objects.exists() and not StoredFile.objects.exists()
    body = template("{{ titel }} / {{ Ortschaftsrat }} / {{ Gremium }}", "{{ inhalt }}")
    upload(staff, body, own_fields="Ortschaftsrat\n")
    upload(staff, body, 422, own_fields="Ortschaftsrat")  # the name is taken
    row = PaperTemplate.objects.get()
    form = staff.get("/berichte/neu/").content.decode()
    (key,) = (k for k in form.split('"') if k.startswith("own_"))
    data = {
        "title": "Bericht", "day": "2026-11-20", "unit": str(world.units["10"].pk),
        "confidentiality": "1", "sections": ["overview"], "cover": "neutral",
        "template": str(row.pk), key: "Velde-Süd",
    }  # fmt: skip
    assert staff.post("/berichte/neu/", data).status_code == 302
    report = Report.objects.get()
    answer = staff.get(f"/berichte/{report.pk}/datei/docx/")
    first = docx.Document(io.BytesIO(answer.content)).paragraphs[0].text
    assert first == "Bericht / Velde-Süd / "
    assert "Velde-Süd" in staff.get(f"/berichte/{report.pk}/datei/html/").content.decode()
    edit = f"{HOME}{row.pk}/"
    assert staff.post(edit, {"name": "Neu", "own_fields": "", "version": 1}).status_code == 422
    assert staff.post(edit, {"name": "Neu", "own_fields": "Ortschaftsrat", "version": 1}).status_code == 302
    assert staff.post(edit, {"name": "Alt", "own_fields": "Ortschaftsrat", "version": 1}).status_code == 422
    file = staff.get(f"{edit}datei/")
    assert b"".join(file.streaming_content) == body  # type: ignore[attr-defined]
    staff.post(f"{edit}entfernen/")
    row.refresh_from_db()
    assert not row.active
    assert "Neu" not in staff.get("/berichte/neu/").content.decode().partition('name="template"')[2][:300]
    assert staff.get(f"/berichte/{report.pk}/datei/docx/").status_code == 200
    Report.objects.all().delete()
    staff.post(f"{edit}entfernen/")
    assert not PaperTemplate.objects.exists() and not StoredFile.objects.exists()
    kinds = AuditEvent.objects.filter(object_kind="paper-template").values_list("type", flat=True)
    assert {f"reporting.template.{one}" for one in ("created", "changed", "removed")} == set(kinds)


def test_who_may_keep_templates(world: World, staff: Client, client_of: Any) -> None:
    upload(staff, template("{{ inhalt }}"))
    row = PaperTemplate.objects.get()
    rest = ("", "neu/", f"{row.pk}/", f"{row.pk}/entfernen/", f"{row.pk}/datei/")
    for role, unit, expected in (
        ("digital-unit", None, (200, 200, 200, 200, 200)), ("admin", None, (200, 200, 200, 200, 200)),
        ("unit-head", "10", (200, 403, 403, 403, 200)), ("member", "10", (403, 403, 403, 403, 404)),
        ("councillor", None, (403, 403, 403, 403, 404)), ("", None, (403, 403, 403, 403, 404)),
    ):  # fmt: skip
        client = client_of(role, world.units[unit] if unit else None)
        answers = [client.get(HOME + part) for part in rest]
        assert tuple(answer.status_code for answer in answers) == expected, role
        for answer in answers:
            answer.close()
