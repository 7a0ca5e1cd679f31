"""Scenarios: from the portfolio to a checked plan, what it says, who may what, adopting it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from leitstand.core.audit.models import AuditEvent
from leitstand.core.jobs.running import run_job
from leitstand.planning.actions.supply import create_entry
from leitstand.planning.domain.checker import check
from leitstand.planning.domain.model import Plan
from leitstand.planning.models import Scenario
from leitstand.planning.queries.translate import translate
from leitstand.planning.queries.weeks import Weeks
from leitstand.planning.web.urls import urlpatterns
from leitstand.portfolio.models import Baseline, Dependency, Project
from tests.planning.staffing import Office
from tests.portfolio.making import SYSTEM, make_item, make_project, send
from tests.portfolio.views import SECRET, page, words

HERE = "/planung/szenarien/"
SEES = ("admin", "digital-unit", "project-lead", "unit-head", "member", "auditor")
ROLES = (*SEES, "councillor", "emergency", "")


def run(client: Any, **values: Any) -> Scenario:
    """Make a scenario over the page and compute it as the worker does."""
    given = {"title": "Haushalt 2027", "confidentiality": "1", "seconds": "1", **values}
    answer = client.post(HERE + "neu/", given)
    assert answer.status_code == 302, words(answer.content.decode())
    row = Scenario.objects.latest("created_at")
    return finish(row)


def finish(row: Scenario) -> Scenario:
    row.refresh_from_db()
    run_job(row.job_id)  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.job is not None and row.job.state == "done", row.job and row.job.error
    return row


@pytest.fixture
def busy(office: Office) -> Office:
    """Two projects that need the only craftsman at once, one after a waiting time; costs known."""
    unit = office.world.units["10"]
    for number, title in enumerate(("Bauakte", "Gewerbeakte")):
        one = make_project(unit, title, phase="planned", start=date(2026, 12, 1),
                           end=date(2027, 5, 28), due=date(2027, 5, 31), due_kind="law")  # fmt: skip
        make_item("effort", one, skill=office.craft, effort_days=40)
        if number:
            make_item(
                "waiting", one, kind="procurement", start=date(2026, 11, 1), end=date(2026, 12, 18)
            )
            make_item(
                "work-package",
                one,
                title="Einführen",
                start=date(2027, 1, 4),
                end=date(2027, 5, 28),
            )
    values = {"grade": "EG 11", "year": 2027, "amount": Decimal(80000)}
    create_entry("cost", actor=SYSTEM, values=values)
    craft = {
        "skill_id": office.craft.pk,
        "background_percent": 20,
        "mix_percent": 0,
        "grade": "EG 11",
    }
    create_entry("role", actor=SYSTEM, values=craft)
    create_entry("position", actor=SYSTEM, values={
        "number": "S-4", "title": "Stelle", "unit": unit, "skill_id": office.craft.pk,
        "grade": "EG 11", "share": Decimal("0.25")})  # fmt: skip
    return office


def test_days_and_weeks() -> None:
    weeks = Weeks(date(2026, 11, 20), 2)
    assert weeks.start == date(2026, 11, 16)
    assert weeks.due(date(2026, 11, 22)) == 1 and weeks.due(date(2026, 11, 21)) == 0
    assert weeks.last_day(1) == date(2026, 11, 20)
    periods = weeks.periods()
    assert [(p.start, p.label, p.year) for p in periods[:3]] == [
        (0, "2026-4", 0), (7, "2027-1", 1), (20, "2027-2", 1)]  # fmt: skip


def test_the_portfolio_as_a_problem(busy: Office) -> None:
    bau, gewerbe = (Project.objects.get(title=name) for name in ("Bauakte", "Gewerbeakte"))
    Dependency.objects.create(predecessor=bau, successor=gewerbe, kind="FS", lag_days=10)
    told = translate(1)
    tasks = {task.id: task for task in told.problem.tasks}
    assert tasks[f"{gewerbe.number}/w0"].waiting == "procurement"
    assert not tasks[f"{gewerbe.number}/w0"].demand
    links = {(one.predecessor, one.successor): one.lag for one in told.problem.links}
    assert (f"{gewerbe.number}/w0", f"{gewerbe.number}/1/FACH") in links
    assert links[f"{bau.number}/0/FACH", f"{gewerbe.number}/w0"] == 2
    by_id = {one.id: one for one in told.problem.projects}
    assert by_id[bau.number].by_law and by_id[bau.number].due == 28
    assert told.problem.supply["FACH"][0] == 4, "0.75 x 0.8 x 0.8, rounded down"
    assert [gap.why for gap in told.gaps] == ["no_effort"] and told.hidden == 1
    assert SECRET not in str(told)
    work = sum(
        t.duration * sum(t.demand.values()) for t in told.problem.tasks if t.project == bau.number
    )
    assert work * 0.485 >= 40, "a plan never counts on less work than there is"
    wrong = check(told.problem, Plan(dict.fromkeys(tasks, 0)))
    assert wrong, "everything at once does not pass"


def test_a_scenario_from_question_to_baseline(staff: Any, busy: Office) -> None:
    row = run(staff)
    url = f"{HERE}{row.pk}/"
    text = words(page(staff, url))
    for said in ("Bauakte", "zu spät", "gesetzlich", "Rechnerischer Mehrbedarf", "ersetzt keine Stellenbemessung",
                 "Wenn nur ein Teil der Stellen bewilligt wird",
                 "unabhängigen Programmteil geprüft", "weder Aufwände je Rolle noch eine Größe"):  # fmt: skip
        assert said in text, said
    assert SECRET not in text and "Seitdem hat sich geändert" not in text
    assert row.result["answer"]["checked"] and row.result["extra"]["grant"]["FACH"]
    make_item("effort", Project.objects.get(title="Bauakte"), skill=busy.lead, effort_days=1)
    changed = words(page(staff, url)).partition("Seitdem hat sich geändert")[2][:120]
    assert "Vorhaben: " in changed and "Bauakte" in changed
    bau = Project.objects.get(title="Bauakte")
    change = {"project": bau.number, "kind": "drop"}
    assert staff.post(url + "was-waere-wenn/", {**change, "kind": "move"}).status_code == 422
    assert staff.post(url + "was-waere-wenn/", {**change, "project": "P-99999"}).status_code == 422
    second = run(staff, title="Ohne Bauakte")
    other = f"{HERE}{second.pk}/"
    assert staff.post(other + "was-waere-wenn/", change).status_code == 302
    finish(second)
    assert "Bauakte" not in words(page(staff, other)).split("Plan als Roadmap")[1]
    both = words(page(staff, f"{HERE}vergleich/?s={row.pk}&s={second.pk}&s=quatsch"))
    assert "Szenarien nebeneinander" in both and "nicht eingeplant" in both and "streichen" in both
    undo = f"{other}was-waere-wenn/{second.changes.get().pk}/entfernen/"
    assert staff.post(undo).status_code == 302 and not second.changes.exists()
    assert staff.post(url + "uebernehmen/", {"reason": ""}).status_code == 422
    assert staff.post(url + "uebernehmen/", {"reason": "Beschluss des Rates"}).status_code == 302
    baseline = Baseline.objects.get(project=bau)
    bau.refresh_from_db()
    assert baseline.end == bau.end and "Beschluss des Rates" in baseline.reason
    assert AuditEvent.objects.filter(type="planning.scenario.adopted").count() == 1
    assert send(staff, other + "bearbeiten/", {"title": "Neu"}).status_code == 302
    assert staff.post(other + "entfernen/").status_code == 302
    assert staff.get(other).status_code == 404


def test_who_may_what(client_of: Any, staff: Any, busy: Office) -> None:
    row = run(staff, shared="on")
    secret = run(staff, title="Vertraulich", confidentiality="2", shared="on")
    private = run(staff, title="Nur meins")
    places = {p.name: str(p.pattern) for p in urlpatterns if "scenario_id" in str(p.pattern)}
    assert len(places) == 9
    own = ("digital-unit",)
    for role in ROLES:
        client = client_of(role, busy.world.units["20"] if role == "unit-head" else None)
        for url, who in ((HERE, SEES), (f"{HERE}{row.pk}/", SEES), (HERE + "vergleich/", SEES),
                         (HERE + "neu/", own)):  # fmt: skip
            assert client.get(url).status_code == (200 if role in who else 403), (role, url)
        for hidden in (private, secret):
            seen = role in own and hidden is secret
            status = 200 if seen else 404 if role in SEES else 403
            assert client.get(f"{HERE}{hidden.pk}/").status_code == status, (role, hidden)
        if role in SEES:
            text = words(page(client, HERE))
            assert "Haushalt 2027" in text and "Nur meins" not in text
            assert ("Vertraulich" in text.split("Szenario", 1)[1]) == (role in own)
        for name in ("scenario_edit", "scenario_compute", "scenario_cancel", "scenario_adopt",
                     "scenario_remove", "scenario_change"):  # fmt: skip
            path = "/" + places[name].replace("<uuid:scenario_id>", str(row.pk))
            assert client.post(path, {"reason": "x"}).status_code == 403, (role, name)
        copied = client.post(f"{HERE}{row.pk}/kopieren/").status_code
        assert copied == (302 if role in own else 403), role
    assert staff.post(f"{HERE}{row.pk}/abbrechen/").status_code == 302
    high = {"title": "x", "confidentiality": "3", "seconds": "1"}
    assert staff.post(HERE + "neu/", high).status_code == 422
