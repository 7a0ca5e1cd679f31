"""A past day: list and profile as they were; rights now and then; nobody changes the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leitstand.core.history import past
from leitstand.core.history.actions import happened
from leitstand.portfolio.actions.items import add_item
from leitstand.portfolio.actions.projects import change_project, delete_project
from leitstand.portfolio.models import Project
from tests.conftest import SYSTEM
from tests.portfolio.making import make_project


@contextmanager
def on(text: str) -> Iterator[None]:
    """What is done in the block was done on this day at noon (UTC)."""
    day = date.fromisoformat(text)
    with happened(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        yield


def change(project: Any, **values: Any) -> None:
    project.refresh_from_db()
    change_project(project.pk, actor=SYSTEM, version=project.version, values=values, reason="Test")


@pytest.fixture
def project(unit_tree: Any) -> Any:
    """Called "Alt" from 1 March, "Neu" from 1 April 2026."""
    with on("2026-01-01"):
        other = make_project(unit_tree["20"], title="Anderes")
    with on("2026-03-01"):
        made = make_project(unit_tree["10"], title="Alt")
    with on("2026-04-01"):
        change(made, title="Neu", progress=40)
    del other
    return made


def titles(client: Any, day: str = "", **more: str) -> str:
    query = {"stand": day, **more} if day else more
    return client.get(reverse("portfolio:list"), query).content.decode()


def test_list_of_a_past_day(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    then, before = titles(client, "2026-03-31"), titles(client, "2026-02-28")
    assert "Alt" in then and "Neu</a>" not in then and "Anderes" in then
    assert "Anderes" in before and ">Alt<" not in before
    assert "Stand vom 31. März 2026" in then
    assert ">Neu<" in titles(client)


def test_profile_of_a_past_day(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    address = reverse("portfolio:project", args=[project.pk])
    page = client.get(address, {"stand": "2026-03-31"}).content.decode()
    assert "<h1" in page and "Alt" in page
    main = page.split("<main")[1]
    assert "bearbeiten/" not in main and "/neu/" not in main
    assert "bearbeiten/" in client.get(address).content.decode()


def test_links_keep_the_day(project: Any, client_of: Callable[..., Any]) -> None:
    page = titles(client_of("digital-unit"), "2026-03-31")
    assert f"/vorhaben/{project.pk}/?stand=2026-03-31" in page
    assert 'href="/roadmap/?stand=2026-03-31"' in page
    assert 'href="/import/"' not in page


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-12-31", "1. Januar 2026"),
        ("2099-01-01", "noch vor uns"),
        ("gestern", "kein Tag"),
        ("2026-02-30", "kein Tag"),
    ],
)
def test_days_that_cannot_be_shown(
    project: Any, client_of: Callable[..., Any], day: str, words: str
) -> None:
    answer = client_of("digital-unit").get(reverse("portfolio:list"), {"stand": day})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_nothing_is_changed_in_the_past(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    cell = reverse("portfolio:cell", args=[project.pk, "title"])
    assert client.post(f"{cell}?stand=2026-03-31", {"title": "X"}).status_code == 403
    with past.as_of(date(2026, 3, 31)), pytest.raises(past.PastIsReadOnly), atomic():
        Project.objects.filter(pk=project.pk).update(title="X")
    project.refresh_from_db()
    assert project.title == "Neu"


def test_raised_level_hides_the_past(project: Any, client_of: Callable[..., Any]) -> None:
    with on("2026-05-01"):
        change(project, confidentiality=2)
    member = client_of("member", Project.objects.get(title="Anderes").lead_unit)
    assert ">Alt<" not in titles(member, "2026-03-31")
    assert ">Alt<" in titles(client_of("digital-unit"), "2026-03-31")


def test_former_secrets_stay_secret(unit_tree: Any, client_of: Callable[..., Any]) -> None:
    with on("2026-01-01"):
        made = make_project(unit_tree["10"], title="Geheimplan", confidentiality=3)
    with on("2026-02-01"):
        change(made, confidentiality=1)
    member = client_of("member", unit_tree["20"])
    assert "Geheimplan" in titles(member)
    assert "Geheimplan" in titles(member, "2026-02-01")
    assert "Geheimplan" not in titles(member, "2026-01-31")
    address = reverse("portfolio:project", args=[made.pk])
    assert member.get(address, {"stand": "2026-01-31"}).status_code == 404


def test_deleted_projects_by_role(unit_tree: Any, client_of: Callable[..., Any]) -> None:
    with on("2026-01-01"):
        offen = make_project(unit_tree["10"], title="Offenes")
        geheim = make_project(unit_tree["10"], title="Spaeter")
    with on("2026-02-01"):
        change(geheim, confidentiality=3)
    with on("2026-03-01"):
        for gone in (offen, geheim):
            gone.refresh_from_db()
            delete_project(gone.pk, actor=SYSTEM, version=gone.version, reason="Test")
    member = client_of("member", unit_tree["20"])
    page = titles(member, "2026-01-31")
    assert "Offenes" in page and "Spaeter" not in page
    assert "Spaeter" in titles(client_of("unit-head", unit_tree["10"]), "2026-01-31")
    assert "Offenes" not in titles(member, "2026-03-01")


def test_days_are_the_citys_days(unit_tree: Any) -> None:
    """Midnight in summer is 22:00 UTC, in winter 23:00."""
    with happened(datetime(2026, 3, 28, 22, 59, tzinfo=UTC)):
        make_project(unit_tree["10"], title="Samstag")
    with happened(datetime(2026, 3, 28, 23, 0, tzinfo=UTC)):
        make_project(unit_tree["10"], title="Sonntag")
    with happened(datetime(2026, 3, 29, 22, 0, tzinfo=UTC)):
        make_project(unit_tree["10"], title="Montag")
    seen = {}
    for number in (27, 28, 29, 30):
        with past.as_of(date(2026, 3, number)):
            seen[number] = sorted(Project.objects.values_list("title", flat=True))
    assert seen == {
        27: [], 28: ["Samstag"], 29: ["Samstag", "Sonntag"],
        30: ["Montag", "Samstag", "Sonntag"],
    }  # fmt: skip


def test_downloads_are_written_in_the_past(project: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("digital-unit")
    for form in ("csv", "json"):
        address = reverse("portfolio:export", args=[form])
        answer = client.get(address, {"stand": "2026-03-31"})
        body = b"".join(answer.streaming_content).decode()
        assert "Alt" in body and "Neu" not in body
        assert "2026-03-31" in answer["Content-Disposition"]


def test_api_of_a_past_day(project: Any, api_client: Callable[..., Any]) -> None:
    client = api_client("digital-unit")
    found = client.get("/api/v1/projects", {"as_of": "2026-03-31"}).json()
    assert sorted(row["title"] for row in found["items"]) == ["Alt", "Anderes"]
    one = client.get(f"/api/v1/projects/{project.pk}?as_of=2026-03-31").json()
    assert one["title"] == "Alt"
    early = client.get("/api/v1/projects?as_of=2020-01-01")
    assert early.status_code == 422 and early["Content-Type"] == "application/problem+json"
    answer = client.patch(
        f"/api/v1/projects/{project.pk}?as_of=2026-03-31", {"title": "X"},
        content_type="application/json", headers={"if-match": '"1"'},
    )  # fmt: skip
    assert answer.status_code == 403


def test_parts_of_a_past_day(project: Any, client_of: Callable[..., Any]) -> None:
    with on("2026-05-01"):
        add_item(
            "milestone", project.pk, actor=SYSTEM,
            values={"title": "Abnahme", "due": date(2026, 12, 1)},
        )  # fmt: skip
    client = client_of("digital-unit")
    address = reverse("portfolio:project", args=[project.pk])
    assert "Abnahme" in client.get(address).content.decode()
    assert "Abnahme" in client.get(address, {"stand": "2026-05-01"}).content.decode()
    assert "Abnahme" not in client.get(address, {"stand": "2026-04-30"}).content.decode()


def test_a_page_over_all_copies_its_day_once_and_leaves_nothing(
    project: Any, client_of: Callable[..., Any]
) -> None:
    """SQLite alone needs it; neither another day nor today ever reads a copy."""
    client = client_of("digital-unit")
    address = reverse("portfolio:project", args=[project.pk])
    made = []
    for where, day in (("/vorhaben/", "2026-03-31"), ("/board/", "2026-04-02"), (address, "2026-03-31")):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(where, {"stand": day}).content.decode()
        assert ("Neu" if day > "2026-04" else "Alt") in page
        made.append(sum("CREATE TEMP TABLE" in query["sql"] for query in queries))
    assert made == ([1, 1, 0] if connection.vendor == "sqlite" else [0, 0, 0])
    with past.as_of(date(2026, 3, 31), whole=True):
        outer = list(Project.objects.values_list("title", flat=True))
        with past.as_of(date(2026, 4, 2), whole=True):
            inner = list(Project.objects.values_list("title", flat=True))
        reading = Project.objects.order_by("title").values_list("title", flat=True).iterator(1)
        first = next(reading)  # a download that goes on after its page
    assert (sorted(outer), sorted(inner), first) == (["Alt", "Anderes"], ["Anderes", "Neu"], "Alt")
    assert list(reading) == ["Anderes"]
    titles(client, "2026-03-31")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM temp.sqlite_master WHERE name LIKE 'of_day%'")
            assert cursor.fetchall() == []
