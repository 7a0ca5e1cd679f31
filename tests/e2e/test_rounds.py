"""A coordinator answers a status round from the e-mail on the phone: taps and characters counted.

Assumed per tap 2 s (find it, touch it), per character 0.4 s (typing on a phone), for reading each
project 8 s, for opening the e-mail and its link 10 s. The sum stays below 90 s; what is asserted are the
counts, not the time of this machine.
"""

from __future__ import annotations

import email
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cli.instance import Instance, wait_for
from tests.e2e.city import City
from tests.e2e.conftest import _account, _serve

SERVER = Path(__file__).parents[1] / "core" / "notify" / "server.py"
FILL = """
import django; django.setup()
from datetime import date
from leitstand.core.base.actor import Actor
from leitstand.core.org.actions import create_person, create_unit
from leitstand.portfolio.actions.items import add_item
from leitstand.portfolio.actions.projects import create_project
me = Actor.system("test")
unit = create_unit(actor=me, code="10", kind="department", name="Hauptamt", active_from=date(2020, 1, 1))
anna = create_person(actor=me, given_name="Anna", family_name="Berg", unit=unit, email="anna@stadt.example")
for title in ("E-Akte", "Serviceportal", "Digitaler Bauantrag"):
    project = create_project(actor=me, values={
        "title": title, "lead_unit": unit, "phase": "running", "progress": 40,
        "start": date(2026, 1, 1), "end": date(2027, 12, 31)})
    add_item("person", project.pk, actor=me, values={"person": anna, "role": "lead"})
"""
TAP, CHARACTER, PROJECT, OPENING = 2.0, 0.4, 8.0, 10.0


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A mail server and the folder that its e-mails fall into."""
    folder = tmp_path / "mails"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, str(SERVER), "0", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield int(process.stdout.readline().split()[1]), folder
    process.kill()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def city(tmp_path: Path, mails: tuple[int, Path]) -> Iterator[City]:
    """Three projects of one person, an account that opens rounds, a mail server."""
    (tmp_path / "city").mkdir()
    instance = Instance(tmp_path / "city" / "data", {
        "LEITSTAND_SMTP_URL": f"smtp://127.0.0.1:{mails[0]}",
        "LEITSTAND_MAIL_FROM": "Leitstand <leitstand@stadt.example>",
        "DJANGO_SETTINGS_MODULE": "leitstand.settings",
    })  # fmt: skip
    instance.must("migrate")
    done = instance.call([sys.executable, "-c", FILL])
    assert done.returncode == 0, done.stderr
    _account(instance, "leitung", "digital-unit")
    for served in _serve(instance):
        served.passwords["digital-unit"] = ("leitung", "Kirschkern-weit-spucken-7")
        yield served


class Thumb:
    """Counts what a person does on the phone."""

    def __init__(self) -> None:
        self.taps, self.characters = 0, 0

    def tap(self, target: Any) -> None:
        target.click()
        self.taps += 1

    def write(self, target: Any, text: str) -> None:
        self.tap(target)
        target.fill(text)
        self.characters += len(text)


def test_three_projects_from_the_mail(
    city: City, mails: tuple[int, Path], new_page: Callable[..., Page],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    _open_round(new_page(city), city)
    assert wait_for(lambda: any(mails[1].glob("*.eml")), 60)
    (file,) = mails[1].glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    body = message.get_body(("plain",)).get_content()
    link = re.search(r"https?://[^/]+(/meldung/\S+)", body)
    assert link and message["To"] == "anna@stadt.example" and "3 Vorhaben" in message["Subject"]
    assert "E-Akte" not in body
    phone, thumb = new_page(city, width=390, has_touch=True), Thumb()
    phone.goto(link[1])
    expect(phone.get_by_role("heading", level=2)).to_have_count(3)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    _change_one(phone, thumb)
    thumb.tap(phone.get_by_role("button", name="Alle als unverändert bestätigen"))
    expect(phone.get_by_text("2 Vorhaben gemeldet.")).to_be_visible()
    seconds = OPENING + 3 * PROJECT + TAP * thumb.taps + CHARACTER * thumb.characters
    with capsys.disabled():
        print(f"\n{thumb.taps} taps, {thumb.characters} characters: about {seconds:.0f} s on a phone")
    assert thumb.taps <= 8
    assert thumb.characters <= 100
    assert seconds <= 90
    assert len(city.values("SELECT id FROM portfolio_statusreport")) == 3
    phone.goto(link[1])
    expect(phone.get_by_text("gemeldet am")).to_have_count(3)


def _change_one(phone: Page, thumb: Thumb) -> None:
    """One light yellow with a reason, one sentence."""
    card = phone.get_by_role("region", name="Serviceportal")
    thumb.tap(card.get_by_text("Ampel oder Text ändern"))
    thumb.tap(card.get_by_role("group", name="Kosten").get_by_label("gelb"))
    thumb.write(card.get_by_label("Begründung, falls abweichend: Kosten"), "Lizenzen werden teurer")
    thumb.write(card.get_by_label("Sachstand"), "Pilot läuft in zwei Ämtern.")
    thumb.tap(card.get_by_role("button", name="Melden", exact=True))
    expect(phone.get_by_text("Gemeldet: Serviceportal")).to_be_visible()


def _open_round(page: Page, city: City) -> None:
    city.log_in(page, "digital-unit")
    page.goto("/statusrunden/neu/")
    page.get_by_label("Titel").fill("Status Herbst")
    today = page.evaluate("new Date().toLocaleDateString('de-DE')")
    for label in ("Stand zum", "Beginnt am", "Antworten bis"):
        page.get_by_label(label).fill(today)
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Jetzt öffnen").click()
    expect(page.get_by_text("die E-Mails sind unterwegs")).to_be_visible()
