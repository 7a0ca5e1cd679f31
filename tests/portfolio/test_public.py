"""The public portal: what everybody may read, and that nothing else is to be seen there."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import date
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from tests.portfolio.conftest import on_the_day
from tests.portfolio.making import every_part, make_item, make_person, make_project
from tests.portfolio.views import words
from tests.scenes import scene

ATOM = "{http://www.w3.org/2005/Atom}"
INTERNAL = "Interna Turmfalke"
PAGES = (
    "/", "/oeffentlich/", "/oeffentlich/feed.atom", "/oeffentlich/vorhaben.json",
    "/oeffentlich/vorhaben.csv",
)  # fmt: skip


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "de"})


def publish(unit: Any, title: str, **values: Any) -> Any:
    """A published project with everything internal filled in as well."""
    return make_project(
        unit, title, confidentiality=0, published=True, need=INTERNAL, summary=INTERNAL,
        light_note=INTERNAL, source_status=INTERNAL, external_key=INTERNAL,
        **{"public_text": f"Text zu {title}.", "public_contact": "frag@example.org", **values},
    )  # fmt: skip


def _town(unit_tree: Any) -> dict[str, Any]:
    """Three published projects and three that are not."""
    from leitstand.portfolio.models import FieldOfAction

    field = FieldOfAction.objects.create(code="F", name="Bürgerservice")
    running = publish(
        unit_tree["10"], "Übermorgen online", phase="running", progress=40, fields_of_action=[field],
        start=date(2026, 3, 1), start_precision="month", end=date(2027, 6, 30),
        end_precision="quarter",
    )  # fmt: skip
    person = make_person(unit_tree["11"], INTERNAL, "Person", email="intern@example.org")
    every_part(running, unit_tree["11"], person)
    make_item("risk", running, title=INTERNAL, probability=1, impact=1)
    make_item("milestone", running, title=INTERNAL, due=date(2026, 12, 1))
    make_item("milestone", running, title="Pilot", due=date(2026, 5, 1), public=True)
    make_item("milestone", running, title="Test", due=date(2026, 4, 1), done_on=date(2026, 4, 2),
              public=True)  # fmt: skip
    return {
        "running": running,
        "done": publish(unit_tree["20"], "Fertig", phase="done", progress=90),
        "idea": publish(unit_tree["10.1"], "<b>Zukunft</b> & mehr", phase="idea", public_text=""),
        "field": field,
        "unpublished": make_project(unit_tree["10"], "Noch nicht", confidentiality=0),
        "internal": make_project(unit_tree["10"], "Nur intern"),
        "secret": make_project(unit_tree["10"], "Geheim", confidentiality=3),
    }


_town_scene, town = scene("town", _town, "unit_tree", settings=on_the_day, besides="fixed_today")


def test_list_shows_published_projects_as_cards_with_figures(
    visitor: Client, town: dict[str, Any]
) -> None:
    html = visitor.get("/oeffentlich/").content.decode()
    text = words(html)
    assert html.count('class="ls-card pub-card"') == 3
    assert "geplant 1 Vorhaben in Arbeit 1 Vorhaben abgeschlossen 1 Vorhaben" in text
    assert "zu 40 Prozent fertig" in text
    assert "März 2026 bis 2. Quartal 2027" in text
    assert "&lt;b&gt;Zukunft&lt;/b&gt; &amp; mehr" in html


@pytest.mark.parametrize("path", [*PAGES, "/oeffentlich/{}/"])
def test_nothing_internal_is_public(visitor: Client, town: dict[str, Any], path: str) -> None:
    text = visitor.get(path.format(town["running"].id)).content.decode()
    assert "Übermorgen online" in text
    for hidden in (INTERNAL, "intern@", "Noch nicht", "Nur intern", "Geheim", "Softwarehaus",
                   "Personalwechsel", "P-0000", "og:"):  # fmt: skip
        assert hidden not in text, hidden


@pytest.mark.parametrize("name", ["unpublished", "internal", "secret"])
def test_page_of_any_other_project_is_missing(
    visitor: Client, town: dict[str, Any], name: str
) -> None:
    hidden = visitor.get(f"/oeffentlich/{town[name].id}/")
    missing = visitor.get(f"/oeffentlich/{uuid.UUID(int=3)}/")
    assert hidden.status_code == missing.status_code == 404
    assert town[name].title not in hidden.content.decode()


def test_page_in_plain_words(visitor: Client, town: dict[str, Any]) -> None:
    text = words(visitor.get(f"/oeffentlich/{town['running'].id}/").content.decode())
    assert "Text zu Übermorgen online." in text
    assert "Das Vorhaben läuft." in text
    assert "Zeitraum März 2026 bis 2. Quartal 2027" in text
    assert "Zuständig Hauptamt" in text
    assert "Handlungsfeld Bürgerservice" in text
    assert "frag@example.org" in text
    assert "Test erreicht am 2. April 2026" in text
    assert "Pilot war für den 1. Mai 2026 geplant, noch nicht erreicht" in text
    idea = words(visitor.get(f"/oeffentlich/{town['idea'].id}/").content.decode())
    assert "Eine Beschreibung folgt." in idea
    assert "Das ist eine Idee. Entschieden ist noch nichts." in idea
    assert "Prozent" not in idea


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=fertig", {"Fertig"}),
        ("?q=ÜBERMORGEN", {"Übermorgen online"}),
        ("?phase=done", {"Fertig"}),
        ("?phase=running&phase=paused", {"Übermorgen online"}),
        ("?fields_of_action={field}", {"Übermorgen online"}),
        ("?lead_unit={unit}", {"Übermorgen online", "<b>Zukunft</b> & mehr"}),
        (f"?q={INTERNAL.split()[1]}", set()),
        ("?q=personalwechsel", set()),
        ("?q=p-00001", set()),
    ],
)
def test_filters_and_search_look_at_public_things_alone(
    visitor: Client, town: dict[str, Any], query: str, found: set[str]
) -> None:
    url = query.format(field=town["field"].id, unit=town["running"].lead_unit_id)
    html = visitor.get("/oeffentlich/" + url).content.decode()
    titles = {"Fertig", "Übermorgen online", "<b>Zukunft</b> & mehr"}
    cards = html[html.index('role="status"') : html.index("ls-disclosure")]
    assert {title for title in titles if title in words(cards)} == found


def test_filters_of_internal_lists_are_unknown_here(visitor: Client, town: dict[str, Any]) -> None:
    every = visitor.get("/oeffentlich/").content
    for query in ("?light=red", "?lead=x", "?confidentiality=0", "?late=yes", "?group=phase"):
        answer = visitor.get("/oeffentlich/" + query)
        assert answer.status_code == 200
        assert answer.content.count(b"pub-card__title") == every.count(b"pub-card__title")
    broken = visitor.get("/oeffentlich/?lead_unit=zzz&page=99")
    assert broken.status_code == 200
    assert "zzz" in broken.content.decode()


def test_feed_is_valid_atom_with_ids_that_stay(visitor: Client, town: dict[str, Any]) -> None:
    response = visitor.get("/oeffentlich/feed.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(ATOM + name) is not None, name
    entries = feed.findall(f"{ATOM}entry")
    ids = {entry.findtext(f"{ATOM}id") for entry in entries}
    assert ids == {f"urn:uuid:{town[name].id}" for name in ("running", "done", "idea")}
    for entry in entries:
        moment = entry.findtext(f"{ATOM}updated") or ""
        assert moment[10] == "T"
        assert moment[-6] in "+-"
        assert entry.find(f"{ATOM}link").get("href", "").startswith("http")  # type: ignore[union-attr]
    titles = {entry.findtext(f"{ATOM}title") for entry in entries}
    assert "<b>Zukunft</b> & mehr" in titles
    town["running"].title = "Neuer Name"
    town["running"].save()
    again = fromstring(visitor.get("/oeffentlich/feed.atom").content)
    assert {e.findtext(f"{ATOM}id") for e in again.findall(f"{ATOM}entry")} == ids


def test_empty_feed_is_valid_and_always_the_same(visitor: Client, unit_tree: Any) -> None:
    first = visitor.get("/oeffentlich/feed.atom").content
    assert fromstring(first).findtext(f"{ATOM}updated")
    assert visitor.get("/oeffentlich/feed.atom").content == first


def test_open_data(visitor: Client, town: dict[str, Any]) -> None:
    from leitstand.core.base.actor import Actor
    from leitstand.shell.actions import change_site
    from leitstand.shell.context import forget_site
    from leitstand.shell.models import Licence

    assert visitor.get("/oeffentlich/vorhaben.json").json()["licence"] == {"name": "", "url": ""}
    change_site(actor=Actor.system("test"), city="Musterhausen", data_licence=Licence.DL_ZERO)
    forget_site()
    response = visitor.get("/oeffentlich/vorhaben.json")
    body = response.json()
    assert body["publisher"] == "Musterhausen"
    assert body["licence"]["url"] == Licence.DL_ZERO
    assert response["Link"] == f'<{Licence.DL_ZERO}>; rel="license"'
    assert response["Access-Control-Allow-Origin"] == "*"
    (row,) = [row for row in body["projects"] if row["phase"] == "running"]
    assert set(row) == {*body["fields"], "milestones"}
    assert (row["start"], row["end"]) == ("2026-03", "2027-Q2")
    assert [m["title"] for m in row["milestones"]] == ["Test", "Pilot"]

    text = visitor.get("/oeffentlich/vorhaben.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["Titel"] for row in rows] == [
        "<b>Zukunft</b> & mehr",
        "Fertig",
        "Übermorgen online",
    ]
    assert rows[2]["Stand"] == "laufend"


def test_csv_neutralises_formulas(visitor: Client, unit_tree: Any) -> None:
    publish(unit_tree["10"], "=1+1")
    assert ";'=1+1;" in visitor.get("/oeffentlich/vorhaben.csv").content.decode()


def test_withdrawn_project_is_gone_everywhere_though_it_was_cached(
    visitor: Client, town: dict[str, Any]
) -> None:
    before = {path: visitor.get(path) for path in PAGES}
    town["done"].published = False
    town["done"].save()
    for path, old in before.items():
        headers = {"if-none-match": old["ETag"]}
        if "Last-Modified" in old:
            headers["if-modified-since"] = old["Last-Modified"]
        now = visitor.get(path, headers=headers)
        assert now.status_code == 200, path
        assert "Fertig" not in now.content.decode()
    modified = visitor.get("/oeffentlich/feed.atom")["Last-Modified"]
    later = visitor.get("/oeffentlich/feed.atom", headers={"if-modified-since": modified})
    assert later.status_code == 200
    assert visitor.get(f"/oeffentlich/{town['done'].id}/").status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "/oeffentlich/{}/"])
def test_caches_may_keep_what_visitors_read(
    visitor: Client, town: dict[str, Any], path: str
) -> None:
    url = path.format(town["running"].id)
    first = visitor.get(url)
    assert first["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    assert "csrfmiddlewaretoken" not in first.content.decode()
    assert first.content == Client(headers={"accept-language": "de"}).get(url).content
    again = visitor.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_somebody_logged_in_reads_is_private(client_of: Any, town: dict[str, Any]) -> None:
    browser = client_of("member")
    response = browser.get(f"/oeffentlich/{town['running'].id}/")
    assert response["Cache-Control"] == "private, no-cache"
    assert INTERNAL not in response.content.decode()


def test_queries_do_not_grow_with_projects(
    visitor: Client, town: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        project = publish(town["running"].lead_unit, f"Vorhaben {number}", phase="running")
        make_item("milestone", project, title="M", due=date(2027, 1, 1), public=True)
    with django_assert_max_num_queries(12):
        visitor.get("/oeffentlich/")
    with django_assert_max_num_queries(8):
        assert len(json.loads(visitor.get("/oeffentlich/vorhaben.json").content)["projects"]) == 23


@pytest.mark.parametrize("path", PAGES)
def test_nothing_published_yet(visitor: Client, unit_tree: Any, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    if response["Content-Type"].startswith("text/html"):
        assert "Noch ist kein Vorhaben veröffentlicht." in words(response.content.decode())


def test_pages_only_answer_to_reading(visitor: Client, town: dict[str, Any]) -> None:
    for path in PAGES:
        assert visitor.post(path).status_code == 405
        assert visitor.head(path).status_code == 200
