"""The database is locked or gone: a clear page, nobody's input lost, the rest still answers."""

from __future__ import annotations

import html
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.urls import reverse
from tests.conftest import PASSWORD

from leitstand.core.org.models import OrgUnit

FORM = {
    "code": "77",
    "name": "Amt für <Wünsche> & Träume",
    "kind": "department",
    "reason": "Zeile 1\nZeile 2",
}
GONE = [
    OperationalError("database is locked"),
    OperationalError("could not connect to server"),
    InterfaceError("connection already closed"),
]


def failing(error: Exception, *, after: int = 0) -> Any:
    """Let every query after the first ``after`` ones fail as a database does that is gone."""
    count = 0

    def fail(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal count
        count += 1
        if count > after:
            raise error
        return execute(sql, params, many, context)

    return connection.execute_wrapper(fail)


@pytest.mark.parametrize("error", GONE, ids=str)
@pytest.mark.parametrize("after", [0, 1, 2])
def test_every_moment_of_failure_ends_in_the_same_page(
    client_of: Any, error: Exception, after: int
) -> None:
    client = client_of("admin")
    client.raise_request_exception = False
    client.get("/mein-konto/")
    with failing(error, after=after):
        answer = client.get(reverse("administration:units"))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Content-Security-Policy" in answer.headers
    page = answer.content.decode()
    assert "Nicht verfügbar" in page or "nicht erreichbar" in page or "antwortet" in page
    assert "OperationalError" not in page
    assert str(error) not in page


def test_input_is_kept_and_can_be_sent_again(client_of: Any) -> None:
    client = client_of("admin")
    client.raise_request_exception = False
    url = reverse("administration:unit_new")
    with failing(GONE[0]):
        answer = client.post(url, {**FORM, "password": "geheim-123"})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "geheim-123" not in page
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)
    }
    assert fields["name"] == FORM["name"]
    assert fields["reason"] == FORM["reason"]
    assert f'action="{url}"' in page
    assert client.post(url, fields).status_code == 302
    assert OrgUnit.objects.get(code="77").name == FORM["name"]


def test_htmx_gets_a_message_instead_of_a_page(client_of: Any) -> None:
    client = client_of("admin")
    client.raise_request_exception = False
    with failing(GONE[0]):
        answer = client.get(reverse("administration:units"), headers={"hx-request": "true"})
    assert answer.status_code == 503
    assert "<html" not in answer.content.decode()


def test_health_answers_and_readiness_says_no(client_of: Any) -> None:
    client = client_of("member")
    client.raise_request_exception = False
    with failing(GONE[1]):
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_the_interface_says_try_again(client_of: Any, api_client: Any) -> None:
    for client in (client_of("member"), api_client("member")):
        client.raise_request_exception = False
        with failing(GONE[1]):
            answer = client.get("/api/v1/jobs")
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"]


# --- with real processes -----------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def instance(tmp_path: Any) -> Any:
    """A real web process on its own data folder, with an administrator."""
    port = _free_port()
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("LEITSTAND_")},
        "LEITSTAND_DATA": str(tmp_path), "LEITSTAND_PORT": str(port),
        "PYTHONPATH": "src", "LEITSTAND_LOG_LEVEL": "ERROR",
    }  # fmt: skip

    def run(*words: str, text: str = "") -> None:
        command = [sys.executable, "-m", "leitstand", *words]
        subprocess.run(command, env=env, input=text, text=True, check=True, capture_output=True)

    run("migrate")
    run("user", "create", "chefin", "--role", "admin", "--password-stdin", text=PASSWORD + "\n")
    server = subprocess.Popen(
        [sys.executable, "-m", "leitstand", "serve", "--only", "web"],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                if httpx.get(f"{base}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield base, tmp_path / "app.db"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


@pytest.mark.slow
def test_a_locked_database_keeps_the_input(instance: Any) -> None:
    base, database = instance
    with httpx.Client(base_url=base, headers={"accept-language": "de"}, timeout=30) as browser:

        def token(page: str) -> str:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            assert found
            return found.group(1)

        page = browser.get("/konto/anmelden/").text
        sent = {"login": "chefin", "password": PASSWORD, "csrfmiddlewaretoken": token(page)}
        assert browser.post("/konto/anmelden/", data=sent).status_code == 302
        page = browser.get("/verwaltung/einheiten/neu/").text
        form = {**FORM, "csrfmiddlewaretoken": token(page)}
        lock = sqlite3.connect(database, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        answer = browser.post("/verwaltung/einheiten/neu/", data=form)
        assert answer.status_code == 503
        assert "Ihre Eingaben sind noch da" in answer.text
        assert browser.get("/verwaltung/einheiten/").status_code == 200  # reading goes on
        lock.execute("ROLLBACK")
        lock.close()
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', answer.text)
        }
        again = browser.post("/verwaltung/einheiten/neu/", data=fields)
        assert again.status_code == 302, again.text
        assert "Träume" in html.unescape(browser.get("/verwaltung/einheiten/").text)
