"""Reading a council information system: what comes in, what is tolerated, what goes wrong."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import outgoing
from leitstand.core.base.actor import Actor
from leitstand.core.base.outgoing import Limits, Unreachable
from leitstand.reporting.actions import oparl_runs
from leitstand.reporting.actions.oparl_sources import source_for
from leitstand.reporting.adapters import oparl
from leitstand.reporting.models import (
    AgendaItem,
    Consultation,
    CouncilMeeting,
    OparlSource,
    Organization,
    Paper,
)
from tests.reporting import oparl_server as fake
from tests.reporting.oparl_server import ORIGIN, Council, thing

SYSTEM = Actor.system("test")
PATIENT = Limits(connect=20, read=20, total=60, size=2_000_000, redirects=3)
SHORT = replace(PATIENT, connect=0.4, read=0.4, total=0.8)
"""For servers that hang; everything else must not depend on how busy the machine is."""
MODELS = (Organization, CouncilMeeting, AgendaItem, Paper, Consultation)
REAL = pytest.mark.skipif(not fake.KARLSRUHE.is_dir(), reason="needs LEITSTAND_REFERENCE_DATA")


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, outgoing_networks=("127.0.0.0/8",))


@pytest.fixture
def council() -> Iterator[Council]:
    with fake.running(fake.small_council()) as found:
        yield found


def read(
    council: Council, place: str = "/system", limits: Limits = PATIENT, **options: Any
) -> OparlSource:
    source = source_for(council.url + place, actor=SYSTEM)
    fetch = functools.partial(oparl.fetch_json, limits=limits, pause=0.01)
    server = oparl.Server(fetch, since=source.read_until)
    return oparl_runs.read_source(source.pk, actor=SYSTEM, server=server, **options)


def everything() -> list[tuple[Any, int]]:
    return [(row.pk, row.version) for model in MODELS for row in model._default_manager.order_by("pk")]


def texts(source: OparlSource) -> str:
    return " | ".join(failure["text"] for failure in source.failures)


@pytest.mark.django_db
def test_everything_comes_in_tied_together_and_twice_is_once(council: Council) -> None:
    source = read(council)
    assert source.state == OparlSource.State.DONE, source.failures
    paper = Paper.objects.get(reference="2026/0001")
    assert (paper.kind, str(paper.organization)) == ("motion", "Hauptausschuss")
    consultation = paper.consultations.get()
    assert consultation.meeting == CouncilMeeting.objects.get()
    assert consultation.agenda_item and consultation.agenda_item.number == "4.1"
    assert str(consultation.organization) == "Gemeinderat"
    before, events = everything(), AuditEvent.objects.count()
    again = read(council)
    assert any("modified_since=" in path for path in council.asked)
    whole = oparl_runs.read_source(again.pk, actor=SYSTEM, whole=True)
    assert everything() == before
    for counts in (again.counts, whole.counts):
        assert not [name for name, n in counts.items() if n and not name.endswith(".same")]
    assert whole.counts["papers.same"] == 3
    assert AuditEvent.objects.count() == events + 2  # that it was read, nothing else


@pytest.mark.django_db
def test_changes_withdrawals_and_returns(council: Council) -> None:
    read(council)
    one, two, _three = council.lists["paper"]
    moment = "2030-01-01T00:00:00+00:00"
    council.lists["paper"] = [
        {**one, "name": "Neuer Titel", "modified": moment},
        {"id": two["id"], "type": two["type"], "deleted": True, "modified": moment},
        thing("Paper", 99, deleted=True, modified=moment),
    ]
    source = read(council)
    assert source.counts["papers.changed"] == 1 and source.counts["papers.withdrawn"] == 1
    rows = {paper.reference: paper for paper in Paper.objects.all()}
    assert rows["2026/0001"].name == "Neuer Titel" and rows["2026/0001"].version == 2
    assert rows["2026/0002"].withdrawn_on and rows["2026/0002"].name == "Vorlage 2"
    assert len(rows) == 3, "what the server no longer lists stays"
    council.lists["paper"] = [{**two, "modified": moment}]
    assert read(council).counts["papers.changed"] == 1
    assert Paper.objects.get(reference="2026/0002").withdrawn_on is None


@pytest.mark.django_db
def test_objects_that_come_later_are_tied(council: Council) -> None:
    council.faults["/organization"] = council.faults["/meeting"] = fake.status(404)
    assert read(council).state == OparlSource.State.PARTLY
    assert Consultation.objects.filter(meeting=None).count() == 3
    council.faults.clear()
    assert read(council).state == OparlSource.State.DONE
    assert not Consultation.objects.filter(meeting=None).exists()
    assert not Paper.objects.filter(organization=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (fake.html, "eine Webseite"),
        (fake.half, "unvollständig"),
        (fake.torn, "brach ab"),
        (fake.hangs, "nicht rechtzeitig"),
        (fake.drips, "zu langsam"),
        (fake.status(500), "500"),
        (fake.status(403), "verweigert"),
        (lambda handler: fake.send(handler, [1, 2]), "data"),
        (lambda handler: fake.send(handler, b"Guten Tag", kind="text/plain"), "kein JSON"),
        (lambda handler: fake.send(handler, b"\x89PNG\r\n", kind="image/png"), "kein OParl"),
        (lambda handler: fake.send(handler, b" " * 2_100_000), "größer als"),
        (fake.redirect("/paper?page=2"), "ohne Ende"),
        (fake.redirect("file:///etc/passwd"), "https://"),
        (fake.redirect("http://10.11.12.13/"), "LEITSTAND_OUTGOING_NETWORKS"),
    ],
)
def test_a_page_that_fails_deletes_nothing(council: Council, fault: Any, words: str) -> None:
    from django.utils import translation

    read(council)
    before = everything()
    OparlSource.objects.update(read_until=None)
    council.faults["/paper?page=2"] = fault
    slow = fault in (fake.hangs, fake.drips)
    with translation.override("de"):
        source = read(council, limits=SHORT if slow else PATIENT)
    assert source.state == OparlSource.State.PARTLY
    assert words in texts(source), texts(source)
    assert source.read_until is None, "the next run asks for everything again"
    assert everything() == before


@pytest.mark.django_db
def test_a_server_that_leads_in_circles_or_repeats_itself(council: Council) -> None:
    from django.utils import translation

    first = {"data": council.lists["paper"][:1]}
    circle = {**first, "links": {"next": f"{council.url}/paper?page=2"}}
    council.faults["/paper?page=2"] = lambda handler: fake.send(handler, circle)
    with translation.override("de"):
        assert "im Kreis" in texts(read(council))
    pages = iter(range(3, 10_000))
    council.faults.clear()
    council.faults["/paper"] = lambda handler: fake.send(
        handler, {**first, "links": {"next": f"{council.url}/paper?page={next(pages)}"}}
    )
    with translation.override("de"):
        assert "ohne Ende" in texts(read(council))
    assert next(pages) < 20 and Paper.objects.count() == 2


@pytest.mark.django_db
def test_one_object_twice_is_one_object(council: Council) -> None:
    """On one page the last counts, on several the later one; nothing is entered twice."""
    one, two, three = council.lists["paper"]
    council.lists["paper"] = [one, {**one, "name": "Doppelt"}, two, three, {**two, "name": "Später"}]
    source = read(council)
    assert source.state == OparlSource.State.DONE, source.failures
    names = dict(Paper.objects.values_list("reference", "name"))
    assert len(names) == Paper.objects.count() == 3
    assert (names["2026/0001"], names["2026/0002"]) == ("Doppelt", "Später")


@pytest.mark.django_db
def test_a_report_stands_on_the_page_of_its_paper(
    council: Council, client_of: Any, unit_tree: Any
) -> None:
    """A report is tied to its paper by the paper's number, and the other way round."""
    from datetime import date

    from leitstand.reporting.models import Report
    from tests.portfolio.views import page

    read(council)
    unit = unit_tree["10"]
    report = Report.objects.create(title="Sachstand", day=date(2026, 9, 1), unit=unit, state="released",
                                   reference="2026/0001")  # fmt: skip
    paper = Paper.objects.get(reference="2026/0001")
    councillor = client_of("councillor")
    assert "Sachstand" in page(councillor, f"/gremien/vorlagen/{paper.pk}/")
    assert f"/gremien/vorlagen/{paper.pk}/" in page(councillor, f"/berichte/{report.pk}/")


