"""The worker is killed in the middle of each step, the web server is sent too much."""

from __future__ import annotations

import http.client
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.instance import Instance, end, wait_for
from tests.core.tables.files import xlsx

ROWS = 4000
SCRIPT = Path(__file__).with_name("drive_import.py")


@pytest.fixture(autouse=True)
def _clean_state() -> None:
    """These tests run the product in processes of its own: nothing to clean in this one."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated data folder with a unit and an account."""
    instance = Instance(tmp_path_factory.mktemp("kill") / "data")
    instance.must("migrate")
    drive(instance, "prepare")
    return instance.data


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Instance:
    """A copy of the prepared instance."""
    import shutil

    shutil.copytree(prepared, tmp_path / "data")
    return Instance(tmp_path / "data")


def drive(instance: Instance, *words: object) -> None:
    """Do one step of an import as the head of the digital unit."""
    done = instance.call([sys.executable, str(SCRIPT), *map(str, words)])
    assert done.returncode == 0, done.stderr


def listed(path: Path) -> Path:
    """A list of projects."""
    lines = [(n, f"Vorhaben {n}", "Stadt", "Idee", "2027") for n in range(ROWS)]
    path.write_bytes(xlsx(("Nr.", "Titel", "Federführung", "Phase", "Ende"), *lines))
    return path


def one(instance: Instance, statement: str) -> object:
    """The one value of a query, as another process sees it."""
    return instance.sql(statement)[0][0]


STATE = "SELECT state FROM portfolio_importrun"
DONE = "SELECT count(*) FROM portfolio_importrow WHERE verdict != ''"
STEPS: dict[str, tuple[str, str]] = {
    "read": ("SELECT count(*) > 500 FROM portfolio_importrow", "mapping"),
    "check": (f"SELECT count(*) > 500 FROM ({DONE.replace('count(*)', 'id')})", "preview"),
    "apply": (
        "SELECT state = 'running' FROM jobs_job WHERE kind = 'portfolio.import.apply'",
        "done",
    ),
}


def kill_when(instance: Instance, condition: str, pause: float = 0.0) -> None:
    """Start a worker and kill it without warning as soon as the condition holds."""
    worker = instance.start("serve", "--only", "worker")
    try:
        assert wait_for(lambda: bool(one(instance, condition)), 60)
        time.sleep(pause)
    finally:
        end(worker, signal.SIGKILL)


def let_work(instance: Instance, until: str) -> None:
    """Start a worker and wait until the run has reached a state."""
    worker = instance.start("serve", "--only", "worker")
    try:
        reached = wait_for(lambda: one(instance, STATE) == until, 90)
    finally:
        _out, said = end(worker)
    assert reached, (one(instance, STATE), said[-2000:])


@pytest.mark.slow
@pytest.mark.parametrize("step", list(STEPS))
def test_a_killed_worker_leaves_nothing_half_done(
    instance: Instance, tmp_path: Path, step: str
) -> None:
    drive(instance, "start", listed(tmp_path / "liste.xlsx"))
    if step != "read":
        let_work(instance, "mapping")
        drive(instance, "map")
    if step == "apply":
        let_work(instance, "preview")
        drive(instance, "confirm")
    condition, goal = STEPS[step]
    kill_when(instance, condition, pause=0.3 if step == "apply" else 0.0)
    found = one(instance, "SELECT count(*) FROM portfolio_project")
    assert found in (0, ROWS)
    assert one(instance, STATE) in {"read": ("uploaded",), "check": ("checking",),
                                    "apply": ("applying", "done")}[step]  # fmt: skip
    let_work(instance, goal)
    assert one(instance, "SELECT count(*) FROM portfolio_importrow") == ROWS
    assert one(instance, "SELECT count(DISTINCT number) FROM portfolio_importrow") == ROWS
    if step != "read":
        assert one(instance, DONE) == ROWS
    applied = ROWS if step == "apply" else 0
    assert one(instance, "SELECT count(*) FROM portfolio_project") == applied
    assert one(instance, "SELECT count(DISTINCT number) FROM portfolio_project") == applied
    events = "SELECT count(*) FROM audit_auditevent WHERE type = 'portfolio.project.created'"
    assert one(instance, events) == applied
    attempts = "SELECT max(attempt) FROM jobs_job"
    assert one(instance, attempts) == 2


@pytest.mark.slow
def test_a_read_with_a_remembered_header_goes_on_after_a_kill_in_its_check(
    instance: Instance, tmp_path: Path
) -> None:
    path = listed(tmp_path / "liste.xlsx")
    drive(instance, "start", path)
    let_work(instance, "mapping")
    drive(instance, "map")
    let_work(instance, "preview")
    drive(instance, "forget")
    drive(instance, "start", path)
    kill_when(instance, STEPS["check"][0])
    assert one(instance, STATE) == "checking"
    let_work(instance, "preview")
    assert one(instance, DONE) == ROWS


# --- too much at once ------------------------------------------------------------------------


@pytest.fixture
def server(instance: Instance) -> Iterator[tuple[Instance, int]]:
    """A running web process that takes files up to 1 MB."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    instance.env |= {"LEITSTAND_PORT": str(port), "LEITSTAND_MAX_UPLOAD_MB": "1"}
    process = instance.start("serve", "--only", "web")
    try:
        assert wait_for(lambda: answers(port), 60)
        yield instance, port
    finally:
        end(process)


def answers(port: int) -> bool:
    """Whether the server takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def used(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_two_gigabytes_are_refused_by_their_announcement(server: tuple[Instance, int]) -> None:
    instance, port = server
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/import/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(2 << 30))
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status == 413
    assert "größer als 2 MB" in text
    assert "teilen Sie die Datei" in text
    assert used(instance.data / "tmp") == 0
    connection.close()


def test_a_file_just_above_the_limit_gets_a_page_that_says_so(server: tuple[Instance, int]) -> None:
    """Below the limit of the whole request, above that of the file."""
    import re

    import httpx

    instance, port = server
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"accept-language": "de"}
    ) as web:
        page = web.get("/konto/anmelden/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        login = {"login": "chefin", "password": "Kirschkern-weit-spucken-7",
                 "csrfmiddlewaretoken": token[1]}  # fmt: skip
        assert web.post("/konto/anmelden/", data=login).status_code == 302
        page = web.get("/import/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        answer = web.post(
            "/import/",
            data={"csrfmiddlewaretoken": token[1]},
            files={"file": ("liste.csv", b"Titel;Amt\n" * 150_000)},
        )
    assert answer.status_code == 422
    assert "größer als 1 MB" in answer.text
    assert "<html" in answer.text
    assert used(instance.data / "tmp") == 0
    assert one(instance, "SELECT count(*) FROM portfolio_importrun") == 0


@pytest.mark.slow
def test_the_database_is_whole_after_a_kill(instance: Instance, tmp_path: Path) -> None:
    """SQLite's own check, after a worker was killed while it wrote."""
    drive(instance, "start", listed(tmp_path / "liste.xlsx"))
    kill_when(instance, STEPS["read"][0])
    connection = sqlite3.connect(instance.data / "app.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
