"""An instance of its own, driven from outside: by commands, signals and its files."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-P", "-m", "leitstand"]
PATIENCE_S = 120


@dataclass
class Instance:
    """A data folder and the environment with which every command is run."""

    data: Path
    env: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.data.parent),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT / "src"),
            "LEITSTAND_DATA": str(self.data),
            "LEITSTAND_LOG_LEVEL": "WARNING",
            **self.env,
        }

    def run(self, *words: object, **env: str) -> subprocess.CompletedProcess[str]:
        return self.call([*COMMAND, *map(str, words)], **env)

    def call(
        self,
        command: list[str],
        stdin: str = "",
        before: Callable[[], None] | None = None,
        **env: str,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment() | env, cwd=self.data.parent, input=stdin, text=True,
            capture_output=True, timeout=PATIENCE_S, check=False, preexec_fn=before,
        )  # fmt: skip

    def start(self, *words: object, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *map(str, words)], env=self.environment() | env, cwd=self.data.parent,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def must(self, *words: object, **env: str) -> str:
        """Run a command that has to succeed; returns its output."""
        done = self.run(*words, **env)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def seed(self, *words: object) -> None:
        done = self.call(
            [sys.executable, str(Path(__file__).with_name("seed.py")), *map(str, words)]
        )
        assert done.returncode == 0, done.stderr

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.data / "app.db", timeout=20)
        try:
            with connection:
                return list(connection.execute(statement).fetchall())
        finally:
            connection.close()

    def export(self, target: Path) -> bytes:
        self.must("export", "all", target)
        return target.read_bytes()


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait until the condition holds; returns whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[str, str]:
    """Send a signal and return what the process has written."""
    if process.poll() is None:
        process.send_signal(number)
    return process.communicate(timeout=PATIENCE_S)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a refused command may print."""
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("leitstand: ")
    assert "Traceback" not in done.stderr
    return lines[0]
