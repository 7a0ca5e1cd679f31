"""The table of projects over HTTP: filters, groups, columns, changes in place and in bulk."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstand.core.tables.filters import Kind
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries.exports import SOURCES
from leitstand.portfolio.queries.projects import PROJECT_LIST
from leitstand.portfolio.tables import PROJECTS
from tests.portfolio.making import form_of, make_item, make_project
from tests.portfolio.views import TODAY, World, page, titles, words

HTMX = {"HX-Request": "true"}


# --- what is shown --------------------------------------------------------------------------------


def test_rows_carry_number_unit_phase_and_german_dates(staff: Any, world: World) -> None:
    text = words(page(staff, "/vorhaben/"))
    for part in (
        "Übergabe der E-Akte",
        "Organisation",
        "laufend",
        "01.01.2026",
        "40 %",
        "Özlem Ähre",
    ):
        assert part in text
    assert "verspätet" in text


def test_markup_in_titles_stays_text(staff: Any, world: World) -> None:
    html = page(staff, "/vorhaben/")
    assert "<Tierpark>" not in html
    assert "Zoo &amp; &lt;Tierpark&gt;" in html


def test_search_and_filters_agree_with_the_count(staff: Any, world: World) -> None:
    for query, found in (
        ("q=ÜBERGABE", ["Übergabe der E-Akte"]),
        ("q=registratur", ["Alte Registratur"]),
        (f"lead_unit={world.units['1'].id}", ["Übergabe der E-Akte", "Alte Registratur"]),
        (f"lead_unit_only={world.units['1'].id}", []),
        ("phase=done&phase=idea", ["Alte Registratur", "Zoo & <Tierpark>"]),
        (f"fields_of_action={world.other_field.id}", ["Übergabe der E-Akte"]),
        ("fields_of_action=-", ["Zoo & <Tierpark>"]),
        (f"programme={world.programme.id}", ["Übergabe der E-Akte"]),
        ("programme=-", ["Alte Registratur", "Zoo & <Tierpark>"]),
        (f"goals={world.goal.id}", ["Übergabe der E-Akte"]),
        (f"lead={world.person.id}", ["Übergabe der E-Akte"]),
        ("lead_name=ÄHRE+özl", ["Übergabe der E-Akte"]),
        ("lead_name=Özlem+Müller", []),
        ("lead=-", ["Alte Registratur", "Zoo & <Tierpark>"]),
        ("end_to=2025", ["Alte Registratur"]),
        ("progress_from=50", ["Alte Registratur"]),
        ("light=red", ["Übergabe der E-Akte"]),
        ("size=-", ["Alte Registratur", "Zoo & <Tierpark>"]),
        ("confidentiality=0", ["Übergabe der E-Akte"]),
        ("late=yes", ["Übergabe der E-Akte"]),
    ):
        html = page(staff, f"/vorhaben/?{query}")
        shown = titles(html) if "<table" in html else []
        assert shown == found, query
        assert f"{len(found)} Vorhaben gefunden" in words(html), query


def test_a_missed_milestone_makes_late_a_done_one_does_not(staff: Any, world: World) -> None:
    make_item("milestone", world.idea, title="Antrag", due=date(2026, 11, 1))
    make_item("milestone", world.done, title="Abschluss", due=date(2025, 1, 1))
    assert titles(page(staff, "/vorhaben/?late=yes")) == ["Übergabe der E-Akte", "Zoo & <Tierpark>"]
    milestone = world.idea.milestones.get()
    milestone.done_on = TODAY
    milestone.save()
    assert titles(page(staff, "/vorhaben/?late=yes")) == ["Übergabe der E-Akte"]


def test_my_projects_are_those_with_a_role(client_of: Any, world: World) -> None:
    client = client_of("member", world.units["10"], person=world.person)
    assert titles(page(client, "/vorhaben/?mine=yes")) == ["Übergabe der E-Akte"]
    nobody = client_of("member", world.units["10"])
    assert "Kein Vorhaben passt" in page(nobody, "/vorhaben/?mine=yes")


def test_groups_count_all_pages_and_a_project_stands_in_each_of_its_fields(
    staff: Any, world: World
) -> None:
    for number in range(60):
        make_project(world.units["11"], f"Reihe {number:02d}", fields_of_action=[world.field])
    html = page(staff, "/vorhaben/?group=fields_of_action&page=2")
    text = words(html)
    assert "Bürgerservice 62 Einträge" in text
    assert (
        titles(page(staff, "/vorhaben/?group=fields_of_action")).count("Übergabe der E-Akte") == 2
    )
    assert "51 bis 64 von 64" in text
    assert "63 Vorhaben" in text


def test_groups_by_unit_follow_the_tree_and_name_the_unit_above(staff: Any, world: World) -> None:
    make_project(world.units["10"], "Leitung")
    text = words(page(staff, "/vorhaben/?group=lead_unit"))
    text = text[text.index("Hauptamt 1 Eintrag") :]
    heads = (
        "Hauptamt 1 Eintrag Dezernat I", "Organisation 1 Eintrag Hauptamt",
        "Personalamt 1 Eintrag Dezernat I", "Kämmerei 1 Eintrag Dezernat II",
    )  # fmt: skip
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


def test_sorting_by_head_and_by_several(staff: Any, world: World) -> None:
    up = ["Alte Registratur", "Übergabe der E-Akte", "Zoo & <Tierpark>"]
    assert titles(page(staff, "/vorhaben/?sort=title")) == up
    assert titles(page(staff, "/vorhaben/?sort=-title")) == up[::-1]
    assert titles(page(staff, "/vorhaben/?sort=phase,title"))[0] == "Zoo & <Tierpark>"
    assert 'aria-sort="descending"' in page(staff, "/vorhaben/?sort=-title")


def test_columns_are_chosen(staff: Any, world: World) -> None:
    html = page(staff, "/vorhaben/?columns=goals,budget_planned,participating_units,sponsor")
    head = html[html.index("<thead") : html.index("</thead>")]
    assert "Ziele" in head
    assert "Beginn" not in head
    assert "Alles online" in words(html)


def test_the_query_does_not_grow_with_rows(
    staff: Any, world: World, django_assert_max_num_queries: Any
) -> None:
    every = "&columns=" + ",".join(PROJECTS.names())
    page(staff, "/vorhaben/?group=lead_unit" + every)
    with CaptureQueriesContext(connection) as few:
        page(staff, "/vorhaben/?group=lead_unit" + every)
    for number in range(45):
        made = make_project(world.units["10.2"], f"Mehr {number}", fields_of_action=[world.field])
        make_item("person", made, person=world.person, role="lead")
    with django_assert_max_num_queries(len(few)):
        page(staff, "/vorhaben/?group=lead_unit" + every)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%00&lead_unit=%27%3B--",
        "page=99999999",
        "page=abc&sort=%22&group=%3Cscript%3E",
        "columns=" + "x," * 300,
        "lead_unit=" + "&lead_unit=".join(["00000000-0000-0000-0000-000000000000"] * 100),
        "start_from=31.02.2027&end_to=9999-12-31",
        "progress_from=-1e9&progress_to=Infinity",
        "q=" + "%F0%9F%98%80" * 500,
        "budget_year_from=99999999999999999999",
        "confidentiality=7&published=vielleicht",
        "utm_source=mail",
    ],
)
@pytest.mark.parametrize(
    "path", ["/vorhaben/", "/roadmap/", "/board/", "/prioritaeten/", "/kennzahlen/"]
)
def test_hostile_parameters_are_answered_with_a_page(
    staff: Any, world: World, path: str, query: str
) -> None:
    assert "<h1" in page(staff, f"{path}?{query}")


def test_hints_name_what_was_left_out(staff: Any, world: World) -> None:
    text = words(page(staff, "/vorhaben/?phase=running&phase=flying&foo=1"))
    assert "„flying“ passt nicht zu „Phase“" in text
    assert "„foo“ ist hier unbekannt" in text
    assert "1 Vorhaben gefunden" in text


def test_a_sent_filter_form_becomes_a_short_address(staff: Any, world: World) -> None:
    response = staff.get(
        "/vorhaben/?q=akte&lead_unit=&phase=running&sort=&columns=lead&columns=end"
    )
    assert response.status_code == 302
    assert response["Location"] == "/vorhaben/?q=akte&phase=running&columns=lead%2Cend"


def test_active_filters_can_be_taken_off_one_by_one(staff: Any, world: World) -> None:
    html = page(staff, f"/vorhaben/?q=akte&lead_unit={world.units['10'].id}&end_to=2027-01-31")
    assert "Suchbegriff: akte" in words(html)
    assert "Federführung: Hauptamt" in words(html)
    assert "Ende: bis 31.01.2027" in words(html)
    assert f'href="/vorhaben/?lead_unit={world.units["10"].id}&amp;end_to=2027-01-31"' in html


def test_titles_of_300_signs_and_projects_without_dates(
    staff: Any, unit_tree: dict[str, Any]
) -> None:
    make_project(unit_tree["10"], "Ä" * 300)
    for path in (
        "/vorhaben/",
        "/roadmap/",
        "/roadmap/?show=table",
        "/board/",
        "/prioritaeten/",
    ):
        assert "Ä" * 300 in page(staff, path)
    make_project(unit_tree["10"], "Ö" * 300, phase="running", end=date(2026, 1, 1))
    assert "Ö" * 300 in page(staff, "/")


def test_an_empty_portfolio_leads_to_the_import(staff: Any, client_of: Any, unit_tree: Any) -> None:
    html = page(staff, "/vorhaben/")
    assert "Ziehen Sie Ihre Tabelle hierher" in html
    assert 'href="/import/"' in html
    reader = page(client_of("member", unit_tree["10"]), "/vorhaben/")
    assert "Ziehen Sie Ihre Tabelle hierher" not in reader
    assert 'href="/import/"' not in reader
    for path in ("/roadmap/", "/board/", "/prioritaeten/", "/kennzahlen/", "/ziele/", "/"):
        page(staff, path)


# --- one value in its cell ------------------------------------------------------------------------


def cell(project: Project, name: str) -> str:
    return f"/vorhaben/{project.id}/feld/{name}/"


def test_a_value_is_changed_in_place(staff: Any, world: World) -> None:
    editor = staff.get(cell(world.open, "end"), headers=HTMX).content.decode()
    assert "<html" not in editor
    values = {**form_of(editor), "end": ["Q2 2027"]}
    response = staff.post(cell(world.open, "end"), values, headers=HTMX)
    assert "Q2 2027" in response.content.decode()
    world.open.refresh_from_db()
    assert (world.open.end, world.open.end_precision) == (date(2027, 6, 30), "quarter")


def test_without_javascript_the_cell_is_a_page(staff: Any, world: World) -> None:
    html = page(staff, cell(world.open, "phase"))
    assert "<html" in html
    response = staff.post(cell(world.open, "phase"), {**form_of(html), "phase": "paused"})
    assert response.status_code == 302
    world.open.refresh_from_db()
    assert world.open.phase == "paused"


def test_cancelling_leads_back_with_and_without_javascript(staff: Any, world: World) -> None:
    address = cell(world.open, "progress") + "?abbrechen"
    part = staff.get(address, headers=HTMX)
    assert (part.status_code, b"<html" in part.content) == (200, False)
    response = staff.get(address)
    assert (response.status_code, response["Location"]) == (302, "/vorhaben/")


@pytest.mark.parametrize(
    ("name", "value"),
    [("phase", "flying"), ("phase", ""), ("end", "irgendwann"), ("end", "2020-01-01"), ("progress", "101"),
     ("progress", "viel"), ("external_key", "x" * 200)],
)  # fmt: skip
def test_a_wrong_value_stays_in_the_editor_with_the_reason(
    staff: Any, world: World, name: str, value: str
) -> None:
    values = {**form_of(page(staff, cell(world.open, name))), name: value}
    html = staff.post(cell(world.open, name), values, headers=HTMX).content.decode()
    assert "kern-error" in html
    before = Project.objects.get(pk=world.open.pk)
    assert before.version == world.open.version


def test_a_conflict_shows_both_values_in_place(staff: Any, client_of: Any, world: World) -> None:
    mine = form_of(page(staff, cell(world.open, "progress")))
    other = client_of("digital-unit")
    theirs = form_of(page(other, cell(world.open, "progress")))
    other.post(cell(world.open, "progress"), {**theirs, "progress": "55"})
    html = staff.post(
        cell(world.open, "progress"), {**mine, "progress": "60"}, headers=HTMX
    ).content.decode()
    assert "55 %" in words(html)
    assert 'value="60"' in html
    staff.post(cell(world.open, "progress"), form_of(html) | {"progress": "60"}, headers=HTMX)
    world.open.refresh_from_db()
    assert world.open.progress == 60


def test_only_those_who_may_change_see_and_reach_the_editor(client_of: Any, world: World) -> None:
    reader = client_of("member", world.units["20"])
    assert "/feld/" not in page(reader, "/vorhaben/")
    assert reader.get(cell(world.open, "phase")).status_code == 403
    assert (
        reader.post(cell(world.open, "phase"), {"phase": "done", "version": 1}).status_code == 403
    )
    assert reader.get(cell(world.secret, "phase")).status_code == 404
    assert reader.get(cell(world.open, "number")).status_code in (403, 404)


# --- many projects at once ------------------------------------------------------------------------


def rows(*projects: Project) -> list[str]:
    return [f"{project.pk}:{project.version}" for project in projects]


def test_bulk_change_shows_a_preview_then_applies(staff: Any, world: World) -> None:
    ids = [str(world.open.pk), str(world.idea.pk)]
    ask = staff.post("/vorhaben/aendern/", {"field": "phase", "id": ids}).content.decode()
    assert "Übergabe der E-Akte" in ask
    values = {**form_of(ask, 'name="step"'), "phase": "paused"}
    preview = staff.post("/vorhaben/aendern/", values).content.decode()
    assert "pausiert" in words(preview)
    assert Project.objects.filter(phase="paused").count() == 0
    result = staff.post("/vorhaben/aendern/", form_of(preview, 'name="step"')).content.decode()
    assert "2 Vorhaben wurden geändert" in words(result)
    assert Project.objects.filter(phase="paused").count() == 2


def test_bulk_change_leaves_out_what_somebody_else_changed(staff: Any, world: World) -> None:
    Project.objects.filter(pk=world.idea.pk).update(version=9)
    values = {
        "field": "light",
        "light": "green",
        "step": "apply",
        "row": rows(world.open, world.idea),
    }
    text = words(staff.post("/vorhaben/aendern/", values).content.decode())
    assert "1 Vorhaben wurde geändert" in text
    assert "Jemand anderes hat dieses Vorhaben" in text or "inzwischen" in text
    world.idea.refresh_from_db()
    assert world.idea.light == "grey"


def test_bulk_change_of_all_found_follows_the_selection(staff: Any, world: World) -> None:
    values = {"field": "size", "all": "1", "selection": "phase=done&phase=idea"}
    text = staff.post("/vorhaben/aendern/", values).content.decode()
    assert "Alte Registratur" in text
    assert "Übergabe" not in text


def test_bulk_change_never_reaches_foreign_or_hidden_projects(client_of: Any, world: World) -> None:
    head = client_of("unit-head", world.units["10"])
    values = {
        "field": "phase", "phase": "cancelled", "step": "apply",
        "row": rows(world.open, world.done, world.secret),
    }  # fmt: skip
    html = head.post("/vorhaben/aendern/", values).content.decode()
    assert "Turmfalke" not in html
    phases = dict(Project.objects.values_list("pk", "phase"))
    assert phases[world.open.pk] == "cancelled"
    assert phases[world.done.pk] == "done"
    assert phases[world.secret.pk] == "running"


@pytest.mark.parametrize(
    "values",
    [
        {"field": "phase", "row": "x:y", "step": "apply", "phase": "done"},
        {"field": "phase", "id": "'; --"},
        {"field": "password"},
        {},
        {"field": "phase", "all": "1", "selection": "%00=&&&="},
        {"field": "start", "step": "preview", "start": "31.02.2026", "id": "1"},
    ],
)
def test_bulk_change_survives_nonsense(staff: Any, world: World, values: dict[str, str]) -> None:
    before = list(Project.objects.order_by("pk").values_list("version", flat=True))
    assert staff.post("/vorhaben/aendern/", values).status_code in (200, 302)
    assert list(Project.objects.order_by("pk").values_list("version", flat=True)) == before


def test_the_way_back_never_leaves_the_site(staff: Any, world: World) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = staff.post("/vorhaben/aendern/", {"field": "x", "back": target})
        assert response["Location"] == "/vorhaben/"


def test_the_start_page_leads_to_new_projects_for_those_who_may(
    client_of: Any, world: World
) -> None:
    html = page(client_of("digital-unit"), "/")
    assert 'href="/vorhaben/neu/' in html
    assert "Tabelle importieren" in html
    html = page(client_of("member", world.units["10.1"]), "/")
    assert 'href="/vorhaben/neu/' in html
    assert "Tabelle importieren" not in html
    assert 'href="/vorhaben/neu/' not in page(client_of("councillor"), "/")


# --- documentation --------------------------------------------------------------------------------


def test_the_reference_names_every_filter_group_and_download() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / "lists.md").read_text()
    wanted = [
        name
        for f in PROJECT_LIST.filters.values()
        if f.kind is not Kind.TEXT or f.name == "lead_name"
        for name in f.parameters()
    ]
    wanted += [column.name for column in PROJECTS.groupable()]
    wanted += [kind for kind in SOURCES if kind != "projects"]
    assert [name for name in wanted if f"`{name}`" not in text and f"`{name}=" not in text] == []
