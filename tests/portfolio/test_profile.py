"""Sketch, profile, editing by two people at once, copy, delete, paper."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portfolio.making import (
    SYSTEM,
    every_part,
    form_of,
    lead,
    make_item,
    make_person,
    make_project,
    send,
)

EVIL = '<script>alert("x")</script>"\'&amp;'








def _page(client: Client, project: Any, path: str = "") -> str:
    answer = client.get(f"/vorhaben/{project.pk}/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- sketch -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end", "precisions"),
    [
        ("2. Quartal 2027 bis 2028", date(2027, 4, 1), date(2028, 12, 31), ("quarter", "year")),
        ("03/2027", date(2027, 3, 1), date(2027, 3, 31), ("month", "month")),
        ("01.02.2027 - 15.03.2027", date(2027, 2, 1), date(2027, 3, 15), ("day", "day")),
        ("ab 2027", date(2027, 1, 1), None, ("year", "day")),
    ],
    ids=str,
)
def test_a_sketch_needs_title_unit_and_rough_period(
    unit_tree: dict[str, Any], client_of: Any, text: str, start: date, end: Any, precisions: Any
) -> None:
    from leitstand.portfolio.models import Project

    person = make_person(unit_tree["10"])
    client = client_of("member", unit_tree["10"], person=person)
    form = form_of(client.get("/vorhaben/neu/").content.decode(), 'name="title"')
    assert form["lead_unit"] == [str(unit_tree["10"].pk)]
    answer = client.post("/vorhaben/neu/", {**form, "title": "Kita-Portal", "period": text})
    made = Project.objects.get(title="Kita-Portal")
    assert answer["Location"] == f"/vorhaben/{made.pk}/"
    assert (made.phase, made.start, made.end) == ("idea", start, end)
    assert (made.start_precision, made.end_precision) == precisions
    assert [(row.person, row.role) for row in made.people.all()] == [(person, "lead")]
    page = _page(client, made)
    assert "Nächste Schritte" in page
    assert f"/vorhaben/{made.pk}/milestone/neu/" in page


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"title": ""}, "Titel"),
        ({"title": "x" * 301}, "300"),
        ({"period": "irgendwann"}, "Zeitraum"),
        ({"period": ""}, "Zeitraum"),
        ({"period": "2028 bis 2027"}, "Zeitraum"),
        ({"lead_unit": "00000000-0000-0000-0000-000000000000"}, "Federführung"),
        ({"lead_unit": "unfug"}, "Federführung"),
    ],
    ids=str,
)
def test_a_refused_sketch_keeps_what_was_typed(
    head: Client, changes: dict[str, str], text: str
) -> None:
    from leitstand.portfolio.models import Project

    form = form_of(head.get("/vorhaben/neu/").content.decode(), 'name="title"')
    values = {**form, "title": "Titel bleibt", "period": "2027", "need": "Bedarf bleibt", **changes}
    answer = head.post("/vorhaben/neu/", values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert text in page
    assert "Bedarf bleibt" in page
    assert not Project.objects.exists()


def test_a_unit_where_one_may_not_sketch_is_not_taken(
    unit_tree: dict[str, Any], head: Client
) -> None:
    from leitstand.portfolio.models import Project

    values = {"title": "Fremd", "period": "2027", "lead_unit": str(unit_tree["20"].pk)}
    assert head.post("/vorhaben/neu/", values).status_code == 422
    assert not Project.objects.exists()


def test_copying_as_a_sketch_takes_strategy_and_level_along(
    unit_tree: dict[str, Any], head: Client
) -> None:
    from leitstand.portfolio.models import FieldOfAction, Project

    field = FieldOfAction.objects.create(code="HF1", name="Service")
    source = make_project(
        unit_tree["10"], "Vorbild", confidentiality=3, summary="Inhalt", size="L",
        phase="running", fields_of_action=[field],
    )  # fmt: skip
    make_item("milestone", source, title="Nicht kopieren", due=date(2027, 1, 1))
    url = f"/vorhaben/neu/?vorlage={source.pk}"
    form = form_of(head.get(url).content.decode(), 'name="title"')
    assert form["title"] == ["Vorbild (Kopie)"]
    head.post("/vorhaben/neu/", {**form, "period": "2028"})
    made = Project.objects.get(title="Vorbild (Kopie)")
    assert (made.confidentiality, made.summary, made.size) == (3, "Inhalt", "L")
    assert (made.phase, list(made.fields_of_action.all())) == ("idea", [field])
    assert not made.milestones.exists()


def test_a_hidden_project_cannot_be_copied(unit_tree: dict[str, Any], head: Client) -> None:
    hidden = make_project(unit_tree["20"], "Geheim", confidentiality=3)
    assert head.get(f"/vorhaben/neu/?vorlage={hidden.pk}").status_code == 404


# --- profile ------------------------------------------------------------------------------


def _queries(client: Client, project: Any) -> int:
    url = f"/vorhaben/{project.pk}/"
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_queries_do_not_grow_with_the_parts(
    unit_tree: dict[str, Any], client_of: Any, project: Any
) -> None:
    from leitstand.portfolio.actions.baselines import freeze_baseline
    from leitstand.portfolio.actions.dependencies import add_dependency

    person = make_person(unit_tree["10"])
    client = client_of("digital-unit", person=person)
    few = _queries(client, project)
    every_part(project, unit_tree["11"], person)
    for number in range(12):
        make_item("milestone", project, title=f"M {number}", due=date(2027, 3, 1))
        make_item("risk", project, title=f"R {number}", probability=3, impact=3)
        make_item("budget", project, year=2025 + number, kind="operating", planned=100)
        lead(project, make_person(unit_tree["11"], f"P{number}"), "member")
        other = make_project(unit_tree["20"], f"Nachbar {number}", confidentiality=number % 4)
        add_dependency(actor=SYSTEM, predecessor_id=other.pk, successor_id=project.pk)
        freeze_baseline(project.pk, actor=SYSTEM, reason="weil")
    many = _queries(client, project)
    assert many <= 31  # needs, tasks and comments are one query each
    assert many - few <= 1  # the names of other projects in the history


def test_the_profile_shows_every_part(
    unit_tree: dict[str, Any], head: Client, project: Any
) -> None:
    every_part(project, unit_tree["11"], make_person(unit_tree["11"], "Mia", "Mitglied"))
    page = _page(head, project)
    for text in ("Personalamt", "Mia Mitglied", "Start des Betriebs", "Schnittstelle", "12 PT",
                 "1.000,00 €", "Landesprogramm", "Personalrat", "Vergabe", "Personalwechsel",
                 "Stelle unbesetzt", "Beschluss", "Projektauftrag", "Softwarehaus",
                 "https://example.org/auftrag", "hoch"):  # fmt: skip
        assert text in page, text


@pytest.mark.parametrize(
    ("kind", "words", "not_words"),
    [("law", "gesetzlich", "selbst gesetzt"), ("self_set", "selbst gesetzt", "gesetzlich")],
    ids=["law", "self"],
)
def test_a_date_by_law_and_a_self_set_one_are_told_apart(
    unit_tree: dict[str, Any], head: Client, kind: str, words: str, not_words: str
) -> None:
    project = make_project(
        unit_tree["10"],
        "Frist",
        due=date(2020, 1, 31),
        due_kind=kind,
        due_basis="§ 1 Beispielgesetz",
    )
    facts = _page(head, project).split('id="eckdaten"')[1].split("</section>")[0]
    assert "31.01.2020" in facts
    assert "§ 1 Beispielgesetz" in facts
    assert words in facts
    assert not_words not in facts
    assert "Frist überschritten" in _page(head, project)


def test_effort_comes_from_the_size_until_roles_are_entered(
    unit_tree: dict[str, Any], head: Client
) -> None:
    from leitstand.portfolio.models import Skill

    project = make_project(unit_tree["10"], "Aufwand", size="L")
    assert "250 PT (Schätzwert aus Größe)" in _page(head, project)
    skill = Skill.objects.create(code="PL", name="Projektleitung")
    make_item("effort", project, skill=skill, effort_days="33.5")
    page = _page(head, project)
    assert "33,5 PT" in page
    assert "Schätzwert" not in page


def test_overdue_consultations_are_named(unit_tree: dict[str, Any], head: Client) -> None:
    project = make_project(unit_tree["10"], "Beteiligung")
    make_item("consultation", project, kind="staff_council", due=date(2020, 1, 1))
    make_item("consultation", project, kind="treasury", due=date(2020, 1, 1), state="done")
    page = _page(head, project)
    assert "1 Beteiligung überfällig" in page
    assert "überfällig (offen)" in page


def test_it_says_why_one_sees_it_and_why_one_cannot_change_it(
    unit_tree: dict[str, Any], client_of: Any, project: Any
) -> None:
    page = _page(client_of("member", unit_tree["20"]), project)
    assert "Mit Ihrer Rolle sehen Sie die Vorhaben der ganzen Stadt" in page
    assert "Warum kann ich es nicht ändern?" in page
    assert "bearbeiten/" not in page
    strict = make_project(unit_tree["10"], "Streng", confidentiality=3)
    person = make_person(unit_tree["20"], "Sven", "Sponsor")
    lead(strict, person, "sponsor")
    sponsor = _page(client_of("member", unit_tree["20"], person=person), strict)
    assert "haben es in Auftrag gegeben" in sponsor


def test_markup_in_texts_stays_text_everywhere(unit_tree: dict[str, Any], head: Client) -> None:
    from leitstand.portfolio.actions.baselines import freeze_baseline

    project = make_project(
        unit_tree["10"], EVIL, need=EVIL, summary=EVIL, light_note=EVIL, due_basis=EVIL,
        due=date(2027, 1, 1), external_key=EVIL[:30], start=date(2027, 1, 1),
    )  # fmt: skip
    for kind, values in {
        "milestone": {"title": EVIL, "due": date(2027, 1, 1)},
        "risk": {"title": EVIL, "probability": 5, "impact": 5, "measure": EVIL},
        "work-package": {"title": EVIL, "start": date(2027, 1, 1)},
        "partner": {"name": EVIL, "role": EVIL, "contact": EVIL},
        "decision": {"title": EVIL, "text": EVIL},
        "obstacle": {"kind": "other", "title": EVIL},
        "document": {"title": EVIL, "url": "https://example.org/?a=%22"},
    }.items():
        make_item(kind, project, **values)
    freeze_baseline(project.pk, actor=SYSTEM, reason=EVIL, name=EVIL)
    risk = project.risks.get()
    for path in ("", "bearbeiten/", "verlauf/", "basisplan/", "loeschen/", f"risk/{risk.pk}/",
                 f"risk/{risk.pk}/entfernen/"):  # fmt: skip
        page = _page(head, project, path) if path != "loeschen/" else ""
        assert "<script>alert" not in page, path
        assert '"x")</script>"' not in page, path


def test_the_history_has_labels_and_german_values(
    unit_tree: dict[str, Any], head: Client, project: Any
) -> None:
    from leitstand.portfolio.actions.items import change_item
    from leitstand.portfolio.actions.projects import change_project

    change_project(
        project.pk, actor=SYSTEM, version=1, reason="Beschluss vom Montag",
        values={"phase": "running", "end": date(2028, 6, 30), "end_precision": "quarter"},
    )  # fmt: skip
    row = make_item("milestone", project, title="Probebetrieb", due=date(2027, 5, 31))
    change_item("milestone", row.pk, actor=SYSTEM, version=1, values={"due": date(2027, 6, 30)})
    text = re.sub(r"<[^>]+>|\s+", " ", _page(head, project, "verlauf/"))
    for part in ("Vorhaben geändert", "Phase", "laufend", "Q2 2028", "Beschluss vom Montag",
                 "Meilenstein", "31.05.2027", "30.06.2027", "Probebetrieb"):  # fmt: skip
        assert part in text, part
    assert "end_precision" not in text


# --- two people edit ----------------------------------------------------------------------


# --- delete -------------------------------------------------------------------------------


def test_deleting_needs_a_reason_and_the_present_version(
    unit_tree: dict[str, Any], client_of: Any, project: Any
) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.portfolio.actions.projects import change_project
    from leitstand.portfolio.models import Project

    every_part(project, unit_tree["11"], make_person(unit_tree["11"]))
    client = client_of("digital-unit")
    url = f"/vorhaben/{project.pk}/loeschen/"
    assert send(client, url, {"reason": " "}).status_code == 422
    opened = form_of(client.get(url).content.decode())
    change_project(project.pk, actor=SYSTEM, version=1, values={"title": "Inzwischen wichtig"})
    stale = client.post(url, {**opened, "reason": "doppelt erfasst"})
    assert stale.status_code == 422
    assert "doppelt erfasst" in stale.content.decode()
    assert Project.objects.filter(pk=project.pk).exists()
    assert send(client, url, {"reason": "doppelt erfasst"}).status_code == 302
    assert not Project.objects.filter(pk=project.pk).exists()
    event = AuditEvent.objects.get(type="portfolio.project.deleted")
    assert (event.object_title, event.reason) == ("Inzwischen wichtig", "doppelt erfasst")


# --- paper --------------------------------------------------------------------------------
