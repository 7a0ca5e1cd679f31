"""The worker is killed while the e-mails of a status round leave: none twice, none lost, all told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.cli.instance import ROOT, Instance, end, wait_for

PEOPLE, SLOW = 120, 40
DRIVE = Path(__file__).with_name("drive_round.py")
SERVER = ROOT / "tests" / "core" / "notify" / "server.py"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """The folder and the port of a real mail server."""
    folder = tmp_path / "mails"
    folder.mkdir()
    command = [sys.executable, str(SERVER), "0", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield folder, int(process.stdout.readline().split()[1])
        process.kill()


def got(folder: Path) -> Counter[str]:
    """Receiver → number of e-mails with the server."""
    return Counter(str(message_from_bytes(p.read_bytes())["To"]) for p in folder.glob("*.eml"))


def drive(instance: Instance, *words: object) -> str:
    done = instance.call([sys.executable, str(DRIVE), *map(str, words)])
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_killed_while_the_mails_of_a_round_leave(
    database: str, post: tuple[Path, int], request: pytest.FixtureRequest
) -> None:
    """Once with an e-mail under way, once just anywhere; the third worker ends it."""
    folder, port = post
    if database == "sqlite":
        instance: Instance = request.getfixturevalue("migrated")
    else:
        make: Callable[[str], Instance] = request.getfixturevalue("postgres")
        instance = make("killed")
        instance.must("migrate")
    instance.env |= {"LEITSTAND_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    drive(instance, "open", PEOPLE, SLOW)
    slow = f"langsam{SLOW}@stadt.example"
    for condition in (
        lambda: bool(got(folder)[slow]),  # the server has it and has not answered yet
        lambda: len(list(folder.glob("*.eml"))) >= PEOPLE * 2 // 3,
    ):
        worker = instance.start("serve", "--only", "worker")
        try:
            assert wait_for(condition, 60), len(got(folder))
        finally:
            end(worker, signal.SIGKILL)
    state: dict[str, Any] = {}

    def is_settled() -> bool:
        state.update(json.loads(drive(instance, "states", SLOW).splitlines()[-1]))
        return set(state["mails"].values()) <= {"sent", "uncertain"}

    last = instance.start("serve", "--only", "worker")
    try:
        assert wait_for(is_settled, 60), Counter(state["mails"].values())
    finally:
        end(last)
    found = got(folder)
    unclear = {address for address, what in state["mails"].items() if what == "uncertain"}
    assert len(state["mails"]) == PEOPLE
    assert max(found.values()) == 1, "nobody gets it twice"
    assert set(found) | unclear == set(state["mails"]), "nobody is forgotten"
    assert slow in unclear
    assert len(unclear) <= 2 * 2, "at most what two threads had under way at each kill"
    assert {state["causes"][address] for address in unclear} == {"killed"}
    assert "unklar, ob gesendet" in state["said"]
    assert "kann angekommen sein" in state["said"]
