"""The start page as cockpit: whose things it shows, what has changed since the last visit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leitstand.core.accounts.actions import PAUSE, note_visit
from leitstand.core.accounts.models import Visit
from leitstand.core.accounts.visits import last_visit
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.portfolio.actions.projects import change_project
from leitstand.portfolio.models import Project
from tests.portfolio.making import make_item, make_project

SYSTEM = Actor.system("test")
PAST = date(2020, 1, 31)


def _html(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def _was_here(client: Any, ago: timedelta = timedelta(days=2)) -> None:
    """The account was on its start page some time ago."""
    note_visit(client.account.pk)
    Visit.objects.filter(account=client.account).update(seen=clock.now() - ago)


def _backdate(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(
        created_at=clock.now() - timedelta(days=9), updated_at=clock.now() - timedelta(days=9)
    )


def test_first_visit_tells_of_no_changes(client_of: Any, unit_tree: Any) -> None:
    make_project(unit_tree["10"])
    client = client_of("digital-unit")
    assert "Seit Ihrem Besuch" not in _html(client)
    assert last_visit(client.account.pk) is None


def test_a_pause_begins_a_new_visit_and_a_short_one_does_not(client_of: Any) -> None:
    client = client_of("digital-unit")
    _was_here(client, PAUSE - timedelta(minutes=1))
    assert note_visit(client.account.pk) is None
    before = clock.now() - PAUSE
    Visit.objects.update(seen=before)
    assert note_visit(client.account.pk) == before
    assert note_visit(client.account.pk) == before, "the same visit goes on"


def test_change_since_the_last_visit_is_told_in_words(client_of: Any, unit_tree: Any) -> None:
    project = make_project(unit_tree["10"], "Bauantrag", phase="planned")
    quiet = make_project(unit_tree["10"], "Ruhiges Vorhaben")
    for each in (project, quiet):
        _backdate(each)
    client = client_of("digital-unit")
    _was_here(client)
    project.refresh_from_db()
    change_project(project.pk, actor=SYSTEM, version=project.version, values={"phase": "running"})
    html = _html(client)
    changed = html[html.index('id="changed"') :]
    changed = changed[: changed.index("</section>")]
    assert "Bauantrag" in changed
    assert "geplant → laufend" in changed
    assert "Ruhiges Vorhaben" not in changed


def test_no_changes_are_said_plainly(client_of: Any, unit_tree: Any) -> None:
    _backdate(make_project(unit_tree["10"]))
    client = client_of("digital-unit")
    _was_here(client)
    assert "Es hat sich nichts geändert." in _html(client)


def test_words_of_a_more_confidential_time_stay_hidden(client_of: Any, unit_tree: Any) -> None:
    project = make_project(unit_tree["10"], "Bauantrag", confidentiality=3)
    client = client_of("member", unit_tree["20"])
    _was_here(client, timedelta(minutes=40))
    change_project(
        project.pk, actor=SYSTEM, version=project.version, values={"title": "Geheimer Name"}
    )
    assert "Geheimer Name" not in _html(client)
    project.refresh_from_db()
    values = {"title": "Bauantrag", "confidentiality": 0}
    change_project(project.pk, actor=SYSTEM, version=project.version, values=values)
    assert "Geheimer Name" not in _html(client)


def test_another_account_never_learns_when_somebody_was_here(client_of: Any) -> None:
    first, second = client_of("admin"), client_of("admin")
    _was_here(first)
    _html(first)
    assert last_visit(second.account.pk) is None
    assert last_visit(None) is None


def test_head_of_a_unit_sees_her_own_area_not_the_city(client_of: Any, unit_tree: Any) -> None:
    own = make_project(unit_tree["10.1"], "Eigenes Vorhaben", phase="running", end=PAST)
    joined = make_project(unit_tree["20"], "Gemeinsames Vorhaben", phase="running", end=PAST)
    make_item("participation", joined, unit=unit_tree["10"])
    make_project(unit_tree["20"], "Fremdes Vorhaben", phase="running", end=PAST)
    html = _html(client_of("unit-head", unit_tree["10"]))
    assert own.title in html
    assert joined.title in html
    assert "Fremdes Vorhaben" not in html
    assert "Verspätet in Ihrem Bereich" in html
    city = _html(client_of("digital-unit"))
    assert "Fremdes Vorhaben" in city
    assert "Verspätet in Ihrem Bereich" not in city


def test_councillor_reads_public_things_in_plain_words(client_of: Any, unit_tree: Any) -> None:
    values = {"phase": "running", "end": PAST}
    make_project(unit_tree["10"], "Öffentliches Vorhaben", confidentiality=0, **values)
    make_project(unit_tree["10"], "Internes Vorhaben", confidentiality=1, **values)
    html = _html(client_of("councillor"))
    assert "Was länger dauert als geplant" in html
    assert "Öffentliches Vorhaben" in html
    assert "Internes Vorhaben" not in html
    assert "Was auf Sie wartet" not in html


@pytest.mark.parametrize(
    ("role", "first", "second"),
    [
        ("digital-unit", "Was sich verspätet und warum", "Was auf Sie wartet"),
        ("unit-head", "Was auf Sie wartet", "Was sich verspätet und warum"),
    ],
)
def test_order_of_the_parts_is_that_of_the_role(
    client_of: Any, unit_tree: Any, role: str, first: str, second: str
) -> None:
    project = make_project(unit_tree["10"], phase="running", end=PAST)
    make_item("decision", project, title="Freigabe der Mittel")
    html = _html(client_of(role, None if role == "digital-unit" else unit_tree["10"]))
    assert html.index(first) < html.index(second)
    assert "Freigabe der Mittel" in html


def test_queries_do_not_grow_with_projects(client_of: Any, unit_tree: Any) -> None:
    client = client_of("unit-head", unit_tree["10"])
    _was_here(client)
    counts = []
    for amount in (2, 12):
        for number in range(amount):
            project = make_project(
                unit_tree["10"], f"Vorhaben {number}", phase="running", end=PAST,
                due=PAST, due_kind="law",
            )  # fmt: skip
            make_item("decision", project, title="Freigabe")
            make_item("milestone", project, title="Abnahme", due=PAST)
        _html(client)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            _html(client)
        counts.append(len(seen))
    assert counts[0] == counts[1]
