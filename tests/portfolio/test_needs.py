"""Needs over HTTP: filed in one line, asked, answered, merged, made a project; who sees what."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from leitstand.portfolio.actions import advice
from leitstand.portfolio.actions.needs import file_need
from leitstand.portfolio.models import AdviceCase, Need, Overlap, Project
from tests.portfolio.making import SYSTEM, make_person, make_project, send
from tests.portfolio.views import World, page, words

SECRET = "Überwachung Kassenbestand"


def make_need(unit: Any, title: str = "Formular für Hundesteuer", **values: Any) -> Any:
    """File a need for the unit."""
    return file_need(actor=SYSTEM, values={"title": title, "unit": unit, **values})


@pytest.fixture
def asker(client_of: Any, world: World) -> Any:
    """An employee of unit 20 with a person."""
    person = make_person(world.units["20"], "Berta", "Frage", email="berta@example.org")
    return client_of("member", world.units["20"], person=person)


@pytest.fixture
def adviser(client_of: Any, world: World) -> Any:
    """Somebody of the digital unit with a person."""
    person = make_person(world.units["10"], "Dora", "Digital", email="dora@example.org")
    return client_of("digital-unit", None, person=person)


def step(client: Any, need: Any, code: str, **values: Any) -> Any:
    """Send one step of the case."""
    version = AdviceCase.objects.get(need=need).version
    url = f"/bedarfe/{need.pk}/schritt/{code}/"
    return client.post(url, {"version": version, **values})


def test_one_line_is_enough(asker: Any, world: World) -> None:
    answer = send_new(asker, title="Ein Formular für die Hundesteuer")
    assert answer.status_code == 302
    need = Need.objects.get()
    assert (need.number, need.unit.code, need.case.state) == ("B-00001", "20", "new")
    assert str(need.contact) == "Berta Frage" == str(need.filed_by)
    text = words(page(asker, answer.url))
    assert "Ihr Bedarf ist angekommen" in text and "Hundesteuer" in text


def send_new(client: Any, **values: Any) -> Any:
    """Fill in the form for a new need."""
    from tests.portfolio.making import form_of

    html = client.get("/bedarfe/neu/").content.decode()
    return client.post("/bedarfe/neu/", {**form_of(html, 'name="title"'), **values})


@pytest.mark.parametrize("title", ["", "   ", "halb \ud800", "x" * 301])
def test_bad_titles_are_refused_with_a_text(asker: Any, title: str) -> None:
    if "\ud800" in title:
        from leitstand.core.base.errors import Invalid

        with pytest.raises(Invalid):
            make_need(None, title)
        return
    answer = send_new(asker, title=title)
    assert answer.status_code == 422
    assert not Need.objects.exists()


def test_from_question_to_project(asker: Any, adviser: Any, world: World) -> None:
    send_new(asker, title="Formular Hundesteuer", description="Heute auf Papier.",
             wished="31.12.2027", legal_basis="OZG § 1a")  # fmt: skip
    need = Need.objects.get()
    assert "1 Bedarf" in words(page(adviser, "/bedarfe/?open=yes"))
    assert step(adviser, need, "uebernehmen").status_code == 302
    assert step(adviser, need, "frage", text="Wie viele Fälle im Jahr?").status_code == 302
    assert "wartet auf die Antwort" in words(page(asker, f"/bedarfe/{need.pk}/"))
    assert "Formular Hundesteuer" in words(page(asker, "/"))
    assert step(asker, need, "antwort", text="Rund 900.").status_code == 302
    case = AdviceCase.objects.get()
    assert (case.state, str(case.handler)) == ("in_review", "Dora Digital")
    done = step(adviser, need, "vorhaben", text="Lohnt sich.")
    project = Project.objects.exclude(pk__in=[p.pk for p in _old(world)]).get()
    assert done.url == f"/vorhaben/{project.pk}/"
    assert (project.title, project.need) == ("Formular Hundesteuer", "Heute auf Papier.")
    assert (project.due, project.due_kind, project.due_basis) == (
        date(2027, 12, 31),
        "law",
        "OZG § 1a",
    )
    text = words(page(asker, f"/bedarfe/{need.pk}/"))
    assert "Ihr Bedarf ist ein Vorhaben geworden" in text and project.number in text


def _old(world: World) -> list[Any]:
    return [world.open, world.done, world.idea, world.secret]


def test_a_closed_case_stays_closed(adviser: Any, world: World) -> None:
    need = make_need(world.units["20"])
    assert (
        step(adviser, need, "beantworten", text="Gibt es schon im Serviceportal.").status_code
        == 302
    )
    case = AdviceCase.objects.get()
    assert (case.state, case.answer, case.decided_by) == (
        "answered", "Gibt es schon im Serviceportal.", "Dora Digital"
    )  # fmt: skip
    for code in ("frage", "ablehnen", "vorhaben", "beantworten"):
        assert step(adviser, need, code, text="noch einmal").status_code == 422, code
    assert step(adviser, need, "wieder-oeffnen", text="Rückfrage").status_code == 302
    assert AdviceCase.objects.get().state == "in_review"


def test_two_decide_at_once(adviser: Any, world: World) -> None:
    need = make_need(world.units["20"])
    answer = adviser.post(f"/bedarfe/{need.pk}/schritt/ablehnen/", {"version": 7, "text": "Nein"})
    assert answer.status_code == 422
    assert "In der Zwischenzeit" in words(answer.content.decode())
    assert AdviceCase.objects.get().state == "new"


def test_merging_goes_in_no_circle(adviser: Any, world: World) -> None:
    first, second = make_need(world.units["20"], "Eins"), make_need(world.units["20"], "Zwei")
    assert (
        step(adviser, first, "zusammenfuehren", text="dasselbe", target="b-00002").status_code
        == 302
    )
    assert (
        step(adviser, second, "zusammenfuehren", text="dasselbe", target="B-00001").status_code
        == 422
    )
    assert (
        step(adviser, second, "zusammenfuehren", text="dasselbe", target="B-00002").status_code
        == 422
    )
    assert step(adviser, second, "zusammenfuehren", text="x", target="P-99999").status_code == 422
    assert "Zwei" in words(page(adviser, f"/bedarfe/{first.pk}/"))


def test_two_people_change_a_need(asker: Any, adviser: Any, world: World) -> None:
    need = make_need(world.units["20"], contact=asker.account.person)
    url = f"/bedarfe/{need.pk}/bearbeiten/"
    from tests.portfolio.making import form_of

    opened = form_of(asker.get(url).content.decode())
    assert send(adviser, url, {"title": "Anders"}).status_code == 302
    answer = asker.post(url, {**opened, "title": "Meins", "description": "Mein langer Text"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Mein langer Text" in html and "Anders" in html and "Meins" in html


# --- who sees what ----------------------------------------------------------------------


def test_a_confidential_need_shows_nowhere(client_of: Any, world: World) -> None:
    secret = make_need(world.units["20"], SECRET, description=SECRET, confidentiality=2)
    other = make_need(world.units["11"], "Kassenbestand Überwachung zählen")
    merged = make_need(world.units["11"], "Kasse")
    advice.merge(merged.pk, actor=SYSTEM, version=1, target=secret, reason="dasselbe")
    Overlap.objects.create(need=other, other_need=secret, note="gleich")
    for role, unit in (("member", "11"), ("unit-head", "11"), ("admin", None), ("auditor", None)):
        client = client_of(role, world.units[unit] if unit else None)
        for url in ("/bedarfe/", "/bedarfe/?q=kassenbestand", f"/bedarfe/{other.pk}/",
                    f"/bedarfe/{merged.pk}/", "/bedarfe/export.csv", "/"):  # fmt: skip
            response = client.get(url)
            body = b"".join(response) if response.streaming else response.content
            assert SECRET not in body.decode(), (role, url)
            assert secret.number not in body.decode(), (role, url)
        assert client.get(f"/bedarfe/{secret.pk}/").status_code == 404
        assert client.post(f"/bedarfe/{secret.pk}/schritt/frage/", {"text": "x"}).status_code == 404
    assert SECRET in page(client_of("unit-head", world.units["20"]), "/bedarfe/")
    assert SECRET in page(client_of("digital-unit"), "/bedarfe/")


def test_similar_things_are_proposed_among_visible_ones_only(adviser: Any, world: World) -> None:
    make_project(world.units["20"], "Hundesteuer: Anmeldung über ein Formular", confidentiality=3)
    seen = make_project(world.units["20"], "Hundesteuer online: Formulare und Bescheide")
    need = make_need(world.units["11"], "Formular für die Hundesteuer")
    text = words(page(adviser, f"/bedarfe/{need.pk}/"))
    assert seen.number in text and "hundesteuer" in text
    assert "Anmeldung über ein Formular" not in text


def test_notes_are_for_advisers(asker: Any, adviser: Any, world: World) -> None:
    need = make_need(world.units["20"], contact=asker.account.person)
    step(adviser, need, "notiz", text="Vorsicht: Haushaltslage")
    assert "Haushaltslage" in page(adviser, f"/bedarfe/{need.pk}/")
    assert "Haushaltslage" not in page(asker, f"/bedarfe/{need.pk}/")


def test_strictly_confidential_needs_are_refused(client_of: Any, world: World) -> None:
    from leitstand.core.base.errors import Invalid

    with pytest.raises(Invalid):
        make_need(world.units["20"], confidentiality=3)


ADDRESSES = {
    "needs": "/bedarfe/", "need_new": "/bedarfe/neu/", "needs_import": "/bedarfe/import/",
    "needs_export": "/bedarfe/export.csv", "need": "/bedarfe/{}/",
    "need_edit": "/bedarfe/{}/bearbeiten/", "need_step": "/bedarfe/{}/schritt/frage/",
    "need_tie": "/bedarfe/{}/schnittmenge/neu/",
    "need_untie": "/bedarfe/{}/schnittmenge/{tie}/entfernen/",
}  # fmt: skip
# Who gets which status, for an internal need of unit 20 by somebody else.
TABLE = [
    ("digital-unit", None, dict.fromkeys(ADDRESSES, 200)),
    ("unit-head", "20", {"needs_import": 403, "need_step": 403, "need_tie": 403, "need_untie": 403}),
    ("unit-head", "11", {"needs_import": 403, "need_step": 403, "need_tie": 403, "need_untie": 403,
                         "need_edit": 403}),
    ("member", "20", {"needs_import": 403, "need_step": 403, "need_tie": 403, "need_untie": 403,
                      "need_edit": 403}),
    ("project-lead", "20", {"needs_import": 403, "need_step": 403, "need_tie": 403,
                            "need_untie": 403, "need_edit": 403}),
    ("admin", None, {"need_new": 403, "needs_import": 403, "need_step": 403, "need_tie": 403,
                     "need_untie": 403, "need_edit": 403}),
    ("auditor", None, {"need_new": 403, "needs_import": 403, "need_step": 403, "need_tie": 403,
                       "need_untie": 403, "need_edit": 403}),
    ("councillor", None, {"needs": 403, "needs_export": 403, "need_new": 403, "needs_import": 403,
                          "need": 404, "need_edit": 404, "need_step": 404, "need_tie": 404,
                          "need_untie": 404}),
    ("", None, {"needs": 403, "needs_export": 403, "need_new": 403, "needs_import": 403,
                "need": 404, "need_edit": 404, "need_step": 404, "need_tie": 404,
                "need_untie": 404}),
]  # fmt: skip


def test_every_address_is_covered() -> None:
    from leitstand.portfolio.web.urls_intake import urlpatterns

    assert {str(pattern.name) for pattern in urlpatterns} == set(ADDRESSES)


@pytest.mark.parametrize(("role", "unit", "others"), TABLE)
def test_who_opens_what(
    client_of: Any, world: World, role: str, unit: str | None, others: Any
) -> None:
    need = make_need(world.units["20"])
    tie = Overlap.objects.create(need=need, project=world.idea)
    client = client_of(role, world.units[unit] if unit else None)
    for name, pattern in ADDRESSES.items():
        url = pattern.format(need.pk, tie=tie.pk)
        assert client.get(url).status_code == others.get(name, 200), (role, name)


def test_visitors_are_sent_to_log_in(client: Any, world: World) -> None:
    need = make_need(world.units["20"])
    for pattern in ADDRESSES.values():
        assert client.get(pattern.format(need.pk, tie=need.pk)).status_code in (302, 403)


def test_the_list_asks_as_often_for_many_as_for_few(
    adviser: Any, world: World, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_need(world.units["20"], "Nummer 0")
    counts = []
    for more in (1, 30):
        for number in range(more):
            make_need(world.units["20"], f"Weitere {number}")
        adviser.get("/bedarfe/")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            adviser.get("/bedarfe/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


# --- files ------------------------------------------------------------------------------


def _upload(client: Any, text: str) -> Any:
    file = io.BytesIO(text.encode())
    file.name = "bedarfe.csv"
    return client.post("/bedarfe/import/", {"file": file})


def test_import_all_or_nothing(adviser: Any, world: World) -> None:
    head = "Nr.;Titel;Amt;Dringlichkeit;Eingang\n"
    bad = _upload(adviser, head + "7;Gut;Kämmerei;hoch;01.10.2026\n8;Schlecht;Gibtesnicht;hoch;\n")
    assert bad.status_code == 422 and not Need.objects.exists()
    assert "Gibtesnicht" in bad.content.decode()
    good = head + "7;Gut;Kämmerei;hoch;01.10.2026\n8;Auch gut;Kämmerei;;\n"
    assert _upload(adviser, good).status_code == 302
    assert _upload(adviser, good).status_code == 302
    assert list(Need.objects.order_by("number").values_list("title", "urgency", "filed_on")) == [
        ("Gut", "high", date(2026, 10, 1)), ("Auch gut", "normal", date(2026, 11, 20)),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_export(adviser: Any, world: World, form: str) -> None:
    make_need(world.units["20"], "=Formel")
    response = adviser.get(f"/bedarfe/export.{form}?open=yes")
    body = b"".join(response.streaming_content)
    assert response.status_code == 200 and body
    if form == "csv":
        assert "Formel" in body.decode() and "\n=Formel" not in body.decode()


def test_import_by_command(tmp_path: Any, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import Namespace

    from leitstand.portfolio.commands.imports import run

    file = tmp_path / "bedarfe.csv"
    file.write_text("Nr.;Titel;Amt\n1;Eins;Kämmerei\n2;Zwei;Gibtesnicht\n", encoding="utf-8")
    plan = Namespace(what="needs", file=file, dry_run=False)
    assert run(plan) == 1 and not Need.objects.exists()
    assert "Zeile 3" in capsys.readouterr().err
    file.write_text("Nr.;Titel;Amt\n1;Eins;Kämmerei\n", encoding="utf-8")
    assert run(Namespace(what="needs", file=file, dry_run=True)) == 0 and not Need.objects.exists()
    assert run(plan) == 0 and run(plan) == 0
    assert Need.objects.get().title == "Eins"
