"""Values of indicators from files and over the API: preview, errors per row, nothing by halves."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstand.core.audit.models import AuditEvent
from leitstand.portfolio.actions.indicator_values_import import import_values
from leitstand.portfolio.models import Indicator, IndicatorValue
from tests.portfolio.making import SYSTEM
from tests.portfolio.views import World, words

pytestmark = pytest.mark.django_db
ALL = "/kennzahlen/werte/import/"


@pytest.fixture
def indicator(world: World) -> Indicator:
    Indicator.objects.create(code="K2", name="Dauer", unit_label="Tage")
    row = Indicator.objects.create(code="K1", name="Online-Quote", unit_label="%")
    IndicatorValue.objects.create(indicator=row, day=date(2026, 6, 30), value=20)
    return row


def _upload(client: Any, url: str, content: bytes | str, name: str = "werte.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(url, {"file": SimpleUploadedFile(name, data)})


def _rows(answer: Any) -> str:
    found = re.search(r'name="rows" value="([^"]*)"', answer.content.decode())
    assert found
    return html.unescape(found[1])


FILE = """Kennzahl;Datum;Wert;Bemerkung
K1;30.06.2026;21,5;berichtigt
k1;30.09.2026;1.024,25;
K2;2026-09-30;12;
"""


def test_preview_then_taking_over(staff: Any, indicator: Indicator) -> None:
    shown = _upload(staff, ALL, FILE)
    text = words(shown.content.decode())
    for part in ("2 neue Werte", "1 Wert weicht ab", "1.024,25 %", "21,5 %", "20 %", "12 Tage"):
        assert part in text, part
    assert IndicatorValue.objects.count() == 1
    assert staff.post(ALL, {"rows": _rows(shown)}).url == "/strategie/"
    assert IndicatorValue.objects.count() == 3
    assert IndicatorValue.objects.get(day=date(2026, 6, 30)).value == 20, "differing ones stay"
    again = _upload(staff, ALL, FILE)
    staff.post(ALL, {"rows": _rows(again), "replace": "1"})
    row = IndicatorValue.objects.get(day=date(2026, 6, 30))
    assert (str(row.value), row.note, row.version) == ("21.50", "berichtigt", 2)
    events = AuditEvent.objects.filter(type="portfolio.indicator.measured").order_by("id")
    assert [event.changes.get("value") for event in events] == [
        [None, "1024.25"], [None, "12"], ["20", "21.5"],
    ]  # fmt: skip
    nothing = words(_upload(staff, ALL, FILE).content.decode())
    assert "Es gibt nichts zu übernehmen" in nothing


def test_rows_with_errors_are_named_and_may_be_left_out(staff: Any, indicator: Indicator) -> None:
    lines = [
        "K9;30.09.2026;1;", "K1;30.09.2026;viel;", "K1;;3;", "K1;21.11.2026;3;",
        "K1;1.10.2026;9999999999999;", "K1;1.11.2026;5;", "K1;1.11.2026;6;",
    ]  # fmt: skip
    shown = _upload(staff, ALL, "Kennzahl;Datum;Wert;Bemerkung\n" + "\n".join(lines))
    text = words(shown.content.decode())
    for part in (
        "„K9“", "keine Zahl", "Tag fehlt", "liegt in der Zukunft", "zu groß", "Zeile 7 enthält",
    ):  # fmt: skip
        assert part.casefold() in text.casefold(), (part, text[:3000])
    assert staff.post(ALL, {"rows": _rows(shown)}).status_code == 200, "all or nothing"
    assert IndicatorValue.objects.count() == 1
    assert staff.post(ALL, {"rows": _rows(shown), "skip": "1"}).status_code == 302
    assert IndicatorValue.objects.get(day=date(2026, 11, 1)).value == 5


def test_a_workbook_of_one_indicator_needs_no_code(staff: Any, indicator: Indicator) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Tag", "Wert"], [date(2026, 9, 30), 1.234], [date(2026, 10, 31), 24.5]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    url = f"/kennzahlen/{indicator.pk}/werte/import/"
    shown = _upload(staff, url, out.getvalue(), "werte.xlsx")
    assert staff.post(url, {"rows": _rows(shown)}).url == f"/kennzahlen/{indicator.pk}/"
    found = indicator.measured.order_by("day").values_list("value", flat=True)
    assert [str(value) for value in found] == ["20.00", "1.23", "24.50"]
    other = _upload(staff, url, FILE)
    assert "Hier gibt es keine Kennzahl mit dem Kürzel „K2“" in words(other.content.decode())


@pytest.mark.parametrize(
    ("content", "text"),
    [("", "leer"), ("Wert;Bemerkung\n3;x\n", "Spalte"), (b"%PDF-1.7", "PDF"), (b"\x00" * 50, "")],
)
def test_files_that_are_none_are_refused(
    staff: Any, indicator: Indicator, content: Any, text: str
) -> None:
    answer = _upload(staff, ALL, content)
    assert answer.status_code == 422
    assert text in words(answer.content.decode())


@pytest.mark.parametrize("rows", ["", "[", "[1]", '{"row": 1}', '[{"row": "x"}]'])
def test_a_damaged_form_changes_nothing(staff: Any, indicator: Indicator, rows: str) -> None:
    assert staff.post(ALL, {"rows": rows}).status_code in (200, 302, 422)
    assert IndicatorValue.objects.count() == 1


def test_an_import_takes_the_same_queries_for_any_number_of_rows(indicator: Indicator) -> None:
    def count(first: int, number: int) -> int:
        rows = [
            {"indicator": "K1", "day": f"{first + n}", "value": "1"} for n in range(number)
        ]  # years: their last day
        with CaptureQueriesContext(connection) as seen:
            assert import_values(rows, actor=SYSTEM).added == number
        return len(seen)

    assert count(1990, 2) == count(2000, 20)


def test_api(api_client: Any, indicator: Indicator) -> None:
    client, other = api_client("digital-unit"), api_client("member")
    url = f"/api/v1/indicators/{indicator.pk}/values"
    json: dict[str, Any] = {"content_type": "application/json"}
    body = {"day": "2026-09-30", "value": 24.5, "note": "Quartal"}
    assert other.post(url, body, **json).status_code == 403
    made = client.post(url, body, **json)
    assert made.status_code == 201, made.content
    assert client.post(url, body, **json).status_code == 422
    assert client.post(url, {**body, "day": "2027-01-01"}, **json).status_code == 422
    listed = other.get(url).json()
    assert [row["value"] for row in listed["items"]] == [20, 24.5]
    one = f"{url}/{made.json()['id']}"
    head = {"headers": {"if-match": '"1"'}}
    assert client.patch(one, {"value": 25}, **json).status_code == 428
    assert client.patch(one, {"value": 25}, **json, **head).json()["value"] == 25
    assert client.patch(one, {"value": 26}, **json, **head).status_code == 412
    for method, payload in (("patch", {"value": 1}), ("delete", None)):
        assert getattr(other, method)(one, payload, **json, **head).status_code == 403
    foreign = Indicator.objects.get(code="K2")
    assert client.get(one.replace(str(indicator.pk), str(foreign.pk))).status_code == 404
    assert api_client("").get(url).status_code == 403
    assert client.delete(one).status_code == 204
    assert other.get(one).status_code == 404
