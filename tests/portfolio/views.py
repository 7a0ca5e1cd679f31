"""A portfolio with something to hide, and what the tests of the views ask of pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from django.test import Client

from leitstand.portfolio.models import FieldOfAction, Goal, Programme
from tests.portfolio.making import make_item, make_person, make_project

TODAY = date(2026, 11, 20)
SECRET = "Geheimsache Turmfalke"


@dataclass
class World:
    """Objects by short names."""

    units: dict[str, Any]
    programme: Programme
    field: FieldOfAction
    other_field: FieldOfAction
    goal: Goal
    open: Any
    done: Any
    idea: Any
    secret: Any
    person: Any


def build(units: dict[str, Any]) -> World:
    """Four projects: running in 10.1, done in 11, an idea in 20, a secret one in 20."""
    programme = Programme.objects.create(code="DV", name="Digitale Verwaltung")
    field = FieldOfAction.objects.create(code="HF1", name="Bürgerservice", position=1)
    other = FieldOfAction.objects.create(code="HF2", name="Ämter und Akten", position=2)
    goal = Goal.objects.create(code="Z1", name="Alles online", field_of_action=field)
    person = make_person(units["10.1"], "Özlem", "Ähre")
    world = World(
        units=units, programme=programme, field=field, other_field=other, goal=goal, person=person,
        open=make_project(
            units["10.1"], "Übergabe der E-Akte", phase="running", programme=programme,
            fields_of_action=[field, other], goals=[goal], start=date(2026, 1, 1),
            end=date(2026, 10, 31), progress=40, light="red", size="L", confidentiality=0,
        ),
        done=make_project(
            units["11"], "Alte Registratur", phase="done", start=date(2024, 1, 1),
            end=date(2025, 12, 31), progress=100, fields_of_action=[field],
        ),
        idea=make_project(units["20"], "Zoo & <Tierpark>", phase="idea"),
        secret=make_project(
            units["20"], SECRET, phase="running", confidentiality=3, programme=programme,
            fields_of_action=[field], goals=[goal], need=SECRET, start=date(2026, 2, 1),
            end=date(2026, 9, 30), due=date(2026, 8, 1), due_kind="law",
        ),
    )  # fmt: skip
    make_item("person", world.open, person=person, role="lead")
    make_item("milestone", world.open, title="Abnahme; Stufe 1", due=date(2026, 12, 1))
    return world


def hide(world: World) -> None:
    """Give the secret project one part of every kind that must not show anywhere."""
    from tests.portfolio.making import every_part

    other = make_person(world.units["20"], "Turm", "Falke")
    every_part(world.secret, world.units["20"], other)
    for title in ("milestone", "risk"):
        values = (
            {"due": date(2026, 12, 2)} if title == "milestone" else {"probability": 5, "impact": 5}
        )
        make_item(title, world.secret, title=SECRET, **values)
    make_item("budget", world.secret, year=2031, kind="operating", planned=987654)


def page(client: Client, url: str, status: int = 200) -> str:
    """The page's HTML; fails on any other status."""
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return body(response).decode()


def body(response: Any) -> bytes:
    """The whole answer, streamed or not."""
    content: bytes = (
        b"".join(response.streaming_content) if response.streaming else response.content
    )
    return content


def words(html: str) -> str:
    """What people read: without tags, one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def titles(html: str) -> list[str]:
    """The row headings of the first table, in order."""
    table = html[html.index("<table") : html.index("</table>")]
    heads = re.findall(r'<th [^>]*scope="row"[^>]*>(.*?)</th>', table, re.DOTALL)
    return [words(re.findall(r"<a [^>]*>(.*?)</a>", head, re.DOTALL)[0]) for head in heads]


Client_of = Callable[..., Client]