@pytest.mark.django_db
def test_a_busy_server_is_asked_again_and_a_dead_one_left(council: Council) -> None:
    tries = iter([503, 503])

    def busy(handler: Any) -> None:
        number = next(tries, 200)
        if number == 200:
            del council.faults["/paper"]
            council.answer(handler)
        else:
            fake.status(number)(handler)

    council.faults["/paper"] = busy
    assert read(council).state == OparlSource.State.DONE
    council.faults = {"/organization": fake.hangs}
    council.asked.clear()
    assert read(council, limits=SHORT).state == OparlSource.State.FAILED
    assert not [path for path in council.asked if path.startswith("/paper")]


@pytest.mark.django_db
def test_what_is_not_as_the_standard_says_is_kept_and_listed() -> None:
    strange = Council(
        {
            "organization": [thing("Organization", 1, name=None, startDate="gestern")],
            "meeting": [
                thing("Meeting", 1, name=["x"], start="2026-13-01", location="Rathaus",
                      agendaItem={"id": f"{ORIGIN}/a/1", "type": fake.TYPE + "AgendaItem",
                                  "number": 7, "order": "eins", "public": "ja"}),
            ],
            "paper": [
                "kein Objekt",
                {"type": fake.TYPE + "Paper", "name": "ohne Adresse"},
                thing("Person", 1, name="Erika Mustermann"),
                thing("Paper", 1, name="A" * 2000, date="2026-02-30", reference=17, mainFile=None,
                      originatorPerson=[f"{ORIGIN}/person/1"], body=5,
                      auxiliaryFile=[{"name": "Anlage", "accessUrl": "javascript:alert(1)"},
                                     {"name": "B", "accessUrl": "https://rat.example/b.pdf"}],
                      consultation=[thing("Consultation", 1, role="unbekannt", authoritative="true",
                                          meeting="kein Ort")]),
                thing("Paper", 2, name="\x00Eins\ud800 ", consultation=f"{ORIGIN}/consultation/9"),
            ],
        }
    )  # fmt: skip
    with fake.running(strange) as council:
        source = read(council)
    found = {(entry["kind"], entry["field"]) for entry in source.findings}
    assert found >= {
        ("wrong_type", "startDate"), ("wrong_type", "start"), ("wrong_type", "order"),
        ("wrong_type", "public"), ("wrong_type", "reference"), ("wrong_type", "date"),
        ("too_long", "name"), ("unknown_role", "role"), ("no_object", "Paper"), ("no_id", "Paper"),
        ("other_type", "type"), ("not_embedded", "consultation"), ("wrong_type", "meeting"),
    }  # fmt: skip
    paper = Paper.objects.get(address__endswith="/paper/1")
    assert (len(paper.name), paper.date, paper.reference) == (1000, None, "17")
    assert paper.files == [["B", "https://rat.example/b.pdf"]]
    assert Paper.objects.get(address__endswith="/paper/2").name == "Eins"
    assert Consultation.objects.get().role == "unbekannt"
    assert "Mustermann" not in json.dumps(source.findings)
    assert "consultation" in texts(source)  # the body names no such list


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["/bodies", "/system"])
def test_any_door_will_do_and_others_say_so(council: Council, place: str) -> None:
    from leitstand.core.base.errors import Invalid

    assert oparl_runs.check(council.url + place) == ["Musterstadt"]
    with pytest.raises(Invalid):
        oparl_runs.check(council.url + "/paper")
    with pytest.raises(Invalid):
        oparl_runs.check(council.url + "/nothing")


