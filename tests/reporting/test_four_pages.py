"""The short form has at most four pages without annexes, measured in the finished file."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pikepdf
from django.test import Client
from django.utils import translation

from leitstand.core.base.actor import Actor
from leitstand.core.base.report_sections import TERSEST, ReportFrame
from leitstand.portfolio.models import BudgetLine, Milestone, Obstacle, Project
from leitstand.reporting.actions import reports
from leitstand.reporting.domain.content import places
from leitstand.reporting.output.formats import FORMATS
from leitstand.reporting.queries import documents
from leitstand.reporting.queries.building import build
from leitstand.reporting.queries.fitting import PAGES
from leitstand.reporting.queries.reports import reading
from tests.portfolio.views import TODAY, World, words

SYSTEM = Actor.system("test")
LONG_TITLE = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 4


def hundred(world: World, number: int = 100) -> None:
    """So many projects with titles of 300 characters, all red, late, and in trouble."""
    rows = [
        Project(
            number=f"P-{key:05}", title=f"{key} {LONG_TITLE}"[:300], phase="running",
            light="red", lead_unit=world.units["10"], start=date(2025, 1, 1), progress=30,
            end=date(2026, 9, 1) + timedelta(days=key), summary="Wir warten. " * 60,
            confidentiality=1,
        )
        for key in range(100, 100 + number)
    ]  # fmt: skip
    Project.objects.bulk_create(rows)
    for place, row in enumerate(rows):
        row.fields_of_action.add(world.field if place % 2 else world.other_field)
    Obstacle.objects.bulk_create(
        Obstacle(project=row, kind="capacity", title=LONG_TITLE[:300]) for row in rows
    )
    Milestone.objects.bulk_create(
        Milestone(project=row, title=LONG_TITLE[:300], due=TODAY, done_on=TODAY) for row in rows
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(project=rows[n % number], year=2015 + n, kind="investment", planned=1000)
        for n in range(20)
    )


def paragraphs(number: int) -> str:
    return "\n\n".join(["Die Einführung verzögert sich, weil Personal fehlt; die Fachämter melden Engpässe. " * 10] * number)


def pages_before_the_annex(data: bytes) -> int:
    """Every annex begins on a page of its own; there is one."""
    return len(pikepdf.open(io.BytesIO(data)).pages) - 1


def test_a_hundred_projects_with_long_titles(world: World) -> None:
    hundred(world)
    frame = ReportFrame(SYSTEM, TODAY, 1)
    with translation.override("de"):
        editions = build(frame)
        document = documents.sachstand(SYSTEM, day=TODAY, level=1)
        (long_form,) = build(ReportFrame(SYSTEM, TODAY, 1, long=True))
    assert len(editions) == TERSEST + 1
    assert {tuple(places(one)) for one in editions} == {tuple(places(editions[0]))}
    assert pages_before_the_annex(FORMATS["pdf"].write(document).data) <= PAGES
    told = str(document)
    assert "Langfassung" in told and "weitere" in told
    assert all(str(long_form).count(f"'{n} Donau") >= 1 for n in range(100, 200))


def test_words_make_the_figures_shorter_and_too_many_are_told(world: World, staff: Client) -> None:
    hundred(world, 12)
    values = {"title": LONG_TITLE[:300], "day": TODAY, "unit": world.units["10"],
              "confidentiality": 1}  # fmt: skip
    with translation.override("de"):
        report = reports.create_report(actor=SYSTEM, values=values)

    def say(text: str) -> Any:
        row = reports.set_words(report.pk, actor=SYSTEM, words={"overview": text},
                                base={"overview": reading(report).words.get("overview", "")})  # fmt: skip
        return reading(row)

    few = reading(report)
    more = say(paragraphs(7))
    assert few.fit.edition < more.fit.edition
    assert few.fit.pages == more.fit.pages == PAGES
    assert pages_before_the_annex(staff.get(f"/berichte/{report.pk}/datei/pdf/").content) == PAGES
    page = words(staff.get(f"/berichte/{report.pk}/").content.decode())
    assert "4 Seiten und Anlage" in page and "Mehr als vier Seiten" not in page
    assert say(paragraphs(24)).fit.too_long
    page = words(staff.get(f"/berichte/{report.pk}/").content.decode())
    assert "Mehr als vier Seiten" in page and "Kürzen Sie die Texte" in page
