"""Comments over HTTP: escaping, mentions, limits, tombstones, and who sees what."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.portfolio.making import SYSTEM, make_person
from tests.portfolio.views import World, build, page, words
from tests.scenes import scene

from leitstand.core.base.errors import Invalid
from leitstand.core.comments import actions
from leitstand.core.comments.models import Comment, Mention
from leitstand.core.comments.registry import commentables
from leitstand.core.comments.texts import as_html

_world_scene, world = scene("world", build, "unit_tree")


@pytest.fixture
def anna(client_of: Any, world: World) -> Any:
    """An employee of unit 20."""
    return client_of(
        "member", world.units["20"], person=make_person(world.units["20"], "Anna", "Berg")
    )


@pytest.fixture
def bert(client_of: Any, world: World) -> Any:
    """An employee of unit 11."""
    person = make_person(world.units["11"], "Bert", "von der Aue", email="bert@example.org")
    return client_of("member", world.units["11"], person=person)


def write(client: Any, thing: Any, text: str, kind: str = "project", **more: str) -> Any:
    """Post a comment."""
    return client.post(f"/kommentare/{kind}/{thing.pk}/neu/", {"text": text, **more})


def test_a_comment_is_plain_text(anna: Any, bert: Any, world: World) -> None:
    text = "<script>alert(1)</script> & mehr\nhttps://example.org/a?b=1&c=2). javascript:alert(2)"
    answer = write(anna, world.open, text)
    assert answer.url == f"/vorhaben/{world.open.pk}/#kommentar-{Comment.objects.get().pk}"
    html = page(bert, f"/vorhaben/{world.open.pk}/")
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer"' in html
    assert 'href="javascript' not in html
    assert "Anna Berg" in words(html)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_empty_and_long_ones_come_back(anna: Any, world: World, text: str) -> None:
    answer = write(anna, world.open, text)
    assert answer.status_code == 422 and not Comment.objects.exists()


@pytest.mark.parametrize("text", ["Null\x00", "halb \udc00"])
def test_what_no_store_keeps_is_refused(world: World, text: str) -> None:
    with pytest.raises(Invalid):
        actions.post("project", world.open.pk, actor=SYSTEM, text=text)


def test_nobody_floods_a_page(anna: Any, world: World) -> None:
    codes = [write(anna, world.open, f"Nummer {n}").status_code for n in range(8)]
    assert codes == [302] * 6 + [422] * 2
    Comment.objects.update(created_at=Comment.objects.first().created_at - timedelta(minutes=2))
    assert write(anna, world.open, "später").status_code == 302


# --- mentions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Frage an @Bert von der Aue: geht das?", "@bert@example.org bitte prüfen",
     "(@Bert von der Aue, @Bert von der Aue)"],
)  # fmt: skip
def test_mentions_in_the_text(anna: Any, bert: Any, world: World, text: str) -> None:
    assert write(anna, world.open, text).status_code == 302
    assert str(Mention.objects.get().person) == "Bert von der Aue"
    assert '<strong class="cm-mention">@' in page(anna, f"/vorhaben/{world.open.pk}/")
    assert world.open.title in words(page(bert, "/"))


def test_a_person_is_mentioned_by_name_search(anna: Any, bert: Any, world: World) -> None:
    make_person(world.units["11"], "Berta", "Auer", email="berta@example.org")
    assert '<option value="Bert von der Aue">' in page(anna, "/kommentare/personen/?mention=bert")
    several = write(anna, world.open, "Bitte prüfen", mention="aue")
    assert several.status_code == 422
    html = several.content.decode()
    assert "bert@example.org" in html and "berta@example.org" in html and "Bitte prüfen" in html
    assert write(anna, world.open, "Bitte prüfen", mention="Niemand").status_code == 422
    assert write(anna, world.open, "Bitte prüfen", mention="bert von der aue").status_code == 302
    assert Comment.objects.get().text == "@Bert von der Aue Bitte prüfen"


def test_an_at_without_a_name_stays_text(anna: Any, world: World) -> None:
    assert (
        write(anna, world.open, "@ 10 Uhr, max@example.org, @alle, @@, @Neue Welt").status_code
        == 302
    )
    assert not Mention.objects.exists()


def test_namesakes_are_told_apart(anna: Any, world: World) -> None:
    for unit, mail in (("10", "a1@example.org"), ("11", "a2@example.org")):
        make_person(world.units[unit], "Ada", "Doppelt", email=mail)
    answer = write(anna, world.open, "Hallo @Ada Doppelt")
    assert answer.status_code == 422 and "@a2@example.org" in answer.content.decode()


def test_who_may_not_see_it_is_not_mentioned(client_of: Any, bert: Any, world: World) -> None:
    head = client_of("unit-head", world.units["20"])
    answer = write(head, world.secret, "@Bert von der Aue, siehe hier")
    assert answer.status_code == 422 and not Comment.objects.exists()
    text = words(answer.content.decode())
    assert "kann hier nicht erwähnt werden" in text
    make_person(world.units["20"], "Ohne", "Konto")
    assert write(head, world.secret, "@Ohne Konto").status_code == 422


def test_too_many_mentions(anna: Any, client_of: Any, world: World) -> None:
    names = []
    for number in range(11):
        person = make_person(world.units["20"], "Paula", f"Nr{chr(97 + number)}")
        client_of("member", world.units["20"], person=person)
        names.append(f"@{person}")
    assert write(anna, world.open, ", ".join(names)).status_code == 422
    assert write(anna, world.open, ", ".join(names[:10])).status_code == 302


# --- change and remove ------------------------------------------------------------------


def test_own_comments_change_for_a_day(anna: Any, bert: Any, world: World) -> None:
    write(anna, world.open, "Erste Fassung")
    comment = Comment.objects.get()
    url = f"/kommentare/{comment.pk}/bearbeiten/"
    assert bert.get(url).status_code == 403
    assert bert.post(url, {"text": "fremd", "version": 1}).status_code == 403
    assert anna.post(url, {"text": "Zweite Fassung", "version": 1}).status_code == 302
    assert anna.post(url, {"text": "Dritte", "version": 1}).status_code == 422
    assert "nachträglich geändert" in words(page(bert, f"/vorhaben/{world.open.pk}/"))
    Comment.objects.update(created_at=comment.created_at - timedelta(hours=25))
    assert anna.post(url, {"text": "Zu spät", "version": 2}).status_code == 403
    assert Comment.objects.get().text == "Zweite Fassung"


def test_removed_ones_leave_a_tombstone(anna: Any, bert: Any, client_of: Any, world: World) -> None:
    write(anna, world.open, "Das war unbedacht, @Bert von der Aue")
    comment = Comment.objects.get()
    url = f"/kommentare/{comment.pk}/entfernen/"
    assert bert.post(url).status_code == 403
    staff = client_of("digital-unit")
    assert staff.post(url, {"text": ""}).status_code == 422
    assert anna.post(url).status_code == 302
    comment.refresh_from_db()
    assert (comment.text, bool(comment.removed_at), comment.mentions.count()) == ("", True, 0)
    text = words(page(bert, f"/vorhaben/{world.open.pk}/"))
    assert "wurde entfernt" in text and "unbedacht" not in text
    write(anna, world.open, "Noch eine")
    second = Comment.objects.get(text="Noch eine")
    assert (
        staff.post(f"/kommentare/{second.pk}/entfernen/", {"text": "Beleidigung"}).status_code
        == 302
    )


def test_the_trail_never_says_what_was_written(anna: Any, world: World) -> None:
    from leitstand.core.audit.models import AuditEvent

    write(anna, world.open, "Vertrauliches Wort")
    event = AuditEvent.objects.filter(type="comments.posted").get()
    assert event.object_id == world.open.pk
    assert "Vertrauliches" not in str((event.changes, event.reason, event.personal.details))


# --- who sees what ----------------------------------------------------------------------


def test_comments_follow_their_object(client_of: Any, anna: Any, world: World) -> None:
    write(anna, world.open, "Nur für Interne")
    comment = Comment.objects.get()
    from leitstand.portfolio.models import Project

    Project.objects.filter(pk=world.open.pk).update(confidentiality=3)
    for client in (anna, client_of("digital-unit"), client_of("councillor"), client_of("")):
        for url in (f"/kommentare/{comment.pk}/bearbeiten/", f"/kommentare/{comment.pk}/entfernen/",
                    f"/kommentare/project/{world.open.pk}/neu/"):  # fmt: skip
            assert client.get(url).status_code == 404
            assert client.post(url, {"text": "x", "version": 1}).status_code == 404
    assert Comment.objects.get().text == "Nur für Interne"


def test_a_mention_ends_with_the_sight(client_of: Any, anna: Any, bert: Any, world: World) -> None:
    from leitstand.portfolio.models import Project

    write(anna, world.open, "Hallo @Bert von der Aue")
    assert "Erwähnungen" in words(page(bert, "/"))
    Project.objects.filter(pk=world.open.pk).update(confidentiality=3, published=False)
    assert world.open.title not in words(page(bert, "/"))


@pytest.mark.parametrize(
    ("role", "status"),
    [("digital-unit", 302), ("unit-head", 302), ("project-lead", 302), ("member", 302),
     ("admin", 403), ("auditor", 403), ("councillor", 403), ("emergency", 403), ("", 404)],
)  # fmt: skip
def test_who_writes(client_of: Any, world: World, role: str, status: int) -> None:
    unit = world.units["20"] if role in ("unit-head", "project-lead", "member") else None
    client = client_of(role, unit)
    assert write(client, world.open, "Ein Satz").status_code == status
    expected = {302: 200}.get(status, 403)
    assert client.get("/kommentare/personen/?mention=be").status_code == expected


def test_unknown_kinds_and_objects(anna: Any, world: World) -> None:
    for kind, key in (("project", uuid.uuid4()), ("account", world.open.pk), ("x", world.open.pk)):
        assert anna.post(f"/kommentare/{kind}/{key}/neu/", {"text": "x"}).status_code == 404


def test_all_kinds_are_known_objects() -> None:
    from leitstand.core.base.kinds import resource_kinds

    wanted = {"project", "need", "meeting", "working-group", "task", "early-warning", "rollout"}
    assert wanted <= set(commentables.names())
    assert set(commentables.names()) <= set(resource_kinds.names())


def test_queries_do_not_grow(anna: Any, world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (2, 12):
        for number in range(more):
            actions.post("project", world.open.pk, actor=SYSTEM, text=f"Satz {number}")
        anna.get(f"/vorhaben/{world.open.pk}/")
        with CaptureQueriesContext(connection) as caught:
            anna.get(f"/vorhaben/{world.open.pk}/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_deleted_project_takes_its_comments_along(anna: Any, world: World) -> None:
    from leitstand.portfolio.actions.projects import delete_project

    write(anna, world.open, "Ein Satz")
    world.open.refresh_from_db()
    delete_project(world.open.pk, actor=SYSTEM, version=world.open.version, reason="Versehen")
    assert not Comment.objects.exists()


def test_html_of_nothing() -> None:
    assert as_html("", []) == ""


# --- API --------------------------------------------------------------------------------


def test_api(api_client: Any, world: World) -> None:
    client = api_client("member", world.units["20"])
    payload = {"kind": "project", "object": str(world.open.pk), "text": "Über die Schnittstelle"}
    made = client.post("/api/v1/comments", payload, content_type="application/json")
    assert made.status_code == 201
    listed = client.get(f"/api/v1/comments?kind=project&object={world.open.pk}").json()
    assert [row["text"] for row in listed["items"]] == ["Über die Schnittstelle"]
    url = made["Location"]
    changed = client.patch(url, {"text": "Neu"}, content_type="application/json",
                           headers={"if-match": made["ETag"]})  # fmt: skip
    assert changed.json()["text"] == "Neu"
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["text"] == ""
    hidden = f"/api/v1/comments?kind=project&object={world.secret.pk}"
    assert client.get(hidden).status_code == 404
    reader = api_client("member", world.units["20"], scope="read")
    assert (
        reader.post("/api/v1/comments", payload, content_type="application/json").status_code == 403
    )
