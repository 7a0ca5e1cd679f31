"""The real server in a folder and database of its own, and people who are logged in to it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

ROOT = Path(__file__).resolve().parents[1]
TODAY = "2026-11-20"
_TIMING = re.compile(r"app;dur=([\d.]+)")


def free_port() -> int:
    """A port of the loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Instance:
    """A data folder with its environment; `process` is the running server."""

    folder: Path
    database: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)
    """More variables of the environment, such as the address of a mail server."""

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command of this instance."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LEITSTAND_") or name.startswith("LEITSTAND_BENCH_")
        }
        return {
            **kept,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "LEITSTAND_DATA": str(self.folder),
            "LEITSTAND_DATABASE_URL": self.database,
            "LEITSTAND_PORT": str(self.port),
            "LEITSTAND_TODAY": TODAY,
            "LEITSTAND_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "leitstand.settings",
            **self.settings,
        }

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`python …` in this instance; raises with its output if it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            text=True,
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            raise SystemExit(
                f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
            )
        return done

    def start(self) -> None:
        """Start web and worker and wait until they answer."""
        log = (self.folder / "server.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leitstand", "serve"],
            env=self.environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            time.sleep(0.2)
        raise SystemExit(
            f"the server did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}"
        )

    def stop(self) -> None:
        """Stop both processes."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
            self.process = None

    def resident(self) -> dict[str, int]:
        """Bytes of memory held by each process, by its `--only` role."""
        return {role: int(found[0]) for role, found in self._processes().items()}

    def pid(self, role: str) -> int:
        """The process id of the server's child; 0 while there is none."""
        found = self._processes().get(role)
        return int(found[2]) if found else 0

    def processor_seconds(self) -> float:
        """What the web process has used of the processor so far; others' work does not count."""
        return self._processes()["web"][1]

    def _processes(self) -> dict[str, tuple[float, float, int]]:
        """Role → (bytes of memory, seconds of processor, id) of the server's children."""
        found: dict[str, tuple[float, float, int]] = {}
        assert self.process is not None
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if int(stat[1]) != self.process.pid or b"--only" not in words:
                    continue
                held = re.search(r"VmRSS:\s+(\d+)", (folder / "status").read_text())
                seconds = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
                role = words[words.index(b"--only") + 1].decode()
                memory = float(held.group(1)) * 1024 if held else 0.0
                found[role] = (memory, seconds, int(folder.name))
        return found


@contextlib.contextmanager
def instance(postgres: str = "") -> Iterator[Instance]:
    """An empty instance that is removed afterwards; on PostgreSQL in a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="leitstand-bench-"))
    name = f"leitstand_bench_{secrets.token_hex(4)}"
    database = ""
    if postgres:
        _on_postgres(postgres, f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
        database = urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    made = Instance(folder, database)
    try:
        made.run("-m", "leitstand", "migrate")
        yield made
    finally:
        made.stop()
        if postgres:
            _on_postgres(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)


def _on_postgres(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


class Person:
    """Somebody with a browser."""

    def __init__(self, at: Instance, session: str) -> None:
        cookies = {"leitstand_session": session, "leitstand_csrf": "c" * 32}
        headers = {"Accept-Language": "de", "X-CSRFToken": "c" * 32, "Referer": at.url}
        self.http = httpx.Client(base_url=at.url, cookies=cookies, headers=headers, timeout=60)

    def get(self, path: str) -> tuple[float, int, str]:
        """Open a page: (milliseconds in the app, bytes, text); anything but 200 ends the run."""
        response = self.http.get(path)
        if response.status_code != 200:
            raise SystemExit(f"{path} answered {response.status_code}")
        timing = _TIMING.search(response.headers.get("Server-Timing", ""))
        return float(timing.group(1)) if timing else 0.0, len(response.content), response.text

    def save(self, project: str, value: int) -> int:
        """Set a project's progress as the table's cell does: open the editor, send it."""
        path = f"/vorhaben/{project}/feld/progress/"
        editor = self.http.get(path, headers={"HX-Request": "true"})
        version = re.search(r'name="version" value="(\d+)"', editor.text)
        if editor.status_code != 200 or version is None:
            return editor.status_code
        data = {"progress": str(value), "version": version.group(1)}
        answer = self.http.post(path, data=data, headers={"HX-Request": "true"})
        return 409 if "kern-error" in answer.text else answer.status_code


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def write(results: dict[str, object], path: Path = ROOT / "bench.json") -> None:
    """Write the figures beside the checkout."""
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
