"""The profile under real transactions: many threads at once, and the printed sheet."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.portfolio import racing
from tests.portfolio.making import (
    every_part,
    make_item,
    make_person,
    make_project,
)


def _race(tmp_path: Path) -> Any:
    if connection.vendor == "postgresql":
        return racing.race()
    environment = {**os.environ, "LEITSTAND_DATA": str(tmp_path), "LEITSTAND_LOG_LEVEL": "ERROR",
                   "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.portfolio.racing"], env=environment, check=False,
        capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_between_threads(tmp_path: Path) -> None:
    """Nobody's letter, no number, no baseline; and two who tie at once close no circle."""
    outcome = _race(tmp_path)
    assert outcome["failures"] == []
    assert outcome["summary"] == "a" * racing.ROUNDS + "b" * racing.ROUNDS
    assert outcome["version"] == 1 + 2 * racing.ROUNDS
    assert outcome["numbers"] == 18
    assert outcome["baselines"] == [1, 2, 3, 4, 5, 6, 7, 8]
    edges = {tuple(edge) for edge in outcome["edges"]}
    assert len(edges) >= 5
    while edges:  # take away what nothing comes before; a circle would remain
        free = {a for a, _ in edges} - {b for _, b in edges}
        assert free, edges
        edges = {edge for edge in edges if edge[0] not in free}


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_it_prints_on_one_page(
    unit_tree: dict[str, Any], client_of: Any, live_server: Any, tmp_path: Path
) -> None:
    """A project far above the usual size still gives one A4 page with the end of the sheet."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not shutil.which("chromium") or not shutil.which("pdfinfo"):
        pytest.skip("chromium or pdfinfo is missing")
    text = "Die Anträge werden bisher auf Papier bearbeitet und mehrfach abgetippt. " * 40
    project = make_project(
        unit_tree["10"], "Sehr langer Titel " * 10, need=text, summary=text, light_note=text,
        start=date(2026, 1, 1), end=date(2029, 12, 31), due=date(2029, 1, 1), due_kind="law",
        due_basis="§ 1 Onlinezugangsgesetz",
    )  # fmt: skip
    every_part(project, unit_tree["11"], make_person(unit_tree["11"]))
    for number in range(30):
        make_item("milestone", project, title=f"Meilenstein {number} " * 6, due=date(2027, 3, 1))
        make_item("risk", project, title=f"Risiko {number} " * 8, probability=3, impact=3)
        make_item("obstacle", project, kind="other", title=f"Hemmnis {number} " * 8)
        make_item("decision", project, title=f"Entscheidung {number} " * 8)
        make_item("budget", project, year=2024 + number % 8, kind="operating", planned=1000000)
    client = client_of("digital-unit")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context()
        value = client.cookies["leitstand_session"].value
        context.add_cookies([{"name": "leitstand_session", "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/vorhaben/{project.pk}/")
        page.pdf(path=str(tmp_path / "blatt.pdf"), format="A4", prefer_css_page_size=True)
        browser.close()
    info = subprocess.run(
        ["pdfinfo", "blatt.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert re.search(r"Pages:\s+1\b", info.stdout), info.stdout
    words = subprocess.run(
        ["pdftotext", "blatt.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "Projektsteckbrief vom" in words.stdout
    assert "Onlinezugangsgesetz" in words.stdout
