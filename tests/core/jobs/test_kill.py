"""A worker that is killed with SIGKILL: the job goes on in the next one."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

# A worker with one more kind of job: it works in small steps and notes each in a file.
WORKER = """
import sys, time
from leitstand.core.cli.start import start_django
start_django()
from leitstand.core.jobs import registry
from leitstand.core.jobs.worker import work
def steps(run):
    path = run.args["path"]
    done = len(open(path).readlines())
    while done < run.args["total"]:
        with open(path, "a") as out:
            out.write(f"{run.attempt}\\n")
        done += 1
        run.step(done, run.args["total"], "Schritt")
        time.sleep(0.05)
    return {"done": done}
registry.register("test.steps", "Schritte", steps)
work(1)
"""
ENQUEUE = """
import sys
from leitstand.core.cli.start import start_django
start_django()
from leitstand.core.base.actor import Actor
from leitstand.core.jobs import actions, registry
registry.register("test.steps", "Schritte", lambda run: None)
job = actions.enqueue("test.steps", actor=Actor.system("test"), path=sys.argv[1], total=60)
print(job.id.hex)
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LEITSTAND_")}
    env = {**kept, "LEITSTAND_DATA": str(tmp_path), "PYTHONPATH": "src"}
    command = [sys.executable, "-m", "leitstand", "migrate"]
    subprocess.run(command, env=env, check=True, capture_output=True)
    return env


def _worker(env: dict[str, str], log: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER], env=env, stdout=log, stderr=log)


def _job(folder: Path) -> dict[str, Any]:
    with sqlite3.connect(folder / "app.db", timeout=10) as base:
        base.row_factory = sqlite3.Row
        row = base.execute("SELECT * FROM jobs_job").fetchone()
    base.close()
    return dict(row)


def _wait(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_a_killed_worker_s_job_goes_on_where_it_stood(env: dict[str, str], tmp_path: Path) -> None:
    steps = tmp_path / "steps.txt"
    steps.touch()
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-c", ENQUEUE, str(steps)]
        subprocess.run(command, env=env, check=True, stdout=log, stderr=log)
        first = _worker(env, log)
        try:
            assert _wait(lambda: len(steps.read_text().splitlines()) >= 10, 30)
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait(10)
        assert _job(tmp_path)["state"] == "running"  # nobody was left to say otherwise
        second = _worker(env, log)
        try:
            assert _wait(lambda: _job(tmp_path)["state"] == "done", 30), _job(tmp_path)
        finally:
            second.send_signal(signal.SIGTERM)
            second.wait(20)
    job = _job(tmp_path)
    assert job["attempt"] == 2
    assert json.loads(job["result"]) == {"done": 60}
    attempts = steps.read_text().split()
    assert len(attempts) == 60
    assert attempts == sorted(attempts)
    assert set(attempts) == {"1", "2"}
