"""Makes projects and people for tests, through the actions."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

from django.test import Client

from leitstand.core.base.actor import Actor

SYSTEM = Actor.system("test")


def make_project(unit: Any, title: str = "Digitaler Bauantrag", **values: Any) -> Any:
    """Create a project led by the unit."""
    from leitstand.portfolio.actions.projects import create_project

    return create_project(actor=SYSTEM, values={"title": title, "lead_unit": unit, **values})


def make_item(part: str, project: Any, /, **values: Any) -> Any:
    """Add a part to a project."""
    from leitstand.portfolio.actions.items import add_item

    return add_item(part, project.pk, actor=SYSTEM, values=values)


def make_person(unit: Any, given: str = "Anna", family: str = "Berg", **values: Any) -> Any:
    """Create a person in the unit."""
    from leitstand.core.org.actions import create_person

    return create_person(actor=SYSTEM, given_name=given, family_name=family, unit=unit, **values)


def lead(project: Any, person: Any, role: str = "lead") -> Any:
    """Give a person a role in the project."""
    return make_item("person", project, person=person, role=role)


def every_part(project: Any, unit: Any, person: Any) -> None:
    """Add one part of every kind."""
    from leitstand.portfolio.models import Skill

    skill, _ = Skill.objects.get_or_create(code="PL", defaults={"name": "Projektleitung"})
    day = date(2027, 5, 31)
    parts: dict[str, dict[str, Any]] = {
        "participation": {"unit": unit, "note": "liefert Daten"},
        "person": {"person": person, "role": "member"},
        "milestone": {"title": "Start des Betriebs", "due": day},
        "work-package": {"title": "Schnittstelle", "start": day, "end": day},
        "effort": {"skill": skill, "effort_days": 12},
        "budget": {"year": 2027, "kind": "investment", "planned": 1000},
        "funding": {"programme_name": "Landesprogramm", "amount": 500, "state": "granted"},
        "consultation": {"kind": "staff_council", "due": day},
        "waiting": {"kind": "procurement", "start": day, "end": day},
        "risk": {"title": "Personalwechsel", "probability": 4, "impact": 4},
        "obstacle": {"kind": "capacity", "title": "Stelle unbesetzt"},
        "decision": {"title": "Beschluss", "decided_on": day},
        "document": {"title": "Projektauftrag", "url": "https://example.org/auftrag"},
        "partner": {"name": "Softwarehaus", "role": "Hersteller"},
    }
    for kind, values in parts.items():
        make_item(kind, project, **values)


_INPUT = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_AREA = re.compile(r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)"[^>]*\bselected\b')
_FIRST = re.compile(r'<option value="([^"]*)"')


def form_of(html: str, marker: str = 'name="version"') -> dict[str, list[str]]:
    """What a browser would post from the form that contains ``marker``, unchanged."""
    forms = re.findall(r"<form\b.*?</form>", html, re.DOTALL)
    form = next(text for text in forms if marker in text)
    found: dict[str, list[str]] = {}
    for tag in _INPUT.findall(form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or (kind in ("checkbox", "radio") and " checked" not in tag):
            continue
        if kind not in ("file", "submit"):
            value = attributes.get("value", "on" if kind == "checkbox" else "")
            found.setdefault(name, []).append(unescape(value))
    for name, text in _AREA.findall(form):
        found.setdefault(name, []).append(unescape(text))
    for name, options in _SELECT.findall(form):
        chosen = _CHOSEN.findall(options) or _FIRST.findall(options)[:1]
        found.setdefault(name, []).extend(unescape(value) for value in chosen)
    found.pop("csrfmiddlewaretoken", None)
    return found


def send(client: Client, url: str, changes: dict[str, Any], **options: Any) -> Any:
    """Open the form at ``url``, change some fields and post it."""
    values: dict[str, Any] = {**form_of(client.get(url).content.decode()), **changes}
    return client.post(url, values, **options)
