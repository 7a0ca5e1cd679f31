"""What an administrator does: organisation, people, reasons; two people at once."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from leitstand.core.base.actor import Actor
from leitstand.core.org.actions import create_person
from leitstand.core.org.models import OrgUnit, Person

SYSTEM = Actor.system("test")


def url(name: str, *args: Any) -> str:
    return reverse(f"administration:{name}", args=args)


def hidden_and_chosen(page: str) -> dict[str, str]:
    """Return what the form of a page would post: hidden fields and checked radio buttons."""
    form = page[page.index("<main") :]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    pairs += re.findall(r'type="radio" name="(\w+)" value="([^"]*)" checked', form)
    return {name: html.unescape(value) for name, value in pairs}


def test_a_unit_from_birth_to_dissolution(client_of: Any, unit_tree: Any) -> None:
    client = client_of("digital-unit")
    form = {"code": "30", "name": "Rechtsamt", "kind": "department", "parent": unit_tree["1"].id}
    made = client.post(url("unit_new"), form)
    unit = OrgUnit.objects.get(code="30")
    assert made.headers["Location"] == url("unit", unit.id)
    rename = {"name": "Rechts- und Versicherungsamt", "kind": "department", "version": 1}
    why = {"reason": "Organisationsverfügung 3/2026"}
    assert client.post(url("unit_rename", unit.id), {**rename, **why}).status_code == 302
    move = {"parent": unit_tree["2"].id, **why}
    assert client.post(url("unit_move", unit.id), move).status_code == 302
    page = client.get(url("unit", unit.id)).content.decode()
    for text in (
        "Rechts- und Versicherungsamt",
        "verschoben unter Dezernat II",
        "verfügung 3/2026",
    ):
        assert text in page
    assert client.post(url("unit_dissolve", unit.id), why).status_code == 302
    page = client.get(url("unit", unit.id)).content.decode()
    assert "aufgelöst" in page
    assert url("unit_rename", unit.id) not in page
    assert "Versicherungsamt" not in client.get(url("units")).content.decode()


def test_a_change_needs_a_reason(client_of: Any, unit_tree: Any) -> None:
    client = client_of("admin")
    for name, more in (
        ("unit_move", {"parent": unit_tree["2"].id}),
        ("unit_merge", {"into": unit_tree["2"].id}),
        ("unit_dissolve", {"on": ""}),
    ):
        page = client.post(url(name, unit_tree["20"].id), more)
        assert page.status_code == 200
        assert 'id="id_reason-error"' in page.content.decode()
    assert OrgUnit.objects.get(code="20").active_to is None


def test_refusals_stand_in_the_form_with_the_entries(client_of: Any, unit_tree: Any) -> None:
    client = client_of("admin")
    page = client.post(
        url("unit_move", unit_tree["1"].id),
        {"parent": unit_tree["10.1"].id, "reason": "Versuch", "on": "2023-06-01"},
    ).content.decode()
    assert 'aria-invalid="true"' in page  # what lies below a unit is not offered as its parent
    assert 'value="Versuch"' in page
    assert 'value="2023-06-01"' in page
    page = client.post(url("unit_dissolve", unit_tree["1"].id), {"reason": "x"}).content.decode()
    assert "2 untergeordnete Einheiten" in page


def test_the_tree_of_a_past_day(client_of: Any, unit_tree: Any) -> None:
    client = client_of("member")
    from leitstand.core.org.actions import rename_unit

    rename_unit(unit_tree["10"], actor=SYSTEM, version=1, name="Zentrale Steuerung")
    then = client.get(url("units"), {"stand": "2021-05-01"}).content.decode()
    assert "Hauptamt" in then
    assert "Zentrale Steuerung" not in then
    assert "Die Organisation am 1. Mai 2021, nach ihrer Chronik." in then
    before = client.get(url("units"), {"stand": "1999-01-01"})
    assert before.status_code == 200
    refused = client.get(url("units"), {"stand": "gestern"})
    assert refused.status_code == 422
    assert "gestern" in refused.content.decode()


def test_two_people_rename_one_unit_and_nothing_is_lost(client_of: Any, unit_tree: Any) -> None:
    client, unit = client_of("admin"), unit_tree["10"]
    first = {"name": "Erste", "kind": "department", "version": 1, "reason": "a"}
    second = {"name": "Zweite", "kind": "department", "version": 1, "reason": "b"}
    assert client.post(url("unit_rename", unit.id), first).status_code == 302
    conflict = client.post(url("unit_rename", unit.id), second)
    assert conflict.status_code == 409
    page = conflict.content.decode()
    assert "Erste" in page
    assert "Zweite" in page
    answer = hidden_and_chosen(page)
    assert client.post(url("unit_rename", unit.id), answer).status_code == 302
    assert OrgUnit.objects.get(code="10").name == "Zweite"


def test_two_people_move_one_person(client_of: Any, unit_tree: Any) -> None:
    client = client_of("admin")
    person = create_person(
        actor=SYSTEM, given_name="Ute", family_name="Blau", unit=unit_tree["10"], email="u@b.de"
    )
    form = {
        "given_name": "Ute", "family_name": "Blau", "email": "u@b.de", "active": "on",
        "version": 1, "unit": unit_tree["11"].id,
    }  # fmt: skip
    assert client.post(url("person", person.id), form).status_code == 302
    late = client.post(
        url("person", person.id), {**form, "unit": unit_tree["20"].id, "function": "Leitung"}
    )
    assert late.status_code == 409
    page = late.content.decode()
    assert "Personalamt" in page
    assert "Kämmerei" in page
    assert client.post(url("person", person.id), hidden_and_chosen(page)).status_code == 302
    person = Person.objects.get(pk=person.pk)
    assert (person.unit, person.function) == (unit_tree["20"], "Leitung")


def test_people_are_found_by_name_unit_and_state(client_of: Any, unit_tree: Any) -> None:
    client = client_of("member")
    for name, code in (("Blau", "10.1"), ("Grün", "20")):
        create_person(actor=SYSTEM, given_name="Ute", family_name=name, unit=unit_tree[code])
    Person.objects.filter(family_name="Grün").update(active=False)

    def shown(**query: str) -> set[str]:
        page = client.get(url("people"), query).content.decode()
        return {name for name in ("Blau", "Grün") if f"{name}, Ute" in page}

    assert shown() == {"Blau"}
    assert shown(inactive="on") == {"Blau", "Grün"}
    assert shown(q="ute gr", inactive="on") == {"Grün"}
    assert shown(unit=str(unit_tree["1"].id), inactive="on") == {"Blau"}
    assert shown(q="<script>") == set()


@pytest.mark.parametrize(
    ("role", "permission", "unit", "level", "word"),
    [
        ("unit-head", "org.view", "10", 3, "Ja, das ist erlaubt"),
        ("unit-head", "org.view", "20", 3, "Vertraulichkeitsstufe"),
        (
            "unit-head",
            "accounts.manage",
            "",
            0,
            "nur mit einer dieser Rollen möglich: Administration",
        ),
        ("digital-unit", "org.change", "20", 1, "nur in anderen Einheiten"),
        ("admin", "accounts.manage", "", 0, "nur mit einer Rolle für die ganze Stadt"),
    ],
)
def test_the_reason_is_given_in_plain_german(
    client_of: Any, unit_tree: Any, role: str, permission: str, unit: str, level: int, word: str
) -> None:
    client = client_of(role, unit_tree["10"])
    query = {
        "permission": permission, "level": level, "unit": unit_tree[unit].id if unit else "",
    }  # fmt: skip
    assert word in html.unescape(client.get(url("why"), query).content.decode())


def test_only_who_assigns_roles_asks_about_others(client_of: Any) -> None:
    other = client_of("unit-head").account
    query = {"permission": "org.view", "level": 1, "account": str(other.id)}
    admin, member = client_of("admin"), client_of("")
    assert "Ja, das ist erlaubt" in admin.get(url("why"), query).content.decode()
    assert "Nein, das ist nicht erlaubt" in member.get(url("why"), query).content.decode()


def test_every_role_is_explained(client_of: Any) -> None:
    page = client_of("member").get(url("roles")).content.decode()
    for text in ("Projektleitung", "Stabsstelle Digitalisierung", "Sie haben diese Rolle"):
        assert text in page
    assert page.count("<h2") >= 8


def test_a_script_keeps_the_organisation(api_client: Any, unit_tree: Any) -> None:
    """The same rules as on the pages: versions, chronicle, refusals in words."""
    from tests.portfolio.talking import call, problem

    client = api_client("digital-unit", scope="write")
    above = str(unit_tree["1"].pk)
    new = {"code": "88", "name": "Amt für Daten", "kind": "department", "parent": above}
    made = call(client, "POST", "/units", new)
    assert made.status_code == 201
    path = "/units/" + made.json()["id"]
    problem(call(client, "POST", "/units", new), 422, "invalid")
    assert call(client, "PATCH", path, {"name": "Datenamt"}).status_code == 428
    changed = call(client, "PATCH", path, {"short_name": "DA"}, if_match="1").json()
    assert (changed["name"], changed["short_name"], changed["version"]) == (new["name"], "DA", 2)
    assert call(client, "PATCH", path, {"name": "X"}, if_match="1").status_code == 412

    person = {"given_name": "Ida", "family_name": "Bit", "unit": made.json()["id"]}
    ida = call(client, "POST", "/people", person).json()
    assert call(client, "POST", f"{path}/dissolve", {}).status_code == 422  # Ida is there
    nowhere = {"unit": "00000000-0000-0000-0000-000000000000"}
    refused = call(client, "PATCH", f"/people/{ida['id']}", nowhere, if_match="1")
    assert refused.status_code == 422
    merged = call(client, "POST", f"{path}/merge", {"into": above, "reason": "Neuordnung"}).json()
    assert (merged["successor"]["id"], merged["active_to"] is None) == (above, False)
    gone = call(client, "PATCH", f"/people/{ida['id']}", {"active": False}, if_match="2")
    assert gone.json()["active"] is False
    reader = api_client("digital-unit", scope="read")
    assert call(reader, "POST", "/units", {**new, "code": "89"}).status_code == 403
