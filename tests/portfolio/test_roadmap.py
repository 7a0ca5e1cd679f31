"""The roadmap as picture and as an equal table."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstand.portfolio.models import Dependency
from tests.portfolio.making import make_item, make_project
from tests.portfolio.views import SECRET, World, page, words


def tie(before: Any, after: Any, **values: Any) -> Any:
    return Dependency.objects.create(predecessor=before, successor=after, **values)


def bars(html: str) -> int:
    """Bars of the picture; the legend above it shows some too."""
    return len(re.findall(r'class="tl-bar ', html.partition('class="tl-picture"')[2]))


def test_every_dated_project_has_a_bar_the_others_a_row(staff: Any, world: World) -> None:
    html = page(staff, "/roadmap/")
    assert bars(html) == 2
    labels = html[
        html.index('class="tl-labels"') : html.index("</ul>", html.index('class="tl-labels"'))
    ]
    assert "Zoo &amp; &lt;Tierpark&gt;" in labels
    assert "davon 1 ohne Termine" in words(html)
    assert "Heute" in html


def test_milestones_baselines_and_progress_are_drawn(staff: Any, world: World) -> None:
    from leitstand.portfolio.models import Baseline

    Baseline.objects.create(
        project=world.open, number=1, name="alt", frozen_on=date(2026, 1, 1),
        start=date(2026, 1, 1), end=date(2026, 6, 30),
    )  # fmt: skip
    Baseline.objects.create(
        project=world.open, number=2, name="neu", frozen_on=date(2026, 5, 1),
        start=date(2026, 1, 1), end=date(2026, 8, 31),
    )  # fmt: skip
    make_item(
        "milestone", world.open, title="Auftakt", due=date(2026, 1, 15), done_on=date(2026, 1, 20)
    )
    html = page(staff, "/roadmap/")
    assert html.count('class="tl-baseline"') == 1
    assert "tl-ms tl-ms-done" in html
    assert "Abnahme; Stufe 1: 01.12.2026" in html
    assert 'class="tl-done"' in html
    table = words(page(staff, "/roadmap/?show=table"))
    assert "61 Tage später" in table
    assert "15.01.2026 Auftakt ✓; 01.12.2026 Abnahme; Stufe 1" in table


def test_a_violated_dependency_is_marked_in_both(staff: Any, world: World) -> None:
    tie(world.open, world.done)
    html = page(staff, "/roadmap/")
    assert "tl-link-bad" in html
    table = words(page(staff, "/roadmap/?show=table"))
    assert re.search(r"P-\d+ Übergabe der E-Akte \(\d+ Tage zu früh\)", table)


def test_a_kept_dependency_is_not_marked(staff: Any, world: World) -> None:
    tie(world.done, world.open)
    html = page(staff, "/roadmap/")
    assert "tl-link-ok" in html
    assert "tl-link-bad" not in html
    assert "zu früh" not in page(staff, "/roadmap/?show=table")


def test_dependencies_to_hidden_or_filtered_projects_are_not_drawn(
    staff: Any, world: World
) -> None:
    tie(world.secret, world.open)
    tie(world.open, world.done)
    for url in ("/roadmap/", "/roadmap/?show=table"):
        assert SECRET not in page(staff, url)
    filtered = page(staff, "/roadmap/?phase=running")
    assert "tl-link-" not in filtered
    assert bars(filtered) == 1


@pytest.mark.parametrize("group", ["programme", "lead_unit", "phase", "fields_of_action"])
def test_groups_head_their_projects_with_numbers(staff: Any, world: World, group: str) -> None:
    heading = {
        "programme": "Digitale Verwaltung (1)", "lead_unit": "Personalamt (1)",
        "phase": "abgeschlossen (1)", "fields_of_action": "Bürgerservice (2)",
    }[group]  # fmt: skip
    assert heading in words(page(staff, f"/roadmap/?group={group}"))
    assert heading not in words(page(staff, "/roadmap/?flat=yes"))
    if group == "programme":  # a heading that says "not given" for all says nothing
        for show in ("", "&show=table"):
            alone = words(page(staff, f"/roadmap/?q=Zoo&group=programme{show}"))
            assert "Zoo & <Tierpark>" in alone
            assert "nicht angegeben (1)" not in alone
            assert "nicht angegeben 1 Eintrag" not in alone


def test_the_picture_is_named_and_zoomed(staff: Any, world: World) -> None:
    widths = []
    for zoom in ("years", "quarters", "months", "nonsense"):
        html = page(staff, f"/roadmap/?zoom={zoom}")
        widths.append(int(re.findall(r'class="tl-axis" width="(\d+)"', html)[0]))
    assert widths[0] <= widths[1] < widths[2]
    assert widths[3] == widths[1]


def test_far_away_and_lonely_dates_do_not_break_the_picture(staff: Any, world: World) -> None:
    make_project(world.units["10"], "Ewig", start=date(1901, 1, 1), end=date(9999, 12, 31))
    make_project(world.units["10"], "Offen", start=date(2027, 1, 1))
    make_project(world.units["10"], "Fristig", end=date(2027, 12, 31))
    assert bars(page(staff, "/roadmap/")) == 5
    assert "31.12.9999" in page(staff, "/roadmap/?show=table")


def test_queries_do_not_grow_with_rows(staff: Any, world: World) -> None:
    page(staff, "/roadmap/")
    with CaptureQueriesContext(connection) as few:
        page(staff, "/roadmap/")
    previous = world.open
    for number in range(30):
        made = make_project(
            world.units["11"], f"Reihe {number}", start=date(2026, 1, 1), end=date(2026, 2, 1)
        )
        make_item("milestone", made, title="M", due=date(2026, 1, 9))
        tie(previous, made)
        previous = made
    with CaptureQueriesContext(connection) as many:
        page(staff, "/roadmap/")
    assert len(many) <= len(few)


def test_a_project_in_two_fields_is_counted_once(staff: Any, world: World) -> None:
    text = words(page(staff, "/roadmap/?group=fields_of_action"))
    assert "3 Vorhaben, davon 1 ohne Termine – ein Vorhaben steht in jeder seiner Gruppen" in text
    assert "in jeder seiner Gruppen" not in words(page(staff, "/roadmap/"))


def test_the_legend_names_the_phases_shown(staff: Any, world: World) -> None:
    html = page(staff, "/roadmap/")
    legend = html[html.index('class="tl-legend"') : html.index("</ul>", html.index("tl-legend"))]
    assert words(legend[legend.index(">") + 1 :]) == (
        "Idee laufend abgeschlossen dunkle Linie im Balken: Fortschritt"
    )
    assert "tl-k-idea" in legend
    assert "tl-legend" not in page(staff, "/roadmap/?show=table")