@pytest.mark.parametrize(
    "url",
    ["ftp://rat.example/", "file:///etc/passwd", "https://", "http://user:word@rat.example/",
     "http://127.0.0.1:1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/",
     "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/", "http://localhost/", "http://192.168.1.1:80/",
     "http://rat.example:0/", "http://224.0.0.1/", "https://[fe80::1]/", "http://[64:ff9b::a00:1]/"],
)  # fmt: skip
def test_addresses_that_are_not_asked(settings: Any, url: str) -> None:
    settings.CONFIG = replace(settings.CONFIG, outgoing_networks=())
    with pytest.raises(Unreachable):
        outgoing.check_address(url)


@pytest.mark.django_db
@REAL
def test_real_objects_over_http_and_from_a_folder() -> None:
    real = Council(
        {name: fake.karlsruhe(f"{name}s") for name in ("organization", "meeting", "paper")},
        page_size=20,
    )
    with fake.running(real) as council:
        source = read(council)
        assert source.state == OparlSource.State.DONE, source.failures
        assert [model._default_manager.count() for model in (Organization, CouncilMeeting, Paper)] == [97, 68, 61]
        roles = {entry["value"]: entry["count"] for entry in source.findings if entry["kind"] == "unknown_role"}
        assert roles == {"Behandlung": 4}
        assert AgendaItem.objects.filter(number__contains=".").exists()
        before = everything()
        read(council, "/bodies")
        assert everything() == before
        for fault in (fake.half, fake.html, fake.status(500)):
            council.faults["/paper?page=2"] = fault
            OparlSource.objects.update(read_until=None)
            assert read(council).state == OparlSource.State.PARTLY
            assert everything() == before, "a page that fails deletes nothing"
        council.faults.clear()
    report, writer = oparl_runs.read_folder(str(fake.KARLSRUHE), actor=SYSTEM)
    assert not report.failures
    assert writer.counts["papers.same"] == 61 and not writer.counts["papers.new"]
    assert Consultation.objects.filter(paper=None).count() > 100, "dangling on purpose"


@pytest.mark.django_db
def test_the_command(council: Council, tmp_path: Path, capsys: Any) -> None:
    from leitstand import cli
    from leitstand.reporting.commands import oparl as command

    def call(*words: str) -> tuple[int, str, str]:
        import argparse

        parser = argparse.ArgumentParser()
        command.configure(parser)
        code = command.run(parser.parse_args(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    code, out, _err = call("import", f"{council.url}/system")
    assert code == 0 and "Vorlagen: 3 neu" in out
    code, out, _err = call("import", f"{council.url}/system", "--json")
    assert json.loads(out)["failures"] == []
    council.faults["/paper"] = fake.html
    code, _out, err = call("import", f"{council.url}/system", "--all")
    assert code == 1 and "/paper: Der Server schickt eine Webseite" in err
    (tmp_path / "a.json").write_text(json.dumps([thing("Paper", 7, name="Aus der Datei")]))
    (tmp_path / "b.json").write_text('[{"id":')
    code, out, err = call("import", str(tmp_path))
    assert code == 1 and "b.json" in err and "1 neu" in out
    assert Paper.objects.filter(name="Aus der Datei").exists()
    assert [c.name for c in cli.COMMANDS].count("oparl") == 1
