"""Makes status rounds for tests, through the actions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import run_job
from leitstand.core.notify.models import Mail
from tests.portfolio.making import SYSTEM, lead, make_person, make_project

TODAY = date(2026, 11, 20)


@dataclass
class City:
    """Three projects of Anna Berg, one of nobody, one strictly confidential led by somebody else."""

    units: dict[str, Any]
    anna: Any
    projects: list[Any]
    orphan: Any
    secret: Any
    other: Any


def build(unit_tree: dict[str, Any]) -> City:
    """The city of these tests."""
    anna = make_person(unit_tree["10"], email="anna@example.org")
    other = make_person(unit_tree["20"], "Otto", "Fern", email="otto@example.org")
    projects = [
        make_project(unit_tree["10"], f"Vorhaben {n}", phase="running", progress=n * 10, start=date(2026, 1, 1),
                     end=date(2027, 6, 30))
        for n in (1, 2, 3)
    ]  # fmt: skip
    for project in projects:
        lead(project, anna)
    orphan = make_project(unit_tree["11"], "Verwaist", phase="planned")
    secret = make_project(unit_tree["20"], "Geheimsache", phase="running", confidentiality=3)
    lead(secret, other)
    make_project(unit_tree["10"], "Nur eine Idee")
    return City(unit_tree, anna, projects, orphan, secret, other)


def plan(**values: Any) -> Any:
    from leitstand.portfolio.actions.rounds.setup import create_round

    given = {
        "title": "Status Herbst",
        "as_of": TODAY,
        "opens_on": TODAY,
        "due_on": TODAY + timedelta(days=10),
    }
    return create_round(actor=SYSTEM, values=given | values)


def opened(**values: Any) -> Any:
    from leitstand.portfolio.actions.rounds.setup import open_round

    row = plan(**values)
    open_round(row.pk, actor=SYSTEM)
    work()
    row.refresh_from_db()
    return row


def work() -> None:
    """Run the jobs of rounds that wait."""
    for job in Job.objects.filter(state="queued", kind__startswith="portfolio.round"):
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error


def link_of(person: Any) -> str:
    body = Mail.objects.filter(address=person.email).latest("pk").body
    found = re.search(r"https?://\S+?(/meldung/\S+/)", body)
    assert found, body
    return found[1]
