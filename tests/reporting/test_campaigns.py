"""Campaigns: figures by channel with their method, import, the paper, who sees and may what."""

from __future__ import annotations

import io
import re
from argparse import ArgumentParser
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.reporting.actions import campaigns as actions
from leitstand.reporting.actions import report_steps
from leitstand.reporting.commands import reports as command
from leitstand.reporting.models import Campaign, CampaignFigure, Report
from leitstand.reporting.web import urls_campaigns
from tests.portfolio.talking import call, problem, read
from tests.portfolio.views import World, words
from tests.reporting.structure import check_structure, elements

SYSTEM = Actor.system("test")
FIGURE = {
    "channel": "Plakate", "start": date(2026, 3, 1), "end": date(2026, 3, 31),
    "gross_contacts": 412000, "method": "Stellen × Frequenz", "source": "Vermarkter",
}  # fmt: skip
TABLE = """Kanal;Von;Bis;Bruttokontakte;Methode;Quelle
Plakate;01.03.2026;31.03.2026;500.000;Stellen × Frequenz;Vermarkter
Stadtmagazin;April 2026;April 2026;78.400;Auflage × Leser;Verlag
Banner;01.03.2026;31.05.2026;934215;Adserver;Agentur
"""


def made(world: World, unit: str = "10", level: int = 1, title: str = "Rathaus digital") -> Campaign:
    row = actions.create_campaign(
        actor=SYSTEM,
        values={"title": title, "start": date(2026, 3, 1), "end": date(2026, 6, 30),
                "unit": world.units[unit], "confidentiality": level, "purpose": "Bekannt machen"},
    )  # fmt: skip
    actions.add_figure(row.pk, actor=SYSTEM, values=FIGURE)
    return row


def url(row: Campaign, rest: str = "") -> str:
    return f"/berichte/kampagnen/{row.pk}/{rest}"


def post(client: Client, address: str, status: int = 302, **data: Any) -> str:
    response = client.post(address, data)
    assert response.status_code == status, words(response.content.decode())[:700]
    return words(response.content.decode())


def test_figures_are_entered_corrected_and_removed(world: World, staff: Client) -> None:
    assert "Noch keine Kampagnen" in words(staff.get("/berichte/kampagnen/").content.decode())
    data = {"title": "Rathaus digital", "start": "2026-03-01", "unit": str(world.units["10"].pk),
            "confidentiality": "1"}  # fmt: skip
    post(staff, "/berichte/kampagnen/neu/", 422, **{**data, "end": "2026-01-01"})
    post(staff, "/berichte/kampagnen/neu/", **data)
    row = Campaign.objects.get()
    given = {**FIGURE, "start": "2026-03-01", "end": "2026-03-31"}
    for wrong in ({"method": ""}, {"source": " "}, {"gross_contacts": "-1"}, {"end": "2026-02-01"},
                  {"gross_contacts": "viele"}, {"channel": ""}):  # fmt: skip
        post(staff, url(row, "zahl/neu/"), 422, **{**given, **wrong})
    post(staff, url(row, "zahl/neu/"), **given)
    post(staff, url(row, "zahl/neu/"), 422, **given)  # the same once more
    page = words(staff.get(url(row)).content.decode())
    assert "412.000" in page and "Stellen × Frequenz" in page and "nicht von wie vielen Menschen" in page
    figure = CampaignFigure.objects.get()
    change = url(row, f"zahl/{figure.pk}/")
    post(staff, change, **{**given, "gross_contacts": "400000"}, version=1)
    both = post(staff, change, 409, **{**given, "gross_contacts": "1"}, version=1)
    assert "400000" in both
    post(staff, url(row, "bearbeiten/"), **{**data, "title": "Neu"}, version=1)
    post(staff, url(row, "bearbeiten/"), 409, **{**data, "title": "Alt"}, version=1)
    with pytest.raises(Conflict):
        actions.change_figure(figure.pk, actor=SYSTEM, version=1, values={"note": "x"})
    post(staff, change + "entfernen/")
    assert not row.figures.exists()
    post(staff, url(row, "loeschen/"))
    kinds = AuditEvent.objects.filter(object_id=row.pk).values_list("type", flat=True)
    assert {k.rsplit(".", 1)[1] for k in kinds} == {"created", "changed", "measured", "removed", "deleted"}


def upload(client: Client, row: Campaign, data: bytes, name: str = "zahlen.csv") -> Any:
    return client.post(url(row, "import/"), {"file": SimpleUploadedFile(name, data)})


