"""Money columns of a list: amounts by year and kind, who pays; the export comes back unchanged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from leitstand.core.audit.models import AuditEvent
from leitstand.portfolio.models import BudgetLine, Funding, Project
from tests.portfolio.importing import (
    check,
    confirm,
    errors,
    load,
    preview,
    rows,
    selects,
    table,
    text_of,
    verdicts,
)
from tests.portfolio.making import make_item, make_person, make_project

HEAD = ("Nr.", "Titel", "Federführung", "Beginn")


def money(title: str) -> list[tuple[int, str, Decimal, Decimal, str]]:
    """A project's budget lines."""
    found = BudgetLine.objects.filter(project__title=title).order_by("year", "kind")
    return list(found.values_list("year", "kind", "planned", "spent", "account"))


@pytest.mark.django_db
def test_amounts_become_budget_lines(client_of: Any, unit_tree: dict[str, Any]) -> None:
    head = client_of("digital-unit")
    header = (*HEAD, "Gesamtkosten", "Kosten 2026 (T€)", "Kosten in T€ 2027", "Ausgegeben 2026",
              "Haushaltsstelle", "Fördergeber", "davon Fördermittel")  # fmt: skip
    content = table(
        ("1", "E-Akte", "Hauptamt", "01.02.2026", "170 TEUR", 120, "50", "30.000,50 €", "1.11.4711",
         "Land NRW", "1,2 Mio. €"),
        ("2", "Portal", "11", "2026", None, None, "1,5 Mio. €", None, None, "Haushalt", None),
        ("3", "Archiv", "11", "2026", None, "offen", 0, None, "0815", None, None),
        ("4", "Netz", "11", "2026", None, "viel", None, None, None, None, None),
        ("5", "Funk", "11", "2026", None, 10, -5, None, None, None, None),
        header=header,
    )  # fmt: skip
    run = preview(head, content, missing_people="create")
    assert verdicts(run) == {2: "new", 3: "new", 4: "new", 5: "error", 6: "error"}
    assert "Kein Betrag" in errors(run)[5]
    page = text_of(head.get(f"/import/{run.pk}/"))
    assert "Budgetansatz 2026: 120.000,00 €" in page
    assert "Fördersumme: 1.200.000,00 €" in page
    assert BudgetLine.objects.count() == 0
    confirm(head, run)
    assert "3 Haushaltszeilen angelegt" in text_of(head.get(f"/import/{run.pk}/"))
    first = (2026, "operating", Decimal(120000), Decimal("30000.50"), "1.11.4711")
    assert money("E-Akte") == [first, (2027, "operating", Decimal(50000), Decimal(0), "1.11.4711")]
    assert money("Portal") == [(2027, "operating", Decimal(1500000), Decimal(0), "")]
    assert money("Archiv") == []
    funding = Funding.objects.get()
    assert (funding.programme_name, funding.amount) == ("Land NRW", Decimal(1200000))

    again = preview(head, content)
    assert [verdicts(again)[n] for n in (2, 3, 4)] == ["same"] * 3


@pytest.mark.django_db
def test_kinds_years_and_sums(client_of: Any, unit_tree: dict[str, Any]) -> None:
    head = client_of("digital-unit")
    header = (*HEAD, "Budget", "davon investiv", "Haushaltsjahr", "Mittelherkunft")
    content = table(
        ("1", "E-Akte", "Hauptamt", "2026", 100000, 60000, 2028, "KfW"),
        ("2", "Portal", "11", "01.07.2027", "80.000", None, None, None),
        ("3", "Netz", "11", "2026", 10, 20, None, None),
        header=header,
    )
    run = load(head, content)
    assert "ergeben nicht die Summe für 2026" in errors(run)[4]
    assert [line[:3] for line in money("E-Akte")] == [
        (2028, "investment", Decimal(60000)), (2028, "operating", Decimal(40000)),
    ]  # fmt: skip
    assert [line[:3] for line in money("Portal")] == [(2027, "operating", Decimal(80000))]
    assert Funding.objects.get().amount == Decimal(100000)

    # a sum of years that is none, and kinds in a column
    header = (*HEAD, "Gesamtkosten", "Kosten 2026", "Kosten 2027", "Kostenart")
    content = table(("7", "Funk", "11", "2026", 99, 40, 60, "investiv"), header=header)
    run = preview(head, content, column_4="budget_planned")
    assert "nicht die Summe der Jahre: 100,00 €" in errors(run)[2]
    confirm(head, check(head, run, column_4=""))
    assert [line[1] for line in money("Funk")] == ["investment", "investment"]


