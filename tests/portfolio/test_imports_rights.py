"""Who may import what: nobody gets by a spreadsheet what a form would refuse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from leitstand.portfolio.models import ImportRun, Project
from tests.portfolio.importing import (
    confirm,
    errors,
    preview,
    rows,
    send,
    table,
    text_of,
    upload,
    verdicts,
    work,
)  # fmt: skip
from tests.portfolio.making import make_person, make_project

ClientOf = Callable[..., Client]
OTHERS = ["admin", "project-lead", "unit-head", "member", "auditor", "councillor", "emergency", ""]
PAGES = [
    ("get", ""), ("get", "?zuordnung"), ("get", "fortschritt/"), ("post", "abbrechen/"),
    ("post", "zuordnung/"), ("post", "uebernehmen/"), ("get", "verwerfen/"),
    ("post", "verwerfen/"), ("get", "fehler.xlsx"),
]  # fmt: skip


@pytest.fixture
def head(client_of: ClientOf, unit_tree: dict[str, Any]) -> Client:
    """The head of the digital unit in her browser."""
    return client_of("digital-unit")


@pytest.mark.parametrize("role", OTHERS)
def test_only_holders_of_the_permission_may_import(
    client_of: ClientOf, unit_tree: dict[str, Any], role: str
) -> None:
    client = client_of(role, unit_tree["10"] if role == "unit-head" else None)
    assert client.get("/import/").status_code == 403
    answer = send(client, table(("A", "Hauptamt", "Idee", None, None)))
    assert answer.status_code == 403
    assert not ImportRun.objects.exists()


def test_without_log_in_there_is_no_import(unit_tree: dict[str, Any]) -> None:
    answer = Client(headers={"accept-language": "de"}).get("/import/")
    assert answer.status_code == 403
    assert "/konto/anmelden/?next=%2Fimport%2F" in answer.content.decode()


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_the_import_of_somebody_else_is_not_there(
    head: Client, client_of: ClientOf, method: str, path: str
) -> None:
    run = preview(head, table(("Geheim", "Hauptamt", "Idee", None, None)))
    stranger = client_of("digital-unit")
    for key in (run.pk, uuid.uuid4()):
        answer = getattr(stranger, method)(f"/import/{key}/{path}")
        assert answer.status_code == 404
        assert b"Geheim" not in answer.content
        assert b"liste.xlsx" not in answer.content
    run.refresh_from_db()
    assert run.state == "preview"
    assert "liste.xlsx" not in text_of(stranger.get("/import/"))


def test_hidden_projects_do_not_show_in_verdicts(head: Client, unit_tree: dict[str, Any]) -> None:
    hidden = make_project(unit_tree["10"], "Haus kaufen", confidentiality=3, external_key="77")
    header = ("Kennung", "Nr.", "Titel", "Federführung", "Phase")
    run = preview(
        head,
        table(
            (hidden.number, None, None, None, "Idee"),
            ("P-99999", None, None, None, "Idee"),
            (None, "77", "Anderes", "Hauptamt", "Idee"),
            (None, None, "Haus kaufen", "Hauptamt", "Idee"),
            header=header,
        ),
    )
    found = errors(run)
    assert found[2].replace(hidden.number, "P-99999").replace("A2", "A3") == found[3]
    assert verdicts(run) == {2: "error", 3: "error", 4: "new", 5: "new"}
    confirm(head, run)
    assert run.state == "done"
    assert Project.objects.count() == 3


def test_a_level_out_of_sight_is_refused_in_words(head: Client, unit_tree: dict[str, Any]) -> None:
    project = make_project(unit_tree["10"], "Intern")
    header = ("Titel", "Federführung", "Vertraulichkeit")
    run = preview(
        head,
        table(
            ("Neu", "Hauptamt", "streng vertraulich"),
            ("Intern", "Hauptamt", "streng vertraulich"),
            ("Geht", "Hauptamt", "vertraulich"),
            header=header,
        ),
    )
    assert verdicts(run) == {2: "error", 3: "error", 4: "new"}
    for number in (2, 3):
        assert errors(run)[number].startswith(f"Vertraulichkeit (Zelle C{number}): ")
        assert "nicht mehr sehen" in errors(run)[number]
    confirm(head, run)
    project.refresh_from_db()
    assert project.confidentiality == 1


def test_published_needs_the_level_public(head: Client, unit_tree: dict[str, Any]) -> None:
    header = ("Titel", "Federführung", "Vertraulichkeit", "Veröffentlicht",
              "Öffentliche Beschreibung", "Kontakt")  # fmt: skip
    run = preview(
        head,
        table(
            ("A", "Hauptamt", "öffentlich", "ja", "Für alle.", "a@example.org"),
            ("B", "Hauptamt", "intern", "ja", "Für alle.", "a@example.org"),
            ("C", "Hauptamt", None, "ja", "Für alle.", "a@example.org"),
            ("D", "Hauptamt", None, "nein"),
            ("E", "Hauptamt", "öffentlich", "ja", None, None),
            header=header,
        ),
    )
    assert verdicts(run) == {2: "new", 3: "error", 4: "error", 5: "new", 6: "error"}
    assert "Veröffentlicht (Zelle D3): " in errors(run)[3]
    assert "öffentlich" in errors(run)[4]
    assert "Öffentliche Beschreibung (Zelle E6): " in errors(run)[6]
    assert "Kontakt (Zelle F6): " in errors(run)[6]
    confirm(head, run)
    assert [p.title for p in Project.objects.filter(published=True)] == ["A"]


def test_making_a_published_project_internal_withdraws_it_visibly(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    project = make_project(unit_tree["10"], "Portal", confidentiality=0, published=True)
    run = preview(head, table(("Portal", "Hauptamt", "intern"),
                              header=("Titel", "Federführung", "Vertraulichkeit")))  # fmt: skip
    assert rows(run)[2].diff["published"] == ["ja", "nein"]
    confirm(head, run)
    project.refresh_from_db()
    assert (project.published, project.confidentiality) == (False, 1)


def test_nobody_publishes_by_import_without_the_permission(
    head: Client, unit_tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.core.policy import grants, registry
    from leitstand.portfolio import policy

    make_project(unit_tree["10"], "Portal", confidentiality=0)
    make_project(unit_tree["10"], "Alt", confidentiality=0, published=True)
    monkeypatch.setitem(registry._holders, policy.PUBLISH, {"admin"})
    grants.forget()
    header = ("Titel", "Federführung", "Vertraulichkeit", "Veröffentlicht")
    run = preview(
        head,
        table(
            ("Neu", "Hauptamt", "öffentlich", "ja"),
            ("Portal", "Hauptamt", "öffentlich", "ja"),
            ("Alt", "Hauptamt", "öffentlich", "nein"),
            ("Still", "Hauptamt", "öffentlich", "nein"),
            header=header,
        ),
    )
    assert verdicts(run) == {2: "error", 3: "error", 4: "error", 5: "new"}
    assert "weder veröffentlichen noch zurückziehen" in errors(run)[2]


def test_a_role_in_one_unit_imports_into_that_unit_alone(
    client_of: ClientOf, unit_tree: dict[str, Any]
) -> None:
    client = client_of("digital-unit", unit_tree["10"])
    other = make_project(unit_tree["11"], "Fremdes")
    own = make_project(unit_tree["10"], "Eigenes")
    header = ("Kennung", "Titel", "Federführung", "Phase")
    run = preview(
        client,
        table(
            (None, "Hier", "Organisation", "Idee"),
            (None, "Dort", "Personalamt", "Idee"),
            (other.number, "Fremdes", "Personalamt", "läuft"),
            (own.number, "Eigenes", "Personalamt", None),
            header=header,
        ),
    )
    assert verdicts(run) == {2: "new", 3: "error", 4: "error", 5: "error"}
    assert "Federführung (Zelle C3): " in errors(run)[3]
    assert "Sie dürfen dieses Vorhaben nicht ändern" in errors(run)[4]
    assert "Federführung (Zelle C5): " in errors(run)[5]
    page = client.get(f"/import/{run.pk}/?zuordnung").content.decode()
    assert 'value="create"' not in page
    answer = client.post(
        f"/import/{run.pk}/zuordnung/",
        {"column_1": "title", "column_2": "lead_unit", "missing_units": "create"},
    )
    assert answer.status_code == 422


def test_rights_lost_before_the_confirmation_count(head: Client, unit_tree: dict[str, Any]) -> None:
    from leitstand.core.base.actor import Actor
    from leitstand.core.policy.actions import assign_role, withdraw_role
    from leitstand.core.policy.models import RoleAssignment

    run = preview(
        head, table(("A", "Hauptamt", "Idee", None, None), ("B", "11", "Idee", None, None))
    )
    account = head.account  # type: ignore[attr-defined]
    system = Actor.system("test")
    withdraw_role(RoleAssignment.objects.get(account=account).pk, actor=system)
    assign_role(account, "digital-unit", actor=system, unit=unit_tree["10"])
    confirm(head, run)
    assert run.state == "preview"
    assert Project.objects.count() == 0
    assert verdicts(run) == {2: "new", 3: "error"}
    assert "wurde hier etwas geändert" in text_of(head.get(f"/import/{run.pk}/"))


def test_names_in_the_trail_can_be_shredded(head: Client, unit_tree: dict[str, Any]) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.core.base.actor import Actor
    from leitstand.portfolio.actions.items import add_item

    project = make_project(unit_tree["10"], "E-Akte")
    person = make_person(unit_tree["10"], "Anna", "Berg")
    add_item(
        "person", project.pk, actor=Actor.system("test"), values={"person": person, "role": "lead"}
    )
    make_person(unit_tree["10"], "Ina", "Kolb")
    run = preview(head, table(("E-Akte", "Ina Kolb"), header=("Titel", "Projektleitung")),
                  default_unit=str(unit_tree["10"].pk))  # fmt: skip
    confirm(head, run)
    event = AuditEvent.objects.filter(type="portfolio.project.changed").latest("pk")
    assert "Kolb" not in str(event.changes)
    assert "Berg" not in str(event.changes)
    assert "Kolb" in str(event.personal.details)
    assert "liste.xlsx" in event.reason


def test_the_upload_itself_is_confidential(head: Client) -> None:
    run = upload(head, table(("A", "Hauptamt", "Idee", None, None)))
    assert run.file.confidentiality == 2
    work()
