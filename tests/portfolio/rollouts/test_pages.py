"""The pages of a rollout: what they show, change, refuse."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leitstand.core.base.errors import Invalid
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio.actions.rollouts.recording import check
from leitstand.portfolio.models import (
    Rollout,
    RolloutObstacle,
    RolloutStep,
    RolloutTemplate,
    RolloutUnit,
    Wave,
)
from tests.portfolio.making import form_of, make_project, send
from tests.portfolio.rollouts.making import SYSTEM, TODAY, Rolling, template
from tests.portfolio.views import body, page, words


def fill(client: Any, url: str, marker: str, changes: dict[str, Any]) -> Any:
    """Open a form that carries no version, change some fields and post it."""
    return client.post(url, {**form_of(page(client, url), marker=f'name="{marker}"'), **changes})


def test_a_new_rollout_takes_all_offices_of_a_level_in_one_step(
    staff: Any, rolling: Rolling
) -> None:
    answer = fill(staff, "/rollouts/neu/", "template", {
        "title": "Neue Telefone", "lead_unit": str(rolling.units["10"].pk),
        "template": str(template("fachverfahren").pk), "kinds": ["department", "division"],
        "due": "31.12.2027", "due_kind": "self_set",
    })  # fmt: skip
    assert answer.status_code == 302
    made = Rollout.objects.get(title="Neue Telefone")
    assert made.members.count() == 5
    assert made.steps.count() == 5
    text = words(page(staff, answer.url))
    assert "0 von 5" in text
    assert "zu wenige Daten" in text


def test_the_form_says_what_is_missing(staff: Any, rolling: Rolling) -> None:
    answer = fill(staff, "/rollouts/neu/", "template", {"title": " ", "due_kind": "law"})
    assert answer.status_code == 422
    assert "Pflicht" in words(answer.content.decode()) or "erforderlich" in words(
        answer.content.decode()
    )


def test_filters(staff: Any, rolling: Rolling) -> None:
    wave = Wave.objects.create(rollout=rolling.rollout, title="Welle 1")
    RolloutUnit.objects.filter(unit__code="10").update(wave=wave)
    rolling.set("20", state="done", actual_end=date(2026, 11, 2))
    rolling.set("11", "training", state="planned", planned_end=date(2026, 11, 1))
    RolloutObstacle.objects.create(
        member=rolling.member("11"), kind="resistance", title="Nein danke"
    )
    cases = {
        "q=kämm": {"Kämmerei"}, f"welle={wave.pk}": {"Hauptamt"},
        "welle=-": {"Kämmerei", "Personalamt"}, "zustand=done": {"Kämmerei"},
        "zustand=late": {"Personalamt"}, "hemmnis=resistance": {"Personalamt"},
        "hemmnis=*": {"Personalamt"}, "hemmnis=network": set(),
        f"dezernat={rolling.units['2'].pk}": {"Kämmerei"}, "dezernat=unsinn": set(),
    }  # fmt: skip
    for query, names in cases.items():
        text = words(page(staff, rolling.url(f"?{query}")))
        table = text[text.index("Organisationseinheiten:") :] if names else text
        shown = {name for name in ("Hauptamt", "Personalamt", "Kämmerei") if name in table}
        assert shown == names, query


def test_one_cell_of_one_unit_and_its_conflict(staff: Any, rolling: Rolling) -> None:
    member, cell = rolling.member("10"), rolling.cell("10")
    url = rolling.url(f"einheiten/{member.pk}/{cell.pk}/")
    sent = form_of(page(staff, url))
    rolling.set("10", state="planned", planned_end=date(2027, 3, 1))
    answer = staff.post(url, {**sent, "state": "done", "actual_end": "02.11.2026"})
    assert answer.status_code == 409
    kept = form_of(answer.content.decode(), marker="wahl-")
    assert staff.post(url, kept).status_code == 302
    cell = rolling.cell("10")
    assert (cell.state, cell.actual_end) == ("done", date(2026, 11, 2))
    text = words(page(staff, rolling.url(f"einheiten/{member.pk}/")))
    assert "02.11.2026" in text


def test_a_unit_that_does_not_take_part_says_why_and_counts_nowhere(
    staff: Any, rolling: Rolling
) -> None:
    url = rolling.url(f"einheiten/{rolling.member('20').pk}/bearbeiten/")
    data = form_of(page(staff, url))
    data.pop("affected", None)
    assert staff.post(url, data).status_code == 422
    assert staff.post(url, {**data, "reason": "Keine Akten"}).status_code == 302
    text = words(page(staff, rolling.url()))
    assert "0 von 2" in text
    assert "Keine Akten" in text


def test_a_unit_whose_go_live_is_not_needed_takes_no_part(staff: Any, rolling: Rolling) -> None:
    rolling.set("20", state="not_needed")
    text = words(page(staff, rolling.url()))
    assert "0 von 2" in text
    assert "Stichtag: nicht erforderlich" in text


def test_waves_capacity_and_planning_backwards(staff: Any, rolling: Rolling) -> None:
    answer = send(staff, rolling.url("wave/neu/"), {
        "title": "Welle 1", "start": "01.01.2027", "go_live": "30.06.2027", "capacity": "1",
    })  # fmt: skip
    assert answer.status_code == 302
    wave = Wave.objects.get()
    data = form_of(page(staff, rolling.url("wellen/")), marker="vorher-")
    for code in ("10", "20"):
        data[f"welle-{rolling.member(code).pk}"] = [str(wave.pk)]
    assert staff.post(rolling.url("wellen/"), data).status_code == 302
    text = words(page(staff, rolling.url("wellen/")))
    assert "2 von 1" in text
    assert "über der Kapazität" in text
    rolling.set("20", "meeting", state="done", actual_end=date(2026, 11, 1))
    assert staff.post(rolling.url(f"wellen/{wave.pk}/planen/")).status_code == 302
    cell = rolling.cell("10", "preparation")
    assert (cell.state, cell.planned_end) == (
        "planned",
        date(2027, 6, 30) - timedelta(days=1 + 11 + 7 + 14),
    )
    assert rolling.cell("10").planned_end == date(2027, 6, 30)
    assert rolling.cell("20", "meeting").planned_end is None
    assert rolling.cell("11").planned_end is None


def test_days_at_the_ends_of_the_calendar(staff: Any, rolling: Rolling) -> None:
    for day in ("01.01.0001", "31.12.9999"):
        given = {"title": "Weit weg", "go_live": day, "capacity": "1"}
        answer = send(staff, rolling.url("wave/neu/"), given)
        assert answer.status_code == 422, day
        with pytest.raises(Invalid):
            check(Wave(rollout=rolling.rollout, title="x", go_live=date(*reversed([int(part) for part in day.split(".")]))))
    wave = Wave.objects.create(rollout=rolling.rollout, title="Alt", go_live=date(1, 1, 3))
    type(rolling.member("10")).objects.update(wave=wave)
    answer = staff.post(rolling.url(f"wellen/{wave.pk}/planen/"), follow=True)
    assert answer.status_code in (200, 422) and "vor jedem Kalender" in answer.content.decode()
    assert rolling.cell("10").planned_end is None


def test_two_assign_the_same_unit(staff: Any, rolling: Rolling) -> None:
    waves = [Wave.objects.create(rollout=rolling.rollout, title=t) for t in ("A", "B")]
    data = form_of(page(staff, rolling.url("wellen/")), marker="vorher-")
    member = rolling.member("10")
    other = {**data, f"welle-{member.pk}": [str(waves[0].pk)]}
    mine = {**data, f"welle-{member.pk}": [str(waves[1].pk)]}
    assert staff.post(rolling.url("wellen/"), other).status_code == 302
    answer = staff.post(rolling.url("wellen/"), mine)
    assert answer.status_code == 409
    assert "Hauptamt" in words(answer.content.decode())
    again = form_of(answer.content.decode(), marker="vorher-")
    assert again[f"welle-{member.pk}"] == [str(waves[1].pk)]
    assert staff.post(rolling.url("wellen/"), again).status_code == 302
    assert rolling.member("10").wave == waves[1]


def test_steps_are_the_rollouts_own(staff: Any, rolling: Rolling) -> None:
    assert send(staff, rolling.url("step/neu/"), {
        "position": "5", "title": "Aufräumen", "kind": "preparation", "min_days": "3", "max_days": "9",
    }).status_code == 302  # fmt: skip
    step = RolloutStep.objects.get(title="Aufräumen")
    assert step.cells.count() == 3
    url = rolling.url(f"step/{step.pk}/")
    assert send(staff, url, {"max_days": "1"}).status_code == 422
    assert send(staff, url, {"max_days": "12"}).status_code == 302
    second = send(
        staff, rolling.url("step/neu/"), {"title": "Noch ein Stichtag", "kind": "go_live"}
    )
    assert second.status_code == 422
    assert "genau einen Stichtag" in words(second.content.decode())
    live = rolling.rollout.steps.get(kind="go_live")
    gone = send(staff, rolling.url(f"step/{live.pk}/entfernen/"), {})
    assert gone.status_code == 409
    assert send(staff, f"{url}entfernen/", {}).status_code == 302
    assert not RolloutStep.objects.filter(pk=step.pk).exists()


def test_obstacles_tell_who_is_held_up_by_what(client_of: Any, rolling: Rolling) -> None:
    head = client_of("unit-head", rolling.units["20"])
    member = rolling.member("20")
    url = rolling.url(f"einheiten/{member.pk}/hemmnis/")
    future = send(head, url, {"kind": "capacity", "title": "Keine Leute", "since": "24.12.2026"})
    assert future.status_code == 422
    assert (
        send(
            head, url, {"kind": "capacity", "title": "Keine Leute", "since": "20.10.2026"}
        ).status_code
        == 302
    )
    text = words(page(head, rolling.url("hemmnisse/")))
    assert "fehlende personelle Kapazität" in text
    assert "Kämmerei" in text
    assert "31" in text, "days since"
    row = RolloutObstacle.objects.get()
    edit = rolling.url(f"obstacle/{row.pk}/")
    assert send(head, edit, {"resolved_on": "19.11.2026"}).status_code == 302
    assert "Keine Leute" not in page(head, rolling.url("hemmnisse/"))
    assert "Keine Leute" in page(head, rolling.url("hemmnisse/?erledigte=1"))


def test_progress_says_too_little_then_forecasts(staff: Any, rolling: Rolling) -> None:
    from leitstand.core.org.actions import create_unit
    from leitstand.portfolio.actions.rollouts.members import add_level

    assert "Zu wenige Daten" in words(page(staff, rolling.url("verlauf/")))
    for number in range(20):
        create_unit(actor=SYSTEM, code=f"X{number}", kind="staff_unit", name=f"Stelle {number}",
                    parent=rolling.units["2"])  # fmt: skip
    add_level(rolling.rollout.pk, actor=SYSTEM, kinds=["staff_unit"])
    for number in range(12):
        day = TODAY - timedelta(days=20 + 25 * number)
        rolling.set(f"X{number}", state="done", actual_start=day, actual_end=day)
    rolling.rollout.refresh_from_db()
    assert send(staff, rolling.url("einstellungen/"), {"due": "31.12.2026"}).status_code == 302
    html = page(staff, rolling.url("verlauf/"))
    text = words(html)
    assert "Mit einer Wahrscheinlichkeit von 80 %" in text
    assert "keine Zusage" in text
    assert "verfehlt" in text
    assert "<svg" in html
    assert "11/2026 0 12" in text, "the table says the same"


def test_difference_between_two_days(staff: Any, rolling: Rolling) -> None:
    rolling.set("10", state="done", actual_end=date(2026, 3, 2))
    rolling.set("20", state="done", actual_end=date(2026, 10, 1))
    text = words(page(staff, rolling.url("vergleich/?von=2026-09-01&bis=2026-11-01")))
    assert "Kämmerei" in text
    assert "Hauptamt" not in text
    assert "vorher eingeführt 1" in text
    assert "danach eingeführt 2" in text
    assert "Geben Sie beide Tage" in words(page(staff, rolling.url("vergleich/?von=gestern")))
    swapped = words(page(staff, rolling.url("vergleich/?von=2026-11-01&bis=2026-09-01")))
    assert "Kämmerei" in swapped


def test_exports_hold_the_matrix(staff: Any, rolling: Rolling) -> None:
    rolling.set("10", state="done", actual_end=date(2026, 3, 2))
    text = body(staff.get(rolling.url("export.csv"))).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 3
    first = next(row for row in rows if row["Organisationseinheit"] == "Hauptamt")
    assert first["Stichtag"] == "erledigt"
    assert first["Stichtag: Tatsächliches Ende"] == "02.03.2026"
    data = json.loads(body(staff.get(rolling.url("export.json"))))
    assert {row["state"] for row in data} == {"done", "open"}
    assert body(staff.get(rolling.url("export.xlsx")))[:2] == b"PK"
    assert staff.get(rolling.url("export.pdf")).status_code == 404


def test_settings_conflict_level_and_deletion(staff: Any, rolling: Rolling) -> None:
    url = rolling.url("einstellungen/")
    sent = form_of(page(staff, url))
    assert send(staff, url, {"title": "E-Akte für alle"}).status_code == 302
    answer = staff.post(url, {**sent, "title": "E-Akte überall"})
    assert answer.status_code == 409
    kept = form_of(answer.content.decode(), marker="wahl-")
    assert staff.post(url, kept).status_code == 302
    rolling.rollout.refresh_from_db()
    assert rolling.rollout.title == "E-Akte überall"
    gone = rolling.url("loeschen/")
    assert send(staff, gone, {}).status_code == 200
    assert send(staff, gone, {"reason": "Doppelt"}).status_code == 302
    assert not Rollout.objects.exists()


def test_a_template_of_ones_own(staff: Any, rolling: Rolling) -> None:
    url = rolling.url("als-vorlage/")
    assert fill(staff, url, "name", {"name": "E-Akte"}).status_code == 422
    assert fill(staff, url, "name", {"name": "Unsere E-Akte"}).status_code == 302
    own = RolloutTemplate.objects.get(name="Unsere E-Akte")
    assert own.steps.count() == 9
    assert "Unsere E-Akte" in page(staff, "/rollouts/vorlagen/")
    edit = f"/rollouts/vorlagen/{own.pk}/"
    assert send(staff, edit, {"name": "Unsere neue E-Akte"}).status_code == 302
    own.refresh_from_db()
    assert staff.post(edit, {"remove": "1", "version": "1"}).status_code == 409
    assert staff.post(edit, {"remove": "1", "version": own.version}).status_code == 302


def test_a_list_in_the_browser(staff: Any, rolling: Rolling) -> None:
    url = rolling.url("import/")
    text = ("Amt;Stichtag;Schulungen;Welle;Egal\nHauptamt;02.11.2026;ja;Welle 1;x\n"
            "Kämmerai;in Planung;;Welle 2;x\nZoo;31.03.2027;;;x\nPersonalamt;vielleicht;;;x\n")  # fmt: skip
    sent = SimpleUploadedFile("liste.csv", text.encode("cp1252"))
    answer = staff.post(url, {"file": sent})
    shown = words(answer.content.decode())
    assert "ähnlich: „Kämmerei“" in shown
    assert "„vielleicht“ ist kein bekannter Stand" in shown
    data = form_of(answer.content.decode(), marker='name="liste"')
    assert staff.post(url, {**data, "step": "apply"}).status_code == 422
    assert rolling.cell("10").state == "open"
    data |= {"stelle-3": [str(rolling.units["20"].pk)], "stelle-4": ["new"], "skip": ["1"]}
    assert staff.post(url, {**data, "step": "apply"}).status_code == 302
    live = rolling.cell("10")
    assert (live.state, live.actual_end) == ("done", date(2026, 11, 2))
    assert rolling.cell("20").state == "planned"
    zoo = OrgUnit.objects.get(name="Zoo")
    assert rolling.cell(zoo.code).planned_end == date(2027, 3, 31)
    assert rolling.cell("11").state == "open"
    assert set(Wave.objects.values_list("title", flat=True)) == {"Welle 1", "Welle 2"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Wählen Sie zuerst eine Datei"),
        ({"liste": "kein json"}, "verloren gegangen"),
        ({"liste": '{"titles": ["Amt"], "rows": [["x", 1]]}'}, "verloren gegangen"),
        (
            {"liste": '{"titles": ["Egal"], "rows": [[2, ["Hauptamt"]]]}', "step": "apply"},
            "in welcher Spalte",
        ),
    ],
)
def test_uploads_that_cannot_be_read(staff: Any, rolling: Rolling, data: Any, said: str) -> None:
    answer = staff.post(rolling.url("import/"), data)
    assert answer.status_code == 422
    assert said in words(answer.content.decode())


def test_a_picture_is_no_list(staff: Any, rolling: Rolling) -> None:
    sent = SimpleUploadedFile("liste.csv", b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    answer = staff.post(rolling.url("import/"), {"file": sent})
    assert answer.status_code == 422
    assert "Bild" in words(answer.content.decode())


def test_whoever_may_not_create_units_is_told(client_of: Any, rolling: Rolling) -> None:
    head = client_of("unit-head", rolling.units["10"])
    text = json.dumps({"titles": ["Amt"], "rows": [[2, ["Zoo"]]]})
    data = {"liste": text, "spalte-0": "unit", "name-2": "Zoo", "stelle-2": "new", "step": "apply"}
    answer = head.post(rolling.url("import/"), data)
    assert answer.status_code == 422
    assert "dürfen keine Einheiten anlegen" in words(answer.content.decode())
    assert not OrgUnit.objects.filter(name="Zoo").exists()


def test_the_projects_lead_changes_the_rollout(client_of: Any, rolling: Rolling) -> None:
    from tests.portfolio.making import lead, make_person

    person = make_person(rolling.units["11"])
    project = make_project(rolling.units["10"], "Akten")
    leader = client_of("project-lead", rolling.units["11"], person=person)
    assert leader.get(rolling.url("felder/")).status_code == 403
    lead(project, person)
    Rollout.objects.filter(pk=rolling.rollout.pk).update(project=project)
    assert "Stände ändern" in page(leader, rolling.url())
    assert leader.get(rolling.url("einstellungen/")).status_code == 200
