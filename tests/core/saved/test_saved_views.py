"""Saved views over HTTP: save, open, share, rename, delete; nobody sees more through one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.portfolio.making import make_person, make_project

from leitstand.core.accounts.identity import of_account
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.saved import actions
from leitstand.core.saved.models import SavedView

NEW = "/ansichten/neu/?page=list&query=phase%3Drunning%26page%3D3"


def _saved(client: Any, name: str = "Laufende", **more: Any) -> SavedView:
    values = {"page": "list", "query": "phase=running", **more}
    return actions.save_view(actor=of_account(client.account), name=name, **values)


def _html(client: Any, url: str) -> str:
    return str(client.get(url).content.decode())


def test_a_selection_is_saved_and_opened_again(client_of: Any) -> None:
    client = client_of("member")
    assert "Name der Ansicht" in _html(client, NEW)
    answer = client.post(NEW, {"name": " Laufende   Vorhaben "})
    assert answer.url == "/vorhaben/?phase=running", "the number of the page is not kept"
    view = SavedView.objects.get()
    assert (view.name, view.audience) == ("Laufende Vorhaben", "private")
    assert client.get(f"/ansichten/{view.pk}/").url == "/vorhaben/?phase=running"
    assert "Laufende Vorhaben" in _html(client, "/vorhaben/")
    assert "Laufende Vorhaben" not in _html(client, "/roadmap/")
    assert "Laufende Vorhaben" in _html(client, "/")


@pytest.mark.parametrize("values", [{"name": " "}, {"name": "x" * 101}, {"name": "a\x00b"}])
def test_a_name_that_is_none_is_refused(client_of: Any, values: dict[str, str]) -> None:
    assert client_of("member").post(NEW, values).status_code == 422
    assert not SavedView.objects.exists()


def test_a_name_is_given_once_per_page(client_of: Any) -> None:
    client = client_of("member")
    _saved(client)
    answer = client.post(NEW, {"name": "Laufende"})
    assert answer.status_code == 422
    assert "unter diesem Namen" in answer.content.decode()
    _saved(client, page="roadmap")


def test_an_endless_selection_is_refused(client_of: Any) -> None:
    with pytest.raises(Invalid):
        _saved(client_of("member"), query="q=" + "x" * 2100)


def test_unknown_page_is_missing_and_visitors_log_in(client_of: Any, client: Any) -> None:
    assert client_of("member").get("/ansichten/neu/?page=geheim").status_code == 404
    assert client.get("/ansichten/").status_code == 302
    assert client_of("").get(NEW).status_code == 403


def test_private_views_are_their_owners_alone(client_of: Any) -> None:
    owner, other = client_of("member"), client_of("admin")
    view = _saved(owner, "Nur für mich")
    for url in ("/ansichten/", "/vorhaben/", "/"):
        assert "Nur für mich" not in _html(other, url)
    for step in ("", "bearbeiten/", "loeschen/"):
        assert other.get(f"/ansichten/{view.pk}/{step}").status_code == 404
    assert other.post(f"/ansichten/{view.pk}/loeschen/", {"version": "1"}).status_code == 404


def test_sharing_needs_the_right_for_the_audience(client_of: Any, unit_tree: Any) -> None:
    own, foreign = unit_tree["10"], unit_tree["20"]
    with pytest.raises(NotAllowed):
        _saved(client_of("member"), audience="all")
    head = client_of("unit-head", own)
    with pytest.raises(NotAllowed):
        _saved(head, audience="all")
    with pytest.raises(NotAllowed):
        _saved(head, audience="unit", unit=foreign)
    with pytest.raises(Invalid):
        _saved(head, audience="unit")
    _saved(head, audience="unit", unit=own)
    _saved(client_of("digital-unit"), audience="all")


def test_a_view_for_a_unit_is_found_there_and_below(client_of: Any, unit_tree: Any) -> None:
    below = client_of("member", person=make_person(unit_tree["10.1"]))
    elsewhere = client_of("member", person=make_person(unit_tree["20"], "Bert"))
    _saved(client_of("unit-head", unit_tree["10"]), "Für das Amt",
           audience="unit", unit=unit_tree["10"])  # fmt: skip
    assert "Für das Amt" in _html(below, "/vorhaben/")
    assert "Für das Amt" not in _html(elsewhere, "/vorhaben/")


def test_a_shared_view_shows_nobody_more(client_of: Any, unit_tree: Any) -> None:
    make_project(unit_tree["10"], "Geheimes Vorhaben", confidentiality=3, phase="running")
    view = _saved(client_of("digital-unit"), "Für alle", audience="all")
    member = client_of("member", unit_tree["20"])
    html = _html(member, f"/vorhaben/?{view.query}")
    assert "Für alle" in html
    assert "Geheimes Vorhaben" not in html
    assert member.get(f"/ansichten/{view.pk}/bearbeiten/").status_code == 403
    assert member.post(f"/ansichten/{view.pk}/loeschen/", {"version": "1"}).status_code == 403


def test_two_people_change_one_shared_view(client_of: Any) -> None:
    first, second = client_of("digital-unit"), client_of("digital-unit")
    view = _saved(first, audience="all")
    url = f"/ansichten/{view.pk}/bearbeiten/"
    values = {"version": str(view.version), "audience": "all"}
    assert first.post(url, {**values, "name": "Erster Name"}).status_code == 302
    late = second.post(url, {**values, "name": "Zweiter Name"})
    assert late.status_code == 409
    for name in ("Erster Name", "Zweiter Name"):
        assert name in late.content.decode()
    assert SavedView.objects.get().name == "Erster Name"
    old = second.post(f"/ansichten/{view.pk}/loeschen/", {"version": str(view.version)})
    assert old.status_code == 409
    now = str(SavedView.objects.get().version)
    assert second.post(f"/ansichten/{view.pk}/loeschen/", {"version": now}).status_code == 302
    assert not SavedView.objects.exists()


def test_trail_keeps_no_words_of_private_views(client_of: Any) -> None:
    from leitstand.core.audit.models import AuditEvent

    _saved(client_of("member"), "Privates Wort")
    event = AuditEvent.objects.get(type="saved.view.created")
    assert "Privates" not in f"{event.object_title} {event.changes}"


def test_outdated_parts_are_named_and_left_out(client_of: Any) -> None:
    client = client_of("member")
    view = _saved(client, query="phase=running&colour=blue&sort=nothing")
    html = _html(client, client.get(f"/ansichten/{view.pk}/").url)
    assert "colour" in html
    assert "nothing" in html
    assert "teilweise veraltet" in _html(client, "/ansichten/")
    form = _html(client, f"/ansichten/{view.pk}/bearbeiten/")
    assert "nicht mehr verstanden" in form
    assert "Phase: laufend" in form


def test_a_page_opens_with_ones_own_start_view(client_of: Any, unit_tree: Any) -> None:
    make_project(unit_tree["10"], "Laufendes Vorhaben", phase="running")
    make_project(unit_tree["10"], "Geplantes Vorhaben", phase="planned")
    client, other = client_of("member"), client_of("digital-unit")
    view = _saved(other, "Für alle", audience="all")
    url = f"/ansichten/{view.pk}/start/"
    assert "Für alle" in _html(client, url)
    assert client.get("/vorhaben/").status_code == 200
    assert client.post(url).url == "/vorhaben/?phase=running"
    assert client.get("/vorhaben/").url == "/vorhaben/?phase=running"
    assert other.get("/vorhaben/").status_code == 200, "for others nothing changes"
    assert client.get("/roadmap/").status_code == 200
    html = _html(client, "/vorhaben/?phase=running")
    assert 'href="/vorhaben/?all=yes"' in html, "taking off the filter leads past the start view"
    everything = _html(client, "/vorhaben/?all=yes")
    assert "Geplantes Vorhaben" in everything
    assert "unbekannt" not in everything
    sent = client.get("/vorhaben/?q=&all=yes&phase=")
    assert sent.url == "/vorhaben/?all=yes", "an emptied filter form does not lead back"
    assert client.post(url).status_code == 302
    assert client.get("/vorhaben/").status_code == 200


def test_the_list_of_needs_is_saved_and_opened_the_same_way(client_of: Any) -> None:
    client = client_of("digital-unit")
    html = _html(client, "/bedarfe/?open=yes")
    assert "/ansichten/neu/?page=needs&amp;query=open%3Dyes" in html
    view = _saved(client, "Eingang", page="needs", query="open=yes&oops=1")
    _saved(client, "Dringend", page="needs", query="open=yes&urgency=urgent")
    urgent = _html(client, "/bedarfe/?urgency=urgent&open=yes")
    assert "Gespeicherte Ansicht: Dringend" in urgent, "in whatever order"
    assert "teilweise veraltet" in _html(client, "/ansichten/")
    assert "nicht mehr verstanden" in _html(client, f"/ansichten/{view.pk}/bearbeiten/")
    assert "Gespeicherte Ansicht: Eingang" not in _html(client, "/bedarfe/?open=yes")
    client.post(f"/ansichten/{view.pk}/start/")
    assert client.get("/bedarfe/").url == "/bedarfe/?open=yes&oops=1"
    assert client.get("/bedarfe/?q=&open=").url == "/bedarfe/?all=yes"
    assert 'href="/bedarfe/?all=yes"' in _html(client, "/bedarfe/?open=yes")
    assert "unbekannt" not in _html(client, "/bedarfe/?all=yes")
    assert client_of("councillor").get("/ansichten/neu/?page=needs").status_code == 403


def test_a_start_view_that_one_no_longer_finds_is_not_used(client_of: Any) -> None:
    client, owner = client_of("member"), client_of("digital-unit")
    view = _saved(owner, "Für alle", audience="all")
    client.post(f"/ansichten/{view.pk}/start/")
    actions.change_view(
        view.pk, actor=of_account(owner.account), version=1, name="Meine", audience="private"
    )
    assert client.get("/vorhaben/").status_code == 200
    assert client.get(f"/ansichten/{view.pk}/start/").status_code == 404
    assert client.post(f"/ansichten/{view.pk}/start/").status_code == 404
    actions.delete_view(view.pk, actor=of_account(owner.account), version=2)


def test_a_selection_replaces_the_one_of_a_view(client_of: Any) -> None:
    client = client_of("member")
    view = _saved(client, query="phase=idea")
    _saved(client_of("member"), "Fremde")
    form = _html(client, NEW)
    assert "Fremde" not in form
    key = f"{view.pk}:{view.version}"
    answer = client.post(NEW, {"name": "", "replaces": key})
    assert answer.url == "/vorhaben/?phase=running"
    view = SavedView.objects.get(pk=view.pk)
    assert (view.name, view.query, view.version) == ("Laufende", "phase=running", 2)
    late = client.post(NEW, {"name": "", "replaces": key})
    assert late.status_code == 422, "the version that the form was opened with is gone"
    assert client.post(NEW, {"name": ""}).status_code == 422


def test_a_merged_unit_hands_its_views_on(client_of: Any, unit_tree: Any) -> None:
    from tests.portfolio.making import SYSTEM

    from leitstand.core.org.actions import merge_units

    old, new = unit_tree["10.1"], unit_tree["10.2"]
    view = _saved(client_of("unit-head", unit_tree["10"]), audience="unit", unit=old)
    merge_units(old, actor=SYSTEM, into=new, reason="Reform")
    view.refresh_from_db()
    assert view.unit_id == new.pk


def test_pages_cost_no_more_with_more_views(client_of: Any) -> None:
    client = client_of("member")
    urls = ("/ansichten/", "/vorhaben/", "/")
    counts = []
    for number in (1, 7):
        for part in range(number):
            _saved(client, f"Ansicht {number}.{part}")
        for url in urls:
            client.get(url)
        for url in urls:
            with CaptureQueriesContext(connection) as found:
                client.get(url)
            counts.append(len(found))
    assert counts[:3] == counts[3:]


def test_api(api_client: Any, unit_tree: Any) -> None:
    url = "/api/v1/saved-views"
    owner, other = api_client("digital-unit"), api_client("member")

    def send(client: Any, method: str, path: str, body: Any = None, version: int = 1) -> Any:
        return getattr(client, method)(
            path, body, content_type="application/json", headers={"if-match": f'"{version}"'}
        )

    body = {"page": "list", "name": "Laufende", "query": "phase=running&page=2&oops=1"}
    made = send(owner, "post", url, body)
    assert made.status_code == 201, made.content
    assert made.json()["query"] == "phase=running&oops=1"
    assert len(made.json()["problems"]) == 1
    one = f"{url}/{made.json()['id']}"
    assert owner.get(url).json()["total"] == 1
    assert other.get(url).json()["total"] == 0
    for method in ("get", "patch", "delete"):
        assert send(other, method, one, {"name": "X"}).status_code == 404
    assert send(other, "post", url, {**body, "audience": "all"}).status_code == 403
    assert send(owner, "post", url, {**body, "page": "geheim"}).status_code == 422
    assert send(owner, "post", url, {**body, "query": "a=\x00"}).status_code == 422
    changed = send(owner, "patch", one, {"audience": "all", "query": "phase=idea"})
    assert changed.json()["audience"] == "all", changed.content
    assert other.get(one).json()["own"] is False
    assert send(other, "patch", one, {"name": "X"}, 2).status_code == 403
    assert send(owner, "patch", one, {"name": "X"}, 1).status_code == 412
    assert send(owner, "patch", one, {"audience": "unit"}, 2).status_code == 422
    assert send(owner, "delete", one, version=2).status_code == 204
    assert owner.get(one).status_code == 404