@pytest.mark.django_db
def test_the_export_comes_back_and_a_sum_of_several_lines_is_not_guessed(
    client_of: Any, unit_tree: dict[str, Any]
) -> None:
    one = make_project(unit_tree["10"], "E-Akte")
    two = make_project(unit_tree["10"], "Portal")
    make_item("budget", one, year=2026, kind="operating", planned=Decimal(100))
    make_item("budget", two, year=2026, kind="operating", planned=Decimal(100))
    make_item("budget", two, year=2026, kind="investment", planned=Decimal(200))
    head = client_of("digital-unit")
    exported = head.get("/vorhaben/export.xlsx").getvalue()
    assert set(verdicts(preview(head, exported)).values()) == {"same"}

    header = ("Kennung", "Budgetansatz 2026", "Geplant: Investition 2026")
    content = table((one.number, 150, None), (two.number, 400, None), header=header)
    run = preview(head, content)
    assert verdicts(run) == {2: "changed", 3: "error"}
    assert "mehrere Haushaltszeilen" in errors(run)[3]
    assert "Budgetansatz 2026: 100,00 € → 150,00 €" in text_of(head.get(f"/import/{run.pk}/"))

    # somebody else is faster: back to the preview, nothing written
    BudgetLine.objects.filter(project=one).update(version=2, planned=120)
    confirm(head, run)
    assert run.state == "preview"
    assert rows(run)[2].diff["budget_planned_2026"] == ["120,00 €", "150,00 €"]
    confirm(head, run)
    assert [line[2] for line in money("E-Akte")] == [Decimal(150)]
    assert BudgetLine.objects.get(project=one).version == 3
    event = AuditEvent.objects.filter(object_id=one.pk).order_by("-pk")[0]
    assert event.changes["budget_planned_2026"] == ["120,00 €", "150,00 €"]
    history = text_of(head.get(f"/vorhaben/{one.pk}/verlauf/"))
    assert "Budgetansatz 2026" in history

    mended = table((two.number, None, 250), (one.number, "-", None), header=header)
    load(head, mended)
    assert [line[2] for line in money("Portal")] == [Decimal(250), Decimal(100)]
    assert [line[2] for line in money("E-Akte")] == [Decimal(0)]


@pytest.mark.django_db
def test_money_of_foreign_and_hidden_projects_stays_untouched(
    client_of: Any, unit_tree: dict[str, Any]
) -> None:
    secret = make_project(unit_tree["20"], "Turmfalke", confidentiality=3)
    make_item("budget", secret, year=2026, kind="operating", planned=Decimal(777))
    content = table((secret.number, 1), header=("Kennung", "Budget 2026"))
    run = preview(client_of("digital-unit"), content)
    assert verdicts(run) == {2: "error"}
    assert "777" not in str(rows(run)[2].diff)
    assert Project.objects.get(pk=secret.pk).budget_lines.get().planned == Decimal(777)


@pytest.mark.django_db
def test_headings_between_the_rows(client_of: Any, unit_tree: dict[str, Any]) -> None:
    head: Client = client_of("digital-unit")
    content = table(
        ("Bürgerservice",),
        ("Portal", "11", "Idee", 2027, None),
        ("Termine", "11", "Idee", 2027, None),
        ("Verwaltung",),
        ("E-Akte", "Hauptamt", "läuft", "01.02.2026", None),
        (None, None, None, None, "Stand: 12.11.2026"),
    )
    run = preview(head, content)
    assert verdicts(run) == {2: "heading", 3: "new", 4: "new", 5: "heading", 6: "new", 7: "heading"}
    page = text_of(head.get(f"/import/{run.pk}/"))
    assert "3 Zeilen enthalten nur einen Text" in page
    assert "2 „Bürgerservice“" in page
    confirm(head, run)
    assert Project.objects.count() == 3

    run = preview(head, content, "wieder.xlsx")
    asked = {"headings": "fields_of_action", "missing_strategy": "create"}
    check(head, run, **asked)
    confirm(head, run)
    fields = dict(Project.objects.values_list("title", "fields_of_action__name"))
    assert fields == {"Portal": "Bürgerservice", "Termine": "Bürgerservice", "E-Akte": "Verwaltung"}
    check(head, preview(head, content, "als-zeilen.xlsx"), headings="rows")


@pytest.mark.django_db
def test_unknown_names_come_with_a_guess(client_of: Any, unit_tree: dict[str, Any]) -> None:
    make_person(unit_tree["10"], "Tom", "Meyerhoff")
    content = table(
        ("Portal", "Hauptmat", "läuft", None, None, "Tom Meierhoff"),
        ("E-Akte", "Hauptamt", "in Bearbietung", None, None, "Xaver Unbekannt"),
        header=("Titel", "Federführung", "Phase", "Beginn", "Ende", "Projektleitung"),
    )
    head = client_of("digital-unit")
    run = preview(head, content, missing_units="error", missing_people="skip")
    found = errors(run)
    assert "Meinten Sie „Hauptamt“?" in found[2]
    assert "Meinten Sie „laufend“?" in found[3]
    page = text_of(head.get(f"/import/{run.pk}/"))
    assert "Tom Meierhoff (meinten Sie „Tom Meyerhoff“?)" in page
    assert "Xaver Unbekannt (" not in page
    asked = selects(head.get(f"/import/{run.pk}/?zuordnung").content.decode())
    assert asked["unit_0"] == str(unit_tree["10"].pk)
    check(head, run)
    assert verdicts(run) == {2: "new", 3: "error"}
    assert rows(run)[2].parsed["lead_unit"] == {"id": str(unit_tree["10"].pk)}
    check(head, run, unit_0="")
    assert verdicts(run)[2] == "error"
    forged = {**asked, "unit_0": "00000000-0000-0000-0000-000000000000"}
    assert head.post(f"/import/{run.pk}/zuordnung/", forged).status_code == 422
