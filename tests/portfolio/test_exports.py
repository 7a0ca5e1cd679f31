"""Every table as CSV, XLSX and JSON: the right rows, neutral formulas, a trace in the trail."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from leitstand.core.audit.models import AuditEvent, AuditPersonal
from leitstand.portfolio.queries.exports import SOURCES
from tests.portfolio.making import every_part, make_item, make_person, make_project
from tests.portfolio.views import SECRET, World, body, page

FORMATS = ("csv", "xlsx", "json")


def address(kind: str, form: str) -> str:
    return f"/vorhaben/export.{form}" if kind == "projects" else f"/vorhaben/export/{kind}.{form}"


def table(client: Any, url: str) -> list[dict[str, Any]]:
    """The rows of a download as dicts of texts."""
    response = client.get(url)
    assert response.status_code == 200, url
    data = body(response)
    form = url.partition("?")[0].rpartition(".")[2]
    if form == "json":
        rows: list[dict[str, Any]] = json.loads(data)
        return rows
    if form == "csv":
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


@pytest.mark.parametrize("form", FORMATS)
def test_projects_carry_identifier_version_and_german_heads(
    staff: Any, world: World, form: str
) -> None:
    rows = table(staff, f"/vorhaben/export.{form}?sort=title")
    assert len(rows) == 3
    row = rows[1]
    if form == "json":
        assert row["title"] == "Übergabe der E-Akte"
        assert row["number"] == world.open.number
        assert row["version"] == world.open.version
        assert row["start"] == "2026-01-01"
        assert row["phase"] == "running"
        assert row["fields_of_action"] == ["Bürgerservice", "Ämter und Akten"]
    else:
        assert row["Titel"] == "Übergabe der E-Akte"
        assert row["Kennung"] == world.open.number
        assert str(row["Version"]) == str(world.open.version)
        assert row["Phase"] == "laufend"
        assert row["Handlungsfelder"] == "Bürgerservice; Ämter und Akten"
        assert row["Projektleitung"] == "Özlem Ähre"


def test_the_filter_is_the_list_s(staff: Any, world: World) -> None:
    for query in (
        "",
        "phase=done",
        "q=tierpark",
        f"lead_unit={world.units['1'].id}",
        "q=nichts+da",
    ):
        html = page(staff, f"/vorhaben/?{query}")
        number = int(re.findall(r"(\d+) Vorhaben", html)[0])
        assert len(table(staff, f"/vorhaben/export.json?{query}")) == number
    rows = table(staff, "/vorhaben/export.csv?sort=-title&phase=done&phase=idea")
    assert [row["Titel"] for row in rows] == ["Zoo & <Tierpark>", "Alte Registratur"]


def test_only_the_shown_columns_on_request(staff: Any, world: World) -> None:
    (first, *_rest) = table(staff, "/vorhaben/export.csv?which=shown&columns=phase,end")
    assert list(first) == ["Kennung", "Titel", "Phase", "Ende", "Version"]


@pytest.mark.parametrize("form", FORMATS)
def test_formulas_stay_text(staff: Any, unit_tree: Any, form: str) -> None:
    make_project(
        unit_tree["10"], '=HYPERLINK("https://evil.example","Klick")', need="+1", summary="@sum"
    )
    data = body(staff.get(f"/vorhaben/export.{form}"))
    if form == "csv":
        text = data.decode("utf-8-sig")
        assert not re.search(r'(?:^|;)"?[=+@]', text, re.MULTILINE)
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_table_has_rows_and_hides_what_is_hidden(
    client_of: Any, world: World, kind: str, form: str
) -> None:
    from leitstand.portfolio.models import (
        Baseline,
        Dependency,
        Indicator,
        IndicatorValue,
        PriorityCriterion,
        PriorityScore,
    )

    other = make_person(world.units["20"], "Turm", "Falke")
    every_part(world.secret, world.units["20"], other)
    every_part(world.done, world.units["20"], world.person)
    criterion = PriorityCriterion.objects.create(name="Nutzen", kind="weighted")
    for project in (world.secret, world.done):
        Baseline.objects.create(
            project=project, number=1, name=project.title, frozen_on=date(2026, 1, 1)
        )
        PriorityScore.objects.create(
            project=project, criterion=criterion, score=3, note=project.title
        )
    indicator = Indicator.objects.create(code="K1", name="Online-Quote", goal=world.goal)
    IndicatorValue.objects.create(indicator=indicator, day=date(2026, 1, 1), value=1)
    Dependency.objects.create(predecessor=world.done, successor=world.open)
    Dependency.objects.create(predecessor=world.secret, successor=world.open)
    Dependency.objects.create(predecessor=world.done, successor=world.secret)
    rows = table(client_of("member", world.units["10"]), address(kind, form))
    assert rows
    text = json.dumps(rows, default=str)
    assert "Turmfalke" not in text
    assert world.secret.number not in text
    assert str(world.secret.pk) not in text
    if kind == "dependency":
        assert len(rows) == 1


def test_files_are_named_with_the_day_and_are_downloads(staff: Any, world: World) -> None:
    for kind, form, name in (
        ("projects", "csv", "vorhaben-2026-11-20.csv"),
        ("milestone", "xlsx", "meilensteine-2026-11-20.xlsx"),
        ("goal", "json", "ziele-2026-11-20.json"),
    ):
        response = staff.get(address(kind, form))
        body(response)
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_an_export_is_an_event_the_selection_personal(staff: Any, world: World) -> None:
    body(staff.get("/vorhaben/export.csv?q=Meier&phase=done"))
    event = AuditEvent.objects.get(type="portfolio.exported")
    assert event.changes["table"] == [None, "projects"]
    assert "Meier" not in json.dumps(event.changes)
    assert AuditPersonal.objects.get(event=event).details["selection"]["q"] == "Meier"


@pytest.mark.parametrize(
    "url",
    ["/vorhaben/export.pdf", "/vorhaben/export/nonsense.csv", "/vorhaben/export/milestone.exe"],
)
def test_unknown_tables_and_formats_are_not_found(staff: Any, world: World, url: str) -> None:
    assert staff.get(url).status_code == 404
    assert not AuditEvent.objects.filter(type="portfolio.exported").exists()


def test_a_text_too_long_for_a_cell_is_refused_with_a_way_out(staff: Any, world: World) -> None:
    make_project(world.units["10"], "Lang", need="ä" * 33_000)
    response = staff.get("/vorhaben/export.xlsx")
    assert response.status_code == 422
    assert "CSV" in response.content.decode()
    assert len(table(staff, "/vorhaben/export.csv")) == 4
    assert AuditEvent.objects.filter(type="portfolio.exported").count() == 1


def test_queries_do_not_grow_with_rows(staff: Any, world: World) -> None:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            body(staff.get(url))
        return len(queries)

    urls = (
        "/vorhaben/export.json",
        "/vorhaben/export/milestone.csv",
        "/vorhaben/export/person.csv",
    )
    [count(url) for url in urls]
    before = [count(url) for url in urls]
    for number in range(40):
        made = make_project(world.units["10"], f"Mehr {number}", fields_of_action=[world.field])
        make_item("milestone", made, title="M", due=date(2027, 1, 1))
        make_item("person", made, person=world.person, role="lead")
    assert [count(url) for url in urls] == before


def test_the_page_of_downloads_keeps_the_selection(staff: Any, world: World) -> None:
    html = page(staff, "/vorhaben/herunterladen/?phase=done")
    for url in set(re.findall(r'href="(/vorhaben/export[^"]*|/meilensteine[^"]*)"', html)):
        response = staff.get(url.replace("&amp;", "&"))
        assert response.status_code == 200
        assert body(response)
        of_projects = not re.search(r"export/(programme|goal|field-of-action|unit)\.", url)
        assert ("phase=done" in url) or not of_projects
    assert SECRET not in html
