"""Serve: starts only on a sound instance, ends in order, never leaves a process behind."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import time
from pathlib import Path

import pytest

from tests.cli.instance import Instance, end, one_line, wait_for


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def children(parent: int) -> dict[str, int]:
    """Return the processes of a supervisor by name."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--parent" in words and words[words.index(b"--parent") + 1] == str(parent).encode():
            found[words[words.index(b"--only") + 1].decode()] = int(entry.name)
    return found


def gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{number}/stat").read_text().split()[2]


def test_a_taken_port_is_one_line(migrated: Instance) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        for words in (["serve"], ["serve", "--only", "web"], ["demo"]):
            done = migrated.run(*words, LEITSTAND_PORT=str(number))
            assert done.returncode == 1
            assert f"port {number}" in one_line(done)


def test_a_foreign_address_is_one_line(migrated: Instance) -> None:
    done = migrated.run("serve", LEITSTAND_HOST="203.0.113.7")
    assert done.returncode == 1
    assert "203.0.113.7" in one_line(done)


def test_an_instance_without_database_is_not_configured(empty: Instance, port: int) -> None:
    done = empty.run("serve", LEITSTAND_PORT=str(port))
    assert done.returncode == 3
    assert "leitstand migrate" in one_line(done)


def test_a_database_that_is_behind_is_not_served(migrated: Instance, port: int) -> None:
    migrated.sql("DELETE FROM django_migrations WHERE app = 'jobs'")
    done = migrated.run("serve", LEITSTAND_PORT=str(port))
    assert done.returncode == 1
    assert "leitstand migrate" in one_line(done)


def test_a_database_without_its_versions_triggers_is_not_served_until_migrated(
    migrated: Instance, port: int
) -> None:
    with sqlite3.connect(migrated.data / "app.db") as database:
        (name,) = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'portfolio_project'"
        ).fetchone()
        database.execute(f'DROP TRIGGER "{name}"')
    for only in ("web", "worker"):
        done = migrated.run("serve", "--only", only, LEITSTAND_PORT=str(port))
        assert done.returncode == 1
        assert "leitstand migrate" in one_line(done)
    migrated.must("migrate")
    assert migrated.sql(f"SELECT count(*) FROM sqlite_master WHERE name = '{name}'") == [(1,)]


def test_it_serves_restarts_its_worker_and_ends_in_order(migrated: Instance, port: int) -> None:
    env = {"LEITSTAND_PORT": str(port), "LEITSTAND_LOG_LEVEL": "INFO"}
    server = migrated.start("serve", **env)
    try:
        assert wait_for(lambda: get(port, "/readyz") == 200), end(server)
        assert wait_for(lambda: "worker" in children(server.pid))
        heartbeat = "SELECT value FROM base_instancestate WHERE key = 'worker.heartbeat'"
        assert json.loads(migrated.must("doctor", "--json", **env))["ok"]
        assert wait_for(lambda: bool(migrated.sql(heartbeat)))
        report = json.loads(migrated.must("doctor", "--json", **env))
        texts = {check["name"]: check["text"] for check in report["checks"]}
        assert "is ready" in texts["port"]
        assert "sign of life" in texts["worker"]
        migrated.sql("UPDATE base_instancestate SET value = '2026-01-01T00:00:00+00:00'"
                     " WHERE key IN ('worker.heartbeat', 'web.started')")  # fmt: skip
        report = json.loads(migrated.run("doctor", "--json", **env).stdout)
        assert [c["name"] for c in report["checks"] if c["status"] == "fail"] == ["worker"]
        first = children(server.pid)["worker"]
        os.kill(first, signal.SIGKILL)
        assert wait_for(lambda: children(server.pid).get("worker", first) != first)
        last = children(server.pid)
    finally:
        started = time.monotonic()
        _, err = end(server)
    assert server.returncode == 0, err
    assert time.monotonic() - started < 10
    assert all(gone(number) for number in last.values())
    lines = [json.loads(line) for line in err.splitlines()]
    assert any("worker has died" in line["event"] for line in lines)
    assert "\x1b" not in err


def test_a_request_under_way_is_answered_after_sigterm(migrated: Instance, port: int) -> None:
    server = migrated.start("serve", "--only", "web", LEITSTAND_PORT=str(port))
    assert wait_for(lambda: get(port, "/readyz") == 200), end(server)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(
            b"POST /konto/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na"
        )
        time.sleep(0.3)
        server.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        slow.sendall(b"=b")
        assert slow.recv(12).startswith(b"HTTP/1.1 ")
    _, err = server.communicate(timeout=15)
    assert server.returncode == 0, err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_its_processes_end_with_it(migrated: Instance, port: int, number: int) -> None:
    server = migrated.start("serve", LEITSTAND_PORT=str(port))
    assert wait_for(lambda: len(children(server.pid)) == 2), end(server)
    last = children(server.pid)
    end(server, number)
    assert wait_for(lambda: all(gone(pid) for pid in last.values()), 15)
    assert server.returncode == (0 if number == signal.SIGINT else -signal.SIGKILL)


def test_uncaught_errors_are_json_too(migrated: Instance, port: int) -> None:
    migrated.sql("ALTER TABLE jobs_job RENAME TO elsewhere")
    server = migrated.start("serve", "--only", "worker")
    _, err = server.communicate(timeout=60)
    assert server.returncode == 1
    crash = json.loads(err.splitlines()[-1])
    assert crash["level"] == "critical"
    assert "jobs_job" in crash["exception"]
