"""The audit trail and the history word the portfolio's events as people read them."""

from __future__ import annotations

import re
from typing import Any

from leitstand.core.base import events
from leitstand.portfolio.actions.exports import record_export
from leitstand.portfolio.actions.items import add_item
from leitstand.portfolio.actions.projects import change_project, event
from tests.portfolio.making import SYSTEM, make_project

TRAIL, PURPOSE = "/verwaltung/protokoll/", "/verwaltung/protokoll/zweck/"


def _words(answer: Any) -> str:
    return re.sub(r"(<[^>]+>|\s)+", " ", answer.content.decode())


def test_the_trail_shows_labels_and_german_values(client_of: Any, unit_tree: Any) -> None:
    project = make_project(unit_tree["10"], confidentiality=1)
    change_project(
        project.pk, actor=SYSTEM, version=1, values={"phase": "planned", "confidentiality": 0}
    )
    risk = {"title": "Lieferverzug", "probability": 2, "impact": 3}
    add_item("risk", project.pk, actor=SYSTEM, values=risk)
    record_export("projects", "xlsx", actor=SYSTEM, selection={"suche": "Bauantrag"})
    client = client_of("auditor")
    client.post(PURPOSE, {"purpose": "Beschwerde vom 12. März über geänderte Termine"})
    text = _words(client.get(TRAIL, {"kind": ""}))
    for part in ("Phase: Idee → geplant", "Vertraulichkeit: intern → öffentlich", "Art: Risiko",
                 "Titel: Lieferverzug", "Liste: Vorhaben", "Format: XLSX", "Bauantrag"):  # fmt: skip
        assert part in text, part
    for part in ("phase:", "part:", "idea", "confidentiality"):
        assert part not in text, part
    csv = b"".join(client.get(f"{TRAIL}csv/").streaming_content).decode()
    assert "Phase: Idee → geplant" in csv


def test_events_about_an_account_name_it(client_of: Any) -> None:
    client = client_of("auditor")
    client.post(PURPOSE, {"purpose": "Beschwerde vom 12. März über geänderte Termine"})
    events.record(
        events.Event(
            type="accounts.account.created", actor=SYSTEM, object_kind="account",
            personal={"username": "erika.muster"}, changes={"email": ["", "e@stadt.example"]},
        )
    )  # fmt: skip
    text = _words(client.get(TRAIL))
    assert "erika.muster" in text
    assert "username" not in text
    assert "E-Mail: e@stadt.example" in text


def test_imported_parts_are_counted_in_the_history(client_of: Any, unit_tree: Any) -> None:
    project = make_project(unit_tree["10"])
    changes = {"part": [None, "risk"], "count": [0, 3]}
    events.record(event("portfolio.item.added", project, SYSTEM, changes))
    text = _words(client_of("unit-head", unit_tree["10"]).get(f"/vorhaben/{project.pk}/verlauf/"))
    assert "Anzahl: 3" in text
    assert "count" not in text