def rows_of(page: Any) -> str:
    found = re.search(r'name="rows" value="([^"]*)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def test_figures_are_imported_with_a_preview(world: World, staff: Client) -> None:
    row = made(world)
    assert "Zählweise" in words(staff.get(url(row, "import/")).content.decode())
    for data, named in ((b"%PDF-1.7", "PDF"), (b"", ""), (b"Kanal;Von\nPlakate;1\n", "Zählweise")):
        answer = upload(staff, row, data)
        assert answer.status_code == 422 and named in words(answer.content.decode())
    page = upload(staff, row, TABLE.encode())
    text = words(page.content.decode())
    assert "2 neue Zahlen" in text and "1 Zahl weicht ab" in text and "01.04.2026" in text
    assert CampaignFigure.objects.count() == 1
    post(staff, url(row, "import/"), rows=rows_of(page))
    assert CampaignFigure.objects.count() == 3
    assert CampaignFigure.objects.get(channel="Plakate").gross_contacts == 412000
    post(staff, url(row, "import/"), rows=rows_of(page), replace="1")
    assert CampaignFigure.objects.get(channel="Plakate").gross_contacts == 500000
    assert CampaignFigure.objects.get(channel="Stadtmagazin").end == date(2026, 4, 30)
    faulty = TABLE + "Radio;01.05.2026;01.04.2026;5;Zählung;Sender\nRadio;01.05.2026;;5;;Sender\n" * 2
    page = upload(staff, row, faulty.encode())
    text = words(page.content.decode())
    assert "endet, bevor er beginnt" in text and "Nicht alle Zeilen" in text
    post(staff, url(row, "import/"), 200, rows=rows_of(page))
    book, target = Workbook(), io.BytesIO()
    for line in (["Medium", "Beginn", "Ende", "Kontakte", "Messmethode", "Beleg"],
                 ["Bus", date(2026, 5, 1), date(2026, 5, 3), 1560, "Fahrgastzählung", "Verkehrsbetrieb"]):  # fmt: skip
        book.active.append(line)  # type: ignore[union-attr]
    book.save(target)
    page = upload(staff, row, target.getvalue(), "zahlen.xlsx")
    post(staff, url(row, "import/"), rows=rows_of(page))
    assert CampaignFigure.objects.get(channel="Bus").gross_contacts == 1560
    assert post(staff, url(row, "import/"), 422, rows="kaputt")


def test_the_paper_shows_the_method_and_no_sum(world: World, staff: Client) -> None:
    row = made(world)
    for channel, number, start in (("Banner", 934215, date(2026, 5, 1)), ("Radio", 5, date(2026, 12, 1))):
        values = {**FIGURE, "channel": channel, "gross_contacts": number, "start": start,
                  "end": date(2026, 12, 31)}  # fmt: skip
        actions.add_figure(row.pk, actor=SYSTEM, values=values)
    data = {"title": "Bericht", "day": "2026-11-20", "since": "2026-04-30", "cover": "neutral",
            "unit": str(world.units["10"].pk), "confidentiality": "1"}  # fmt: skip
    assert "Bericht zur Kampagne" in staff.get(url(row, "papier/")).content.decode()
    assert "vertraulich" in post(staff, url(row, "papier/"), 422, **{**data, "confidentiality": "0"})
    post(staff, url(row, "papier/"), 422, **{**data, "day": "2027-01-01"})
    post(staff, url(row, "papier/"), **data)
    report = Report.objects.get()
    assert (report.kind, report.source) == ("campaign", f"campaign:{row.pk}")
    page = words(staff.get(f"/berichte/{report.pk}/").content.decode())
    assert "Kampagnenbericht" in page and "Zählweise" in page and "934.215" in page
    assert "1.346.215" not in page and "Summe über die Kanäle gibt es" in page
    assert "Radio" not in page  # begins after the day
    assert "neu" in page.partition("Banner")[2][:20]
    file = check_structure(staff.get(f"/berichte/{report.pk}/datei/pdf/").content, "Bericht")
    assert sum(str(one.S) == "/TH" for one in elements(file)) == 5
    assert staff.get(f"/berichte/{report.pk}/bearbeiten/").status_code == 200
    actions.delete_campaign(made(world, title="Andere").pk, actor=SYSTEM)
    report_steps.send(report.pk, actor=SYSTEM, units=[world.units["10"].pk])
    with pytest.raises(Invalid):
        actions.delete_campaign(row.pk, actor=SYSTEM)
    report_steps.cosign(report.pk, actor=SYSTEM, agree=True)
    report_steps.release(report.pk, actor=SYSTEM, reason="fertig")
    follow = f"/berichte/kampagnen/{row.pk}/papier/?nach={report.pk}"
    assert follow in staff.get(f"/berichte/{report.pk}/").content.decode()
    assert 'value="2026-11-20"' in staff.get(follow).content.decode()


def test_the_command_makes_the_paper(world: World, tmp_path: Path, capsys: Any) -> None:
    made(world, level=0)
    parser = ArgumentParser()
    command.configure(parser)
    words_ = ["create", "--kind", "campaign", "--campaign", "Rathaus digital", "--out", str(tmp_path)]
    assert command.run(parser.parse_args(words_)) == 0
    assert len(pikepdf.open(tmp_path / "campaign-2026-11-20.pdf").pages) == 1
    assert command.run(parser.parse_args([*words_, "--campaign", "Nix"])) == 1
    assert "Es gibt: Rathaus digital" in capsys.readouterr().err


# role, unit → may see an internal one of unit 10, may change it
WHO = [
    ("digital-unit", None, True, True), ("unit-head", "10", True, True), ("unit-head", "20", True, False),
    ("admin", None, True, False), ("project-lead", "10", True, False), ("member", "10", True, False),
    ("auditor", None, True, False), ("councillor", None, False, False), ("emergency", None, False, False),
    ("", None, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("role", "unit", "sees", "changes"), WHO)
def test_who_may_what(
    world: World, client_of: Any, api_client: Any, role: str, unit: str | None, sees: bool, changes: bool
) -> None:
    row, secret = made(world), made(world, "11", level=3, title="Turmfalke")
    figure = row.figures.get()
    place = world.units[unit] if unit else None
    client, api = client_of(role, place), api_client(role, place)
    writing = {"campaign_edit", "campaign_delete", "campaign_figure_new", "campaign_figure",
               "campaign_figure_remove", "campaign_import"}  # fmt: skip
    rest = {
        "campaign_edit": "bearbeiten/", "campaign_delete": "loeschen/",
        "campaign_figure_new": "zahl/neu/", "campaign_figure": f"zahl/{figure.pk}/",
        "campaign_figure_remove": f"zahl/{figure.pk}/entfernen/", "campaign_import": "import/",
        "campaign_paper": "papier/", "campaign": "", "campaigns": None, "campaign_new": None,
    }  # fmt: skip
    assert set(rest) == {pattern.name for pattern in urls_campaigns.urlpatterns}
    for name in writing | {"campaign"}:
        expected = 200 if (changes if name in writing else sees) else 403 if sees else (403, 404)
        status = client.get(url(row, rest[name] or "")).status_code
        assert status == expected or (isinstance(expected, tuple) and status in expected), name
        assert client.get(url(secret, rest[name] or "")).status_code in (403, 404), name
    listed = client.get("/berichte/kampagnen/")
    assert (row.title in listed.content.decode()) == sees
    assert "Turmfalke" not in listed.content.decode()
    base = f"/campaigns/{row.pk}"
    assert (call(api, "GET", base).status_code == 200) == sees
    assert call(api, "GET", f"/campaigns/{secret.pk}").status_code in (403, 404)
    items = call(api, "GET", "/campaigns").json().get("items", [])
    assert [one["title"] for one in items] == ([row.title] if sees else [])
    given = {**FIGURE, "start": "2026-04-01", "end": "2026-04-30"}
    assert (call(api, "POST", f"{base}/figures", given).status_code == 201) == changes


def test_the_api_tells_the_method_and_refuses_what_has_none(world: World, api_client: Any) -> None:
    unit = api_client("digital-unit")
    row = made(world)
    found = read(unit, f"/campaigns/{row.pk}")
    (figure,) = found["figures"]
    assert figure["method"] == "Stellen × Frequenz" and "Menschen" in found["reading_note"]
    given = {**FIGURE, "start": "2026-04-01", "end": "2026-04-30"}
    for wrong in ({"method": ""}, {"gross_contacts": 1.5}, {"end": "2026-01-01"}, {"persons": 3}):
        problem(call(unit, "POST", f"/campaigns/{row.pk}/figures", {**given, **wrong}), 422, "invalid")


def test_the_list_asks_a_fixed_number_of_queries(world: World, staff: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/berichte/kampagnen/").status_code == 200
        return len(captured)

    made(world)
    queries()
    before = queries()
    for number in range(3):
        made(world, title=f"Kampagne {number}")
    assert queries() == before
