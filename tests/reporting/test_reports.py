"""Reports over HTTP: figures and words, co-signature and release, who sees and may what."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.reporting import policy
from leitstand.reporting.actions import report_steps, reports
from leitstand.reporting.models import Report, ReportWords
from leitstand.reporting.queries.reports import reading
from leitstand.reporting.web import urls_reports
from tests.portfolio.making import make_item
from tests.portfolio.views import SECRET, TODAY, World, words
from tests.reporting.test_output_office import template

SYSTEM = Actor.system("test")
NOBODY = "00000000-0000-0000-0000-000000000000"


def made(world: World, unit: str = "10", level: int = 1, **values: Any) -> Report:
    values = {"title": "Bericht Herbst", "day": TODAY, "unit": world.units[unit],
              "confidentiality": level, **values}  # fmt: skip
    return reports.create_report(actor=SYSTEM, values=values)


def say(report: Report, **texts: str) -> None:
    reports.set_words(report.pk, actor=SYSTEM, words=texts, base={})


def url(report: Report, rest: str = "") -> str:
    return f"/berichte/{report.pk}/{rest}"


def post(client: Client, address: str, status: int = 302, **data: Any) -> str:
    response = client.post(address, data)
    assert response.status_code == status, (address, words(response.content.decode())[:600])
    return words(response.content.decode())


# --- figures and words ----------------------------------------------------------------------------


def test_words_stay_when_figures_are_taken_anew(world: World, staff: Client) -> None:
    report = made(world)
    slot = f"options:{world.open.pk}"
    say(report, overview="Es geht voran.\n\n- erstens\n- zweitens", **{slot: "Mehr Personal"})
    before = words(staff.get(url(report)).content.decode())
    assert "Es geht voran." in before and "Mehr Personal" in before
    make_item("budget", world.open, year=2026, kind="investment", planned=77000)
    post(staff, url(report, "schritt/zahlen/"), day="2026-11-20", reason="neue Mittel")
    after = words(staff.get(url(report)).content.decode())
    assert "Es geht voran." in after and "77.000 €" in after and "Fassung 2" in after
    old = words(staff.get(url(report, "?fassung=1")).content.decode())
    assert "77.000" not in old
    for wrong in ("9", "x", "99999999999"):
        assert staff.get(url(report, f"?fassung={wrong}")).status_code == 404


def test_words_without_a_place_are_kept_and_shown(world: World, staff: Client) -> None:
    from leitstand.portfolio.actions.projects import change_project
    from leitstand.portfolio.models import Project

    report = made(world)
    say(report, **{f"options:{world.open.pk}": "Zwei Wege stehen offen"})
    row = Project.objects.get(pk=world.open.pk)
    change_project(row.pk, actor=SYSTEM, version=row.version, values={"phase": "done"})
    reports.generate(report.pk, actor=SYSTEM, day=TODAY)
    read = reading(report)
    assert [text for _slot, text in read.homeless] == ["Zwei Wege stehen offen"]
    text = words(staff.get(url(report)).content.decode())
    assert "Texte ohne Platz" in text and "Zwei Wege stehen offen" in text
    assert "Zwei Wege" not in str(read.document())


def test_two_editors_lose_nothing(world: World, staff: Client) -> None:
    report = made(world)
    say(report, overview="Fassung der anderen")
    data = {"overview": "Meine Fassung", "initial-overview": ""}
    text = post(staff, url(report, "texte/"), 409, **data)
    assert "Fassung der anderen" in text and "Meine Fassung" in text
    mine = {"overview": "Meine Fassung", "initial-overview": "Fassung der anderen"}
    post(staff, url(report, "texte/"), **mine, **{"wahl-overview": "theirs"})
    assert reading(report).words["overview"] == "Fassung der anderen"
    post(staff, url(report, "texte/"), **mine, **{"wahl-overview": "mine"})
    assert reading(report).words["overview"] == "Meine Fassung"
    post(staff, url(report, "texte/"), 422, overview="x" * 20_001)
    with pytest.raises(Conflict):
        reports.change_report(report.pk, actor=SYSTEM, version=99, values={"title": "Neu"})


def test_a_report_is_made_and_changed_by_forms(world: World, staff: Client) -> None:
    data = {
        "title": "Sachstand", "day": "2026-11-20", "unit": str(world.units["10"].pk),
        "confidentiality": "1", "sections": ["overview", "money"], "cover": "vorlage",
        "reference": "2026/0999", "cover_2": "Hauptausschuss",
        "selection": "https://leitstand.example/vorhaben/?phase=done",
    }  # fmt: skip
    post(staff, "/berichte/neu/", **data)
    report = Report.objects.get()
    text = words(staff.get(url(report)).content.decode())
    assert "Alte Registratur" not in text or "Übergabe" not in text
    assert "2026/0999" in text and "Auf einen Blick" in text and "Rollouts" not in report.sections
    assert report.selection == "phase=done"
    assert "Termine: Soll und Ist" not in text
    wrong = (("day", "2027-01-01"), ("day", "gestern"), ("title", " "), ("since", "2026-12-01"),
             ("selection", "gibtesnicht=1"), ("confidentiality", "7"), ("unit", NOBODY))  # fmt: skip
    for name, value in wrong:
        post(staff, "/berichte/neu/", 422, **{**data, name: value})
    assert Report.objects.count() == 1
    post(
        staff,
        url(report, "bearbeiten/"),
        **{**data, "title": "Neuer Titel"},
        version=report.version,
    )
    report.refresh_from_db()
    assert report.title == "Neuer Titel"
    late = {**data, "title": "Zu spät", "sections": ["overview", "rollouts"]}
    both = post(staff, url(report, "bearbeiten/"), 409, **late, version=1)
    assert "Neuer Titel" in both and "Zu spät" in both and "Auf einen Blick, Rollouts" in both
    report.refresh_from_db()
    chosen = {**late, "title": "Neuer Titel", "selection": "phase=done", "sections": ["overview\nrollouts"]}  # fmt: skip
    post(staff, url(report, "bearbeiten/"), **chosen, version=report.version)
    report.refresh_from_db()
    assert (report.title, report.sections) == ("Neuer Titel", ["overview", "rollouts"])
    post(staff, url(report, "bearbeiten/"), **chosen, version=1)  # nothing to decide
    follow = staff.get(f"/berichte/neu/?nach={report.pk}").content.decode()
    assert 'value="2026-11-20"' in follow


def test_a_report_leads_to_its_paper_in_the_council_system(world: World, staff: Client) -> None:
    from leitstand.reporting.models import Paper

    report = made(world, reference="2026/0428")
    Paper.objects.create(name="Sachstandsbericht im Ausschuss", reference="2026/0428")
    Paper.objects.create(name="Ganz andere Vorlage", reference="2026/0429")
    text = words(staff.get(url(report)).content.decode())
    assert "Sachstandsbericht im Ausschuss" in text and "Ganz andere" not in text


def test_files_come_in_every_format_and_say_that_they_are_drafts(
    world: World, staff: Client
) -> None:
    report = made(world)
    for form, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK"), ("html", b"<!doc")):
        response = staff.get(url(report, f"datei/{form}/"))
        assert response.status_code == 200
        assert response.content.startswith(start)
        assert (
            response["Content-Disposition"]
            == f'attachment; filename="bericht-herbst-2026-11-20.{form}"'
        )
    assert "Entwurf, nicht freigegeben" in staff.get(url(report, "datei/html/")).content.decode()
    assert staff.get(url(report, "datei/odt/")).status_code == 404
    report_steps.release(report.pk, actor=SYSTEM, reason="fertig")
    assert "Entwurf" not in staff.get(url(report, "datei/html/")).content.decode()


def test_a_template_comes_back_filled_or_its_faults_are_named(world: World, staff: Client) -> None:
    report = made(world, reference="2026/0428")
    for texts, status in (
        (("{{ titel }} {{ Vorlage Nr. }}", "{{ inhalt }}"), 200),
        (("{{ tietel }}",), 422),
    ):
        file = SimpleUploadedFile("vorlage.docx", template(*texts))
        response = staff.post(url(report, "vorlage/"), {"template": file})
        assert response.status_code == status
        if status == 200:
            filled = docx.Document(io.BytesIO(response.content))
            assert filled.paragraphs[0].text == "Bericht Herbst 2026/0428"
        else:
            assert "tietel" in words(response.content.decode())
    assert staff.post(url(report, "vorlage/"), {}).status_code == 422
    assert AuditEvent.objects.filter(type="reporting.report.downloaded").count() == 1


# --- steps ----------------------------------------------------------------------------------------


def test_nothing_leaves_before_all_have_cosigned(
    world: World, client_of: Any, staff: Client
) -> None:
    report = made(world)
    units = [str(world.units[code].pk) for code in ("11", "20")]
    post(staff, url(report, "schritt/mitzeichnung/"), 422, reason="")
    post(staff, url(report, "schritt/mitzeichnung/"), units=units, reason="bis Freitag")
    with pytest.raises(Invalid):
        reports.set_words(report.pk, actor=SYSTEM, words={"overview": "heimlich"}, base={})
    post(staff, url(report, "schritt/zahlen/"), 422, day="2026-11-20")
    text = post(staff, url(report, "schritt/freigeben/"), 422, reason="eilig")
    assert "Kämmerei" in text
    head = client_of("unit-head", world.units["11"])
    assert "Personalamt" in words(head.get(url(report)).content.decode())
    assert "Bericht Herbst" in words(head.get("/").content.decode())
    assert "warten auf Ihre Mitzeichnung" not in words(staff.get("/").content.decode())
    post(head, url(report, "schritt/mitzeichnen/"))
    assert "warten auf Ihre Mitzeichnung" not in words(head.get("/").content.decode())
    other = client_of("unit-head", world.units["20"])
    post(other, url(report, "schritt/widersprechen/"), 422)
    post(other, url(report, "schritt/widersprechen/"), reason="Zahlen stimmen nicht")
    report.refresh_from_db()
    assert report.state == Report.State.DRAFT
    assert "Zahlen stimmen nicht" in words(staff.get(url(report)).content.decode())
    text = post(staff, url(report, "schritt/freigeben/"), 422, reason="trotzdem")
    assert "Kämmerei" in text  # an objection does not simply go away
    post(staff, url(report, "schritt/mitzeichnung/"), units=units)
    post(head, url(report, "schritt/mitzeichnen/"))
    post(other, url(report, "schritt/mitzeichnen/"), reason="nun richtig")
    post(staff, url(report, "schritt/freigeben/"), 422)
    post(staff, url(report, "schritt/freigeben/"), reason="Beschluss der Leitung")
    report.refresh_from_db()
    assert report.state == Report.State.RELEASED
    post(staff, url(report, "schritt/loeschen/"), 422, reason="weg damit")
    post(staff, url(report, "schritt/zurueckziehen/"), reason="Fehler auf Seite 2")
    kinds = set(AuditEvent.objects.filter(object_id=report.pk).values_list("type", flat=True))
    assert {f"reporting.report.{kind}" for kind in ("created", "generated", "sent", "cosigned",
            "objected", "released", "withdrawn")} <= kinds  # fmt: skip
    reasons = AuditEvent.objects.filter(object_id=report.pk).values_list("reason", flat=True)
    assert "Beschluss der Leitung" in reasons


def test_a_confidential_report_is_cosigned_by_its_own_unit_only(world: World) -> None:
    report = made(world, level=2)
    with pytest.raises(Invalid):
        report_steps.send(report.pk, actor=SYSTEM, units=[world.units["20"].pk])
    report_steps.send(report.pk, actor=SYSTEM, units=[world.units["10"].pk])
    report_steps.call_back(report.pk, actor=SYSTEM, reason="Fehler")
    with pytest.raises(Invalid):
        report_steps.call_back(report.pk, actor=SYSTEM, reason="noch einmal")
    reports.delete_report(report.pk, actor=SYSTEM, reason="doppelt")
    assert not Report.objects.exists()


def test_who_is_not_asked_cannot_sign(world: World, account: Any) -> None:
    from leitstand.core.accounts.identity import of_account

    report = made(world)
    report_steps.send(report.pk, actor=SYSTEM, units=[world.units["11"].pk])
    stranger = of_account(account("unit-head", world.units["20"]))
    with pytest.raises(NotFound):
        report_steps.cosign(report.pk, actor=stranger, agree=True)
    writer = of_account(account("unit-head", world.units["10"]))
    with pytest.raises(NotAllowed):
        report_steps.cosign(report.pk, actor=writer, agree=True)


# --- who sees what --------------------------------------------------------------------------------

# role, unit of the role → sees (draft of 10, released internal, released public)
SEEN = [
    ("digital-unit", None, "ddd"), ("unit-head", "10", "ddd"), ("unit-head", "20", "-rr"),
    ("admin", None, "-rr"), ("member", "20", "-rr"), ("project-lead", "10", "-rr"),
    ("auditor", None, "-rr"), ("emergency", None, "-rr"), ("councillor", None, "--r"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "unit", "seen"), SEEN)
def test_who_sees_which_report(
    world: World, client_of: Any, api_client: Any, role: str, unit: str | None, seen: str
) -> None:
    draft, internal, public = (
        made(world, level=level, title=title)
        for level, title in ((1, "Entwurf A"), (1, "Intern B"), (0, "Öffentlich C"))
    )
    for row in (internal, public):
        report_steps.release(row.pk, actor=SYSTEM, reason="fertig")
    client = client_of(role, world.units[unit] if unit else None)
    listed = words(client.get("/berichte/").content.decode())
    items = api_client(role, world.units[unit] if unit else None).get("/api/v1/committee-reports")
    known = {item["title"] for item in items.json()["items"]}
    for row, mark in zip((draft, internal, public), seen, strict=True):
        assert (row.title in listed) == (row.title in known) == (mark != "-"), row.title
        assert client.get(url(row)).status_code == (404 if mark == "-" else 200)
        assert client.get(url(row, "datei/html/")).status_code == (404 if mark == "-" else 200)
        expected = 404 if mark == "-" else 200 if mark == "d" else 403
        assert client.get(url(row, "bearbeiten/")).status_code == expected
        assert client.get(url(row, "texte/")).status_code == expected
        assert client.get(url(row, "schritt/freigeben/")).status_code == expected


def test_a_lowered_level_opens_no_figures_of_the_higher_one(
    world: World, client_of: Any, api_client: Any, staff: Client
) -> None:
    """Version 1 holds an internal project; neither it nor the steps are for the council."""
    report = made(world, level=1, long=True)
    assert world.done.title in words(staff.get(url(report)).content.decode())
    ReportWords.objects.create(
        report=report, slot=f"options:{world.done.pk}", text="Interne Option"
    )
    row = Report.objects.get()
    reports.change_report(row.pk, actor=SYSTEM, version=row.version, values={"confidentiality": 0})
    assert world.done.title not in words(staff.get(url(report)).content.decode())
    for move in ("freigeben", "mitzeichnung"):
        data = {"reason": "fertig", "units": [str(world.units["11"].pk)]}
        assert "neue Zahlen" in post(staff, url(report, f"schritt/{move}/"), 422, **data)
    assert staff.get(url(report, "datei/html/")).status_code == 404
    reports.generate(report.pk, actor=SYSTEM, day=TODAY, reason="interner Grund")
    report_steps.release(report.pk, actor=SYSTEM, reason="Beschluss der Leitung")
    council = client_of("councillor")
    page = words(council.get(url(report)).content.decode())
    assert world.open.title in page and world.done.title not in page
    assert "interner Grund" not in page and "Beschluss der Leitung" not in page
    assert "Interne Option" not in page
    answer = api_client("councillor").get(f"/api/v1/committee-reports/{report.pk}")
    assert "Interne Option" not in answer.content.decode()
    for rest in ("?fassung=1", "datei/html/?fassung=1"):
        assert council.get(url(report, rest)).status_code == 404
    assert council.get(url(report, "?fassung=2")).status_code == 200


def test_makers_without_the_right_see_no_more_than_elsewhere(world: World, account: Any) -> None:
    """A head of unit 10 makes a report of the highest level: what unit 20 hides stays hidden."""
    from leitstand.core.accounts.identity import of_account

    head = of_account(account("unit-head", world.units["10"]))
    values = {"title": "Alles", "day": TODAY, "unit": world.units["10"], "confidentiality": 3,
              "long": True}  # fmt: skip
    report = reports.create_report(actor=head, values=values)
    assert SECRET not in str(reading(report).document())
    with pytest.raises(NotAllowed):
        reports.create_report(actor=head, values={**values, "unit": world.units["20"]})


@pytest.mark.parametrize("who", ["anonymous", "no role"])
def test_without_a_role_nothing_opens(world: World, client_of: Any, who: str) -> None:
    report = made(world, level=0)
    client = Client() if who == "anonymous" else client_of("")
    rest = {"reports": "/berichte/", "report_new": "/berichte/neu/",
            "inquiry_new": "/berichte/anfrage/", "report": url(report),
            "report_edit": url(report, "bearbeiten/"), "report_words": url(report, "texte/"),
            "report_step": url(report, "schritt/zahlen/"), "report_file": url(report, "datei/pdf/"),
            "report_template": url(report, "vorlage/"), "paper_templates": "/berichte/vorlagen/",
            "paper_template_new": "/berichte/vorlagen/neu/",
            "paper_template_edit": f"/berichte/vorlagen/{NOBODY}/",
            "paper_template_remove": f"/berichte/vorlagen/{NOBODY}/entfernen/",
            "paper_template_file": f"/berichte/vorlagen/{NOBODY}/datei/"}  # fmt: skip
    assert set(rest) == {pattern.name for pattern in urls_reports.urlpatterns}
    for name, address in rest.items():
        response = client.get(address)
        assert response.status_code in (302, 403, 404), name
        assert "Bericht Herbst" not in response.content.decode()


def test_the_list_asks_a_fixed_number_of_queries(world: World, staff: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/berichte/").status_code == 200
        return len(captured)

    made(world)
    queries()
    before = queries()
    for number in range(3):
        made(world, title=f"Bericht {number}")
    assert queries() == before


def test_a_day_of_the_past_is_read_as_it_was(world: World) -> None:
    with pytest.raises(Invalid):
        made(world, day=date(2020, 1, 1))
    assert policy.visible(SYSTEM).count() == 0


def test_the_interface_reads_what_the_pages_show(world: World, api_client: Any) -> None:
    report = made(world)
    say(report, overview="Es geht voran.")
    reader, stranger = api_client("digital-unit"), api_client("member", world.units["20"])
    base = f"/api/v1/committee-reports/{report.pk}"
    found = reader.get(base).json()
    assert (found["number"], found["words"]) == (1, {"overview": "Es geht voran."})
    assert [section["code"] for section in found["sections"]][:2] == ["overview", "endangered"]
    assert reader.get(f"{base}/files/pdf").content.startswith(b"%PDF")
    assert reader.get(f"{base}/files/odt").status_code == 422
    for address in (base, f"{base}/files/pdf"):
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code in (401, 403)
    assert api_client("").get("/api/v1/committee-reports").status_code == 403


def test_without_fonts_the_page_and_the_other_formats_work(
    world: World, staff: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from leitstand.reporting.output import pdf

    report = made(world)
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "settings", SimpleNamespace(PACKAGE=tmp_path))
    for rest, status in (("", 200), ("datei/html/", 200), ("datei/docx/", 200), ("datei/pdf/", 503)):
        answer = staff.get(url(report, rest))
        assert answer.status_code == status, rest
    assert "make assets" in answer.content.decode()
    pdf._fonts.cache_clear()
