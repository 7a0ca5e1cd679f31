"""Editing a project: German input, refusals that keep what was typed, two people at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.portfolio.making import (
    SYSTEM,
    form_of,
    lead,
    make_person,
)
from tests.portfolio.views import page


def _edit(client: Client, project: Any, opened: dict[str, Any], **changes: Any) -> Any:
    return client.post(f"/vorhaben/{project.pk}/bearbeiten/", {**opened, **changes})


def _opened(client: Client, project: Any) -> dict[str, Any]:
    return dict(form_of(page(client, f"/vorhaben/{project.pk}/bearbeiten/")))


def test_an_edit_stores_what_was_typed_in_german(head: Client, project: Any) -> None:
    answer = _edit(
        head, project, _opened(head, project), title="Neuer Titel", end="Q2 2029",
        due="31.12.2029", due_kind="law", progress="45 %", size="XL", phase="planned",
    )  # fmt: skip
    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.title, project.end, project.end_precision) == (
        "Neuer Titel", date(2029, 6, 30), "quarter",
    )  # fmt: skip
    assert (project.due, project.due_kind, project.progress) == (date(2029, 12, 31), "law", 45)
    assert form_of(page(head, f"/vorhaben/{project.pk}/bearbeiten/"))["end"] == ["Q2 2029"]


def test_saving_without_a_change_writes_nothing(head: Client, project: Any) -> None:
    from leitstand.core.audit.models import AuditEvent

    make = AuditEvent.objects.count()
    assert _edit(head, project, _opened(head, project)).status_code == 302
    project.refresh_from_db()
    assert project.version == 1
    assert AuditEvent.objects.count() == make


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"title": ""}, "Titel"),
        ({"end": "2020"}, "Ende"),
        ({"end": "31.02.2027"}, "Datum"),
        ({"progress": "150"}, "100"),
        ({"progress": "viel"}, "Prozent"),
        ({"phase": "unfug"}, "unfug"),
        ({"due_kind": "law", "due": ""}, "Frist"),
        ({"goals": "unfug"}, "unfug"),
        ({"lead_unit": ""}, "Federführung"),
        ({"confidentiality": "9"}, "9"),
    ],
    ids=str,
)
def test_a_refused_edit_keeps_what_was_typed(
    head: Client, project: Any, changes: dict[str, str], text: str
) -> None:
    answer = _edit(head, project, _opened(head, project), **{"summary": "Meine Arbeit", **changes})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Meine Arbeit" in page
    assert text in page
    project.refresh_from_db()
    assert (project.version, project.summary) == (1, "")


def test_only_a_publisher_publishes_and_only_at_the_public_level(
    unit_tree: dict[str, Any], head: Client, client_of: Any, project: Any
) -> None:
    digital = client_of("digital-unit")
    assert "published" not in _opened(head, project)
    _edit(head, project, _opened(head, project), published="on", confidentiality="0")
    project.refresh_from_db()
    assert (project.confidentiality, project.published) == (0, False)
    high = _edit(digital, project, _opened(digital, project), confidentiality="1", published="on")
    assert high.status_code == 422
    words = {"public_text": "Wir bauen um.", "public_contact": "bau@stadt.example"}
    told = _edit(digital, project, _opened(digital, project), published="on", **words)
    assert told.status_code == 302
    project.refresh_from_db()
    assert project.published
    raised = _edit(head, project, _opened(head, project), confidentiality="2")
    assert raised.status_code == 422
    project.refresh_from_db()
    assert (project.published, project.confidentiality) == (True, 0)


def test_a_conflict_shows_both_versions_and_loses_nothing(
    unit_tree: dict[str, Any], head: Client, client_of: Any, project: Any
) -> None:
    other = client_of("digital-unit")
    mine = _opened(head, project)
    _edit(other, project, _opened(other, project), title="Titel der anderen", need="Ihr Bedarf")
    answer = _edit(head, project, mine, need="Mein Bedarf\n\nzwei Absätze", summary="Nur meines")
    page = answer.content.decode()
    assert answer.status_code == 409
    for text in ("Titel der anderen", "Ihr Bedarf", "Mein Bedarf", "Nur meines"):
        assert text in page, text
    project.refresh_from_db()
    assert (project.version, project.need) == (2, "Ihr Bedarf")
    choice = form_of(page)
    assert choice["wahl-title"] == ["theirs"]  # not touched by me
    assert choice["wahl-need"] == ["mine"]
    assert head.post(f"/vorhaben/{project.pk}/bearbeiten/", choice).status_code == 302
    project.refresh_from_db()
    assert project.title == "Titel der anderen"
    assert project.need == "Mein Bedarf\n\nzwei Absätze"
    assert (project.summary, project.version) == ("Nur meines", 3)


def test_the_other_version_can_be_chosen_field_by_field(
    unit_tree: dict[str, Any], head: Client, client_of: Any, project: Any
) -> None:
    from leitstand.portfolio.models import FieldOfAction

    one, two = (FieldOfAction.objects.create(code=f"HF{n}", name=f"Feld {n}") for n in (1, 2))
    other = client_of("digital-unit")
    mine = _opened(head, project)
    theirs = _opened(other, project)
    _edit(other, project, theirs, fields_of_action=[str(one.pk)], end="2029", published="",
          confidentiality="0")  # fmt: skip
    answer = _edit(head, project, mine, fields_of_action=[str(two.pk)], end="2030",
                   summary="meins")  # fmt: skip
    choice = form_of(answer.content.decode())
    assert "Feld 1" in answer.content.decode()
    assert "Feld 2" in answer.content.decode()
    choice |= {"wahl-fields_of_action": ["theirs"], "wahl-end": ["theirs"]}
    assert head.post(f"/vorhaben/{project.pk}/bearbeiten/", choice).status_code == 302
    project.refresh_from_db()
    assert list(project.fields_of_action.all()) == [one]
    assert (project.end, project.summary) == (date(2029, 12, 31), "meins")
    assert project.confidentiality == 0


def test_a_third_change_meanwhile_asks_again_and_keeps_all_texts(
    unit_tree: dict[str, Any], head: Client, client_of: Any, project: Any
) -> None:
    other = client_of("digital-unit")
    mine = _opened(head, project)
    _edit(other, project, _opened(other, project), need="Zweite Fassung")
    first = form_of(_edit(head, project, mine, need="Meine Fassung").content.decode())
    _edit(other, project, _opened(other, project), need="Dritte Fassung", title="Dritter Titel")
    again = head.post(f"/vorhaben/{project.pk}/bearbeiten/", first)
    page = again.content.decode()
    assert again.status_code == 409
    assert "Meine Fassung" in page
    assert "Dritte Fassung" in page
    assert "Zweite Fassung" in page  # what both started from
    choice = form_of(page)
    assert choice["wahl-title"] == ["theirs"]
    assert head.post(f"/vorhaben/{project.pk}/bearbeiten/", choice).status_code == 302
    project.refresh_from_db()
    assert (project.need, project.title) == ("Meine Fassung", "Dritter Titel")


def test_two_who_save_the_same_are_no_conflict(head: Client, client_of: Any, project: Any) -> None:
    other = client_of("digital-unit")
    mine = _opened(head, project)
    _edit(other, project, _opened(other, project), need="Gleich")
    assert _edit(head, project, mine, need="Gleich").status_code == 302
    project.refresh_from_db()
    assert (project.version, project.need) == (2, "Gleich")


def test_who_lost_the_right_meanwhile_is_refused(
    unit_tree: dict[str, Any], client_of: Any, project: Any
) -> None:
    from leitstand.portfolio.actions.items import remove_item

    person = make_person(unit_tree["20"])
    row = lead(project, person)
    client = client_of("project-lead", unit_tree["20"], person=person)
    opened = _opened(client, project)
    remove_item("person", row.pk, actor=SYSTEM, version=1)
    assert _edit(client, project, opened, title="Zu spät").status_code == 403
    project.refresh_from_db()
    assert project.title == "Digitaler Bauantrag"
