"""Publishing and withdrawing many projects: what is missing, who may, what the trail says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.portfolio.models import Project
from tests.portfolio.making import form_of, make_project
from tests.portfolio.views import words

ADDRESS = "/vorhaben/aendern/"
PUBLIC: dict[str, Any] = {
    "confidentiality": 0, "public_text": "Wir bauen um.", "public_contact": "digital@stadt.example",
}  # fmt: skip


def published() -> set[str]:
    """Titles of what the public sees."""
    return set(Project.objects.filter(published=True).values_list("title", flat=True))


@pytest.mark.django_db
def test_those_that_are_ready_are_published_and_the_others_say_what_is_missing(
    client_of: Any, unit_tree: dict[str, Any]
) -> None:
    ready = make_project(unit_tree["10"], "Bürgerportal", **PUBLIC)
    bare = make_project(unit_tree["10"], "Rechenzentrum", confidentiality=0)
    internal = make_project(unit_tree["20"], "Personalakte", **{**PUBLIC, "confidentiality": 1})
    secret = make_project(unit_tree["20"], "Turmfalke", **{**PUBLIC, "confidentiality": 3})
    staff = client_of("digital-unit")
    assert 'value="publish"' in staff.get("/vorhaben/").content.decode()
    ids = [str(one.pk) for one in (ready, bare, internal, secret)]

    asked = staff.post(ADDRESS, {"field": "publish", "id": ids}).content.decode()
    text = words(asked)
    assert "1 Vorhaben veröffentlichen" in text
    assert "Öffentliche Beschreibung; Öffentlicher Kontakt" in text or "Text für" in text, text
    assert "Stufe „öffentlich“" in text
    assert "Turmfalke" not in text
    assert published() == set()

    before = AuditEvent.objects.count()
    done = staff.post(ADDRESS, form_of(asked, 'name="step"')).content.decode()
    assert "1 Vorhaben ist jetzt öffentlich." in words(done)
    assert published() == {"Bürgerportal"}
    event = AuditEvent.objects.order_by("-pk")[0]
    assert AuditEvent.objects.count() == before + 1
    assert (event.object_id, event.changes) == (ready.pk, {"published": [False, True]})
    assert "Bürgerportal" in Client().get("/oeffentlich/").content.decode()

    # sent by hand, what is not ready stays unpublished, with the reason
    rows = [f"{one.pk}:{one.version}" for one in (bare, internal, secret)]
    forced = staff.post(ADDRESS, {"field": "publish", "step": "apply", "row": rows})
    assert "2 Vorhaben wurden nicht geändert" in words(forced.content.decode())
    assert published() == {"Bürgerportal"}

    # withdrawn by somebody who saw an older version: left alone
    Project.objects.filter(pk=ready.pk).update(version=9)
    stale = {"field": "withdraw", "step": "apply", "row": f"{ready.pk}:1"}
    assert "inzwischen" in words(staff.post(ADDRESS, stale).content.decode())
    asked = staff.post(ADDRESS, {"field": "withdraw", "id": ids}).content.decode()
    assert "ist nicht öffentlich" in words(asked)
    staff.post(ADDRESS, form_of(asked, 'name="step"'))
    assert published() == set()


@pytest.mark.django_db
def test_without_the_permission_nothing_is_offered_or_done(
    client_of: Any, unit_tree: dict[str, Any]
) -> None:
    ready = make_project(unit_tree["10"], "Bürgerportal", **PUBLIC)
    head = client_of("unit-head", unit_tree["10"])
    assert 'value="publish"' not in head.get("/vorhaben/").content.decode()
    values = {"field": "publish", "step": "apply", "row": f"{ready.pk}:{ready.version}"}
    assert head.post(ADDRESS, values).status_code == 302
    assert published() == set()
