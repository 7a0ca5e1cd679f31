"""Positions, costs, basis: entering, changing, two people, import, trail."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from leitstand.core.audit.models import AuditEvent
from leitstand.planning.models import GradeCost, PlanningBasis, Position
from leitstand.planning.queries.supply import cost_of, costs
from tests.planning.staffing import Office
from tests.portfolio.making import form_of, send
from tests.portfolio.views import page, words

HERE = "/planung/stellen/"


def test_a_position_is_entered_changed_and_removed(staff: Any, office: Office) -> None:
    new = HERE + "position/neu/"
    given = {"number": "S-9", "title": "Anwendungsbetreuung", "unit": office.world.units["10"].pk,
             "skill_id": office.craft.pk, "grade": "EG 10", "share": "0,5"}  # fmt: skip
    for wrong in ({"share": "0"}, {"share": "1,5"}, {"share": "viel"}, {"skill_id": ""}, {"unit": ""},
                  {"number": " "}, {"start": "2027-02-01", "end": "2027-01-01"}, {"fixed_term": "on"},
                  {"filled_from": "2027-01-01"}, {"number": "S-1"}, {"title": "x\x00"},
                  {"skill_id": str(office.world.open.pk)}):  # fmt: skip
        assert staff.post(new, {**given, **wrong}).status_code == 422, wrong
    assert staff.post(new, given).status_code == 302
    row = Position.objects.get(number="S-9")
    text = words(page(staff, HERE))
    assert "Anwendungsbetreuung" in text and "0,50" in text and "ab 15.02.2027" in text
    url = f"{HERE}position/{row.pk}/"
    before = form_of(page(staff, url))
    assert send(staff, url, {"vacant": "on", "kw": "on"}).status_code == 302
    assert "fällt weg" in words(page(staff, HERE))
    late = staff.post(url, {**before, "title": "Anders"})
    assert late.status_code == 409 and "Anders" in late.content.decode()
    assert staff.post(url + "entfernen/").status_code == 302
    assert not Position.objects.filter(pk=row.pk).exists()
    assert staff.get(url).status_code == 404
    kinds = list(
        AuditEvent.objects.filter(object_id=row.pk).order_by("id").values_list("type", flat=True)
    )
    assert kinds == [f"planning.supply.{what}" for what in ("created", "changed", "removed")]
    created = AuditEvent.objects.filter(object_id=row.pk).earliest("id")
    assert created.changes["skill"] == [None, "Facharbeit"], "the trail names roles, not ids"


def test_the_other_kinds_and_addresses(staff: Any, office: Office) -> None:
    cost = {"grade": "EG 11", "year": 2027, "amount": "85.000,50"}
    assert staff.post(HERE + "cost/neu/", cost).status_code == 302
    assert staff.post(HERE + "cost/neu/", cost).status_code == 422, "one cost per grade and year"
    assert staff.post(HERE + "cost/neu/", {**cost, "year": 1066}).status_code == 422
    role = {"skill_id": office.craft.pk, "background_percent": 101, "mix_percent": 0}
    assert staff.post(HERE + "role/neu/", role).status_code == 422
    assert staff.post(HERE + "role/neu/", {**role, "background_percent": 40}).status_code == 302
    freeze = {"kind": "freeze", "start": "2027-01-01", "end": "2026-01-01"}
    assert staff.post(HERE + "restriction/neu/", freeze).status_code == 422
    assert staff.post(HERE + "restriction/neu/", {**freeze, "end": "2027-06-30"}).status_code == 302
    text = words(page(staff, HERE))
    for said in ("85.000 €", "Wiederbesetzungssperre", "40 %", "Nordrhein-Westfalen"):
        assert said in text, said
    assert staff.get(f"{HERE}role/neu/?rolle={office.lead.pk}").status_code == 200
    for odd in ("x/neu/", f"x/{office.position.pk}/", f"cost/{office.position.pk}/",
                f"cost/{office.position.pk}/entfernen/"):  # fmt: skip
        assert staff.get(HERE + odd).status_code == 404, odd
    GradeCost.objects.create(grade="EG 11", year=2030, amount=99)
    table = costs()
    asked = {
        year: getattr(cost_of(table, "EG 11", year), "year_of", 0) for year in (2026, 2029, 2035)
    }
    assert asked == {2026: 2027, 2029: 2027, 2035: 2030} and cost_of(table, "A 15", 2027) is None


def test_the_basis_is_one_row(staff: Any, office: Office) -> None:
    url = "/planung/grundlagen/"
    first = form_of(page(staff, url))
    assert first["version"] == ["0"] and first["absence_percent"] == ["20"]
    assert send(staff, url, {"absence_percent": "120"}).status_code == 422
    assert send(staff, url, {"state": "BY", "assumed_size": "M"}).status_code == 302
    assert staff.post(url, {**first, "state": "SN"}).status_code == 409
    assert PlanningBasis.objects.get().state == "BY"
    text = words(page(staff, "/planung/"))
    assert "Ohne alles" in text and "weder Aufwände" not in text, (
        "its effort is assumed, a period is missing"
    )
    event = AuditEvent.objects.get(type="planning.supply.changed")
    assert event.changes == {"state": ["NW", "BY"], "assumed_size": ["", "M"]}


_LIST = """Stellennummer;Bezeichnung;Amt;Rolle;Entgeltgruppe;VZÄ;befristet bis;befristet;kw
S-1;Projektleitung E-Akte;Hauptamt;Projektleitung;EG 12;1,0;;;
S-3;Stelle;Kämmerei;FACH;EG 11;0,5;30.06.2027;ja;
N-1;Schulung;10.1;Facharbeit;EG 9b;0,75;31.12.2028;ja;x
N-2;Falsch;Gibtesnicht;Facharbeit;;1;;;
N-3;Falsch;Hauptamt;Zauberei;;1;;;
N-4;Zu viel;Hauptamt;Facharbeit;;2,5;;;
N-1;Doppelt;Hauptamt;Facharbeit;;1;;;
;Ohne Nummer;Hauptamt;Facharbeit;;1;;;
"""


def test_positions_come_from_a_table(staff: Any, office: Office) -> None:
    url = HERE + "import/"
    bad = SimpleUploadedFile("x.csv", b"Titel;Amt\na;b\n")
    assert staff.post(url, {"file": bad}).status_code == 422
    answer = staff.post(url, {"file": SimpleUploadedFile("stellen.csv", _LIST.encode())})
    text = words(answer.content.decode())
    for said in ("1 neue Stelle", "1 Stelle ändert sich", "1 Stelle bleibt, wie sie ist",
                 "„Gibtesnicht“ ist unbekannt", "„Zauberei“ ist unbekannt",
                 "Zeile 4 enthält diese Stelle schon"):  # fmt: skip
        assert said in text, said
    rows = form_of(answer.content.decode(), 'name="rows"')
    rows.pop("skip")
    assert staff.post(url, rows).status_code == 200 and Position.objects.count() == 3, (
        "all or nothing"
    )
    assert staff.post(url, {**rows, "skip": "1"}).status_code == 302
    assert Position.objects.count() == 4
    assert Position.objects.get(number="S-1").grade == "EG 12"
    new = Position.objects.get(number="N-1")
    assert new.kw and new.fixed_term and str(new.share) == "0.75" and str(new.end) == "2028-12-31"
    assert staff.post(url, {"rows": "kaputt"}).status_code == 422
