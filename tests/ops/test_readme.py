"""The README's script, run as it stands: from an own spreadsheet to a running instance."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Kirschkern-weit-spucken-7"
ROWS = "Projekt;Federführung;Status;Beginn;Ende\n"
ROWS += "Elektronische Akte;Hauptamt;laufend;01.03.2026;31.12.2027\n"
ROWS += "Digitaler Bauantrag;Bauamt;geplant;2027;2028\n"


def script() -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"<!-- script: own-list -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found
    return [line.split(" #")[0].strip() for line in found[1].splitlines()]


def address() -> str:
    """The path of the page that the script's last line promises."""
    found = re.search(r"http://127\.0\.0\.1:8000(/\S*)", (ROOT / "README.md").read_text("utf-8"))
    assert found
    return found[1]


def shell(line: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    # Without a terminal the password is read from stdin.
    return subprocess.run(
        ["sh", "-c", line], cwd=ROOT, env=env, input=f"{PASSWORD}\n" * 2,
        capture_output=True, text=True, timeout=120, check=False, start_new_session=True,
    )  # fmt: skip


def test_the_five_lines_of_the_readme(tmp_path: Path) -> None:
    lines = script()
    assert len(lines) == 5
    if not (ROOT / ".venv" / "leitstand.json").is_file():
        pytest.skip("this environment was not built by make")
    source = tmp_path / "meine-projekte.csv"
    source.write_bytes(ROWS.encode("cp1252"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LEITSTAND_PORT": str(port)}
    env |= {"LEITSTAND_DATA": str(tmp_path / "data")}
    for line in lines[:4]:
        done = shell(line.replace("meine-projekte.xlsx", str(source)), env)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    process = subprocess.Popen(["sh", "-c", f"exec {lines[4]}"], cwd=ROOT, env=env)
    try:
        page = Visitor(f"http://127.0.0.1:{port}", process).logged_in("leitung").get(address())
    finally:
        process.terminate()
        process.wait(30)
    assert "Elektronische Akte" in page
    assert "Digitaler Bauantrag" in page


class Visitor:
    """A browser without JavaScript: cookies, forms, patience while the server starts."""

    def __init__(self, origin: str, process: subprocess.Popen[bytes]) -> None:
        self.origin, self.process = origin, process
        self.open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        ).open

    def get(self, path: str, form: dict[str, str] | None = None) -> str:
        body = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.origin + path, body, {"Accept-Language": "de"})
        for _ in range(150):
            assert self.process.poll() is None, "the server has ended"
            try:
                with self.open(request, timeout=20) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError:
                raise
            except (ConnectionError, urllib.error.URLError):
                time.sleep(0.2)
        raise AssertionError("the server does not answer")

    def logged_in(self, name: str) -> Visitor:
        page = self.get("/konto/anmelden/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": name, "password": PASSWORD}
        assert "abmelden" in self.get("/konto/anmelden/", form)
        return self
