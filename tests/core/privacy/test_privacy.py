"""What is stored about a person, for how long, and how it goes."""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.audit import sealer
from leitstand.core.audit.models import AuditEvent, AuditPersonal
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.history.actions import happened
from leitstand.core.jobs.models import Job
from leitstand.core.notify.models import Mail, Notification
from leitstand.core.org.actions import change_person, create_person
from leitstand.core.org.models import Person
from leitstand.core.privacy import collecting
from leitstand.core.privacy.actions import retention
from leitstand.core.privacy.registry import kept_records, retention_kinds
from leitstand.portfolio.actions import tasks

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def ina(unit_tree: Any) -> Person:
    return create_person(actor=SYSTEM, given_name="Ina", family_name="Blau", unit=unit_tree["10"],
                         email="ina@stadt.example", function="Leitung Bürgerbüro")  # fmt: skip


def opened(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {"auskunft.html", "auskunft.json"} <= set(archive.namelist())
    data: dict[str, Any] = json.loads(archive.read("auskunft.json"))
    data["page"] = archive.read("auskunft.html").decode()
    data["names"] = archive.namelist()
    return data


def test_everybody_gets_what_is_stored_about_her(client_of: Any, ina: Person) -> None:
    mine = client_of("member", person=ina)
    Notification.objects.create(key="k", kind="x", account=mine.account, subject="Nur für Ina")
    Mail.objects.create(key="k", kind="x", address="INA@stadt.example", subject="Geheim", body="Geheim")
    assert mine.get("/mein-konto/auskunft/").status_code == 200
    data = opened(mine.post("/mein-konto/auskunft/"))
    assert {"org.person", "accounts.account", "policy.roleassignment.account",
            "notify.notification.account", "audit.trail", "notify.mails"} <= set(data["tables"])  # fmt: skip
    text = json.dumps(data, ensure_ascii=False)
    assert "Leitung Bürgerbüro" in text and "Nur für Ina" in text
    assert "Geheim" not in text, "texts of e-mails are with the receiver"
    assert mine.account.password not in text
    assert "Leitung Bürgerbüro" in data["page"]
    assert not [name for name in data["names"] if "ina" in name.lower().replace("final", "")]
    event = AuditEvent.objects.get(type="privacy.disclosed")
    assert event.object_id == ina.id


def test_data_protection_answers_for_a_purpose(client_of: Any, ina: Person) -> None:
    auditor = client_of("auditor")
    url = "/verwaltung/datenschutz/auskunft/"
    short = auditor.post(url, {"person": str(ina.id), "purpose": "ja"})
    assert short.status_code == 200 and b"Zweck" in short.content
    assert not AuditEvent.objects.filter(type="privacy.disclosed").exists()
    data = opened(auditor.post(url, {"person": str(ina.id), "purpose": "Antrag vom 3. November 2026"}))
    assert "org.person" in data["tables"]
    assert AuditEvent.objects.get(type="privacy.disclosed").reason == "Antrag vom 3. November 2026"


@pytest.mark.parametrize("role", ["admin", "digital-unit", "member", "unit-head", "councillor", ""])
def test_nobody_else_may(client_of: Any, ina: Person, role: str) -> None:
    client = client_of(role)
    for name, args in (("privacy", []), ("privacy_about", []), ("privacy_shred", []),
                       ("privacy_period", ["mails"])):  # fmt: skip
        assert client.get(reverse(f"administration:{name}", args=args)).status_code == 403, name
    assert client.post(reverse("administration:privacy_run")).status_code == 403
    with pytest.raises(NotAllowed):
        retention.run(actor=of_account(client.account))


def test_every_reference_to_a_person_is_in_the_answer() -> None:
    """A new model that names a person is found by itself; what is left out is left out by name."""
    for to in (Person, Account):
        labels = {model._meta.label_lower for model, _field in collecting.references(to)}
        for model in apps.get_models():
            named = any(f.is_relation and f.related_model is to for f in model._meta.concrete_fields)
            assert not named or model._meta.label_lower in labels
    assert {"portfolio.projectperson", "jobs.job", "policy.roleassignment"} <= {
        model._meta.label_lower for to in (Person, Account) for model, _f in collecting.references(to)
    }


def test_every_table_that_names_people_has_a_period_or_a_reason_to_stay() -> None:
    """Table by table: a new one that refers to people fails here until somebody has decided."""
    named = {
        model._meta.label_lower
        for to in (Person, Account)
        for model, _field in collecting.references(to)
    }
    going = [table for kind in retention_kinds for table in kind.tables]
    staying = [table for record in kept_records for table in record.tables]
    decided = going + staying
    assert named - set(decided) == set()
    assert set(decided) - named == set(), "a table that names nobody"
    assert len(decided) == len(set(decided)), "decided on twice"


def test_what_named_her_before_is_in_the_answer(client_of: Any, ina: Person, unit_tree: Any) -> None:
    from tests.portfolio.making import make_person

    other = make_person(unit_tree["10"], "Otto", "Rot", email="otto@stadt.example")
    values = {"title": "Geheimes Vorhaben", "responsible": ina}
    task = tasks.give_task(actor=SYSTEM, values=values)
    with happened(clock.now() - timedelta(days=30)):
        pass  # what was told until here lies a month back
    values = {"responsible": other}
    tasks.change_task(task.pk, actor=SYSTEM, version=task.version, values=values)
    data = opened(client_of("member", person=ina).post("/mein-konto/auskunft/"))
    (row,) = data["tables"]["history.versions"]["rows"]
    assert str(task.pk) in row and row[3] < row[4]
    assert "Geheimes Vorhaben" not in json.dumps(data, ensure_ascii=False)


def test_contents_of_the_confidential_are_left_out(client_of: Any, ina: Person, unit_tree: Any) -> None:
    from leitstand.portfolio.models import Project, ProjectPerson

    mine = client_of("member", person=ina)
    rows = []
    for level, word in ((1, "Offenes"), (2, "Heikles")):
        project = Project.objects.create(title=f"{word} Vorhaben", number=f"P-{level}",
                                         lead_unit=unit_tree["10"], confidentiality=level)  # fmt: skip
        rows.append(ProjectPerson.objects.create(project=project, person=ina, role="lead"))
    text = json.dumps(opened(mine.post("/mein-konto/auskunft/")), ensure_ascii=False)
    assert str(rows[1].id) in text, "that she has to do with it is her data"
    assert "Heikles" not in text


def old(model: Any, months: int, *fields: str, **where: Any) -> None:
    moment = clock.now() - timedelta(days=31 * months)
    model.objects.filter(**where).update(**dict.fromkeys(fields, moment))


def test_a_dry_run_changes_nothing_and_a_run_deletes_what_is_due(
    client_of: Any, ina: Person, capsys: Any
) -> None:
    import argparse

    from leitstand.core.cli import retention as command

    auditor = client_of("auditor")
    for key, months in (("alt", 4), ("neu", 1)):
        Mail.objects.create(key=key, kind="x", address="a@b.de", subject="x", state="sent")
        old(Mail, months, "created_at", key=key)
    Mail.objects.create(key="offen", kind="x", address="a@b.de", subject="x", state="waiting")
    old(Mail, 9, "created_at", key="offen")
    change_person(ina, actor=SYSTEM, version=1, active=False)
    old(Person, 30, "updated_at", pk=ina.pk)
    page = auditor.get("/verwaltung/datenschutz/").content.decode()
    assert "Löschlauf starten" in page
    assert command.run(argparse.Namespace(run=False, dry_run=True)) == 0
    said = capsys.readouterr().out
    assert re.search(r"1 mails: kept for 3 months", said) and re.search(r"1 people", said)
    assert Mail.objects.count() == 3
    assert command.run(argparse.Namespace(run=True, dry_run=False)) == 0
    assert set(Mail.objects.values_list("key", flat=True)) == {"neu", "offen"}
    ina.refresh_from_db()
    assert (str(ina), ina.email, ina.function) == ("Ehemalige Person", "", "")
    assert AuditEvent.objects.filter(type="privacy.removed").count() == 2
    assert command.run(argparse.Namespace(run=True, dry_run=False)) == 0
    assert AuditEvent.objects.filter(type="privacy.removed").count() == 2, "nothing is done twice"
    started = auditor.post("/verwaltung/datenschutz/lauf/")
    assert started.status_code == 302
    assert Job.objects.get(kind="privacy.retention").owner == auditor.account


def test_a_run_that_is_killed_goes_on(ina: Person, monkeypatch: Any) -> None:
    for number in range(5):
        Mail.objects.create(key=str(number), kind="x", address="a@b.de", subject="x", state="sent")
    old(Mail, 4, "created_at")
    kind = retention_kinds["mails"]
    calls: list[int] = []

    def dies(keys: Any) -> int:
        calls.append(len(keys))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return kind.remove(keys)

    from dataclasses import replace

    monkeypatch.setitem(retention_kinds._items, "mails", replace(kind, remove=dies, step=2))
    with pytest.raises(KeyboardInterrupt):
        retention.run(actor=SYSTEM)
    assert Mail.objects.count() == 3
    retention.run(actor=SYSTEM)
    assert Mail.objects.count() == 0


def test_periods_are_the_citys(client_of: Any) -> None:
    auditor = client_of("auditor")
    url = "/verwaltung/datenschutz/fristen/trail/"
    assert auditor.post(url, {"months": "3", "reason": "kurz"}).status_code == 200, "too short for the trail"
    assert auditor.post(url, {"months": "60", "reason": ""}).status_code == 200
    assert auditor.post(url, {"months": "60", "reason": "Aktenordnung § 7"}).status_code == 302
    found = {p.kind.code: p for p in retention.periods()}
    assert (found["trail"].months, found["trail"].reason) == (60, "Aktenordnung § 7")
    assert auditor.post(url, {"months": "", "reason": "Verfahren läuft"}).status_code == 302
    assert {p.kind.code: p for p in retention.periods()}["trail"].due() == 0
    assert auditor.get("/verwaltung/datenschutz/fristen/gibtesnicht/").status_code == 404


def test_shredding_leaves_the_chain_whole(client_of: Any, ina: Person) -> None:
    auditor = client_of("auditor")
    sealer.seal()
    url = "/verwaltung/datenschutz/schreddern/"
    page = auditor.get(url)
    assert page.status_code == 200
    fresh = {"day": clock.today().strftime("%d.%m.%Y"), "reason": "Spuren verwischen", "sure": "on"}
    assert auditor.post(url, fresh).status_code == 200, "nobody covers fresh tracks"
    day = (clock.today() - timedelta(days=400)).strftime("%d.%m.%Y")
    assert auditor.post(url, {"day": day, "reason": "Löschkonzept 2026", "sure": ""}).status_code == 200
    assert auditor.post(url, {"day": day, "reason": "Löschkonzept 2026", "sure": "on"}).status_code == 302
    ordered = AuditEvent.objects.get(type="privacy.shredding.ordered")
    assert ordered.reason == "Löschkonzept 2026"
    assert not AuditPersonal.objects.exclude(shredded_at=None).exists(), "nothing is that old here"
    keys = list(AuditPersonal.objects.values_list("pk", flat=True))
    retention_kinds["trail"].remove(keys)
    sealer.seal()
    result = sealer.verify()
    assert result.ok and result.shredded == len(keys)


# The page of a unit says beside each name, in the order of names, how many projects she leads.
_NO_RANKING = {"portfolio/queries/units.py"}
_FIGURES = {"Count", "Sum", "Avg", "Max", "Min", "StdDev"}
_WHO = re.compile(r"(.*__)?(person|owner|account|lead|responsible|author|actor_name)(_id)?")


def _is_ranking(call: ast.Call) -> bool:
    """``….annotate(Count(…))`` on people or accounts, or grouped by them."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "annotate"):
        return False
    if not any(isinstance(n, ast.Name) and n.id in _FIGURES for a in call.keywords + call.args for n in ast.walk(a)):
        return False
    before: Any = call.func.value
    while isinstance(before, ast.Call | ast.Attribute):
        if isinstance(before, ast.Call):
            by = [a.value for a in before.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            named = isinstance(before.func, ast.Attribute) and before.func.attr in {"values", "values_list"}
            if named and any(_WHO.fullmatch(name) for name in by):
                return True
            before = before.func
        else:
            before = before.value
    return isinstance(before, ast.Name) and before.id in {"Person", "Account"}


def test_no_code_ranks_or_times_persons() -> None:
    """Nobody is counted, summed or averaged by person: Leitstand steers projects, not people."""
    planted = ast.parse('Task.objects.values("responsible_id").annotate(n=Count("pk"))\n'
                        'Person.objects.filter(x=1).annotate(n=Avg("days"))')  # fmt: skip
    assert sum(_is_ranking(n) for n in ast.walk(planted) if isinstance(n, ast.Call)) == 2
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "src").rglob("*.py")
        if str(path.relative_to(ROOT / "src/leitstand")) not in _NO_RANKING
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _is_ranking(node)
    ]
    assert not found


def test_lists_of_people_cannot_be_sorted_by_figures(client_of: Any, ina: Person) -> None:
    """No column of the page of people holds a number or can be sorted by one."""
    page = client_of("digital-unit").get("/verwaltung/personen/?sort=-anzahl").content.decode()
    assert "Blau" in page
    assert "ls-table__number" not in page and "aria-sort" not in page
