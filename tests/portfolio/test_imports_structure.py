"""How the import writes: in small steps, at last with a fixed number of statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leitstand.core.base.actor import Actor
from leitstand.portfolio.models import ImportRun, Project
from tests.portfolio.importing import load, preview, table, upload, work

ClientOf = Callable[..., Client]
HEADER = ("Nr.", "Titel", "Federführung", "Beteiligte", "Projektleitung", "Handlungsfeld", "Phase")


def listed(count: int, phase: str, *, first: int = 0) -> bytes:
    """A list of so many projects, ten different names in each column."""
    return table(
        *(
            (f"N{n}", f"Vorhaben {n}", "Hauptamt", "Personalamt; Kämmerei", f"Ina Neu{n % 10}er",
             f"Feld {n % 10}", phase)
            for n in range(first, first + count)
        ),
        header=HEADER,
    )  # fmt: skip


def applied(run: Any) -> list[str]:
    """The statements with which a run is applied."""
    from leitstand.portfolio.actions.imports import applying

    ImportRun.objects.filter(pk=run.pk).update(state="applying")
    run.refresh_from_db()
    actor = Actor(kind="user", name="x", account_id=run.started_by_id)
    with CaptureQueriesContext(
        connection,
    ) as found:
        applying.apply_rows(run, actor, lambda *_: None)
    run.refresh_from_db()
    assert run.state == "done"
    return [query["sql"] for query in found]


@pytest.fixture
def head(client_of: ClientOf, unit_tree: dict[str, Any]) -> Client:
    """The head of the digital unit, whose city has all names of the list already."""
    client = client_of("digital-unit")
    load(client, listed(10, "Idee", first=5000), missing_people="create")
    return client


def test_the_number_of_statements_does_not_grow_with_new_rows(head: Client) -> None:
    few = applied(preview(head, listed(5, "Idee")))
    many = applied(preview(head, listed(300, "Idee", first=1000)))
    assert len(many) == len(few), "\n".join(sql[:120] for sql in many)
    assert Project.objects.count() == 315


def test_the_number_of_statements_does_not_grow_with_changed_rows(head: Client) -> None:
    load(head, listed(300, "Idee"))
    few = applied(preview(head, listed(5, "läuft")))
    many = applied(preview(head, listed(300, "geplant")))
    assert len(many) == len(few), "\n".join(sql[:120] for sql in many)
    assert Project.objects.filter(phase="planned").count() == 300


def test_rows_are_read_and_checked_in_small_steps(head: Client) -> None:
    with CaptureQueriesContext(connection) as read:
        run = upload(head, listed(1200, "Idee"))
    inserts = [q["sql"] for q in read if 'INSERT INTO "portfolio_importrow"' in q["sql"]]
    assert len(inserts) >= 3
    if run.state == "mapping":
        page = head.get(f"/import/{run.pk}/")
        assert page.status_code == 200
    with CaptureQueriesContext(connection) as checked:
        head.post(
            f"/import/{run.pk}/zuordnung/",
            {f"column_{index}": name for index, name in run.mapping.items()},
        )
        work()
    sizes = [
        int(found[1])
        for query in checked
        if (found := re.match(r"(\d+) times: UPDATE portfolio_importrow", query["sql"]))
    ]
    assert sizes == [500, 500, 200]


def test_checking_asks_a_fixed_number_of_questions(head: Client) -> None:
    from leitstand.portfolio.actions.imports import checking

    counts = []
    for count in (10, 400):
        run = preview(head, listed(count, "Idee"))
        ImportRun.objects.filter(pk=run.pk).update(state="checking")
        run.refresh_from_db()
        actor = Actor(kind="user", name="x", account_id=run.started_by_id)
        with CaptureQueriesContext(connection) as found:
            checking.check_rows(run, actor, lambda *_: None)
        counts.append(len(found))
    assert counts[0] == counts[1]
